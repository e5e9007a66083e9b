//! What is searched, in SQL: the passages of chapters, kept in step with the chapters, and found by the words in them.
//!
//! A passage is found by any three letters that follow on each other, in the form in which text is compared
//! ([`document::search`](crate::document::search)): so in every script, whole words, beginnings and what stands within.
//! SQLite does that by its full-text index (`sqlite`), PostgreSQL by an index of trigrams (`postgres`), where it may
//! have one. What is asked is the same; how, stands in these two files.
//!
//! | what | why so |
//! | --- | --- |
//! | numbers of passages in a range a book | the full-text index of SQLite knows numbers alone, and looks within a range: another book's passages cost nothing |
//! | no rank of the database's | it would count a word in all books there are |
//! | passages changed one by one | whoever types changes one block, and a chapter has hundreds |

mod postgres;
mod sqlite;

use super::{contents, damaged, word};
use crate::{
    book::model::{BookId, Kind, PartId},
    database::{Connection, Database, Failed},
    document::search::{
        folding::fold,
        passages::{Part, Passage},
        question::{Closeness, Question},
    },
};
use serde::{Deserialize, Serialize};
use sputnik::Fault;
use sqlx::Row;
use std::collections::HashSet;

/// By which way passages are made of chapters and folded. Whoever changes that raises it: everything is looked at again.
const WAY: i64 = 1;
/// How many numbers a book's passages have.
const RANGE: i64 = 1 << 32;
/// How many passages one statement adds.
const AT_ONCE: usize = 100;
/// For how long a chapter is one node's to look at, in milliseconds.
const CLAIM: i64 = 10_000;

/// Chapters `p` that have more edits than are in what is searched: `$1` is what a chapter is called, `$2` the way.
const BEHIND: &str = "parts p LEFT JOIN search_chapters s ON s.part = p.id
    WHERE p.kind = $1 AND p.deleted IS NULL AND (s.part IS NULL OR s.way <> $2 OR s.book <> p.book
        OR s.edits < COALESCE((SELECT MAX(e.number) FROM edits e WHERE e.part = p.id), 0))";

/// A passage that was found.
pub struct Found {
    /// In which chapter.
    pub part: PartId,
    /// The passage.
    pub passage: Passage,
}

/// A chapter that has more edits than are in what is searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behind {
    /// Its book.
    pub book: BookId,
    /// Which.
    pub part: PartId,
}

/// Whether a connection is to SQLite.
fn is_sqlite(sql: &Connection) -> bool {
    sql.backend_name() == "SQLite"
}

/// Makes the index where there is none, of the passages there are. To be done before anything is added or looked for.
pub async fn prepare(database: &Database) -> Result<(), Fault> {
    let is_sqlite = is_sqlite(&*database.glance().await?);
    if is_sqlite { sqlite::prepare(database).await } else { postgres::prepare(database).await }
}

/// Forgets all that is searched, and the index. It is made anew by [`prepare`], and by looking at every chapter.
pub async fn forget(database: &Database) -> Result<(), Fault> {
    let mut sql = database.write().await?;
    let drop_index: &[&str] = if is_sqlite(&sql) { &sqlite::DROP } else { &postgres::DROP };
    for statement in drop_index.iter().chain(&["DELETE FROM search_passages", "DELETE FROM search_chapters"]) {
        sqlx::query(statement).execute(&mut *sql).await.map_err(Failed)?;
    }
    Ok(sql.commit().await.map_err(Failed)?)
}

/// Chapters that have more edits than are in what is searched, at most so many.
pub async fn behind(sql: &mut Connection, most: i64) -> Result<Vec<Behind>, Fault> {
    let statement = format!("SELECT p.book, p.id FROM {BEHIND} ORDER BY COALESCE(s.claimed, 0), p.id LIMIT $3");
    let rows = sqlx::query_as(&statement).bind(word(Kind::Chapter)?).bind(WAY).bind(most);
    let rows: Vec<(String, String)> = rows.fetch_all(sql).await.map_err(Failed)?;
    let behind = |(book, part): (String, String)| {
        let book = book.try_into().map_err(|error| damaged(&error))?;
        Ok(Behind { book, part: part.try_into().map_err(|error| damaged(&error))? })
    };
    rows.into_iter().map(behind).collect()
}

/// Makes a chapter this node's to look at. Tells whether it is: not, when another node began to look at it just now.
pub async fn claim(sql: &mut Connection, behind: &Behind, now: i64) -> Result<bool, Fault> {
    let done = sqlx::query(
        "INSERT INTO search_chapters (part, book, edits, way, claimed) VALUES ($1, $2, -1, $3, $4)
         ON CONFLICT (part) DO UPDATE SET claimed = excluded.claimed
         WHERE search_chapters.claimed NOT BETWEEN $5 AND $6",
    )
    .bind(behind.part.as_str())
    .bind(behind.book.as_str())
    .bind(WAY)
    .bind(now)
    .bind(now - CLAIM)
    // One that was claimed by a clock far ahead of this one is nobody's.
    .bind(now + CLAIM)
    .execute(sql)
    .await
    .map_err(Failed)?;
    Ok(done.rows_affected() == 1)
}

/// Holds on to a chapter for a change of what is searched of it, and lets go of it where that is done, with so many of its
/// edits in it. Tells whether it still was this node's, since then.
pub async fn hold_on(
    sql: &mut Connection,
    behind: &Behind,
    (since, now): (i64, i64),
    done: Option<u64>,
) -> Result<bool, Fault> {
    let held = sqlx::query(
        "UPDATE search_chapters SET claimed = $3, edits = $4, book = $5, way = $6 WHERE part = $1 AND claimed = $2",
    )
    .bind(behind.part.as_str())
    .bind(since)
    .bind(if done.is_some() { 0 } else { now })
    .bind(done.map_or(-1, u64::cast_signed))
    .bind(behind.book.as_str())
    .bind(WAY)
    .execute(sql)
    .await
    .map_err(Failed)?;
    Ok(held.rows_affected() == 1)
}

/// Whether what is searched of a chapter was made of it in another book, or in another way: then none of it stays.
pub async fn is_of_another(sql: &mut Connection, behind: &Behind) -> Result<bool, Fault> {
    let row: Option<(String, i64)> = sqlx::query_as("SELECT book, way FROM search_chapters WHERE part = $1")
        .bind(behind.part.as_str())
        .fetch_optional(sql)
        .await
        .map_err(Failed)?;
    Ok(row.is_some_and(|(book, way)| book != behind.book.as_str() || way != WAY))
}

/// What is searched of a chapter, in no order.
pub async fn of_chapter(sql: &mut Connection, part: &PartId) -> Result<Vec<(i64, Passage)>, Fault> {
    let rows = sqlx::query("SELECT id, block, start, kind, text FROM search_passages WHERE part = $1")
        .bind(part.as_str())
        .fetch_all(sql)
        .await
        .map_err(Failed)?;
    let read = |row: &sqlx::any::AnyRow| Ok((row.try_get(0).map_err(Failed)?, passage(row, 1)?));
    rows.iter().map(read).collect()
}

/// Takes passages out of what is searched.
pub async fn remove(sql: &mut Connection, ids: &[i64]) -> Result<(), Fault> {
    for ids in ids.chunks(AT_ONCE) {
        let places: Vec<String> = (1..=ids.len()).map(|n| format!("${n}")).collect();
        let statement = format!("DELETE FROM search_passages WHERE id IN ({})", places.join(", "));
        let remove = ids.iter().fold(sqlx::query(&statement), |remove, id| remove.bind(*id));
        remove.execute(&mut *sql).await.map_err(Failed)?;
    }
    Ok(())
}

/// Adds passages of a chapter to what is searched.
pub async fn add(sql: &mut Connection, behind: &Behind, passages: &[&Passage]) -> Result<(), Fault> {
    if passages.is_empty() {
        return Ok(());
    }
    let mut id = next_ids(sql, &behind.book, passages.len()).await?;
    for some in passages.chunks(AT_ONCE) {
        let row = |n: usize| {
            let at = |column: usize| 6 * n + column + 2;
            format!("(${}, $1, ${}, ${}, ${}, ${}, ${})", at(0), at(1), at(2), at(3), at(4), at(5))
        };
        let rows: Vec<String> = (0..some.len()).map(row).collect();
        let statement = format!(
            "INSERT INTO search_passages (id, part, block, start, kind, text, folded) VALUES {}",
            rows.join(", ")
        );
        let mut insert = sqlx::query(&statement).bind(behind.part.as_str());
        for passage in some {
            let (block, start) = (i64::from(passage.block), i64::from(passage.start));
            insert = insert.bind(id).bind(block).bind(start).bind(word(StoredPart::from(passage.part))?);
            insert = insert.bind(&passage.text).bind(fold(&passage.text));
            id += 1;
        }
        insert.execute(&mut *sql).await.map_err(Failed)?;
    }
    Ok(())
}

/// Moves the passages of a chapter from this block on, by so many blocks.
pub async fn shift(sql: &mut Connection, part: &PartId, from: u32, by: i64) -> Result<(), Fault> {
    let shift = sqlx::query("UPDATE search_passages SET block = block + $3 WHERE part = $1 AND block >= $2");
    shift.bind(part.as_str()).bind(i64::from(from)).bind(by).execute(sql).await.map_err(Failed)?;
    Ok(())
}

/// Passages of a book in which all that is looked for stands so closely, at most so many: not of chapters that were
/// deleted.
pub async fn find(
    sql: &mut Connection,
    book: &BookId,
    question: &Question,
    closeness: Closeness,
    most: i64,
) -> Result<Vec<Found>, Fault> {
    let Some(range) = range(sql, book).await? else { return Ok(Vec::new()) };
    let asked = if is_sqlite(sql) { sqlite::ask(question, closeness) } else { postgres::ask(question, closeness) };
    let statement = format!(
        "SELECT s.part, s.block, s.start, s.kind, s.text FROM {} JOIN parts p ON p.id = s.part
         WHERE {} AND p.book = $3 AND p.deleted IS NULL ORDER BY {} LIMIT $4",
        asked.from, asked.condition, asked.order
    );
    let mut find = sqlx::query(&statement).bind(range.0).bind(range.1).bind(book.as_str()).bind(most);
    for value in &asked.values {
        find = find.bind(value);
    }
    let rows = find.fetch_all(sql).await.map_err(Failed)?;
    let found = |row: &sqlx::any::AnyRow| {
        let part: String = row.try_get(0).map_err(Failed)?;
        Ok(Found { part: part.try_into().map_err(|error| damaged(&error))?, passage: passage(row, 1)? })
    };
    rows.iter().map(found).collect()
}

/// The chapters of a book in which something may stand: where what is searched of them holds it, and those that have more
/// edits than that. Of an empty question, all of them.
pub async fn chapters_with(sql: &mut Connection, book: &BookId, question: &Question) -> Result<HashSet<PartId>, Fault> {
    let range = range(sql, book).await?.filter(|_| !question.is_empty());
    let Some(range) = range else {
        return Ok(contents::chapters(sql, book).await?.into_iter().collect());
    };
    let closeness = Closeness::Within;
    let asked = if is_sqlite(sql) { sqlite::ask(question, closeness) } else { postgres::ask(question, closeness) };
    let statement = format!(
        "SELECT DISTINCT s.part FROM {} JOIN parts p ON p.id = s.part
         WHERE {} AND p.book = $3 AND p.deleted IS NULL LIMIT $4",
        asked.from, asked.condition
    );
    let mut find = sqlx::query_scalar(&statement).bind(range.0).bind(range.1).bind(book.as_str()).bind(RANGE);
    for value in &asked.values {
        find = find.bind(value);
    }
    let mut found: Vec<String> = find.fetch_all(&mut *sql).await.map_err(Failed)?;
    let statement = format!("SELECT p.id FROM {BEHIND} AND p.book = $3");
    let behind = sqlx::query_scalar(&statement).bind(word(Kind::Chapter)?).bind(WAY).bind(book.as_str());
    let behind: Vec<String> = behind.fetch_all(sql).await.map_err(Failed)?;
    found.extend(behind);
    found.into_iter().map(|part| part.try_into().map_err(|error| damaged(&error))).collect()
}

/// A question as one database understands it: `$1` and `$2` are the first and the last number of the book's passages,
/// `$5` and those that follow these values.
struct Asked {
    /// The tables, of which `s` is that of the passages.
    from: &'static str,
    condition: String,
    order: &'static str,
    values: Vec<String>,
}

/// What stands somewhere in a text, for `LIKE … ESCAPE '\'`.
fn like(text: &str) -> String {
    let mut pattern = String::from("%");
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

/// The first and the last number of a book's passages, if it has any.
async fn range(sql: &mut Connection, book: &BookId) -> Result<Option<(i64, i64)>, Fault> {
    let number: Option<i64> = sqlx::query_scalar("SELECT number FROM search_books WHERE book = $1")
        .bind(book.as_str())
        .fetch_optional(sql)
        .await
        .map_err(Failed)?;
    Ok(number.map(|number| (number * RANGE, number * RANGE + RANGE - 1)))
}

/// The first of so many new numbers.
async fn next_ids(sql: &mut Connection, book: &BookId, count: usize) -> Result<i64, Fault> {
    let count = i64::try_from(count).unwrap_or(RANGE);
    // Two nodes that come upon a new book at once would give it two numbers, of which the second is refused and tried
    // again later.
    let (number, next): (i64, i64) = sqlx::query_as(
        "INSERT INTO search_books (book, number, next)
         VALUES ($1, (SELECT COALESCE(MAX(number), 0) + 1 FROM search_books), $2)
         ON CONFLICT (book) DO UPDATE SET next = search_books.next + $2 RETURNING number, next",
    )
    .bind(book.as_str())
    .bind(count)
    .fetch_one(sql)
    .await
    .map_err(Failed)?;
    Ok(number * RANGE + next - count)
}

/// As what a passage stands in a chapter, as the table has it.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StoredPart {
    Heading,
    Text,
    Note,
    Description,
}

impl From<Part> for StoredPart {
    fn from(part: Part) -> Self {
        match part {
            Part::Heading => Self::Heading,
            Part::Text => Self::Text,
            Part::Note => Self::Note,
            Part::Description => Self::Description,
        }
    }
}

fn passage(row: &sqlx::any::AnyRow, first: usize) -> Result<Passage, Fault> {
    let number = |at: usize| -> Result<u32, Fault> { Ok(super::small(row.try_get(at).map_err(Failed)?)) };
    let part = match super::read_or(row.try_get(first + 2).map_err(Failed)?, StoredPart::Text) {
        StoredPart::Heading => Part::Heading,
        StoredPart::Text => Part::Text,
        StoredPart::Note => Part::Note,
        StoredPart::Description => Part::Description,
    };
    let text = row.try_get(first + 3).map_err(Failed)?;
    Ok(Passage { block: number(first)?, start: number(first + 1)?, part, text })
}
