//! A chapter is made to read as another content: an older revision is restored, or a text brought in.
//!
//! To find out what can stay may take seconds. That is done before the transaction, so that nobody else waits for it;
//! within, it is seen whether the chapter still is what it was done for.

use super::{
    loaded::Loaded,
    revisions::{self, NewRevision},
    write_permission::WritePermission,
};
use crate::{
    account::person::Person,
    book::{
        channels::ChapterChannel,
        chapter::{ChapterEvent, Edited, Encoded},
        quota::Quota,
        store::{history, quota, writing},
    },
    database::{Change, now},
    document::{Document, Edit, Refused, tree},
};
use sputnik::{Fault, server::Node};

/// Changes a document by an edit, and tells that edit; nothing where there is nothing to change.
pub type Make = dyn Fn(&mut Document) -> Result<Option<Vec<u8>>, Refused> + Send + Sync;

/// What is to be done to a chapter as it stands.
pub struct WorkedOut {
    /// How many edits made it.
    edits: u64,
    /// What stands in it.
    before: Vec<tree::Node>,
    /// The edit; nothing, where the chapter reads so already.
    restored: Result<Option<Restored>, Refused>,
}

/// An edit, and what stands in the chapter then.
struct Restored {
    edit: Vec<u8>,
    after: Vec<tree::Node>,
}

impl WorkedOut {
    /// Works out what `make` does to a document that so many edits made.
    #[must_use]
    pub fn of(mut document: Document, edits: u64, make: &Make) -> Self {
        let before = document.nodes();
        let edit = make(&mut document);
        let restored = edit.map(|edit| edit.map(|edit| Restored { edit, after: document.nodes() }));
        Self { edits, before, restored }
    }
}

/// Changes the chapter as `make` does, by an edit of somebody's, on top of what everybody wrote. What
/// was written since the newest revision becomes one before, and the result becomes one of this name, so nothing is
/// lost. Returns the newest revision's number; where the chapter reads so already, nothing changes.
///
/// # Errors
/// When they may not write there now, when the content cannot be a chapter's, or is larger than an edit may be.
pub async fn restore(
    change: &mut Change,
    node: &Node,
    channel: &ChapterChannel,
    by: &Person,
    (worked_out, make): (WorkedOut, &Make),
    (name, quota): (String, Quota),
) -> Result<u32, Fault> {
    let ChapterChannel(book, part) = channel;
    change.lock(&channel.name()).await?;
    WritePermission::ask(change.sql(), node, book, part, std::iter::once(&by.id)).await?.check(&by.id)?;
    let newest = history::newest(change.sql(), book, part).await?;
    let is_as_it_was = history::edits(change.sql(), part).await? == worked_out.edits;
    let WorkedOut { edits, before, restored } = if is_as_it_was {
        worked_out
    } else {
        // Another node stored something meanwhile. It cannot any more, now that the channel is locked: work it out again.
        let Loaded { document, edits, .. } = Loaded::load(change.sql(), book, part).await?;
        WorkedOut::of(document, edits, make)
    };
    let Some(Restored { edit, after }) = restored? else { return Ok(newest.revision) };
    quota::must_have(change.sql(), quota, &by.id, edit.len()).await?;
    quota::add(change.sql(), part, std::iter::once((&by.id, edit.len() as u64))).await?;
    let (session, at) = (history::writing_session(change.sql(), part).await?, now());
    if !session.is_empty() {
        revisions::add(change, channel, NewRevision::after(&session, &before, edits), String::new()).await?;
    } else if tree::simplest(&before) != tree::simplest(&history::content(change.sql(), part, newest.revision).await?)
        && !tree::plain(&before).is_empty()
    {
        // Typed before chapters were written together, and never saved.
        let standing = NewRevision { nodes: &before, edits, authors: vec![by.clone()], at };
        revisions::add(change, channel, standing, "As it stood before".to_owned()).await?;
    }
    for hand in Document::hands_of(&Edit::read(&edit)?) {
        writing::add_hand(change.sql(), part, hand, &by.id).await?;
    }
    writing::add(change.sql(), part, edits, at, &[(&by.id, &edit)]).await?;
    let edits_told = vec![Edited { by: by.clone(), edit: Encoded(edit) }];
    change.say(&channel.name(), &ChapterEvent::Edited { at, first: edits + 1, edits: edits_told }).await?;
    let standing = NewRevision { nodes: &after, edits: edits + 1, authors: vec![by.clone()], at };
    revisions::add(change, channel, standing, name).await
}

/// That somebody may write in a chapter, which still is as so many edits made it; until the change ends it stays so.
///
/// # Errors
/// When they may not write there now, and when others wrote there meanwhile.
pub async fn must_be_as_it_was(
    change: &mut Change,
    node: &Node,
    channel: &ChapterChannel,
    by: &Person,
    edits: u64,
) -> Result<(), Fault> {
    let ChapterChannel(book, part) = channel;
    change.lock(&channel.name()).await?;
    WritePermission::ask(change.sql(), node, book, part, std::iter::once(&by.id)).await?.check(&by.id)?;
    if history::edits(change.sql(), part).await? != edits {
        return Err(Fault::conflict("Somebody wrote in it just now, so nothing was changed. Please try again."));
    }
    Ok(())
}
