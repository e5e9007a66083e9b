//! How a page follows the editor's [channels](super::channels): what each says, what a page makes of it, and the command
//! that gives the state to begin with, and anew after a gap.

use super::{
    channels::{BookChannel, ChapterChannel, PersonChannel},
    chapter::{ChapterEvent, ChapterText},
    commands::{chapter::open_chapter, people::my_invitations, shelf::open_book},
    events::BookEvent,
    shelf::{PersonEvent, ReceivedInvitation},
    state::Book,
};
use sputnik::{Channel, ChannelName, Fault, Snapshot};
use std::future::Future;

impl Channel for BookChannel {
    type State = Book;
    type Message = BookEvent;

    fn name(&self) -> ChannelName {
        self.name()
    }

    fn snapshot(&self) -> impl Future<Output = Result<Snapshot<Book>, Fault>> + Send + 'static {
        let book = self.0.clone();
        async move { open_book(book).await.map(|opened| opened.snapshot) }
    }
}

impl Channel for ChapterChannel {
    type State = ChapterText;
    type Message = ChapterEvent;

    fn name(&self) -> ChannelName {
        self.name()
    }

    fn snapshot(&self) -> impl Future<Output = Result<Snapshot<ChapterText>, Fault>> + Send + 'static {
        let (book, part) = (self.0.clone(), self.1.clone());
        async move { open_chapter(book, part).await }
    }
}

impl Channel for PersonChannel {
    type State = Vec<ReceivedInvitation>;
    type Message = PersonEvent;

    fn name(&self) -> ChannelName {
        self.name()
    }

    fn snapshot(&self) -> impl Future<Output = Result<Snapshot<Vec<ReceivedInvitation>>, Fault>> + Send + 'static {
        my_invitations()
    }
}
