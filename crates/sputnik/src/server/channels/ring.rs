//! One channel as a node knows it: its newest entries, ready to send, and who is to be woken.

use super::reader::{Line, News, Reading};
use crate::protocol::{
    message::{Audience, Entry, Said},
    names::{ChannelName, ClientId, Epoch},
    position::Position,
};
use axum::extract::ws::Utf8Bytes;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};
use tokio::{
    sync::{Mutex as AsyncMutex, OnceCell},
    time::Instant,
};

/// How many entries a channel's ring keeps, and how many bytes of them at most.
pub(crate) const RING_ENTRIES: usize = 256;
const RING_BYTES: usize = 1 << 20;
/// How long a channel nobody follows any more is kept, so that a reconnect finds its ring.
const LINGER: Duration = Duration::from_secs(30);
/// How long a whisper is worth hearing.
pub(crate) const WHISPER_LIFE: Duration = Duration::from_secs(5);
/// Of how many clients a channel keeps the newest whisper.
const WHISPERERS: usize = 256;
/// How many entries are kept as those are sent them who are not within: enough for those who are up to date.
const OUTSIDE: usize = 64;

/// One channel, as this node knows it.
pub struct Feed {
    pub(crate) channel: ChannelName,
    /// Set once the node watches the channel and knows its position: wakes before that are covered by it.
    pub(crate) ready: OnceCell<()>,
    /// Held while the broker is asked for what the ring could hold.
    pub(crate) asking: AsyncMutex<()>,
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
    /// Entries as those are sent them who are not within: each with the frame it was made of. Only where there are any.
    outside: VecDeque<(Utf8Bytes, Utf8Bytes)>,
    readers: Vec<Weak<News>>,
    /// Since when nobody follows.
    idle_since: Instant,
    /// A wake showed that entries are missing up to here; one task at a time fetches them.
    filling: bool,
    /// Another wake showed that meanwhile, perhaps after the last look.
    fill_again: bool,
    /// An entry came before it was known where the log stands.
    came_early: bool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing panics while holding it; were it to, the state is a cache that the broker corrects.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn encode(channel: &ChannelName, epoch: &str, offset: u64, entry: &Bytes) -> Line {
    let entry = String::from_utf8_lossy(entry);
    // Names are plain by construction and the entry is JSON already: nothing needs escaping.
    let frame = format!(r#"{{"entry":{{"channel":"{channel}","epoch":"{epoch}","offset":{offset},"entry":{entry}}}}}"#);
    Line { offset, recheck: entry == r#""recheck""#, frame: frame.into() }
}

/// An entry as those are sent it who are not within. What is not for them is a `recheck` to them, which pages pass
/// over: so no place in the log is missing.
fn from_outside(line: &Line, left: impl FnOnce(&Said) -> Option<Box<RawValue>>) -> Utf8Bytes {
    #[derive(Deserialize)]
    struct Frame<'a> {
        #[serde(borrow)]
        entry: Placed<'a>,
    }
    #[derive(Deserialize)]
    struct Placed<'a> {
        channel: ChannelName,
        epoch: Epoch,
        offset: u64,
        // By itself: of an entry that is of a kind this node does not know, the place is known all the same.
        #[serde(borrow)]
        entry: &'a RawValue,
    }
    let Ok(Frame { entry: Placed { channel, epoch, offset, entry } }) = serde_json::from_str(&line.frame) else {
        // It was written here, as just such a frame. Were it not, they would meet a gap.
        return Utf8Bytes::default();
    };
    let entry = match serde_json::from_str(entry.get()) {
        Ok(Entry::Said(said)) => match left(&said) {
            Some(body) => Entry::Said(Said { from: None, uid: None, to: Audience::All, version: said.version, body }),
            None => Entry::Recheck,
        },
        _ => Entry::Recheck,
    };
    encode(&channel, epoch.as_str(), offset, &entry.to_json().into()).frame
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Pushed {
    Added,
    Known,
    Missing,
}

impl Feed {
    pub(crate) fn new(channel: ChannelName) -> Self {
        let state = State {
            top: None,
            ring: VecDeque::new(),
            ring_bytes: 0,
            whispers: HashMap::new(),
            whispered: 0,
            outside: VecDeque::new(),
            readers: Vec::new(),
            idle_since: Instant::now(),
            filling: false,
            fill_again: false,
            came_early: false,
        };
        Self { channel, ready: OnceCell::new(), asking: AsyncMutex::new(()), state: Mutex::new(state) }
    }

    /// Rings for somebody whenever there is something new, until they are gone or [forgotten](Self::forget).
    pub(crate) fn wakes(&self, news: &Arc<News>) {
        lock(&self.state).readers.push(Arc::downgrade(news));
    }

    /// Rings for somebody no more.
    pub(crate) fn forget(&self, news: &Arc<News>) {
        let mut state = lock(&self.state);
        state.readers.retain(|reader| !std::ptr::eq(reader.as_ptr(), Arc::as_ptr(news)));
        state.idle_since = Instant::now();
    }

    /// Whether what is missing is to be fetched now: it is known from where, and nobody does it already.
    pub(crate) fn begin_filling(&self) -> bool {
        let mut state = lock(&self.state);
        if state.top.is_none() {
            return false;
        }
        let filling = std::mem::replace(&mut state.filling, true);
        state.fill_again |= filling;
        !filling
    }

    /// Whether nothing went missing while it was fetched; otherwise it is to be fetched again.
    pub(crate) fn is_filled(&self) -> bool {
        let mut state = lock(&self.state);
        let filled = !std::mem::take(&mut state.fill_again);
        state.filling = !filled;
        filled
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
    pub(crate) fn whispered_before(&self, age: Duration) -> u64 {
        let state = lock(&self.state);
        let recent = state.whispers.values().filter(|(_, came, _)| came.elapsed() < age);
        recent.map(|(number, ..)| number - 1).min().unwrap_or(state.whispered)
    }

    /// An entry as those are sent it who are not within, made once for all of them. `left` tells what is left of a
    /// message; of everything else they learn only that there was an entry.
    pub(crate) fn outside(&self, line: &Line, left: impl FnOnce(&Said) -> Option<Box<RawValue>>) -> Utf8Bytes {
        let made = |state: &State| {
            let known = state.outside.iter().rev().find(|(of, _)| of.as_ptr() == line.frame.as_ptr());
            known.map(|(_, frame)| frame.clone())
        };
        if let Some(frame) = made(&lock(&self.state)) {
            return frame;
        }
        let frame = from_outside(line, left);
        let mut state = lock(&self.state);
        state.outside.push_back((line.frame.clone(), frame.clone()));
        if state.outside.len() > OUTSIDE {
            state.outside.pop_front();
        }
        frame
    }

    pub(crate) fn is_at(&self, top: &Position) -> bool {
        lock(&self.state).top.as_ref() == Some(top)
    }

    /// Whether nobody has followed for a while.
    pub(crate) fn is_deserted(&self) -> bool {
        let mut state = lock(&self.state);
        state.readers.retain(|reader| reader.strong_count() > 0);
        if !state.readers.is_empty() {
            state.idle_since = Instant::now();
        }
        state.idle_since.elapsed() >= LINGER
    }

    /// Whether what follows a position is in this node's memory.
    pub(crate) fn remembers(&self, after: &Position) -> bool {
        self.read(after, 1).is_some()
    }

    /// What the ring has after a position; `None` when it cannot tell and the broker must.
    pub(crate) fn read(&self, after: &Position, limit: usize) -> Option<Reading> {
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
    pub(crate) fn could_hold(&self, after: &Position) -> bool {
        let state = lock(&self.state);
        let top = state.top.as_ref().filter(|top| top.epoch == after.epoch);
        top.is_some_and(|top| top.offset.saturating_sub(after.offset) <= RING_ENTRIES as u64)
    }

    /// Puts what was read after a position before what the ring has, as far as it belongs there and there is room.
    pub(crate) fn remember(&self, after: &Position, lines: &[Line]) {
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

    pub(crate) fn push(&self, at: &Position, entry: &Bytes) -> Pushed {
        let mut state = lock(&self.state);
        let Some(top) = &state.top else {
            state.came_early = true;
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

    pub(crate) fn whisper(&self, from: ClientId, body: &Bytes) {
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

    /// Where the log stands, if that was not known yet. Tells whether an entry came before that, which may come after
    /// this position.
    pub(crate) fn begin(&self, top: Position) -> bool {
        let mut state = lock(&self.state);
        state.top.get_or_insert(top);
        std::mem::take(&mut state.came_early)
    }

    /// The log began anew: whoever stood in the old one meets a gap.
    pub(crate) fn reset(&self, top: Position) {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn feed() -> Feed {
        Feed::new("room/7".parse().expect("a channel's name"))
    }

    #[test]
    fn an_entry_that_comes_before_the_feed_began_is_not_forgotten() {
        let feed = feed();
        let at = |offset| Position::new("e1".parse().expect("an epoch"), offset);
        assert_eq!(feed.push(&at(8), &Bytes::from_static(b"{}")), Pushed::Known);
        assert!(feed.begin(at(7)), "it is to be fetched");
        assert!(!feed.begin(at(7)), "once");
    }

    #[test]
    fn whoever_is_forgotten_is_rung_no_more() {
        let feed = feed();
        let (ann, bob) = (Arc::new(News::default()), Arc::new(News::default()));
        for news in [&ann, &bob] {
            feed.wakes(news);
        }
        feed.forget(&ann);
        let readers = lock(&feed.state).readers.iter().filter_map(Weak::upgrade).collect::<Vec<_>>();
        assert!(matches!(&readers[..], [only] if Arc::ptr_eq(only, &bob)));
    }
}
