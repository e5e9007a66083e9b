//! A chapter's text as every page that shows it holds it, and the small changes by which it grows while somebody writes.

use super::model::{BadText, PartId};
use crate::account::person::Person;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::{borrow::Cow, fmt};

/// The longest text of a chapter, in bytes.
pub const MAX_TEXT: usize = 1_000_000;

/// One change of a text: at a byte offset, so many bytes go and this comes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Splice {
    /// Where, in bytes of the text before; on a character's edge.
    pub at: usize,
    /// How many bytes go; to a character's edge.
    pub remove: usize,
    /// What comes in their place.
    pub insert: String,
}

impl Splice {
    /// The one change that turns `old` into `new`; `None` when they are the same.
    #[must_use]
    pub fn between(old: &str, new: &str) -> Option<Self> {
        if old == new {
            return None;
        }
        let mut at = old.bytes().zip(new.bytes()).take_while(|(a, b)| a == b).count();
        while !(old.is_char_boundary(at) && new.is_char_boundary(at)) {
            at -= 1;
        }
        let (old_rest, new_rest) = (&old[at..], &new[at..]);
        let mut tail = old_rest.bytes().rev().zip(new_rest.bytes().rev()).take_while(|(a, b)| a == b).count();
        while !(old_rest.is_char_boundary(old_rest.len() - tail) && new_rest.is_char_boundary(new_rest.len() - tail)) {
            tail -= 1;
        }
        Some(Self { at, remove: old_rest.len() - tail, insert: new_rest[..new_rest.len() - tail].to_owned() })
    }

    /// Makes the change.
    ///
    /// # Errors
    /// When it does not fit this text, or the text would become longer than [`MAX_TEXT`]; the text is left as it was.
    pub fn apply(&self, text: &mut String) -> Result<(), BadText> {
        let end = self.at.checked_add(self.remove).filter(|end| *end <= text.len());
        let Some(end) = end.filter(|end| text.is_char_boundary(self.at) && text.is_char_boundary(*end)) else {
            return Err(BadText("This change does not fit the text as it stands."));
        };
        if text.len() - self.remove + self.insert.len() > MAX_TEXT {
            return Err(BadText("A chapter has at most 1,000,000 bytes of text. Please start another chapter."));
        }
        text.replace_range(self.at..end, &self.insert);
        Ok(())
    }
}

/// A chapter's text: the newest, saved or being written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChapterText {
    /// Which chapter.
    pub part: PartId,
    /// The text as it stands, unsaved typing included. Markdown.
    pub text: String,
    /// How many changes made it, over the chapter's whole life: the next [`Splice`] must be based on this number.
    pub draft: u64,
    /// The number of the newest revision; 0 before the first save.
    pub revision: u32,
    /// Whether the text differs from that revision.
    pub unsaved: bool,
    /// Who wrote last, and when (milliseconds since 1970).
    pub last: Option<(Person, i64)>,
}

/// Bytes as text: an edit, a state vector. Base64 in JSON.
#[derive(Clone, PartialEq, Eq)]
pub struct Encoded(pub Vec<u8>);

impl fmt::Debug for Encoded {
    /// What is written is nobody's business here.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl Serialize for Encoded {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Encoded {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(from)?;
        STANDARD.decode(&*text).map(Self).map_err(D::Error::custom)
    }
}

/// What a page lacks of a chapter's document, and what the server has: the page writes what the server lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchanged {
    /// What the page lacks.
    pub update: Encoded,
    /// What the server has.
    pub state_vector: Encoded,
}

/// One edit of a chapter's document, as it is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edited {
    /// Who made it.
    pub by: Person,
    /// The edit.
    pub edit: Encoded,
}

/// What is said on a chapter's channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextNews {
    /// People wrote.
    Edited {
        /// When.
        at: i64,
        /// Their edits, in the order in which they were taken in.
        edits: Vec<Edited>,
    },
    /// Somebody typed.
    Typed {
        /// Who.
        by: Person,
        /// When.
        at: i64,
        /// The number of the draft this makes.
        draft: u64,
        /// What changed.
        splice: Splice,
    },
    /// The text was replaced as a whole: a revision restored, or another person's unsaved text set aside.
    Replaced {
        /// Who did it.
        by: Person,
        /// When.
        at: i64,
        /// The number of the draft this makes.
        draft: u64,
        /// The whole text.
        text: String,
        /// Whether it differs from the newest revision.
        unsaved: bool,
    },
    /// The text as it stands became a revision.
    Saved {
        /// Who.
        by: Person,
        /// When.
        at: i64,
        /// The revision's number.
        revision: u32,
    },
}

impl ChapterText {
    /// Folds in what happened.
    pub fn apply(&mut self, news: &TextNews) {
        match news {
            // The editor that holds the document takes these in.
            TextNews::Edited { .. } => {}
            TextNews::Typed { by, at, draft, splice } => {
                // The server checked the change against this very text. Should it not fit all the same, the text stays
                // as it was, and the draft number tells the writer's next change apart.
                if splice.apply(&mut self.text).is_ok() {
                    self.draft = *draft;
                    self.unsaved = true;
                    self.last = Some((by.clone(), *at));
                }
            }
            TextNews::Replaced { by, at, draft, text, unsaved } => {
                self.text.clone_from(text);
                self.draft = *draft;
                self.unsaved = *unsaved;
                self.last = Some((by.clone(), *at));
            }
            TextNews::Saved { by, at, revision } => {
                self.revision = *revision;
                self.unsaved = false;
                self.last = Some((by.clone(), *at));
            }
        }
    }
}

/// Text a person had typed and not saved when they lost the pen: kept for them alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The text.
    pub text: String,
    /// When it was set aside, in milliseconds since 1970.
    pub at: i64,
}

/// How many words a text has: runs of characters that are not blank and hold a letter or a digit.
#[must_use]
pub fn count_words(text: &str) -> u32 {
    let words = text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count();
    u32::try_from(words).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_splice_is_the_difference_of_two_texts() {
        for (old, new) in
            [("", "a"), ("abc", "abxc"), ("aaa", "aa"), ("süß", "sü"), ("é", "è"), ("x😀y", "x😁y"), ("ab", "")]
        {
            let splice = Splice::between(old, new).expect("they differ");
            let mut text = old.to_owned();
            splice.apply(&mut text).expect("it fits");
            assert_eq!(text, new);
        }
        assert_eq!(Splice::between("same", "same"), None);
    }

    #[test]
    fn a_splice_that_does_not_fit_changes_nothing() {
        let mut text = "süß".to_owned();
        for (at, remove) in [(2, 0), (0, 2), (9, 0), (1, usize::MAX)] {
            assert!(Splice { at, remove, insert: "x".into() }.apply(&mut text).is_err());
            assert_eq!(text, "süß");
        }
    }
}
