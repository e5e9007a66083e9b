//! What keeps the database small and its messages on their way.

use super::{Database, now};
use crate::sputnik::{
    fault::Fault,
    server::{ledger::Ledger, node::Node},
};
use std::time::Duration;

/// How often what was committed and not published is looked for. The table is empty but for such messages, so this
/// costs next to nothing.
const REPUBLISH: Duration = Duration::from_secs(3);
/// After how many of those rounds old rows are deleted: once a minute.
const ROUNDS: u32 = 20;
/// How long the reply of a command is remembered, in milliseconds: a day.
const REMEMBER: i64 = 24 * 60 * 60 * 1_000;

/// Publishes what a node that died left behind, at once and every few seconds; and deletes what is past its time, once
/// a minute, found by index. Never returns.
pub async fn keep_tidy(database: Database, node: Node) {
    for round in 0_u32.. {
        if let Err(fault) = republish(&database, &node).await {
            tracing::warn!(%fault, "committed messages wait to be published");
        }
        if round % ROUNDS == 0
            && let Err(fault) = database.delete_old().await
        {
            tracing::warn!(%fault, "old rows wait to be deleted");
        }
        tokio::time::sleep(REPUBLISH).await;
    }
}

async fn republish(database: &Database, node: &Node) -> Result<(), Fault> {
    for channel in database.behind().await? {
        node.publish_committed(&channel).await?;
    }
    Ok(())
}

impl Database {
    /// Deletes replies older than a day and sessions that have run out.
    ///
    /// # Errors
    /// When the database is out of reach.
    pub async fn delete_old(&self) -> Result<(), Fault> {
        let mut sql = self.write().await?;
        sqlx::query("DELETE FROM commands WHERE at < $1").bind(now() - REMEMBER).execute(&mut *sql).await?;
        sqlx::query("DELETE FROM sessions WHERE expires < $1").bind(now()).execute(&mut *sql).await?;
        Ok(sql.commit().await?)
    }
}
