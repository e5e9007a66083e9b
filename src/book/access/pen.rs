//! The pen: to write alone for a while. Who holds it is the broker's to say; what may be written, the database's.
//!
//! The database holds the newest fence it was told of, and for whom. So whoever writes alone first takes the pen here,
//! also when it came to them from the queue: that notes their fence, and from then on every older one is refused,
//! whatever a broker that lost its memory may believe.

use super::{Access, EditorAccess, OwnerAccess, reason};
use crate::{
    account::person::Person,
    book::{
        channels::pen,
        chapter::{ChapterEvent, Pen},
        model::{PartId, Role},
        store::{self, books},
    },
    database::{Failed, now},
};
use serde::{Serialize, de::DeserializeOwned};
use sputnik::{ClientId, Code, Fault, LockState};

impl EditorAccess {
    /// Takes the pen if it is free, or stands in its queue where `ask` is set.
    pub async fn take_pen(&self, part: &PartId, ask: bool, why: String) -> Result<LockState, Fault> {
        let why = reason(&why, Pen::WHY)?;
        let access = &self.0;
        let floor = access.may_take(part).await?;
        let state = access.caller.acquire(&access.channel(), &pen(part), ask, floor).await?;
        access.write_under(part, state, floor, why).await
    }

    /// Passes the pen to another client that is in the book and whose person may write.
    pub async fn hand_over_pen(&self, part: &PartId, to: &ClientId) -> Result<(), Fault> {
        let access = &self.0;
        let channel = access.channel();
        let floor = access.may_take(part).await?;
        let roster = access.caller.roster(&channel).await?;
        let gone = || Fault::conflict("They are no longer here, so you still have the pen.");
        let who = roster.find(to).and_then(|who| who.user.clone()).ok_or_else(gone)?;
        let mut sql = access.database.glance().await?;
        let right = books::right(&mut sql, &access.book, Some(&who)).await?;
        if right.map(|right| right.role) < Some(Role::Editor) {
            return Err(Fault::forbidden("They may read this book, but not write in it."));
        }
        let name = store::pen::name(&mut sql, &who).await?;
        drop(sql);
        let state = access.caller.hand_over(&channel, &pen(part), to, floor).await?;
        let given = Pen { by: Person { id: who, name }, since: now(), why: String::new() };
        access.note_pen(part, state.fence, given, ()).await
    }
}

impl OwnerAccess {
    /// Takes the pen from whoever holds it.
    pub async fn take_over_pen(&self, part: &PartId) -> Result<LockState, Fault> {
        let access = &self.0;
        let floor = access.may_take(part).await?;
        let state = access.caller.take_over(&access.channel(), &pen(part), floor).await?;
        access.write_under(part, state, floor, String::new()).await
    }
}

impl Access {
    /// Puts the pen down, or leaves its queue. Also for somebody who may no longer write.
    pub async fn put_down_pen(&self, part: &PartId) -> Result<(), Fault> {
        let fence = store::pen::rules(&mut *self.database.glance().await?, &self.book, part).await?.fence;
        let state = self.caller.release(&self.channel(), &pen(part)).await?;
        match (&state.holder, &self.caller.user) {
            (None, Some(me)) => {
                let mut sql = self.database.write().await?;
                store::pen::put_down(&mut sql, part, &me.id, fence).await?;
                sql.commit().await.map_err(Failed)?;
            }
            // Somebody who waited for it has it already. They say why they want it when they take it.
            (Some(next), Some(_)) if self.role >= Role::Editor => self.pass_pen(part, next, state.fence).await?,
            _ => {}
        }
        Ok(())
    }

    /// Notes that the pen went to whoever waited for it: whoever had it is bound by that from now on.
    async fn pass_pen(&self, part: &PartId, next: &ClientId, fence: u64) -> Result<(), Fault> {
        let roster = self.caller.roster(&self.channel()).await?;
        let Some(who) = roster.find(next).and_then(|who| who.user.clone()) else { return Ok(()) };
        let mut sql = self.database.glance().await?;
        if store::pen::rules(&mut sql, &self.book, part).await?.fence >= fence {
            // They took it themselves already, and said why.
            return Ok(());
        }
        let name = store::pen::name(&mut sql, &who).await?;
        drop(sql);
        let given = Pen { by: Person { id: who, name }, since: now(), why: String::new() };
        match self.note_pen(part, fence, given, ()).await {
            // The pen went on to somebody else meanwhile.
            Err(fault) if fault.code == Code::Stale => Ok(()),
            noted => noted,
        }
    }

    /// The newest fence of a chapter, if the caller could write in it.
    async fn may_take(&self, part: &PartId) -> Result<u64, Fault> {
        let rules = store::pen::rules(&mut *self.database.glance().await?, &self.book, part).await?;
        match rules.closed {
            Some(closing) if !closing.lets_write(self.role) => {
                Err(Fault::forbidden("This chapter is closed to writing. An owner of the book can open it."))
            }
            _ => Ok(rules.fence),
        }
    }

    /// If the caller holds the pen now, has the database refuse whoever else writes.
    async fn write_under(
        &self,
        part: &PartId,
        mut state: LockState,
        floor: u64,
        why: String,
    ) -> Result<LockState, Fault> {
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
        let by = self.me()?;
        let mut sql = self.database.glance().await?;
        let noted = store::pen::rules(&mut sql, &self.book, part).await?;
        if noted.fence == state.fence && noted.holder.as_ref() == Some(&by.id) {
            let known = store::pen::pen(&mut sql, part).await?;
            if why.is_empty() || known.is_some_and(|known| known.why == why) {
                return Ok(state);
            }
        }
        drop(sql);
        self.note_pen(part, state.fence, Pen { by, since: now(), why }, state).await
    }

    /// Notes in the database to whom the pen was given, and tells it.
    async fn note_pen<T>(&self, part: &PartId, fence: u64, pen: Pen, reply: T) -> Result<T, Fault>
    where
        T: Serialize + DeserializeOwned,
    {
        self.work_aside(Role::Editor, async |work| {
            // First, as whoever stores edits does.
            work.change.lock(&self.chapter_channel(part)).await?;
            if !store::pen::give(work.sql(), part, fence, &pen).await? {
                return Err(Fault::stale("Somebody else was given the pen just now."));
            }
            work.change.say(&self.chapter_channel(part), &ChapterEvent::PenGiven { pen }).await?;
            Ok(reply)
        })
        .await
    }
}
