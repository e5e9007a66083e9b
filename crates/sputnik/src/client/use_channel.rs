//! Channels, presence, locks and whispers as signals. What is followed is followed until the component that asked for
//! it goes; nothing is to be taken care of.

use super::connection::use_connection;
#[cfg(feature = "hydrate")]
use super::prediction::Predictions;
use crate::protocol::{
    channel::Channel,
    fault::Fault,
    names::{ChannelName, ClientId, LockName},
    position::Snapshot,
    roster::{LockState, Present, Roster},
};
use leptos::prelude::*;
use serde_json::Value;
use std::collections::HashMap;

/// A followed channel: its state, kept up to date until the component that follows it goes.
pub struct Live<C: Channel> {
    /// The channel.
    pub channel: StoredValue<C>,
    /// The state: the snapshot, and every message since folded in.
    pub state: RwSignal<C::State>,
    /// The message that came last, for what should happen once a message and is not state: a toast, a highlight.
    pub heard: Signal<Option<Heard<C::Message>>>,
    /// Why the channel is no longer followed, if it is not: a right was withdrawn.
    pub ended: Signal<Option<Fault>>,
    /// What this page's commands are expected to say, and did not yet.
    #[cfg(feature = "hydrate")]
    predictions: StoredValue<Predictions<C::State, C::Message>>,
}

impl<C: Channel> Live<C> {
    /// Runs a command that is expected to cause this message in the channel, and shows it at once: a press answers though
    /// the network is slow. When the command's own message comes it takes the prediction's place; when it is refused, the
    /// prediction is taken back. It stays over a reconnect, and messages of others that come meanwhile are shown in their
    /// order: the page always shows what the server said, with what is still expected folded in last.
    ///
    /// The message need not be the same in every word (a time, say). It must be one that the command says on this channel
    /// to everyone, and only one: what else it says is shown when it comes. A command that turns out to change nothing, and
    /// so says nothing, has its prediction taken back after ten seconds.
    ///
    /// # Errors
    /// Those of the command.
    pub async fn predict<T>(
        self,
        message: C::Message,
        command: impl Future<Output = Result<T, Fault>>,
    ) -> Result<T, Fault> {
        #[cfg(feature = "hydrate")]
        return in_browser::predict(self, message, command).await;
        #[cfg(not(feature = "hydrate"))]
        {
            drop(message);
            command.await
        }
    }

    /// Changes what is shown, by what is known and what is expected. The part of the page that shows it may be gone.
    #[cfg(feature = "hydrate")]
    fn show<T>(self, change: impl FnOnce(&mut Predictions<C::State, C::Message>, &mut C::State) -> T) -> Option<T> {
        self.state.try_update(|shown| self.predictions.try_update_value(|predictions| change(predictions, shown)))?
    }
}

impl<C: Channel> Clone for Live<C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C: Channel> Copy for Live<C> {}

/// A message that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard<M> {
    /// The message.
    pub message: M,
    /// Whether this very page caused it.
    pub mine: bool,
}

/// Follows a channel from a snapshot (rendered into the page by the server, or fetched): every message after it is
/// folded in with `apply`, once and in order, across reconnects. After a gap the snapshot is fetched anew by itself.
pub fn use_channel<C: Channel>(
    channel: C,
    snapshot: Snapshot<C::State>,
    apply: fn(&mut C::State, &C::Message),
) -> Live<C> {
    let Snapshot { at, version, within, state } = snapshot;
    let state = RwSignal::new(state);
    let heard = RwSignal::new(None);
    let ended = RwSignal::new(None);
    #[cfg(feature = "hydrate")]
    let followed = channel.clone();
    let live = Live {
        channel: StoredValue::new(channel),
        state,
        heard: heard.into(),
        ended: ended.into(),
        #[cfg(feature = "hydrate")]
        predictions: StoredValue::new(Predictions::new(apply)),
    };
    #[cfg(feature = "hydrate")]
    in_browser::read(&followed, (at, version, within), in_browser::Signals { live, heard, ended });
    #[cfg(not(feature = "hydrate"))]
    let _ = (at, version, within, apply);
    live
}

/// Who is in a channel and who holds what in it.
#[derive(Clone, Copy)]
pub struct Presence {
    /// All of it; `None` until it is known, and while there is no connection for the first time.
    pub roster: Signal<Option<Roster>>,
    /// One entry a person, in the order they came.
    pub people: Signal<Vec<Present>>,
}

/// Is present in a channel as long as the component lives, showing `show` to the others, and sees who else is. Who may
/// only listen sees the others all the same.
pub fn use_presence(channel: ChannelName, show: Signal<Value>) -> Presence {
    let roster = RwSignal::new(None::<Roster>);
    #[cfg(feature = "hydrate")]
    in_browser::be_present(channel, show, roster);
    #[cfg(not(feature = "hydrate"))]
    let _ = (channel, show);
    let people = Memo::new(move |_| {
        roster
            .with(|roster| roster.as_ref().map(|roster| roster.people().into_iter().cloned().collect()))
            .unwrap_or_default()
    });
    Presence { roster: roster.into(), people: people.into() }
}

/// How a lock stands, as this page sees it.
#[derive(Clone, Copy)]
pub struct Lock {
    /// How it stands; free until known.
    pub state: Signal<LockState>,
    /// The fence, while this page's client holds it: send it with every write.
    pub fence: Signal<Option<u64>>,
    /// Who holds it.
    pub holder: Signal<Option<Present>>,
    /// Who waits for it, first come first.
    pub queue: Signal<Vec<Present>>,
}

/// Watches a lock of a channel this page is present in. Taking it is a command of the application's.
pub fn use_lock(presence: Presence, lock: LockName) -> Lock {
    let connection = use_connection();
    let roster = presence.roster;
    let state = Memo::new(move |_| {
        roster
            .with(|roster| roster.as_ref().and_then(|roster| roster.lock(&lock)).cloned())
            .unwrap_or_else(|| LockState::free(lock.clone()))
    });
    let fence = Memo::new(move |_| {
        connection.client.with(|client| {
            state.with(|state| client.as_ref().is_some_and(|client| state.is_held_by(client)).then_some(state.fence))
        })
    });
    let holder = Memo::new(move |_| {
        roster.with(|roster| state.with(|state| roster.as_ref()?.find(state.holder.as_ref()?).cloned()))
    });
    let queue = Memo::new(move |_| {
        roster.with(|roster| {
            let Some(roster) = roster else { return Vec::new() };
            state.with(|state| state.queue.iter().filter_map(|client| roster.find(client)).cloned().collect())
        })
    });
    Lock { state: state.into(), fence: fence.into(), holder: holder.into(), queue: queue.into() }
}

/// Hot, forgettable things others in a channel say: what they type, where they are.
#[derive(Clone, Copy)]
pub struct Whispers {
    /// The newest of each client, forgotten after a few seconds.
    pub heard: Signal<HashMap<ClientId, Value>>,
    /// Says something; at most ten times a second go out, the newest wins.
    pub say: Callback<Value>,
}

/// Hears and says whispers on a channel.
pub fn use_whispers(channel: ChannelName) -> Whispers {
    #[cfg(feature = "hydrate")]
    return in_browser::whisper(channel);
    #[cfg(not(feature = "hydrate"))]
    {
        let _ = channel;
        Whispers { heard: Signal::stored(HashMap::new()), say: Callback::new(|_| ()) }
    }
}

#[cfg(feature = "hydrate")]
mod in_browser {
    use super::{Heard, Live, Whispers};
    use crate::{
        client::{
            inbox::Inbox,
            page,
            prediction::{ANSWERED_MS, PredictionId},
            state::Reader,
        },
        protocol::{
            channel::Channel,
            fault::{Code, Fault},
            json,
            message::Said,
            names::ChannelName,
            position::Position,
            roster::Roster,
        },
    };
    use leptos::{prelude::*, task::spawn_local};
    use serde_json::Value;
    use std::{cell::Cell, collections::HashMap, rc::Rc, time::Duration};

    /// What a reader writes to. A component may be gone when a message comes: hence `try_` everywhere.
    pub(super) struct Signals<C: Channel> {
        pub(super) live: Live<C>,
        pub(super) heard: RwSignal<Option<Heard<C::Message>>>,
        pub(super) ended: RwSignal<Option<Fault>>,
    }

    impl<C: Channel> Clone for Signals<C> {
        fn clone(&self) -> Self {
            *self
        }
    }

    impl<C: Channel> Copy for Signals<C> {}

    pub(super) fn read<C: Channel>(
        channel: &C,
        (at, version, within): (Position, u64, Option<bool>),
        signals: Signals<C>,
    ) {
        let Signals { live, heard, ended } = signals;
        let name = channel.name();
        let lost = Rc::new(Lost::default());
        let is_lost = Rc::clone(&lost);
        let hear = move |said: &Said, mine: bool| {
            // What comes after it was not meant for the state without it.
            if is_lost.now.get() {
                return true;
            }
            match json::read::<C::Message>(said.body.get()) {
                Ok(message) => {
                    let by = said.uid.filter(|_| mine);
                    live.show(|predictions, shown| predictions.hear(shown, &message, by));
                    drop(heard.try_set(Some(Heard { message, mine })));
                }
                Err(error) => {
                    leptos::logging::warn!("a message is not understood here; the state is fetched anew: {error}");
                    is_lost.now.set(true);
                }
            }
            !is_lost.now.get()
        };
        let pass_over = move |by| {
            live.show(|predictions, shown| predictions.pass_over(shown, by));
        };
        let id = page::follow(&name, |followed, id| {
            let (channel, name) = (channel.clone(), name.clone());
            let resync = move || spawn_local(resync(channel.clone(), name.clone(), id, signals, Rc::clone(&lost)));
            let (hear, pass_over, resync) = (Rc::new(hear), Rc::new(pass_over), Rc::new(resync));
            let inbox = Inbox::new(at, version);
            followed.readers.insert(id, Reader { inbox, within, hear, pass_over, resync, ended });
        });
        on_cleanup(move || page::unfollow(&name, id));
    }

    /// Whether a reader met a message that it does not understand, and so waits for a snapshot.
    #[derive(Default)]
    struct Lost {
        now: Cell<bool>,
        /// How many snapshots were fetched for that. A newer server may say much that is not understood here.
        times: Cell<u32>,
    }

    /// Fetches the state anew, until it comes or may not come any more.
    async fn resync<C: Channel>(channel: C, name: ChannelName, id: u64, signals: Signals<C>, lost: Rc<Lost>) {
        const PAUSE: Duration = Duration::from_secs(2);
        const LONGEST: u32 = 15;
        if lost.now.get() {
            // At once, and then less and less often.
            pause(PAUSE * lost.times.get().min(LONGEST)).await;
            lost.times.set(lost.times.get() + 1);
        }
        loop {
            match channel.snapshot().await {
                Ok(snapshot) => {
                    signals.live.show(|predictions, shown| predictions.snapshot(shown, snapshot.state));
                    lost.now.set(false);
                    return page::restart(&name, id, snapshot.at, snapshot.version, snapshot.within);
                }
                Err(fault) if fault.code == Code::Outdated => {
                    // What it shows stays as it is, and what is written there too. It says that it should be reloaded.
                    page::unfollow(&name, id);
                    return page::is_outdated();
                }
                Err(fault) if fault.can_retry() && !signals.live.state.is_disposed() => pause(PAUSE).await,
                Err(fault) => {
                    // Others who read this channel no longer wait for this one.
                    page::unfollow(&name, id);
                    return drop(signals.ended.try_set(Some(fault)));
                }
            }
        }
    }

    pub(super) async fn predict<C: Channel, T>(
        live: Live<C>,
        message: C::Message,
        command: impl Future<Output = Result<T, Fault>>,
    ) -> Result<T, Fault> {
        let opened = live.show(|predictions, shown| predictions.open(shown, message));
        // The part of the page that showed it is gone.
        let Some(id) = opened else { return command.await };
        // Not yet known to be refused: so a prediction is left whose command nobody waits for any more.
        let mut open = Open { live, id, is_done: true };
        let sent = move |uid| {
            live.predictions.try_update_value(|predictions| predictions.sent(id, uid));
        };
        let answer = page::telling_of_calls(sent, command).await;
        open.is_done = answer.is_ok();
        answer
    }

    /// A prediction whose command is under way.
    struct Open<C: Channel> {
        live: Live<C>,
        id: PredictionId,
        is_done: bool,
    }

    impl<C: Channel> Drop for Open<C> {
        fn drop(&mut self) {
            let Self { live, id, is_done } = *self;
            live.show(|predictions, shown| predictions.answered(shown, id, is_done, page::now()));
            let tidy = move || {
                if live.predictions.try_with_value(|predictions| predictions.is_untidy(page::now())) == Some(true) {
                    live.show(|predictions, shown| predictions.tidy(shown, page::now()));
                }
            };
            if is_done {
                set_timeout(tidy, Duration::from_millis(ANSWERED_MS + 1_000));
            }
        }
    }

    async fn pause(time: Duration) {
        let (done, waits) = futures::channel::oneshot::channel::<()>();
        // Neither end can be gone before the other: this future holds one, the timer the other.
        set_timeout(move || _ = done.send(()), time);
        _ = waits.await;
    }

    pub(super) fn be_present(channel: ChannelName, show: Signal<Value>, roster: RwSignal<Option<Roster>>) {
        let shown = show.get_untracked();
        let id = page::follow(&channel, |followed, id| {
            followed.rosters.insert(id, roster);
            followed.present = Some((id, shown));
        });
        let shows = channel.clone();
        Effect::new(move |_| page::show(&shows, id, show.get()));
        on_cleanup(move || page::unfollow(&channel, id));
    }

    pub(super) fn whisper(channel: ChannelName) -> Whispers {
        let heard = RwSignal::new(HashMap::new());
        let id = page::follow(&channel, |followed, id| {
            followed.whispers.insert(id, heard);
        });
        let ends = channel.clone();
        on_cleanup(move || page::unfollow(&ends, id));
        Whispers {
            heard: Signal::derive(move || heard.with(page::bodies)),
            say: Callback::new(move |body| page::whisper(channel.clone(), body)),
        }
    }
}
