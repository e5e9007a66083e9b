//! Chance that can be repeated: every client has its own, from the run's seed.

use std::{cell::Cell, time::Duration};

/// SplitMix64.
pub struct Chance(Cell<u64>);

impl Chance {
    /// The `number`-th of a seed.
    pub fn new(seed: u64, number: usize) -> Self {
        let chance = Self(Cell::new(seed ^ (number as u64) << 32));
        chance.next();
        chance
    }

    fn next(&self) -> u64 {
        let state = self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0.set(state);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A time below `most`.
    pub fn time(&self, most: Duration) -> Duration {
        Duration::from_micros(self.next() % (most.as_micros() as u64).max(1))
    }
}
