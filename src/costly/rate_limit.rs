//! How fast somebody may ask for what costs the node more than an answer: files that come and go.

use super::who::{Party, Who};
use sputnik::Fault;
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::time::Instant;

/// Of how many it is remembered. When it is more, those whose bucket is full again are forgotten.
const REMEMBERED: usize = 10_000;
/// How many times as fast as one person all of one address are: a class behind it, say.
const A_CLASS: u32 = 8;

/// A bucket of tokens for each, which fills at an even rate.
#[derive(Debug, Clone)]
pub struct RateLimit(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    a_minute: u32,
    at_once: u32,
    /// How many tokens each had left, and when that was.
    left: Mutex<HashMap<Payer, (f64, Instant)>>,
}

/// To whom it is counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Payer {
    One(Party),
    /// All of one address, known or not: who has many accounts is not as fast as many people.
    Address(IpAddr),
}

impl Payer {
    fn times(&self) -> u32 {
        if matches!(self, Self::Address(_)) { A_CLASS } else { 1 }
    }
}

impl RateLimit {
    /// So many a minute in the long run, and so many at once after a quiet time. At least one of each. All of one
    /// address together have eight times as many.
    #[must_use]
    pub fn new(a_minute: u32, at_once: u32) -> Self {
        Self(Arc::new(Inner { a_minute: a_minute.max(1), at_once: at_once.max(1), left: Mutex::default() }))
    }

    /// Takes one.
    ///
    /// # Errors
    /// `too_many`, when it comes too soon: the fault says when it does not.
    pub fn take(&self, who: &Who) -> Result<(), Fault> {
        let now = Instant::now();
        let payers: Vec<Payer> = [Payer::One(who.party())].into_iter().chain(who.address.map(Payer::Address)).collect();
        let mut left = self.0.left.lock().unwrap_or_else(PoisonError::into_inner);
        if left.len() >= REMEMBERED {
            left.retain(|payer, known| self.0.tokens(payer, *known, now) < self.0.most(payer));
            if left.len() >= REMEMBERED && payers.iter().any(|payer| !left.contains_key(payer)) {
                return Err(Fault::too_many("The server is very busy. Please try again in a moment.", 5_000));
            }
        }
        let mut have = Vec::with_capacity(payers.len());
        for payer in &payers {
            let known = left.get(payer).copied().unwrap_or((self.0.most(payer), now));
            let has = self.0.tokens(payer, known, now);
            if has < 1.0 {
                let seconds = ((1.0 - has) / self.0.a_second(payer)).ceil().clamp(1.0, 60.0);
                let words = format!("These are many files at once. Please try again in {seconds} s.");
                return Err(Fault::too_many(words, milliseconds(seconds)));
            }
            have.push((has - 1.0, now));
        }
        // Taken of all of them or of none.
        left.extend(payers.into_iter().zip(have));
        Ok(())
    }
}

impl Inner {
    fn a_second(&self, payer: &Payer) -> f64 {
        f64::from(self.a_minute) / 60.0 * f64::from(payer.times())
    }

    fn most(&self, payer: &Payer) -> f64 {
        f64::from(self.at_once) * f64::from(payer.times())
    }

    fn tokens(&self, payer: &Payer, (tokens, at): (f64, Instant), now: Instant) -> f64 {
        (tokens + now.duration_since(at).as_secs_f64() * self.a_second(payer)).min(self.most(payer))
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from one second to a minute")]
fn milliseconds(seconds: f64) -> u32 {
    (seconds * 1_000.0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use sputnik::server::address::Address;
    use std::time::Duration;
    use tokio::time::advance;

    #[tokio::test(start_paused = true)]
    async fn so_many_at_once_and_then_so_many_a_minute() {
        let limit = RateLimit::new(30, 2);
        let here = Address::from(IpAddr::from([192, 0, 2, 1]));
        let (here, there) = (Who::of(None, Some(here)), Who::default());
        assert!(limit.take(&here).is_ok() && limit.take(&here).is_ok());
        let fault = limit.take(&here).expect_err("the third");
        assert_eq!(fault.retry_ms, Some(2_000));
        assert!(limit.take(&there).is_ok(), "each has their own");
        advance(Duration::from_millis(1_900)).await;
        assert!(limit.take(&here).is_err());
        advance(Duration::from_millis(200)).await;
        assert!(limit.take(&here).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn who_has_many_accounts_is_as_fast_as_eight_people() {
        let limit = RateLimit::new(30, 2);
        let address = |last| Some(Address::from(IpAddr::from([192, 0, 2, last])));
        let one = |number: u32, last| Who::of(Some(&format!("p{number}").parse().expect("an id")), address(last));
        for number in 0..16 {
            assert!(limit.take(&one(number, 1)).is_ok(), "{number}");
        }
        assert!(limit.take(&one(16, 1)).is_err());
        assert!(limit.take(&one(16, 2)).is_ok(), "to be refused costs nothing");
    }
}
