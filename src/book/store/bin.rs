//! Books in the bin: they stay, with all they hold, and nobody gets to them but to bring them back.

use super::{books::rank, damaged, person, title};
use crate::{
    account::person::Person,
    book::{
        model::{BookId, Role},
        shelf::DeletedBook,
    },
    database::{Connection, Failed, IN_BIN},
};
use sputnik::{Fault, UserId};

/// Puts a book into the bin.
pub async fn put(sql: &mut Connection, book: &BookId, by: &UserId, at: i64) -> Result<(), Fault> {
    let put = sqlx::query("UPDATE books SET deleted = $2, deleted_by = $3 WHERE id = $1");
    put.bind(book.as_str()).bind(at).bind(by.as_str()).execute(sql).await.map_err(Failed)?;
    Ok(())
}

/// Takes a book out of it.
pub async fn take_out(sql: &mut Connection, book: &BookId) -> Result<(), Fault> {
    let take_out = sqlx::query("UPDATE books SET deleted = NULL, deleted_by = NULL WHERE id = $1");
    take_out.bind(book.as_str()).execute(sql).await.map_err(Failed)?;
    Ok(())
}

/// What somebody was in a book that is in the bin; nothing, where it is not there, or they did not belong to it.
pub async fn role(sql: &mut Connection, book: &BookId, who: &UserId) -> Result<Option<Role>, Fault> {
    let rank: Option<i64> = sqlx::query_scalar(
        "SELECT m.role FROM members m JOIN books b ON b.id = m.book
         WHERE m.book = $1 AND m.person = $2 AND b.deleted IS NOT NULL",
    )
    .bind(book.as_str())
    .bind(who.as_str())
    .fetch_optional(sql)
    .await
    .map_err(Failed)?;
    Ok(rank.map(super::books::role))
}

/// A row of a book in the bin, with whoever put it there.
type DeletedRow = (String, String, i64, Option<String>, Option<String>);

/// The books in the bin that somebody owns, those that were deleted last first.
pub async fn of_owner(sql: &mut Connection, who: &UserId) -> Result<Vec<DeletedBook>, Fault> {
    let rows: Vec<DeletedRow> = sqlx::query_as(
        "SELECT b.id, b.title, b.deleted, p.id, p.name FROM members m JOIN books b ON b.id = m.book
         LEFT JOIN people p ON p.id = b.deleted_by
         WHERE m.person = $1 AND m.role = $2 AND b.deleted IS NOT NULL ORDER BY b.deleted DESC, b.id",
    )
    .bind(who.as_str())
    .bind(rank(Role::Owner))
    .fetch_all(sql)
    .await
    .map_err(Failed)?;
    let read = |(id, name, at, by, called): DeletedRow| {
        let by = by.zip(called).map_or_else(|| Ok(Person::somebody()), |(by, called)| person(by, called))?;
        let id = id.try_into().map_err(|error| damaged(&error))?;
        Ok(DeletedBook { id, title: title(name), by, at, until: at + IN_BIN })
    };
    rows.into_iter().map(read).collect()
}

/// The books in the bin that somebody belongs to: whether anybody else owns them.
pub async fn of_member(sql: &mut Connection, who: &UserId) -> Result<Vec<(BookId, bool)>, Fault> {
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "SELECT m.book, (SELECT COUNT(*) FROM members o WHERE o.book = m.book AND o.role = $2 AND o.person <> $1)
         FROM members m JOIN books b ON b.id = m.book WHERE m.person = $1 AND b.deleted IS NOT NULL ORDER BY m.book",
    )
    .bind(who.as_str())
    .bind(rank(Role::Owner))
    .fetch_all(sql)
    .await
    .map_err(Failed)?;
    let read = |(id, others): (String, i64)| Ok((id.try_into().map_err(|error| damaged(&error))?, others > 0));
    rows.into_iter().map(read).collect()
}
