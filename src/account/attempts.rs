//! How often a sign-in may be tried: a bound for each name, so that passwords cannot be guessed at speed.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

/// In which time so many attempts are allowed.
const WINDOW: Duration = Duration::from_secs(60);
/// How many attempts a name has in that time.
const ALLOWED: u32 = 10;
/// How many names are remembered. Where more are tried at once, newcomers wait: nobody gains attempts by naming many.
const NAMES: usize = 10_000;

/// The attempts of the last minute, by name. Kept by each node for itself, and forgotten with it.
#[derive(Debug, Default)]
pub(super) struct Attempts(HashMap<String, (Instant, u32)>);

impl Attempts {
    /// Counts an attempt, or tells how long to wait for the next.
    pub(super) fn count(&mut self, name: &str, now: Instant) -> Result<(), Duration> {
        let over = |since: Instant| now.duration_since(since) >= WINDOW;
        if self.0.len() >= NAMES && !self.0.contains_key(name) {
            self.0.retain(|_, (since, _)| !over(*since));
            if self.0.len() >= NAMES {
                return Err(WINDOW);
            }
        }
        let (since, count) = self.0.entry(name.to_owned()).or_insert((now, 0));
        if over(*since) {
            (*since, *count) = (now, 0);
        }
        if *count >= ALLOWED {
            return Err(WINDOW.saturating_sub(now.duration_since(*since)));
        }
        *count += 1;
        Ok(())
    }

    /// The right password was given: the count begins anew.
    pub(super) fn forget(&mut self, name: &str) {
        self.0.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_ten_attempts_a_minute() {
        let (mut attempts, start) = (Attempts::default(), Instant::now());
        for _ in 0..10 {
            assert_eq!(attempts.count("ann", start), Ok(()));
        }
        assert_eq!(attempts.count("ann", start + Duration::from_secs(20)), Err(Duration::from_secs(40)));
        assert_eq!(attempts.count("ben", start), Ok(()));
        assert_eq!(attempts.count("ann", start + Duration::from_secs(60)), Ok(()));
    }

    #[test]
    fn many_names_do_not_fill_the_memory() {
        let (mut attempts, start) = (Attempts::default(), Instant::now());
        for n in 0..NAMES {
            assert_eq!(attempts.count(&n.to_string(), start), Ok(()));
        }
        assert!(attempts.count("one more", start).is_err());
        assert_eq!(attempts.count("one more", start + WINDOW), Ok(()));
        assert_eq!(attempts.0.len(), 1);
    }
}
