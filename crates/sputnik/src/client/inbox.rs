//! One reader's place in a channel: what to take, what to pass over, and when something is missing. Pure.

use crate::protocol::position::Position;

/// Where a reader stands in a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inbox {
    at: Position,
    version: u64,
    /// A gap was met: nothing is taken until there is a new snapshot.
    waits_for_snapshot: bool,
}

/// What to do with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Take {
    /// Fold it in.
    Fold,
    /// It is known already, or the snapshot holds it.
    PassOver,
    /// Something before it is missing: fetch a snapshot.
    Gap,
}

impl Inbox {
    /// A reader whose state is a snapshot at this position, holding committed messages up to this version.
    #[must_use]
    pub fn new(at: Position, version: u64) -> Self {
        Self { at, version, waits_for_snapshot: false }
    }

    /// From where to continue.
    #[must_use]
    pub fn at(&self) -> &Position {
        &self.at
    }

    /// Takes in the entry at `at`; `version` is that of a committed message. The position advances before the entry is
    /// folded in, so nothing that goes wrong there can make it come twice.
    pub fn take(&mut self, at: &Position, version: Option<u64>) -> Take {
        if self.waits_for_snapshot {
            return Take::PassOver;
        }
        if at.epoch == self.at.epoch && at.offset <= self.at.offset {
            return Take::PassOver;
        }
        if !at.follows(&self.at) {
            return self.gap();
        }
        self.at = at.clone();
        match version {
            Some(version) if version <= self.version => Take::PassOver,
            Some(version) => {
                self.version = version;
                Take::Fold
            }
            None => Take::Fold,
        }
    }

    /// The position cannot be continued.
    pub fn gap(&mut self) -> Take {
        if std::mem::replace(&mut self.waits_for_snapshot, true) { Take::PassOver } else { Take::Gap }
    }

    /// Whether a snapshot is awaited.
    #[must_use]
    pub fn waits_for_snapshot(&self) -> bool {
        self.waits_for_snapshot
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(epoch: &str, offset: u64) -> Position {
        Position::new(epoch.parse().expect("an epoch"), offset)
    }

    #[test]
    fn what_the_snapshot_holds_is_not_folded_in_twice() {
        // The position was read before the data: messages 5 and 6 were committed in between.
        let mut inbox = Inbox::new(at("e", 10), 6);
        assert_eq!(inbox.take(&at("e", 11), Some(5)), Take::PassOver);
        assert_eq!(inbox.take(&at("e", 12), Some(6)), Take::PassOver);
        assert_eq!(inbox.take(&at("e", 13), Some(7)), Take::Fold);
    }

    #[test]
    fn a_hole_is_a_gap_told_once() {
        let mut inbox = Inbox::new(at("e", 1), 0);
        assert_eq!(inbox.take(&at("e", 3), None), Take::Gap);
        assert_eq!(inbox.take(&at("e", 4), None), Take::PassOver);
        assert!(inbox.waits_for_snapshot());
        assert_eq!(Inbox::new(at("e", 1), 0).take(&at("f", 2), None), Take::Gap, "another epoch");
    }

    proptest! {
        /// However entries are repeated, cut off and sent again from the position, each is folded in once, in order.
        #[test]
        fn every_entry_once_and_in_order(cuts in prop::collection::vec((0u64..12, 0u64..6), 0..40)) {
            let mut inbox = Inbox::new(at("e", 0), 0);
            let mut folded = Vec::new();
            for (count, back) in cuts {
                // A transport that starts somewhat before the position, and ends anywhere.
                let from = inbox.at().offset.saturating_sub(back) + 1;
                for offset in from..from + count {
                    match inbox.take(&at("e", offset), Some(offset)) {
                        Take::Fold => folded.push(offset),
                        Take::PassOver => {}
                        Take::Gap => prop_assert!(false, "nothing was missing"),
                    }
                }
            }
            let all: Vec<u64> = (1..=inbox.at().offset).collect();
            prop_assert_eq!(folded, all);
        }

        /// Whatever comes, of whichever log: between two snapshots everything folded in is a run of one log without a
        /// hole, and after a gap, which is told once, nothing is.
        #[test]
        fn a_run_of_one_log_or_a_gap_that_is_told(
            start in 0u64..10,
            comes in prop::collection::vec((prop::bool::weighted(0.1), 0u64..12, prop::option::of(1u64..12)), 0..60),
        ) {
            let mut inbox = Inbox::new(at("e", start), 0);
            let (mut top, mut gaps, mut newest) = (start, 0, 0);
            for (other, ahead, version) in comes {
                let epoch = if other { "f" } else { "e" };
                // Mostly what comes next, sometimes what came before or what is too far ahead.
                let offset = (top + ahead / 3).saturating_sub(1);
                match inbox.take(&at(epoch, offset), version) {
                    Take::Fold => {
                        prop_assert!(gaps == 0 && !other && offset == top + 1);
                        prop_assert!(version.is_none_or(|version| version > newest), "told twice");
                        newest = version.unwrap_or(newest);
                        top = offset;
                    }
                    Take::PassOver if gaps == 0 && offset == top + 1 => {
                        prop_assert!(version.is_some_and(|version| version <= newest), "lost");
                        top = offset;
                    }
                    Take::PassOver => prop_assert!(gaps == 1 || offset <= top),
                    Take::Gap => {
                        prop_assert!(other || offset > top + 1);
                        gaps += 1;
                    }
                }
                prop_assert!(gaps <= 1 && inbox.waits_for_snapshot() == (gaps == 1));
                prop_assert_eq!(inbox.at(), &at("e", top));
            }
        }
    }
}
