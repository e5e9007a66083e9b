//! What is found in a book, as pages are told: text and where in it something is marked, never HTML.

use super::model::{BadText, BookId, PartId, Title};
use serde::{Deserialize, Deserializer, Serialize};
use sputnik::protocol::refusal::read_text;
use std::{fmt, str::FromStr};

/// What somebody looks for: at most 200 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub struct SearchWords(String);

impl SearchWords {
    /// The longest, in characters.
    pub const MAX: usize = 200;

    /// The words as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for SearchWords {
    type Error = BadText;

    fn try_from(text: String) -> Result<Self, BadText> {
        if text.chars().nth(Self::MAX).is_some() {
            return Err(BadText("At most 200 characters can be looked for at once. Please look for fewer words."));
        }
        Ok(Self(text))
    }
}

impl FromStr for SearchWords {
    type Err = BadText;

    fn from_str(text: &str) -> Result<Self, BadText> {
        Self::try_from(text.to_owned())
    }
}

impl<'de> Deserialize<'de> for SearchWords {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        read_text(from)
    }
}

impl From<SearchWords> for String {
    fn from(words: SearchWords) -> Self {
        words.0
    }
}

impl fmt::Display for SearchWords {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// What is found in one book.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Found {
    /// In which chapters and sections, those that are meant most closely first.
    pub chapters: Vec<FoundChapter>,
    /// How many places were found.
    pub places: u32,
    /// Whether there are more than were looked for.
    pub more: bool,
}

/// What is found in a chapter, or in the title of a section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundChapter {
    /// Which.
    pub part: PartId,
    /// Its title, with what is found in it marked.
    pub title: Marked,
    /// Where in its text, in the order of reading, at most [`FoundChapter::SHOWN`].
    pub places: Vec<FoundPlace>,
    /// How many further places were found in it.
    pub further: u32,
}

impl FoundChapter {
    /// How many places of a chapter are shown at most.
    pub const SHOWN: usize = 20;
}

/// A place in a chapter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundPlace {
    /// In which of the chapter's blocks of text, counted from 0.
    pub block: u32,
    /// After how many UTF-16 units of it.
    pub at: u32,
    /// What is found there, as it is written.
    pub hit: String,
    /// As what it stands there.
    pub kind: FoundIn,
    /// What stands around it.
    pub around: Marked,
}

/// As what something stands in a chapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FoundIn {
    /// A heading.
    Heading,
    /// Its text, a table, a caption.
    Text,
    /// A footnote.
    Note,
    /// What a picture is described by.
    Description,
}

/// A text with marks.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Marked {
    /// The text.
    pub text: String,
    /// What is marked of it, from and to, in characters.
    pub marks: Vec<(u32, u32)>,
}

impl Marked {
    /// Its pieces, each with whether it is marked.
    #[must_use]
    pub fn pieces(&self) -> Vec<(String, bool)> {
        let mut letters = self.text.chars();
        let (mut pieces, mut at) = (Vec::new(), 0);
        let mut take = |count: u32, is_marked| {
            let piece: String = letters.by_ref().take(count as usize).collect();
            if !piece.is_empty() {
                pieces.push((piece, is_marked));
            }
        };
        for (from, to) in &self.marks {
            take(from.saturating_sub(at), false);
            take(to.saturating_sub(*from), true);
            at = *to;
        }
        take(u32::MAX, false);
        pieces
    }
}

/// What is found in one of somebody's books.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundBook {
    /// Which.
    pub book: BookId,
    /// What it is called.
    pub title: Title,
    /// What is found there.
    pub found: Found,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marked_text_comes_apart_at_its_marks_whatever_letters_it_has() {
        let marked = Marked { text: "…白鲸 é and e\u{301}".into(), marks: vec![(1, 3), (4, 5)] };
        let pieces = marked.pieces();
        let told: Vec<(&str, bool)> = pieces.iter().map(|(text, is_marked)| (&**text, *is_marked)).collect();
        assert_eq!(told, [("…", false), ("白鲸", true), (" ", false), ("é", true), (" and e\u{301}", false)]);
        assert_eq!(
            Marked { text: "ab".into(), marks: vec![(1, 9)] }.pieces(),
            [("a".into(), false), ("b".into(), true)]
        );
    }
}
