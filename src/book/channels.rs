//! What the editor's channels are called: one a book, one a chapter for the text as it is typed, and one a person. What
//! they carry, and where their state comes from, is in `following`: that asks the commands, and everything else stands
//! below them.

use super::model::{BookId, PartId};
use sputnik::{ChannelName, LockName, UserId};

/// What happens to a book: its contents, people, chat, and (as locks) who writes which chapter. `book/<id>`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookChannel(pub BookId);

impl BookChannel {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> ChannelName {
        name(format!("book/{}", self.0))
    }
}

/// The text of one chapter, as it is typed. `chapter/<book>/<part>`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChapterChannel(pub BookId, pub PartId);

impl ChapterChannel {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> ChannelName {
        name(format!("chapter/{}/{}", self.0, self.1))
    }
}

/// What one person is told wherever they are, and nobody else: to what they are invited. `@user/<id>`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonChannel(pub UserId);

impl PersonChannel {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> ChannelName {
        ChannelName::of_user(&self.0)
    }
}

/// The lock that lets one person write a chapter: the pen. It is on the book's channel, so everyone at the book sees
/// who writes what.
#[must_use]
pub fn pen(part: &PartId) -> LockName {
    part.as_str().parse().expect("a part's id is letters and digits, as a lock's name may be")
}

fn name(text: String) -> ChannelName {
    text.try_into().expect("ids are letters and digits, as a channel's name may be")
}
