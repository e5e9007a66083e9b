//! The log's promise in memory.

use super::{Memory, channel::Channel, lock};
use crate::{
    protocol::{names::ChannelName, position::Position},
    server::broker::{Answer, Check, Log, Since},
};
use bytes::Bytes;
use tokio::time::Instant;

#[async_trait::async_trait]
impl Log for Memory {
    async fn publish(&self, channel: &ChannelName, entry: Bytes, version: Option<u64>) -> Answer<Position> {
        Ok(self.step(channel, |it, now| it.publish(entry, version, now)))
    }

    async fn since(&self, channel: &ChannelName, after: &Position, limit: usize) -> Answer<Since> {
        // Asking does not make a channel: nobody can have a position in one that is not there.
        let state = lock(&self.state);
        Ok(state.channels.get(channel).map_or(Since::Gap, |it| it.since(after, limit)))
    }

    async fn check(&self, channel: &ChannelName) -> Answer<Check> {
        Ok(self.step(channel, |it, now| it.check(now)))
    }
}

impl Channel {
    pub(super) fn publish(&mut self, entry: Bytes, version: Option<u64>, now: Instant) -> Position {
        if let Some(version) = version {
            if version <= self.version {
                return self.top();
            }
            self.version = version;
        }
        self.append(entry, now);
        self.top()
    }

    pub(super) fn since(&self, after: &Position, limit: usize) -> Since {
        let trimmed = self.top - self.log.len() as u64;
        if after.epoch != self.epoch || after.offset < trimmed || after.offset > self.top {
            return Since::Gap;
        }
        let seen = (after.offset - trimmed) as usize;
        Since::Entries((after.offset + 1..).zip(self.log.iter().skip(seen).take(limit).cloned()).collect())
    }

    pub(super) fn check(&self, now: Instant) -> Check {
        let next_due = self.deadlines.first().map(|(due, _)| due.saturating_duration_since(now));
        Check { top: self.top(), next_due }
    }
}
