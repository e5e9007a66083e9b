//! In which look a book goes out.

use serde::{Deserialize, Serialize};

/// In which look a book goes out: a folder of `style/themes` each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// A story: indented paragraphs, chapters that begin low on their page.
    #[default]
    Novel,
    /// What is looked up and learned from: headings to be found, tables and code.
    Textbook,
    /// As little as can be: what the reader's device makes of it.
    Plain,
}

impl Theme {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Novel, Self::Textbook, Self::Plain];

    /// What people call it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Novel => "Novel",
            Self::Textbook => "Textbook",
            Self::Plain => "Plain",
        }
    }

    /// What it is good for.
    #[must_use]
    pub fn hint(self) -> &'static str {
        match self {
            Self::Novel => "For stories: paragraphs begin with an indent, chapters low on their page.",
            Self::Textbook => "For what is looked up and learned from: clear headings, tables and code.",
            Self::Plain => "As little as can be: the reader\u{2019}s device decides.",
        }
    }
}
