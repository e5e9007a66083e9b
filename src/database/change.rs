//! The unit of work of a command.

use super::{Database, ledger};
use crate::sputnik::{
    fault::Fault,
    message::{Audience, Entry},
    names::ChannelName,
    server::{Node, caller::Caller, ledger::Ledger},
};
use serde::{Serialize, de::DeserializeOwned};
use sqlx::{Any, AnyConnection, Transaction};

/// What a command changes, that it was done, and what it says: one transaction.
///
/// ```ignore
/// let mut change = Change::begin(&database, &caller).await?;
/// let outcome = async {
///     rename(change.sql(), &book, &title).await?;
///     change.say(&channel, &Renamed { title }).await.map(drop)
/// };
/// let outcome = outcome.await;
/// change.finish(outcome).await
/// ```
/// Dropped without [`finish`](Change::finish), it leaves no trace.
///
/// The versions of a channel's messages are their order of commit: the first message takes the channel's row, and
/// whoever else wants to say something there waits for this transaction to end. A change that speaks on several channels
/// names a book's before its chapters', so two changes never wait for each other.
pub struct Change {
    database: Database,
    caller: Caller,
    sql: Transaction<'static, Any>,
    /// The channels with something to publish, each once.
    speaks: Vec<ChannelName>,
    /// Versions taken by [`lock`](Change::lock), not yet used by a message.
    taken: Vec<(ChannelName, u64)>,
}

impl Change {
    /// Begins a change on behalf of a caller.
    ///
    /// # Errors
    /// When the database is out of reach.
    pub async fn begin(database: &Database, caller: &Caller) -> Result<Self, Fault> {
        let (database, caller) = (database.clone(), caller.clone());
        let sql = database.write().await?;
        Ok(Self { database, caller, sql, speaks: Vec::new(), taken: Vec::new() })
    }

    /// The transaction, for statements.
    pub fn sql(&mut self) -> &mut AnyConnection {
        &mut self.sql
    }

    /// Waits until no other change is under way that says something on this channel, and keeps others waiting until
    /// this one ends: for a change that must first look at how things stand. Tells the version of the message that
    /// comes next.
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

    /// Says something on a channel, to everyone there, once this change is committed. Returns the message's version.
    ///
    /// # Errors
    /// When the database is out of reach.
    pub async fn say<M: Serialize>(&mut self, channel: &ChannelName, message: &M) -> Result<u64, Fault> {
        let version = self.lock(channel).await?;
        let entry = Entry::said(message, self.caller.client().cloned(), Audience::All, Some(version));
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

    /// [`recheck`](Change::recheck) for many channels on which this change says nothing, in few statements.
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
            let versions = bump.fetch_all(&mut *self.sql).await?;
            let rows: Vec<String> =
                (0..versions.len()).map(|n| format!("(${}, ${}, $1)", 2 * n + 2, 2 * n + 3)).collect();
            let insert = format!("INSERT INTO outbox (channel, version, entry) VALUES {}", rows.join(", "));
            let mut insert = sqlx::query(&insert).bind(&entry);
            for (channel, version) in versions {
                insert = insert.bind(channel).bind(version);
            }
            insert.execute(&mut *self.sql).await?;
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

    /// Ends the change. A reply is recorded and all is committed, then what was said is published; a fault undoes
    /// everything. Should the same command have been done meanwhile (a retry that ran at the same time), this one
    /// changes nothing and answers what that one answered.
    ///
    /// # Errors
    /// The fault it was given, or that of the database. Not being able to publish is no error: it is done later.
    pub async fn finish<T>(self, outcome: Result<T, Fault>) -> Result<T, Fault>
    where
        T: Serialize + DeserializeOwned,
    {
        match outcome {
            Ok(reply) => self.done(reply).await,
            Err(fault) => match self.undone().await? {
                Some(reply) => Ok(reply),
                None => Err(fault),
            },
        }
    }

    async fn done<T>(mut self, reply: T) -> Result<T, Fault>
    where
        T: Serialize + DeserializeOwned,
    {
        for (channel, version) in std::mem::take(&mut self.taken) {
            ledger::give_back(&mut self.sql, &channel, version).await?;
        }
        if let Some(call) = &self.caller.call {
            let json = serde_json::to_string(&reply).map_err(|error| {
                tracing::error!(%error, "a reply cannot be written as JSON");
                Fault::internal()
            })?;
            if ledger::record(&mut self.sql, &[call], &json).await? == 0 {
                return self.undone().await?.ok_or_else(Fault::internal);
            }
        }
        self.sql.commit().await?;
        publish(self.caller.node, self.speaks).await;
        Ok(reply)
    }

    /// Undoes everything, and looks whether the same command was done by another run of it.
    async fn undone<T: DeserializeOwned>(self) -> Result<Option<T>, Fault> {
        self.sql.rollback().await?;
        let Some(call) = &self.caller.call else {
            return Ok(None);
        };
        let Some(reply) = self.database.recorded(call).await? else {
            return Ok(None);
        };
        serde_json::from_str(&reply).map(Some).map_err(|error| {
            tracing::error!(%error, %call, "a recorded reply is not what the command answers");
            Fault::internal()
        })
    }
}

/// Publishes what was committed on these channels. Not being able to is no error: it is done later.
pub(super) async fn publish(node: Node, channels: Vec<ChannelName>) {
    // On a task of its own: it goes on even if whoever asked hangs up now.
    let published = tokio::spawn(async move {
        for channel in channels {
            if let Err(fault) = node.publish_committed(&channel).await {
                tracing::warn!(%channel, %fault, "committed messages wait to be published");
            }
        }
    });
    if published.await.is_err() {
        tracing::error!("publishing committed messages broke off; it is taken up again");
    }
}
