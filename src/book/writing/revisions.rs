//! A chapter's revisions are made: of a writing session that ended, of a name.
//!
//! Everything happens in the transaction of the change that is the reason. It holds the book's channel, where revisions
//! are told, and then the chapter's.

use super::loaded::Loaded;
use crate::{
    account::person::Person,
    book::{
        channels::ChapterChannel,
        chapter::ChapterEvent,
        events::{BookEvent, EventKind},
        history::Revision,
        store::{history, publish::publish, writing},
        writing_session::WritingSession,
    },
    database::{Change, now},
    document::{tree, words::count_words},
};
use sputnik::Fault;

/// A chapter as it stood, to be made a revision.
pub struct NewRevision<'a> {
    /// What stood in it.
    pub nodes: &'a [tree::Node],
    /// How many edits of the log are in that.
    pub edits: u64,
    /// Who wrote in it since the revision before, those who wrote most first.
    pub authors: Vec<Person>,
    /// When it was last written in.
    pub at: i64,
}

impl<'a> NewRevision<'a> {
    /// The chapter at the end of a writing session.
    pub fn after(session: &WritingSession, nodes: &'a [tree::Node], edits: u64) -> Self {
        let authors = session.authors().into_iter().map(|(author, _)| author).collect();
        Self { nodes, edits, authors, at: session.last }
    }
}

/// Makes a revision and tells it, at the book and at the chapter. Returns its number.
pub async fn add(
    change: &mut Change,
    channel: &ChapterChannel,
    standing: NewRevision<'_>,
    name: String,
) -> Result<u32, Fault> {
    let ChapterChannel(book, part) = channel;
    let NewRevision { nodes, edits, authors, at } = standing;
    let mut authors = authors.into_iter();
    let Some(by) = authors.next() else {
        tracing::error!(%part, "a revision that nobody wrote");
        return Err(Fault::internal());
    };
    let newest = history::newest(change.sql(), book, part).await?;
    let (number, words) = (newest.revision + 1, count_words(&tree::plain(nodes)));
    let revision = Revision { number, by: by.clone(), with: authors.collect(), at, name: name.clone(), words };
    history::add(change.sql(), part, &revision, nodes, edits).await?;
    let what = EventKind::ChapterSaved {
        part: part.clone(),
        title: newest.title,
        revision: number,
        words,
        comment: name,
        with: revision.with,
    };
    publish(change, book, &BookEvent { by: by.clone(), at, what }).await?;
    change.say(&channel.name(), &ChapterEvent::Saved { by, at, revision: number }).await?;
    Ok(number)
}

/// Gives the chapter as it stands a name: what was written since the newest revision becomes one; where nothing was, the
/// newest gets the name, unless it has another. How it stands was found out before the transaction, with so many edits:
/// for a long chapter that takes a while. Returns the revision's number, and what is to be told of it where it was not
/// told yet.
pub async fn name(
    change: &mut Change,
    channel: &ChapterChannel,
    by: &Person,
    name: &str,
    (nodes, edits): (Vec<tree::Node>, u64),
) -> Result<(u32, Option<EventKind>), Fault> {
    let ChapterChannel(book, part) = channel;
    change.lock(&channel.name()).await?;
    let newest = history::newest(change.sql(), book, part).await?;
    let session = history::writing_session(change.sql(), part).await?;
    if session.is_empty() && newest.revision > 0 {
        let number = newest.revision;
        let old = history::name(change.sql(), part, number).await?;
        if old.is_empty() || old == name {
            history::rename(change.sql(), part, number, name).await?;
            let (part, title, words) = (part.clone(), newest.title, newest.words);
            let (comment, with) = (name.to_owned(), Vec::new());
            return Ok((number, Some(EventKind::ChapterSaved { part, title, revision: number, words, comment, with })));
        }
    }
    let (nodes, edits) = if writing::edits(change.sql(), part, edits).await?.is_empty() {
        (nodes, edits)
    } else {
        // Another node stored something meanwhile.
        let loaded = Loaded::load(change.sql(), book, part).await?;
        (loaded.document.nodes(), loaded.edits)
    };
    let standing = match session.is_empty() {
        false => NewRevision::after(&session, &nodes, edits),
        true => NewRevision { nodes: &nodes, edits, authors: vec![by.clone()], at: now() },
    };
    Ok((add(change, channel, standing, name.to_owned()).await?, None))
}
