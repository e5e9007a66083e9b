//! Writing together.

use super::{Desk, Editing};
use crate::{
    book::{
        chapter::{ChapterText, Encoded, Exchanged, count_words},
        model::PartId,
        store::{books, pen, writing},
        writing::{chapters::NewEdit, html, tree},
    },
    sputnik::{fault::Fault, position::Snapshot},
};

impl Desk {
    /// A chapter's text, and from where its channel continues.
    pub async fn open_chapter(&self, part: PartId) -> Result<Snapshot<ChapterText>, Fault> {
        let channel = self.chapter_channel(&part);
        let at = self.caller.node.position(&channel).await;
        let mut sql = self.database.read().await?;
        pen::rules(&mut sql, &self.book, &part).await?;
        // Before the text: what is written in between may be in it, and is told all the same.
        let version = books::version(&mut sql, &channel).await?;
        let (last, pen) = (writing::last(&mut sql, &part).await?, pen::pen(&mut sql, &part).await?);
        drop(sql);
        let state = self.chapters.look(&self.book, &part, |document, edits| {
            let nodes = document.nodes();
            let (html, words) = (html::html(&nodes), count_words(&tree::plain(&nodes)));
            ChapterText { part: part.clone(), html, words, edits, fresh: Vec::new(), last, pen }
        });
        Ok(Snapshot { at, version, state: state.await? })
    }

    /// What a page lacks of a chapter that has this, and what the server has.
    pub async fn exchange(&self, part: &PartId, state_vector: &Encoded) -> Result<Exchanged, Fault> {
        self.chapters
            .look(&self.book, part, |document, _| {
                let update = document.missing(&state_vector.0)?;
                Ok(Exchanged { update: Encoded(update), state_vector: Encoded(document.state_vector()) })
            })
            .await?
    }
}

impl Editing {
    /// Takes an edit in.
    pub async fn write(&self, part: &PartId, edit: Encoded) -> Result<(), Fault> {
        let Desk { chapters, book, caller, .. } = &self.0;
        let edit = NewEdit { by: self.0.me()?, call: caller.call.clone(), bytes: edit.0 };
        let stored = chapters.write(book, part, edit)?;
        // It has its place among the edits: those that follow come behind it, and perhaps into the same group.
        caller.turn.give();
        stored.await
    }
}
