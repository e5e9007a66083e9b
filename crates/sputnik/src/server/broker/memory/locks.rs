//! Locks in memory.

use super::{
    Memory,
    channel::{Channel, HeldLock},
};
use crate::{
    protocol::{
        message::Entry,
        names::{ChannelName, ClientId, LockName},
        roster::LockState,
    },
    server::broker::{Answer, BrokerError, Limits, Locks},
};
use tokio::time::Instant;

#[async_trait::async_trait]
impl Locks for Memory {
    async fn acquire(
        &self,
        channel: &ChannelName,
        lock: &LockName,
        client: &ClientId,
        wait: bool,
        floor: u64,
    ) -> Answer<LockState> {
        self.step(channel, |it, now| it.acquire(lock, client, wait, floor, &self.limits, now))
    }

    async fn release(&self, channel: &ChannelName, lock: &LockName, client: &ClientId) -> Answer<LockState> {
        Ok(self.step(channel, |it, now| it.release(lock, client, now)))
    }

    async fn hand_over(
        &self,
        channel: &ChannelName,
        lock: &LockName,
        from: &ClientId,
        to: &ClientId,
        floor: u64,
    ) -> Answer<LockState> {
        self.step(channel, |it, now| it.hand_over(lock, from, to, floor, now))
    }

    async fn take_over(&self, channel: &ChannelName, lock: &LockName, by: &ClientId, floor: u64) -> Answer<LockState> {
        self.step(channel, |it, now| it.take_over(lock, by, floor, &self.limits, now))
    }

    async fn lock(&self, channel: &ChannelName, lock: &LockName) -> Answer<LockState> {
        Ok(self.step(channel, |it, _| it.lock(lock)))
    }
}

impl Channel {
    /// How a lock stands.
    pub(super) fn lock(&self, name: &LockName) -> LockState {
        self.locks.get(name).map_or_else(
            || LockState::free(name.clone()),
            |held| LockState {
                name: name.clone(),
                fence: held.fence,
                holder: Some(held.holder.clone()),
                queue: held.queue.iter().cloned().collect(),
            },
        )
    }

    pub(super) fn tell_lock(&mut self, name: &LockName, now: Instant) -> LockState {
        let state = self.lock(name);
        self.tell(&Entry::Lock(state.clone()), now);
        state
    }

    /// Starts a new holding, above all fences given before and above `floor`.
    fn give(&mut self, name: &LockName, to: &ClientId, floor: u64, now: Instant) -> LockState {
        self.fence = self.fence.max(floor).saturating_add(1);
        let mut queue = self.locks.remove(name).map(|held| held.queue).unwrap_or_default();
        queue.retain(|client| client != to);
        self.locks.insert(name.clone(), HeldLock { fence: self.fence, holder: to.clone(), queue });
        self.tell_lock(name, now)
    }

    /// Ends the holding: the lock goes to the first who waits, or is free.
    pub(super) fn pass_on(&mut self, name: &LockName, now: Instant) -> LockState {
        match self.locks.get(name).and_then(|held| held.queue.front().cloned()) {
            Some(next) => self.give(name, &next, 0, now),
            None => {
                self.locks.remove(name);
                self.tell_lock(name, now)
            }
        }
    }

    fn must_be_present(&self, client: &ClientId) -> Answer<()> {
        if self.present.contains_key(client) { Ok(()) } else { Err(BrokerError::NotPresent) }
    }

    fn must_have_room(&self, name: &LockName, limits: &Limits) -> Answer<()> {
        if self.locks.contains_key(name) || self.locks.len() < limits.locks {
            Ok(())
        } else {
            Err(BrokerError::Full("as many locks are held in the channel as may"))
        }
    }

    pub(super) fn acquire(
        &mut self,
        name: &LockName,
        client: &ClientId,
        wait: bool,
        floor: u64,
        limits: &Limits,
        now: Instant,
    ) -> Answer<LockState> {
        self.must_be_present(client)?;
        let Some(held) = self.locks.get_mut(name) else {
            self.must_have_room(name, limits)?;
            return Ok(self.give(name, client, floor, now));
        };
        if !wait || held.holder == *client || held.queue.contains(client) {
            return Ok(self.lock(name));
        }
        if held.queue.len() >= limits.waiters {
            return Err(BrokerError::Full("as many clients wait for the lock as may"));
        }
        held.queue.push_back(client.clone());
        Ok(self.tell_lock(name, now))
    }

    pub(super) fn release(&mut self, name: &LockName, client: &ClientId, now: Instant) -> LockState {
        let Some(held) = self.locks.get_mut(name) else {
            return self.lock(name);
        };
        if held.holder == *client {
            return self.pass_on(name, now);
        }
        let waited = held.queue.len();
        held.queue.retain(|other| other != client);
        if held.queue.len() == waited { self.lock(name) } else { self.tell_lock(name, now) }
    }

    pub(super) fn hand_over(
        &mut self,
        name: &LockName,
        from: &ClientId,
        to: &ClientId,
        floor: u64,
        now: Instant,
    ) -> Answer<LockState> {
        let state = self.lock(name);
        if state.is_held_by(to) {
            return Ok(state);
        }
        if !state.is_held_by(from) {
            return Err(BrokerError::NotHolder);
        }
        self.must_be_present(to)?;
        Ok(self.give(name, to, floor, now))
    }

    pub(super) fn take_over(
        &mut self,
        name: &LockName,
        by: &ClientId,
        floor: u64,
        limits: &Limits,
        now: Instant,
    ) -> Answer<LockState> {
        self.must_be_present(by)?;
        let state = self.lock(name);
        if state.is_held_by(by) {
            return Ok(state);
        }
        self.must_have_room(name, limits)?;
        Ok(self.give(name, by, floor, now))
    }
}
