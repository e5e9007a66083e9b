//! What brings a database up to date.

use super::{Connection, OpenError};
use sqlx::{
    AnyConnection, Connection as _, Executor,
    migrate::{Migrate, MigrateError, Migrator},
};
use std::sync::LazyLock;

/// The tables, one set for both databases.
static MIGRATIONS: LazyLock<Migrator> = LazyLock::new(|| {
    let mut migrations = sqlx::migrate!();
    // The lock it would take belongs to a session, and behind a pooler there is none. Ours is a transaction's.
    migrations.set_locking(false);
    migrations
});

/// Waits until no other node brings the database up to date. The number names the lock: any that is always the same.
const LOCK: &str = "SELECT pg_advisory_xact_lock(5787213827046134)";

/// Brings the database up to date. On a server that is one transaction, for one node at a time; a file is claimed by
/// one process, and each of its migrations is a transaction.
pub(super) async fn bring_up_to_date(sql: &mut Connection, is_server: bool) -> Result<(), OpenError> {
    let done = if is_server { on_a_server(sql).await } else { MIGRATIONS.run_direct(&mut **sql).await };
    done.map_err(|error| match error {
        MigrateError::VersionMissing(_) => OpenError::Newer,
        error => OpenError::Migrate(error),
    })
}

async fn on_a_server(sql: &mut AnyConnection) -> Result<(), MigrateError> {
    let mut all = sql.begin().await?;
    all.execute(LOCK).await?;
    // Migrations are run by statements with names. Behind a pooler, one that died here may have left some.
    all.execute("DEALLOCATE ALL").await?;
    MIGRATIONS.run_direct(&mut *all).await?;
    all.clear_cached_statements().await?;
    Ok(all.commit().await?)
}

/// The newest migration that this program knows.
pub(super) fn newest() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// Which migrations a database has had, oldest first.
pub(super) async fn applied(sql: &mut AnyConnection) -> Result<Vec<i64>, MigrateError> {
    Ok(sql.list_applied_migrations().await?.into_iter().map(|migration| migration.version).collect())
}
