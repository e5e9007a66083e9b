//! A chapter's text: the draft, and what is kept of lost drafts.

use super::{damaged, person, small};
use crate::{
    account::person::Person,
    book::{
        chapter::{ChapterText, Kept},
        model::{BookId, PartId, Title},
    },
    database::new_id,
    sputnik::{fault::Fault, names::UserId},
};
use sqlx::{AnyConnection, Row};

/// How many lost drafts of one person are kept a chapter; the oldest goes first.
const KEPT: i64 = 10;

/// A chapter as it is being written.
pub struct Draft {
    /// The chapter's title.
    pub title: Title,
    /// The number of the newest revision.
    pub revision: u32,
    /// The newest fence of the pen.
    pub fence: u64,
    /// Who was given the pen under it.
    pub pen: Option<UserId>,
    /// How many changes made the text.
    pub draft: u64,
    /// Whether the text differs from the newest revision.
    pub unsaved: bool,
    /// Who wrote last, and when.
    pub last: Option<(Person, i64)>,
    /// The text.
    pub text: String,
}

impl Draft {
    /// As its readers hold it.
    pub fn into_text(self, part: PartId) -> ChapterText {
        let Self { revision, draft, unsaved, last, text, .. } = self;
        ChapterText { part, text, draft, revision, unsaved, last }
    }
}

/// Reads a chapter of a book.
pub async fn draft(sql: &mut AnyConnection, book: &BookId, part: &PartId) -> Result<Draft, Fault> {
    let row = sqlx::query(
        "SELECT p.title, p.revision, c.fence, c.pen, c.draft, c.unsaved, w.id, w.name, c.written, c.text
         FROM parts p JOIN chapters c ON c.part = p.id LEFT JOIN people w ON w.id = c.writer
         WHERE p.id = $1 AND p.book = $2 AND p.deleted IS NULL",
    )
    .bind(part.as_str())
    .bind(book.as_str())
    .fetch_optional(sql)
    .await?
    .ok_or_else(no_chapter)?;
    let last = match (row.try_get(6)?, row.try_get(7)?, row.try_get(8)?) {
        (Some(id), Some(name), Some(at)) => Some((person(id, name)?, at)),
        _ => None,
    };
    Ok(Draft {
        title: row.try_get::<String, _>(0)?.try_into().map_err(|error| damaged(&error))?,
        revision: small(row.try_get(1)?),
        fence: row.try_get::<i64, _>(2)?.cast_unsigned(),
        pen: row.try_get::<Option<String>, _>(3)?.map(TryInto::try_into).transpose()?,
        draft: row.try_get::<i64, _>(4)?.cast_unsigned(),
        unsaved: row.try_get::<i64, _>(5)? != 0,
        last,
        text: row.try_get(9)?,
    })
}

/// The pen as the database knows it, and what else is asked for on the way.
pub struct Pen {
    /// The number of the chapter's newest revision.
    pub revision: u32,
    /// The newest fence.
    pub fence: u64,
    /// Who was given the pen under it.
    pub holder: Option<UserId>,
}

/// The pen of a chapter of a book, without the text.
pub async fn pen(sql: &mut AnyConnection, book: &BookId, part: &PartId) -> Result<Pen, Fault> {
    let row: Option<(i64, Option<String>, i64)> = sqlx::query_as(
        "SELECT c.fence, c.pen, p.revision FROM parts p JOIN chapters c ON c.part = p.id
         WHERE p.id = $1 AND p.book = $2 AND p.deleted IS NULL",
    )
    .bind(part.as_str())
    .bind(book.as_str())
    .fetch_optional(sql)
    .await?;
    let (fence, holder, revision) = row.ok_or_else(no_chapter)?;
    Ok(Pen {
        revision: small(revision),
        fence: fence.cast_unsigned(),
        holder: holder.map(TryInto::try_into).transpose()?,
    })
}

/// Who is writing, and what they think is the newest: every write is refused by the database itself unless it is.
pub struct Hold<'a> {
    /// The chapter.
    pub part: &'a PartId,
    /// Who writes.
    pub by: &'a UserId,
    /// The fence of their pen.
    pub fence: u64,
    /// The number of the draft they change.
    pub draft: u64,
}

/// Puts another text in the place of the draft, as draft number `draft + 1`. Tells whether it was allowed to: not under
/// an old fence, by another person, or on an old draft.
pub async fn write(
    sql: &mut AnyConnection,
    hold: &Hold<'_>,
    text: &str,
    unsaved: bool,
    at: i64,
) -> Result<bool, Fault> {
    let done = sqlx::query(
        "UPDATE chapters SET text = $5, draft = draft + 1, unsaved = $6, writer = $2, written = $7
         WHERE part = $1 AND pen = $2 AND fence = $3 AND draft = $4",
    )
    .bind(hold.part.as_str())
    .bind(hold.by.as_str())
    .bind(hold.fence.cast_signed())
    .bind(hold.draft.cast_signed())
    .bind(text)
    .bind(i64::from(unsaved))
    .bind(at)
    .execute(sql)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Notes that the draft is saved. Tells whether it was allowed to, as [`write()`] does.
pub async fn mark_saved(sql: &mut AnyConnection, hold: &Hold<'_>, at: i64) -> Result<bool, Fault> {
    let done = sqlx::query(
        "UPDATE chapters SET unsaved = 0, writer = $2, written = $5
         WHERE part = $1 AND pen = $2 AND fence = $3 AND draft = $4",
    )
    .bind(hold.part.as_str())
    .bind(hold.by.as_str())
    .bind(hold.fence.cast_signed())
    .bind(hold.draft.cast_signed())
    .bind(at)
    .execute(sql)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Notes who was given the pen, under which fence. Tells whether it was the newest: an older holding is refused.
pub async fn give_pen(sql: &mut AnyConnection, part: &PartId, to: &UserId, fence: u64) -> Result<bool, Fault> {
    let done = sqlx::query("UPDATE chapters SET fence = $3, pen = $2 WHERE part = $1 AND fence <= $3")
        .bind(part.as_str())
        .bind(to.as_str())
        .bind(fence.cast_signed())
        .execute(sql)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Puts the newest revision's text in the place of a draft that was set aside.
pub async fn reset(sql: &mut AnyConnection, part: &PartId, text: &str, by: &UserId, at: i64) -> Result<(), Fault> {
    sqlx::query(
        "UPDATE chapters SET text = $2, draft = draft + 1, unsaved = 0, writer = $3, written = $4 WHERE part = $1",
    )
    .bind(part.as_str())
    .bind(text)
    .bind(by.as_str())
    .bind(at)
    .execute(sql)
    .await?;
    Ok(())
}

/// Keeps a draft for the person who lost it.
pub async fn keep(sql: &mut AnyConnection, part: &PartId, who: &UserId, text: &str, at: i64) -> Result<(), Fault> {
    sqlx::query("INSERT INTO kept_texts (id, part, person, at, text) VALUES ($1, $2, $3, $4, $5)")
        .bind(new_id()?)
        .bind(part.as_str())
        .bind(who.as_str())
        .bind(at)
        .bind(text)
        .execute(&mut *sql)
        .await?;
    sqlx::query(
        "DELETE FROM kept_texts WHERE part = $1 AND person = $2 AND id NOT IN
         (SELECT id FROM kept_texts WHERE part = $1 AND person = $2 ORDER BY at DESC, id LIMIT $3)",
    )
    .bind(part.as_str())
    .bind(who.as_str())
    .bind(KEPT)
    .execute(sql)
    .await?;
    Ok(())
}

/// The oldest text kept for a person: the one they let go of first.
pub async fn kept(sql: &mut AnyConnection, part: &PartId, who: &UserId) -> Result<Option<Kept>, Fault> {
    let row: Option<(i64, String)> =
        sqlx::query_as("SELECT at, text FROM kept_texts WHERE part = $1 AND person = $2 ORDER BY at, id LIMIT 1")
            .bind(part.as_str())
            .bind(who.as_str())
            .fetch_optional(sql)
            .await?;
    Ok(row.map(|(at, text)| Kept { text, at }))
}

/// Lets go of the oldest text kept for a person.
pub async fn drop_kept(sql: &mut AnyConnection, part: &PartId, who: &UserId) -> Result<(), Fault> {
    sqlx::query(
        "DELETE FROM kept_texts WHERE id IN
         (SELECT id FROM kept_texts WHERE part = $1 AND person = $2 ORDER BY at, id LIMIT 1)",
    )
    .bind(part.as_str())
    .bind(who.as_str())
    .execute(sql)
    .await?;
    Ok(())
}

fn no_chapter() -> Fault {
    Fault::not_found("chapter")
}
