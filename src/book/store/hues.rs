//! Which of the ten colours people have in a book.

use crate::{
    book::model::BookId,
    database::{Connection, Failed},
    ui::hue::Hues,
};
use sputnik::{Fault, UserId};

/// Who was given which in a book: whoever belongs to it or did.
pub async fn of_book(sql: &mut Connection, book: &BookId) -> Result<Hues, Fault> {
    // Those who belong to it first: should there be more than a page holds, it holds theirs.
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "SELECT h.person, h.hue FROM hues h LEFT JOIN members m ON m.book = h.book AND m.person = h.person
         WHERE h.book = $1 ORDER BY CASE WHEN m.person IS NULL THEN 1 ELSE 0 END, h.person LIMIT $2",
    )
    .bind(book.as_str())
    .bind(i64::try_from(Hues::MOST).unwrap_or(i64::MAX))
    .fetch_all(sql)
    .await
    .map_err(Failed)?;
    let mut hues = Hues::default();
    for (person, hue) in rows {
        hues.give(&person, u8::try_from(hue).unwrap_or_default());
    }
    Ok(hues)
}

/// Gives one to somebody who belongs to the book now; who had one keeps it. Tells which.
pub(super) async fn give(sql: &mut Connection, book: &BookId, who: &UserId) -> Result<u8, Fault> {
    let has: Option<i64> = sqlx::query_scalar("SELECT hue FROM hues WHERE book = $1 AND person = $2")
        .bind(book.as_str())
        .bind(who.as_str())
        .fetch_optional(&mut *sql)
        .await
        .map_err(Failed)?;
    if let Some(hue) = has {
        return Ok(u8::try_from(hue).unwrap_or_default());
    }
    let members: Vec<String> = sqlx::query_scalar("SELECT person FROM members WHERE book = $1 AND person <> $2")
        .bind(book.as_str())
        .bind(who.as_str())
        .fetch_all(&mut *sql)
        .await
        .map_err(Failed)?;
    let hue = of_book(sql, book).await?.for_newcomer(members.iter().map(String::as_str));
    sqlx::query("INSERT INTO hues (book, person, hue) VALUES ($1, $2, $3) ON CONFLICT (book, person) DO NOTHING")
        .bind(book.as_str())
        .bind(who.as_str())
        .bind(i64::from(hue))
        .execute(sql)
        .await
        .map_err(Failed)?;
    Ok(hue)
}
