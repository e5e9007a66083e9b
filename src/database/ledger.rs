//! The layer's [`Ledger`], kept in the tables `commands`, `channels` and `outbox`.

use super::{Connection, Database, now};
use crate::sputnik::{
    fault::Fault,
    message::Entry,
    names::ChannelName,
    server::ledger::{CallKey, Ledger, UNSENT, Unsent},
};

/// The version of the message that comes next on a channel. Its row is taken until the transaction ends.
pub(super) async fn next_version(sql: &mut Connection, channel: &ChannelName) -> Result<u64, Fault> {
    let version: i64 = sqlx::query_scalar(
        "INSERT INTO channels (name, version) VALUES ($1, 1)
         ON CONFLICT (name) DO UPDATE SET version = channels.version + 1 RETURNING version",
    )
    .bind(channel.as_str())
    .fetch_one(sql)
    .await?;
    Ok(version.cast_unsigned())
}

/// Gives a version back that no message was made with. Nobody else can have gone on from it: the row is taken.
pub(super) async fn give_back(sql: &mut Connection, channel: &ChannelName, version: u64) -> Result<(), Fault> {
    sqlx::query("UPDATE channels SET version = $2 - 1 WHERE name = $1")
        .bind(channel.as_str())
        .bind(version.cast_signed())
        .execute(sql)
        .await?;
    Ok(())
}

/// Leaves a message to be published once the transaction is committed.
pub(super) async fn enter(
    sql: &mut Connection,
    channel: &ChannelName,
    version: u64,
    entry: &Entry,
) -> Result<(), Fault> {
    sqlx::query("INSERT INTO outbox (channel, version, entry) VALUES ($1, $2, $3)")
        .bind(channel.as_str())
        .bind(version.cast_signed())
        .bind(entry.to_json())
        .execute(sql)
        .await?;
    Ok(())
}

/// Notes what commands answered. Tells how many of them were not noted before.
pub(super) async fn record(sql: &mut Connection, calls: &[&CallKey], reply: &str) -> Result<u64, Fault> {
    const AT_ONCE: usize = 200;
    let (at, mut new) = (now(), 0);
    for calls in calls.chunks(AT_ONCE) {
        let rows: Vec<String> = (3..calls.len() + 3).map(|n| format!("(${n}, $1, $2)")).collect();
        let insert =
            format!("INSERT INTO commands (call, reply, at) VALUES {} ON CONFLICT (call) DO NOTHING", rows.join(", "));
        let mut insert = sqlx::query(&insert).bind(reply).bind(at);
        for call in calls {
            insert = insert.bind(call.to_string());
        }
        new += insert.execute(&mut *sql).await?.rows_affected();
    }
    Ok(new)
}

#[async_trait::async_trait]
impl Ledger for Database {
    async fn recorded(&self, call: &CallKey) -> Result<Option<String>, Fault> {
        let reply = sqlx::query_scalar("SELECT reply FROM commands WHERE call = $1").bind(call.to_string());
        Ok(reply.fetch_optional(&mut *self.glance().await?).await?)
    }

    async fn unsent(&self, channel: &ChannelName) -> Result<Vec<Unsent>, Fault> {
        let rows: Vec<(i64, String)> =
            sqlx::query_as("SELECT version, entry FROM outbox WHERE channel = $1 ORDER BY version LIMIT $2")
                .bind(channel.as_str())
                .bind(i64::try_from(UNSENT).unwrap_or(i64::MAX))
                .fetch_all(&mut *self.glance().await?)
                .await?;
        Ok(rows
            .into_iter()
            .map(|(version, entry)| Unsent { version: version.cast_unsigned(), entry: entry.into() })
            .collect())
    }

    async fn sent(&self, channel: &ChannelName, up_to: u64) -> Result<(), Fault> {
        sqlx::query("DELETE FROM outbox WHERE channel = $1 AND version <= $2")
            .bind(channel.as_str())
            .bind(up_to.cast_signed())
            .execute(&mut *self.note().await?)
            .await?;
        Ok(())
    }

    async fn behind(&self) -> Result<Vec<ChannelName>, Fault> {
        let names: Vec<String> = sqlx::query_scalar("SELECT DISTINCT channel FROM outbox LIMIT 1000")
            .fetch_all(&mut *self.glance().await?)
            .await?;
        Ok(names.into_iter().filter_map(|name| name.try_into().ok()).collect())
    }
}
