//! Who works and who waits: plain bookkeeping, no clock and no thread.

use std::{
    collections::{HashMap, VecDeque},
    hash::Hash,
};
use tokio::sync::oneshot;

/// Who works and who waits.
#[derive(Debug)]
pub(super) struct Queue<K> {
    at_once: usize,
    most: usize,
    working: usize,
    /// Of everybody who works or waits. Forgotten when they do neither.
    of: HashMap<K, Counted>,
    /// In the order they came.
    waiting: VecDeque<Waiting<K>>,
    next: u64,
}

#[derive(Debug, Default)]
struct Counted {
    working: usize,
    waiting: usize,
}

/// How much of it one may have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Share {
    /// How many of theirs are worked on at once.
    pub(super) working: usize,
    /// How many of theirs wait.
    pub(super) waiting: usize,
}

#[derive(Debug)]
struct Waiting<K> {
    number: u64,
    who: K,
    share: Share,
    turn: oneshot::Sender<()>,
}

/// What became of one who came.
#[derive(Debug)]
pub(super) enum Entered {
    /// It is their turn.
    Now,
    /// They wait, under this number, until they are told.
    Waits(u64, oneshot::Receiver<()>),
    /// As many wait as may: so many.
    Full(usize),
    /// As many of theirs wait as may.
    OwnFull,
}

impl<K: Clone + Eq + Hash> Queue<K> {
    pub(super) fn new(at_once: usize, most: usize) -> Self {
        let (of, waiting) = (HashMap::new(), VecDeque::new());
        Self { at_once: at_once.max(1), most, working: 0, of, waiting, next: 0 }
    }

    /// Somebody comes who may have such a share.
    pub(super) fn enter(&mut self, who: &K, share: Share) -> Entered {
        // Those who wait while there is room wait for themselves: they are in nobody's way.
        if self.working < self.at_once && self.may_begin(who, share) {
            self.begin(who);
            return Entered::Now;
        }
        if self.of.get(who).is_some_and(|own| own.waiting >= share.waiting) {
            return Entered::OwnFull;
        }
        if self.waiting.len() >= self.most {
            return Entered::Full(self.waiting.len());
        }
        let (turn, told) = oneshot::channel();
        let number = self.next;
        self.next += 1;
        self.waiting.push_back(Waiting { number, who: who.clone(), share, turn });
        self.of.entry(who.clone()).or_default().waiting += 1;
        Entered::Waits(number, told)
    }

    /// One who waits no longer does. Tells as the how manieth they stood, from 1 on; nothing, if it is their turn
    /// already: then they have a place, whether they were told or not.
    pub(super) fn give_up(&mut self, number: u64) -> Option<usize> {
        let at = self.waiting.iter().position(|waiting| waiting.number == number)?;
        let waiting = self.waiting.remove(at)?;
        self.count(&waiting.who, |counted| counted.waiting -= 1);
        Some(at + 1)
    }

    /// One who worked is done.
    pub(super) fn leave(&mut self, who: &K) {
        self.working -= 1;
        self.count(who, |counted| counted.working -= 1);
        while self.working < self.at_once {
            let next = self.waiting.iter().position(|waiting| self.may_begin(&waiting.who, waiting.share));
            let Some(at) = next else { return };
            let Some(Waiting { who, turn, .. }) = self.waiting.remove(at) else { return };
            self.count(&who, |counted| counted.waiting -= 1);
            self.begin(&who);
            // Who left in this very moment finds that they no longer wait, and leaves their place.
            let _ = turn.send(());
        }
    }

    /// Whether nobody works and nobody waits.
    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.working == 0 && self.waiting.is_empty() && self.of.is_empty()
    }

    fn may_begin(&self, who: &K, share: Share) -> bool {
        self.of.get(who).is_none_or(|own| own.working < share.working.max(1))
    }

    fn begin(&mut self, who: &K) {
        self.working += 1;
        self.of.entry(who.clone()).or_default().working += 1;
    }

    fn count(&mut self, who: &K, change: impl FnOnce(&mut Counted)) {
        if let Some(counted) = self.of.get_mut(who) {
            change(counted);
            if counted.working == 0 && counted.waiting == 0 {
                self.of.remove(who);
            }
        }
    }
}
