//! What is said and done in a book: its chat and its activity.

use super::{damaged, person};
use crate::{
    book::{
        model::{Book, BookId, ChatLine},
        news::Told,
    },
    sputnik::fault::Fault,
};
use sqlx::AnyConnection;

/// How much of a book's activity is kept; what is older is deleted now and then.
const KEEP: i64 = 1_000;

/// Adds a line to the chat.
pub async fn say(sql: &mut AnyConnection, book: &BookId, line: &ChatLine) -> Result<(), Fault> {
    sqlx::query("INSERT INTO chat (book, id, person, at, text) VALUES ($1, $2, $3, $4, $5)")
        .bind(book.as_str())
        .bind(line.id.cast_signed())
        .bind(line.by.id.as_str())
        .bind(line.at)
        .bind(&line.text)
        .execute(sql)
        .await?;
    Ok(())
}

/// The newest lines of the chat, oldest first.
pub async fn chat(sql: &mut AnyConnection, book: &BookId) -> Result<Vec<ChatLine>, Fault> {
    let rows: Vec<(i64, String, String, i64, String)> = sqlx::query_as(
        "SELECT c.id, p.id, p.name, c.at, c.text FROM chat c JOIN people p ON p.id = c.person
         WHERE c.book = $1 ORDER BY c.id DESC LIMIT $2",
    )
    .bind(book.as_str())
    .bind(limit(Book::CHAT_LINES))
    .fetch_all(sql)
    .await?;
    let lines = rows
        .into_iter()
        .rev()
        .map(|(id, by, name, at, text)| Ok(ChatLine { id: id.cast_unsigned(), by: person(by, name)?, at, text }));
    lines.collect()
}

/// Notes what happened, as the message of this version told it.
pub async fn note(sql: &mut AnyConnection, book: &BookId, version: u64, told: &Told) -> Result<(), Fault> {
    let json = serde_json::to_string(told).map_err(|error| damaged(&error))?;
    let version = version.cast_signed();
    let note = sqlx::query("INSERT INTO activity (book, version, told) VALUES ($1, $2, $3)");
    note.bind(book.as_str()).bind(version).bind(json).execute(&mut *sql).await?;
    if version % 100 == 0 {
        let forget = sqlx::query("DELETE FROM activity WHERE book = $1 AND version <= $2");
        forget.bind(book.as_str()).bind(version - KEEP).execute(sql).await?;
    }
    Ok(())
}

/// What happened last, oldest first.
pub async fn activity(sql: &mut AnyConnection, book: &BookId) -> Result<Vec<Told>, Fault> {
    let rows: Vec<String> =
        sqlx::query_scalar("SELECT told FROM activity WHERE book = $1 ORDER BY version DESC LIMIT $2")
            .bind(book.as_str())
            .bind(limit(Book::ACTIVITY))
            .fetch_all(sql)
            .await?;
    rows.iter().rev().map(|told| serde_json::from_str(told).map_err(|error| damaged(&error))).collect()
}

fn limit(lines: usize) -> i64 {
    i64::try_from(lines).unwrap_or(i64::MAX)
}
