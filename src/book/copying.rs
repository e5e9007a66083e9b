//! A new book that is made of another one.

use serde::{Deserialize, Serialize};

/// What of a book goes into one that is made of it. Its people, its chat and what it was stay with it in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Copied {
    /// All that stands in it: contents, texts, pictures, and what it says about itself.
    #[default]
    Everything,
    /// Its contents, and the headings within its chapters: a pattern for another book.
    Headings,
}

impl Copied {
    /// As a form sends it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Everything => "everything",
            Self::Headings => "headings",
        }
    }
}
