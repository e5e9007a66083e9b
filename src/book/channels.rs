//! The editor's channels: one a book, one a chapter for the text as it is typed, and one a person.

use super::{
    chapter::{ChapterEvent, ChapterText},
    commands::{chapter::open_chapter, people::my_invitations, shelf::open_book},
    events::BookEvent,
    model::{BookId, PartId},
    shelf::{Asked, Word},
    state::Book,
};
use sputnik::{Channel, ChannelName, Fault, LockName, Snapshot, UserId};
use std::future::Future;

/// What happens to a book: its contents, people, chat, and (as locks) who writes which chapter. `book/<id>`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookChannel(pub BookId);

impl Channel for BookChannel {
    type State = Book;
    type Message = BookEvent;

    fn name(&self) -> ChannelName {
        name(format!("book/{}", self.0))
    }

    fn snapshot(&self) -> impl Future<Output = Result<Snapshot<Book>, Fault>> + Send + 'static {
        let book = self.0.clone();
        async move { open_book(book).await.map(|opened| opened.snapshot) }
    }
}

/// The text of one chapter, as it is typed. `chapter/<book>/<part>`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChapterChannel(pub BookId, pub PartId);

impl Channel for ChapterChannel {
    type State = ChapterText;
    type Message = ChapterEvent;

    fn name(&self) -> ChannelName {
        name(format!("chapter/{}/{}", self.0, self.1))
    }

    fn snapshot(&self) -> impl Future<Output = Result<Snapshot<ChapterText>, Fault>> + Send + 'static {
        let (book, part) = (self.0.clone(), self.1.clone());
        async move { open_chapter(book, part).await }
    }
}

/// The lock that lets one person write a chapter: the pen. It is on the book's channel, so everyone at the book sees
/// who writes what.
#[must_use]
pub fn pen(part: &PartId) -> LockName {
    part.as_str().parse().expect("a part's id is letters and digits, as a lock's name may be")
}

/// What one person is told wherever they are, and nobody else: to what they are invited. `@user/<id>`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonChannel(pub UserId);

impl Channel for PersonChannel {
    type State = Vec<Asked>;
    type Message = Word;

    fn name(&self) -> ChannelName {
        ChannelName::of_user(&self.0)
    }

    fn snapshot(&self) -> impl Future<Output = Result<Snapshot<Vec<Asked>>, Fault>> + Send + 'static {
        my_invitations()
    }
}

fn name(text: String) -> ChannelName {
    text.try_into().expect("ids are letters and digits, as a channel's name may be")
}
