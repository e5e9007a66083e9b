//! Forgetting what nobody needs any more, without ever looking at everything.

use std::collections::BTreeSet;
use tokio::time::Instant;

/// How many things are looked at each time: more than one is added at a time, so the list cannot outgrow what is alive.
const A_FEW: usize = 4;

/// When to look at each thing again, soonest first.
///
/// A thing that lives on does not move in the list each time it is used, which would cost a write on every use; it is
/// looked at when it was first due, and put back at its new time. So each stands here exactly once.
#[derive(Debug)]
pub(super) struct Aging<K>(BTreeSet<(Instant, K)>);

impl<K: Ord> Aging<K> {
    pub(super) fn new() -> Self {
        Self(BTreeSet::new())
    }

    /// Looks at `thing` at `when`.
    pub(super) fn add(&mut self, when: Instant, thing: K) {
        self.0.insert((when, thing));
    }

    /// Looks at a few of the things that are due. `look` forgets the thing and says `None`, or says when to look again.
    pub(super) fn look(&mut self, now: Instant, mut look: impl FnMut(&K) -> Option<Instant>) {
        for _ in 0..A_FEW {
            if self.0.first().is_none_or(|(when, _)| *when > now) {
                return;
            }
            if let Some((_, thing)) = self.0.pop_first()
                && let Some(again) = look(&thing)
            {
                self.0.insert((again, thing));
            }
        }
    }
}
