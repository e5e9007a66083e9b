//! Who holds what in a channel, and who waits for it.

use super::error::Answer;
use crate::protocol::{
    names::{ChannelName, ClientId, LockName},
    roster::LockState,
};

/// The promise of locks: at most one present client holds a lock, under a fence above all fences before it, and those who
/// wait get it in the order they came. It goes with its holder: who leaves holds nothing.
#[async_trait::async_trait]
pub trait Locks: Send + Sync + 'static {
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
}
