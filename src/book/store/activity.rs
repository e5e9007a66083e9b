//! The activity of a book: what happened to it, as its channel told it.

use super::{damaged, understood};
use crate::{
    book::{
        events::{BookEvent, add_to_activity},
        model::BookId,
        state::Book,
    },
    database::{Connection, Failed},
};
use serde_json::Value;
use sputnik::Fault;
use std::collections::HashMap;

/// How much of a book's activity is kept; what is older is deleted now and then.
const KEEP: i64 = 1_000;

/// How many people are asked for in one statement.
const AT_ONCE: usize = 100;

/// Notes what happened, as the message of this version told it.
pub async fn note(sql: &mut Connection, book: &BookId, version: u64, told: &BookEvent) -> Result<(), Fault> {
    let json = serde_json::to_string(&told.noted()).map_err(|error| damaged(&error))?;
    let version = version.cast_signed();
    let note = sqlx::query("INSERT INTO activity (book, version, told) VALUES ($1, $2, $3)");
    note.bind(book.as_str()).bind(version).bind(json).execute(&mut *sql).await.map_err(Failed)?;
    if version % 100 == 0 {
        let forget = sqlx::query("DELETE FROM activity WHERE book = $1 AND version <= $2");
        forget.bind(book.as_str()).bind(version - KEEP).execute(sql).await.map_err(Failed)?;
    }
    Ok(())
}

/// What happened last, oldest first. What a newer node noted and this one has no word for is passed over.
pub async fn activity(sql: &mut Connection, book: &BookId) -> Result<Vec<BookEvent>, Fault> {
    let rows: Vec<String> =
        sqlx::query_scalar("SELECT told FROM activity WHERE book = $1 ORDER BY version DESC LIMIT $2")
            .bind(book.as_str())
            .bind(i64::try_from(Book::ACTIVITY).unwrap_or(i64::MAX))
            .fetch_all(&mut *sql)
            .await
            .map_err(Failed)?;
    let told = rows.iter().rev().filter_map(|told| understood("a line of the activity", serde_json::from_str(told)));
    let mut told: Vec<Value> = told.collect();
    call_as_now(sql, &mut told).await?;
    let mut activity = Vec::with_capacity(told.len());
    for told in told.into_iter().filter_map(|told| understood("a line of the activity", serde_json::from_value(told))) {
        add_to_activity(&mut activity, told);
    }
    Ok(activity)
}

/// What was told names people as they were called then; it is shown as they are called now, or not at all.
async fn call_as_now(sql: &mut Connection, told: &mut [Value]) -> Result<(), Fault> {
    let mut named = HashMap::new();
    for value in &mut *told {
        each_person(value, &mut |id, _| {
            named.insert(id.to_owned(), String::new());
        });
    }
    let ids: Vec<String> = named.keys().cloned().collect();
    for ids in ids.chunks(AT_ONCE) {
        let places: Vec<String> = (1..=ids.len()).map(|n| format!("${n}")).collect();
        let statement = format!("SELECT id, name FROM people WHERE id IN ({})", places.join(", "));
        let mut ask = sqlx::query_as::<_, (String, String)>(&statement);
        for id in ids {
            ask = ask.bind(id);
        }
        named.extend(ask.fetch_all(&mut *sql).await.map_err(Failed)?);
    }
    for value in told {
        each_person(value, &mut |id, name| {
            if let Some(now) = named.get(id).filter(|now| !now.is_empty()) {
                now.clone_into(name);
            }
        });
    }
    Ok(())
}

/// Whatever has an id and a name, and nothing else, may be a person: with what it is called.
fn each_person(value: &mut Value, see: &mut impl FnMut(&str, &mut String)) {
    match value {
        Value::Object(fields) => {
            let id = fields.get("id").and_then(Value::as_str).map(str::to_owned);
            if let (2, Some(id), Some(Value::String(name))) = (fields.len(), id, fields.get_mut("name")) {
                return see(&id, name);
            }
            fields.values_mut().for_each(|value| each_person(value, see));
        }
        Value::Array(values) => values.iter_mut().for_each(|value| each_person(value, see)),
        _ => {}
    }
}
