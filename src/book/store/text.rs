//! A chapter's revisions, and the text of before documents were kept.

use super::{person, small};
use crate::{
    book::{chapter::Revision, model::PartId},
    sputnik::{fault::Fault, names::UserId},
};
use sqlx::AnyConnection;

/// How many revisions a list shows.
const REVISIONS: i64 = 200;

/// The Markdown a chapter had before its document was first made: what its document begins with.
pub async fn before_documents(sql: &mut AnyConnection, part: &PartId) -> Result<String, Fault> {
    let text = sqlx::query_scalar("SELECT text FROM chapters WHERE part = $1").bind(part.as_str());
    text.fetch_optional(sql).await?.ok_or_else(|| Fault::not_found("chapter"))
}

/// Sets the Markdown a chapter's document begins with; without effect once it has one.
pub async fn begin_with(sql: &mut AnyConnection, part: &PartId, text: &str, by: &UserId, at: i64) -> Result<(), Fault> {
    sqlx::query("UPDATE chapters SET text = $2, writer = $3, written = $4 WHERE part = $1")
        .bind(part.as_str())
        .bind(text)
        .bind(by.as_str())
        .bind(at)
        .execute(sql)
        .await?;
    Ok(())
}

/// Adds a revision. The table refuses a number that is taken.
pub async fn add_revision(
    sql: &mut AnyConnection,
    part: &PartId,
    revision: &Revision,
    text: &str,
) -> Result<(), Fault> {
    sqlx::query(
        "INSERT INTO revisions (part, number, person, at, comment, words, text) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(part.as_str())
    .bind(i64::from(revision.number))
    .bind(revision.by.id.as_str())
    .bind(revision.at)
    .bind(&revision.comment)
    .bind(i64::from(revision.words))
    .bind(text)
    .execute(&mut *sql)
    .await?;
    sqlx::query("UPDATE parts SET revision = $2, words = $3 WHERE id = $1")
        .bind(part.as_str())
        .bind(i64::from(revision.number))
        .bind(i64::from(revision.words))
        .execute(sql)
        .await?;
    Ok(())
}

/// The revisions of a chapter, newest first.
pub async fn revisions(sql: &mut AnyConnection, part: &PartId) -> Result<Vec<Revision>, Fault> {
    let rows: Vec<(i64, String, String, i64, String, i64)> = sqlx::query_as(
        "SELECT r.number, p.id, p.name, r.at, r.comment, r.words FROM revisions r JOIN people p ON p.id = r.person
         WHERE r.part = $1 ORDER BY r.number DESC LIMIT $2",
    )
    .bind(part.as_str())
    .bind(REVISIONS)
    .fetch_all(sql)
    .await?;
    let revisions = rows.into_iter().map(|(number, id, name, at, comment, words)| {
        Ok(Revision { number: small(number), by: person(id, name)?, at, comment, words: small(words) })
    });
    revisions.collect()
}

/// The text of one revision. Number 0, before the first, is empty.
pub async fn revision_text(sql: &mut AnyConnection, part: &PartId, number: u32) -> Result<String, Fault> {
    if number == 0 {
        return Ok(String::new());
    }
    let text = sqlx::query_scalar("SELECT text FROM revisions WHERE part = $1 AND number = $2");
    let text = text.bind(part.as_str()).bind(i64::from(number)).fetch_optional(sql).await?;
    text.ok_or_else(|| Fault::not_found("revision"))
}
