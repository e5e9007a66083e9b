//! What reaches nodes at once and is not kept: wakes, and whispers among them.

use super::error::Answer;
use crate::protocol::{
    names::{ChannelName, ClientId},
    position::Position,
};
use bytes::Bytes;
use tokio::sync::mpsc;

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

/// The promise of publish and subscribe: whatever is appended to a channel's log wakes every node that watches it, in the
/// order of the log, and so does a whisper, of which nothing is kept. A wake may be lost, but never in silence:
/// [`Wake::Lost`] comes after it, and the log has what was missed.
#[async_trait::async_trait]
pub trait PubSub: Send + Sync + 'static {
    /// Passes a whisper to every node that watches the channel. Nothing is kept.
    async fn whisper(&self, channel: &ChannelName, from: &ClientId, body: Bytes) -> Answer<()>;

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
