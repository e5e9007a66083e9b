//! What a chapter was: reading, comparing, naming, restoring.

use super::{Desk, Editing, Within, aside};
use crate::{
    book::{
        channels::ChapterChannel,
        chapter::count_words,
        history::{Attributed, Compared, History, Moment, Unfinished, VersionName},
        model::{PartId, Role},
        news::What,
        store::{contents, history},
        writing::{
            authors,
            chapters::revising,
            compare,
            document::Document,
            html::html,
            tree::{self, Node},
        },
    },
    sputnik::fault::Fault,
};
use std::convert::identity;

impl Within {
    /// What was written since the newest revision, and the revisions before this one, or the newest.
    pub async fn history(&self, part: &PartId, before: Option<u32>) -> Result<History, Fault> {
        let count = |document: &Document, _| count_words(&tree::plain(&document.nodes()));
        let words = self.chapters.look(&self.book, part, count).await?;
        let mut sql = self.database.read().await?;
        let stretch = history::stretch(&mut sql, part).await?;
        let now = (!stretch.is_empty()).then(|| Unfinished {
            by: stretch.authors().into_iter().map(|(author, _)| author).collect(),
            at: stretch.last,
        });
        let mut revisions = history::list(&mut sql, part, before, History::AT_ONCE + 1).await?;
        let more = revisions.len() > History::AT_ONCE;
        revisions.truncate(History::AT_ONCE);
        Ok(History { now, words, revisions, more })
    }

    /// The chapter at a moment, as HTML.
    pub async fn read_version(&self, part: &PartId, moment: Moment) -> Result<String, Fault> {
        Ok(html(&self.content(part, moment).await?))
    }

    /// What lies between two moments.
    pub async fn compare_versions(&self, part: &PartId, old: Moment, new: Moment) -> Result<Compared, Fault> {
        let (old, new) = (self.content(part, old).await?, self.content(part, new).await?);
        aside(move || compare::shown(&compare::compare(&old, &new))).await
    }

    /// The chapter as it stands, with who wrote what.
    pub async fn show_authors(&self, part: &PartId) -> Result<Attributed, Fault> {
        let state = self.chapters.look(&self.book, part, |document, _| document.state()).await?;
        let hands = history::hands(&mut *self.database.glance().await?, part).await?;
        aside(move || {
            let document = Document::load(&state, std::iter::empty())?;
            Ok(authors::attributed(&document, &hands))
        })
        .await?
    }
}

impl Desk {
    async fn content(&self, part: &PartId, moment: Moment) -> Result<Vec<Node>, Fault> {
        match moment {
            Moment::Now => self.chapters.look(&self.book, part, |document, _| document.nodes()).await,
            Moment::Revision(number) => {
                let mut sql = self.database.read().await?;
                history::newest(&mut sql, &self.book, part).await?;
                history::content(&mut sql, part, number).await
            }
        }
    }
}

impl Editing {
    /// Makes the chapter read as it did in an older revision.
    pub async fn restore_revision(&self, part: &PartId, number: u32) -> Result<u32, Fault> {
        if number == 0 {
            return Err(Fault::not_found("version"));
        }
        let nodes = self.0.content(part, Moment::Revision(number)).await?;
        self.turn_into(part, move |_| nodes.clone(), format!("Restored version {number}"), identity).await
    }

    /// Gives the chapter as it stands a name.
    pub async fn name_version(&self, part: &PartId, name: &VersionName) -> Result<u32, Fault> {
        let mut work = self.0.work(Role::Editor).await?;
        let outcome = async {
            let (by, channel) = (work.by.clone(), ChapterChannel(self.0.book.clone(), part.clone()));
            let (number, what) = revising::name(&mut work.change, &channel, &by, name.as_str()).await?;
            if let Some(what) = what {
                work.tell(what).await?;
            }
            Ok(number)
        };
        let outcome = outcome.await;
        work.finish(outcome).await
    }

    /// Gives every chapter of the book as it stands a name.
    pub async fn name_book_version(&self, name: &VersionName) -> Result<u32, Fault> {
        let mut work = self.0.work(Role::Editor).await?;
        let outcome = async {
            let by = work.by.clone();
            // Always in the same order, so that no two changes ever wait for each other's chapters.
            let mut chapters = contents::chapters(work.sql(), &self.0.book).await?;
            chapters.sort_unstable();
            for part in &chapters {
                let channel = ChapterChannel(self.0.book.clone(), part.clone());
                revising::name(&mut work.change, &channel, &by, name.as_str()).await?;
            }
            let chapters = u32::try_from(chapters.len()).unwrap_or(u32::MAX);
            work.tell(What::VersionNamed { name: name.clone(), chapters }).await?;
            Ok(chapters)
        };
        let outcome = outcome.await;
        work.finish(outcome).await
    }
}
