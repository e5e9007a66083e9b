//! Books as a whole, and the shelf.

use super::{damaged, person, read_or, small, title, understood, word};
use crate::{
    account::person::Person,
    book::{
        model::{BookId, Role, Sees, Title, Visibility},
        shelf::{BookCard, Shelf},
    },
    database::{Connection, Failed},
};
use sputnik::{Fault, UserId};
use sqlx::{Row, any::AnyRow};
use std::collections::{HashMap, HashSet};

/// How many public books a shelf shows.
const PUBLIC: i64 = 200;
/// How many books of their own and shared with them a shelf shows.
const MINE: i64 = 2_000;

/// A role as a number: each may do what those below it may.
pub(super) fn rank(role: Role) -> i64 {
    match role {
        Role::Reader => 1,
        Role::Editor => 2,
        Role::Owner => 3,
    }
}

pub(super) fn role(rank: i64) -> Role {
    match rank {
        3.. => Role::Owner,
        2 => Role::Editor,
        _ => Role::Reader,
    }
}

/// What somebody may do with a book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Right {
    /// What they may do.
    pub role: Role,
    /// Whether they belong to it.
    pub member: bool,
    /// Whether they see all there is: people, chat, activity and versions too.
    pub within: bool,
    /// Whether the book is in the archive, where everybody may do what a reader may, and no more.
    pub archived: bool,
}

/// What somebody may do with a book; `None` when there is no such book, or none they may know of.
pub async fn right(sql: &mut Connection, book: &BookId, who: Option<&UserId>) -> Result<Option<Right>, Fault> {
    let row: Option<(String, String, Option<i64>, Option<i64>)> = sqlx::query_as(
        "SELECT b.visibility, b.readers_see, m.role, b.archived FROM books b
         LEFT JOIN members m ON m.book = b.id AND m.person = $2 WHERE b.id = $1 AND b.deleted IS NULL",
    )
    .bind(book.as_str())
    // No person has an empty id.
    .bind(who.map_or("", UserId::as_str))
    .fetch_optional(sql)
    .await
    .map_err(Failed)?;
    let Some((visibility, sees, rank, archived)) = row else { return Ok(None) };
    let (member, archived) = (rank.is_some(), archived.is_some());
    let within = self::sees(sees).is_all_for(member);
    let role = right_of(rank, self::visibility(visibility)).map(|role| left_of(role, archived));
    Ok(role.map(|role| Right { role, member, within, archived }))
}

/// What is left of a role while the book is in the archive.
fn left_of(role: Role, archived: bool) -> Role {
    if archived { Role::Reader } else { role }
}

/// What is not understood lets in nobody who does not belong to the book.
fn visibility(word: String) -> Visibility {
    read_or(word, Visibility::Private)
}

/// What is not understood shows nothing but the text.
fn sees(word: String) -> Sees {
    read_or(word, Sees::Text)
}

fn right_of(rank: Option<i64>, visibility: Visibility) -> Option<Role> {
    match (rank, visibility) {
        (Some(rank), _) => Some(role(rank)),
        (None, Visibility::Public) => Some(Role::Reader),
        (None, Visibility::Private) => None,
    }
}

/// What each of these people may do with a book, in one statement; nobody anything when there is no such book.
pub async fn rights(
    sql: &mut Connection,
    book: &BookId,
    people: &HashSet<&UserId>,
) -> Result<HashMap<UserId, Option<Role>>, Fault> {
    // For any number of people a few statements are enough, which are prepared once: some people are asked for again.
    let count = people.len().next_power_of_two();
    let places: Vec<String> = (2..count + 2).map(|n| format!("${n}")).collect();
    let statement = format!(
        "SELECT b.visibility, b.archived, m.person, m.role FROM books b LEFT JOIN members m ON m.book = b.id AND m.person IN ({})
         WHERE b.id = $1 AND b.deleted IS NULL",
        places.join(", ")
    );
    let mut ask =
        sqlx::query_as::<_, (String, Option<i64>, Option<String>, Option<i64>)>(&statement).bind(book.as_str());
    for person in people.iter().cycle().take(count) {
        ask = ask.bind(person.as_str());
    }
    let rows = ask.fetch_all(sql).await.map_err(Failed)?;
    let everyone = match rows.first() {
        Some((word, ..)) => right_of(None, visibility(word.clone())),
        None => None,
    };
    let mut rights: HashMap<_, _> = people.iter().map(|person| ((*person).clone(), everyone)).collect();
    for (_, archived, person, rank) in rows {
        if let (Some(person), Some(rank)) = (person, rank) {
            rights.insert(person.try_into()?, Some(left_of(role(rank), archived.is_some())));
        }
    }
    Ok(rights)
}

/// A book's title, who may read it, and what those see who do not belong to it.
pub async fn head(sql: &mut Connection, book: &BookId) -> Result<(Title, Visibility, Sees), Fault> {
    let row: Option<(String, String, String)> =
        sqlx::query_as("SELECT title, visibility, readers_see FROM books WHERE id = $1")
            .bind(book.as_str())
            .fetch_optional(sql)
            .await
            .map_err(Failed)?;
    let (title, visibility, sees) = row.ok_or_else(|| Fault::not_found("book"))?;
    Ok((self::title(title), self::visibility(visibility), self::sees(sees)))
}

/// When something in a book changed last, in milliseconds since 1970.
pub async fn changed(sql: &mut Connection, book: &BookId) -> Result<i64, Fault> {
    let changed = sqlx::query_scalar("SELECT changed FROM books WHERE id = $1").bind(book.as_str());
    Ok(changed.fetch_one(sql).await.map_err(Failed)?)
}

/// The books that a person is a member of, always in the same order; but for those in the bin.
pub async fn of_member(sql: &mut Connection, who: &UserId) -> Result<Vec<BookId>, Fault> {
    let books = sqlx::query_scalar::<_, String>(
        "SELECT m.book FROM members m JOIN books b ON b.id = m.book WHERE m.person = $1 AND b.deleted IS NULL
         ORDER BY m.book",
    );
    let books = books.bind(who.as_str()).fetch_all(sql).await.map_err(Failed)?;
    books.into_iter().map(|book| book.try_into().map_err(Fault::bad_request)).collect()
}

/// The books that a person is a member of and what they are called, those that changed last first, at most so many.
pub async fn titles_of_member(sql: &mut Connection, who: &UserId, most: i64) -> Result<Vec<(BookId, Title)>, Fault> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT b.id, b.title FROM members m JOIN books b ON b.id = m.book WHERE m.person = $1 AND b.deleted IS NULL
         ORDER BY b.changed DESC, b.id LIMIT $2",
    )
    .bind(who.as_str())
    .bind(most)
    .fetch_all(sql)
    .await
    .map_err(Failed)?;
    let read = |(id, name): (String, String)| Ok((id.try_into().map_err(|error| damaged(&error))?, title(name)));
    rows.into_iter().map(read).collect()
}

/// How many books a person owns, with those in the bin: otherwise that would have no bound.
pub async fn owned(sql: &mut Connection, who: &UserId) -> Result<i64, Fault> {
    let count = sqlx::query_scalar("SELECT COUNT(*) FROM members WHERE person = $1 AND role = $2");
    Ok(count.bind(who.as_str()).bind(rank(Role::Owner)).fetch_one(sql).await.map_err(Failed)?)
}

/// Adds a private book.
pub async fn create(sql: &mut Connection, book: &BookId, title: &Title, at: i64) -> Result<(), Fault> {
    sqlx::query("INSERT INTO books (id, title, visibility, created, changed) VALUES ($1, $2, $3, $4, $4)")
        .bind(book.as_str())
        .bind(title.as_str())
        .bind(word(Visibility::Private)?)
        .bind(at)
        .execute(sql)
        .await
        .map_err(Failed)?;
    Ok(())
}

/// Gives a book another title.
pub async fn rename(sql: &mut Connection, book: &BookId, title: &Title) -> Result<(), Fault> {
    let rename = sqlx::query("UPDATE books SET title = $2 WHERE id = $1");
    rename.bind(book.as_str()).bind(title.as_str()).execute(sql).await.map_err(Failed)?;
    Ok(())
}

/// Sets who may read a book.
pub async fn set_visibility(sql: &mut Connection, book: &BookId, visibility: Visibility) -> Result<(), Fault> {
    let set = sqlx::query("UPDATE books SET visibility = $2 WHERE id = $1");
    set.bind(book.as_str()).bind(word(visibility)?).execute(sql).await.map_err(Failed)?;
    Ok(())
}

/// Sets what those see of a public book who do not belong to it.
pub async fn set_readers_see(sql: &mut Connection, book: &BookId, sees: Sees) -> Result<(), Fault> {
    let set = sqlx::query("UPDATE books SET readers_see = $2 WHERE id = $1");
    set.bind(book.as_str()).bind(word(sees)?).execute(sql).await.map_err(Failed)?;
    Ok(())
}

/// Puts a book into the archive, or takes it out. Tells whether that changed anything.
pub async fn set_archived(sql: &mut Connection, book: &BookId, at: Option<i64>) -> Result<bool, Fault> {
    let set = match at {
        Some(_) => "UPDATE books SET archived = $2 WHERE id = $1 AND archived IS NULL",
        None => "UPDATE books SET archived = $2 WHERE id = $1 AND archived IS NOT NULL",
    };
    let set = sqlx::query(set).bind(book.as_str()).bind(at).execute(sql).await.map_err(Failed)?;
    Ok(set.rows_affected() > 0)
}

/// What somebody is in a book, in the archive or not; nothing, where they do not belong to it, or it is in the bin.
pub async fn membership(sql: &mut Connection, book: &BookId, who: &UserId) -> Result<Option<Role>, Fault> {
    let rank: Option<i64> = sqlx::query_scalar(
        "SELECT m.role FROM members m JOIN books b ON b.id = m.book
         WHERE m.book = $1 AND m.person = $2 AND b.deleted IS NULL",
    )
    .bind(book.as_str())
    .bind(who.as_str())
    .fetch_optional(sql)
    .await
    .map_err(Failed)?;
    Ok(rank.map(role))
}

/// Whether a book is in the archive.
pub async fn is_archived(sql: &mut Connection, book: &BookId) -> Result<bool, Fault> {
    let archived: Option<Option<i64>> = sqlx::query_scalar("SELECT archived FROM books WHERE id = $1")
        .bind(book.as_str())
        .fetch_optional(sql)
        .await
        .map_err(Failed)?;
    Ok(archived.flatten().is_some())
}

/// Notes that something in a book changed.
pub async fn touch(sql: &mut Connection, book: &BookId, at: i64) -> Result<(), Fault> {
    sqlx::query("UPDATE books SET changed = $2 WHERE id = $1")
        .bind(book.as_str())
        .bind(at)
        .execute(sql)
        .await
        .map_err(Failed)?;
    Ok(())
}

/// Deletes a book with all that is in it, for good.
pub async fn delete(sql: &mut Connection, book: &BookId) -> Result<(), Fault> {
    sqlx::query("DELETE FROM books WHERE id = $1").bind(book.as_str()).execute(sql).await.map_err(Failed)?;
    Ok(())
}

/// What a card shows. The owner is the one who has been it longest.
const CARD: &str = "SELECT b.id, b.title, b.visibility, b.changed, o.id, o.name, b.readers_see,
       (SELECT COUNT(*) FROM parts p WHERE p.book = b.id AND p.kind = 'chapter' AND p.deleted IS NULL),
       (SELECT CAST(COALESCE(SUM(p.words), 0) AS BIGINT) FROM parts p WHERE p.book = b.id AND p.deleted IS NULL),
       (SELECT COUNT(*) FROM members w WHERE w.book = b.id AND w.role >= 2),
       (SELECT v.name FROM members w JOIN people v ON v.id = w.person
        WHERE w.book = b.id AND w.role >= 2 AND w.person <> o.id ORDER BY w.since, w.person LIMIT 1),
       (SELECT v.name FROM members w JOIN people v ON v.id = w.person
        WHERE w.book = b.id AND w.role >= 2 AND w.person <> o.id ORDER BY w.since, w.person LIMIT 1 OFFSET 1)";
const OWNER: &str = "JOIN people o ON o.id = (SELECT x.person FROM members x WHERE x.book = b.id AND x.role = 3
                                    ORDER BY x.since, x.person LIMIT 1)";

/// The books somebody can see, those that changed last first.
pub async fn shelf(sql: &mut Connection, who: Option<&UserId>) -> Result<Shelf, Fault> {
    let who = who.map_or("", UserId::as_str);
    let theirs = format!(
        "{CARD}, m.role, b.archived FROM members m JOIN books b ON b.id = m.book {OWNER}
         WHERE m.person = $1 AND b.deleted IS NULL ORDER BY b.changed DESC LIMIT $2"
    );
    let public = format!(
        "{CARD}, CAST(0 AS BIGINT), b.archived FROM books b {OWNER}
         WHERE b.visibility = 'public' AND b.deleted IS NULL AND b.archived IS NULL
           AND NOT EXISTS (SELECT 1 FROM members m WHERE m.book = b.id AND m.person = $1)
         ORDER BY b.changed DESC LIMIT $2"
    );
    let theirs = sqlx::query(&theirs).bind(who).bind(MINE).fetch_all(&mut *sql).await.map_err(Failed)?;
    let public = sqlx::query(&public).bind(who).bind(PUBLIC).fetch_all(&mut *sql).await.map_err(Failed)?;
    let cards = |rows: &[AnyRow]| rows.iter().filter_map(|row| understood("a book", card(row))).collect::<Vec<_>>();
    let (archived, theirs): (Vec<_>, Vec<_>) = cards(&theirs).into_iter().partition(|card| card.archived);
    let (mine, shared) = theirs.into_iter().partition(|card| card.role == Some(Role::Owner));
    Ok(Shelf { mine, shared, archived, public: cards(&public), ..Shelf::default() })
}

fn card(row: &AnyRow) -> Result<BookCard, Fault> {
    let rank: i64 = row.try_get(12).map_err(Failed)?;
    let within = sees(row.try_get(6).map_err(Failed)?).is_all_for(rank > 0);
    Ok(BookCard {
        id: row.try_get::<String, _>(0).map_err(Failed)?.try_into().map_err(|error| damaged(&error))?,
        title: title(row.try_get(1).map_err(Failed)?),
        visibility: visibility(row.try_get(2).map_err(Failed)?),
        changed: row.try_get(3).map_err(Failed)?,
        owner: if within {
            person(row.try_get(4).map_err(Failed)?, row.try_get(5).map_err(Failed)?)?
        } else {
            Person::somebody()
        },
        chapters: small(row.try_get(7).map_err(Failed)?),
        words: small(row.try_get(8).map_err(Failed)?),
        writers: if within { small(row.try_get(9).map_err(Failed)?) } else { 0 },
        with: if within { names(row)? } else { Vec::new() },
        role: (rank > 0).then(|| role(rank)),
        archived: row.try_get::<Option<i64>, _>(13).map_err(Failed)?.is_some(),
    })
}

/// Who writes a book besides its first owner.
fn names(row: &AnyRow) -> Result<Vec<String>, Fault> {
    let (one, another): (Option<String>, Option<String>) =
        (row.try_get(10).map_err(Failed)?, row.try_get(11).map_err(Failed)?);
    Ok([one, another].into_iter().flatten().collect())
}
