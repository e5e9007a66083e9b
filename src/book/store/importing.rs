//! What imports have brought that are not whole yet.

use crate::{
    book::model::{BookId, PictureId},
    database::{Connection, Failed},
};
use sputnik::Fault;

/// Notes that an import made this book, or brought this picture into it.
pub async fn add(
    sql: &mut Connection,
    import: &str,
    book: &BookId,
    picture: Option<&PictureId>,
    at: i64,
) -> Result<(), Fault> {
    sqlx::query("INSERT INTO importing (import, book, picture, since) VALUES ($1, $2, $3, $4)")
        .bind(import)
        .bind(book.as_str())
        .bind(picture.map(PictureId::as_str))
        .bind(at)
        .execute(sql)
        .await
        .map_err(Failed)?;
    Ok(())
}

/// A picture stays, whatever becomes of the import that brought it: somebody else has it too, or another import.
pub async fn keep_picture(sql: &mut Connection, picture: &PictureId, own: Option<&str>) -> Result<(), Fault> {
    let keep = sqlx::query("DELETE FROM importing WHERE picture = $1 AND import <> $2");
    keep.bind(picture.as_str()).bind(own.unwrap_or_default()).execute(sql).await.map_err(Failed)?;
    Ok(())
}

/// All that an import brought stays. Tells whether it was there still.
pub async fn finish(sql: &mut Connection, import: &str) -> Result<bool, Fault> {
    let finish = sqlx::query("DELETE FROM importing WHERE import = $1");
    Ok(finish.bind(import).execute(sql).await.map_err(Failed)?.rows_affected() > 0)
}

/// Takes away what an import brought.
pub async fn undo(sql: &mut Connection, import: &str) -> Result<(), Fault> {
    for statement in [
        "DELETE FROM books WHERE id IN (SELECT book FROM importing WHERE import = $1 AND picture IS NULL)",
        "DELETE FROM pictures WHERE id IN (SELECT picture FROM importing WHERE import = $1 AND picture IS NOT NULL)",
        "DELETE FROM importing WHERE import = $1",
    ] {
        sqlx::query(statement).bind(import).execute(&mut *sql).await.map_err(Failed)?;
    }
    Ok(())
}
