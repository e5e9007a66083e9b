//! Who works and who waits: plain bookkeeping, no clock and no thread.
//!
//! Addresses take turns, and within an address persons do, and within a person's what came first. Where everything is
//! taken, whoever has the most makes room for whoever has less. So neither a person nor an address can fill it.

use super::{
    bounds::Bounds,
    who::{Party, Who},
};
use std::{collections::HashMap, hash::Hash, net::IpAddr};
use tokio::sync::oneshot;

/// Where somebody comes from; nothing for a request that came over no connection.
type From = Option<IpAddr>;

/// Who works and who waits.
#[derive(Debug)]
pub(super) struct Queue {
    bounds: Bounds,
    working: usize,
    /// In the order they came. It is short: looked through from one end to the other whenever a place becomes free.
    waiting: Vec<Waiting>,
    addresses: Counts<From>,
    parties: Counts<Party>,
    /// Numbers all that happens.
    next: u64,
}

#[derive(Debug)]
struct Waiting {
    number: u64,
    who: Who,
    turn: oneshot::Sender<()>,
}

/// What each has of it. Forgotten when they neither work nor wait.
#[derive(Debug)]
struct Counts<K>(HashMap<K, Counted>);

#[derive(Debug, Clone, Copy, Default)]
struct Counted {
    working: usize,
    waiting: usize,
    /// When they came, or were done with something last: whose turn was longest ago is next.
    since: u64,
}

impl<K: Clone + Eq + Hash> Counts<K> {
    fn of(&self, whose: &K) -> Counted {
        self.0.get(whose).copied().unwrap_or_default()
    }

    fn change(&mut self, whose: &K, now: u64, change: impl FnOnce(&mut Counted)) {
        let counted = self.0.entry(whose.clone()).or_insert(Counted { since: now, ..Counted::default() });
        change(counted);
        if counted.working == 0 && counted.waiting == 0 {
            self.0.remove(whose);
        }
    }
}

/// What became of one who came.
#[derive(Debug)]
pub(super) enum Entered {
    /// It is their turn.
    Now,
    /// They wait, under this number, until they are told; or until they hear that they make room for others.
    Waits(u64, oneshot::Receiver<()>),
    /// The queue is full: this many wait in it.
    Full(usize),
    /// Their own share of the queue is full, or that of their address.
    OwnFull,
}

impl Queue {
    pub(super) fn new(bounds: Bounds) -> Self {
        let (addresses, parties) = (Counts(HashMap::new()), Counts(HashMap::new()));
        Self { bounds, working: 0, waiting: Vec::new(), addresses, parties, next: 0 }
    }

    /// Somebody comes.
    pub(super) fn enter(&mut self, who: &Who) -> Entered {
        // Those who wait while there is room wait for themselves: they are in nobody's way.
        if self.working < self.bounds.at_once.max(1) && self.may_begin(who) {
            self.begin(who);
            return Entered::Now;
        }
        let own = match who.party() {
            Party::Person(_) => self.bounds.waiting_of_one,
            Party::Strangers(_) => self.bounds.waiting_of_address,
        };
        if self.parties.of(&who.party()).waiting >= own {
            return Entered::OwnFull;
        }
        let from = self.addresses.of(&who.address).waiting;
        if from >= self.bounds.waiting_of_address && !self.make_room(who, who.address) {
            return Entered::OwnFull;
        }
        if self.waiting.len() >= self.bounds.waiting && !self.make_room(who, self.most_crowded(who)) {
            return Entered::Full(self.waiting.len());
        }
        let (turn, told) = oneshot::channel();
        let number = self.number();
        self.waiting.push(Waiting { number, who: who.clone(), turn });
        self.count(who, |counted| counted.waiting += 1);
        Entered::Waits(number, told)
    }

    /// Takes somebody out of the queue. Returns their position in it, counted from 1; nothing, if they are no longer in
    /// it, of which they were told.
    pub(super) fn give_up(&mut self, number: u64) -> Option<usize> {
        let at = self.waiting.iter().position(|waiting| waiting.number == number)?;
        let stood = self.stands(at);
        self.remove(at);
        Some(stood)
    }

    /// One who worked is done.
    pub(super) fn leave(&mut self, who: &Who) {
        self.working -= 1;
        let now = self.number();
        self.count(who, |counted| (counted.working, counted.since) = (counted.working - 1, now));
        while self.working < self.bounds.at_once.max(1) {
            let may = |(_, waiting): &(usize, &Waiting)| self.may_begin(&waiting.who);
            let next = self.waiting.iter().enumerate().filter(may).min_by_key(|(_, waiting)| self.turn(waiting));
            let Some((at, _)) = next else { return };
            let Waiting { who, turn, .. } = self.remove(at);
            self.begin(&who);
            // Who leaves in this very moment finds that they were told, and leaves their place.
            let _ = turn.send(());
        }
    }

    /// Whether nobody works and nobody waits.
    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.working == 0 && self.waiting.is_empty() && self.addresses.0.is_empty() && self.parties.0.is_empty()
    }

    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    fn may_begin(&self, who: &Who) -> bool {
        self.parties.of(&who.party()).working < self.bounds.at_once_of_one.max(1)
            && self.addresses.of(&who.address).working < self.bounds.at_once_of_address.max(1)
    }

    fn begin(&mut self, who: &Who) {
        self.working += 1;
        self.count(who, |counted| counted.working += 1);
    }

    fn remove(&mut self, at: usize) -> Waiting {
        let waiting = self.waiting.remove(at);
        self.count(&waiting.who, |counted| counted.waiting -= 1);
        waiting
    }

    fn count(&mut self, who: &Who, change: impl Fn(&mut Counted)) {
        let now = self.next;
        self.addresses.change(&who.address, now, &change);
        self.parties.change(&who.party(), now, &change);
    }

    /// The less, the sooner: whoever works least, and of those whose turn was longest ago; first by address.
    fn turn(&self, waiting: &Waiting) -> (usize, u64, usize, u64, u64) {
        let (from, own) = (self.addresses.of(&waiting.who.address), self.parties.of(&waiting.who.party()));
        (from.working, from.since, own.working, own.since, waiting.number)
    }

    /// The address of which the most wait. That of whoever comes, where they would have as many there.
    fn most_crowded(&self, who: &Who) -> From {
        let own = self.addresses.of(&who.address).waiting + 1;
        let crowded = self.addresses.0.iter().max_by_key(|(_, counted)| counted.waiting);
        crowded.filter(|(_, counted)| counted.waiting > own).map_or(who.address, |(from, _)| *from)
    }

    /// Whoever waits for most at this address loses what came last, if whoever comes has less there then. Tells whether
    /// there is room now.
    fn make_room(&mut self, who: &Who, from: From) -> bool {
        let own = if from == who.address { self.parties.of(&who.party()).waiting + 1 } else { 0 };
        let there = self.waiting.iter().enumerate().filter(|(_, waiting)| waiting.who.address == from);
        let most = there
            .map(|(at, waiting)| (self.parties.of(&waiting.who.party()).waiting, at))
            .max()
            .filter(|(most, _)| *most > own);
        let Some((_, at)) = most else { return false };
        self.remove(at);
        true
    }

    /// The position of one who waits, counted from 1: in each round until it is their turn, every other address and
    /// person may have one turn.
    fn stands(&self, at: usize) -> usize {
        let Waiting { number, who, .. } = &self.waiting[at];
        let (address, party) = (&who.address, who.party());
        let mut persons: HashMap<Party, usize> = HashMap::new();
        let mut addresses: HashMap<From, usize> = HashMap::new();
        let mut before = 0;
        for waiting in &self.waiting {
            let theirs = waiting.who.party();
            if waiting.who.address != *address {
                *addresses.entry(waiting.who.address).or_default() += 1;
            } else if theirs != party {
                *persons.entry(theirs).or_default() += 1;
            } else if waiting.number < *number {
                before += 1;
            }
        }
        before = self.parties.round(&party, before, &persons);
        self.addresses.round(address, before, &addresses) + 1
    }
}

impl<K: Clone + Eq + Hash> Counts<K> {
    /// How many come before one of `own`'s that has so many of their own before it, where these wait beside them.
    fn round(&self, own: &K, before: usize, others: &HashMap<K, usize>) -> usize {
        let since = self.of(own).since;
        let others = others.iter().map(|(other, waiting)| {
            let is_earlier = self.of(other).since < since;
            (*waiting).min(before + usize::from(is_earlier))
        });
        before + others.sum::<usize>()
    }
}
