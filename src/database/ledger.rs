//! The layer's [`CommandStore`], kept in the tables `commands`, `channels` and `outbox`.

use super::{Connection, Database, now};
use crate::database::Failed;
use sputnik::{
    ChannelName, Fault,
    protocol::message::Entry,
    server::once::command_store::{Asked, CallKey, CommandStore, Recorded, UNSENT, Unsent},
};
use std::collections::HashMap;

/// The version of the message that comes next on a channel. Its row is taken until the transaction ends.
pub(super) async fn next_version(sql: &mut Connection, channel: &ChannelName) -> Result<u64, Fault> {
    let version: i64 = sqlx::query_scalar(
        "INSERT INTO channels (name, version) VALUES ($1, 1)
         ON CONFLICT (name) DO UPDATE SET version = channels.version + 1 RETURNING version",
    )
    .bind(channel.as_str())
    .fetch_one(sql)
    .await
    .map_err(Failed)?;
    Ok(version.cast_unsigned())
}

/// Gives a version back that no message was made with. Nobody else can have gone on from it: the row is taken.
pub(super) async fn give_back(sql: &mut Connection, channel: &ChannelName, version: u64) -> Result<(), Fault> {
    sqlx::query("UPDATE channels SET version = $2 - 1 WHERE name = $1")
        .bind(channel.as_str())
        .bind(version.cast_signed())
        .execute(sql)
        .await
        .map_err(Failed)?;
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
        .await
        .map_err(Failed)?;
    Ok(())
}

/// How many commands are named in one statement.
const AT_ONCE: usize = 200;

/// Notes what commands answered. Tells how many of them were not noted before.
pub(super) async fn record(sql: &mut Connection, calls: &[&Asked], reply: &str) -> Result<u64, Fault> {
    let (at, mut new) = (now(), 0);
    for calls in calls.chunks(AT_ONCE) {
        let rows: Vec<String> =
            (1..=calls.len()).map(|n| format!("(${}, ${}, $1, $2)", 2 * n + 1, 2 * n + 2)).collect();
        let insert = format!(
            "INSERT INTO commands (call, digest, reply, at) VALUES {} ON CONFLICT (call) DO NOTHING",
            rows.join(", ")
        );
        let mut insert = sqlx::query(&insert).bind(reply).bind(at);
        for Asked { key, digest, .. } in calls {
            insert = insert.bind(key.to_string()).bind(digest.to_string());
        }
        new += insert.execute(&mut *sql).await.map_err(Failed)?.rows_affected();
    }
    Ok(new)
}

/// Of these commands, which came under a key that was another command's before.
pub(super) async fn conflicts(sql: &mut Connection, calls: &[&Asked]) -> Result<Vec<CallKey>, Fault> {
    let mut found = Vec::new();
    for calls in calls.chunks(AT_ONCE) {
        let names: Vec<String> = (1..=calls.len()).map(|n| format!("${n}")).collect();
        let select = format!("SELECT call, digest FROM commands WHERE call IN ({})", names.join(", "));
        let mut select = sqlx::query_as::<_, (String, Option<String>)>(&select);
        for asked in calls {
            select = select.bind(asked.key.to_string());
        }
        let noted: HashMap<_, _> = select.fetch_all(&mut *sql).await.map_err(Failed)?.into_iter().collect();
        let is_others = |asked: &&&Asked| {
            let digest = noted.get(&asked.key.to_string()).and_then(Option::as_ref);
            digest.is_some_and(|digest| *digest != asked.digest.to_string())
        };
        found.extend(calls.iter().filter(is_others).map(|asked| asked.key.clone()));
    }
    Ok(found)
}

#[async_trait::async_trait]
impl CommandStore for Database {
    async fn recorded(&self, call: &CallKey) -> Result<Option<Recorded>, Fault> {
        let row: Option<(Option<String>, String)> =
            sqlx::query_as("SELECT digest, reply FROM commands WHERE call = $1")
                .bind(call.to_string())
                .fetch_optional(&mut *self.glance().await?)
                .await
                .map_err(Failed)?;
        let recorded = |(digest, reply): (Option<String>, String)| {
            Ok(Recorded { digest: digest.map(|digest| digest.parse()).transpose()?, reply })
        };
        row.map(recorded).transpose()
    }

    async fn unsent(&self, channel: &ChannelName) -> Result<Vec<Unsent>, Fault> {
        let rows: Vec<(i64, String)> =
            sqlx::query_as("SELECT version, entry FROM outbox WHERE channel = $1 ORDER BY version LIMIT $2")
                .bind(channel.as_str())
                .bind(i64::try_from(UNSENT).unwrap_or(i64::MAX))
                .fetch_all(&mut *self.glance().await?)
                .await
                .map_err(Failed)?;
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
            .await
            .map_err(Failed)?;
        Ok(())
    }

    async fn behind(&self) -> Result<Vec<ChannelName>, Fault> {
        let names: Vec<String> = sqlx::query_scalar("SELECT DISTINCT channel FROM outbox LIMIT 1000")
            .fetch_all(&mut *self.glance().await?)
            .await
            .map_err(Failed)?;
        Ok(names.into_iter().filter_map(|name| name.try_into().ok()).collect())
    }
}
