//! Who belongs to a book.

use super::{
    books::{rank, role},
    hues, person,
};
use crate::{
    account::{display_name::comparable, person::Person},
    book::model::{BookId, Member, Role},
    database::{Connection, Failed},
};
use sputnik::{Fault, UserId};

/// How many people may belong to a book.
pub const MEMBERS: usize = 500;

/// The members of a book, owners first, then by name.
pub async fn members(sql: &mut Connection, book: &BookId) -> Result<Vec<Member>, Fault> {
    let rows: Vec<(String, String, i64)> =
        sqlx::query_as("SELECT p.id, p.name, m.role FROM members m JOIN people p ON p.id = m.person WHERE m.book = $1")
            .bind(book.as_str())
            .fetch_all(sql)
            .await
            .map_err(Failed)?;
    let members = rows.into_iter().map(|(id, name, rank)| Ok(Member { person: person(id, name)?, role: role(rank) }));
    let mut members = members.collect::<Result<Vec<_>, Fault>>()?;
    // Here and not in SQL: two databases sort names in two ways, and pages sort them in this one.
    members.sort_by(|a, b| b.role.cmp(&a.role).then_with(|| a.person.name.cmp(&b.person.name)));
    Ok(members)
}

/// A person by the name they sign in with or are called, without regard to case: no two share one.
pub async fn named(sql: &mut Connection, name: &str) -> Result<Option<Person>, Fault> {
    // Nobody is called so, and PostgreSQL takes no text with a NUL.
    if name.contains('\0') {
        return Ok(None);
    }
    let row: Option<(String, String)> = sqlx::query_as(
        "SELECT id, name FROM people WHERE (name_key = $1 OR called_key = $1) AND deleted IS NULL LIMIT 1",
    )
    .bind(comparable(name))
    .fetch_optional(sql)
    .await
    .map_err(Failed)?;
    row.map(|(id, name)| person(id, name)).transpose()
}

/// Makes a person a member, or gives them another role. Tells which colour they have in the book.
pub async fn set(sql: &mut Connection, book: &BookId, who: &UserId, role: Role, at: i64) -> Result<u8, Fault> {
    sqlx::query(
        "INSERT INTO members (book, person, role, since) VALUES ($1, $2, $3, $4)
         ON CONFLICT (book, person) DO UPDATE SET role = excluded.role",
    )
    .bind(book.as_str())
    .bind(who.as_str())
    .bind(rank(role))
    .bind(at)
    .execute(&mut *sql)
    .await
    .map_err(Failed)?;
    hues::give(sql, book, who).await
}

/// Takes a person out of a book.
pub async fn remove(sql: &mut Connection, book: &BookId, who: &UserId) -> Result<(), Fault> {
    let remove = sqlx::query("DELETE FROM members WHERE book = $1 AND person = $2");
    remove.bind(book.as_str()).bind(who.as_str()).execute(sql).await.map_err(Failed)?;
    Ok(())
}
