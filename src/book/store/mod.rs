//! Books in SQL: one file a theme, plain functions on a connection. Who may call them is for [access](super::access) to
//! say; what is said of it, too. Each fails when the database is out of reach.

pub mod activity;
pub mod bin;
pub mod book_versions;
pub mod books;
pub mod chat;
pub mod contents;
pub mod deleted;
pub mod exports;
pub mod history;
pub mod hues;
pub mod importing;
pub mod invitations;
pub mod metadata;
pub mod moved;
pub mod no_book;
mod part_row;
pub mod pen;
pub mod people;
pub mod pictures;
pub mod publish;
pub mod quota;
pub mod search;
pub mod text_before_documents;
pub mod writing;

use crate::{account::person::Person, book::model::Title};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use sputnik::Fault;
use std::fmt;

/// A plain enum as the word it is on the wire, which is also what the table holds.
fn word<T: Serialize>(value: T) -> Result<String, Fault> {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => Ok(word),
        other => {
            tracing::error!(?other, "not a plain word");
            Err(Fault::internal())
        }
    }
}

/// Reads what [`word`] wrote. While nodes are replaced one after the other, a newer one may have written a word that
/// this one does not know: then it is taken for `otherwise`, which must be safe.
fn read_or<T: DeserializeOwned + fmt::Debug>(word: String, otherwise: T) -> T {
    match serde_json::from_value(Value::String(word)) {
        Ok(value) => value,
        Err(error) => {
            tracing::warn!(%error, "a word in the database is not known here; it is taken for {otherwise:?}");
            otherwise
        }
    }
}

/// What was understood of one of many that were stored; the others are passed over, for a newer node may have written
/// what this one has no place for.
fn understood<T>(what: &str, read: Result<T, impl fmt::Display>) -> Option<T> {
    read.inspect_err(|error| tracing::warn!(%error, "{what} in the database is not understood here; it is passed over"))
        .ok()
}

/// A title as it was stored: cut to what a title is here, should a newer node have let in a longer one.
fn title(text: String) -> Title {
    text.parse().unwrap_or_else(|error| {
        tracing::warn!(%error, "a title in the database is none here; it is shown in part");
        let line: String = text.chars().filter(|c| !c.is_control()).take(Title::MAX).collect();
        line.parse().unwrap_or_else(|_| Title::untitled())
    })
}

/// What is in the database was checked on its way in.
fn damaged(error: &dyn fmt::Display) -> Fault {
    tracing::error!(%error, "the database holds what it should not");
    Fault::internal()
}

/// For what a newer node stored in a way that this one cannot read: it is there, and can be had when this one is
/// replaced too.
fn newer(what: &str, why: &dyn fmt::Display) -> Fault {
    tracing::warn!(%why, "{what} in the database is not understood here");
    Fault::temporary(format_args!(
        "The {what} was stored by a newer release of this site, which this server does not run yet. Nothing is lost: \
         please try again in some minutes."
    ))
}

fn person(id: String, name: String) -> Result<Person, Fault> {
    Ok(Person { id: id.try_into().map_err(|error| damaged(&error))?, name })
}

/// A number that is small and not negative by the rules of its table.
fn small(number: i64) -> u32 {
    u32::try_from(number).unwrap_or_default()
}
