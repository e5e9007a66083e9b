//! Locks in Redis: each call one script, which answers how the lock stands or why nothing was done.

use super::{Redis, nonsense, script};
use crate::{
    protocol::{
        names::{ChannelName, ClientId, LockName},
        roster::LockState,
    },
    server::broker::{Answer, BrokerError, Locks},
};
use redis::ScriptInvocation;

script!(LOCK, "lock");
script!(ACQUIRE, "acquire");
script!(RELEASE, "release");
script!(HAND_OVER, "hand_over");
script!(TAKE_OVER, "take_over");

impl Redis {
    async fn run_on_lock(&self, call: &ScriptInvocation<'_>) -> Answer<LockState> {
        match self.run::<String>(call).await?.as_str() {
            "absent" => Err(BrokerError::NotPresent),
            "not holder" => Err(BrokerError::NotHolder),
            "many waiters" => Err(BrokerError::Full("as many clients wait for the lock as may")),
            "many locks" => Err(BrokerError::Full("as many locks are held in the channel as may")),
            state => serde_json::from_str(state).map_err(|error| nonsense(&error)),
        }
    }
}

#[async_trait::async_trait]
impl Locks for Redis {
    async fn lock(&self, channel: &ChannelName, lock: &LockName) -> Answer<LockState> {
        self.run_on_lock(self.call(&LOCK, channel).arg(lock.as_str())).await
    }

    async fn acquire(
        &self,
        channel: &ChannelName,
        lock: &LockName,
        client: &ClientId,
        wait: bool,
        floor: u64,
    ) -> Answer<LockState> {
        let mut call = self.call(&ACQUIRE, channel);
        call.arg(lock.as_str()).arg(client.as_str()).arg(u8::from(wait)).arg(floor);
        self.run_on_lock(call.arg(self.limits.waiters).arg(self.limits.locks)).await
    }

    async fn release(&self, channel: &ChannelName, lock: &LockName, client: &ClientId) -> Answer<LockState> {
        self.run_on_lock(self.call(&RELEASE, channel).arg(lock.as_str()).arg(client.as_str())).await
    }

    async fn hand_over(
        &self,
        channel: &ChannelName,
        lock: &LockName,
        from: &ClientId,
        to: &ClientId,
        floor: u64,
    ) -> Answer<LockState> {
        let mut call = self.call(&HAND_OVER, channel);
        self.run_on_lock(call.arg(lock.as_str()).arg(from.as_str()).arg(to.as_str()).arg(floor)).await
    }

    async fn take_over(&self, channel: &ChannelName, lock: &LockName, by: &ClientId, floor: u64) -> Answer<LockState> {
        let mut call = self.call(&TAKE_OVER, channel);
        self.run_on_lock(call.arg(lock.as_str()).arg(by.as_str()).arg(floor).arg(self.limits.locks)).await
    }
}
