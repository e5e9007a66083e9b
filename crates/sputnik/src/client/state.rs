//! What a page holds of its connection: the channels it follows and the commands that wait for their answer. It reads
//! frames and says what to do about them; how frames travel is [`page`](super::page)'s.

use super::{
    call::{Answer, Call},
    inbox::{Inbox, Take},
    link::{Link, State as LinkState},
    shown::{Face, Reload, Shown},
};
use crate::protocol::{
    fault::{Code, Fault},
    frame::{ClientFrame, Follow, Hello, ServerFrame},
    message::{Audience, Entry, Said},
    names::{ChannelName, ClientId, Uid, UserId},
    position::Position,
    roster::Roster,
};
use futures::channel::oneshot;
use leptos::prelude::*;
use serde_json::Value;
use std::{
    collections::{BTreeMap, HashMap},
    rc::Rc,
};

/// How many commands may wait for their answer.
const CALLS: usize = 256;
/// How long a command may take from when it was first sent, in milliseconds: long enough for a connection to come back.
const CALL_MS: u64 = 120_000;
/// How long a page that was reloaded says what it was before, in milliseconds. So long may it take the server to notice
/// that the connection it had then is gone; after that its place is nobody's, or that of a tab that was duplicated.
const WAS_MS: u64 = 60_000;
/// How long a whisper is shown, in milliseconds.
const WHISPER_MS: u64 = 6_000;

/// Something to be done once the state is no longer borrowed.
pub(super) enum Later {
    /// Tells whoever waits for it.
    Tell(Box<dyn FnOnce()>),
    /// Follows a channel anew.
    Follow(ChannelName),
    /// Follows a channel that rests, as soon as it may be tried again.
    Wake { channel: ChannelName, rest: u64, after_ms: u32 },
    /// Has a reader fold a message in; it gets a new snapshot where it did not understand it.
    Fold { channel: ChannelName, reader: u64, said: Rc<Said>, mine: bool, hear: Hear, resync: Rc<dyn Fn()> },
}
/// Folds a message in, and tells whether it was understood; the flag says whether this page caused it.
pub(super) type Hear = Rc<dyn Fn(&Said, bool) -> bool>;
/// Tells a script what comes.
pub(super) type Tell = Rc<dyn Fn(Told<'_>)>;

/// What a script is told of a channel.
#[derive(Clone, Copy)]
pub(super) enum Told<'a> {
    /// A message, and whether this page caused it.
    Said(&'a Said, bool),
    /// Something is missing: what is shown is to be fetched anew.
    Gap,
    /// The channel is not followed, or no longer.
    Ended(&'a Fault),
}
/// The newest whisper of each client, and when it came.
pub(super) type Heard = HashMap<ClientId, (Value, u64)>;

/// What one [`use_channel`](super::use_channel) brings.
pub(super) struct Reader {
    pub(super) inbox: Inbox,
    /// As what its snapshot was fetched, if that says so.
    pub(super) within: Option<bool>,
    pub(super) hear: Hear,
    /// Is told by which command of this page a message was caused that its state holds already.
    pub(super) pass_over: Rc<dyn Fn(Option<Uid>)>,
    /// Fetches a new snapshot.
    pub(super) resync: Rc<dyn Fn()>,
    pub(super) ended: RwSignal<Option<Fault>>,
}

/// A followed channel.
#[derive(Default)]
pub(super) struct Followed {
    pub(super) readers: BTreeMap<u64, Reader>,
    /// Those who want to know who is here.
    pub(super) rosters: BTreeMap<u64, RwSignal<Option<Roster>>>,
    /// Those who hear whispers.
    pub(super) whispers: BTreeMap<u64, RwSignal<Heard>>,
    /// Scripts that are told of every message.
    pub(super) scripts: BTreeMap<u64, Tell>,
    /// What this page shows of itself here, and on whose behalf.
    pub(super) present: Option<(u64, Value)>,
    roster: Option<Roster>,
    /// Up to where the log was heard, for when no reader knows.
    at: Option<Position>,
    /// The server cannot have it followed for the moment. Until it is to be tried again, which is known by this number, it
    /// is not asked for: polls, which name every channel each time, would ask without a pause.
    rests: Option<u64>,
}

impl Followed {
    pub(super) fn is_wanted(&self) -> bool {
        let heard = self.readers.len() + self.rosters.len() + self.whispers.len() + self.scripts.len();
        heard > 0 || self.present.is_some()
    }

    /// From where to follow: the oldest position of any reader, for each passes over what it knows.
    pub(super) fn after(&self) -> Option<Position> {
        self.oldest().map(|reader| reader.inbox.at()).or(self.at.as_ref()).cloned()
    }

    /// The reader who stands at the oldest position.
    fn oldest(&self) -> Option<&Reader> {
        self.readers.values().min_by_key(|reader| reader.inbox.at().offset)
    }

    pub(super) fn waits_for_snapshot(&self) -> bool {
        self.readers.values().any(|reader| reader.inbox.waits_for_snapshot())
    }

    /// What is shown of the channel is fetched anew.
    fn start_anew(&mut self, later: &mut Vec<Later>) {
        for script in self.scripts.values() {
            let script = Rc::clone(script);
            later.push(Later::Tell(Box::new(move || script(Told::Gap))));
        }
        for reader in self.readers.values_mut() {
            if reader.inbox.gap() == Take::Gap {
                let resync = Rc::clone(&reader.resync);
                later.push(Later::Tell(Box::new(move || resync())));
            }
        }
    }

    /// Shows who is here to one who wants to know, if it is known: a poll asks only where it is not.
    pub(super) fn show_roster_to(&self, id: u64) {
        if let Some(signal) = self.rosters.get(&id).filter(|_| self.roster.is_some()) {
            drop(signal.try_set(self.roster.clone()));
        }
    }

    fn show_roster(&self) {
        for signal in self.rosters.values() {
            drop(signal.try_set(self.roster.clone()));
        }
    }
}

/// A command that waits for its answer.
pub(super) struct Waiting {
    pub(super) call: Call,
    answer: oneshot::Sender<Result<Answer, Fault>>,
    since: u64,
    /// It was sent before: the next time is a retry.
    pub(super) sent: bool,
}

/// The state of the page's connection.
pub(super) struct State {
    pub(super) face: Face,
    pub(super) link: Link,
    pub(super) client: Option<ClientId>,
    /// What this tab was before a reload, and until when it says so.
    was: Option<(ClientId, u64)>,
    pub(super) channels: BTreeMap<ChannelName, Followed>,
    pub(super) calls: BTreeMap<Uid, Waiting>,
    last_uid: u64,
    last_id: u64,
    /// Who was signed in when the page was opened, once the server said so.
    user: Option<Option<UserId>>,
    /// Somebody else is now.
    is_others: bool,
}

impl State {
    pub(super) fn new(face: Face, was: Option<ClientId>, now: u64) -> Self {
        let was = was.map(|was| (was, now + WAS_MS));
        let (channels, calls) = (BTreeMap::new(), BTreeMap::new());
        let (link, client, user) = (Link::default(), None, None);
        Self { face, link, client, was, channels, calls, last_uid: 0, last_id: 0, user, is_others: false }
    }

    pub(super) fn hello(&self) -> Hello {
        Hello { client: self.client.clone(), was: self.was.as_ref().map(|(was, _)| was.clone()) }
    }

    /// A number for something that is followed.
    pub(super) fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// Keeps a command until it is answered.
    pub(super) fn enqueue(
        &mut self,
        call: Call,
        now: u64,
    ) -> Result<(Uid, oneshot::Receiver<Result<Answer, Fault>>), Fault> {
        if self.is_others {
            return Err(not_as_another());
        }
        if self.calls.len() >= CALLS {
            return Err(Fault::too_many(
                "Too much waits to be sent. Please wait for the connection to come back.",
                2_000,
            ));
        }
        self.last_uid += 1;
        let uid = Uid(self.last_uid);
        let (answer, answered) = oneshot::channel();
        self.calls.insert(uid, Waiting { call, answer, since: now, sent: false });
        self.show();
        Ok((uid, answered))
    }

    /// On whose behalf this page asks, once that is known: nobody's, where nobody is signed in.
    pub(super) fn user(&self) -> Option<Option<&UserId>> {
        self.user.as_ref().map(Option::as_ref)
    }

    /// The server says who is signed in. What was asked on behalf of somebody is not done on behalf of somebody else.
    /// Gives back who it is when that is said for the first time.
    pub(super) fn welcomed(&mut self, user: Option<Option<UserId>>) -> Option<Option<UserId>> {
        let user = user?;
        let first = self.user.is_none().then(|| user.clone());
        let opened_by = self.user.get_or_insert_with(|| user.clone());
        self.is_others = opened_by.is_some() && user.is_some() && *opened_by != user;
        if self.is_others {
            let kept: Vec<(Uid, bool)> = self.calls.iter().map(|(uid, waiting)| (*uid, waiting.sent)).collect();
            for (uid, sent) in kept {
                self.answer(uid, Err(if sent { Fault::timed_out() } else { not_as_another() }));
            }
            set_if_other(self.face.reload, Some(Reload::SomebodyElse));
        } else if self.face.reload.try_get_untracked() == Some(Some(Reload::SomebodyElse)) {
            set_if_other(self.face.reload, None);
        }
        first
    }

    /// Something came that this page cannot understand, not even in a fresh snapshot.
    pub(super) fn is_outdated(&self) {
        if self.face.reload.try_get_untracked() == Some(None) {
            set_if_other(self.face.reload, Some(Reload::Newer));
        }
    }

    pub(super) fn answer(&mut self, uid: Uid, answer: Result<Answer, Fault>) {
        if answer.as_ref().is_ok_and(|answer| answer.status == 404 && answer.body.contains(r#""unknown_command""#)) {
            self.is_outdated();
        }
        if let Some(waiting) = self.calls.remove(&uid) {
            // Nobody waits any more where the component that asked is gone.
            drop(waiting.answer.send(answer));
        }
        self.show();
    }

    /// Gives up commands that waited too long, and forgets old whispers and what this tab was long ago.
    pub(super) fn tidy(&mut self, now: u64) {
        self.was.take_if(|(_, until)| *until < now);
        let late: Vec<Uid> = self
            .calls
            .iter()
            .filter(|(_, call)| now.saturating_sub(call.since) > CALL_MS)
            .map(|(uid, _)| *uid)
            .collect();
        for uid in late {
            self.answer(uid, Err(Fault::timed_out()));
        }
        for signal in self.channels.values().flat_map(|followed| followed.whispers.values()) {
            let old = |came: u64| now.saturating_sub(came) > WHISPER_MS;
            if signal.try_with_untracked(|heard| heard.values().any(|(_, came)| old(*came))) == Some(true) {
                signal.try_update(|heard| heard.retain(|_, (_, came)| !old(*came)));
            }
        }
    }

    /// What the page shows of the connection.
    pub(super) fn show(&self) {
        let shown = match self.link.state() {
            LinkState::Idle => Shown::Starting,
            _ if self.link.is_up() => Shown::Live,
            // The first try is no trouble to speak of, until it failed.
            state if self.client.is_none() => {
                let failed = matches!(state, LinkState::Offline { .. });
                match failed || self.face.shown.try_get_untracked() == Some(Shown::Reconnecting) {
                    true => Shown::Reconnecting,
                    false => Shown::Starting,
                }
            }
            _ => Shown::Reconnecting,
        };
        let polling = matches!(self.link.state(), LinkState::Polling { .. });
        set_if_other(self.face.shown, shown);
        set_if_other(self.face.polling, polling);
        set_if_other(self.face.client, self.client.clone());
        set_if_other(self.face.waiting, self.calls.len());
    }

    /// A channel may be asked for again, if it still rests as it did when this number was given.
    pub(super) fn wake(&mut self, channel: &ChannelName, rest: u64) -> bool {
        self.channels.get_mut(channel).is_some_and(|followed| followed.rests.take_if(|now| *now == rest).is_some())
    }

    /// How a channel is to be followed now; `None` while it waits for a snapshot, or rests.
    pub(super) fn follow(&self, channel: &ChannelName) -> Option<Follow> {
        let followed = self.channels.get(channel)?;
        if followed.rests.is_some() || followed.waits_for_snapshot() {
            return None;
        }
        Some(Follow {
            channel: channel.clone(),
            after: followed.after(),
            present: followed.present.as_ref().map(|(_, shown)| shown.clone()),
            roster: !followed.rosters.is_empty(),
            within: followed.oldest().and_then(|reader| reader.within),
        })
    }

    pub(super) fn follows(&self) -> Vec<Follow> {
        self.channels.keys().filter_map(|channel| self.follow(channel)).collect()
    }

    /// The follows of a poll: who is here is asked only where it is not known.
    pub(super) fn poll_follows(&self) -> Vec<Follow> {
        let mut follows = self.follows();
        for follow in &mut follows {
            follow.roster &= self.channels.get(&follow.channel).is_some_and(|followed| followed.roster.is_none());
        }
        follows
    }

    /// Every connection starts by asking for all channels, and anew who is here.
    pub(super) fn ask_anew(&mut self) {
        for followed in self.channels.values_mut() {
            followed.rests = None;
            followed.roster = None;
        }
    }

    /// Reads a frame about channels or a reply; the connection's own frames are the page's.
    pub(super) fn hear(&mut self, frame: ServerFrame, now: u64, later: &mut Vec<Later>) {
        match frame {
            ServerFrame::Following { channel, at, roster } => {
                let Some(followed) = self.channels.get_mut(&channel) else { return };
                // Not backwards: what is sent again, for a reader who lacks it, was heard.
                if followed.at.as_ref().is_none_or(|known| known.epoch != at.epoch || known.offset < at.offset) {
                    followed.at = Some(at);
                }
                if let Some(roster) = roster {
                    followed.roster = Some(roster);
                    followed.show_roster();
                }
            }
            ServerFrame::Entry { channel, epoch, offset, entry } => {
                self.entry(&channel, &Position::new(epoch, offset), entry, later);
            }
            ServerFrame::Gap { channel, at } => {
                let Some(followed) = self.channels.get_mut(&channel) else { return };
                followed.roster = None;
                followed.at = Some(at);
                followed.start_anew(later);
                if followed.readers.is_empty() {
                    later.push(Later::Follow(channel));
                }
            }
            ServerFrame::Ended { channel, fault } => {
                if let Some(retry) = fault.retry_ms {
                    let rest = self.next_id();
                    if let Some(followed) = self.channels.get_mut(&channel) {
                        followed.rests = Some(rest);
                        later.push(Later::Wake { channel, rest, after_ms: retry });
                    }
                    return;
                }
                let Some(mut followed) = self.channels.remove(&channel) else { return };
                followed.roster = None;
                followed.show_roster();
                for reader in followed.readers.values() {
                    drop(reader.ended.try_set(Some(fault.clone())));
                }
                later.push(Later::Tell(Box::new(move || {
                    for script in followed.scripts.into_values() {
                        script(Told::Ended(&fault));
                    }
                })));
            }
            ServerFrame::Reply { uid, status, body } => {
                self.answer(uid, Ok(Answer { status, body: body.get().to_owned() }));
            }
            ServerFrame::Whisper { channel, from, body } => {
                if self.client.as_ref() != Some(&from)
                    && let Some(followed) = self.channels.get(&channel)
                {
                    for signal in followed.whispers.values() {
                        signal.try_update(|heard| heard.insert(from.clone(), (body.clone(), now)));
                    }
                }
            }
            ServerFrame::Fault(fault) => {
                leptos::logging::warn!("the server did not understand a frame: {fault}");
            }
            unknown @ ServerFrame::Unknown(_) => {
                // It may have changed what this page holds of the channel.
                if let Some(channel) = unknown.channel_of_unknown() {
                    self.start_anew_in(&channel, later);
                }
                leptos::logging::warn!("the server is newer than this page: something it said is not known here");
            }
            ServerFrame::Welcome(_) | ServerFrame::Ping | ServerFrame::Bye { .. } => {}
        }
    }

    /// Something came in a channel that is not understood here: what is shown of it is fetched anew.
    fn start_anew_in(&mut self, channel: &ChannelName, later: &mut Vec<Later>) {
        let Some(followed) = self.channels.get_mut(channel) else { return };
        followed.start_anew(later);
        let wants_roster = !followed.rosters.is_empty();
        if wants_roster || followed.readers.is_empty() {
            // It may have said who is here.
            followed.roster = None;
            let channel = channel.clone();
            later.push(Later::Follow(channel));
        }
    }

    /// A reader did not understand a message: it waits for a snapshot. Tells whether that is to be fetched now.
    pub(super) fn not_understood(&mut self, channel: &ChannelName, id: u64) -> bool {
        let reader = self.channels.get_mut(channel).and_then(|followed| followed.readers.get_mut(&id));
        reader.is_some_and(|reader| reader.inbox.gap() == Take::Gap)
    }

    fn entry(&mut self, channel: &ChannelName, at: &Position, entry: Entry, later: &mut Vec<Later>) {
        let Some(followed) = self.channels.get_mut(channel) else { return };
        let new = followed.at.as_ref().is_none_or(|known| known.epoch != at.epoch || known.offset < at.offset);
        if new {
            followed.at = Some(at.clone());
        }
        if followed.roster.as_mut().is_some_and(|roster| roster.apply(at, &entry)) {
            followed.show_roster();
        }
        if matches!(entry, Entry::Unknown(_)) {
            if new {
                self.start_anew_in(channel, later);
            }
            return;
        }
        let said = match entry {
            Entry::Said(said) => Some(Rc::new(said)),
            _ => None,
        };
        let mine = said.as_ref().is_some_and(|said| said.from.is_some() && said.from == self.client);
        if let Some(said) = said.as_ref().filter(|said| new && !(mine && said.to == Audience::Others)) {
            for script in followed.scripts.values() {
                let (script, said) = (Rc::clone(script), Rc::clone(said));
                later.push(Later::Tell(Box::new(move || script(Told::Said(&said, mine)))));
            }
        }
        for (id, reader) in &mut followed.readers {
            match (reader.inbox.take(at, said.as_ref().and_then(|said| said.version)), &said) {
                (Take::Gap, _) => {
                    let resync = Rc::clone(&reader.resync);
                    later.push(Later::Tell(Box::new(move || resync())));
                }
                (Take::Fold, Some(said)) if !(mine && said.to == Audience::Others) => {
                    let (hear, said) = (Rc::clone(&reader.hear), Rc::clone(said));
                    let (channel, resync) = (channel.clone(), Rc::clone(&reader.resync));
                    later.push(Later::Fold { channel, reader: *id, said, mine, hear, resync });
                }
                (Take::PassOver, Some(said)) if mine && said.uid.is_some() => {
                    let (pass_over, by) = (Rc::clone(&reader.pass_over), said.uid);
                    later.push(Later::Tell(Box::new(move || pass_over(by))));
                }
                _ => {}
            }
        }
    }

    /// The server no longer knows this client (its cookie changed): a new one takes its place. What was sent before
    /// cannot be asked for any more.
    pub(super) fn start_anew(&mut self) {
        self.client = None;
        let sent: Vec<Uid> = self.calls.iter().filter(|(_, call)| call.sent).map(|(uid, _)| *uid).collect();
        for uid in sent {
            self.answer(uid, Err(Fault::timed_out()));
        }
    }
}

fn not_as_another() -> Fault {
    Fault::conflict("Somebody else is signed in in this browser now. This was not done; please reload the page.")
}

/// Whether a fault means that the client must start anew.
pub(super) fn is_unknown_client(fault: &Fault) -> bool {
    fault.code == Code::UnknownClient
}

/// A frame that carries a command.
pub(super) fn call_frame(uid: Uid, waiting: &Waiting) -> ClientFrame {
    ClientFrame::Call { uid, path: waiting.call.path.clone(), body: waiting.call.body.clone(), again: waiting.sent }
}

fn set_if_other<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.try_with_untracked(|old| *old != value) == Some(true) {
        drop(signal.try_set(value));
    }
}
