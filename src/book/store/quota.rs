//! How much room people take up: the pictures they brought, the edits they made, the versions named after them, and what
//! they said in the chat (by letters).

use crate::{
    book::{model::PartId, quota::Quota},
    database::{Connection, Failed},
};
use sputnik::{Fault, UserId};

/// Notes that people brought so many bytes each into a chapter.
pub async fn add(
    sql: &mut Connection,
    part: &PartId,
    brought: impl ExactSizeIterator<Item = (&UserId, u64)>,
) -> Result<(), Fault> {
    let rows: Vec<String> = (0..brought.len()).map(|n| format!("($1, ${}, ${})", 2 * n + 2, 2 * n + 3)).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let upsert = format!(
        "INSERT INTO written (part, person, bytes) VALUES {}
         ON CONFLICT (part, person) DO UPDATE SET bytes = written.bytes + excluded.bytes",
        rows.join(", ")
    );
    let mut upsert = sqlx::query(&upsert).bind(part.as_str());
    for (person, bytes) in brought {
        upsert = upsert.bind(person.as_str()).bind(i64::try_from(bytes).unwrap_or(i64::MAX));
    }
    upsert.execute(sql).await.map_err(Failed)?;
    Ok(())
}

/// How many bytes of a person are kept.
pub async fn used(sql: &mut Connection, person: &UserId) -> Result<u64, Fault> {
    let bytes: i64 = sqlx::query_scalar(
        "SELECT CAST((SELECT COALESCE(SUM(size), 0) FROM pictures WHERE person = $1)
              + (SELECT COALESCE(SUM(bytes), 0) FROM written WHERE person = $1)
              + (SELECT COALESCE(SUM(LENGTH(text)), 0) FROM chat WHERE person = $1) AS BIGINT)",
    )
    .bind(person.as_str())
    .fetch_one(sql)
    .await
    .map_err(Failed)?;
    Ok(bytes.cast_unsigned())
}

/// Refuses what would be more than a person has room for.
pub async fn must_have(sql: &mut Connection, quota: Quota, person: &UserId, bytes: usize) -> Result<(), Fault> {
    let all = used(sql, person).await?.saturating_add(bytes as u64);
    if quota.holds(all) { Ok(()) } else { Err(quota.full()) }
}
