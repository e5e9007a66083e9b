//! What keeps the database small.

use super::{Database, now};
use crate::database::Failed;
use sputnik::Fault;
use std::time::Duration;

/// How often old rows are deleted. They are found by index, so it costs what is deleted.
const EVERY: Duration = Duration::from_secs(60);
/// How long it is remembered what was tried to sign in, in milliseconds: a day.
const REMEMBER: i64 = 24 * 60 * 60 * 1_000;

/// How long a browser is known again that nobody signed in from, in milliseconds: as long as it keeps a cookie.
const KNOWN: i64 = 400 * REMEMBER;
/// How long an import may take that is still under way, in milliseconds: an hour, which is far longer than it does.
const IMPORTING: i64 = REMEMBER / 24;
/// How long a book stays in the bin, in milliseconds: thirty days.
pub const IN_BIN: i64 = 30 * REMEMBER;
/// Of how many addresses it is remembered what was tried from there.
const ADDRESSES: i64 = 50_000;

/// Deletes what is past its time, once a minute. Never returns.
pub async fn keep_tidy(database: Database) {
    loop {
        if let Err(fault) = database.delete_old().await {
            tracing::warn!(%fault, "old rows wait to be deleted");
        }
        tokio::time::sleep(EVERY).await;
    }
}

impl Database {
    /// Deletes sessions that have run out, and what is told of attempts and browsers that were not heard of for long.
    ///
    /// # Errors
    /// When the database is out of reach.
    pub async fn delete_old(&self) -> Result<(), Fault> {
        let mut sql = self.write().await?;
        sqlx::query("DELETE FROM sessions WHERE expires < $1").bind(now()).execute(&mut *sql).await.map_err(Failed)?;
        sqlx::query("DELETE FROM browsers WHERE last_used < $1")
            .bind(now() - KNOWN)
            .execute(&mut *sql)
            .await
            .map_err(Failed)?;
        sqlx::query("DELETE FROM attempts WHERE at < $1")
            .bind(now() - REMEMBER)
            .execute(&mut *sql)
            .await
            .map_err(Failed)?;
        sqlx::query("DELETE FROM books WHERE deleted < $1")
            .bind(now() - IN_BIN)
            .execute(&mut *sql)
            .await
            .map_err(Failed)?;
        // Imports whose server died over them.
        for statement in [
            "DELETE FROM books WHERE id IN (SELECT book FROM importing WHERE picture IS NULL AND since < $1)",
            "DELETE FROM pictures WHERE id IN (SELECT picture FROM importing WHERE picture IS NOT NULL AND since < $1)",
            "DELETE FROM importing WHERE since < $1",
        ] {
            sqlx::query(statement).bind(now() - IMPORTING).execute(&mut *sql).await.map_err(Failed)?;
        }
        // Whoever has many addresses fills no table with them: of more than so many the oldest go.
        for kind in ["address", "sign-up", "entry-address"] {
            sqlx::query(
                "DELETE FROM attempts WHERE kind = $1 AND at <
                 (SELECT at FROM attempts WHERE kind = $1 ORDER BY at DESC LIMIT 1 OFFSET $2)",
            )
            .bind(kind)
            .bind(ADDRESSES)
            .execute(&mut *sql)
            .await
            .map_err(Failed)?;
        }
        Ok(sql.commit().await.map_err(Failed)?)
    }
}
