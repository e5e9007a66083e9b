//! What a node keeps of the channels its clients follow: for each, the newest entries, ready to send.
//!
//! The node watches a channel once, however many follow it. Each entry is encoded once and shared by all who are sent
//! it. A reader is only a position: one who is up to date is woken, one who lags reads from the ring, one who lags
//! further reads from the broker, and costs no memory either way. Losing a wake is harmless: a later one shows the hole
//! by its offset, and the [janitor](crate::server::presence::janitor) compares positions now and then.

use super::{
    reader::{News, Reading},
    ring::{Feed, Pushed, RING_ENTRIES, encode},
};
use crate::{
    protocol::{names::ChannelName, position::Position},
    server::{
        broker::{Answer, Check, Log, Since, Wake, Watch},
        metrics::Metrics,
    },
};
use bytes::Bytes;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The channels this node's clients follow.
pub struct Hub {
    log: Arc<dyn Log>,
    watch: Box<dyn Watch>,
    metrics: Arc<Metrics>,
    feeds: Mutex<Feeds>,
}

type Feeds = HashMap<ChannelName, Arc<Feed>>;

fn lock(feeds: &Mutex<Feeds>) -> MutexGuard<'_, Feeds> {
    // Nothing panics while holding it; were it to, the map is whole all the same.
    feeds.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Hub {
    pub(crate) fn new(log: Arc<dyn Log>, watch: Box<dyn Watch>, metrics: Arc<Metrics>) -> Self {
        Self { log, watch, metrics, feeds: Mutex::default() }
    }

    /// Starts to follow a channel: `news` is notified whenever there is something to read. Following ends when `news`
    /// is dropped, or forgotten by the feed.
    pub async fn follow(self: &Arc<Self>, channel: &ChannelName, news: &Arc<News>) -> Answer<Arc<Feed>> {
        let feed = {
            let mut feeds = lock(&self.feeds);
            let feed = feeds.entry(channel.clone()).or_insert_with(|| Arc::new(Feed::new(channel.clone())));
            feed.wakes(news);
            Arc::clone(feed)
        };
        let begun = feed.ready.get_or_try_init(|| async {
            self.watch.watch(channel).await?;
            let check = self.log.check(channel).await?;
            if feed.begin(check.top) {
                self.fill(Arc::clone(&feed));
            }
            Ok(())
        });
        match begun.await {
            Ok(()) => Ok(feed),
            Err(error) => {
                feed.forget(news);
                Err(error)
            }
        }
    }

    /// What a reader at `after` gets next, at most `limit` lines: from the ring, or from the broker when it lags
    /// behind that.
    pub async fn read(&self, feed: &Feed, after: &Position, limit: usize) -> Answer<Reading> {
        if let Some(reading) = feed.read(after, limit) {
            return Ok(reading);
        }
        // After a restart everybody comes back at once and misses the same: one asks, the others find it in the ring.
        let alone = if feed.could_hold(after) { Some(feed.asking.lock().await) } else { None };
        if let Some(reading) = feed.read(after, limit) {
            return Ok(reading);
        }
        let ask_for = if alone.is_some() { RING_ENTRIES } else { limit };
        match self.log.since(&feed.channel, after, ask_for).await? {
            Since::Entries(entries) if entries.is_empty() => Ok(Reading::UpToDate),
            Since::Entries(entries) => {
                let epoch = after.epoch.as_str();
                let encode = |(offset, entry): (u64, Bytes)| encode(&feed.channel, epoch, offset, &entry);
                let mut lines: Vec<_> = entries.into_iter().map(encode).collect();
                feed.remember(after, &lines);
                lines.truncate(limit);
                Ok(Reading::Lines(lines))
            }
            Since::Gap => Ok(Reading::Gap(self.log.check(&feed.channel).await?.top)),
        }
    }

    /// Takes in what the broker woke the node for.
    pub(crate) fn wake(self: &Arc<Self>, wake: Wake) {
        match wake {
            Wake::Entry { channel, at, entry } => {
                let Some(feed) = self.feed(&channel) else {
                    return;
                };
                self.metrics.messages.inc();
                if feed.push(&at, &entry) == Pushed::Missing {
                    self.fill(feed);
                }
            }
            Wake::Whisper { channel, from, body } => {
                if let Some(feed) = self.feed(&channel) {
                    feed.whisper(from, &body);
                }
            }
            Wake::Lost => {
                let feeds: Vec<_> = lock(&self.feeds).values().cloned().collect();
                for feed in feeds {
                    self.fill(feed);
                }
            }
        }
    }

    /// Compares a channel's position with the broker's, which also lets leave whoever is due. Tells when to look again;
    /// `None` when the node no longer follows the channel.
    pub(crate) async fn check(self: &Arc<Self>, channel: &ChannelName) -> Option<Answer<Check>> {
        let feed = self.feed(channel)?;
        // Looked at and removed under one lock: a follower either came before and is seen, or finds no feed.
        let deserted = {
            let mut feeds = lock(&self.feeds);
            let deserted = feed.is_deserted();
            if deserted {
                feeds.remove(channel);
            }
            deserted
        };
        if deserted {
            // Should somebody follow it again meanwhile, they watch it anew after this.
            let gone = self.watch.unwatch(channel).await;
            if self.feed(channel).is_some() {
                drop(self.watch.watch(channel).await);
            }
            return gone.err().map(Err);
        }
        let check = self.log.check(channel).await;
        if let Ok(check) = &check
            && !feed.is_at(&check.top)
        {
            self.fill(feed);
        }
        Some(check)
    }

    /// Where the channels that are followed stand.
    pub(crate) fn tops(&self) -> HashMap<ChannelName, Position> {
        let feeds = lock(&self.feeds);
        feeds.iter().filter_map(|(channel, feed)| Some((channel.clone(), feed.top()?))).collect()
    }

    /// The channels followed now.
    pub(crate) fn channels(&self) -> Vec<ChannelName> {
        lock(&self.feeds).keys().cloned().collect()
    }

    fn feed(&self, channel: &ChannelName) -> Option<Arc<Feed>> {
        lock(&self.feeds).get(channel).cloned()
    }

    /// Fetches what a feed missed, in a task of its own; readers are served meanwhile.
    fn fill(self: &Arc<Self>, feed: Arc<Feed>) {
        if !feed.begin_filling() {
            return;
        }
        let hub = Arc::clone(self);
        tokio::spawn(async move {
            loop {
                if let Err(error) = hub.catch_up(&feed).await {
                    let channel = &feed.channel;
                    tracing::warn!(%channel, %error, "could not catch up with the channel; it is tried again");
                }
                if feed.is_filled() {
                    return;
                }
            }
        });
    }

    async fn catch_up(&self, feed: &Feed) -> Answer<()> {
        loop {
            let Some(top) = feed.top() else { return Ok(()) };
            match self.log.since(&feed.channel, &top, RING_ENTRIES).await? {
                Since::Entries(entries) if entries.is_empty() => return Ok(()),
                Since::Entries(entries) => {
                    for (offset, entry) in entries {
                        feed.push(&Position::new(top.epoch.clone(), offset), &entry);
                    }
                }
                Since::Gap => {
                    feed.reset(self.log.check(&feed.channel).await?.top);
                    return Ok(());
                }
            }
        }
    }
}
