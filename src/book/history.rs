//! A chapter's history, as its readers see it: revisions, and what lies between two of them.

use super::model::{BadText, PartId, Title, is_visible};
use crate::account::person::Person;
use serde::{Deserialize, Deserializer, Serialize};
use sputnik::protocol::refusal::read_text;
use std::{fmt, str::FromStr};

/// A revision, without its text: the chapter as it stood when a writing session ended, or when it was given a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// Counted from 1.
    pub number: u32,
    /// Who wrote most of what is new in it.
    pub by: Person,
    /// Who else wrote in it, those who wrote most first.
    pub with: Vec<Person>,
    /// When it was last written in, in milliseconds since 1970.
    pub at: i64,
    /// What it was named, or how it came to be; at most 200 characters, often empty.
    pub name: String,
    /// How many words it has.
    pub words: u32,
}

/// What was written since the newest revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unfinished {
    /// Who wrote, those who wrote most first.
    pub by: Vec<Person>,
    /// When it was last written in, in milliseconds since 1970.
    pub at: i64,
}

/// Some of a chapter's revisions, and what was written since the newest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// What was written since the newest revision; nothing, when nobody wrote.
    pub now: Option<Unfinished>,
    /// How many words the chapter has now.
    pub words: u32,
    /// Revisions, newest first, at most [`History::AT_ONCE`].
    pub revisions: Vec<Revision>,
    /// Whether there are older ones.
    pub more: bool,
}

impl History {
    /// How many revisions are listed at once.
    pub const AT_ONCE: usize = 200;
}

/// A moment of a chapter's life: a revision, or how it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// When this revision was made. Number 0 is the empty chapter before the first.
    Revision(u32),
    /// How it stands.
    Now,
}

impl fmt::Display for Moment {
    /// As it stands in an address.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Revision(number) => number.fmt(f),
            Self::Now => f.write_str("now"),
        }
    }
}

impl FromStr for Moment {
    type Err = BadText;

    fn from_str(text: &str) -> Result<Self, BadText> {
        if text == "now" {
            return Ok(Self::Now);
        }
        text.parse().map(Self::Revision).map_err(|_| BadText("This is not the number of a version."))
    }
}

/// What a version is called: 1 to 200 characters on one line, without blanks at its ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub struct VersionName(String);

impl VersionName {
    /// The longest name, in characters.
    pub const MAX: usize = 200;

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for VersionName {
    type Error = BadText;

    fn try_from(text: String) -> Result<Self, BadText> {
        let text = text.trim();
        if !text.chars().any(is_visible) {
            return Err(BadText("A name needs at least one character."));
        }
        if text.chars().count() > Self::MAX {
            return Err(BadText("A name has at most 200 characters."));
        }
        if text.chars().any(char::is_control) {
            return Err(BadText("A name is one line of text."));
        }
        Ok(Self(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for VersionName {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        read_text(from)
    }
}

impl FromStr for VersionName {
    type Err = BadText;

    fn from_str(text: &str) -> Result<Self, BadText> {
        Self::try_from(text.to_owned())
    }
}

impl From<VersionName> for String {
    fn from(name: VersionName) -> Self {
        name.0
    }
}

impl fmt::Display for VersionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What lies between two moments of a chapter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// The text with what went and what came, as HTML that is safe to show.
    pub html: String,
    /// How many words came.
    pub came: u32,
    /// How many words went.
    pub went: u32,
}

/// The text of a chapter with who wrote what, as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attributed {
    /// The text, as HTML that is safe to show.
    pub html: String,
    /// Who wrote what stands there, those of whom most stands first; and how many characters of each.
    pub authors: Vec<(Person, u32)>,
}

/// A chapter or section that was deleted and can be brought back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deleted {
    /// Which.
    pub part: PartId,
    /// The title it had.
    pub title: Title,
    /// Who deleted it.
    pub by: Person,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// How many chapters come back with it; 1 for a chapter.
    pub chapters: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_as_it_is_written() {
        for moment in [Moment::Now, Moment::Revision(0), Moment::Revision(17)] {
            assert_eq!(moment.to_string().parse(), Ok(moment));
        }
        for bad in ["", "-1", "then", "1.5", "99999999999"] {
            assert!(bad.parse::<Moment>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_version_has_a_name_of_one_line() {
        assert_eq!("  First draft ".parse::<VersionName>().map(String::from), Ok("First draft".to_owned()));
        for bad in ["", "  ", "two\nlines", &"x".repeat(201)] {
            assert!(bad.parse::<VersionName>().is_err(), "{bad:?}");
        }
    }
}
