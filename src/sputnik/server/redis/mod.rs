//! A broker in a Redis server that many nodes share.
//!
//! Whatever must be atomic is one Lua script: one round trip, run by Redis between all others. A channel's keys share a
//! hash tag, so a cluster keeps them together, and all of them go by themselves when nothing happened for
//! [`Limits::log_age`]. There is no list of channels and no scan: each script first lets leave whoever's lease has run
//! out in its own channel. Works from Redis 7.0 on.
//!
//! Redis may lose everything at any time. Then a log begins again with a new epoch (readers meet a gap), nobody is
//! present ([`Broker::renew`] says so, and nodes join their clients again), and fences start above the floor that comes
//! with each call. A Redis that was started again with what it had saved lost the newest, and would give their offsets
//! away a second time: so an epoch begins with the life of the server it was made in, and a log of another life
//! counts as lost.

mod locks;
mod presence;
mod queues;
mod wakes;

use super::{
    broker::{Answer, Broker, BrokerError, Check, Limits, Since, Wakes, Watch},
    wakes::fresh_epoch,
};
use crate::sputnik::{
    names::{ChannelName, ClientId, LockName},
    position::Position,
    roster::{LockState, Present, Roster},
};
use bytes::Bytes;
use redis::{
    Client, FromRedisValue, IntoConnectionInfo, ProtocolVersion, RedisError, Script, ScriptInvocation,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use serde_json::Value;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

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

/// The broker of many nodes, as one of them reaches it. It reconnects by itself; while it cannot, every call answers
/// [`BrokerError::Unreachable`] within seconds.
pub struct Redis {
    client: Client,
    /// One connection, shared by all calls. In RESP3, so that it notices a cut, and reconnects, while nobody asks.
    connection: ConnectionManager,
    prefix: String,
    limits: Limits,
    life: Life,
}

/// In which life the server is, as far as this node knows: the beginning of its run id, which is another after each
/// start. Asked for at every connect, so that scripts, for which it is dear to ask, do so only where they hear another
/// than a log's epoch begins with.
#[derive(Clone, Default)]
struct Life(Arc<Mutex<String>>);

impl Life {
    /// How much of the run id; `prelude.lua` knows it as well.
    const LENGTH: usize = 8;

    async fn ask(&self, connection: &mut ConnectionManager) -> Answer<()> {
        let info: String = redis::cmd("INFO").arg("server").query_async(connection).await.map_err(unreachable)?;
        let run = info.lines().find_map(|line| line.strip_prefix("run_id:")).unwrap_or_default();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = run.chars().take(Self::LENGTH).collect();
        Ok(())
    }

    fn fresh_epoch(&self) -> String {
        format!("{}{}", self.0.lock().unwrap_or_else(PoisonError::into_inner), fresh_epoch())
    }
}

impl Redis {
    /// Connects to the server at `url`, such as `redis://127.0.0.1:6379/`.
    ///
    /// # Errors
    /// When the address is none, or nobody answers there.
    pub async fn connect(url: &str, limits: Limits) -> Answer<Arc<Self>> {
        Self::connect_with_prefix(url, PREFIX, limits).await
    }

    /// The same, with keys and topics that begin with `prefix`: what begins otherwise is another world, on the same
    /// server.
    ///
    /// # Errors
    /// When the address is none, or nobody answers there.
    pub async fn connect_with_prefix(url: &str, prefix: &str, limits: Limits) -> Answer<Arc<Self>> {
        let info = url.into_connection_info().map_err(unreachable)?;
        let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
        let client = Client::open(info.set_redis_settings(settings)).map_err(unreachable)?;
        // Two quick tries a call: waiting longer would only make people wait, and the next call tries again.
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(2)
            .set_min_delay(Duration::from_millis(50))
            .set_max_delay(Duration::from_millis(500))
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE));
        let mut connection = ConnectionManager::new_with_config(client.clone(), config).await.map_err(unreachable)?;
        let life = Life::default();
        life.ask(&mut connection).await?;
        Ok(Arc::new(Self { client, connection, prefix: prefix.to_owned(), limits, life }))
    }

    /// The key of one thing of a channel.
    fn key(&self, channel: &ChannelName, what: &str) -> String {
        format!("{}{{{channel}}}:{what}", self.prefix)
    }

    /// A call of a script on a channel, still without the script's own arguments.
    fn call<'s>(&self, script: &'s Script, channel: &ChannelName) -> ScriptInvocation<'s> {
        let mut call = script.prepare_invoke();
        for what in ["log", "meta", "due", "who", "leaving", "locks"] {
            call.key(self.key(channel, what));
        }
        call.arg(wakes::topic(&self.prefix, channel))
            .arg(self.life.fresh_epoch())
            .arg(self.limits.log_entries.max(1))
            .arg(millis(self.limits.log_age));
        call
    }

    /// Runs it, loading the script where Redis does not have it (any more).
    async fn run<T: FromRedisValue>(&self, call: &ScriptInvocation<'_>) -> Answer<T> {
        call.invoke_async(&mut self.connection.clone()).await.map_err(unreachable)
    }
}

/// Whatever Redis refuses or does not answer, the caller can do no more than try again later.
fn unreachable(error: RedisError) -> BrokerError {
    BrokerError::Unreachable(error.to_string())
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

#[async_trait::async_trait]
impl Broker for Redis {
    async fn publish(&self, channel: &ChannelName, entry: Bytes, version: Option<u64>) -> Answer<Position> {
        self.publish_entry(channel, &entry, version).await
    }

    async fn since(&self, channel: &ChannelName, after: &Position, limit: usize) -> Answer<Since> {
        self.entries_since(channel, after, limit).await
    }

    async fn check(&self, channel: &ChannelName) -> Answer<Check> {
        self.check_channel(channel).await
    }

    async fn roster(&self, channel: &ChannelName) -> Answer<Roster> {
        self.read_roster(channel).await
    }

    async fn join(
        &self,
        channel: &ChannelName,
        who: &Present,
        replaces: Option<&ClientId>,
        lease: Duration,
    ) -> Answer<bool> {
        self.join_channel(channel, who, replaces, lease).await
    }

    async fn show(&self, channel: &ChannelName, client: &ClientId, state: &Value) -> Answer<bool> {
        self.show_state(channel, client, state).await
    }

    async fn renew(&self, leases: &[(ChannelName, ClientId)], lease: Duration) -> Answer<Vec<bool>> {
        self.renew_leases(leases, lease).await
    }

    async fn part(&self, channel: &ChannelName, client: &ClientId, grace: Duration) -> Answer<()> {
        self.part_channel(channel, client, grace).await
    }

    async fn acquire(
        &self,
        channel: &ChannelName,
        lock: &LockName,
        client: &ClientId,
        wait: bool,
        floor: u64,
    ) -> Answer<LockState> {
        self.acquire_lock(channel, lock, client, wait, floor).await
    }

    async fn release(&self, channel: &ChannelName, lock: &LockName, client: &ClientId) -> Answer<LockState> {
        self.release_lock(channel, lock, client).await
    }

    async fn hand_over(
        &self,
        channel: &ChannelName,
        lock: &LockName,
        from: &ClientId,
        to: &ClientId,
        floor: u64,
    ) -> Answer<LockState> {
        self.hand_over_lock(channel, lock, from, to, floor).await
    }

    async fn take_over(&self, channel: &ChannelName, lock: &LockName, by: &ClientId, floor: u64) -> Answer<LockState> {
        self.take_over_lock(channel, lock, by, floor).await
    }

    async fn lock(&self, channel: &ChannelName, lock: &LockName) -> Answer<LockState> {
        self.read_lock(channel, lock).await
    }

    async fn whisper(&self, channel: &ChannelName, from: &ClientId, body: Bytes) -> Answer<()> {
        self.pass_whisper(channel, from, &body).await
    }

    async fn note_clients(
        &self,
        node: &ClientId,
        here: &[(ClientId, Duration)],
        gone: &[ClientId],
        keep: Duration,
    ) -> Answer<bool> {
        self.note_idle(node, here, gone, keep).await
    }

    async fn idle(&self, client: &ClientId) -> Answer<Option<Duration>> {
        self.read_idle(client).await
    }

    async fn wakes(&self) -> Answer<(Box<dyn Watch>, Wakes)> {
        let (watch, wakes) =
            wakes::listen(self.client.clone(), self.prefix.clone(), (self.connection.clone(), self.life.clone()))
                .await?;
        Ok((Box::new(watch), wakes))
    }
}
