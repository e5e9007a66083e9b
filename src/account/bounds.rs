//! What is bounded of accounts.

use std::time::Duration;

/// How often may be tried what is guessed or made, and how long somebody stays signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// How many wrong passwords in a row are taken for one name before each further one has to wait, longer each time.
    /// For every browser that the person has signed in from, so many more.
    pub guesses_a_name: u32,
    /// The same for one address, whatever the names.
    pub guesses_an_address: u32,
    /// How many right passwords of one person are taken at once, after a quiet time: from browsers that are known, and
    /// as many from others. From others at one address eight times as many, whoever's.
    pub sign_ins_at_once: u32,
    /// How many of these a minute, in the long run.
    pub sign_ins_a_minute: u32,
    /// How many accounts may be made from one address at once, after a quiet time.
    pub sign_ups_at_once: u32,
    /// How many accounts may be made from one address in a minute, in the long run.
    pub sign_ups_a_minute: u32,
    /// After how long without use a session ends.
    pub idle: Duration,
    /// After how long a session ends, however much it is used.
    pub absolute: Duration,
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl Default for Bounds {
    fn default() -> Self {
        Self {
            guesses_a_name: 10,
            guesses_an_address: 60,
            // Of a demo's accounts everybody is told the password.
            sign_ins_at_once: 60,
            sign_ins_a_minute: 30,
            // A class that signs up together, and some of them twice.
            sign_ups_at_once: 40,
            sign_ups_a_minute: 6,
            idle: 30 * DAY,
            absolute: 180 * DAY,
        }
    }
}
