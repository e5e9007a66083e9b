//! Which nodes share a database, and by which broker each of them talks.
//!
//! Times are the server's, or of the one machine on which a file is shared: nodes' clocks need not agree.

use super::{Connection, Database, faults, new_id, now};
use crate::database::Failed;
use sputnik::Fault;
use std::time::Duration;

/// Waits until no other node notes itself. The number names the lock: any that is always the same.
const LOCK: &str = "SELECT pg_advisory_xact_lock(5787213827046133)";

/// A node, as it notes itself.
#[derive(Debug, Clone)]
pub struct Noted {
    /// Its id.
    pub id: String,
    /// Where it listens, for people.
    pub place: String,
    /// What tells its broker from any other.
    pub broker: String,
}

/// Another node, which talks by another broker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stranger {
    /// Its id.
    pub id: String,
    /// Where it listens, for people.
    pub place: String,
    /// When it was there last, in milliseconds.
    pub seen: i64,
}

impl Database {
    /// Whether several nodes may share this database: it is on a server, or a file that was opened to be shared.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.0.file.as_ref().is_none_or(|file| file.is_shared())
    }

    /// What time it is for all nodes alike, in milliseconds since 1970: by the database's server, or by the one machine on
    /// which a file is shared.
    ///
    /// # Errors
    /// When the database is out of reach.
    pub async fn time(&self, sql: &mut Connection) -> Result<i64, Fault> {
        if self.0.file.is_some() { Ok(now()) } else { time_there(sql).await }
    }

    /// Notes that a node is there, unless there is another that came before it and talks by another broker: that one is
    /// told. Who was not there within the time `gone` is taken for gone.
    ///
    /// # Errors
    /// When the database is out of reach.
    pub async fn note_node(&self, node: &Noted, gone: Duration) -> Result<Option<Stranger>, Fault> {
        let mut sql = self.write().await?;
        let now = if self.0.file.is_some() { now() } else { lock(&mut sql).await? };
        let gone = now - i64::try_from(gone.as_millis()).unwrap_or(i64::MAX);
        // First of all, for in a file it is the first that is written which keeps others waiting.
        sqlx::query("DELETE FROM nodes WHERE seen <= $1").bind(gone).execute(&mut *sql).await.map_err(Failed)?;
        let since: Option<i64> = sqlx::query_scalar("SELECT since FROM nodes WHERE id = $1 AND seen > $2")
            .bind(&node.id)
            .bind(gone)
            .fetch_optional(&mut *sql)
            .await
            .map_err(Failed)?;
        let since = since.unwrap_or(now);
        let stranger: Option<(String, String, i64)> = sqlx::query_as(
            "SELECT id, place, seen FROM nodes WHERE id <> $1 AND broker <> $2 AND seen > $3 AND since <= $4
             ORDER BY since, id LIMIT 1",
        )
        .bind(&node.id)
        .bind(&node.broker)
        .bind(gone)
        .bind(since)
        .fetch_optional(&mut *sql)
        .await
        .map_err(Failed)?;
        let stranger = stranger.map(|(id, place, seen)| Stranger { id, place, seen });
        // Who came in and is a stranger now goes on noting itself: it is there, whether or not it should be.
        if stranger.is_none() || since != now {
            note(&mut sql, node, since, now).await?;
        }
        sql.commit().await.map_err(Failed)?;
        Ok(stranger)
    }

    /// Notes that a node is no longer there.
    ///
    /// # Errors
    /// When the database is out of reach.
    pub async fn forget_node(&self, id: &str) -> Result<(), Fault> {
        sqlx::query("DELETE FROM nodes WHERE id = $1")
            .bind(id)
            .execute(&mut *self.note().await?)
            .await
            .map_err(Failed)?;
        Ok(())
    }

    /// Writes something and takes it back: a transaction like any other, of which nothing is left.
    ///
    /// # Errors
    /// When the database is out of reach or cannot be written, in words for whoever looks after it: without addresses,
    /// names and paths.
    pub async fn try_out(&self) -> Result<(), String> {
        self.write_and_take_back().await.map_err(|error| {
            tracing::warn!(%error, "the database cannot be written");
            faults::told(&error)
        })
    }

    async fn write_and_take_back(&self) -> sqlx::Result<()> {
        // Nobody else's: each node takes back what it wrote itself.
        let id = new_id().map_err(|fault| sqlx::Error::Io(std::io::Error::other(fault.words)))?;
        let mut sql = self.0.writer.begin(self.0.begin_write).await?;
        sqlx::query("INSERT INTO trials (id, at) VALUES ($1, $2)").bind(&id).bind(now()).execute(&mut *sql).await?;
        sqlx::query("DELETE FROM trials WHERE id = $1").bind(&id).execute(&mut *sql).await?;
        sql.commit().await
    }
}

/// Lets one node after the other note itself, and keeps others waiting until the transaction ends. Tells the time.
async fn lock(sql: &mut Connection) -> Result<i64, Fault> {
    sqlx::query(LOCK).execute(&mut *sql).await.map_err(Failed)?;
    time_there(sql).await
}

async fn time_there(sql: &mut Connection) -> Result<i64, Fault> {
    let now = sqlx::query_scalar("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)");
    Ok(now.fetch_one(sql).await.map_err(Failed)?)
}

async fn note(sql: &mut Connection, node: &Noted, since: i64, now: i64) -> Result<(), Fault> {
    sqlx::query(
        "INSERT INTO nodes (id, place, broker, since, seen) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (id) DO UPDATE SET place = $2, broker = $3, since = $4, seen = $5",
    )
    .bind(&node.id)
    .bind(&node.place)
    .bind(&node.broker)
    .bind(since)
    .bind(now)
    .execute(sql)
    .await
    .map_err(Failed)?;
    Ok(())
}
