//! A broker in this process's memory: the default, with nothing to install.
//!
//! It keeps every promise of [`Broker`] but one it never gives: what it holds does not outlive the process. After a
//! restart every log has a new epoch, so clients meet a gap and fetch a fresh snapshot.

mod aging;
mod channel;

use super::{Answer, Broker, BrokerError, Check, Claim, Joined, Limits, Since, Wake, Wakes, Watch, wakes::Tap};
use crate::protocol::{
    names::{ChannelName, ClientId, LockName},
    position::Position,
    roster::{LockState, Present, Roster},
};
use aging::Aging;
use bytes::Bytes;
use channel::Channel;
use serde_json::Value;
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// The broker of a single process. Several nodes may share one, as tests do.
#[derive(Debug)]
pub struct Memory {
    limits: Limits,
    /// A plain mutex, not tokio's: it is never held across an `.await`, and what happens under it takes microseconds.
    /// One for all channels, so that what an operation appends reaches those who watch in the order of the log.
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    channels: HashMap<ChannelName, Channel>,
    /// When to see whether a channel has gone quiet and can be forgotten.
    aging_channels: Aging<ChannelName>,
    /// The nodes that listen, by number.
    nodes: HashMap<u64, Node>,
    next_node: u64,
    /// Which nodes watch a channel.
    watchers: HashMap<ChannelName, Vec<u64>>,
    clients: HashMap<ClientId, Note>,
    aging_clients: Aging<ClientId>,
    /// The nodes that note clients, and until when what they noted holds.
    noting: HashMap<ClientId, Instant>,
}

/// One node that listens.
#[derive(Debug)]
struct Node {
    tap: Tap,
    watched: HashSet<ChannelName>,
}

/// What was noted of a connected client.
#[derive(Debug)]
struct Note {
    /// Who noted it: it holds as long as that node notes anything.
    node: ClientId,
    /// How long ago its last command was when it was noted.
    idle: Duration,
    noted: Instant,
    /// It is not connected any more. It stands here until its turn to be looked at, so that it has one turn only.
    gone: bool,
}

impl Memory {
    /// An empty broker that keeps `limits`.
    #[must_use]
    pub fn new(limits: Limits) -> Arc<Self> {
        let state = State {
            channels: HashMap::new(),
            aging_channels: Aging::new(),
            nodes: HashMap::new(),
            next_node: 0,
            watchers: HashMap::new(),
            clients: HashMap::new(),
            aging_clients: Aging::new(),
            noting: HashMap::new(),
        };
        Arc::new(Self { limits, state: Arc::new(Mutex::new(state)) })
    }

    /// How many channels are kept.
    #[must_use]
    pub fn channels(&self) -> usize {
        lock(&self.state).channels.len()
    }

    /// One atomic step on a channel, which begins to exist by it, among those who are alive; then tells who watches.
    fn step<T>(&self, name: &ChannelName, step: impl FnOnce(&mut Channel, Instant) -> T) -> T {
        let now = Instant::now();
        let mut state = lock(&self.state);
        state.forget(&self.limits, now);
        state.step(name, &self.limits, now, |channel| step(channel, now))
    }
}

/// Locks the state. A panic under the lock would be a bug, but not a reason to end every other client's service.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    /// Forgets a few of the channels and clients that nobody asked for in a long time.
    fn forget(&mut self, limits: &Limits, now: Instant) {
        let Self { channels, aging_channels, clients, aging_clients, noting, .. } = self;
        aging_channels.look(now, |name| {
            let channel = channels.get_mut(name)?;
            channel.expire(now);
            let again = channel.forgettable_at(limits.log_age).unwrap_or(now + limits.log_age);
            if again > now {
                return Some(again);
            }
            channels.remove(name);
            None
        });
        aging_clients.look(now, |client| {
            let note = clients.get(client)?;
            if let Some(until) = noting.get(&note.node).filter(|until| **until > now && !note.gone) {
                return Some(*until);
            }
            clients.remove(client);
            None
        });
    }

    fn step<T>(
        &mut self,
        name: &ChannelName,
        limits: &Limits,
        now: Instant,
        step: impl FnOnce(&mut Channel) -> T,
    ) -> T {
        if !self.channels.contains_key(name) {
            self.channels.insert(name.clone(), Channel::new(limits, now));
            self.aging_channels.add(now + limits.log_age, name.clone());
        }
        let channel = self.channels.entry(name.clone()).or_insert_with(|| Channel::new(limits, now));
        channel.expire(now);
        if channel.forgettable_at(limits.log_age).is_some_and(|at| at <= now) {
            // Its turn to be forgotten has come and gone; it keeps its place in the list.
            *channel = Channel::new(limits, now);
        }
        let answer = step(channel);
        for (at, entry) in channel.take_unsent() {
            self.wake(name, &Wake::Entry { channel: name.clone(), at, entry });
        }
        answer
    }

    fn wake(&mut self, name: &ChannelName, wake: &Wake) {
        for number in self.watchers.get(name).into_iter().flatten() {
            if let Some(node) = self.nodes.get_mut(number) {
                node.tap.send(wake.clone());
            }
        }
    }

    fn unwatch(&mut self, number: u64, name: &ChannelName) {
        if let Some(watchers) = self.watchers.get_mut(name) {
            watchers.retain(|other| *other != number);
            if watchers.is_empty() {
                self.watchers.remove(name);
            }
        }
    }
}

#[async_trait::async_trait]
impl Broker for Memory {
    async fn publish(&self, channel: &ChannelName, entry: Bytes, version: Option<u64>) -> Answer<Position> {
        Ok(self.step(channel, |it, now| it.publish(entry, version, now)))
    }

    async fn since(&self, channel: &ChannelName, after: &Position, limit: usize) -> Answer<Since> {
        // Asking does not make a channel: nobody can have a position in one that is not there.
        let state = lock(&self.state);
        Ok(state.channels.get(channel).map_or(Since::Gap, |it| it.since(after, limit)))
    }

    async fn check(&self, channel: &ChannelName) -> Answer<Check> {
        Ok(self.step(channel, |it, now| it.check(now)))
    }

    async fn roster(&self, channel: &ChannelName) -> Answer<Roster> {
        Ok(self.step(channel, |it, _| it.roster()))
    }

    async fn join(
        &self,
        channel: &ChannelName,
        who: &Present,
        claim: &Claim,
        replaces: Option<&ClientId>,
        lease: Duration,
    ) -> Answer<Joined> {
        self.step(channel, |it, now| it.join(who, claim, replaces, lease, &self.limits, now))
    }

    async fn show(&self, channel: &ChannelName, client: &ClientId, state: &Value) -> Answer<bool> {
        Ok(self.step(channel, |it, now| it.show(client, state, now)))
    }

    async fn renew(&self, leases: &[(ChannelName, ClientId)], lease: Duration) -> Answer<Vec<bool>> {
        let renew = |(channel, client)| self.step(channel, |it, now| it.renew(client, lease, now));
        Ok(leases.iter().map(|(channel, client)| renew((channel, client))).collect())
    }

    async fn part(&self, channel: &ChannelName, client: &ClientId, grace: Duration) -> Answer<()> {
        self.step(channel, |it, now| it.part(client, grace, now));
        Ok(())
    }

    async fn acquire(
        &self,
        channel: &ChannelName,
        lock: &LockName,
        client: &ClientId,
        wait: bool,
        floor: u64,
    ) -> Answer<LockState> {
        self.step(channel, |it, now| it.acquire(lock, client, wait, floor, &self.limits, now))
    }

    async fn release(&self, channel: &ChannelName, lock: &LockName, client: &ClientId) -> Answer<LockState> {
        Ok(self.step(channel, |it, now| it.release(lock, client, now)))
    }

    async fn hand_over(
        &self,
        channel: &ChannelName,
        lock: &LockName,
        from: &ClientId,
        to: &ClientId,
        floor: u64,
    ) -> Answer<LockState> {
        self.step(channel, |it, now| it.hand_over(lock, from, to, floor, now))
    }

    async fn take_over(&self, channel: &ChannelName, lock: &LockName, by: &ClientId, floor: u64) -> Answer<LockState> {
        self.step(channel, |it, now| it.take_over(lock, by, floor, &self.limits, now))
    }

    async fn lock(&self, channel: &ChannelName, lock: &LockName) -> Answer<LockState> {
        Ok(self.step(channel, |it, _| it.lock(lock)))
    }

    async fn whisper(&self, channel: &ChannelName, from: &ClientId, body: Bytes) -> Answer<()> {
        let wake = Wake::Whisper { channel: channel.clone(), from: from.clone(), body };
        lock(&self.state).wake(channel, &wake);
        Ok(())
    }

    async fn note_clients(
        &self,
        node: &ClientId,
        here: &[(ClientId, Duration)],
        gone: &[ClientId],
        keep: Duration,
    ) -> Answer<bool> {
        let now = Instant::now();
        let mut state = lock(&self.state);
        state.noting.retain(|_, until| *until > now);
        let until = now + keep;
        let stands = state.noting.insert(node.clone(), until).is_some();
        if !stands {
            // What it noted before does not come to hold again.
            state.clients.values_mut().filter(|note| note.node == *node).for_each(|note| note.gone = true);
        }
        for client in gone {
            if let Some(note) = state.clients.get_mut(client).filter(|note| note.node == *node) {
                note.gone = true;
            }
        }
        for (client, idle) in here {
            let note = Note { node: node.clone(), idle: *idle, noted: now, gone: false };
            if state.clients.insert(client.clone(), note).is_none() {
                state.aging_clients.add(until, client.clone());
            }
            // One look a note, so that a long list of the living cannot outrun the forgetting.
            state.forget(&self.limits, now);
        }
        Ok(stands)
    }

    async fn idle(&self, client: &ClientId) -> Answer<Option<Duration>> {
        let now = Instant::now();
        let state = lock(&self.state);
        let holds = |note: &&Note| !note.gone && state.noting.get(&note.node).is_some_and(|until| *until > now);
        Ok(state.clients.get(client).filter(holds).map(|note| note.idle + (now - note.noted)))
    }

    async fn wakes(&self) -> Answer<(Box<dyn Watch>, Wakes)> {
        let (tap, wakes) = Tap::new();
        let mut state = lock(&self.state);
        let number = state.next_node;
        state.next_node += 1;
        state.nodes.insert(number, Node { tap, watched: HashSet::new() });
        let watch = MemoryWatch { number, state: Arc::clone(&self.state) };
        Ok((Box::new(watch), wakes))
    }
}

/// Which channels one node watches.
#[derive(Debug)]
struct MemoryWatch {
    number: u64,
    state: Arc<Mutex<State>>,
}

#[async_trait::async_trait]
impl Watch for MemoryWatch {
    async fn watch(&self, channel: &ChannelName) -> Answer<()> {
        let mut state = lock(&self.state);
        let node = state.nodes.get_mut(&self.number);
        let node = node.ok_or_else(|| BrokerError::Unreachable("the node's wakes have ended".into()))?;
        if node.watched.insert(channel.clone()) {
            state.watchers.entry(channel.clone()).or_default().push(self.number);
        }
        Ok(())
    }

    async fn unwatch(&self, channel: &ChannelName) -> Answer<()> {
        let mut state = lock(&self.state);
        if let Some(node) = state.nodes.get_mut(&self.number) {
            node.watched.remove(channel);
        }
        state.unwatch(self.number, channel);
        Ok(())
    }
}

impl Drop for MemoryWatch {
    fn drop(&mut self) {
        let mut state = lock(&self.state);
        if let Some(node) = state.nodes.remove(&self.number) {
            for channel in node.watched {
                state.unwatch(self.number, &channel);
            }
        }
    }
}
