//! Chapters and sections that were deleted: they stay, with all they hold, and can be brought back.

use super::{
    damaged,
    part_row::{Line, select},
    person, small, title, understood,
};
use crate::{
    account::person::Person,
    book::{
        history::Deleted,
        model::{BookId, Part, PartId},
    },
    database::{Connection, Failed},
};
use sputnik::Fault;
use sqlx::Row;

/// How many deletions of a book can be undone; what was deleted before them is gone.
const KEPT: i64 = 200;
/// How many parts one statement marks.
const AT_ONCE: usize = 200;

/// Deletes parts: the head of a branch, and all it holds.
pub async fn delete(
    sql: &mut Connection,
    book: &BookId,
    head: &PartId,
    branch: &[&Part],
    (by, at): (&Person, i64),
) -> Result<(), Fault> {
    for parts in branch.chunks(AT_ONCE) {
        let ids: Vec<String> = (4..parts.len() + 4).map(|n| format!("${n}")).collect();
        let mark = format!(
            "UPDATE parts SET deleted = $1, deleted_by = $2, deleted_with = $3 WHERE id IN ({})",
            ids.join(", ")
        );
        let mut mark = sqlx::query(&mark).bind(at).bind(by.id.as_str()).bind(head.as_str());
        for part in parts {
            mark = mark.bind(part.id.as_str());
        }
        mark.execute(&mut *sql).await.map_err(Failed)?;
    }
    sqlx::query(
        "DELETE FROM parts WHERE book = $1 AND deleted IS NOT NULL AND deleted_with NOT IN
         (SELECT id FROM parts WHERE book = $1 AND deleted_with = id ORDER BY deleted DESC, id LIMIT $2)",
    )
    .bind(book.as_str())
    .bind(KEPT)
    .execute(sql)
    .await
    .map_err(Failed)?;
    Ok(())
}

/// What was deleted in a book and can be brought back, the newest first.
pub async fn list(sql: &mut Connection, book: &BookId) -> Result<Vec<Deleted>, Fault> {
    let rows = sqlx::query(
        "SELECT p.id, p.title, w.id, w.name, p.deleted,
                (SELECT COUNT(*) FROM parts x WHERE x.deleted_with = p.id AND x.kind = 'chapter')
         FROM parts p JOIN people w ON w.id = p.deleted_by
         WHERE p.book = $1 AND p.deleted_with = p.id ORDER BY p.deleted DESC, p.id",
    )
    .bind(book.as_str())
    .fetch_all(sql)
    .await
    .map_err(Failed)?;
    let deleted = rows.iter().map(|row| {
        Ok(Deleted {
            part: row.try_get::<String, _>(0).map_err(Failed)?.try_into().map_err(|error| damaged(&error))?,
            title: title(row.try_get(1).map_err(Failed)?),
            by: person(row.try_get(2).map_err(Failed)?, row.try_get(3).map_err(Failed)?)?,
            at: row.try_get(4).map_err(Failed)?,
            chapters: small(row.try_get(5).map_err(Failed)?),
        })
    });
    Ok(deleted.filter_map(|one: Result<_, Fault>| understood("a deleted chapter", one)).collect())
}

/// The parts that went with the deletion of this one, itself among them; those of one parent in their order.
pub async fn branch(sql: &mut Connection, book: &BookId, head: &PartId) -> Result<Vec<Part>, Fault> {
    let rows = sqlx::query(&select("p.book = $1 AND p.deleted_with = $2"))
        .bind(book.as_str())
        .bind(head.as_str())
        .fetch_all(sql)
        .await
        .map_err(Failed)?;
    let part = |row| understood("a deleted chapter", Line::read(row)).map(|line| line.part);
    let parts: Vec<Part> = rows.iter().filter_map(part).collect();
    match parts.iter().any(|part| part.id == *head) {
        true => Ok(parts),
        false => Err(Fault::not_found("deleted chapter or section")),
    }
}

/// Brings them back.
pub async fn bring_back(sql: &mut Connection, head: &PartId) -> Result<(), Fault> {
    sqlx::query(
        "UPDATE parts SET deleted = NULL, deleted_by = NULL, deleted_with = NULL, moved_to_book = NULL,
                          moved_to_part = NULL
         WHERE deleted_with = $1",
    )
    .bind(head.as_str())
    .execute(sql)
    .await
    .map_err(Failed)?;
    Ok(())
}
