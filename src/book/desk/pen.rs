//! The pen. Who holds it is the broker's to say; what may be written under it is the database's.
//!
//! The database holds the newest fence it was told of, and for whom. So a writer first takes the pen here, also when it
//! came to them from the queue: that notes their fence, and from then on every older one is refused, whatever a broker
//! that lost its memory may believe.

use super::{Desk, Editing, Owning};
use crate::{
    book::{
        channels::pen,
        chapter::TextNews,
        model::{PartId, Role},
        store::{books, history, text},
        writing::markdown,
    },
    sputnik::{
        fault::Fault,
        names::{ClientId, UserId},
        roster::LockState,
    },
};
use serde::{Serialize, de::DeserializeOwned};

impl Editing {
    /// Takes the pen if it is free, or stands in its queue where `ask` is set.
    pub async fn take_pen(&self, part: &PartId, ask: bool) -> Result<LockState, Fault> {
        let desk = &self.0;
        let floor = desk.newest_fence(part).await?;
        let state = desk.caller.acquire(&desk.channel(), &pen(part), ask, floor).await?;
        desk.write_under(part, state, floor).await
    }

    /// Passes the pen to another client that is in the book and whose person may write.
    pub async fn hand_over_pen(&self, part: &PartId, to: &ClientId) -> Result<(), Fault> {
        let desk = &self.0;
        let channel = desk.channel();
        let floor = desk.newest_fence(part).await?;
        let roster = desk.caller.roster(&channel).await?;
        let gone = || Fault::conflict("They are no longer here, so you still have the pen.");
        let who = roster.find(to).and_then(|who| who.user.clone()).ok_or_else(gone)?;
        let role = books::right(&mut *desk.database.glance().await?, &desk.book, Some(&who)).await?;
        if role < Some(Role::Editor) {
            return Err(Fault::forbidden("They may read this book, but not write in it."));
        }
        let state = desk.caller.hand_over(&channel, &pen(part), to, floor).await?;
        desk.note_pen(part, &who, state.fence, ()).await
    }
}

impl Owning {
    /// Takes the pen from whoever holds it.
    pub async fn take_over_pen(&self, part: &PartId) -> Result<LockState, Fault> {
        let desk = &self.0;
        let floor = desk.newest_fence(part).await?;
        let state = desk.caller.take_over(&desk.channel(), &pen(part), floor).await?;
        desk.write_under(part, state, floor).await
    }
}

impl Desk {
    /// Puts the pen down, or leaves its queue. Also for somebody who may no longer write.
    pub async fn put_down_pen(&self, part: &PartId) -> Result<(), Fault> {
        self.caller.release(&self.channel(), &pen(part)).await.map(drop)
    }

    async fn newest_fence(&self, part: &PartId) -> Result<u64, Fault> {
        Ok(text::pen(&mut *self.database.glance().await?, &self.book, part).await?.fence)
    }

    /// If the caller holds the pen now, has the database accept what they write under it.
    async fn write_under(&self, part: &PartId, mut state: LockState, floor: u64) -> Result<LockState, Fault> {
        let client = self.caller.require_client()?;
        if !state.is_held_by(client) {
            return Ok(state);
        }
        if state.fence < floor {
            // The broker went back to an older memory, in which this client held the pen under a fence the database has
            // seen the end of. A new holding gets a new one.
            let (channel, pen) = (self.channel(), pen(part));
            self.caller.release(&channel, &pen).await?;
            state = self.caller.acquire(&channel, &pen, true, floor).await?;
            if !state.is_held_by(client) {
                return Ok(state);
            }
        }
        let me = self.me()?.id;
        let noted = text::pen(&mut *self.database.glance().await?, &self.book, part).await?;
        if noted.fence == state.fence && noted.holder.as_ref() == Some(&me) {
            return Ok(state);
        }
        self.note_pen(part, &me, state.fence, state).await
    }

    /// Notes in the database to whom the pen was given. What another person typed there and did not save is kept for
    /// them, and the text is as it was saved last.
    async fn note_pen<T>(&self, part: &PartId, to: &UserId, fence: u64, reply: T) -> Result<T, Fault>
    where
        T: Serialize + DeserializeOwned,
    {
        let mut work = self.work_aside(Role::Editor).await?;
        let outcome = async {
            if !text::give_pen(work.sql(), part, to, fence).await? {
                return Err(Fault::stale("Somebody else was given the pen just now."));
            }
            let draft = text::draft(work.sql(), &self.book, part).await?;
            let Some((writer, _)) = draft.last.filter(|(writer, _)| draft.unsaved && writer.id != *to) else {
                return Ok(reply);
            };
            let (by, at) = (work.by.clone(), work.at);
            text::keep(work.sql(), part, &writer.id, &draft.text, at).await?;
            let saved = markdown::write(&history::content(work.sql(), part, draft.revision).await?);
            text::reset(work.sql(), part, &saved, &by.id, at).await?;
            let news = TextNews::Replaced { by, at, draft: draft.draft + 1, text: saved, unsaved: false };
            work.change.say(&self.chapter_channel(part), &news).await?;
            Ok(reply)
        };
        let outcome = outcome.await;
        work.finish(outcome).await
    }
}
