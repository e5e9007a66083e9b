//! What everybody wrote in a chapter: its document's state, the edits after it, and by whose hands.

use super::person;
use crate::{
    account::person::Person,
    book::model::{BookId, PartId},
    database::{Connection, Failed},
    document::{Document, Refused},
};
use sputnik::{Fault, UserId};
use sqlx::Row;
use std::collections::HashMap;

/// How many rows one statement adds.
const AT_ONCE: usize = 200;

/// A document as it is kept.
pub struct StoredState {
    /// How many edits are in the state.
    pub edits: u64,
    /// The state, encoded.
    pub state: Vec<u8>,
}

/// The kept state of a chapter of a book. Nothing, when it was last written before documents were kept; a fault when
/// there is no such chapter.
pub async fn state(sql: &mut Connection, book: &BookId, part: &PartId) -> Result<Option<StoredState>, Fault> {
    let row = sqlx::query(
        "SELECT d.edits, d.state FROM parts p JOIN chapters c ON c.part = p.id LEFT JOIN documents d ON d.part = p.id
         WHERE p.id = $1 AND p.book = $2 AND p.deleted IS NULL",
    )
    .bind(part.as_str())
    .bind(book.as_str())
    .fetch_optional(sql)
    .await
    .map_err(Failed)?
    .ok_or_else(|| Fault::not_found("chapter"))?;
    let (edits, state): (Option<i64>, Option<Vec<u8>>) =
        (row.try_get(0).map_err(Failed)?, row.try_get(1).map_err(Failed)?);
    Ok(edits.zip(state).map(|(edits, state)| StoredState { edits: edits.cast_unsigned(), state }))
}

/// A chapter's document as it is stored, to be read beside those who write in it.
pub struct StoredDocument {
    kept: StoredState,
    after: Vec<Vec<u8>>,
}

impl StoredDocument {
    /// How many edits made it.
    #[must_use]
    pub fn edits(&self) -> u64 {
        self.kept.edits + self.after.len() as u64
    }

    /// The document. For a long one that takes a while.
    ///
    /// # Errors
    /// When it is damaged.
    pub fn load(&self) -> Result<Document, Refused> {
        Document::load(&self.kept.state, self.after.iter().map(Vec::as_slice))
    }
}

/// The document of a chapter of a book. Nothing, when it was last written before documents were kept; a fault when there
/// is no such chapter.
pub async fn document(sql: &mut Connection, book: &BookId, part: &PartId) -> Result<Option<StoredDocument>, Fault> {
    let Some(kept) = state(sql, book, part).await? else { return Ok(None) };
    let after = edits(sql, part, kept.edits).await?;
    Ok(Some(StoredDocument { kept, after }))
}

/// The edits after one, in their order.
pub async fn edits(sql: &mut Connection, part: &PartId, after: u64) -> Result<Vec<Vec<u8>>, Fault> {
    let edits = sqlx::query_scalar("SELECT edit FROM edits WHERE part = $1 AND number > $2 ORDER BY number");
    Ok(edits.bind(part.as_str()).bind(after.cast_signed()).fetch_all(sql).await.map_err(Failed)?)
}

/// Who wrote last in a chapter, and when; before its first edit, who brought in or wrote what it began with.
pub async fn last(sql: &mut Connection, part: &PartId) -> Result<Option<(Person, i64)>, Fault> {
    let edit = "SELECT w.id, w.name, e.at FROM edits e JOIN people w ON w.id = e.person
                WHERE e.part = $1 ORDER BY e.number DESC LIMIT 1";
    let revision = "SELECT w.id, w.name, r.at FROM revisions r JOIN people w ON w.id = r.person
                    WHERE r.part = $1 ORDER BY r.number DESC LIMIT 1";
    let before = "SELECT w.id, w.name, c.written FROM chapters c JOIN people w ON w.id = c.writer WHERE c.part = $1";
    for statement in [edit, before, revision] {
        let row: Option<(String, String, i64)> =
            sqlx::query_as(statement).bind(part.as_str()).fetch_optional(&mut *sql).await.map_err(Failed)?;
        if let Some((id, name, at)) = row {
            return Ok(Some((person(id, name)?, at)));
        }
    }
    Ok(None)
}

/// Whose the hands are that wrote in a chapter.
pub async fn hands(sql: &mut Connection, part: &PartId) -> Result<HashMap<u64, UserId>, Fault> {
    let rows: Vec<(i64, String)> = sqlx::query_as("SELECT hand, person FROM hands WHERE part = $1")
        .bind(part.as_str())
        .fetch_all(sql)
        .await
        .map_err(Failed)?;
    rows.into_iter().map(|(hand, person)| Ok((hand.cast_unsigned(), person.try_into()?))).collect()
}

/// Adds edits, each with who made it, after number `after`. The table refuses a number that is taken.
pub async fn add(
    sql: &mut Connection,
    part: &PartId,
    after: u64,
    at: i64,
    edits: &[(&UserId, &[u8])],
) -> Result<(), Fault> {
    let mut number = after;
    for edits in edits.chunks(AT_ONCE) {
        let row = |n: usize| format!("($1, ${}, ${}, $2, ${})", 3 * n + 3, 3 * n + 4, 3 * n + 5);
        let rows: Vec<String> = (0..edits.len()).map(row).collect();
        let insert = format!("INSERT INTO edits (part, number, person, at, edit) VALUES {}", rows.join(", "));
        let mut insert = sqlx::query(&insert).bind(part.as_str()).bind(at);
        for (by, edit) in edits {
            number += 1;
            insert = insert.bind(number.cast_signed()).bind(by.as_str()).bind(*edit);
        }
        insert.execute(&mut *sql).await.map_err(Failed)?;
    }
    Ok(())
}

/// Whose a hand is, if it is anybody's.
pub async fn whose_hand(sql: &mut Connection, part: &PartId, hand: u64) -> Result<Option<UserId>, Fault> {
    let person: Option<String> = sqlx::query_scalar("SELECT person FROM hands WHERE part = $1 AND hand = $2")
        .bind(part.as_str())
        .bind(hand.cast_signed())
        .fetch_optional(sql)
        .await
        .map_err(Failed)?;
    Ok(person.map(UserId::try_from).transpose()?)
}

/// Notes whose a hand is from now on that was nobody's.
pub async fn add_hand(sql: &mut Connection, part: &PartId, hand: u64, by: &UserId) -> Result<(), Fault> {
    sqlx::query("INSERT INTO hands (part, hand, person) VALUES ($1, $2, $3)")
        .bind(part.as_str())
        .bind(hand.cast_signed())
        .bind(by.as_str())
        .execute(sql)
        .await
        .map_err(Failed)?;
    Ok(())
}

/// Keeps a state that has so many edits in it, unless a newer one is kept.
pub async fn keep_state(sql: &mut Connection, part: &PartId, edits: u64, state: &[u8]) -> Result<(), Fault> {
    sqlx::query(
        "INSERT INTO documents (part, edits, state) VALUES ($1, $2, $3)
         ON CONFLICT (part) DO UPDATE SET edits = excluded.edits, state = excluded.state
         WHERE documents.edits < excluded.edits",
    )
    .bind(part.as_str())
    .bind(edits.cast_signed())
    .bind(state)
    .execute(sql)
    .await
    .map_err(Failed)?;
    Ok(())
}
