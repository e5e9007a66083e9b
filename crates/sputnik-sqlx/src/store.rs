//! The command store.

use crate::{
    change::{Change, now},
    connections::{Connection, Connections, Value},
    group::Group,
    tables::Tables,
};
use serde::{Serialize, de::DeserializeOwned};
use sputnik::{
    ChannelName, Fault, Snapshot,
    server::{CallKey, Caller, CommandStore, Node, Recorded, Unsent, async_trait, once::command_store::UNSENT},
};
use std::{fmt, time::Duration};

/// How long the reply of a command is remembered unless said otherwise: a day.
const REMEMBERED: Duration = Duration::from_secs(24 * 60 * 60);

/// A command store in the application's database: beside its tables, and in its transactions. Cheap to clone, and holds
/// nothing but where connections come from.
#[derive(Clone)]
pub struct SqlStore<C> {
    connections: C,
    tables: Tables,
    remembered: Duration,
}

impl<C: Connections> SqlStore<C> {
    /// A store in this database, whose tables are called `sputnik_…`. They are there once [`migrate`](Self::migrate) was
    /// called.
    #[must_use]
    pub fn new(connections: C) -> Self {
        Self { connections, tables: Tables("sputnik_"), remembered: REMEMBERED }
    }

    /// The same, and its tables' names begin otherwise: with small letters, digits and `_`, or with nothing.
    ///
    /// # Panics
    /// When there is anything else in it.
    #[must_use]
    pub fn with_prefix(self, prefix: &'static str) -> Self {
        let is_plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
        assert!(prefix.chars().all(is_plain), "{prefix:?} is not what a table's name begins with");
        Self { tables: Tables(prefix), ..self }
    }

    /// The same, and it remembers replies for so long: at least an hour. A retry that comes later runs again.
    #[must_use]
    pub fn remembering(self, remembered: Duration) -> Self {
        Self { remembered, ..self }
    }

    /// Makes the store's tables, or brings them up to date: `commands`, `channels`, `outbox` and `store_steps`, each with
    /// the prefix. What is there stays. To be called when the server starts; nodes may do so at the same time.
    ///
    /// # Errors
    /// When the database is out of reach, or refuses it.
    pub async fn migrate(&self) -> sqlx::Result<()> {
        self.tables.bring_up_to_date(&self.connections).await
    }

    /// Runs a command: what it changes, that it was done, and what it says are committed in one transaction, then what
    /// it said is published.
    ///
    /// ```
    /// # use sputnik::{Channel, ChannelName, Fault, server::Caller};
    /// # use sputnik_sqlx::{Failed, SqlStore};
    /// # async fn rename(store: SqlStore<sqlx::SqlitePool>, caller: Caller, channel: ChannelName) -> Result<(), Fault> {
    /// store
    ///     .run(&caller, async |change| {
    ///         let rename = sqlx::query("UPDATE cards SET title = $1 WHERE id = $2").bind("Sails").bind(7);
    ///         rename.execute(change.sql()).await.map_err(Failed)?;
    ///         change.say(&channel, &"renamed").await.map(drop)
    ///     })
    ///     .await
    /// # }
    /// ```
    /// A fault undoes everything, and so does whatever ends this half-way. Should the same command have been done
    /// meanwhile (a retry that ran at the same time), this run changes nothing, and answers what that one answered.
    ///
    /// # Errors
    /// That of `work`, or of the database; a conflict, where another command was done under the caller's UID. Not being
    /// able to publish is no error: it is done later.
    pub async fn run<T>(
        &self,
        caller: &Caller,
        work: impl AsyncFnOnce(&mut Change<C>) -> Result<T, Fault>,
    ) -> Result<T, Fault>
    where
        T: Serialize + DeserializeOwned,
    {
        let mut begun =
            Change::begin(&self.connections, self.tables, caller.call.as_ref().map(|call| call.key.clone())).await?;
        match work(&mut begun).await {
            Ok(reply) => self.done(caller, begun, reply).await,
            Err(fault) => self.undone(caller, begun).await?.ok_or(fault),
        }
    }

    async fn done<T>(&self, caller: &Caller, mut change: Change<C>, reply: T) -> Result<T, Fault>
    where
        T: Serialize + DeserializeOwned,
    {
        change.give_back().await?;
        if let Some(call) = &caller.call {
            let json = serde_json::to_string(&reply).map_err(|error| {
                tracing::error!(%error, "a reply cannot be written as JSON");
                Fault::internal()
            })?;
            if change.record(&[call], &json).await? == 0 {
                return self.undone(caller, change).await?.ok_or_else(Fault::internal);
            }
        }
        caller.node.publish_all_committed(change.commit().await?).await;
        Ok(reply)
    }

    /// Undoes everything, and looks whether the same command was done by another run of it.
    async fn undone<T: DeserializeOwned>(&self, caller: &Caller, change: Change<C>) -> Result<Option<T>, Fault> {
        change.undo().await;
        let Some(call) = &caller.call else {
            return Ok(None);
        };
        let Some(recorded) = self.recorded(&call.key).await? else {
            return Ok(None);
        };
        let reply = recorded.reply_to(call)?;
        serde_json::from_str(&reply).map(Some).map_err(|error| {
            // A newer node did it, and answered what this one cannot read. The caller can: the retry that this asks for is
            // answered with what is recorded, as it stands.
            tracing::warn!(%error, call = %call.key, "a recorded reply is not understood here");
            Fault::temporary("It was done, and its answer is fetched once more.")
        })
    }

    /// Begins the change of many commands at once.
    ///
    /// # Errors
    /// When the database is out of reach.
    pub async fn begin_group(&self, node: &Node) -> Result<Group<C>, Fault> {
        let change = Change::begin(&self.connections, self.tables, None).await?;
        Ok(Group::new(change, node.clone()))
    }

    /// What a page of a channel starts from: what `read` reads, all of it as it stood at one moment, and from where the
    /// channel continues it.
    ///
    /// # Errors
    /// Those of `read`, or when the database is out of reach.
    pub async fn snapshot<T>(
        &self,
        caller: &Caller,
        channel: &ChannelName,
        read: impl AsyncFnOnce(&mut C::Connection) -> Result<T, Fault>,
    ) -> Result<Snapshot<T>, Fault> {
        // Before the data: what is said in between is heard, and recognised by its version.
        let at = caller.node.position(channel).await;
        let mut sql = self.connections.begin_to_read().await.map_err(C::fault)?;
        let version = self.version(&mut sql, channel).await?;
        let state = read(&mut sql).await?;
        C::undo(sql).await;
        Ok(Snapshot { at, version, within: None, state })
    }

    /// The version of the newest message that was committed for a channel, as this connection sees it; 0 while there is
    /// none. What is read in the same transaction, as of one moment, holds all messages up to it.
    ///
    /// # Errors
    /// When the database is out of reach.
    pub async fn version(&self, sql: &mut C::Connection, channel: &ChannelName) -> Result<u64, Fault> {
        let channels = self.tables.channels();
        let select = format!("SELECT version, name, CAST(NULL AS TEXT) FROM {channels} WHERE name = $1");
        let rows = sql.fetch(&select, &[Value::Text(channel.as_str())]).await.map_err(C::fault)?;
        Ok(rows.first().map_or(0, |(version, ..)| version.cast_unsigned()))
    }

    async fn read(&self, sql: &str, values: &[Value<'_>]) -> Result<Vec<(i64, String, Option<String>)>, Fault> {
        let mut lent = self.connections.lend_to_read().await.map_err(C::fault)?;
        lent.fetch(sql, values).await.map_err(C::fault)
    }

    async fn write(&self, sql: &str, values: &[Value<'_>]) -> Result<(), Fault> {
        let mut lent = self.connections.lend_to_write().await.map_err(C::fault)?;
        lent.execute(sql, values).await.map(drop).map_err(C::fault)
    }
}

#[async_trait]
impl<C: Connections> CommandStore for SqlStore<C> {
    async fn recorded(&self, call: &CallKey) -> Result<Option<Recorded>, Fault> {
        let select = format!("SELECT at, reply, digest FROM {} WHERE call = $1", self.tables.commands());
        let rows = self.read(&select, &[Value::Text(&call.to_string())]).await?;
        let recorded = |(_, reply, digest): (i64, String, Option<String>)| {
            Ok(Recorded { digest: digest.map(|digest| digest.parse()).transpose()?, reply })
        };
        rows.into_iter().next().map(recorded).transpose()
    }

    async fn unsent(&self, channel: &ChannelName) -> Result<Vec<Unsent>, Fault> {
        let outbox = self.tables.outbox();
        let select = format!(
            "SELECT version, entry, CAST(NULL AS TEXT) FROM {outbox} WHERE channel = $1 ORDER BY version LIMIT $2"
        );
        let at_most = i64::try_from(UNSENT).unwrap_or(i64::MAX);
        let rows = self.read(&select, &[Value::Text(channel.as_str()), Value::Number(at_most)]).await?;
        let unsent =
            |(version, entry, _): (i64, String, _)| Unsent { version: version.cast_unsigned(), entry: entry.into() };
        Ok(rows.into_iter().map(unsent).collect())
    }

    async fn sent(&self, channel: &ChannelName, up_to: u64) -> Result<(), Fault> {
        let delete = format!("DELETE FROM {} WHERE channel = $1 AND version <= $2", self.tables.outbox());
        self.write(&delete, &[Value::Text(channel.as_str()), Value::Number(up_to.cast_signed())]).await
    }

    async fn behind(&self) -> Result<Vec<ChannelName>, Fault> {
        let outbox = self.tables.outbox();
        let select =
            format!("SELECT MIN(version), channel, CAST(NULL AS TEXT) FROM {outbox} GROUP BY channel LIMIT 1000");
        let rows = self.read(&select, &[]).await?;
        Ok(rows.into_iter().filter_map(|(_, name, _)| name.try_into().ok()).collect())
    }

    async fn forget_old(&self) -> Result<(), Fault> {
        let age = i64::try_from(self.remembered.as_millis()).unwrap_or(i64::MAX);
        let delete = format!("DELETE FROM {} WHERE at < $1", self.tables.commands());
        self.write(&delete, &[Value::Number(now().saturating_sub(age))]).await
    }
}

impl<C> fmt::Debug for SqlStore<C> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tables, remembered, .. } = self;
        out.debug_struct("SqlStore").field("tables", tables).field("remembered", remembered).finish_non_exhaustive()
    }
}
