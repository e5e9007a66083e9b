//! Chapters as wholes: one is split in two, two are joined, one is made once more.

use super::{EditorAccess, Work};
use crate::{
    book::{
        channels::{ChapterChannel, pen},
        events::{EventKind, Joined},
        history::Revision,
        model::{Kind, Part, PartId, Place, Role, Title},
        place::TextPlace,
        store::{
            contents::{self, Contents},
            deleted, history, moved, quota, writing,
        },
        writing::{
            chapters::HeldChapter,
            restore::{self, WorkedOut},
        },
    },
    database::new_id,
    document::{
        Document,
        parting::{Spot, parted},
        tree::{Node, is_blank, never_none, plain},
        words::count_words,
    },
};
use sputnik::{Fault, Roster};
use std::sync::{Arc, Mutex, PoisonError};

impl EditorAccess {
    /// Makes what stands behind a place in a chapter a chapter of its own, after it. Both in one change.
    pub async fn split_chapter(&self, part: &PartId, place: TextPlace, title: Title) -> Result<PartId, Fault> {
        let access = &self.0;
        let permit = access.enter().await?;
        let spot = Spot { block: place.block, at: place.at };
        let held = access.chapters.hold(&access.book, part).await?;
        let (state, edits) = (held.document().state(), held.edits());
        // What stands behind the place when the edit is made: another server may have stored something meanwhile.
        let behind: Arc<Mutex<Vec<Node>>> = Arc::default();
        let made = Arc::clone(&behind);
        let make = move |document: &mut Document| {
            let (before, after) = parted(&document.nodes(), spot);
            *made.lock().unwrap_or_else(PoisonError::into_inner) = after;
            document.restore(&before)
        };
        let make = Arc::new(make);
        let making = Arc::clone(&make);
        let worked_out = permit
            .run(move |budget| {
                let document = Document::load(&state, std::iter::empty())?;
                budget.check()?;
                Ok(WorkedOut::of(document, edits, &*making))
            })
            .await?;
        let behind = || behind.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if is_blank(&behind()) {
            return Err(Fault::bad_request("Nothing stands behind this place, so there is nothing to split off."));
        }
        access
            .work(Role::Editor, async |work| {
                let by = work.by.clone();
                let channel = ChapterChannel(access.book.clone(), part.clone());
                let name = format!("Split: “{title}” begins here");
                let quota = access.chapters.quota();
                restore::restore(work.change, &access.caller.node, &channel, &by, (worked_out, &*make), (name, quota))
                    .await?;
                let name = format!("Split off from “{}”", work.contents().await?.get(part)?.title);
                work.add_after(part, title, behind(), name).await
            })
            .await
    }

    /// Puts a chapter at the end of the one before it. It can be brought back, as one that was deleted; its old address
    /// says until then where what stood in it is now.
    pub async fn join_chapters(&self, part: &PartId, next: &PartId) -> Result<(), Fault> {
        let access = &self.0;
        if part == next {
            return Err(Fault::bad_request("A chapter cannot be joined with itself."));
        }
        let permit = access.enter().await?;
        let roster = access.caller.roster(&access.channel()).await?;
        // In an order that all keep, so that no two wait for each other.
        let (held, held_next) = if part < next {
            let held = access.chapters.hold(&access.book, part).await?;
            (held, access.chapters.hold(&access.book, next).await?)
        } else {
            let held_next = access.chapters.hold(&access.book, next).await?;
            (access.chapters.hold(&access.book, part).await?, held_next)
        };
        let (state, edits) = (held.document().state(), held.edits());
        let (behind, edits_behind) = (held_next.document().nodes(), held_next.edits());
        let make = move |document: &mut Document| {
            let now = document.nodes();
            let joined = if is_blank(&now) { behind.clone() } else { [&now[..], &behind].concat() };
            document.restore(&joined)
        };
        let make = Arc::new(make);
        let making = Arc::clone(&make);
        let work_out = move |_: &crate::costly::Budget| {
            let document = Document::load(&state, std::iter::empty())?;
            Ok(WorkedOut::of(document, edits, &*making))
        };
        let worked_out = permit.run(work_out).await?;
        access
            .work(Role::Editor, async |work| {
                let by = work.by.clone();
                let contents = work.contents().await?;
                let first = contents.chapter(part, "can be joined")?;
                let second = contents.chapter(next, "can be joined")?;
                work.must_have_no_pen(second, &roster, "joined")?;
                let channel = ChapterChannel(access.book.clone(), part.clone());
                let other = ChapterChannel(access.book.clone(), next.clone());
                let named = (format!("Joined with “{}”", second.title), access.chapters.quota());
                let newest =
                    restore::restore(work.change, &access.caller.node, &channel, &by, (worked_out, &*make), named)
                        .await?;
                restore::must_be_as_it_was(work.change, &access.caller.node, &other, &by, edits_behind).await?;
                let at = work.at;
                deleted::delete(work.sql(), &access.book, next, &contents.branch(next), (&by, at)).await?;
                moved::note(work.sql(), next, (&access.book, part)).await?;
                // Where nothing stood in it, the first one has no other version than before.
                let revision = (newest > first.revision).then_some(newest);
                let joined = Some(Joined { title: first.title.clone(), revision });
                let (part, title) = (next.clone(), second.title.clone());
                work.tell(EventKind::PartRemoved { part, title, moved: false, joined }).await?;
                work.change.recheck(&other.name()).await
            })
            .await
    }

    /// Makes a chapter once more, after it: what stands in it now, without what it was before.
    pub async fn duplicate_chapter(&self, part: &PartId) -> Result<PartId, Fault> {
        let look = |held: &mut HeldChapter| Ok(held.document().nodes());
        let nodes = self.0.look(part, look).await?;
        self.0
            .work(Role::Editor, async |work| {
                let title = work.contents().await?.chapter(part, "can be duplicated")?.title.clone();
                let name = format!("Copied from “{title}”");
                work.add_after(part, copy_of(&title), nodes, name).await
            })
            .await
    }
}

impl Work<'_> {
    pub(super) async fn contents(&mut self) -> Result<Contents, Fault> {
        let book = self.access.book.clone();
        Contents::load(self.sql(), &book).await
    }

    /// Adds a chapter behind another one, with what stands in it, and a version of this name.
    async fn add_after(
        &mut self,
        part: &PartId,
        title: Title,
        nodes: Vec<Node>,
        name: String,
    ) -> Result<PartId, Fault> {
        let mut contents = self.contents().await?;
        let parent = contents.get(part)?.parent.clone();
        let before = contents.after(part).cloned();
        let id: PartId = new_id()?.try_into().map_err(Fault::bad_request)?;
        let new = Part::new(id.clone(), Kind::Chapter, parent.clone(), title);
        let (part, place) = self.add_written(&mut contents, new, &Place { parent, before }, nodes, name).await?;
        self.tell(EventKind::PartAdded { part, place, moved: false }).await?;
        Ok(id)
    }

    /// Adds a chapter in its place, with what stands in it, and a version of this name. Tells what it is now, and where.
    pub(super) async fn add_written(
        &mut self,
        contents: &mut Contents,
        new: Part,
        place: &Place,
        nodes: Vec<Node>,
        name: String,
    ) -> Result<(Part, Place), Fault> {
        let nodes = never_none(nodes);
        let document = Document::of(&nodes);
        let (state, hand) = (document.state(), document.hand());
        let (by, at) = (self.by.clone(), self.at);
        quota::must_have(self.change.sql(), self.access.chapters.quota(), &by.id, state.len()).await?;
        let new = Part { words: count_words(&plain(&nodes)), revision: 1, ..new };
        let place = contents.add(self.sql(), &new, place).await?;
        contents::set_goal(self.sql(), &new.id, new.goal).await?;
        writing::keep_state(self.sql(), &new.id, 0, &state).await?;
        writing::add_hand(self.sql(), &new.id, hand, &by.id).await?;
        let revision = Revision { number: new.revision, by: by.clone(), with: Vec::new(), at, name, words: new.words };
        history::add(self.sql(), &new.id, &revision, &nodes, 0).await?;
        Ok((new, place))
    }

    /// That nobody else has the pen of a chapter.
    pub(super) fn must_have_no_pen(&self, part: &Part, roster: &Roster, then: &'static str) -> Result<(), Fault> {
        let holder = roster.lock(&pen(&part.id)).and_then(|lock| lock.holder.as_ref());
        let holder = holder.and_then(|client| roster.find(client));
        match holder.filter(|who| who.user.as_ref().is_none_or(|user| !self.access.is(user))) {
            None => Ok(()),
            Some(who) => Err(Fault::lock_held(format_args!(
                "{} is writing “{}” just now. It can be {then} once they have put the pen down.",
                who.name, part.title
            ))),
        }
    }
}

/// What a copy is called: no longer than a title may be.
fn copy_of(title: &Title) -> Title {
    const END: &str = " (copy)";
    let name: String = title.as_str().chars().take(Title::MAX - END.len()).chain(END.chars()).collect();
    name.parse().unwrap_or_else(|_| Title::untitled())
}
