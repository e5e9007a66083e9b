//! Chance from a seed: the same seed throws the same.

use std::{ops::Range, time::Duration};

/// `SplitMix64`: small, and random enough to break things with.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Dice of their own for number `n`: what one throws does not depend on how often another did.
    pub fn fork(&self, n: u64) -> Self {
        Self(self.clone().next() ^ n.wrapping_mul(0xa076_1d64_78bd_642f))
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound.max(1) as u64).unwrap()
    }

    pub fn of<'a, T>(&mut self, some: &'a [T]) -> &'a T {
        &some[self.below(some.len())]
    }

    /// So many milliseconds.
    pub fn ms(&mut self, range: Range<u64>) -> Duration {
        Duration::from_millis(range.start + self.next() % (range.end - range.start))
    }

    /// One of these that are sound, with some of it cut off, left out, doubled, or replaced by such pieces.
    pub fn mangled<T: AsRef<[u8]>>(&mut self, sound: &[T], pieces: &[&str]) -> Vec<u8> {
        let mut bytes = self.of(sound).as_ref().to_vec();
        for _ in 0..self.below(5) {
            let at = self.below(bytes.len() + 1);
            let end = at + self.below(bytes.len() - at + 1).min(12);
            match self.below(6) {
                0 => bytes.truncate(at),
                1 => drop(bytes.drain(at..end)),
                2 => drop(bytes.splice(at..at, self.of(pieces).bytes()).count()),
                3 => drop(bytes.splice(at..end, self.of(pieces).bytes()).count()),
                4 => drop(bytes.splice(at..at, self.of(sound).as_ref().iter().skip(at).copied()).count()),
                _ => {
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte ^= 1 << self.below(8);
                    }
                }
            }
        }
        bytes
    }
}
