//! Channels' logs: what is said in a channel, in one order for everyone.

use super::error::Answer;
use crate::protocol::{
    names::{ChannelName, Epoch},
    position::Position,
};
use bytes::Bytes;
use std::time::Duration;

/// What follows a position in a channel's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Since {
    /// The entries after it, oldest first, each with its offset: contiguous, the first right after the position. Fewer
    /// than there are when `limit` was reached; none when the position is the newest.
    Entries(Vec<(u64, Bytes)>),
    /// The position cannot be continued: its epoch is another, the log was trimmed past it, or it lies ahead of the log.
    Gap,
}

/// How a channel stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The newest position.
    pub top: Position,
    /// In how long the next lease in it runs out; `None` when nobody is present.
    pub next_due: Option<Duration>,
}

/// The promise of the log: what was published stands in its channel once, in one order for everyone, and whoever says up
/// to where they read gets what comes next or is told that there is a gap. Nothing is passed over in silence.
#[async_trait::async_trait]
pub trait Log: Send + Sync + 'static {
    /// Appends an entry to the channel's log and wakes every node that watches it: one round trip, whatever the
    /// audience. Returns where it stands.
    ///
    /// With `version`, the entry is appended only if no entry of this channel had this version or a higher one;
    /// otherwise nothing happens and the log's top is returned. So the committed messages of a channel, offered in
    /// order by any number of nodes any number of times, stand in the log once each and in order.
    async fn publish(&self, channel: &ChannelName, entry: Bytes, version: Option<u64>) -> Answer<Position>;

    /// What follows `after`, at most `limit` entries. Reading removes nothing.
    async fn since(&self, channel: &ChannelName, after: &Position, limit: usize) -> Answer<Since>;

    /// How the channel stands: its newest position (a channel never written to gets its epoch here), and when the next
    /// lease runs out.
    async fn check(&self, channel: &ChannelName) -> Answer<Check>;
}

/// An epoch no log has had before.
pub(crate) fn fresh_epoch() -> Epoch {
    // Without the system's randomness, the clock tells two lives of a log apart well enough.
    let clock = || std::time::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_nanos() as u64);
    Epoch::of(getrandom::u64().unwrap_or_else(|_| clock()))
}
