//! What the layer asks of the application's database, so that a command takes effect once.
//!
//! A command's change, the fact that it was done (its reply, under its [`CallKey`]) and the messages it caused are
//! committed in **one transaction**. After the commit the messages are published in the order of their versions; should
//! the node die in between, another publishes them. The database alone decides what happened.

use crate::sputnik::{
    fault::Fault,
    names::{ChannelName, ClientId, Uid},
};
use bytes::Bytes;
use std::fmt;

/// Which command of which client: what makes a retry recognisable. A client id is bound to its browser, so nobody else
/// can ask for what was answered under it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CallKey {
    /// Whose.
    pub client: ClientId,
    /// Which of theirs.
    pub uid: Uid,
}

impl fmt::Display for CallKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.client, self.uid)
    }
}

/// How many messages are published before the database is asked for more.
pub const UNSENT: usize = 100;

/// A message that is committed and perhaps not yet published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsent {
    /// Its number in its channel, counted from 1 without holes in the order of commits.
    pub version: u64,
    /// The log entry, as JSON.
    pub entry: Bytes,
}

/// The application's database, as the layer sees it.
#[async_trait::async_trait]
pub trait Ledger: Send + Sync + 'static {
    /// The reply (JSON) of a command that was done before; `None` when it was not, as far as is remembered. Replies are
    /// kept for at least an hour.
    async fn recorded(&self, call: &CallKey) -> Result<Option<String>, Fault>;

    /// The committed messages of a channel that were not yet marked as sent, oldest first, at most [`UNSENT`].
    async fn unsent(&self, channel: &ChannelName) -> Result<Vec<Unsent>, Fault>;

    /// Marks a channel's messages up to this version as published.
    async fn sent(&self, channel: &ChannelName, up_to: u64) -> Result<(), Fault>;

    /// The channels that have unsent messages: what a node that died left behind.
    async fn behind(&self) -> Result<Vec<ChannelName>, Fault>;
}
