//! Channels' logs: the queues that every client reads at its own pace.

use super::{Redis, position, script, wakes};
use crate::{
    protocol::{
        names::{ChannelName, ClientId},
        position::Position,
    },
    server::broker::{Answer, Check, Since},
};
use bytes::Bytes;
use std::time::Duration;

script!(PUBLISH, "publish");
script!(SINCE, "since");
script!(CHECK, "check");

/// How many entries are read at once, at most: Redis does nothing else meanwhile.
const READ_AT_ONCE: usize = 10_000;

impl Redis {
    pub(super) async fn publish_entry(
        &self,
        channel: &ChannelName,
        entry: &[u8],
        version: Option<u64>,
    ) -> Answer<Position> {
        let mut call = self.call(&PUBLISH, channel);
        call.arg(entry).arg(version.map(|version| version.to_string()).unwrap_or_default());
        let (epoch, offset) = self.run(&call).await?;
        position(epoch, offset)
    }

    pub(super) async fn entries_since(&self, channel: &ChannelName, after: &Position, limit: usize) -> Answer<Since> {
        let mut call = self.call(&SINCE, channel);
        call.arg(after.epoch.as_str()).arg(after.offset).arg(limit.clamp(1, READ_AT_ONCE));
        let entries: Option<Vec<Vec<u8>>> = self.run(&call).await?;
        Ok(entries.map_or(Since::Gap, |entries| {
            Since::Entries((after.offset + 1..).zip(entries.into_iter().map(Bytes::from)).take(limit).collect())
        }))
    }

    pub(super) async fn check_channel(&self, channel: &ChannelName) -> Answer<Check> {
        let (epoch, offset, due): (String, u64, i64) = self.run(&self.call(&CHECK, channel)).await?;
        let next_due = u64::try_from(due).ok().map(Duration::from_millis);
        Ok(Check { top: position(epoch, offset)?, next_due })
    }

    pub(super) async fn pass_whisper(&self, channel: &ChannelName, from: &ClientId, body: &[u8]) -> Answer<()> {
        let topic = wakes::topic(&self.prefix, channel);
        let mut publish = redis::cmd("PUBLISH");
        publish.arg(topic).arg(wakes::whisper(from, body));
        let mut open = self.connection.get().await?;
        let answer = publish.exec_async(&mut open.connection).await;
        self.connection.judged(&open, answer)
    }
}
