//! Channels' logs in Redis: the queues that every client reads at its own pace.

use super::{Redis, position, script};
use crate::{
    protocol::{names::ChannelName, position::Position},
    server::broker::{Answer, Check, Log, Since},
};
use bytes::Bytes;
use std::time::Duration;

script!(PUBLISH, "publish");
script!(SINCE, "since");
script!(CHECK, "check");

/// How many entries are read at once, at most: Redis does nothing else meanwhile.
const READ_AT_ONCE: usize = 10_000;

#[async_trait::async_trait]
impl Log for Redis {
    async fn publish(&self, channel: &ChannelName, entry: Bytes, version: Option<u64>) -> Answer<Position> {
        let mut call = self.call(&PUBLISH, channel);
        call.arg(&entry[..]).arg(version.map(|version| version.to_string()).unwrap_or_default());
        let (epoch, offset) = self.run(&call).await?;
        position(epoch, offset)
    }

    async fn since(&self, channel: &ChannelName, after: &Position, limit: usize) -> Answer<Since> {
        let mut call = self.call(&SINCE, channel);
        call.arg(after.epoch.as_str()).arg(after.offset).arg(limit.clamp(1, READ_AT_ONCE));
        let entries: Option<Vec<Vec<u8>>> = self.run(&call).await?;
        Ok(entries.map_or(Since::Gap, |entries| {
            Since::Entries((after.offset + 1..).zip(entries.into_iter().map(Bytes::from)).take(limit).collect())
        }))
    }

    async fn check(&self, channel: &ChannelName) -> Answer<Check> {
        let (epoch, offset, due): (String, u64, i64) = self.run(&self.call(&CHECK, channel)).await?;
        let next_due = u64::try_from(due).ok().map(Duration::from_millis);
        Ok(Check { top: position(epoch, offset)?, next_due })
    }
}
