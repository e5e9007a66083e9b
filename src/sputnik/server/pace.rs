//! How fast each client may send commands: a bucket of tokens, which fills at an even rate.

use crate::sputnik::{fault::Fault, names::ClientId};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// Of how many clients a node remembers the pace. Whoever was quiet long enough need not be remembered.
const CLIENTS: usize = 100_000;
/// From how many on it looks whom it can forget.
const FORGET_FROM: usize = 1_024;

/// How fast something may happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// How many a second, in the long run. At least one.
    pub a_second: u32,
    /// How many at once, after a quiet time. At least one.
    pub at_once: u32,
}

/// How many tokens a client had left, and when that was.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

impl Bucket {
    fn now(self, pace: Pace, now: Instant) -> f64 {
        let gained = now.saturating_duration_since(self.at).as_secs_f64() * f64::from(pace.a_second.max(1));
        (self.tokens + gained).min(f64::from(pace.at_once.max(1)))
    }
}

/// Every client's bucket on this node.
#[derive(Debug)]
pub struct Paces {
    pace: Pace,
    buckets: Mutex<Buckets>,
}

#[derive(Debug)]
struct Buckets {
    of: HashMap<ClientId, Bucket>,
    /// At how many to look next whom to forget.
    forget_at: usize,
}

impl Paces {
    pub(super) fn new(pace: Pace) -> Self {
        Self { pace, buckets: Mutex::new(Buckets { of: HashMap::new(), forget_at: FORGET_FROM }) }
    }

    /// Takes a token of this client's.
    ///
    /// # Errors
    /// When there is none: the fault says when there is one again.
    pub(super) fn take(&self, client: &ClientId) -> Result<(), Fault> {
        let (pace, now) = (self.pace, Instant::now());
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.forget_the_quiet(pace, now);
        if buckets.of.len() >= CLIENTS && !buckets.of.contains_key(client) {
            return Err(Fault::too_many("The server is very busy. Please try again in a moment.", 2_000));
        }
        let full = Bucket { tokens: f64::from(pace.at_once.max(1)), at: now };
        let bucket = buckets.of.entry(client.clone()).or_insert(full);
        let tokens = bucket.now(pace, now);
        let left = tokens - 1.0;
        if left < 0.0 {
            return Err(Fault::too_many("These are too many commands at once.", milliseconds_until(-left, pace)));
        }
        *bucket = Bucket { tokens: left, at: now };
        Ok(())
    }
}

impl Buckets {
    /// Whose bucket is full again is as good as unknown.
    fn forget_the_quiet(&mut self, pace: Pace, now: Instant) {
        if self.of.len() >= self.forget_at {
            self.of.retain(|_, bucket| bucket.now(pace, now) < f64::from(pace.at_once.max(1)));
            self.forget_at = (self.of.len() * 2).clamp(FORGET_FROM, CLIENTS);
        }
    }
}

fn milliseconds_until(missing: f64, pace: Pace) -> u32 {
    let wait = Duration::from_secs_f64(missing / f64::from(pace.a_second.max(1)));
    u32::try_from(wait.as_millis()).unwrap_or(u32::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::advance;

    fn client(name: &str) -> ClientId {
        name.parse().expect("a name")
    }

    #[tokio::test(start_paused = true)]
    async fn so_many_at_once_and_then_so_many_a_second() {
        let paces = Paces::new(Pace { a_second: 10, at_once: 3 });
        let (ann, bob) = (client("ann"), client("bob"));
        for _ in 0..3 {
            paces.take(&ann).expect("within the burst");
        }
        let fault = paces.take(&ann).expect_err("beyond it");
        assert_eq!(fault.retry_ms, Some(100));
        paces.take(&bob).expect("another client's bucket is its own");
        advance(Duration::from_millis(99)).await;
        assert!(paces.take(&ann).is_err());
        advance(Duration::from_millis(2)).await;
        paces.take(&ann).expect("when it said");
        advance(Duration::from_secs(3_600)).await;
        for _ in 0..3 {
            paces.take(&ann).expect("a quiet hour fills the bucket, and no more than that");
        }
        assert!(paces.take(&ann).is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_was_quiet_is_forgotten() {
        let paces = Paces::new(Pace { a_second: 10, at_once: 2 });
        for number in 0..50_000 {
            paces.take(&client(&format!("c{number}"))).expect("the first of each");
            advance(Duration::from_millis(1)).await;
        }
        let kept = paces.buckets.lock().expect("no panic").of.len();
        assert!(kept <= FORGET_FROM, "{kept}");
    }
}
