//! A broker in this process's memory: the default, with nothing to install.
//!
//! It keeps every promise of a [`Broker`](super::Broker) but one it never gives: what it holds does not outlive the process. After a
//! restart every log has a new epoch, so clients meet a gap and fetch a fresh snapshot.

mod aging;
mod channel;
mod liveness;
mod locks;
mod log;
mod presence;
mod pub_sub;

use super::{Limits, Wake, tap::Tap};
use crate::protocol::names::{ChannelName, ClientId};
use aging::Aging;
use channel::Channel;
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
