//! A chapter or section as its table has it: which columns are read, and what becomes of each. A new column stands here,
//! and where it is written ([`Contents::add`](super::contents::Contents::add), or a statement that sets it).

use super::{damaged, person, read_or, small, title};
use crate::{
    book::model::{Closed, Closing, Part, PartId, Status},
    database::Failed,
};
use sputnik::Fault;
use sqlx::{Any, Decode, Row, Type, any::AnyRow};

const COLUMNS: &str = "p.id, p.kind, p.parent, p.title, p.status, p.words, p.revision, p.place, p.goal,
                       p.closed, p.closed_why, p.closed_at, w.id AS closed_by_id, w.name AS closed_by_name";

/// A part, and its number among those of one parent.
pub(super) struct Line {
    pub(super) part: Part,
    pub(super) place: i64,
}

/// Selects the parts `p` of which this is true, those of one parent in their order.
pub(super) fn select(condition: &str) -> String {
    format!(
        "SELECT {COLUMNS} FROM parts p LEFT JOIN people w ON w.id = p.closed_by
         WHERE {condition} ORDER BY p.place, p.id"
    )
}

impl Line {
    /// One that is not among others.
    pub(super) fn of(part: Part) -> Self {
        Self { part, place: 0 }
    }

    /// Reads a row that was [selected](select).
    pub(super) fn read(row: &AnyRow) -> Result<Self, Fault> {
        let id = |text: String| PartId::try_from(text).map_err(|error| damaged(&error));
        let kind: String = get(row, "kind")?;
        let part = Part {
            id: id(get(row, "id")?)?,
            kind: serde_json::from_value(kind.into()).map_err(|error| damaged(&error))?,
            parent: get::<Option<String>>(row, "parent")?.map(id).transpose()?,
            title: title(get(row, "title")?),
            status: read_or(get(row, "status")?, Status::New),
            words: small(get(row, "words")?),
            revision: small(get(row, "revision")?),
            closed: closed(row)?,
            goal: get::<Option<i64>>(row, "goal")?.map(small),
        };
        Ok(Self { part, place: get(row, "place")? })
    }
}

fn get<'r, T: Decode<'r, Any> + Type<Any>>(row: &'r AnyRow, column: &str) -> Result<T, Failed> {
    row.try_get(column).map_err(Failed)
}

fn closed(row: &AnyRow) -> Result<Option<Closed>, Fault> {
    let (Some(how), Some(why), Some(at)) = (get(row, "closed")?, get(row, "closed_why")?, get(row, "closed_at")?)
    else {
        return Ok(None);
    };
    let by = person(get(row, "closed_by_id")?, get(row, "closed_by_name")?)?;
    Ok(Some(Closed { how: closing(how), why, by, at }))
}

/// How far a chapter is closed. A way of closing it that is not known here lets nobody write.
pub(super) fn closing(word: String) -> Closing {
    read_or(word, Closing::Final)
}
