//! How many words a chapter has while it is being written.
//!
//! They are counted some time after an edit, and told at the book where they are others than was told: so at most once
//! in that time, and the last edit is counted too. No edit waits for it.

use super::chapters::{Chapters, lock};
use crate::{
    book::{
        channels::{BookChannel, ChapterChannel},
        events::{BookEvent, EventKind},
        model::{BookId, PartId},
        store::{contents, history, publish::publish, writing},
    },
    document::{tree::plain, words::count_words},
};
use sputnik::Fault;
use std::time::Duration;

/// How long after an edit.
const LATER: Duration = Duration::from_secs(10);

impl Chapters {
    /// Has a chapter's words counted in a while, unless they will be anyway.
    pub(super) fn count_later(&self, book: &BookId, part: &PartId) {
        let name = (book.clone(), part.clone());
        if !lock(&self.0.will_be_counted).insert(name.clone()) {
            return;
        }
        let chapters = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(LATER).await;
            // What is stored from now on is counted the next time.
            lock(&chapters.0.will_be_counted).remove(&name);
            let (book, part) = name;
            match chapters.count(&book, &part).await {
                Ok(true) => {}
                Ok(false) => chapters.count_later(&book, &part),
                // It was deleted, say. If not, its next edit has it counted.
                Err(fault) => tracing::debug!(%part, %fault, "words were not counted"),
            }
        });
    }

    /// Counts a chapter's words, and tells them. Tells whether it could: not, when another node stored something
    /// meanwhile.
    async fn count(&self, book: &BookId, part: &PartId) -> Result<bool, Fault> {
        let held = self.hold(book, part).await?;
        let words = count_words(&plain(&held.document().nodes()));
        let channel = BookChannel(book.clone()).name();
        let mut group = self.0.database.command_store().begin_group(&self.0.node).await?;
        group.lock(&channel).await?;
        group.lock(&ChapterChannel(book.clone(), part.clone()).name()).await?;
        if history::edits(group.sql(), part).await? != held.edits() {
            return Ok(false);
        }
        if history::newest(group.sql(), book, part).await?.words == words {
            return Ok(true);
        }
        let Some((by, at)) = writing::last(group.sql(), part).await? else { return Ok(true) };
        contents::set_words(group.sql(), part, words).await?;
        let what = EventKind::WordsCounted { part: part.clone(), words };
        publish(&mut group, book, &BookEvent { by, at, what }).await?;
        group.finish().await?;
        Ok(true)
    }
}
