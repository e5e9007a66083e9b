//! Whose edits took long to be taken in: they wait before more is taken of them, in whatever chapter, so that nobody has
//! a node's time for themselves.

use sputnik::{Fault, UserId};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// From how long on an edit took long.
const LONG: Duration = Duration::from_millis(if cfg!(debug_assertions) { 1_000 } else { 200 });

/// Who is throttled, and until when.
#[derive(Default)]
pub(super) struct Throttle(Mutex<HashMap<UserId, Instant>>);

impl Throttle {
    /// An edit of theirs took so long. Where that was long, nothing more is taken of them for ten times as long.
    pub(super) fn took(&self, who: &UserId, time: Duration) {
        if time >= LONG {
            let now = Instant::now();
            let mut throttle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            throttle.retain(|_, until| *until > now);
            throttle.insert(who.clone(), now + time * 10);
        }
    }

    /// Whether nothing is taken of them now.
    pub(super) fn is_throttled(&self, who: &UserId) -> bool {
        let throttle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        throttle.get(who).is_some_and(|until| *until > Instant::now())
    }
}

/// What is said to whoever is throttled.
pub(super) fn please_wait() -> Fault {
    Fault::too_many("A change of yours could not be taken a moment ago, or took long. Please wait.", 2_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::advance;

    #[tokio::test(start_paused = true)]
    async fn whose_edit_took_long_is_throttled_for_ten_times_as_long() {
        let throttle = Throttle::default();
        let [ann, ben] = ["ann", "ben"].map(|name| name.parse().expect("an id"));
        throttle.took(&ann, Duration::from_millis(900));
        assert!(!throttle.is_throttled(&ann));
        throttle.took(&ann, Duration::from_secs(2));
        advance(Duration::from_millis(19_900)).await;
        assert!(throttle.is_throttled(&ann) && !throttle.is_throttled(&ben));
        advance(Duration::from_millis(200)).await;
        assert!(!throttle.is_throttled(&ann));
    }
}
