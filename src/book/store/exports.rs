//! Whole books that are made into files: the queue of those to be made, and the files.
//!
//! Whoever makes one holds it under a name of its own for that run. Whatever it writes names that, and is refused when
//! another has taken it on meanwhile: however late a server comes back, two never write one file.

use super::{damaged, newer, person, small, understood, word};
use crate::{
    account::person::Person,
    book::{
        exports::{Export, ExportState, NamedVersion},
        format::Format,
        model::{BookId, ExportId},
    },
    database::{Connection, Failed},
};
use serde_json::Value;
use sputnik::{Fault, UserId};
use sqlx::{Row, any::AnyRow};

/// A file that is to be made.
pub struct New<'a> {
    /// Its id.
    pub id: &'a ExportId,
    /// Of which book.
    pub book: &'a BookId,
    /// As what.
    pub format: Format,
    /// Of which version; nothing for how it stands then.
    pub version: Option<&'a NamedVersion>,
    /// Who asks.
    pub by: &'a UserId,
    /// When.
    pub at: i64,
}

/// Adds one to the queue.
pub async fn add(sql: &mut Connection, new: New<'_>) -> Result<(), Fault> {
    sqlx::query(
        "INSERT INTO exports (id, book, format, version, moment, person, at, state, percent, lease, attempts, words,
         size, pieces, made) VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', 0, 0, 0, '', 0, 0, 0)",
    )
    .bind(new.id.as_str())
    .bind(new.book.as_str())
    .bind(word(new.format)?)
    .bind(new.version.map(|version| version.name.as_str()))
    .bind(new.version.map(|version| version.at))
    .bind(new.by.as_str())
    .bind(new.at)
    .execute(sql)
    .await
    .map_err(Failed)?;
    Ok(())
}

const COLUMNS: &str =
    "SELECT e.id, e.format, e.version, p.id, p.name, e.at, e.state, e.percent, e.words, e.size, e.made,
       e.until, e.pieces FROM exports e JOIN people p ON p.id = e.person";

/// Those of a book, in the order in which they were asked for. What a newer node was asked for and this one has no word for
/// is passed over.
pub async fn of_book(sql: &mut Connection, book: &BookId) -> Result<Vec<Export>, Fault> {
    let all = format!("{COLUMNS} WHERE e.book = $1 ORDER BY e.at, e.id");
    let rows = sqlx::query(&all).bind(book.as_str()).fetch_all(sql).await.map_err(Failed)?;
    Ok(rows.iter().filter_map(|row| understood("an export", export(row))).collect())
}

/// One of a book, and in how many pieces its file is.
pub async fn get(sql: &mut Connection, book: &BookId, id: &ExportId) -> Result<(Export, u64), Fault> {
    let one = format!("{COLUMNS} WHERE e.id = $1 AND e.book = $2");
    let row = sqlx::query(&one).bind(id.as_str()).bind(book.as_str()).fetch_optional(sql).await.map_err(Failed)?;
    let row = row.ok_or_else(not_there)?;
    let pieces: i64 = row.try_get(12).map_err(Failed)?;
    Ok((export(&row)?, pieces.cast_unsigned()))
}

fn not_there() -> Fault {
    Fault::not_found("file. It may have been thrown away; it can be made again on the page Publish")
}

fn export(row: &AnyRow) -> Result<Export, Fault> {
    let text = |at: usize| row.try_get::<String, _>(at).map_err(Failed);
    let number = |at: usize| row.try_get::<i64, _>(at).map_err(Failed);
    let version: Option<String> = row.try_get(2).map_err(Failed)?;
    let until: Option<i64> = row.try_get(11).map_err(Failed)?;
    let state = match text(6)?.as_str() {
        "waiting" => ExportState::Waiting,
        "making" => ExportState::Making { percent: percent(number(7)?) },
        "ready" => ExportState::Ready {
            bytes: number(9)?.cast_unsigned(),
            made: number(10)?,
            until: until.unwrap_or_default(),
            note: text(8)?,
        },
        "failed" => ExportState::Failed { why: text(8)? },
        other => return Err(newer("file", &other)),
    };
    Ok(Export {
        id: text(0)?.try_into().map_err(|error| damaged(&error))?,
        format: format_of(text(1)?)?,
        version: version.map(|name| name.parse().map_err(|error| damaged(&error))).transpose()?,
        by: person(text(3)?, text(4)?)?,
        at: number(5)?,
        state,
    })
}

fn percent(number: i64) -> u8 {
    u8::try_from(number.clamp(0, 100)).unwrap_or_default()
}

fn format_of(word: String) -> Result<Format, Fault> {
    serde_json::from_value(Value::String(word)).map_err(|error| newer("file", &error))
}

/// How many a book has.
pub async fn count(sql: &mut Connection, book: &BookId) -> Result<i64, Fault> {
    let count = sqlx::query_scalar("SELECT COUNT(*) FROM exports WHERE book = $1").bind(book.as_str());
    Ok(count.fetch_one(sql).await.map_err(Failed)?)
}

/// How many that somebody asked for are not made yet, of all books.
pub async fn under_way(sql: &mut Connection, who: &UserId) -> Result<i64, Fault> {
    let count = sqlx::query_scalar("SELECT COUNT(*) FROM exports WHERE person = $1 AND state IN ('waiting', 'making')");
    Ok(count.bind(who.as_str()).fetch_one(sql).await.map_err(Failed)?)
}

/// Throws one away, whatever has become of it. Tells whether it was there.
pub async fn remove(sql: &mut Connection, book: &BookId, id: &ExportId) -> Result<bool, Fault> {
    let remove = sqlx::query("DELETE FROM exports WHERE id = $1 AND book = $2");
    let removed = remove.bind(id.as_str()).bind(book.as_str()).execute(sql).await.map_err(Failed)?;
    Ok(removed.rows_affected() > 0)
}

/// One that waits to be made, or whose server is not heard of any more.
pub struct Job {
    /// Which.
    pub id: ExportId,
    /// Of which book.
    pub book: BookId,
    /// As what.
    pub format: Format,
    /// Of which version.
    pub version: Option<NamedVersion>,
    /// Who asked.
    pub by: Person,
}

/// A row of one that is to be made.
type JobRow = (String, String, String, Option<String>, Option<i64>, String, String);

/// Those that could be begun now, in their order, at most so many. What this node has no word for is another's to make.
pub async fn to_be_made(sql: &mut Connection, now: i64, most: i64) -> Result<Vec<Job>, Fault> {
    let rows: Vec<JobRow> = sqlx::query_as(
        "SELECT e.id, e.book, e.format, e.version, e.moment, p.id, p.name
         FROM exports e JOIN people p ON p.id = e.person
         WHERE e.state = 'waiting' OR (e.state = 'making' AND e.lease < $1) ORDER BY e.at, e.id LIMIT $2",
    )
    .bind(now)
    .bind(most)
    .fetch_all(sql)
    .await
    .map_err(Failed)?;
    let read = |(id, book, format, name, moment, by, called): JobRow| {
        let version = match name.zip(moment) {
            Some((name, at)) => Some(NamedVersion { name: name.parse().map_err(|error| damaged(&error))?, at }),
            None => None,
        };
        Ok::<_, Fault>(Job {
            id: id.try_into().map_err(|error| damaged(&error))?,
            book: book.try_into().map_err(|error| damaged(&error))?,
            format: format_of(format)?,
            version,
            by: person(by, called)?,
        })
    };
    Ok(rows.into_iter().filter_map(|row| understood("an export", read(row))).collect())
}

/// Takes one on, until a moment, if nobody has meanwhile. Tells how many runs have begun with this one.
pub async fn claim(
    sql: &mut Connection,
    id: &ExportId,
    holder: &str,
    (now, lease): (i64, i64),
) -> Result<Option<u32>, Fault> {
    let attempts: Option<i64> = sqlx::query_scalar(
        "UPDATE exports SET state = 'making', holder = $2, lease = $3, attempts = attempts + 1, percent = 0
         WHERE id = $1 AND (state = 'waiting' OR (state = 'making' AND lease < $4)) RETURNING attempts",
    )
    .bind(id.as_str())
    .bind(holder)
    .bind(lease)
    .bind(now)
    .fetch_optional(&mut *sql)
    .await
    .map_err(Failed)?;
    if attempts.is_some() {
        // What a server that died has written of it.
        forget_pieces(sql, id).await?;
    }
    Ok(attempts.map(small))
}

async fn forget_pieces(sql: &mut Connection, id: &ExportId) -> Result<(), Fault> {
    let forget = sqlx::query("DELETE FROM export_pieces WHERE export = $1");
    forget.bind(id.as_str()).execute(sql).await.map_err(Failed)?;
    Ok(())
}

/// Holds on to one, and notes how far it is. Tells whether it is still this run's. From here on nobody else takes it before
/// the transaction ends.
pub async fn hold(
    sql: &mut Connection,
    id: &ExportId,
    holder: &str,
    (lease, percent): (i64, u8),
) -> Result<bool, Fault> {
    let hold = sqlx::query("UPDATE exports SET lease = $3, percent = $4 WHERE id = $1 AND holder = $2");
    let hold = hold.bind(id.as_str()).bind(holder).bind(lease).bind(i64::from(percent));
    Ok(hold.execute(sql).await.map_err(Failed)?.rows_affected() > 0)
}

/// Adds a piece to the file of one that is held.
pub async fn add_piece(sql: &mut Connection, id: &ExportId, number: u64, bytes: Vec<u8>) -> Result<(), Fault> {
    let add = sqlx::query("INSERT INTO export_pieces (export, number, bytes) VALUES ($1, $2, $3)");
    add.bind(id.as_str()).bind(number.cast_signed()).bind(bytes).execute(sql).await.map_err(Failed)?;
    Ok(())
}

/// Notes that the file is whole: so many bytes in so many pieces, kept from now until a moment. Tells whether it was still
/// this run's.
pub async fn finish(
    sql: &mut Connection,
    id: &ExportId,
    holder: &str,
    (bytes, pieces, note): (u64, u64, &str),
    (made, until): (i64, i64),
) -> Result<bool, Fault> {
    let finish = sqlx::query(
        "UPDATE exports SET state = 'ready', holder = NULL, size = $3, pieces = $4, made = $5, until = $6, words = $7
         WHERE id = $1 AND holder = $2",
    );
    let finish = finish.bind(id.as_str()).bind(holder).bind(bytes.cast_signed()).bind(pieces.cast_signed());
    Ok(finish.bind(made).bind(until).bind(note).execute(sql).await.map_err(Failed)?.rows_affected() > 0)
}

/// Notes why it is not made, and until when that is told; what was written of it goes. Tells whether it was still this
/// run's.
pub async fn fail(sql: &mut Connection, id: &ExportId, holder: &str, why: &str, until: i64) -> Result<bool, Fault> {
    let fail = sqlx::query(
        "UPDATE exports SET state = 'failed', holder = NULL, words = $3, until = $4 WHERE id = $1 AND holder = $2",
    );
    let fail = fail.bind(id.as_str()).bind(holder).bind(why).bind(until).execute(&mut *sql).await.map_err(Failed)?;
    if fail.rows_affected() == 0 {
        return Ok(false);
    }
    forget_pieces(sql, id).await?;
    Ok(true)
}

/// Puts one back in its place in the queue, as if it had not been begun. Tells whether it was still this run's.
pub async fn hand_back(sql: &mut Connection, id: &ExportId, holder: &str) -> Result<bool, Fault> {
    let back = sqlx::query(
        "UPDATE exports SET state = 'waiting', holder = NULL, attempts = attempts - 1, percent = 0
         WHERE id = $1 AND holder = $2",
    );
    let back = back.bind(id.as_str()).bind(holder).execute(&mut *sql).await.map_err(Failed)?;
    if back.rows_affected() == 0 {
        return Ok(false);
    }
    forget_pieces(sql, id).await?;
    Ok(true)
}

/// A piece of a file, counted from 0.
pub async fn piece(sql: &mut Connection, id: &ExportId, number: u64) -> Result<Vec<u8>, Fault> {
    let piece = sqlx::query_scalar("SELECT bytes FROM export_pieces WHERE export = $1 AND number = $2");
    let piece = piece.bind(id.as_str()).bind(number.cast_signed()).fetch_optional(sql).await.map_err(Failed)?;
    piece.ok_or_else(not_there)
}

/// Those whose time is up, at most so many: which, of which book, and who asked for it.
pub async fn past(sql: &mut Connection, now: i64, most: i64) -> Result<Vec<(ExportId, BookId, Person)>, Fault> {
    let rows: Vec<(String, String, String, String)> = sqlx::query_as(
        "SELECT e.id, e.book, p.id, p.name FROM exports e JOIN people p ON p.id = e.person
         WHERE e.until < $1 ORDER BY e.until LIMIT $2",
    )
    .bind(now)
    .bind(most)
    .fetch_all(sql)
    .await
    .map_err(Failed)?;
    let read = |(id, book, by, called): (String, String, _, _)| {
        let (id, book) = (id.try_into().map_err(|error| damaged(&error)), book.try_into());
        Ok((id?, book.map_err(|error| damaged(&error))?, person(by, called)?))
    };
    rows.into_iter().map(read).collect()
}
