//! Channels, presence, locks and whispers as signals.

use crate::sputnik::{
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
    let _ = apply;
    Live {
        channel: StoredValue::new(channel),
        state: RwSignal::new(snapshot.state),
        heard: RwSignal::new(None).into(),
        ended: RwSignal::new(None).into(),
    }
}

/// Who is in a channel and who holds what in it.
#[derive(Clone, Copy)]
pub struct Presence {
    /// All of it.
    pub roster: Signal<Option<Roster>>,
    /// One entry a person, in the order they came.
    pub people: Signal<Vec<Present>>,
}

/// Is present in a channel as long as the component lives, showing `show` to the others, and sees who else is.
pub fn use_presence(channel: ChannelName, show: Signal<Value>) -> Presence {
    let _ = (channel, show);
    Presence { roster: RwSignal::new(None).into(), people: RwSignal::new(Vec::new()).into() }
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
    let _ = presence;
    Lock {
        state: RwSignal::new(LockState::free(lock)).into(),
        fence: RwSignal::new(None).into(),
        holder: RwSignal::new(None).into(),
        queue: RwSignal::new(Vec::new()).into(),
    }
}

/// Hot, forgettable things others in a channel say: what they type, where they are.
#[derive(Clone, Copy)]
pub struct Whispers {
    /// The newest of each client, forgotten after a few seconds.
    pub heard: Signal<HashMap<ClientId, Value>>,
    /// Says something; at most ten times a second go out, the newest wins.
    pub say: Callback<Value>,
}

/// Hears and says whispers on a followed channel.
pub fn use_whispers(channel: ChannelName) -> Whispers {
    let _ = channel;
    Whispers { heard: RwSignal::new(HashMap::new()).into(), say: Callback::new(|_| ()) }
}
