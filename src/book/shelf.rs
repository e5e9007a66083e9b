//! What the shelf shows: books, without what is in them.

use super::{
    model::{BookId, Role, Title, Visibility},
    room::Taken,
};
use crate::account::person::Person;
use serde::{Deserialize, Serialize};

/// The books somebody can see.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Shelf {
    /// They own these.
    pub mine: Vec<BookCard>,
    /// They are editor or reader of these.
    pub shared: Vec<BookCard>,
    /// Everyone may read these; without those above. At most 200.
    pub public: Vec<BookCard>,
    /// How much of their room they take up, where somebody is signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<Taken>,
}

/// A book on the shelf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookCard {
    /// Which.
    pub id: BookId,
    /// Its title.
    pub title: Title,
    /// Who owns it.
    pub owner: Person,
    /// What the one who looks may do; `None` for a public book they do not belong to.
    pub role: Option<Role>,
    /// Who may read it.
    pub visibility: Visibility,
    /// How many chapters it has.
    pub chapters: u32,
    /// How many words.
    pub words: u32,
    /// When something in it last changed, in milliseconds since 1970.
    pub changed: i64,
}
