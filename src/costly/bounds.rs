//! How much costly work there may be.

use std::time::Duration;

/// What is bounded of costly work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// How many a node does at once. At least one.
    pub at_once: usize,
    /// How many of one person are done at once. At least one. All of one address of whom nobody knows who they are
    /// count as one person.
    pub at_once_of_one: usize,
    /// How many of one address are done at once. At least one.
    pub at_once_of_address: usize,
    /// How many wait for it. Whoever comes then is refused, unless somebody else has more of it, and makes room.
    pub waiting: usize,
    /// How many of one person wait.
    pub waiting_of_one: usize,
    /// How many of one address wait: a class behind it, say.
    pub waiting_of_address: usize,
    /// How long one waits, before they are told to come again.
    pub patience: Duration,
    /// How long one may take.
    pub time: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            at_once: 2,
            at_once_of_one: 1,
            at_once_of_address: usize::MAX,
            waiting: 128,
            waiting_of_one: 16,
            waiting_of_address: 64,
            patience: Duration::from_secs(10),
            time: Duration::from_secs(5),
        }
    }
}
