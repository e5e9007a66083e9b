//! What a book is made of: ids, titles, roles, chapters and sections, members, lines of the chat. Plain data, the same on
//! both sides and in the database. Put together in a [`Book`](super::state::Book).

use crate::account::person::Person;
use serde::{Deserialize, Deserializer, Serialize};
use sputnik::{Snapshot, protocol::refusal::read_text};
use std::{fmt, str::FromStr};

/// Declares an id: letters and digits, given by the server, never reused.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(into = "String")]
        pub struct $name(String);

        impl $name {
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadText;

            fn try_from(text: String) -> Result<Self, BadText> {
                let good = (1..=32).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric());
                if good { Ok(Self(text)) } else { Err(BadText(concat!("This is not the id of a ", $what, "."))) }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                read_text(from)
            }
        }

        impl FromStr for $name {
            type Err = BadText;

            fn from_str(text: &str) -> Result<Self, BadText> {
                Self::try_from(text.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(&self.0)
            }
        }
    };
}

id! {
    /// A book.
    BookId, "book"
}

id! {
    /// A chapter, or a section that holds chapters.
    PartId, "chapter"
}

id! {
    /// A picture of a book.
    PictureId, "picture"
}

id! {
    /// A book that is made into a file.
    ExportId, "file"
}

/// Why a text a person gave is refused, in words for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadText(pub &'static str);

/// A title: 1 to 200 characters on one line, without blanks at its ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub struct Title(String);

impl Title {
    /// The longest title, in characters.
    pub const MAX: usize = 200;

    /// The title of what has none that can be shown.
    #[must_use]
    pub fn untitled() -> Self {
        Self("Untitled".to_owned())
    }

    /// The title as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a character is seen: what is neither a blank, nor joins or parts letters or turns their direction.
#[must_use]
pub fn is_visible(c: char) -> bool {
    let is_mark = matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    !(is_mark || c.is_whitespace() || c.is_control())
}

impl TryFrom<String> for Title {
    type Error = BadText;

    fn try_from(text: String) -> Result<Self, BadText> {
        let text = text.trim();
        if !text.chars().any(is_visible) {
            return Err(BadText("A title needs at least one character."));
        }
        if text.chars().count() > Self::MAX {
            return Err(BadText("A title has at most 200 characters."));
        }
        if text.chars().any(char::is_control) {
            return Err(BadText("A title is one line of text."));
        }
        Ok(Self(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for Title {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        read_text(from)
    }
}

impl FromStr for Title {
    type Err = BadText;

    fn from_str(text: &str) -> Result<Self, BadText> {
        Self::try_from(text.to_owned())
    }
}

impl From<Title> for String {
    fn from(title: Title) -> String {
        title.0
    }
}

impl fmt::Display for Title {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// What a person may do with a book. Each role may do all that those before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Read, and read along live.
    Reader,
    /// Write, arrange chapters, chat.
    Editor,
    /// Invite people, change their roles, take over the pen, rename and delete the book.
    Owner,
}

/// Who may read a book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Its members.
    Private,
    /// Everyone, signed in or not.
    Public,
}

/// What those see of a public book who read it and do not belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sees {
    /// The text as it stands: contents and chapters, and nobody's name.
    Text,
    /// Also who writes, what is said and done, and what the text was.
    // What a server before this was sent without a word, and what it always showed.
    #[default]
    Everything,
}

impl Sees {
    /// Whether somebody sees all there is: whoever belongs to the book does, others where its owners let them.
    #[must_use]
    pub fn is_all_for(self, member: bool) -> bool {
        member || self == Self::Everything
    }
}

/// A person who belongs to a book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Who.
    pub person: Person,
    /// What they may do.
    pub role: Role,
}

/// That somebody was asked to belong to a book, and has not answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Who.
    pub person: Person,
    /// What they will be able to do.
    pub role: Role,
    /// Who asked.
    pub by: Person,
    /// When, in milliseconds since 1970. It lasts for [`Invitation::LASTS`].
    pub at: i64,
}

impl Invitation {
    /// How long an invitation can be accepted, in milliseconds: 30 days.
    pub const LASTS: i64 = 30 * 24 * 60 * 60 * 1_000;
}

/// How far a chapter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Just begun.
    #[default]
    New,
    /// Something is missing.
    NeedsContent,
    /// Written.
    Completed,
    /// To be read for errors.
    ToBeProofed,
}

impl Status {
    /// Every status, in the order they are offered.
    pub const ALL: [Self; 4] = [Self::New, Self::NeedsContent, Self::Completed, Self::ToBeProofed];

    /// What people call it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::New => "New",
            Self::NeedsContent => "Needs content",
            Self::Completed => "Completed",
            Self::ToBeProofed => "To be proofed",
        }
    }
}

/// What a part of the contents is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Holds chapters and sections.
    Section,
    /// Holds text.
    Chapter,
}

/// How far a chapter is closed to writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closing {
    /// Only owners write in it.
    Locked,
    /// Nobody does, until it is opened again.
    Final,
}

impl Closing {
    /// What people call it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Locked => "Locked",
            Self::Final => "Final",
        }
    }

    /// Whether somebody with this role may write all the same.
    #[must_use]
    pub fn lets_write(self, role: Role) -> bool {
        self == Self::Locked && role == Role::Owner
    }
}

/// That a chapter is closed to writing, until an owner opens it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// How far.
    pub how: Closing,
    /// Why: at most [`Closed::WHY`] characters, perhaps none.
    pub why: String,
    /// Who closed it.
    pub by: Person,
    /// When, in milliseconds since 1970.
    pub at: i64,
}

impl Closed {
    /// The longest reason, in characters.
    pub const WHY: usize = 200;
}

/// One line of the contents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Which.
    pub id: PartId,
    /// A chapter or a section.
    pub kind: Kind,
    /// The section it stands in; none at the top.
    pub parent: Option<PartId>,
    /// Its title.
    pub title: Title,
    /// How far it is (chapters only mean something by it).
    pub status: Status,
    /// How many words it has: counted when it becomes a revision, and now and then while it is being written.
    pub words: u32,
    /// The number of its newest revision; 0 before the first.
    pub revision: u32,
    /// Whether it is closed to writing (only chapters are).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<Closed>,
    /// How many words it is to have (only chapters have a goal), from 1 to [`Part::GOAL`]; nothing where nobody set it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal: Option<u32>,
}

impl Part {
    /// The highest goal, in words.
    pub const GOAL: u32 = 1_000_000;

    /// One that was just begun: nothing stands in it, and nobody has said anything of it yet.
    #[must_use]
    pub fn new(id: PartId, kind: Kind, parent: Option<PartId>, title: Title) -> Self {
        let (status, words, revision, closed, goal) = (Status::New, 0, 0, None, None);
        Self { id, kind, parent, title, status, words, revision, closed, goal }
    }
}

/// One line of the chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatLine {
    /// Which.
    pub id: u64,
    /// Who said it.
    pub by: Person,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// What: 1 to 2,000 characters.
    pub text: String,
}

impl ChatLine {
    /// Lines from this number on are not in the chat yet: the page that says them shows them.
    pub const EXPECTED: u64 = 1 << 63;

    /// Whether it is shown before it is in the chat.
    #[must_use]
    pub fn is_expected(&self) -> bool {
        self.id >= Self::EXPECTED
    }
}

/// Where a part goes: into which section, and before which of its parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The section; none for the top.
    pub parent: Option<PartId>,
    /// The part it comes right before; none for the end.
    pub before: Option<PartId>,
}

/// Something opened by somebody: its snapshot, and what they may do with it. The right is this reader's own and
/// therefore not part of the state all share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened<T> {
    /// The state, and from where its channel continues.
    pub snapshot: Snapshot<T>,
    /// What whoever opened it may do.
    pub role: Role,
}
