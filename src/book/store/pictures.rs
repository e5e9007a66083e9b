//! Pictures.

use super::{damaged, newer};
use crate::{
    book::{
        model::{BookId, PictureId},
        pictures::{Format, Recognised},
    },
    database::{Connection, Failed},
};
use sputnik::{Fault, UserId};

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
pub async fn find(sql: &mut Connection, book: &BookId, hash: &str) -> Result<Option<PictureId>, Fault> {
    let id: Option<String> = sqlx::query_scalar("SELECT id FROM pictures WHERE book = $1 AND hash = $2")
        .bind(book.as_str())
        .bind(hash)
        .fetch_optional(sql)
        .await
        .map_err(Failed)?;
    id.map(|id| id.try_into().map_err(|error| damaged(&error))).transpose()
}

/// The hash of a picture's bytes, and how many these are, if this book has it.
pub async fn hash(sql: &mut Connection, book: &BookId, picture: &PictureId) -> Result<Option<(String, u64)>, Fault> {
    let row: Option<(String, i64)> = sqlx::query_as("SELECT hash, size FROM pictures WHERE id = $1 AND book = $2")
        .bind(picture.as_str())
        .bind(book.as_str())
        .fetch_optional(sql)
        .await
        .map_err(Failed)?;
    Ok(row.map(|(hash, size)| (hash, size.cast_unsigned())))
}

/// Adds a picture of one book to another one. Its bytes do not leave the database.
pub async fn copy(
    sql: &mut Connection,
    (from, picture): (&BookId, &PictureId),
    (to, new): (&BookId, &PictureId),
    (by, at): (&UserId, i64),
) -> Result<(), Fault> {
    sqlx::query(
        "INSERT INTO pictures (id, book, person, at, hash, type, width, height, size, bytes)
         SELECT $3, $4, $5, CAST($6 AS BIGINT), hash, type, width, height, size, bytes FROM pictures
         WHERE id = $1 AND book = $2",
    )
    .bind(picture.as_str())
    .bind(from.as_str())
    .bind(new.as_str())
    .bind(to.as_str())
    .bind(by.as_str())
    .bind(at)
    .execute(&mut *sql)
    .await
    .map_err(Failed)?;
    // One that is still kept as it came is cleaned here too.
    let as_it_came = sqlx::query(
        "INSERT INTO pictures_as_they_came (picture) SELECT $2 FROM pictures_as_they_came WHERE picture = $1",
    );
    as_it_came.bind(picture.as_str()).bind(new.as_str()).execute(sql).await.map_err(Failed)?;
    Ok(())
}

/// How many bytes all pictures of a book have.
pub async fn size(sql: &mut Connection, book: &BookId) -> Result<u64, Fault> {
    let size: i64 = sqlx::query_scalar("SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM pictures WHERE book = $1")
        .bind(book.as_str())
        .fetch_one(sql)
        .await
        .map_err(Failed)?;
    Ok(size.cast_unsigned())
}

/// Adds a picture.
pub async fn add(sql: &mut Connection, new: New<'_>) -> Result<(), Fault> {
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
    .await
    .map_err(Failed)?;
    Ok(())
}

/// What kind of picture it is and how many bytes its file has, if this book has it.
pub async fn kind(sql: &mut Connection, book: &BookId, picture: &PictureId) -> Result<(Format, u64), Fault> {
    let kind: Option<(String, i64)> = sqlx::query_as("SELECT type, size FROM pictures WHERE id = $1 AND book = $2")
        .bind(picture.as_str())
        .bind(book.as_str())
        .fetch_optional(sql)
        .await
        .map_err(Failed)?;
    let (mime, size) = kind.ok_or_else(|| Fault::not_found("picture"))?;
    let format = Format::of_mime(&mime).ok_or_else(|| newer("picture", &mime))?;
    Ok((format, size.cast_unsigned()))
}

/// A picture as it is kept, without its bytes.
pub struct Stored {
    /// What kind of picture it is.
    pub format: Format,
    /// How many bytes its file has.
    pub bytes: u64,
    /// How wide it is, in pixels.
    pub width: u32,
    /// How high.
    pub height: u32,
}

/// All pictures of a book, without their bytes. Those of a kind that is not known here are passed over.
pub async fn of_book(sql: &mut Connection, book: &BookId) -> Result<Vec<(PictureId, Stored)>, Fault> {
    let rows: Vec<(String, String, i64, i64, i64)> =
        sqlx::query_as("SELECT id, type, size, width, height FROM pictures WHERE book = $1 ORDER BY id")
            .bind(book.as_str())
            .fetch_all(sql)
            .await
            .map_err(Failed)?;
    let side = |pixels: i64| u32::try_from(pixels).unwrap_or_default();
    let read = |(id, mime, size, width, height): (String, String, i64, i64, i64)| {
        let stored = Stored {
            format: Format::of_mime(&mime)?,
            bytes: size.cast_unsigned(),
            width: side(width),
            height: side(height),
        };
        Some((id.try_into().ok()?, stored))
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

/// So many bytes of a picture's file from a place on, if this book has it; fewer at its end.
pub async fn piece(
    sql: &mut Connection,
    book: &BookId,
    picture: &PictureId,
    (from, length): (u64, u64),
) -> Result<Vec<u8>, Fault> {
    // The first byte is number one; and numbers that are bound have another type than this function takes.
    let piece =
        "SELECT SUBSTR(bytes, CAST($3 AS INTEGER), CAST($4 AS INTEGER)) FROM pictures WHERE id = $1 AND book = $2";
    let piece: Option<Vec<u8>> = sqlx::query_scalar(piece)
        .bind(picture.as_str())
        .bind(book.as_str())
        .bind(from.saturating_add(1).cast_signed())
        .bind(length.cast_signed())
        .fetch_optional(sql)
        .await
        .map_err(Failed)?;
    piece.ok_or_else(|| Fault::not_found("picture"))
}

/// One that was stored as it came.
pub async fn old(sql: &mut Connection) -> Result<Option<(PictureId, Format, Vec<u8>)>, Fault> {
    let old: Option<(String, String, Vec<u8>)> = sqlx::query_as(
        "SELECT p.id, p.type, p.bytes FROM pictures_as_they_came o JOIN pictures p ON p.id = o.picture LIMIT 1",
    )
    .fetch_optional(sql)
    .await
    .map_err(Failed)?;
    let Some((id, mime, bytes)) = old else { return Ok(None) };
    let id = id.try_into().map_err(|error| damaged(&error))?;
    let format = Format::of_mime(&mime).ok_or_else(|| damaged(&format_args!("{mime} is no picture")))?;
    Ok(Some((id, format, bytes)))
}

/// Notes that it is no more as it came, and what it is instead, if it is another.
pub async fn replace_old(sql: &mut Connection, picture: &PictureId, bytes: Option<Vec<u8>>) -> Result<(), Fault> {
    if let Some(bytes) = bytes {
        let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        let replace = sqlx::query("UPDATE pictures SET bytes = $2, size = $3 WHERE id = $1");
        replace.bind(picture.as_str()).bind(bytes).bind(size).execute(&mut *sql).await.map_err(Failed)?;
    }
    let done = sqlx::query("DELETE FROM pictures_as_they_came WHERE picture = $1");
    done.bind(picture.as_str()).execute(sql).await.map_err(Failed)?;
    Ok(())
}
