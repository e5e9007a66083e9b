//! Who may write in a chapter, as the database knows it: the pen, and whether the chapter is closed.

use super::{damaged, part_row::closing, person, small};
use crate::{
    book::{
        chapter,
        model::{BookId, Closing, PartId},
    },
    database::{Connection, Failed},
};
use sputnik::{Fault, UserId};
use sqlx::Row;

/// What the database knows of who may write in a chapter.
pub struct Rules {
    /// The newest fence of the pen.
    pub fence: u64,
    /// Who was given the pen under it, unless they put it down.
    pub holder: Option<UserId>,
    /// Whether the chapter is closed, and how far.
    pub closed: Option<Closing>,
    /// The number of the chapter's newest revision, which whoever writes needs as well; 0 before the first.
    pub revision: u32,
}

/// The rules of a chapter of a book; a fault when there is no such chapter.
pub async fn rules(sql: &mut Connection, book: &BookId, part: &PartId) -> Result<Rules, Fault> {
    let row: Option<(i64, Option<String>, Option<String>, i64)> = sqlx::query_as(
        "SELECT c.fence, c.pen, p.closed, p.revision FROM parts p JOIN chapters c ON c.part = p.id
         WHERE p.id = $1 AND p.book = $2 AND p.deleted IS NULL",
    )
    .bind(part.as_str())
    .bind(book.as_str())
    .fetch_optional(sql)
    .await
    .map_err(Failed)?;
    let (fence, holder, closed, revision) = row.ok_or_else(|| Fault::not_found("chapter"))?;
    Ok(Rules {
        fence: fence.cast_unsigned(),
        holder: holder.map(TryInto::try_into).transpose()?,
        closed: closed.map(closing),
        revision: small(revision),
    })
}

/// Who has the pen, since when and why; nothing when nobody has.
pub async fn pen(sql: &mut Connection, part: &PartId) -> Result<Option<chapter::Pen>, Fault> {
    let row = sqlx::query(
        "SELECT w.id, w.name, c.pen_since, c.pen_why FROM chapters c JOIN people w ON w.id = c.pen WHERE c.part = $1",
    )
    .bind(part.as_str())
    .fetch_optional(sql)
    .await
    .map_err(Failed)?;
    let Some(row) = row else { return Ok(None) };
    let why: Option<String> = row.try_get(3).map_err(Failed)?;
    let since: Option<i64> = row.try_get(2).map_err(Failed)?;
    let by = person(row.try_get(0).map_err(Failed)?, row.try_get(1).map_err(Failed)?)?;
    Ok(Some(chapter::Pen { by, since: since.unwrap_or_default(), why: why.unwrap_or_default() }))
}

/// Notes who was given the pen, under which fence. Tells whether it was the newest: an older holding is refused.
pub async fn give(sql: &mut Connection, part: &PartId, fence: u64, pen: &chapter::Pen) -> Result<bool, Fault> {
    let done = sqlx::query(
        "UPDATE chapters SET fence = $3, pen = $2, pen_since = $4, pen_why = $5 WHERE part = $1 AND fence <= $3",
    )
    .bind(part.as_str())
    .bind(pen.by.id.as_str())
    .bind(fence.cast_signed())
    .bind(pen.since)
    .bind(&pen.why)
    .execute(sql)
    .await
    .map_err(Failed)?;
    Ok(done.rows_affected() == 1)
}

/// Notes that nobody has the pen any more, if that person had it last, under that fence.
pub async fn put_down(sql: &mut Connection, part: &PartId, holder: &UserId, fence: u64) -> Result<(), Fault> {
    sqlx::query("UPDATE chapters SET pen = NULL WHERE part = $1 AND pen = $2 AND fence <= $3")
        .bind(part.as_str())
        .bind(holder.as_str())
        .bind(fence.cast_signed())
        .execute(sql)
        .await
        .map_err(Failed)?;
    Ok(())
}

/// The name of a person who may be given the pen.
pub async fn name(sql: &mut Connection, who: &UserId) -> Result<String, Fault> {
    let name = sqlx::query_scalar("SELECT name FROM people WHERE id = $1").bind(who.as_str());
    name.fetch_optional(sql).await.map_err(Failed)?.ok_or_else(|| damaged(&"somebody is here who is nobody"))
}
