//! One running server of the application.

use super::{broker::Broker, gate::Gate, ledger::Ledger};
use crate::sputnik::{
    fault::Fault,
    message::Entry,
    names::{ChannelName, ClientId},
    position::Position,
};
use bytes::Bytes;
use std::{sync::Arc, time::Duration};

/// One running server of the application. Cheap to clone.
#[derive(Clone)]
pub struct Node(Arc<Inner>);

struct Inner {
    broker: Arc<dyn Broker>,
    gate: Arc<dyn Gate>,
    ledger: Arc<dyn Ledger>,
}

impl Node {
    /// The broker this node shares with others.
    #[must_use]
    pub fn broker(&self) -> &dyn Broker {
        &*self.0.broker
    }

    /// The application's say in who may do what.
    #[must_use]
    pub fn gate(&self) -> &dyn Gate {
        &*self.0.gate
    }

    /// Appends an entry to a channel's log.
    ///
    /// # Errors
    /// When the broker is out of reach.
    pub async fn publish(&self, channel: &ChannelName, entry: &Entry) -> Result<Position, Fault> {
        Ok(self
            .0
            .broker
            .publish(channel, Bytes::from(entry.to_json()), None)
            .await?)
    }

    /// Publishes what was committed for a channel and not yet published, in order. Called after every commit, and for
    /// what a node that died left behind.
    ///
    /// # Errors
    /// When the broker or the database is out of reach: what is left is published later.
    pub async fn publish_committed(&self, channel: &ChannelName) -> Result<(), Fault> {
        loop {
            let unsent = self.0.ledger.unsent(channel).await?;
            let Some(last) = unsent.last().map(|message| message.version) else {
                return Ok(());
            };
            for message in unsent {
                self.0
                    .broker
                    .publish(channel, message.entry, Some(message.version))
                    .await?;
            }
            self.0.ledger.sent(channel, last).await?;
        }
    }

    /// Rights in a channel changed: every node asks its [`Gate`] again for everyone who follows it, before it sends
    /// them anything later.
    ///
    /// # Errors
    /// When the broker is out of reach.
    pub async fn recheck(&self, channel: &ChannelName) -> Result<(), Fault> {
        self.publish(channel, &Entry::Recheck).await.map(drop)
    }

    /// Whether a client is connected, and if so, how long ago its last command was.
    ///
    /// # Errors
    /// When the broker is out of reach.
    pub async fn idle(&self, client: &ClientId) -> Result<Option<Duration>, Fault> {
        Ok(self.0.broker.idle(client).await?)
    }
}
