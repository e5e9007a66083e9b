//! One channel: its log, who is present, and who holds what. Plain data and plain steps; the time is handed in. The
//! steps of each promise stand in a file of their own: `log.rs`, `presence.rs`, `locks.rs`.

use crate::{
    protocol::{
        message::Entry,
        names::{ClientId, Epoch, LockName},
        position::Position,
        roster::Present,
    },
    server::broker::{Claim, Limits, Party, fresh_epoch},
};
use bytes::Bytes;
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    time::Duration,
};
use tokio::time::Instant;

/// A channel. Everything that happens to it is one call of one of its functions.
#[derive(Debug)]
pub(super) struct Channel {
    pub(super) epoch: Epoch,
    /// The newest entries, the last of which has the offset `top`.
    pub(super) log: VecDeque<Bytes>,
    /// How many bytes these have.
    pub(super) bytes: usize,
    pub(super) top: u64,
    /// The highest version published: what was committed up to here stands in the log already.
    pub(super) version: u64,
    pub(super) present: HashMap<ClientId, Seat>,
    /// When each present client's lease runs out, soonest first, so that finding the dead costs nothing while there
    /// are none. The client breaks the tie between equal instants.
    pub(super) deadlines: BTreeSet<(Instant, ClientId)>,
    /// Counts arrivals, to tell who came first.
    pub(super) arrivals: u64,
    /// Who would leave first, were there no room: the lowest rank, and of these who came last.
    pub(super) ranks: BTreeSet<(u8, Reverse<u64>, ClientId)>,
    /// How many seats each party has.
    pub(super) parties: HashMap<Party, usize>,
    /// The locks somebody holds. Free ones are not remembered, or a channel would grow with every name ever locked.
    pub(super) locks: BTreeMap<LockName, HeldLock>,
    /// The highest fence given to any holding in this channel. One counter for all locks outlives each of them.
    pub(super) fence: u64,
    /// When something was last added or renewed.
    pub(super) touched: Instant,
    /// What was appended and has not been sent to those who watch.
    pub(super) unsent: Vec<(Position, Bytes)>,
    pub(super) log_entries: usize,
    pub(super) log_bytes: usize,
}

/// One present client.
#[derive(Debug)]
pub(super) struct Seat {
    pub(super) who: Present,
    pub(super) claim: Claim,
    /// Its place in the order of arrival.
    pub(super) arrival: u64,
    /// When its lease runs out; the same instant stands in the channel's deadlines.
    pub(super) due: Instant,
    /// It said that it goes: only such a client can be replaced.
    pub(super) leaving: bool,
}

/// One lock that is held.
#[derive(Debug)]
pub(super) struct HeldLock {
    pub(super) fence: u64,
    pub(super) holder: ClientId,
    pub(super) queue: VecDeque<ClientId>,
}

impl Channel {
    pub(super) fn new(limits: &Limits, now: Instant) -> Self {
        Self {
            epoch: fresh_epoch(),
            log: VecDeque::new(),
            bytes: 0,
            top: 0,
            version: 0,
            present: HashMap::new(),
            deadlines: BTreeSet::new(),
            arrivals: 0,
            ranks: BTreeSet::new(),
            parties: HashMap::new(),
            locks: BTreeMap::new(),
            fence: 0,
            touched: now,
            unsent: Vec::new(),
            log_entries: limits.log_entries.max(1),
            log_bytes: limits.log_bytes,
        }
    }

    /// When this channel may be forgotten, if nothing happens until then; `None` while somebody is present.
    pub(super) fn forgettable_at(&self, log_age: Duration) -> Option<Instant> {
        self.present.is_empty().then(|| self.touched + log_age)
    }

    /// What was appended since this was last asked, for those who watch.
    pub(super) fn take_unsent(&mut self) -> Vec<(Position, Bytes)> {
        std::mem::take(&mut self.unsent)
    }

    pub(super) fn top(&self) -> Position {
        Position::new(self.epoch.clone(), self.top)
    }

    pub(super) fn append(&mut self, entry: Bytes, now: Instant) {
        self.top += 1;
        self.touched = now;
        self.unsent.push((self.top(), entry.clone()));
        self.bytes += entry.len();
        self.log.push_back(entry);
        // The newest stays, whatever it has.
        while self.log.len() > self.log_entries || self.bytes > self.log_bytes && self.log.len() > 1 {
            self.bytes -= self.log.pop_front().map_or(0, |oldest| oldest.len());
        }
    }

    pub(super) fn tell(&mut self, entry: &Entry, now: Instant) {
        self.append(Bytes::from(entry.to_json()), now);
    }
}
