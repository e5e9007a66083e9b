//! The index on PostgreSQL: of trigrams, by its extension `pg_trgm`. Without the extension, which not everybody may
//! install, the passages of a book are looked through one by one: that finds the same, and takes longer in a long book.

use super::{Asked, like};
use crate::{
    database::{Database, Failed},
    document::search::question::{Closeness, Question},
};
use sputnik::Fault;

/// Lets one node after the other make it. The number names the lock: any that is always the same.
const LOCK: &str = "SELECT pg_advisory_xact_lock(5787213827046135)";
const MAKE: &str =
    "CREATE INDEX IF NOT EXISTS search_passages_by_words ON search_passages USING gin (folded gin_trgm_ops)";

/// Takes it away.
pub(super) const DROP: [&str; 1] = ["DROP INDEX IF EXISTS search_passages_by_words"];

/// Makes it where it is missing and may be made.
pub(super) async fn prepare(database: &Database) -> Result<(), Fault> {
    const THERE: &str = "SELECT COUNT(*) FROM pg_extension WHERE extname = 'pg_trgm'";
    let there: i64 = sqlx::query_scalar(THERE).fetch_one(&mut **database.glance().await?).await.map_err(Failed)?;
    if there == 0 && !install(database).await? {
        return Ok(());
    }
    let mut sql = database.write().await?;
    for statement in [LOCK, MAKE] {
        sqlx::query(statement).execute(&mut *sql).await.map_err(Failed)?;
    }
    Ok(sql.commit().await.map_err(Failed)?)
}

/// Installs the extension, if this is allowed. Tells whether it is there now.
async fn install(database: &Database) -> Result<bool, Fault> {
    let mut sql = database.write().await?;
    sqlx::query(LOCK).execute(&mut *sql).await.map_err(Failed)?;
    if let Err(error) = sqlx::query("CREATE EXTENSION IF NOT EXISTS pg_trgm").execute(&mut *sql).await {
        tracing::warn!(
            %error,
            "PostgreSQL has no pg_trgm in this database, and does not let this user install it. Search works, but looks \
             through a book passage by passage. Have an administrator run CREATE EXTENSION pg_trgm in this database, and \
             start a node again"
        );
        return Ok(false);
    }
    sql.commit().await.map_err(Failed)?;
    Ok(true)
}

/// A question for it.
pub(super) fn ask(question: &Question, closeness: Closeness) -> Asked {
    let (mut conditions, mut values) = (vec!["s.id BETWEEN $1 AND $2".to_owned()], Vec::new());
    for term in question.terms() {
        let column = if term.signs().is_some() { "text" } else { "folded" };
        conditions.push(format!("s.{column} LIKE ${} ESCAPE '\\'", values.len() + 5));
        values.push(like(&term.pattern(closeness)));
    }
    Asked { from: "search_passages s", condition: conditions.join(" AND "), order: "s.id", values }
}
