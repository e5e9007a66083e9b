//! The text of a chapter from before documents were kept.

use crate::{
    book::model::PartId,
    database::{Connection, Failed},
};
use sputnik::{Fault, UserId};

/// The Markdown a chapter had before its document was first made: what its document begins with.
pub async fn before_documents(sql: &mut Connection, part: &PartId) -> Result<String, Fault> {
    let text = sqlx::query_scalar("SELECT text FROM chapters WHERE part = $1").bind(part.as_str());
    text.fetch_optional(sql).await.map_err(Failed)?.ok_or_else(|| Fault::not_found("chapter"))
}

/// Sets the Markdown a chapter's document begins with; without effect once it has one.
pub async fn begin_with(sql: &mut Connection, part: &PartId, text: &str, by: &UserId, at: i64) -> Result<(), Fault> {
    sqlx::query("UPDATE chapters SET text = $2, writer = $3, written = $4 WHERE part = $1")
        .bind(part.as_str())
        .bind(text)
        .bind(by.as_str())
        .bind(at)
        .execute(sql)
        .await
        .map_err(Failed)?;
    Ok(())
}
