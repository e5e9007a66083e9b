//! The formats in which whole books go out.

use super::publishing::Publishing;
use serde::{Deserialize, Serialize};

/// A format in which whole books are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// For e-readers, phones and shops.
    Epub,
    /// For word processors.
    Docx,
    /// One file with everything in it, for any browser.
    Html,
    /// Plain text for other programs, with pictures beside it.
    Markdown,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Epub, Self::Docx, Self::Html, Self::Markdown];

    /// Whether readers are offered it who do not belong to the book.
    #[must_use]
    pub fn is_offered(self, publishing: &Publishing) -> bool {
        match self {
            Self::Epub => publishing.offers_epub,
            Self::Docx => publishing.offers_docx,
            Self::Html => publishing.offers_html,
            // As every chapter is, and the book without its pictures.
            Self::Markdown => true,
        }
    }

    /// How its files end, and what they are.
    #[must_use]
    pub fn kind(self) -> (&'static str, &'static str) {
        match self {
            Self::Epub => ("epub", "application/epub+zip"),
            Self::Docx => ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
            Self::Html => ("html", "text/html"),
            Self::Markdown => ("zip", "application/zip"),
        }
    }

    /// The one whose files end so.
    #[must_use]
    pub fn of_ending(ending: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.kind().0 == ending)
    }
}
