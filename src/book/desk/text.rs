//! A chapter's revisions.

use super::Desk;
use crate::{
    book::{
        chapter::Revision,
        model::PartId,
        store::{pen, text},
    },
    sputnik::fault::Fault,
};

impl Desk {
    /// The revisions of a chapter, newest first.
    pub async fn revisions(&self, part: &PartId) -> Result<Vec<Revision>, Fault> {
        let mut sql = self.database.read().await?;
        pen::rules(&mut sql, &self.book, part).await?;
        text::revisions(&mut sql, part).await
    }

    /// The text of one revision.
    pub async fn revision_text(&self, part: &PartId, number: u32) -> Result<String, Fault> {
        let mut sql = self.database.read().await?;
        pen::rules(&mut sql, &self.book, part).await?;
        text::revision_text(&mut sql, part, number).await
    }
}
