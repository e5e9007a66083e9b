//! How many words a chapter has while it is being written.
//!
//! They are counted some time after an edit, and told at the book where they are others than was told: so at most once
//! in that time, and the last edit is counted too. No edit waits for it.

use super::{Chapter, Chapters};
use crate::{
    book::{
        channels::BookChannel,
        chapter::count_words,
        news::{Told, What},
        store::{contents, history, writing},
        writing::tree::plain,
    },
    database::Group,
    sputnik::{channel::Channel, fault::Fault},
};
use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

/// How long after an edit.
const LATER: Duration = Duration::from_secs(10);

impl Chapters {
    /// Has a chapter's words counted in a while, unless they will be anyway.
    pub(super) fn count_later(&self, chapter: &Arc<Chapter>) {
        if chapter.will_be_counted.swap(true, Ordering::Relaxed) {
            return;
        }
        let (chapters, chapter) = (self.clone(), Arc::clone(chapter));
        tokio::spawn(async move {
            tokio::time::sleep(LATER).await;
            match chapters.count(&chapter).await {
                Ok(true) => {}
                Ok(false) => chapters.count_later(&chapter),
                // It was deleted, say. If not, its next edit has it counted.
                Err(fault) => tracing::debug!(part = %chapter.part, %fault, "words were not counted"),
            }
        });
    }

    /// Counts a chapter's words, and tells them. Tells whether it could: not, when another node stored something
    /// meanwhile.
    async fn count(&self, chapter: &Chapter) -> Result<bool, Fault> {
        let Chapter { book, part, .. } = chapter;
        // What is stored from now on is counted the next time.
        chapter.will_be_counted.store(false, Ordering::Relaxed);
        let held = self.hold(book, part).await?;
        let words = count_words(&plain(&held.document().nodes()));
        let (book, channel) = (BookChannel(book.clone()).name(), chapter.channel().name());
        let mut group = Group::begin(&self.0.database, &self.0.node).await?;
        group.lock(&book).await?;
        group.lock(&channel).await?;
        if history::edits(group.sql(), part).await? != held.edits() {
            return Ok(false);
        }
        if history::newest(group.sql(), &chapter.book, part).await?.words == words {
            return Ok(true);
        }
        let Some((by, at)) = writing::last(group.sql(), part).await? else { return Ok(true) };
        contents::set_words(group.sql(), part, words).await?;
        group.say(&book, &Told { by, at, what: What::WordsCounted { part: part.clone(), words } }).await?;
        group.finish().await?;
        Ok(true)
    }
}
