//! What keeps the database small.

use super::{Connection, Database, Failed, now};
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
/// What a clock may leap, in milliseconds: three days, as that of a machine does that is off for a weekend. What leaps
/// further was set wrong, or is set right.
const LEAP: i64 = 3 * REMEMBER;
/// For how long a clock has gone on evenly before a book goes for good by what it says, in milliseconds: a day, in which
/// somebody may notice that it is wrong.
const EVEN: i64 = REMEMBER;
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
        let time = self.time(&mut sql).await?;
        if is_even(&mut sql, time).await? {
            let end = sqlx::query("DELETE FROM books WHERE deleted < $1").bind(time - IN_BIN);
            end.execute(&mut *sql).await.map_err(Failed)?;
        }
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

/// Whether the clock can be believed: whether it has gone on evenly for long enough. Notes what it says.
async fn is_even(sql: &mut Connection, time: i64) -> Result<bool, Fault> {
    let known: Option<(i64, i64)> = sqlx::query_as("SELECT seen, even_since FROM clock WHERE id = 'tidy'")
        .fetch_optional(&mut *sql)
        .await
        .map_err(Failed)?;
    let even_since = match known {
        Some((seen, even_since)) if (0..=LEAP).contains(&(time - seen)) => even_since,
        // A little back, as clocks are set by a network.
        Some((seen, even_since)) if (-EVEN..0).contains(&(time - seen)) => even_since.min(time),
        _ => time,
    };
    sqlx::query(
        "INSERT INTO clock (id, seen, even_since) VALUES ('tidy', $1, $2)
         ON CONFLICT (id) DO UPDATE SET seen = excluded.seen, even_since = excluded.even_since",
    )
    .bind(time)
    .bind(even_since)
    .execute(sql)
    .await
    .map_err(Failed)?;
    Ok(time - even_since >= EVEN)
}
