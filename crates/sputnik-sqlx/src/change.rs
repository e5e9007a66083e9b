//! A transaction that tells of what it changes.

use crate::{
    connections::{Connection, Connections, Value},
    tables::Tables,
};
use serde::Serialize;
use sputnik::{
    ChannelName, Fault,
    protocol::message::{Audience, Entry},
    server::{Asked, CallKey},
};
use std::{
    collections::HashMap,
    fmt,
    time::{SystemTime, UNIX_EPOCH},
};

/// How many rows are named in one statement.
const ROWS: usize = 100;

/// A change: a transaction, and what is said of it on which channels. Committed together, or not at all. (In other words:
/// a unit of work with an outbox.)
///
/// The versions of a channel's messages are their order of commit. The first message takes the channel's row, and
/// whoever else wants to say something there waits until this change ends. One that speaks on several channels names them
/// in an order that all keep, so that no two wait for each other.
pub struct Change<C: Connections> {
    sql: C::Transaction,
    tables: Tables,
    /// The command that causes what is said.
    by: Option<CallKey>,
    /// The channels with something to publish, each once.
    speaks: Vec<ChannelName>,
    /// Versions taken by [`lock`](Change::lock), not yet used by a message.
    taken: Vec<(ChannelName, u64)>,
}

impl<C: Connections> Change<C> {
    pub(crate) async fn begin(connections: &C, tables: Tables, by: Option<CallKey>) -> Result<Self, Fault> {
        let sql = connections.begin_to_write().await.map_err(C::fault)?;
        Ok(Self { sql, tables, by, speaks: Vec::new(), taken: Vec::new() })
    }

    /// The transaction, for statements.
    pub fn sql(&mut self) -> &mut C::Connection {
        &mut self.sql
    }

    /// Waits until no other change is under way that says something on this channel, and keeps others waiting until
    /// this one ends. What is looked at from here on, by whoever asks for this lock first, stays as it is. Tells the
    /// version of the message that comes next.
    ///
    /// # Errors
    /// When the database is out of reach.
    pub async fn lock(&mut self, channel: &ChannelName) -> Result<u64, Fault> {
        if let Some((_, version)) = self.taken.iter().find(|(taken, _)| taken == channel) {
            return Ok(*version);
        }
        let channels = self.tables.channels();
        let next = format!(
            "INSERT INTO {channels} (name, version) VALUES ($1, 1)
             ON CONFLICT (name) DO UPDATE SET version = {channels}.version + 1
             RETURNING version, name, CAST(NULL AS TEXT)"
        );
        let rows = self.sql.fetch(&next, &[Value::Text(channel.as_str())]).await.map_err(C::fault)?;
        let (version, ..) = rows.into_iter().next().ok_or_else(|| C::fault(sqlx::Error::RowNotFound))?;
        let version = version.cast_unsigned();
        self.taken.push((channel.clone(), version));
        Ok(version)
    }

    /// Says something on a channel, to everyone there, once this is committed. Tells the message's version.
    ///
    /// # Errors
    /// When the database is out of reach, or the message cannot be written as JSON.
    pub async fn say<M: Serialize>(&mut self, channel: &ChannelName, message: &M) -> Result<u64, Fault> {
        let version = self.lock(channel).await?;
        let entry = Entry::said(message, self.by.as_ref(), Audience::All, Some(version));
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

    /// [`recheck`](Change::recheck) for many channels on which nothing else is said, in few statements.
    ///
    /// # Errors
    /// When the database is out of reach.
    pub async fn recheck_many(&mut self, channels: &[ChannelName]) -> Result<(), Fault> {
        let entry = Entry::Recheck.to_json();
        let table = self.tables.channels();
        for some in channels.chunks(ROWS) {
            let rows: Vec<String> = (1..=some.len()).map(|n| format!("(${n}, 1)")).collect();
            let next = format!(
                "INSERT INTO {table} (name, version) VALUES {}
                 ON CONFLICT (name) DO UPDATE SET version = {table}.version + 1
                 RETURNING version, name, CAST(NULL AS TEXT)",
                rows.join(", ")
            );
            let names: Vec<Value<'_>> = some.iter().map(|name| Value::Text(name.as_str())).collect();
            let versions = self.sql.fetch(&next, &names).await.map_err(C::fault)?;
            let rows: Vec<String> =
                (0..versions.len()).map(|n| format!("(${}, ${}, $1)", 2 * n + 2, 2 * n + 3)).collect();
            let insert =
                format!("INSERT INTO {} (channel, version, entry) VALUES {}", self.tables.outbox(), rows.join(", "));
            let mut values = vec![Value::Text(&entry)];
            for (version, name, _) in &versions {
                values.extend([Value::Text(name), Value::Number(*version)]);
            }
            self.sql.execute(&insert, &values).await.map_err(C::fault)?;
            self.speaks.extend_from_slice(some);
        }
        Ok(())
    }

    /// Leaves an entry to be published once this is committed.
    async fn enter(&mut self, channel: &ChannelName, version: u64, entry: &Entry) -> Result<(), Fault> {
        let insert = format!("INSERT INTO {} (channel, version, entry) VALUES ($1, $2, $3)", self.tables.outbox());
        let entry = entry.to_json();
        let values = [Value::Text(channel.as_str()), Value::Number(version.cast_signed()), Value::Text(&entry)];
        self.sql.execute(&insert, &values).await.map_err(C::fault)?;
        self.taken.retain(|(taken, _)| taken != channel);
        if !self.speaks.contains(channel) {
            self.speaks.push(channel.clone());
        }
        Ok(())
    }

    /// Notes what commands answered. Tells how many of them were not noted before.
    pub(crate) async fn record(&mut self, calls: &[&Asked], reply: &str) -> Result<u64, Fault> {
        let (at, mut new) = (now(), 0);
        for calls in calls.chunks(ROWS) {
            let rows: Vec<String> =
                (1..=calls.len()).map(|n| format!("(${}, ${}, $1, $2)", 2 * n + 1, 2 * n + 2)).collect();
            let insert = format!(
                "INSERT INTO {} (call, digest, reply, at) VALUES {} ON CONFLICT (call) DO NOTHING",
                self.tables.commands(),
                rows.join(", ")
            );
            let named: Vec<_> = calls.iter().map(|asked| (asked.key.to_string(), asked.digest.to_string())).collect();
            let mut values = vec![Value::Text(reply), Value::Number(at)];
            for (call, digest) in &named {
                values.extend([Value::Text(call), Value::Text(digest)]);
            }
            new += self.sql.execute(&insert, &values).await.map_err(C::fault)?;
        }
        Ok(new)
    }

    /// Of these commands, which came under a key that was another command's before.
    pub(crate) async fn conflicts(&mut self, calls: &[&Asked]) -> Result<Vec<CallKey>, Fault> {
        let mut found = Vec::new();
        for calls in calls.chunks(ROWS) {
            let places: Vec<String> = (1..=calls.len()).map(|n| format!("${n}")).collect();
            let commands = self.tables.commands();
            let select = format!("SELECT at, call, digest FROM {commands} WHERE call IN ({})", places.join(", "));
            let keys: Vec<String> = calls.iter().map(|asked| asked.key.to_string()).collect();
            let values: Vec<Value<'_>> = keys.iter().map(|key| Value::Text(key)).collect();
            let rows = self.sql.fetch(&select, &values).await.map_err(C::fault)?;
            let noted: HashMap<String, Option<String>> =
                rows.into_iter().map(|(_, call, digest)| (call, digest)).collect();
            let is_others = |asked: &&&Asked| {
                let digest = noted.get(&asked.key.to_string()).and_then(Option::as_ref);
                digest.is_some_and(|digest| *digest != asked.digest.to_string())
            };
            found.extend(calls.iter().filter(is_others).map(|asked| asked.key.clone()));
        }
        Ok(found)
    }

    /// Commits. Tells on which channels there is something to publish.
    pub(crate) async fn commit(self) -> Result<Vec<ChannelName>, Fault> {
        C::commit(self.sql).await.map_err(C::fault)?;
        Ok(self.speaks)
    }

    /// Gives back the versions that no message was made with. Nobody else can have gone on from them: their rows are
    /// taken.
    pub(crate) async fn give_back(&mut self) -> Result<(), Fault> {
        let update = format!("UPDATE {} SET version = $2 - 1 WHERE name = $1", self.tables.channels());
        for (channel, version) in std::mem::take(&mut self.taken) {
            let values = [Value::Text(channel.as_str()), Value::Number(version.cast_signed())];
            self.sql.execute(&update, &values).await.map_err(C::fault)?;
        }
        Ok(())
    }

    /// Undoes everything.
    pub(crate) async fn undo(self) {
        C::undo(self.sql).await;
    }
}

impl<C: Connections> fmt::Debug for Change<C> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Change").field("speaks", &self.speaks).field("taken", &self.taken).finish_non_exhaustive()
    }
}

/// The moment, in milliseconds since 1970.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
