//! One channel: its log, who is present, and who holds what. Plain data and plain steps; the time is handed in.

use crate::{
    protocol::{
        message::Entry,
        names::{ClientId, Epoch, LockName},
        position::Position,
        roster::{LockState, Present, Roster},
    },
    server::broker::{Answer, BrokerError, Check, Claim, Joined, Limits, Party, Since, wakes::fresh_epoch},
};
use bytes::Bytes;
use serde_json::Value;
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    time::Duration,
};
use tokio::time::Instant;

/// A channel. Everything that happens to it is one call of one of its functions.
#[derive(Debug)]
pub(super) struct Channel {
    epoch: Epoch,
    /// The newest entries, the last of which has the offset `top`.
    log: VecDeque<Bytes>,
    /// How many bytes these have.
    bytes: usize,
    top: u64,
    /// The highest version published: what was committed up to here stands in the log already.
    version: u64,
    present: HashMap<ClientId, Seat>,
    /// When each present client's lease runs out, soonest first, so that finding the dead costs nothing while there
    /// are none. The client breaks the tie between equal instants.
    deadlines: BTreeSet<(Instant, ClientId)>,
    /// Counts arrivals, to tell who came first.
    arrivals: u64,
    /// Who would leave first, were there no room: the lowest rank, and of these who came last.
    ranks: BTreeSet<(u8, Reverse<u64>, ClientId)>,
    /// How many seats each party has.
    parties: HashMap<Party, usize>,
    /// The locks somebody holds. Free ones are not remembered, or a channel would grow with every name ever locked.
    locks: BTreeMap<LockName, HeldLock>,
    /// The highest fence given to any holding in this channel. One counter for all locks outlives each of them.
    fence: u64,
    /// When something was last added or renewed.
    touched: Instant,
    /// What was appended and has not been sent to those who watch.
    unsent: Vec<(Position, Bytes)>,
    log_entries: usize,
    log_bytes: usize,
}

/// One present client.
#[derive(Debug)]
struct Seat {
    who: Present,
    claim: Claim,
    /// Its place in the order of arrival.
    arrival: u64,
    /// When its lease runs out; the same instant stands in the channel's deadlines.
    due: Instant,
    /// It said that it goes: only such a client can be replaced.
    leaving: bool,
}

/// One lock that is held.
#[derive(Debug)]
struct HeldLock {
    fence: u64,
    holder: ClientId,
    queue: VecDeque<ClientId>,
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

    fn top(&self) -> Position {
        Position::new(self.epoch.clone(), self.top)
    }

    fn append(&mut self, entry: Bytes, now: Instant) {
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

    fn tell(&mut self, entry: &Entry, now: Instant) {
        self.append(Bytes::from(entry.to_json()), now);
    }

    pub(super) fn publish(&mut self, entry: Bytes, version: Option<u64>, now: Instant) -> Position {
        if let Some(version) = version {
            if version <= self.version {
                return self.top();
            }
            self.version = version;
        }
        self.append(entry, now);
        self.top()
    }

    pub(super) fn since(&self, after: &Position, limit: usize) -> Since {
        let trimmed = self.top - self.log.len() as u64;
        if after.epoch != self.epoch || after.offset < trimmed || after.offset > self.top {
            return Since::Gap;
        }
        let seen = (after.offset - trimmed) as usize;
        Since::Entries((after.offset + 1..).zip(self.log.iter().skip(seen).take(limit).cloned()).collect())
    }

    pub(super) fn check(&self, now: Instant) -> Check {
        let next_due = self.deadlines.first().map(|(due, _)| due.saturating_duration_since(now));
        Check { top: self.top(), next_due }
    }

    pub(super) fn roster(&self) -> Roster {
        let mut seats: Vec<&Seat> = self.present.values().collect();
        seats.sort_by_key(|seat| seat.arrival);
        Roster {
            at: self.top(),
            here: seats.into_iter().map(|seat| seat.who.clone()).collect(),
            locks: self.locks.keys().map(|name| self.lock(name)).collect(),
        }
    }
}

/// Presence.
impl Channel {
    /// Lets leave everyone whose lease has run out. Every step on presence and locks begins with this.
    pub(super) fn expire(&mut self, now: Instant) {
        let mut gone = Vec::new();
        while let Some((due, _)) = self.deadlines.first() {
            if *due > now {
                break;
            }
            let Some((_, client)) = self.deadlines.pop_first() else { break };
            self.unseat(&client);
            gone.push(client);
        }
        self.say_left(&gone, now);
    }

    /// Appends that these, who are not present any more, left, and passes on what they held.
    fn say_left(&mut self, gone: &[ClientId], now: Instant) {
        for client in gone {
            self.tell(&Entry::Left { client: client.clone() }, now);
        }
        if gone.is_empty() {
            return;
        }
        let names: Vec<LockName> = self.locks.keys().cloned().collect();
        for name in names {
            let Some(held) = self.locks.get_mut(&name) else {
                continue;
            };
            let waited = held.queue.len();
            held.queue.retain(|client| self.present.contains_key(client));
            if !self.present.contains_key(&held.holder) {
                self.pass_on(&name, now);
            } else if held.queue.len() != waited {
                self.tell_lock(&name, now);
            }
        }
    }

    /// Seats a client who came now.
    fn seat(&mut self, who: &Present, claim: &Claim, due: Instant) {
        self.unseat(&who.client);
        self.arrivals += 1;
        let arrival = self.arrivals;
        self.ranks.insert((claim.rank, Reverse(arrival), who.client.clone()));
        for party in &claim.parties {
            *self.parties.entry(party.clone()).or_default() += 1;
        }
        self.deadlines.insert((due, who.client.clone()));
        let seat = Seat { who: who.clone(), claim: claim.clone(), arrival, due, leaving: false };
        self.present.insert(who.client.clone(), seat);
    }

    /// Takes a client's seat away without a word.
    fn unseat(&mut self, client: &ClientId) {
        let Some(seat) = self.present.remove(client) else { return };
        self.deadlines.remove(&(seat.due, client.clone()));
        self.ranks.remove(&(seat.claim.rank, Reverse(seat.arrival), client.clone()));
        for party in &seat.claim.parties {
            if let Some(count) = self.parties.get_mut(party) {
                *count -= 1;
                if *count == 0 {
                    self.parties.remove(party);
                }
            }
        }
    }

    fn set_rank(&mut self, client: &ClientId, rank: u8) {
        if let Some(seat) = self.present.get_mut(client).filter(|seat| seat.claim.rank != rank) {
            self.ranks.remove(&(seat.claim.rank, Reverse(seat.arrival), client.clone()));
            self.ranks.insert((rank, Reverse(seat.arrival), client.clone()));
            seat.claim.rank = rank;
        }
    }

    /// Makes room for a newcomer, if there is none: whoever counts for less leaves.
    fn make_room(&mut self, claim: &Claim, limits: &Limits, now: Instant) -> Answer<()> {
        let has_all = |party: &Party| self.parties.get(party).is_some_and(|count| *count >= limits.of(party));
        if claim.parties.iter().any(has_all) {
            return Err(BrokerError::Full("as many clients of one browser, user or address are present as may"));
        }
        if self.present.len() < limits.present {
            return Ok(());
        }
        let Some((_, _, least)) = self.ranks.first().filter(|(rank, ..)| *rank < claim.rank).cloned() else {
            return Err(BrokerError::Full("as many clients are present in the channel as may"));
        };
        self.unseat(&least);
        self.say_left(&[least], now);
        Ok(())
    }

    /// Moves a present client's deadline.
    fn set_due(&mut self, client: &ClientId, due: Instant, leaving: bool) {
        if let Some(seat) = self.present.get_mut(client) {
            self.deadlines.remove(&(seat.due, client.clone()));
            self.deadlines.insert((due, client.clone()));
            (seat.due, seat.leaving) = (due, leaving);
        }
    }

    pub(super) fn join(
        &mut self,
        who: &Present,
        claim: &Claim,
        replaces: Option<&ClientId>,
        lease: Duration,
        limits: &Limits,
        now: Instant,
    ) -> Answer<Joined> {
        let leaving = |old: &ClientId| self.present.get(old).is_some_and(|seat| seat.leaving);
        let replaces = replaces.filter(|old| **old != who.client && leaving(old));
        if let Some(old) = replaces {
            self.give_place(old, &who.client);
        }
        let shown = self.present.get(&who.client).map(|seat| &seat.who);
        let is_same = shown.is_some_and(|shown| (&shown.user, &shown.name) == (&who.user, &who.name));
        let said = replaces.is_some() || shown != Some(who);
        if replaces.is_none() && shown.is_none() {
            self.make_room(claim, limits, now)?;
        }
        if is_same && replaces.is_none() {
            self.show(&who.client, &who.state, now);
            self.set_rank(&who.client, claim.rank);
        } else {
            self.seat(who, claim, now);
            self.tell(&Entry::Joined { who: who.clone(), replaces: replaces.cloned() }, now);
        }
        self.touched = now;
        self.set_due(&who.client, now + lease, false);
        Ok(match (replaces, said) {
            (Some(_), _) => Joined::Replaced,
            (None, true) => Joined::Said,
            (None, false) => Joined::Already,
        })
    }

    /// Takes `old` away without a word and writes `new` wherever it held or waited: the same holdings, so the same
    /// fences. Where `new` stood already, the better of the two places is its own.
    fn give_place(&mut self, old: &ClientId, new: &ClientId) {
        self.unseat(old);
        for held in self.locks.values_mut() {
            for client in held.queue.iter_mut().chain([&mut held.holder]).filter(|client| *client == old) {
                client.clone_from(new);
            }
            let mut stands = held.holder == *new;
            held.queue.retain(|client| client != new || !std::mem::replace(&mut stands, true));
        }
    }

    pub(super) fn show(&mut self, client: &ClientId, state: &Value, now: Instant) -> bool {
        let Some(seat) = self.present.get_mut(client) else {
            return false;
        };
        if seat.who.state != *state {
            seat.who.state = state.clone();
            self.tell(&Entry::Moved { client: client.clone(), state: state.clone() }, now);
        }
        true
    }

    pub(super) fn renew(&mut self, client: &ClientId, lease: Duration, now: Instant) -> bool {
        if !self.present.contains_key(client) {
            return false;
        }
        self.touched = now;
        self.set_due(client, now + lease, false);
        true
    }

    pub(super) fn part(&mut self, client: &ClientId, grace: Duration, now: Instant) {
        let Some(seat) = self.present.get(client) else {
            return;
        };
        let due = seat.due.min(now + grace);
        self.set_due(client, due, true);
        if grace.is_zero() {
            self.expire(now);
        }
    }
}

/// Locks.
impl Channel {
    /// How a lock stands.
    pub(super) fn lock(&self, name: &LockName) -> LockState {
        self.locks.get(name).map_or_else(
            || LockState::free(name.clone()),
            |held| LockState {
                name: name.clone(),
                fence: held.fence,
                holder: Some(held.holder.clone()),
                queue: held.queue.iter().cloned().collect(),
            },
        )
    }

    fn tell_lock(&mut self, name: &LockName, now: Instant) -> LockState {
        let state = self.lock(name);
        self.tell(&Entry::Lock(state.clone()), now);
        state
    }

    /// Starts a new holding, above all fences given before and above `floor`.
    fn give(&mut self, name: &LockName, to: &ClientId, floor: u64, now: Instant) -> LockState {
        self.fence = self.fence.max(floor).saturating_add(1);
        let mut queue = self.locks.remove(name).map(|held| held.queue).unwrap_or_default();
        queue.retain(|client| client != to);
        self.locks.insert(name.clone(), HeldLock { fence: self.fence, holder: to.clone(), queue });
        self.tell_lock(name, now)
    }

    /// Ends the holding: the lock goes to the first who waits, or is free.
    fn pass_on(&mut self, name: &LockName, now: Instant) -> LockState {
        match self.locks.get(name).and_then(|held| held.queue.front().cloned()) {
            Some(next) => self.give(name, &next, 0, now),
            None => {
                self.locks.remove(name);
                self.tell_lock(name, now)
            }
        }
    }

    fn must_be_present(&self, client: &ClientId) -> Answer<()> {
        if self.present.contains_key(client) { Ok(()) } else { Err(BrokerError::NotPresent) }
    }

    fn must_have_room(&self, name: &LockName, limits: &Limits) -> Answer<()> {
        if self.locks.contains_key(name) || self.locks.len() < limits.locks {
            Ok(())
        } else {
            Err(BrokerError::Full("as many locks are held in the channel as may"))
        }
    }

    pub(super) fn acquire(
        &mut self,
        name: &LockName,
        client: &ClientId,
        wait: bool,
        floor: u64,
        limits: &Limits,
        now: Instant,
    ) -> Answer<LockState> {
        self.must_be_present(client)?;
        let Some(held) = self.locks.get_mut(name) else {
            self.must_have_room(name, limits)?;
            return Ok(self.give(name, client, floor, now));
        };
        if !wait || held.holder == *client || held.queue.contains(client) {
            return Ok(self.lock(name));
        }
        if held.queue.len() >= limits.waiters {
            return Err(BrokerError::Full("as many clients wait for the lock as may"));
        }
        held.queue.push_back(client.clone());
        Ok(self.tell_lock(name, now))
    }

    pub(super) fn release(&mut self, name: &LockName, client: &ClientId, now: Instant) -> LockState {
        let Some(held) = self.locks.get_mut(name) else {
            return self.lock(name);
        };
        if held.holder == *client {
            return self.pass_on(name, now);
        }
        let waited = held.queue.len();
        held.queue.retain(|other| other != client);
        if held.queue.len() == waited { self.lock(name) } else { self.tell_lock(name, now) }
    }

    pub(super) fn hand_over(
        &mut self,
        name: &LockName,
        from: &ClientId,
        to: &ClientId,
        floor: u64,
        now: Instant,
    ) -> Answer<LockState> {
        let state = self.lock(name);
        if state.is_held_by(to) {
            return Ok(state);
        }
        if !state.is_held_by(from) {
            return Err(BrokerError::NotHolder);
        }
        self.must_be_present(to)?;
        Ok(self.give(name, to, floor, now))
    }

    pub(super) fn take_over(
        &mut self,
        name: &LockName,
        by: &ClientId,
        floor: u64,
        limits: &Limits,
        now: Instant,
    ) -> Answer<LockState> {
        self.must_be_present(by)?;
        let state = self.lock(name);
        if state.is_held_by(by) {
            return Ok(state);
        }
        self.must_have_room(name, limits)?;
        Ok(self.give(name, by, floor, now))
    }
}
