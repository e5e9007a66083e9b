//! Two nodes on one broker, and the words the promises are written in.

use crate::support::redis_server::RedisServer;
use bytes::Bytes;
use serde_json::Value;
use sputnik::{
    ChannelName, ClientId, LockName, Position, Present, Roster,
    protocol::message::{Audience, Entry},
    server::broker::{Broker, Claim, Limits, Since, Wake, Wakes, memory::Memory, redis::Redis},
};
use std::{sync::Arc, time::Duration};

/// A lease or grace that does not run out during a test.
pub const LONG: Duration = Duration::from_secs(60);
/// A lease or grace that is waited for: short, yet longer than a busy machine needs for a few calls.
pub const SHORT: Duration = Duration::from_millis(400);
/// How long anything that must happen may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(10);

/// What one broker looks like to two nodes.
pub struct World {
    /// The broker, as the first node reaches it.
    pub a: Arc<dyn Broker>,
    /// The same broker, as the second node reaches it.
    pub b: Arc<dyn Broker>,
    _server: Option<RedisServer>,
}

/// Bounds small enough to meet.
pub fn limits() -> Limits {
    Limits {
        log_entries: 100,
        log_bytes: 200_000,
        log_age: Duration::from_secs(600),
        present: 5,
        present_a_user: 3,
        present_a_browser: 2,
        present_an_address: 4,
        waiters: 2,
        locks: 3,
    }
}

impl World {
    /// Two nodes in one process.
    pub fn in_memory() -> Self {
        let memory = Memory::new(limits());
        Self { a: memory.clone(), b: memory, _server: None }
    }

    /// Two nodes with a connection each to a Redis server of their own.
    pub async fn on_redis() -> Self {
        let server = RedisServer::start();
        let connect = async || Redis::connect(&server.url(), limits()).await.unwrap();
        Self { a: connect().await, b: connect().await, _server: Some(server) }
    }

    /// Whom each node sees, who holds what, and that both nodes agree.
    pub async fn roster(&self) -> Roster {
        let (a, b) = (self.a.roster(&book()).await.unwrap(), self.b.roster(&book()).await.unwrap());
        assert_eq!(a, b, "both nodes see the same");
        a
    }

    /// The newest position.
    pub async fn top(&self) -> Position {
        self.a.check(&book()).await.unwrap().top
    }

    /// The entries after a position, as JSON.
    pub async fn after(&self, at: &Position) -> Vec<String> {
        texts(&entries(&*self.b, at).await)
    }

    /// Makes clients present for long.
    pub async fn join(&self, names: &[&str]) {
        for name in names {
            self.a.join(&book(), &who(name), &Claim::default(), None, LONG).await.unwrap();
        }
    }
}

/// The channel of most tests.
pub fn book() -> ChannelName {
    channel("book/7")
}

pub fn channel(name: &str) -> ChannelName {
    name.parse().unwrap()
}

pub fn client(name: &str) -> ClientId {
    name.parse().unwrap()
}

pub fn pen() -> LockName {
    "pen".parse().unwrap()
}

/// A client of that name and what it shows.
pub fn who(name: &str) -> Present {
    Present { client: client(name), user: None, name: name.to_uppercase(), state: Value::Null }
}

/// A message that says a number.
pub fn said(number: usize) -> Bytes {
    Entry::said(&number, None, Audience::All, None).unwrap().to_json().into()
}

/// The entries after a position: there must be no gap.
pub async fn entries(broker: &dyn Broker, at: &Position) -> Vec<(u64, Bytes)> {
    match broker.since(&book(), at, usize::MAX).await.unwrap() {
        Since::Entries(entries) => entries,
        Since::Gap => panic!("a gap after {at:?}"),
    }
}

/// Entries as text.
pub fn texts(entries: &[(u64, Bytes)]) -> Vec<String> {
    entries.iter().map(|(_, entry)| String::from_utf8(entry.to_vec()).unwrap()).collect()
}

/// The next wake, which must come.
pub async fn next(wakes: &mut Wakes) -> Wake {
    tokio::time::timeout(PATIENCE, wakes.recv()).await.expect("a wake comes").expect("the wakes go on")
}

/// The next wake, which must be an entry: where it stands and what it is.
pub async fn next_entry(wakes: &mut Wakes) -> (Position, String) {
    match next(wakes).await {
        Wake::Entry { at, entry, .. } => (at, String::from_utf8(entry.to_vec()).unwrap()),
        other => panic!("an entry was to come, not {other:?}"),
    }
}

/// Asks again and again until the answer is yes.
pub async fn until<F: Future<Output = bool>>(what: &str, mut ask: impl FnMut() -> F) {
    let patience = tokio::time::Instant::now() + PATIENCE;
    while !ask().await {
        assert!(tokio::time::Instant::now() < patience, "it never happened: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
