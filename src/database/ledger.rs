//! The layer's [`Ledger`], kept in the tables `commands`, `channels` and `outbox`.

use super::Database;
use crate::sputnik::{
    fault::Fault,
    names::ChannelName,
    server::ledger::{CallKey, Ledger, Unsent},
};

#[async_trait::async_trait]
impl Ledger for Database {
    async fn recorded(&self, call: &CallKey) -> Result<Option<String>, Fault> {
        let reply = sqlx::query_scalar("SELECT reply FROM commands WHERE call = $1").bind(call.to_string());
        Ok(reply.fetch_optional(&mut *self.glance().await?).await?)
    }

    async fn unsent(&self, channel: &ChannelName) -> Result<Vec<Unsent>, Fault> {
        let rows: Vec<(i64, String)> =
            sqlx::query_as("SELECT version, entry FROM outbox WHERE channel = $1 ORDER BY version LIMIT 100")
                .bind(channel.as_str())
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
