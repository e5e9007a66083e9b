//! Who has no room left: their edits are refused, and now and then it is looked whether they have some again.

use sputnik::UserId;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// How long it holds what was found out.
const HOLDS: Duration = Duration::from_secs(10);
/// Of how many it is known. Others are found out about when they next bring much.
const PEOPLE: usize = 10_000;

/// Whether somebody has room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HasRoom {
    /// As far as anybody knows.
    Yes,
    /// They had none a moment ago.
    No,
    /// They had none, and that is some time ago: look again.
    Look,
}

/// Who had no room left, and when that was found out.
#[derive(Default)]
pub(super) struct QuotaCache(Mutex<HashMap<UserId, Instant>>);

impl QuotaCache {
    /// What is known of somebody.
    pub(super) fn of(&self, who: &UserId) -> HasRoom {
        let quota_cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match quota_cache.get(who) {
            None => HasRoom::Yes,
            Some(at) if at.elapsed() < HOLDS => HasRoom::No,
            Some(_) => HasRoom::Look,
        }
    }

    /// It was found out whether they have room.
    pub(super) fn note(&self, who: &UserId, has_room: bool) {
        let mut quota_cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if has_room {
            quota_cache.remove(who);
            return;
        }
        if quota_cache.len() >= PEOPLE {
            quota_cache.retain(|_, at| at.elapsed() < HOLDS);
        }
        if quota_cache.len() < PEOPLE || quota_cache.contains_key(who) {
            quota_cache.insert(who.clone(), Instant::now());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::advance;

    #[tokio::test(start_paused = true)]
    async fn who_had_no_room_is_looked_at_again_after_a_while() {
        let (quota_cache, ann) = (QuotaCache::default(), "ann".parse().expect("an id"));
        assert_eq!(quota_cache.of(&ann), HasRoom::Yes);
        quota_cache.note(&ann, false);
        assert_eq!(quota_cache.of(&ann), HasRoom::No);
        advance(HOLDS).await;
        assert_eq!(quota_cache.of(&ann), HasRoom::Look);
        quota_cache.note(&ann, true);
        assert_eq!(quota_cache.of(&ann), HasRoom::Yes);
    }
}
