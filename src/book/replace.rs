//! Words put in the place of others in the whole book, as pages ask for it and are told.

use super::{
    history::VersionName,
    model::{BadText, PartId, Title},
    search::{Marked, SearchWords},
};
use serde::{Deserialize, Deserializer, Serialize};
use sputnik::protocol::refusal::read_text;
use std::str::FromStr;

/// What is to be put in the place of what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replacing {
    /// What is looked for: letters, signs and blanks as they stand.
    pub find: SearchWords,
    /// What comes in its place.
    pub with: NewWords,
    /// Whether capitals count.
    pub cased: bool,
    /// Whether it must not be a part of a word.
    pub whole: bool,
}

impl Replacing {
    /// What the version of a chapter is called that comes of it.
    #[must_use]
    pub fn version_name(&self) -> String {
        let quoted = |words: &str| format!("“{}”", words.replace(char::is_control, " "));
        let find = quoted(self.find.as_str());
        match self.with.as_str() {
            "" => short(&format!("Removed {find}")),
            with => short(&format!("Replaced {find} with {}", quoted(with))),
        }
    }
}

/// What the version is called by which one of this name is taken back.
#[must_use]
pub fn taken_back_name(name: &str) -> String {
    short(&format!("Took back: {name}"))
}

/// No longer than a version's name may be.
fn short(name: &str) -> String {
    match name.char_indices().nth(VersionName::MAX) {
        Some(_) => name.chars().take(VersionName::MAX - 1).chain(['…']).collect(),
        None => name.to_owned(),
    }
}

/// What comes in the place of something: at most 200 characters on one line, or nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(into = "String")]
pub struct NewWords(String);

impl NewWords {
    /// The longest, in characters.
    pub const MAX: usize = 200;

    /// The words as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for NewWords {
    type Error = BadText;

    fn try_from(text: String) -> Result<Self, BadText> {
        if text.chars().nth(Self::MAX).is_some() {
            return Err(BadText("At most 200 characters can be put in the place of others."));
        }
        if text.chars().any(char::is_control) {
            return Err(BadText("What is put in the place of others is one line of text."));
        }
        Ok(Self(text))
    }
}

impl FromStr for NewWords {
    type Err = BadText;

    fn from_str(text: &str) -> Result<Self, BadText> {
        Self::try_from(text.to_owned())
    }
}

impl<'de> Deserialize<'de> for NewWords {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        read_text(from)
    }
}

impl From<NewWords> for String {
    fn from(words: NewWords) -> Self {
        words.0
    }
}

/// Where something would be replaced in a book.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ToReplace {
    /// The chapters with places, in the order of reading.
    pub chapters: Vec<ChapterToReplace>,
    /// Whether there are more places than are shown.
    pub more: bool,
}

impl ToReplace {
    /// How many places are shown at most.
    pub const MOST: usize = 2_000;
}

/// Where something would be replaced in a chapter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChapterToReplace {
    /// Which.
    pub part: PartId,
    /// What it is called.
    pub title: Title,
    /// Why whoever asks may not write there at this moment, if they may not.
    pub held: Option<String>,
    /// The places, in the order of reading.
    pub places: Vec<PlaceToReplace>,
}

/// A place in which something would be replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceToReplace {
    /// By what it is known.
    pub key: PlaceToken,
    /// What stands there, marked, and around it.
    pub around: Marked,
}

/// By what a place is known as long as the paragraph it stands in reads as it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PlaceToken {
    /// The text it stands in, as a number.
    pub text: u64,
    /// Which of those that read the same.
    pub twin: u32,
    /// Which of the places in it.
    pub hit: u32,
}

/// What was replaced in a chapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replaced {
    /// In how many places.
    pub places: u32,
    /// In how many of those that were chosen not, because others wrote there meanwhile.
    pub gone: u32,
    /// The number of the version that came of it, or of the newest where nothing was replaced.
    pub revision: u32,
}
