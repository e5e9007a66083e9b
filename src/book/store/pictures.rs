//! Pictures.

use super::{damaged, newer};
use crate::{
    book::{
        model::{BookId, PictureId},
        pictures::{Format, Recognised},
    },
    sputnik::{fault::Fault, names::UserId},
};
use sqlx::AnyConnection;

/// A picture that is to be kept.
pub struct New<'a> {
    /// Its id.
    pub id: &'a PictureId,
    /// Whose it is.
    pub book: &'a BookId,
    /// Who brought it.
    pub by: &'a UserId,
    /// When.
    pub at: i64,
    /// The hash of its bytes.
    pub hash: &'a str,
    /// What it is.
    pub recognised: Recognised,
    /// Its file.
    pub bytes: Vec<u8>,
}

/// The picture of a book whose bytes have this hash.
pub async fn find(sql: &mut AnyConnection, book: &BookId, hash: &str) -> Result<Option<PictureId>, Fault> {
    let id: Option<String> = sqlx::query_scalar("SELECT id FROM pictures WHERE book = $1 AND hash = $2")
        .bind(book.as_str())
        .bind(hash)
        .fetch_optional(sql)
        .await?;
    id.map(|id| id.try_into().map_err(|error| damaged(&error))).transpose()
}

/// How many bytes all pictures of a book have.
pub async fn size(sql: &mut AnyConnection, book: &BookId) -> Result<u64, Fault> {
    let size: i64 = sqlx::query_scalar("SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM pictures WHERE book = $1")
        .bind(book.as_str())
        .fetch_one(sql)
        .await?;
    Ok(size.cast_unsigned())
}

/// Adds a picture.
pub async fn add(sql: &mut AnyConnection, new: New<'_>) -> Result<(), Fault> {
    let size = i64::try_from(new.bytes.len()).unwrap_or(i64::MAX);
    sqlx::query(
        "INSERT INTO pictures (id, book, person, at, hash, type, width, height, size, bytes)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(new.id.as_str())
    .bind(new.book.as_str())
    .bind(new.by.as_str())
    .bind(new.at)
    .bind(new.hash)
    .bind(new.recognised.format.mime())
    .bind(i64::from(new.recognised.width))
    .bind(i64::from(new.recognised.height))
    .bind(size)
    .bind(new.bytes)
    .execute(sql)
    .await?;
    Ok(())
}

/// What kind of picture it is, if this book has it.
pub async fn format(sql: &mut AnyConnection, book: &BookId, picture: &PictureId) -> Result<Format, Fault> {
    let mime: Option<String> = sqlx::query_scalar("SELECT type FROM pictures WHERE id = $1 AND book = $2")
        .bind(picture.as_str())
        .bind(book.as_str())
        .fetch_optional(sql)
        .await?;
    let mime = mime.ok_or_else(|| Fault::not_found("picture"))?;
    Format::of_mime(&mime).ok_or_else(|| newer("picture", &mime))
}

/// A picture's file, if this book has it.
pub async fn bytes(sql: &mut AnyConnection, book: &BookId, picture: &PictureId) -> Result<Vec<u8>, Fault> {
    let bytes = sqlx::query_scalar("SELECT bytes FROM pictures WHERE id = $1 AND book = $2");
    let bytes = bytes.bind(picture.as_str()).bind(book.as_str()).fetch_optional(sql).await?;
    bytes.ok_or_else(|| Fault::not_found("picture"))
}
