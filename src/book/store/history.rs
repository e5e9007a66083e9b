//! What a chapter was: its revisions, and what was written since the newest.

use super::{newer, person, quota, small, title};
use crate::{
    account::person::Person,
    book::{
        history::Revision,
        model::{BookId, PartId, Title},
        writing_session::WritingSession,
    },
    database::{Connection, Failed},
    document::{json, markdown, tree::Node},
};
use sputnik::Fault;
use sqlx::Row;
use std::collections::HashMap;

/// How many authors of a revision are named; of a session of an hour there are seldom as many.
const AUTHORS: usize = 20;

/// A chapter's line in the contents, as far as its history is concerned.
pub struct Newest {
    /// The chapter's title.
    pub title: Title,
    /// The number of its newest revision; 0 before the first.
    pub revision: u32,
    /// How many words the chapter has, as last counted.
    pub words: u32,
}

/// The newest revision of a chapter of a book.
pub async fn newest(sql: &mut Connection, book: &BookId, part: &PartId) -> Result<Newest, Fault> {
    let row: Option<(String, i64, i64)> = sqlx::query_as(
        "SELECT p.title, p.revision, p.words FROM parts p JOIN chapters c ON c.part = p.id
         WHERE p.id = $1 AND p.book = $2 AND p.deleted IS NULL",
    )
    .bind(part.as_str())
    .bind(book.as_str())
    .fetch_optional(sql)
    .await
    .map_err(Failed)?;
    let (title, revision, words) = row.ok_or_else(|| Fault::not_found("chapter"))?;
    Ok(Newest { title: self::title(title), revision: small(revision), words: small(words) })
}

/// What was written since the newest revision.
pub async fn writing_session(sql: &mut Connection, part: &PartId) -> Result<WritingSession, Fault> {
    let rows = sqlx::query(
        "SELECT p.id, p.name, COUNT(*), MIN(e.at), MAX(e.at) FROM edits e JOIN people p ON p.id = e.person
         WHERE e.part = $1 AND e.number > COALESCE((SELECT r.edits FROM revisions r WHERE r.part = $1
                                                    ORDER BY r.number DESC LIMIT 1), 0)
         GROUP BY p.id, p.name",
    )
    .bind(part.as_str())
    .fetch_all(sql)
    .await
    .map_err(Failed)?;
    let mut session = WritingSession::default();
    for row in rows {
        let by = person(row.try_get(0).map_err(Failed)?, row.try_get(1).map_err(Failed)?)?;
        session.add(
            &by,
            row.try_get::<i64, _>(2).map_err(Failed)?.cast_unsigned(),
            (row.try_get(3).map_err(Failed)?, row.try_get(4).map_err(Failed)?),
        );
    }
    Ok(session)
}

/// How many edits a chapter's log has.
pub async fn edits(sql: &mut Connection, part: &PartId) -> Result<u64, Fault> {
    let count: Option<i64> = sqlx::query_scalar("SELECT MAX(number) FROM edits WHERE part = $1")
        .bind(part.as_str())
        .fetch_one(sql)
        .await
        .map_err(Failed)?;
    Ok(count.unwrap_or_default().cast_unsigned())
}

/// Adds a revision, with what stands in it, so many edits of the log among it. The table refuses a number that is
/// taken.
pub async fn add(
    sql: &mut Connection,
    part: &PartId,
    revision: &Revision,
    nodes: &[Node],
    edits: u64,
) -> Result<(), Fault> {
    let content = json::write(nodes);
    sqlx::query(
        "INSERT INTO revisions (part, number, person, at, comment, words, text, edits, content)
         VALUES ($1, $2, $3, $4, $5, $6, '', $7, $8)",
    )
    .bind(part.as_str())
    .bind(i64::from(revision.number))
    .bind(revision.by.id.as_str())
    .bind(revision.at)
    .bind(&revision.name)
    .bind(i64::from(revision.words))
    .bind(edits.cast_signed())
    .bind(&content)
    .execute(&mut *sql)
    .await
    .map_err(Failed)?;
    quota::add(sql, part, std::iter::once((&revision.by.id, content.len() as u64))).await?;
    sqlx::query("UPDATE parts SET revision = $2, words = $3 WHERE id = $1")
        .bind(part.as_str())
        .bind(i64::from(revision.number))
        .bind(i64::from(revision.words))
        .execute(&mut *sql)
        .await
        .map_err(Failed)?;
    let authors: Vec<&Person> = std::iter::once(&revision.by).chain(&revision.with).take(AUTHORS).collect();
    let rows: Vec<String> = (0..authors.len()).map(|n| format!("($1, $2, ${}, ${})", 2 * n + 3, 2 * n + 4)).collect();
    let insert = format!("INSERT INTO revision_authors (part, number, person, rank) VALUES {}", rows.join(", "));
    let mut insert = sqlx::query(&insert).bind(part.as_str()).bind(i64::from(revision.number));
    for (author, rank) in authors.into_iter().zip(0_i64..) {
        insert = insert.bind(author.id.as_str()).bind(rank);
    }
    insert.execute(sql).await.map_err(Failed)?;
    Ok(())
}

/// Gives a revision another name.
pub async fn rename(sql: &mut Connection, part: &PartId, number: u32, name: &str) -> Result<(), Fault> {
    let rename = sqlx::query("UPDATE revisions SET comment = $3 WHERE part = $1 AND number = $2");
    rename.bind(part.as_str()).bind(i64::from(number)).bind(name).execute(sql).await.map_err(Failed)?;
    Ok(())
}

/// The name of a revision, empty if it has none.
pub async fn name(sql: &mut Connection, part: &PartId, number: u32) -> Result<String, Fault> {
    let name = sqlx::query_scalar("SELECT comment FROM revisions WHERE part = $1 AND number = $2");
    let name: Option<String> =
        name.bind(part.as_str()).bind(i64::from(number)).fetch_optional(sql).await.map_err(Failed)?;
    Ok(name.unwrap_or_default())
}

/// The revisions of a chapter before this one, or the newest, newest first.
pub async fn list(
    sql: &mut Connection,
    part: &PartId,
    before: Option<u32>,
    most: usize,
) -> Result<Vec<Revision>, Fault> {
    let before = before.map_or(i64::MAX, i64::from);
    let rows: Vec<(i64, String, String, i64, String, i64)> = sqlx::query_as(
        "SELECT r.number, p.id, p.name, r.at, r.comment, r.words FROM revisions r JOIN people p ON p.id = r.person
         WHERE r.part = $1 AND r.number < $2 ORDER BY r.number DESC LIMIT $3",
    )
    .bind(part.as_str())
    .bind(before)
    .bind(i64::try_from(most).unwrap_or(i64::MAX))
    .fetch_all(&mut *sql)
    .await
    .map_err(Failed)?;
    let oldest = rows.last().map_or(before, |row| row.0);
    let mut with: HashMap<i64, Vec<Person>> = HashMap::new();
    let others: Vec<(i64, String, String)> = sqlx::query_as(
        "SELECT a.number, p.id, p.name FROM revision_authors a JOIN people p ON p.id = a.person
         WHERE a.part = $1 AND a.number >= $2 AND a.number < $3 AND a.rank > 0 ORDER BY a.number, a.rank",
    )
    .bind(part.as_str())
    .bind(oldest)
    .bind(before)
    .fetch_all(sql)
    .await
    .map_err(Failed)?;
    for (number, id, name) in others {
        with.entry(number).or_default().push(person(id, name)?);
    }
    let revisions = rows.into_iter().map(|(number, id, name, at, comment, words)| {
        let with = with.remove(&number).unwrap_or_default();
        Ok(Revision { number: small(number), by: person(id, name)?, with, at, name: comment, words: small(words) })
    });
    revisions.collect()
}

/// What stands in one revision, as it is kept.
#[derive(Debug)]
pub enum StoredContent {
    /// Nothing: before the first.
    Nothing,
    /// The tree as JSON.
    Tree(String),
    /// Markdown, saved before chapters were written together.
    Text(String),
}

impl StoredContent {
    /// How many bytes it has as it is kept.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Nothing => 0,
            Self::Tree(text) | Self::Text(text) => text.len(),
        }
    }

    /// What stands in it.
    pub fn nodes(&self) -> Result<Vec<Node>, Fault> {
        match self {
            Self::Nothing => Ok(Vec::new()),
            Self::Tree(content) => json::read(content).map_err(|error| newer("version", &error)),
            Self::Text(text) => Ok(markdown::read(text)),
        }
    }
}

/// What stands in one revision.
pub async fn content(sql: &mut Connection, part: &PartId, number: u32) -> Result<Vec<Node>, Fault> {
    kept(sql, part, number).await?.nodes()
}

/// The same as it is kept. Number 0, before the first, is empty.
pub async fn kept(sql: &mut Connection, part: &PartId, number: u32) -> Result<StoredContent, Fault> {
    if number == 0 {
        return Ok(StoredContent::Nothing);
    }
    let row: Option<(String, Option<String>)> =
        sqlx::query_as("SELECT text, content FROM revisions WHERE part = $1 AND number = $2")
            .bind(part.as_str())
            .bind(i64::from(number))
            .fetch_optional(sql)
            .await
            .map_err(Failed)?;
    Ok(match row.ok_or_else(|| Fault::not_found("version"))? {
        (_, Some(content)) => StoredContent::Tree(content),
        (text, None) => StoredContent::Text(text),
    })
}

/// Whose hands wrote in a chapter, and what these people are called.
pub async fn hands(sql: &mut Connection, part: &PartId) -> Result<HashMap<u64, Person>, Fault> {
    let rows: Vec<(i64, String, String)> =
        sqlx::query_as("SELECT h.hand, p.id, p.name FROM hands h JOIN people p ON p.id = h.person WHERE h.part = $1")
            .bind(part.as_str())
            .fetch_all(sql)
            .await
            .map_err(Failed)?;
    rows.into_iter().map(|(hand, id, name)| Ok((hand.cast_unsigned(), person(id, name)?))).collect()
}
