//! The unit of work of many commands at once.

use super::{Database, change::publish, ledger};
use crate::sputnik::{
    fault::Fault,
    message::{Audience, Entry},
    names::ChannelName,
    server::{CallKey, Node},
};
use serde::Serialize;
use sqlx::{Any, AnyConnection, Transaction};

/// What several commands change, that they were done, and the one message that tells of it: one transaction, where a
/// transaction for each would cost too much. All of them answer with nothing.
///
/// Dropped without [`finish`](Group::finish), it leaves no trace.
pub struct Group {
    node: Node,
    channel: ChannelName,
    /// That of the message.
    version: u64,
    sql: Transaction<'static, Any>,
    done: Vec<CallKey>,
}

impl Group {
    /// Begins, once no other change is under way that says something on this channel.
    ///
    /// # Errors
    /// When the database is out of reach.
    pub async fn begin(database: &Database, node: &Node, channel: ChannelName) -> Result<Self, Fault> {
        let mut sql = database.write().await?;
        let version = ledger::next_version(&mut sql, &channel).await?;
        Ok(Self { node: node.clone(), channel, version, sql, done: Vec::new() })
    }

    /// The transaction, for statements.
    pub fn sql(&mut self) -> &mut AnyConnection {
        &mut self.sql
    }

    /// Notes that this command is done when the group is.
    pub fn done(&mut self, call: Option<&CallKey>) {
        self.done.extend(call.cloned());
    }

    /// Commits, then publishes the message, if there is one.
    ///
    /// # Errors
    /// When the database is out of reach: then nothing was changed.
    pub async fn finish<M: Serialize>(mut self, message: Option<&M>) -> Result<(), Fault> {
        match message {
            Some(message) => {
                let entry = Entry::said(message, None, Audience::All, Some(self.version)).map_err(|error| {
                    tracing::error!(%error, "a message cannot be written as JSON");
                    Fault::internal()
                })?;
                ledger::enter(&mut self.sql, &self.channel, self.version, &entry).await?;
            }
            None => ledger::give_back(&mut self.sql, &self.channel, self.version).await?,
        }
        let done: Vec<&CallKey> = self.done.iter().collect();
        ledger::record(&mut self.sql, &done, "null").await?;
        self.sql.commit().await?;
        if message.is_some() {
            publish(self.node, vec![self.channel]).await;
        }
        Ok(())
    }
}
