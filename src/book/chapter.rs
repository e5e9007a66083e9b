//! A chapter's text as every page that shows it holds it, and what is said of it while people write.

use super::model::{BookId, PartId, Title};
use crate::account::person::Person;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::{borrow::Cow, fmt};

/// A chapter's text: as it stood when the page was opened, and what was written since and is to be taken in.
///
/// The text itself is a document that merges everybody's edits; the editor in the page has it (`editor/`). What is here
/// is what the page shows until that editor has come, and around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChapterText {
    /// Which chapter.
    pub part: PartId,
    /// How it stood, as the server's own renderer shows it: safe to put into the page as it is.
    pub html: String,
    /// How many words it had then.
    pub words: u32,
    /// How many edits made it, over the chapter's whole life; those that were told since included.
    pub edits: u64,
    /// The edits that were told since and not taken from here yet, in their order.
    #[serde(skip)]
    pub fresh: Vec<Encoded>,
    /// Who wrote last, and when (milliseconds since 1970).
    pub last: Option<(Person, i64)>,
    /// Who was given the pen last. Whether they still have it, the lock says.
    pub pen: Option<Pen>,
}

/// That somebody writes alone for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pen {
    /// Who.
    pub by: Person,
    /// Since when, in milliseconds since 1970.
    pub since: i64,
    /// Why: at most [`Pen::WHY`] characters, perhaps none.
    pub why: String,
}

impl Pen {
    /// The longest reason, in characters.
    pub const WHY: usize = 200;
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
pub enum ChapterEvent {
    /// People wrote.
    Edited {
        /// When.
        at: i64,
        /// The number of the first of the edits: 1 is the first of the chapter's life.
        first: u64,
        /// Their edits, in the order in which they were taken in.
        edits: Vec<Edited>,
    },
    /// A writing session became a revision.
    Saved {
        /// Who wrote most of it.
        by: Person,
        /// When it was last written in.
        at: i64,
        /// The revision's number.
        revision: u32,
    },
    /// Somebody was given the pen.
    PenGiven {
        /// To whom, and why.
        pen: Pen,
    },
}

impl ChapterText {
    /// Folds in what happened.
    pub fn apply(&mut self, event: &ChapterEvent) {
        match event {
            ChapterEvent::Edited { at, first, edits } => {
                // The text was rendered a moment after its channel's position was read, so it may have some of them.
                let known = usize::try_from((self.edits + 1).saturating_sub(*first)).unwrap_or(usize::MAX);
                let Some(new) = edits.get(known..).filter(|new| !new.is_empty()) else { return };
                self.edits = first.saturating_add(edits.len() as u64) - 1;
                self.fresh.extend(new.iter().map(|edited| edited.edit.clone()));
                self.last = new.last().map(|edited| (edited.by.clone(), *at));
            }
            // What stands in the chapter is the same.
            ChapterEvent::Saved { .. } => {}
            ChapterEvent::PenGiven { pen } => self.pen = Some(pen.clone()),
        }
    }
}

/// That a chapter was moved to another book, or joined to another chapter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// Where it stands, where whoever asks may read it there and it was not deleted there since.
    pub to: Option<MovedTo>,
    /// Whether it stands at the end of another chapter now, to which it was joined.
    #[serde(default)]
    pub joined: bool,
}

/// Where a chapter stands that was moved, or what it was joined to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedTo {
    /// In which book.
    pub book: BookId,
    /// What that is called.
    pub title: Title,
    /// As which of its chapters.
    pub part: PartId,
    /// What it is called there.
    pub chapter: Title,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(first: u64, edits: &[u8]) -> ChapterEvent {
        let by = Person { id: "ann".parse().expect("an id"), name: "Ann".into() };
        let edits = edits.iter().map(|edit| Edited { by: by.clone(), edit: Encoded(vec![*edit]) }).collect();
        ChapterEvent::Edited { at: 7, first, edits }
    }

    #[test]
    fn an_edit_the_text_was_rendered_with_is_not_taken_in_again() {
        let part = "a".parse().expect("an id");
        let (html, fresh) = (String::new(), Vec::new());
        let mut text = ChapterText { part, html, words: 0, edits: 2, fresh, last: None, pen: None };
        text.apply(&edited(1, &[1, 2]));
        assert_eq!((text.edits, text.fresh.len(), text.last.is_some()), (2, 0, false));
        text.apply(&edited(2, &[2, 3]));
        assert_eq!((text.edits, &text.fresh[..]), (3, &[Encoded(vec![3])][..]));
        text.apply(&edited(4, &[4]));
        assert_eq!((text.edits, text.fresh.len()), (4, 2));
    }
}
