//! Chapters that were moved to another book: where they went.

use super::{damaged, title};
use crate::{
    book::model::{BookId, PartId, Title},
    database::{Connection, Failed},
};
use sputnik::Fault;

/// Notes where a chapter went.
pub async fn note(sql: &mut Connection, part: &PartId, (book, new): (&BookId, &PartId)) -> Result<(), Fault> {
    let note = sqlx::query("UPDATE parts SET moved_to_book = $2, moved_to_part = $3 WHERE id = $1");
    note.bind(part.as_str()).bind(book.as_str()).bind(new.as_str()).execute(sql).await.map_err(Failed)?;
    Ok(())
}

/// Where a chapter of a book went, if it is not there any more, and was moved.
pub async fn find(sql: &mut Connection, book: &BookId, part: &PartId) -> Result<Option<(BookId, PartId)>, Fault> {
    let row: Option<(Option<String>, Option<String>)> = sqlx::query_as(
        "SELECT moved_to_book, moved_to_part FROM parts WHERE id = $1 AND book = $2 AND deleted IS NOT NULL",
    )
    .bind(part.as_str())
    .bind(book.as_str())
    .fetch_optional(sql)
    .await
    .map_err(Failed)?;
    let Some((Some(book), Some(part))) = row else { return Ok(None) };
    let part = part.try_into().map_err(|error| damaged(&error))?;
    Ok(Some((book.try_into().map_err(|error| damaged(&error))?, part)))
}

/// What a book and a chapter of it are called, if the chapter stands there.
pub async fn stands(sql: &mut Connection, book: &BookId, part: &PartId) -> Result<Option<(Title, Title)>, Fault> {
    let row: Option<(String, String)> = sqlx::query_as(
        "SELECT b.title, p.title FROM parts p JOIN books b ON b.id = p.book
         WHERE p.id = $1 AND p.book = $2 AND p.deleted IS NULL",
    )
    .bind(part.as_str())
    .bind(book.as_str())
    .fetch_optional(sql)
    .await
    .map_err(Failed)?;
    Ok(row.map(|(book, chapter)| (title(book), title(chapter))))
}
