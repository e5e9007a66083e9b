//! A chapter is turned into something else: an older revision restored, a text brought in.
//!
//! To find out what can stay may take seconds. That is done before the transaction, so that nobody else waits for it;
//! within, it is seen whether the chapter still is what it was done for.

use super::{
    loaded::Loaded,
    revising::{self, Standing},
};
use crate::{
    account::person::Person,
    book::{
        channels::ChapterChannel,
        chapter::{Edited, Encoded, TextNews},
        room::Room,
        store::{history, room, writing},
        writing::{
            document::{Document, Edit, Refused},
            leave::Leave,
            tree::{self, Node},
        },
    },
    database::{Telling, now},
};
use sputnik::{Channel, Fault, server::Node as Server};

/// What a chapter is to be, made of what stands in it.
pub type Make = dyn Fn(&[Node]) -> Vec<Node> + Send + Sync;

/// What becomes of a chapter as it stands.
pub struct WorkedOut {
    /// How many edits made it.
    edits: u64,
    /// What stands in it.
    before: Vec<Node>,
    /// What turns it; nothing, where it is that already.
    turned: Result<Option<Turned>, Refused>,
}

/// An edit, and what stands in the chapter then.
struct Turned {
    edit: Vec<u8>,
    after: Vec<Node>,
}

impl WorkedOut {
    /// Works out the edit that turns a document, made by so many edits, into what is made of it.
    #[must_use]
    pub fn of(mut document: Document, edits: u64, make: &Make) -> Self {
        let before = document.nodes();
        let edit = document.turn_into(&make(&before));
        let turned = edit.map(|edit| edit.map(|edit| Turned { edit, after: document.nodes() }));
        Self { edits, before, turned }
    }
}

/// Turns the chapter into what is made of it by an edit of somebody's, on top of what everybody wrote. What was written
/// since the newest revision becomes one before, and the result becomes one of this name, so nothing is lost. Returns the
/// newest revision's number; where the chapter is that already, nothing changes.
///
/// # Errors
/// When they may not write there now, when the content cannot be a chapter's, or is larger than an edit may be.
pub async fn turn_into(
    telling: &mut Telling,
    node: &Server,
    channel: &ChapterChannel,
    by: &Person,
    (worked_out, make): (WorkedOut, &Make),
    (name, room): (String, Room),
) -> Result<u32, Fault> {
    let ChapterChannel(book, part) = channel;
    telling.lock(&channel.name()).await?;
    Leave::ask(telling.sql(), node, book, part, std::iter::once(&by.id)).await?.check(&by.id)?;
    let newest = history::newest(telling.sql(), book, part).await?;
    let is_as_it_was = history::edits(telling.sql(), part).await? == worked_out.edits;
    let WorkedOut { edits, before, turned } = if is_as_it_was {
        worked_out
    } else {
        // Another node stored something meanwhile, and can no more: this time it stays as it is.
        let Loaded { document, edits, .. } = Loaded::load(telling.sql(), book, part).await?;
        WorkedOut::of(document, edits, make)
    };
    let Some(Turned { edit, after }) = turned? else { return Ok(newest.revision) };
    room::must_have(telling.sql(), room, &by.id, edit.len()).await?;
    room::add(telling.sql(), part, std::iter::once((&by.id, edit.len() as u64))).await?;
    let (stretch, at) = (history::stretch(telling.sql(), part).await?, now());
    if !stretch.is_empty() {
        revising::add(telling, channel, Standing::after(&stretch, &before, edits), String::new()).await?;
    } else if tree::simplest(&before) != tree::simplest(&history::content(telling.sql(), part, newest.revision).await?)
        && !tree::plain(&before).is_empty()
    {
        // Typed before chapters were written together, and never saved.
        let standing = Standing { nodes: &before, edits, authors: vec![by.clone()], at };
        revising::add(telling, channel, standing, "As it stood before".to_owned()).await?;
    }
    for hand in Document::hands_of(&Edit::read(&edit)?) {
        writing::add_hand(telling.sql(), part, hand, &by.id).await?;
    }
    writing::add(telling.sql(), part, edits, at, &[(&by.id, &edit)]).await?;
    let news = vec![Edited { by: by.clone(), edit: Encoded(edit) }];
    telling.say(&channel.name(), &TextNews::Edited { at, first: edits + 1, edits: news }).await?;
    let standing = Standing { nodes: &after, edits: edits + 1, authors: vec![by.clone()], at };
    revising::add(telling, channel, standing, name).await
}
