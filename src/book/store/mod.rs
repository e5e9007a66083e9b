//! Books in SQL: one file a theme, plain functions on a connection. Who may call them is the [desk](super::desk)'s to
//! say; what is said of it, too. Each fails when the database is out of reach.

pub mod books;
pub mod contents;
pub mod deleted;
pub mod history;
pub mod pen;
pub mod people;
pub mod pictures;
pub mod room;
pub mod talk;
pub mod text;
pub mod writing;

use crate::{account::person::Person, sputnik::fault::Fault};
use serde::{Serialize, de::DeserializeOwned};

/// A plain enum as the word it is on the wire, which is also what the table holds.
fn word<T: Serialize>(value: T) -> Result<String, Fault> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        other => {
            tracing::error!(?other, "not a plain word");
            Err(Fault::internal())
        }
    }
}

/// Reads what [`word`] wrote.
fn read<T: DeserializeOwned>(word: String) -> Result<T, Fault> {
    serde_json::from_value(serde_json::Value::String(word)).map_err(|error| damaged(&error))
}

/// What is in the database was checked on its way in.
fn damaged(error: &dyn std::fmt::Display) -> Fault {
    tracing::error!(%error, "the database holds what it should not");
    Fault::internal()
}

fn person(id: String, name: String) -> Result<Person, Fault> {
    Ok(Person { id: id.try_into().map_err(|error| damaged(&error))?, name })
}

/// A number that is small and not negative by the rules of its table.
fn small(number: i64) -> u32 {
    u32::try_from(number).unwrap_or_default()
}
