//! A broker in a Redis server that many nodes share.
//!
//! Whatever must be atomic is one Lua script: one round trip, run by Redis between all others. A channel's keys share a
//! hash tag, so a cluster keeps them together, and all of them go by themselves when nothing happened for
//! [`Limits::log_age`]. There is no list of channels and no scan: each script first lets leave whoever's lease has run
//! out in its own channel. Works from Redis 7.0 on.
//!
//! Redis may lose everything at any time. Then a log begins again with a new epoch (readers meet a gap), nobody is
//! present ([`Presence::renew`](super::Presence::renew) says so, and nodes join their clients again), and fences start above the floor that comes
//! with each call. A Redis that was started again with what it had saved lost the newest, and would give their offsets
//! away a second time: so an epoch begins with the life of the server it was made in, and a log of another life
//! counts as lost.
//!
//! Who answers at Redis's address is examined at every connect (`connector.rs`): a replica, a node of a cluster, a version
//! too old, a user without the rights are refused with a sentence. A connection that is cut, silent, or leads to a
//! server that is not the right one any more, is made anew (`connection.rs`), for as long as it takes.

mod address;
mod connection;
mod connector;
mod errors;
mod liveness;
mod locks;
mod log;
mod presence;
mod pub_sub;

use super::{Answer, BrokerError, Limits, fresh_epoch};
use crate::protocol::{names::ChannelName, position::Position};
pub use address::Tls;
use connection::Connection;
use connector::Connector;
use redis::{FromRedisValue, Script, ScriptInvocation};
use std::{sync::Arc, time::Duration};

/// How long Redis may take to answer or to let us in, before it counts as out of reach.
const PATIENCE: Duration = Duration::from_secs(2);

/// What every key and topic begins with, unless told otherwise.
const PREFIX: &str = "sp:";

/// Names a script: its own text in `lua/`, after the steps that all share.
macro_rules! script {
    ($name:ident, $file:literal) => {
        static $name: std::sync::LazyLock<redis::Script> = std::sync::LazyLock::new(|| {
            redis::Script::new(concat!(include_str!("lua/prelude.lua"), include_str!(concat!("lua/", $file, ".lua"))))
        });
    };
}
use script;

/// How a Redis server is used, apart from its address.
#[derive(Clone)]
pub struct Options {
    /// What every key and topic begins with: what begins otherwise is another world, on the same server.
    pub prefix: String,
    /// How TLS is spoken, where the address says so.
    pub tls: Tls,
}

impl Default for Options {
    fn default() -> Self {
        Self { prefix: PREFIX.to_owned(), tls: Tls::default() }
    }
}

/// The broker of many nodes, as one of them reaches it. It reconnects by itself; while it cannot, every call answers
/// [`BrokerError::Unreachable`] within seconds.
pub struct Redis {
    /// One connection, shared by all calls.
    connection: Connection,
    connector: Connector,
    prefix: String,
    limits: Limits,
}

impl Redis {
    /// Connects to the server at `url`, such as `redis://127.0.0.1:6379/`.
    ///
    /// # Errors
    /// [`BrokerError::Unfit`] when the address is none, or who answers there cannot be the broker, in words that never
    /// repeat the address; [`BrokerError::Unreachable`] when nobody answers, or not in time.
    pub async fn connect(url: &str, limits: Limits) -> Answer<Arc<Self>> {
        Self::connect_with(url, Options::default(), limits).await
    }

    /// The same, used in another way.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub async fn connect_with(url: &str, options: Options, limits: Limits) -> Answer<Arc<Self>> {
        let Options { prefix, tls } = options;
        let connector = Connector::new(address::understand(url, &tls)?, &prefix);
        let connection = Connection::open(connector.clone()).await?;
        Ok(Arc::new(Self { connection, connector, prefix, limits }))
    }

    /// The key of one thing of a channel.
    fn key(&self, channel: &ChannelName, what: &str) -> String {
        format!("{}{{{channel}}}:{what}", self.prefix)
    }

    /// A call of a script on a channel, still without the script's own arguments.
    fn call<'s>(&self, script: &'s Script, channel: &ChannelName) -> ScriptInvocation<'s> {
        let mut call = script.prepare_invoke();
        for what in ["log", "meta", "due", "who", "leaving", "locks", "ranks", "parties"] {
            call.key(self.key(channel, what));
        }
        call.arg(pub_sub::topic(&self.prefix, channel))
            .arg(format!("{}{}", self.connection.life(), fresh_epoch()))
            .arg(format!("{} {}", self.limits.log_entries.max(1), self.limits.log_bytes))
            .arg(millis(self.limits.log_age));
        call
    }

    /// Runs it, loading the script where Redis does not have it (any more).
    async fn run<T: FromRedisValue>(&self, call: &ScriptInvocation<'_>) -> Answer<T> {
        let mut open = self.connection.get().await?;
        let answer = call.invoke_async(&mut open.connection).await;
        self.connection.judged(&open, answer)
    }
}

/// A duration in whole milliseconds, at least one: to Redis, none would mean "at once".
fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX).clamp(1, 1 << 50)
}

/// A position as scripts answer it.
fn position(epoch: String, offset: u64) -> Answer<Position> {
    let epoch = epoch.try_into().map_err(|error| nonsense(&error))?;
    Ok(Position::new(epoch, offset))
}

/// Something is in Redis that this broker did not put there.
fn nonsense(error: &dyn std::error::Error) -> BrokerError {
    BrokerError::Unreachable(format!("it answered what it was never told: {error}"))
}
