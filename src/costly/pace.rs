//! How fast somebody may ask for what costs the node more than an answer: files that come and go.

use super::Who;
use crate::sputnik::fault::Fault;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::time::Instant;

/// Of how many it is remembered. When it is more, those whose bucket is full again are forgotten.
const REMEMBERED: usize = 10_000;

/// A bucket of tokens for each, which fills at an even rate.
#[derive(Debug, Clone)]
pub struct Paces(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    a_minute: u32,
    at_once: u32,
    /// How many tokens each had left, and when that was.
    left: Mutex<HashMap<Who, (f64, Instant)>>,
}

impl Paces {
    /// So many a minute in the long run, and so many at once after a quiet time. At least one of each.
    #[must_use]
    pub fn new(a_minute: u32, at_once: u32) -> Self {
        Self(Arc::new(Inner { a_minute: a_minute.max(1), at_once: at_once.max(1), left: Mutex::default() }))
    }

    /// Takes one.
    ///
    /// # Errors
    /// `too_many`, when it comes too soon: the fault says when it does not.
    pub fn take(&self, who: &Who) -> Result<(), Fault> {
        let Inner { a_minute, at_once, left } = &*self.0;
        let (a_second, most, now) = (f64::from(*a_minute) / 60.0, f64::from(*at_once), Instant::now());
        let tokens =
            |(tokens, at): (f64, Instant)| (tokens + now.duration_since(at).as_secs_f64() * a_second).min(most);
        let mut left = left.lock().unwrap_or_else(PoisonError::into_inner);
        if left.len() >= REMEMBERED && !left.contains_key(who) {
            left.retain(|_, known| tokens(*known) < most);
            if left.len() >= REMEMBERED {
                return Err(Fault::too_many("The server is very busy. Please try again in a moment.", 5_000));
            }
        }
        let known = left.entry(who.clone()).or_insert((most, now));
        let has = tokens(*known);
        if has < 1.0 {
            let seconds = ((1.0 - has) / a_second).ceil().clamp(1.0, 60.0);
            let words = format!("These are many files at once. Please try again in {seconds} s.");
            return Err(Fault::too_many(words, milliseconds(seconds)));
        }
        *known = (has - 1.0, now);
        Ok(())
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from one second to a minute")]
fn milliseconds(seconds: f64) -> u32 {
    (seconds * 1_000.0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{net::IpAddr, time::Duration};
    use tokio::time::advance;

    #[tokio::test(start_paused = true)]
    async fn so_many_at_once_and_then_so_many_a_minute() {
        let paces = Paces::new(30, 2);
        let (here, there) = (Who::Address(IpAddr::from([192, 0, 2, 1])), Who::Nobody);
        assert!(paces.take(&here).is_ok() && paces.take(&here).is_ok());
        let fault = paces.take(&here).expect_err("the third");
        assert_eq!(fault.retry_ms, Some(2_000));
        assert!(paces.take(&there).is_ok(), "each has their own");
        advance(Duration::from_millis(1_900)).await;
        assert!(paces.take(&here).is_err());
        advance(Duration::from_millis(200)).await;
        assert!(paces.take(&here).is_ok());
    }
}
