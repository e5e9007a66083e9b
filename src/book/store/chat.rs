//! The chat of a book.

use super::{person, understood};
use crate::{
    book::{
        model::{BookId, ChatLine},
        state::Book,
    },
    database::{Connection, Failed},
};
use sputnik::Fault;

/// Adds a line to the chat.
pub async fn say(sql: &mut Connection, book: &BookId, line: &ChatLine) -> Result<(), Fault> {
    sqlx::query("INSERT INTO chat (book, id, person, at, text) VALUES ($1, $2, $3, $4, $5)")
        .bind(book.as_str())
        .bind(line.id.cast_signed())
        .bind(line.by.id.as_str())
        .bind(line.at)
        .bind(&line.text)
        .execute(sql)
        .await
        .map_err(Failed)?;
    Ok(())
}

/// The newest lines of the chat, oldest first.
pub async fn chat(sql: &mut Connection, book: &BookId) -> Result<Vec<ChatLine>, Fault> {
    let rows: Vec<(i64, String, String, i64, String)> = sqlx::query_as(
        "SELECT c.id, p.id, p.name, c.at, c.text FROM chat c JOIN people p ON p.id = c.person
         WHERE c.book = $1 ORDER BY c.id DESC LIMIT $2",
    )
    .bind(book.as_str())
    .bind(i64::try_from(Book::CHAT_LINES).unwrap_or(i64::MAX))
    .fetch_all(sql)
    .await
    .map_err(Failed)?;
    let line = |(id, by, name, at, text): (i64, String, String, i64, String)| {
        Ok::<_, Fault>(ChatLine { id: id.cast_unsigned(), by: person(by, name)?, at, text })
    };
    Ok(rows.into_iter().rev().filter_map(|row| understood("a line of the chat", line(row))).collect())
}
