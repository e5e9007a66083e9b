//! What a node keeps of the channels its clients follow: for each, the newest entries, ready to send.
//!
//! The node watches a channel once, however many follow it. Each entry is encoded once and shared by all who are sent
//! it. A reader is only a position: one who is up to date is woken, one who lags reads from the ring, one who lags
//! further reads from the broker, and costs no memory either way. Losing a wake is harmless: a later one shows the hole
//! by its offset, and the [janitor](super::janitor) compares positions now and then.

use super::{
    broker::{Answer, Broker, Check, Since, Wake, Watch},
    metrics::Metrics,
};
use crate::sputnik::{
    names::{ChannelName, ClientId},
    position::Position,
};
use axum::extract::ws::Utf8Bytes;
use bytes::Bytes;
use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::{Mutex as AsyncMutex, Notify, OnceCell},
    time::Instant,
};

/// How many entries a channel's ring keeps, and how many bytes of them at most.
const RING_ENTRIES: usize = 256;
const RING_BYTES: usize = 1 << 20;
/// How long a channel nobody follows any more is kept, so that a reconnect finds its ring.
const LINGER: Duration = Duration::from_secs(30);
/// How long a whisper is worth hearing.
pub(super) const WHISPER_LIFE: Duration = Duration::from_secs(5);
/// Of how many clients a channel keeps the newest whisper.
const WHISPERERS: usize = 256;

/// What wakes one connection: something to read, or that its user signed out.
#[derive(Default)]
pub struct News {
    bell: Notify,
    signed_out: AtomicBool,
    ended: AtomicBool,
}

impl News {
    /// Waits until there is something new; returns at once if there was since the last time.
    pub async fn wait(&self) {
        self.bell.notified().await;
    }

    /// Whether the connection's user signed out, so that it must end.
    #[must_use]
    pub fn is_signed_out(&self) -> bool {
        self.signed_out.load(Ordering::Relaxed)
    }

    fn ring(&self) {
        self.bell.notify_one();
    }

    pub(super) fn sign_out(&self) {
        self.signed_out.store(true, Ordering::Relaxed);
        self.ring();
    }

    /// Whether the connection's client was ended: it does not come back as who it was.
    pub(super) fn is_ended(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }

    pub(super) fn end(&self) {
        self.ended.store(true, Ordering::Relaxed);
        self.sign_out();
    }
}

/// One entry, encoded as the frame every reader is sent.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its offset.
    pub offset: u64,
    /// The frame.
    pub frame: Utf8Bytes,
    /// Rights changed here: readers must be admitted anew before they get anything later.
    pub recheck: bool,
}

/// What a reader at some position finds.
#[derive(Debug)]
pub enum Reading {
    /// These come next: contiguous, the first right after the position.
    Lines(Vec<Line>),
    /// Nothing new.
    UpToDate,
    /// The position cannot be continued; this is where the log stands.
    Gap(Position),
}

/// The channels this node's clients follow.
pub struct Hub {
    broker: Arc<dyn Broker>,
    watch: Box<dyn Watch>,
    metrics: Arc<Metrics>,
    feeds: Mutex<HashMap<ChannelName, Arc<Feed>>>,
}

/// One channel, as this node knows it.
pub struct Feed {
    channel: ChannelName,
    /// Set once the node watches the channel and knows its position: wakes before that are covered by it.
    ready: OnceCell<()>,
    /// Held while the broker is asked for what the ring could hold.
    asking: AsyncMutex<()>,
    // A plain mutex: it is held for a few moves of memory and never across an await.
    state: Mutex<State>,
}

struct State {
    top: Option<Position>,
    ring: VecDeque<Line>,
    ring_bytes: usize,
    /// The newest whisper of each client, with its number and when it came.
    whispers: HashMap<ClientId, (u64, Instant, Utf8Bytes)>,
    whispered: u64,
    readers: Vec<Weak<News>>,
    /// Since when nobody follows.
    idle_since: Instant,
    /// A wake showed that entries are missing up to here; one task at a time fetches them.
    filling: bool,
    /// Another wake showed that meanwhile, perhaps after the last look.
    fill_again: bool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing panics while holding it; were it to, the state is a cache that the broker corrects.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn encode(channel: &ChannelName, epoch: &str, offset: u64, entry: &Bytes) -> Line {
    let entry = String::from_utf8_lossy(entry);
    // Names are plain by construction and the entry is JSON already: nothing needs escaping.
    let frame = format!(r#"{{"entry":{{"channel":"{channel}","epoch":"{epoch}","offset":{offset},"entry":{entry}}}}}"#);
    Line { offset, recheck: entry == r#""recheck""#, frame: frame.into() }
}

impl Hub {
    pub(super) fn new(broker: Arc<dyn Broker>, watch: Box<dyn Watch>, metrics: Arc<Metrics>) -> Self {
        Self { broker, watch, metrics, feeds: Mutex::default() }
    }

    /// Starts to follow a channel: `news` is notified whenever there is something to read. Following ends when `news`
    /// is dropped.
    pub async fn follow(&self, channel: &ChannelName, news: &Arc<News>) -> Answer<Arc<Feed>> {
        let feed = {
            let mut feeds = lock(&self.feeds);
            let feed = feeds.entry(channel.clone()).or_insert_with(|| Arc::new(Feed::new(channel.clone())));
            lock(&feed.state).readers.push(Arc::downgrade(news));
            Arc::clone(feed)
        };
        feed.ready
            .get_or_try_init(|| async {
                self.watch.watch(channel).await?;
                let check = self.broker.check(channel).await?;
                feed.reset_if_unknown(check.top);
                Ok(())
            })
            .await?;
        Ok(feed)
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
        match self.broker.since(&feed.channel, after, ask_for).await? {
            Since::Entries(entries) if entries.is_empty() => Ok(Reading::UpToDate),
            Since::Entries(entries) => {
                let epoch = after.epoch.as_str();
                let encode = |(offset, entry): (u64, Bytes)| encode(&feed.channel, epoch, offset, &entry);
                let mut lines: Vec<_> = entries.into_iter().map(encode).collect();
                feed.remember(after, &lines);
                lines.truncate(limit);
                Ok(Reading::Lines(lines))
            }
            Since::Gap => Ok(Reading::Gap(self.broker.check(&feed.channel).await?.top)),
        }
    }

    /// Takes in what the broker woke the node for.
    pub(super) fn wake(self: &Arc<Self>, wake: Wake) {
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
    pub(super) async fn check(self: &Arc<Self>, channel: &ChannelName) -> Option<Answer<Check>> {
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
        let check = self.broker.check(channel).await;
        if let Ok(check) = &check
            && !feed.is_at(&check.top)
        {
            self.fill(feed);
        }
        Some(check)
    }

    /// Where the channels that are followed stand.
    pub(super) fn tops(&self) -> HashMap<ChannelName, Position> {
        let feeds = lock(&self.feeds);
        feeds.iter().filter_map(|(channel, feed)| Some((channel.clone(), feed.top()?))).collect()
    }

    /// The channels followed now.
    pub(super) fn channels(&self) -> Vec<ChannelName> {
        lock(&self.feeds).keys().cloned().collect()
    }

    fn feed(&self, channel: &ChannelName) -> Option<Arc<Feed>> {
        lock(&self.feeds).get(channel).cloned()
    }

    /// Fetches what a feed missed, in a task of its own; readers are served meanwhile.
    fn fill(self: &Arc<Self>, feed: Arc<Feed>) {
        {
            let mut state = lock(&feed.state);
            if state.top.is_none() {
                return;
            }
            if std::mem::replace(&mut state.filling, true) {
                state.fill_again = true;
                return;
            }
        }
        let hub = Arc::clone(self);
        tokio::spawn(async move {
            loop {
                if let Err(error) = hub.catch_up(&feed).await {
                    let channel = &feed.channel;
                    tracing::warn!(%channel, %error, "could not catch up with the channel; it is tried again");
                }
                let mut state = lock(&feed.state);
                if !std::mem::take(&mut state.fill_again) {
                    state.filling = false;
                    return;
                }
            }
        });
    }

    async fn catch_up(&self, feed: &Feed) -> Answer<()> {
        loop {
            let Some(top) = feed.top() else { return Ok(()) };
            match self.broker.since(&feed.channel, &top, RING_ENTRIES).await? {
                Since::Entries(entries) if entries.is_empty() => return Ok(()),
                Since::Entries(entries) => {
                    for (offset, entry) in entries {
                        feed.push(&Position::new(top.epoch.clone(), offset), &entry);
                    }
                }
                Since::Gap => {
                    feed.reset(self.broker.check(&feed.channel).await?.top);
                    return Ok(());
                }
            }
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Pushed {
    Added,
    Known,
    Missing,
}

impl Feed {
    fn new(channel: ChannelName) -> Self {
        let state = State {
            top: None,
            ring: VecDeque::new(),
            ring_bytes: 0,
            whispers: HashMap::new(),
            whispered: 0,
            readers: Vec::new(),
            idle_since: Instant::now(),
            filling: false,
            fill_again: false,
        };
        Self { channel, ready: OnceCell::new(), asking: AsyncMutex::new(()), state: Mutex::new(state) }
    }

    /// The newest position this node knows of.
    #[must_use]
    pub fn top(&self) -> Option<Position> {
        lock(&self.state).top.clone()
    }

    /// The newest whispers that came after number `after`, and the number to ask with next time.
    #[must_use]
    pub fn whispers(&self, after: u64) -> (u64, Vec<Utf8Bytes>) {
        let mut state = lock(&self.state);
        state.whispers.retain(|_, (_, came, _)| came.elapsed() < WHISPER_LIFE);
        let mut newer: Vec<_> = state.whispers.values().filter(|(number, ..)| *number > after).collect();
        newer.sort_unstable_by_key(|(number, ..)| *number);
        (state.whispered, newer.into_iter().map(|(_, _, frame)| frame.clone()).collect())
    }

    /// The number to ask with for the whispers that came within this time.
    pub(super) fn whispered_before(&self, age: Duration) -> u64 {
        let state = lock(&self.state);
        let recent = state.whispers.values().filter(|(_, came, _)| came.elapsed() < age);
        recent.map(|(number, ..)| number - 1).min().unwrap_or(state.whispered)
    }

    fn is_at(&self, top: &Position) -> bool {
        lock(&self.state).top.as_ref() == Some(top)
    }

    /// Whether nobody has followed for a while.
    fn is_deserted(&self) -> bool {
        let mut state = lock(&self.state);
        state.readers.retain(|reader| reader.strong_count() > 0);
        if !state.readers.is_empty() {
            state.idle_since = Instant::now();
        }
        state.idle_since.elapsed() >= LINGER
    }

    /// Whether what follows a position is in this node's memory.
    pub(super) fn remembers(&self, after: &Position) -> bool {
        self.read(after, 1).is_some()
    }

    /// What the ring has after a position; `None` when it cannot tell and the broker must.
    fn read(&self, after: &Position, limit: usize) -> Option<Reading> {
        let state = lock(&self.state);
        let top = state.top.as_ref().filter(|top| top.epoch == after.epoch)?;
        if after.offset == top.offset {
            return Some(Reading::UpToDate);
        }
        let first = state.ring.front().map(|line| line.offset)?;
        let skip = usize::try_from(after.offset.checked_add(1)?.checked_sub(first)?).ok()?;
        let lines: Vec<_> = state.ring.iter().skip(skip).take(limit).cloned().collect();
        (!lines.is_empty()).then_some(Reading::Lines(lines))
    }

    /// Whether what follows a position is not more than the ring has room for.
    fn could_hold(&self, after: &Position) -> bool {
        let state = lock(&self.state);
        let top = state.top.as_ref().filter(|top| top.epoch == after.epoch);
        top.is_some_and(|top| top.offset.saturating_sub(after.offset) <= RING_ENTRIES as u64)
    }

    /// Puts what was read after a position before what the ring has, as far as it belongs there and there is room.
    fn remember(&self, after: &Position, lines: &[Line]) {
        let mut state = lock(&self.state);
        let Some(top) = state.top.as_ref().filter(|top| top.epoch == after.epoch) else { return };
        let mut next = state.ring.front().map_or(top.offset + 1, |line| line.offset);
        let known = next;
        for line in lines.iter().rev().skip_while(|line| line.offset >= known) {
            let bytes = state.ring_bytes + line.frame.len();
            if line.offset + 1 != next || state.ring.len() >= RING_ENTRIES || bytes > RING_BYTES {
                return;
            }
            next = line.offset;
            state.ring_bytes = bytes;
            state.ring.push_front(line.clone());
        }
    }

    fn push(&self, at: &Position, entry: &Bytes) -> Pushed {
        let mut state = lock(&self.state);
        let Some(top) = &state.top else {
            return Pushed::Known;
        };
        if at.epoch == top.epoch && at.offset <= top.offset {
            return Pushed::Known;
        }
        if !at.follows(top) {
            return Pushed::Missing;
        }
        let line = encode(&self.channel, at.epoch.as_str(), at.offset, entry);
        state.top = Some(at.clone());
        state.ring_bytes += line.frame.len();
        state.ring.push_back(line);
        while state.ring.len() > RING_ENTRIES || (state.ring_bytes > RING_BYTES && state.ring.len() > 1) {
            let dropped = state.ring.pop_front().map_or(0, |line| line.frame.len());
            state.ring_bytes -= dropped;
        }
        state.notify();
        Pushed::Added
    }

    fn whisper(&self, from: ClientId, body: &Bytes) {
        let body = String::from_utf8_lossy(body);
        let frame = format!(r#"{{"whisper":{{"channel":"{}","from":"{from}","body":{body}}}}}"#, self.channel);
        let mut state = lock(&self.state);
        state.whispers.retain(|_, (_, came, _)| came.elapsed() < WHISPER_LIFE);
        if state.whispers.len() >= WHISPERERS && !state.whispers.contains_key(&from) {
            return;
        }
        state.whispered += 1;
        let number = state.whispered;
        state.whispers.insert(from, (number, Instant::now(), frame.into()));
        state.notify();
    }

    fn reset_if_unknown(&self, top: Position) {
        lock(&self.state).top.get_or_insert(top);
    }

    /// The log began anew: whoever stood in the old one meets a gap.
    fn reset(&self, top: Position) {
        let mut state = lock(&self.state);
        state.top = Some(top);
        state.ring.clear();
        state.ring_bytes = 0;
        state.notify();
    }
}

impl State {
    fn notify(&mut self) {
        self.readers.retain(|reader| {
            reader.upgrade().is_some_and(|reader| {
                reader.ring();
                true
            })
        });
        if !self.readers.is_empty() {
            self.idle_since = Instant::now();
        }
    }
}
