//! A transaction that tells of what it changes.

use super::{Connection, Database, Transaction, ledger};
use crate::database::Failed;
use serde::Serialize;
use sputnik::{
    ChannelName, ClientId, Fault,
    protocol::message::{Audience, Entry},
};

/// A transaction, and what it says on which channels: committed together, or not at all. What a [`Change`] and a
/// [`Group`] have in common.
///
/// The versions of a channel's messages are their order of commit: the first message takes the channel's row, and
/// whoever else wants to say something there waits for this transaction to end. One that speaks on several channels
/// names a book's before its chapters', so two never wait for each other.
///
/// [`Change`]: super::Change
/// [`Group`]: super::Group
pub struct Telling {
    sql: Transaction,
    /// The channels with something to publish, each once.
    speaks: Vec<ChannelName>,
    /// Versions taken by [`lock`](Telling::lock), not yet used by a message.
    taken: Vec<(ChannelName, u64)>,
    /// Who caused what is said.
    client: Option<ClientId>,
}

impl Telling {
    /// Begins. What is said is told as caused by this client, if one is given.
    pub(super) async fn begin(database: &Database, client: Option<ClientId>) -> Result<Self, Fault> {
        Ok(Self { sql: database.write().await?, speaks: Vec::new(), taken: Vec::new(), client })
    }

    /// The transaction, for statements.
    pub fn sql(&mut self) -> &mut Connection {
        &mut self.sql
    }

    /// Waits until no other transaction is under way that says something on this channel, and keeps others waiting until
    /// this one ends. Tells the version of the message that comes next.
    ///
    /// # Errors
    /// When the database is out of reach.
    pub async fn lock(&mut self, channel: &ChannelName) -> Result<u64, Fault> {
        if let Some((_, version)) = self.taken.iter().find(|(taken, _)| taken == channel) {
            return Ok(*version);
        }
        let version = ledger::next_version(&mut self.sql, channel).await?;
        self.taken.push((channel.clone(), version));
        Ok(version)
    }

    /// Says something on a channel, to everyone there, once this is committed. Returns the message's version.
    ///
    /// # Errors
    /// When the database is out of reach.
    pub async fn say<M: Serialize>(&mut self, channel: &ChannelName, message: &M) -> Result<u64, Fault> {
        let version = self.lock(channel).await?;
        let entry = Entry::said(message, self.client.clone(), Audience::All, Some(version));
        let entry = entry.map_err(|error| {
            tracing::error!(%error, "a message cannot be written as JSON");
            Fault::internal()
        })?;
        self.enter(channel, version, &entry).await?;
        Ok(version)
    }

    /// Has everyone who follows a channel asked for their right again, after what was said there before.
    ///
    /// # Errors
    /// When the database is out of reach.
    pub async fn recheck(&mut self, channel: &ChannelName) -> Result<(), Fault> {
        let version = self.lock(channel).await?;
        self.enter(channel, version, &Entry::Recheck).await
    }

    /// [`recheck`](Telling::recheck) for many channels on which nothing else is said, in few statements.
    ///
    /// # Errors
    /// When the database is out of reach.
    pub async fn recheck_many(&mut self, channels: &[ChannelName]) -> Result<(), Fault> {
        const AT_ONCE: usize = 100;
        let entry = Entry::Recheck.to_json();
        for channels in channels.chunks(AT_ONCE) {
            let rows: Vec<String> = (1..=channels.len()).map(|n| format!("(${n}, 1)")).collect();
            let bump = format!(
                "INSERT INTO channels (name, version) VALUES {}
                 ON CONFLICT (name) DO UPDATE SET version = channels.version + 1 RETURNING name, version",
                rows.join(", ")
            );
            let mut bump = sqlx::query_as::<_, (String, i64)>(&bump);
            for channel in channels {
                bump = bump.bind(channel.as_str());
            }
            let versions = bump.fetch_all(&mut *self.sql).await.map_err(Failed)?;
            let rows: Vec<String> =
                (0..versions.len()).map(|n| format!("(${}, ${}, $1)", 2 * n + 2, 2 * n + 3)).collect();
            let insert = format!("INSERT INTO outbox (channel, version, entry) VALUES {}", rows.join(", "));
            let mut insert = sqlx::query(&insert).bind(&entry);
            for (channel, version) in versions {
                insert = insert.bind(channel).bind(version);
            }
            insert.execute(&mut *self.sql).await.map_err(Failed)?;
            self.speaks.extend_from_slice(channels);
        }
        Ok(())
    }

    async fn enter(&mut self, channel: &ChannelName, version: u64, entry: &Entry) -> Result<(), Fault> {
        ledger::enter(&mut self.sql, channel, version, entry).await?;
        self.taken.retain(|(taken, _)| taken != channel);
        if !self.speaks.contains(channel) {
            self.speaks.push(channel.clone());
        }
        Ok(())
    }

    /// Gives back the versions that no message was made with.
    pub(super) async fn give_back(&mut self) -> Result<(), Fault> {
        for (channel, version) in std::mem::take(&mut self.taken) {
            ledger::give_back(&mut self.sql, &channel, version).await?;
        }
        Ok(())
    }

    /// Commits. Tells on which channels there is something to publish.
    pub(super) async fn commit(self) -> Result<Vec<ChannelName>, Fault> {
        self.sql.commit().await.map_err(Failed)?;
        Ok(self.speaks)
    }

    /// Undoes everything.
    pub(super) async fn undo(self) {
        self.sql.rollback().await;
    }
}
