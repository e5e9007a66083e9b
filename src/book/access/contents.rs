//! Chapters and sections.

use super::{EditorAccess, OwnerAccess, reason};
use crate::{
    book::{
        events::EventKind,
        history::Deleted,
        model::{Closed, Closing, Kind, Part, PartId, Place, Role, Status, Title},
        store::{
            contents::{self, Contents},
            deleted,
        },
    },
    database::new_id,
};
use sputnik::{ChannelName, Fault};

impl EditorAccess {
    /// Adds a chapter or a section.
    pub async fn add_part(&self, kind: Kind, title: Title, place: &Place) -> Result<PartId, Fault> {
        let access = &self.0;
        let id: PartId = new_id()?.try_into().map_err(Fault::bad_request)?;
        let part = Part::new(id.clone(), kind, place.parent.clone(), title);
        access
            .work(Role::Editor, async |work| {
                let mut contents = Contents::load(work.sql(), &access.book).await?;
                let place = contents.add(work.sql(), &part, place).await?;
                work.tell(EventKind::PartAdded { part, place, moved: false }).await?;
                Ok(id)
            })
            .await
    }

    /// Renames a chapter or a section.
    pub async fn rename_part(&self, id: PartId, title: Title) -> Result<(), Fault> {
        self.0
            .work(Role::Editor, async |work| {
                let old = Contents::load(work.sql(), &self.0.book).await?.get(&id)?.title.clone();
                contents::rename(work.sql(), &id, &title).await?;
                work.tell(EventKind::PartRenamed { part: id, old, title }).await
            })
            .await
    }

    /// Moves a chapter, or a section with all it holds.
    pub async fn move_part(&self, id: PartId, place: &Place) -> Result<(), Fault> {
        self.0
            .work(Role::Editor, async |work| {
                let mut contents = Contents::load(work.sql(), &self.0.book).await?;
                let from = contents.spot(&id)?;
                let place = contents.relocate(work.sql(), &id, place).await?;
                let (title, to) = (contents.get(&id)?.title.clone(), contents.spot_of(&place, &id)?);
                work.tell(EventKind::PartMoved { part: id, title, place, from: Some(from), to: Some(to) }).await
            })
            .await
    }

    /// What was deleted and can be brought back.
    pub async fn deleted_parts(&self) -> Result<Vec<Deleted>, Fault> {
        deleted::list(&mut *self.0.database.glance().await?, &self.0.book).await
    }

    /// Brings back a chapter, or a section with all it held: where it is wanted, as far as it fits there.
    pub async fn bring_back(&self, id: PartId, wanted: Option<Place>) -> Result<(), Fault> {
        self.0
            .work(Role::Editor, async |work| {
                let mut branch = deleted::branch(work.sql(), &self.0.book, &id).await?;
                let mut contents = Contents::load(work.sql(), &self.0.book).await?;
                let place = contents.readmit(work.sql(), &branch, &id, wanted.as_ref()).await?;
                deleted::bring_back(work.sql(), &id).await?;
                // The head of the branch first: pages are told where that goes, and the others stand in it.
                branch.sort_by_key(|part| part.id != id);
                work.tell(EventKind::PartsBroughtBack { parts: branch, place }).await
            })
            .await
    }

    /// Deletes a chapter, or a section with all it holds, unless somebody else is writing in it. It can be brought back.
    pub async fn remove_part(&self, id: PartId) -> Result<(), Fault> {
        let access = &self.0;
        let roster = access.caller.roster(&access.channel()).await?;
        access
            .work(Role::Editor, async |work| {
                let contents = Contents::load(work.sql(), &access.book).await?;
                let title = contents.get(&id)?.title.clone();
                let branch = contents.branch(&id);
                for part in &branch {
                    work.must_have_no_pen(part, &roster, "deleted")?;
                }
                let chapters = branch.iter().filter(|part| part.kind == Kind::Chapter);
                let channels: Vec<ChannelName> = chapters.map(|part| access.chapter_channel(&part.id)).collect();
                let (by, at) = (work.by.clone(), work.at);
                deleted::delete(work.sql(), &access.book, &id, &branch, (&by, at)).await?;
                work.tell(EventKind::PartRemoved { part: id, title, moved: false, joined: None }).await?;
                work.change.recheck_many(&channels).await
            })
            .await
    }

    /// Sets a chapter's status.
    pub async fn set_status(&self, id: PartId, status: Status) -> Result<(), Fault> {
        self.0
            .work(Role::Editor, async |work| {
                let contents = Contents::load(work.sql(), &self.0.book).await?;
                let part = contents.chapter(&id, "has a status")?;
                contents::set_status(work.sql(), &id, status).await?;
                work.tell(EventKind::StatusSet { part: id, title: part.title.clone(), status }).await
            })
            .await
    }
}

impl EditorAccess {
    /// Sets how many words a chapter is to have, or takes its goal away.
    pub async fn set_goal(&self, id: PartId, goal: Option<u32>) -> Result<(), Fault> {
        if goal.is_some_and(|goal| !(1..=Part::GOAL).contains(&goal)) {
            return Err(Fault::bad_request("A goal is a number of words from 1 to 1,000,000."));
        }
        self.0
            .work(Role::Editor, async |work| {
                let contents = Contents::load(work.sql(), &self.0.book).await?;
                let part = contents.chapter(&id, "has a goal")?;
                contents::set_goal(work.sql(), &id, goal).await?;
                work.tell(EventKind::GoalSet { part: id, title: part.title.clone(), goal }).await
            })
            .await
    }
}

impl OwnerAccess {
    /// Closes a chapter to writing, from the next edit on.
    pub async fn close_chapter(&self, id: PartId, how: Closing, why: &str) -> Result<(), Fault> {
        self.set_closed(id, Some((how, reason(why, Closed::WHY)?))).await
    }

    /// Opens it to writing again.
    pub async fn open_to_writing(&self, id: PartId) -> Result<(), Fault> {
        self.set_closed(id, None).await
    }

    async fn set_closed(&self, id: PartId, how: Option<(Closing, String)>) -> Result<(), Fault> {
        self.0
            .work(Role::Owner, async |work| {
                let part =
                    Contents::load(work.sql(), &self.0.book).await?.chapter(&id, "can be locked or final")?.clone();
                // Whoever stores an edit holds the chapter's channel: what they asked before this stays true until they have.
                work.change.lock(&self.0.chapter_channel(&id)).await?;
                let closed = how.map(|(how, why)| Closed { how, why, by: work.by.clone(), at: work.at });
                contents::set_closed(work.sql(), &id, closed.as_ref()).await?;
                work.tell(match closed {
                    Some(closed) => EventKind::ChapterClosed { part: id, title: part.title, closed },
                    None => EventKind::ChapterOpened { part: id, title: part.title },
                })
                .await
            })
            .await
    }
}
