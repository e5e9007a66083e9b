//! The broker: where channels' logs, presence and locks live, for one process or for many.
//!
//! [`Broker`] states what every implementation guarantees; the conformance suite in `tests/broker/` holds each to it
//! and is the specification. [`memory`] keeps all in this process; [`redis`] in a Redis
//! server that many nodes share.
//!
//! What all operations share:
//! - Each is **atomic**: it happens wholly or not at all, and no other operation on the channel falls inside it.
//! - What it changes that others must know stands in the channel's log when it returns, in one order for everyone.
//! - Before it looks at presence or locks, it lets leave whoever's lease has run out, and says so in the log: a reader
//!   never meets the dead, and each client leaves exactly once, whoever notices.
//! - Deadlines are measured by the broker's clock, never by a node's.

pub mod memory;
#[cfg(feature = "redis")]
pub mod redis;
pub(crate) mod wakes;

use crate::protocol::{
    fault::Fault,
    names::{ChannelName, ClientId, LockName, UserId},
    position::Position,
    roster::{LockState, Present, Roster},
};
use bytes::Bytes;
use serde_json::Value;
use std::{fmt, net::IpAddr, sync::Arc, time::Duration};
use tokio::sync::mpsc;

/// Why the broker did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum BrokerError {
    /// It is out of reach, or did not answer in time. What was asked may or may not have happened; asking the same
    /// again is safe (but for an entry published without a version, which may then stand twice).
    #[error("the broker cannot be reached: {0}")]
    Unreachable(String),
    /// Who was named as the broker cannot be it, and only somebody who changes something can help. Whole sentences, which
    /// say what. Answered when a node connects for the first time, never later.
    #[error("{0}")]
    Unfit(String),
    /// Only a client that is present in the channel can hold a lock there or wait for one.
    #[error("the client is not present in the channel")]
    NotPresent,
    /// The client that wants to give the lock away does not hold it.
    #[error("the client does not hold the lock")]
    NotHolder,
    /// As many wait for the lock, hold locks in the channel, or are present in it, as may.
    #[error("{0}")]
    Full(&'static str),
}

impl From<BrokerError> for Fault {
    fn from(error: BrokerError) -> Self {
        match error {
            BrokerError::Unreachable(why) | BrokerError::Unfit(why) => {
                tracing::warn!(why, "the broker is out of reach");
                Self::temporary("The live connection is interrupted. This is tried again by itself.")
            }
            BrokerError::NotPresent => Self::lock_held("Only somebody who is here can hold this."),
            BrokerError::NotHolder => Self::stale("You no longer hold this."),
            BrokerError::Full(why) => Self::too_many(why, 5_000),
        }
    }
}

/// What a broker answers.
pub type Answer<T> = Result<T, BrokerError>;

/// The bounds a broker keeps.
#[derive(Debug, Clone)]
pub struct Limits {
    /// How many entries a channel's log keeps; a reader further behind than that meets a gap. (Redis trims in whole
    /// nodes and may keep up to a hundred more.)
    pub log_entries: usize,
    /// How many bytes a channel's log keeps; of what is older than the newest so many, a reader meets a gap. (Redis
    /// counts entries above 4 KiB alone: a thousand smaller ones take little.)
    pub log_bytes: usize,
    /// How long a channel's log is kept after its last entry. Longer than any lease.
    pub log_age: Duration,
    /// How many clients may be present in one channel.
    pub present: usize,
    /// How many of those may be of one signed-in user.
    pub present_a_user: usize,
    /// How many may be of one browser.
    pub present_a_browser: usize,
    /// How many may be of one address where nobody is signed in.
    pub present_an_address: usize,
    /// How many clients may wait for one lock.
    pub waiters: usize,
    /// How many locks may be held in one channel.
    pub locks: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            log_entries: 1_000,
            log_bytes: 16 << 20,
            log_age: Duration::from_secs(24 * 60 * 60),
            present: 10_000,
            present_a_user: 64,
            present_a_browser: 32,
            present_an_address: 320,
            waiters: 32,
            locks: 1_000,
        }
    }
}

impl Limits {
    /// How many clients of this party may be present in one channel.
    #[must_use]
    pub fn of(&self, party: &Party) -> usize {
        match party {
            Party::User(_) => self.present_a_user,
            Party::Browser(_) => self.present_a_browser,
            Party::Address(_) => self.present_an_address,
        }
    }
}

/// Somebody to whom a seat in a channel is counted: whoever opens many pages has not all the room.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Party {
    /// A signed-in user, with however many browsers.
    User(UserId),
    /// A browser, by a name that lets nobody act as it.
    Browser(Arc<str>),
    /// Strangers of one address.
    Address(IpAddr),
}

/// Without blanks, and without `|` and `}`.
impl fmt::Display for Party {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(user) => write!(out, "u-{user}"),
            Self::Browser(browser) => write!(out, "b-{browser}"),
            Self::Address(address) => write!(out, "a-{address}"),
        }
    }
}

/// What is held to a client's account where fewer can be present than want to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claim {
    /// How important it is that this one is present: in a full channel it takes the seat of one of a lower rank.
    pub rank: u8,
    /// To whom its seat is counted.
    pub parties: Vec<Party>,
}

/// What came of a client's joining.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joined {
    /// It was there already, and shows what it showed.
    Already,
    /// It came, or shows something else, and the log says so.
    Said,
    /// It took the place of the client it replaces, and the log says so.
    Replaced,
}

impl Joined {
    /// Whether it took another's place.
    #[must_use]
    pub fn took(self) -> bool {
        self == Self::Replaced
    }
}

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

/// What reached a node because it watches a channel.
#[derive(Debug, Clone)]
pub enum Wake {
    /// A new entry stands at `at`.
    Entry {
        /// Which channel.
        channel: ChannelName,
        /// Where in its log.
        at: Position,
        /// The entry, as JSON.
        entry: Bytes,
    },
    /// Somebody whispered.
    Whisper {
        /// Which channel.
        channel: ChannelName,
        /// Who.
        from: ClientId,
        /// What, as JSON.
        body: Bytes,
    },
    /// Wakes may have been missed (the connection was down, or too many waited): check every watched channel.
    Lost,
}

/// Where a node's wakes arrive. Bounded: when the node does not keep up, wakes are dropped and [`Wake::Lost`] comes
/// after them. Losing one is harmless, for the log has the entry.
pub type Wakes = mpsc::Receiver<Wake>;

/// Keeps channels' logs, presence and locks. See the module's text for what all operations guarantee.
#[async_trait::async_trait]
pub trait Broker: Send + Sync + 'static {
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

    /// Who is here and who holds what, and the position at which that is so.
    async fn roster(&self, channel: &ChannelName) -> Answer<Roster>;

    /// Makes a client present for one `lease`, and says so in the log if it was not present. If it was and only shows
    /// something else, it moved: a client joins once.
    ///
    /// With `replaces`, if that client is present **and leaving** (see [`part`](Broker::part)), the new one takes its
    /// place, its locks and its places in queues in one step and one entry, whether or not it was present itself;
    /// otherwise `replaces` is passed over.
    ///
    /// Who is not present yet and replaces nobody needs a seat: one of those each of its parties may have, and one of
    /// the channel's. Where the channel has none left, whoever is of the lowest rank, and of these came last, leaves in
    /// the same step, if that rank is below the newcomer's; otherwise it is full. A client's rank is what it joined with
    /// last, its parties are those it came with.
    async fn join(
        &self,
        channel: &ChannelName,
        who: &Present,
        claim: &Claim,
        replaces: Option<&ClientId>,
        lease: Duration,
    ) -> Answer<Joined>;

    /// Changes what a present client shows, and says so in the log if it differs. Tells whether the client is present.
    async fn show(&self, channel: &ChannelName, client: &ClientId, state: &Value) -> Answer<bool>;

    /// Renews the leases of many clients in many channels, in one round trip, and takes back that they are leaving.
    /// Answers for each, in order, whether it was still present: who was not must join again.
    async fn renew(&self, leases: &[(ChannelName, ClientId)], lease: Duration) -> Answer<Vec<bool>>;

    /// Marks a client as leaving: unless it joins or is renewed before, it leaves after `grace`. Zero: it leaves now.
    async fn part(&self, channel: &ChannelName, client: &ClientId, grace: Duration) -> Answer<()>;

    /// Takes the lock for a client if it is free; if not, and `wait` is set, stands the client in its queue. Asking for
    /// what one already has or waits for changes nothing. Every new holding gets a fence above all before it and above
    /// `floor` (the highest the application's database has seen, in case the broker lost its own). Returns how the lock
    /// stands.
    async fn acquire(
        &self,
        channel: &ChannelName,
        lock: &LockName,
        client: &ClientId,
        wait: bool,
        floor: u64,
    ) -> Answer<LockState>;

    /// Gives the lock up, or the place in its queue. It passes to the first who waits. Not holding it is no error.
    async fn release(&self, channel: &ChannelName, lock: &LockName, client: &ClientId) -> Answer<LockState>;

    /// Passes the lock from its holder to another present client, who leaves the queue if it stood there.
    async fn hand_over(
        &self,
        channel: &ChannelName,
        lock: &LockName,
        from: &ClientId,
        to: &ClientId,
        floor: u64,
    ) -> Answer<LockState>;

    /// Gives the lock to a present client whoever holds it.
    async fn take_over(&self, channel: &ChannelName, lock: &LockName, by: &ClientId, floor: u64) -> Answer<LockState>;

    /// How a lock stands, free ones included.
    async fn lock(&self, channel: &ChannelName, lock: &LockName) -> Answer<LockState>;

    /// Passes a whisper to every node that watches the channel. Nothing is kept.
    async fn whisper(&self, channel: &ChannelName, from: &ClientId, body: Bytes) -> Answer<()>;

    /// Notes of clients of a node that they are connected and how long ago the last command of each was, and of others
    /// that they are `gone`. What a node noted of any client holds until it notes something else of it; all of it is
    /// forgotten when the node notes nothing at all, not even that nothing changed, for the time of `keep`. Tells whether
    /// what it noted before still stands: where not, it must note all of its clients again.
    async fn note_clients(
        &self,
        node: &ClientId,
        here: &[(ClientId, Duration)],
        gone: &[ClientId],
        keep: Duration,
    ) -> Answer<bool>;

    /// How long ago a connected client's last command was (to within the interval of
    /// [`note_clients`](Broker::note_clients)), by whichever node noted the latest; `None` when it is not connected.
    async fn idle(&self, client: &ClientId) -> Answer<Option<Duration>>;

    /// Opens a stream of wakes for the channels this stream's owner watches from now on. One a node.
    async fn wakes(&self) -> Answer<(Box<dyn Watch>, Wakes)>;
}

/// Which channels a node is woken for. Dropping it ends its wakes.
#[async_trait::async_trait]
pub trait Watch: Send + Sync + 'static {
    /// Wakes come for this channel from when this returns. Watching again changes nothing.
    async fn watch(&self, channel: &ChannelName) -> Answer<()>;

    /// No more wakes for this channel.
    async fn unwatch(&self, channel: &ChannelName) -> Answer<()>;
}
