//! What a broker bounds.

use super::presence::Party;
use std::time::Duration;

/// The bounds a broker keeps.
#[derive(Debug, Clone)]
pub struct Limits {
    /// How many entries a channel's log keeps; a reader further behind than that meets a gap. (Redis trims in whole
    /// nodes and may keep up to a hundred more.)
    pub log_entries: usize,
    /// How many bytes a channel's log keeps; of what is older than the newest so many, a reader meets a gap. (Redis
    /// counts entries above 4 KiB alone: a thousand smaller ones take little.)
    pub log_bytes: usize,
    /// How long a channel's log is kept after its last entry. Longer than any lease.
    pub log_age: Duration,
    /// How many clients may be present in one channel.
    pub present: usize,
    /// How many of those may be of one signed-in user.
    pub present_a_user: usize,
    /// How many may be of one browser.
    pub present_a_browser: usize,
    /// How many may be of one address where nobody is signed in.
    pub present_an_address: usize,
    /// How many clients may wait for one lock.
    pub waiters: usize,
    /// How many locks may be held in one channel.
    pub locks: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            log_entries: 1_000,
            log_bytes: 16 << 20,
            log_age: Duration::from_secs(24 * 60 * 60),
            present: 10_000,
            present_a_user: 64,
            present_a_browser: 32,
            present_an_address: 320,
            waiters: 32,
            locks: 1_000,
        }
    }
}

impl Limits {
    /// How many clients of this party may be present in one channel.
    #[must_use]
    pub fn of(&self, party: &Party) -> usize {
        match party {
            Party::User(_) => self.present_a_user,
            Party::Browser(_) => self.present_a_browser,
            Party::Address(_) => self.present_an_address,
        }
    }
}
