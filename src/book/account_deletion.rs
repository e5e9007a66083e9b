//! What becomes of somebody's books when they delete their account.

use super::model::{BookId, Title};
use crate::account::person::Person;
use serde::{Deserialize, Serialize};

/// What has to be settled before somebody goes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AccountDeletion {
    /// The books that nobody else owns.
    pub alone: Vec<OwnedAlone>,
    /// How many other books they belong to: those stay as they are, without them.
    pub others: u32,
}

/// A book that only the one who leaves owns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnedAlone {
    /// Which.
    pub id: BookId,
    /// What it is called.
    pub title: Title,
    /// To whom it can be given: its other members.
    pub members: Vec<Person>,
}

/// What becomes of a book, as a form says it: the book, a blank, and this where it is deleted, or the id of the member it
/// is given to. (In brackets behind a field's name, an id that begins with a digit would be read as a number.)
pub const DELETE: &str = "delete";

/// By which name a fault tells that it is about what becomes of this book.
#[must_use]
pub fn fate_of(book: &BookId) -> String {
    format!("fate-{book}")
}
