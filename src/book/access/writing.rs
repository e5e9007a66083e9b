//! Writing together.

use super::Access;
use crate::{
    book::{
        chapter::{ChapterText, Encoded, Exchanged},
        model::{BookId, PartId},
        store::{pen, writing},
        writing::chapters::{Chapters, NewEdit},
    },
    database::Database,
};
use sputnik::{
    Fault, Snapshot,
    server::{Caller, User},
};

impl Access {
    /// A chapter's text, and from where its channel continues.
    pub async fn open_chapter(&self, part: PartId) -> Result<Snapshot<ChapterText>, Fault> {
        let channel = self.chapter_channel(&part);
        let at = self.caller.node.position(&channel).await;
        let mut sql = self.database.read().await?;
        pen::rules(&mut sql, &self.book, &part).await?;
        // Before the text: what is written in between may be in it, and is told all the same.
        let version = self.database.command_store().version(&mut sql, &channel).await?;
        let (last, pen) = (writing::last(&mut sql, &part).await?, pen::pen(&mut sql, &part).await?);
        drop(sql);
        let (shown, edits) = self.shown(&part).await?;
        let (html, words) = (shown.html.clone(), shown.words);
        let state = ChapterText { part, html, words, edits, fresh: Vec::new(), last, pen };
        Ok(Snapshot { at, version, within: Some(self.within), state: self.shows(state)? })
    }

    /// What a page lacks of a chapter that has this, and what the server has.
    pub async fn exchange(&self, part: &PartId, state_vector: &Encoded) -> Result<Exchanged, Fault> {
        let vector = state_vector.0.clone();
        self.look(part, move |held| {
            let document = held.document();
            let update = document.missing(&vector)?;
            Ok(Exchanged { update: Encoded(update), state_vector: Encoded(document.state_vector()) })
        })
        .await
    }
}

/// Takes the caller's edit in. Whether they may write is asked of all who wrote a group of edits at once, where nobody can
/// change it any more; here only of those who did not write there lately, so that nobody has to wait for a stranger.
///
/// # Errors
/// When they may not write there now, and when the edit is refused.
pub async fn write(book: BookId, part: PartId, edit: Encoded) -> Result<(), Fault> {
    let (database, chapters) = (Database::current()?, Chapters::current()?);
    let caller = Caller::current().await?;
    let lately = |by: &User| chapters.took_lately(&book, &part, &by.id);
    if !caller.user.as_ref().is_some_and(lately) {
        Access::open(caller.clone(), database, chapters.clone(), book.clone()).await?.editor()?;
    }
    let by = caller.require_user()?.clone().into();
    let stored = chapters.write(&book, &part, NewEdit { by, call: caller.call.clone(), bytes: edit.0 })?;
    // It has its place among the edits: those that follow come behind it, and perhaps into the same group.
    caller.slot.release();
    stored.await
}
