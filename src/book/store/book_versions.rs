//! The names that were given to whole books.

use super::{small, understood};
use crate::{
    book::{
        events::{BookEvent, EventKind},
        exports::NamedVersion,
        history::VersionName,
        model::{BookId, PartId},
    },
    database::{Connection, Failed},
};
use sputnik::Fault;
use std::collections::HashMap;

/// How many of them are told.
const MOST: usize = 100;

/// Notes that all chapters as they stand were given a name. The moment is not before any of them was written, whatever
/// the clock of the server was on which somebody wrote it.
pub async fn note(sql: &mut Connection, book: &BookId, name: &VersionName, at: i64) -> Result<(), Fault> {
    let written: Option<i64> = sqlx::query_scalar(
        "SELECT MAX(r.at) FROM revisions r JOIN parts p ON p.id = r.part WHERE p.book = $1 AND r.comment = $2",
    )
    .bind(book.as_str())
    .bind(name.as_str())
    .fetch_one(&mut *sql)
    .await
    .map_err(Failed)?;
    sqlx::query(
        "INSERT INTO book_versions (book, name, at) VALUES ($1, $2, $3) ON CONFLICT (book, name) DO UPDATE SET at = $3",
    )
    .bind(book.as_str())
    .bind(name.as_str())
    .bind(at.max(written.unwrap_or(at)))
    .execute(sql)
    .await
    .map_err(Failed)?;
    Ok(())
}

/// The named versions of a book, the newest first, at most a hundred. Those that were named before they were noted are
/// found in the activity, as far as that goes back.
pub async fn list(sql: &mut Connection, book: &BookId) -> Result<Vec<NamedVersion>, Fault> {
    let most = i64::try_from(MOST).unwrap_or(i64::MAX);
    let noted: Vec<(String, i64)> =
        sqlx::query_as("SELECT name, at FROM book_versions WHERE book = $1 ORDER BY at DESC, name LIMIT $2")
            .bind(book.as_str())
            .bind(most)
            .fetch_all(&mut *sql)
            .await
            .map_err(Failed)?;
    let told: Vec<String> = sqlx::query_scalar(
        "SELECT told FROM activity WHERE book = $1 AND told LIKE '%\"version_named\"%' ORDER BY version DESC LIMIT $2",
    )
    .bind(book.as_str())
    .bind(most)
    .fetch_all(sql)
    .await
    .map_err(Failed)?;
    let noted = noted.into_iter().filter_map(|(name, at)| {
        let name = understood("the name of a version", name.parse::<VersionName>())?;
        Some(NamedVersion { name, at })
    });
    let told = told.iter().filter_map(|told| {
        let told: BookEvent = understood("a line of the activity", serde_json::from_str(told))?;
        match told.what {
            EventKind::VersionNamed { name, .. } => Some(NamedVersion { name, at: told.at }),
            _ => None,
        }
    });
    let mut all: Vec<NamedVersion> = Vec::new();
    for version in noted.chain(told) {
        if all.iter().all(|known| known.name != version.name) {
            all.push(version);
        }
    }
    all.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.name.as_str().cmp(b.name.as_str())));
    all.truncate(MOST);
    Ok(all)
}

/// Which revision of each chapter is in a named version: the newest of that name, and where a chapter has none, the newest
/// there was at that moment. A chapter that began later is not among them.
pub async fn revisions(
    sql: &mut Connection,
    book: &BookId,
    NamedVersion { name, at }: &NamedVersion,
) -> Result<HashMap<PartId, u32>, Fault> {
    let rows: Vec<(String, Option<i64>, i64)> = sqlx::query_as(
        "SELECT r.part, MAX(CASE WHEN r.comment = $2 THEN r.number END), MAX(r.number)
         FROM revisions r JOIN parts p ON p.id = r.part
         WHERE p.book = $1 AND p.deleted IS NULL AND r.at <= $3 GROUP BY r.part",
    )
    .bind(book.as_str())
    .bind(name.as_str())
    .bind(at)
    .fetch_all(sql)
    .await
    .map_err(Failed)?;
    let read = |(part, named, newest): (String, Option<i64>, i64)| {
        Ok((part.try_into().map_err(|error| super::damaged(&error))?, small(named.unwrap_or(newest))))
    };
    rows.into_iter().map(read).collect()
}
