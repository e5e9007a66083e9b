//! A broker that counts and times what it is asked, whatever broker it is.

use super::Metrics;
use crate::{
    protocol::{
        names::{ChannelName, ClientId, LockName},
        position::Position,
        roster::{LockState, Present, Roster},
    },
    server::broker::{
        Answer, Broker, BrokerError, Check, Claim, Joined, Liveness, Locks, Log, Presence, PubSub, Since, Wakes, Watch,
    },
};
use bytes::Bytes;
use serde_json::Value;
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

/// Passes every call on, and notes how long it took.
pub(crate) struct Measured {
    broker: Arc<dyn Broker>,
    metrics: Arc<Metrics>,
}

impl Measured {
    pub(crate) fn new(broker: Arc<dyn Broker>, metrics: Arc<Metrics>) -> Self {
        Self { broker, metrics }
    }

    async fn time<T>(&self, operation: &'static str, call: impl Future<Output = Answer<T>>) -> Answer<T> {
        let start = Instant::now();
        let answer = call.await;
        self.metrics.asked(operation, start.elapsed(), matches!(answer, Err(BrokerError::Unreachable(_))));
        answer
    }
}

#[async_trait::async_trait]
impl Log for Measured {
    async fn publish(&self, channel: &ChannelName, entry: Bytes, version: Option<u64>) -> Answer<Position> {
        self.time("publish", self.broker.publish(channel, entry, version)).await
    }

    async fn since(&self, channel: &ChannelName, after: &Position, limit: usize) -> Answer<Since> {
        self.time("since", self.broker.since(channel, after, limit)).await
    }

    async fn check(&self, channel: &ChannelName) -> Answer<Check> {
        self.time("check", self.broker.check(channel)).await
    }
}

#[async_trait::async_trait]
impl Presence for Measured {
    async fn roster(&self, channel: &ChannelName) -> Answer<Roster> {
        self.time("roster", self.broker.roster(channel)).await
    }

    async fn join(
        &self,
        channel: &ChannelName,
        who: &Present,
        claim: &Claim,
        replaces: Option<&ClientId>,
        lease: Duration,
    ) -> Answer<Joined> {
        self.time("join", self.broker.join(channel, who, claim, replaces, lease)).await
    }

    async fn show(&self, channel: &ChannelName, client: &ClientId, state: &Value) -> Answer<bool> {
        self.time("show", self.broker.show(channel, client, state)).await
    }

    async fn renew(&self, leases: &[(ChannelName, ClientId)], lease: Duration) -> Answer<Vec<bool>> {
        self.time("renew", self.broker.renew(leases, lease)).await
    }

    async fn part(&self, channel: &ChannelName, client: &ClientId, grace: Duration) -> Answer<()> {
        self.time("part", self.broker.part(channel, client, grace)).await
    }
}

#[async_trait::async_trait]
impl Locks for Measured {
    async fn acquire(
        &self,
        channel: &ChannelName,
        lock: &LockName,
        client: &ClientId,
        wait: bool,
        floor: u64,
    ) -> Answer<LockState> {
        let state = self.time("acquire", self.broker.acquire(channel, lock, client, wait, floor)).await?;
        if state.queue.contains(client) {
            self.metrics.lock_waits.inc();
        }
        Ok(state)
    }

    async fn release(&self, channel: &ChannelName, lock: &LockName, client: &ClientId) -> Answer<LockState> {
        self.time("release", self.broker.release(channel, lock, client)).await
    }

    async fn hand_over(
        &self,
        channel: &ChannelName,
        lock: &LockName,
        from: &ClientId,
        to: &ClientId,
        floor: u64,
    ) -> Answer<LockState> {
        self.time("hand_over", self.broker.hand_over(channel, lock, from, to, floor)).await
    }

    async fn take_over(&self, channel: &ChannelName, lock: &LockName, by: &ClientId, floor: u64) -> Answer<LockState> {
        self.time("take_over", self.broker.take_over(channel, lock, by, floor)).await
    }

    async fn lock(&self, channel: &ChannelName, lock: &LockName) -> Answer<LockState> {
        self.time("lock", self.broker.lock(channel, lock)).await
    }
}

#[async_trait::async_trait]
impl Liveness for Measured {
    async fn note_clients(
        &self,
        node: &ClientId,
        here: &[(ClientId, Duration)],
        gone: &[ClientId],
        keep: Duration,
    ) -> Answer<bool> {
        self.time("note_clients", self.broker.note_clients(node, here, gone, keep)).await
    }

    async fn idle(&self, client: &ClientId) -> Answer<Option<Duration>> {
        self.time("idle", self.broker.idle(client)).await
    }
}

#[async_trait::async_trait]
impl PubSub for Measured {
    async fn whisper(&self, channel: &ChannelName, from: &ClientId, body: Bytes) -> Answer<()> {
        self.time("whisper", self.broker.whisper(channel, from, body)).await
    }

    async fn wakes(&self) -> Answer<(Box<dyn Watch>, Wakes)> {
        self.broker.wakes().await
    }
}
