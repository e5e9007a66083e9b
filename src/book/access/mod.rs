//! Access to a book: who is asking, and what they may do, as types that can do just that.
//!
//! [`Access::of`] answers whoever may read the book. What needs a higher right is a method of a type that only the one
//! who has it gets: [`Access::editor`] gives an [`EditorAccess`], [`Access::owner`] an [`OwnerAccess`]. So a command
//! cannot forget to ask. What changes a book asks once more inside the transaction, where a right withdrawn meanwhile
//! is seen.
//!
//! Every method fails in words when something is out of reach, when there is no such thing in this book, or when the
//! right is no longer there; what else it refuses stands with it.

pub mod account_deletion;
mod archive;
pub mod bin;
mod chapters;
mod chat;
mod contents;
pub mod copying;
pub mod export;
mod exports;
mod history;
pub mod import;
pub mod invitations;
mod moving;
mod pen;
mod people;
mod pictures;
mod publishing;
mod replace;
mod restore;
pub mod search;
pub mod shelf;
mod unfinished;
pub mod writing;

use super::{
    channels::{BookChannel, ChapterChannel},
    events::{BookEvent, EventKind},
    model::{BookId, PartId, Role},
    redaction::Redact,
    store::{
        books::{self, Right},
        contents::chapters,
        no_book::no_book as why_no_book,
        publish::publish,
    },
    writing::{
        chapters::{Chapters, HeldChapter},
        loaded::Shown,
    },
};
use crate::{
    account::person::Person,
    costly::{Permit, Who},
    database::{Change, Connection, Database, now},
};
use http::request::Parts;
use serde::{Serialize, de::DeserializeOwned};
use sputnik::{ChannelName, Fault, UserId, server::Caller};
use std::{ops::Deref, sync::Arc};

/// Somebody who may read a book, and the book: opens it and its chapters.
pub struct Access {
    caller: Caller,
    database: Database,
    chapters: Chapters,
    book: BookId,
    role: Role,
    /// Whether they belong to it.
    is_member: bool,
    /// Whether they see all there is.
    within: bool,
    /// Whether the book is in the archive.
    archived: bool,
}

/// Somebody who belongs to a book, in whatever role: may leave it. Whoever only reads a public book does not.
pub struct MemberAccess(Access);

/// Somebody who sees all there is of a book: its people, its chat, its activity, and what it was.
pub struct InsiderAccess(Access);

/// Somebody who may write a book: its contents, its text under the pen, its chat.
pub struct EditorAccess(Access);

impl EditorAccess {
    /// By whom costly work of theirs is counted.
    #[must_use]
    pub fn who(&self) -> Who {
        self.0.who()
    }
}

/// Somebody who owns a book: its people, its title, its end.
pub struct OwnerAccess(Access);

impl Access {
    /// The caller of the running command, and a book they may read.
    ///
    /// # Errors
    /// When there is no such book, or none they may know of: both the same.
    pub async fn of(book: BookId) -> Result<Self, Fault> {
        let (database, chapters) = (Database::current()?, Chapters::current()?);
        Self::open(Caller::current().await?, database, chapters, book).await
    }

    /// The same for a request that is no command: a file that is fetched or sent.
    ///
    /// # Errors
    /// As [`of`](Self::of).
    pub async fn of_request(parts: &Parts, book: BookId) -> Result<Self, Fault> {
        Self::open(Caller::of(parts).await?, Database::of(parts)?, Chapters::of(parts)?, book).await
    }

    async fn open(caller: Caller, database: Database, chapters: Chapters, book: BookId) -> Result<Self, Fault> {
        let who = caller.user.as_ref().map(|user| &user.id);
        let mut sql = database.glance().await?;
        let Some(right) = books::right(&mut sql, &book, who).await? else {
            return Err(why_no_book(&mut sql, &book, who).await?);
        };
        drop(sql);
        let Right { role, member: is_member, within, archived } = right;
        Ok(Self { caller, database, chapters, book, role, is_member, within, archived })
    }

    /// The same, if they belong to the book.
    ///
    /// # Errors
    /// When they only read it.
    pub fn member(self) -> Result<MemberAccess, Fault> {
        if !self.is_member {
            return Err(match self.caller.user {
                Some(_) => Fault::forbidden("You do not belong to this book."),
                None => Fault::not_signed_in(),
            });
        }
        Ok(MemberAccess(self))
    }

    /// The same, if they belong to the book, or its owners show everything to all who may read it.
    ///
    /// # Errors
    /// When they are shown the text only.
    pub fn within(self) -> Result<InsiderAccess, Fault> {
        if !self.within {
            return Err(not_within());
        }
        Ok(InsiderAccess(self))
    }

    /// The same, if they may write.
    ///
    /// # Errors
    /// When they may only read.
    pub fn editor(self) -> Result<EditorAccess, Fault> {
        self.needs(Role::Editor, Some(self.right()))?;
        Ok(EditorAccess(self))
    }

    /// The same, if they own the book.
    ///
    /// # Errors
    /// When they do not.
    pub fn owner(self) -> Result<OwnerAccess, Fault> {
        self.needs(Role::Owner, Some(self.right()))?;
        Ok(OwnerAccess(self))
    }

    /// Asks whether they may write in the book.
    ///
    /// # Errors
    /// When they only read it.
    pub fn must_write(&self) -> Result<(), Fault> {
        self.needs(Role::Editor, Some(self.right()))
    }

    /// Which book this is.
    #[must_use]
    pub fn book(&self) -> &BookId {
        &self.book
    }

    /// What the caller sees of this.
    fn shows<T: Redact>(&self, all: T) -> Result<T, Fault> {
        if self.within { Ok(all) } else { all.redacted().ok_or_else(no_book) }
    }

    /// Whether the caller is this person.
    #[must_use]
    pub fn is(&self, person: &UserId) -> bool {
        self.caller.user.as_ref().is_some_and(|user| user.id == *person)
    }

    /// What they might do when this was opened.
    fn right(&self) -> Right {
        Right { role: self.role, member: self.is_member, within: self.within, archived: self.archived }
    }

    fn needs(&self, needed: Role, right: Option<Right>) -> Result<(), Fault> {
        match right {
            None => Err(no_book()),
            Some(right) if right.role >= needed => Ok(()),
            // Whoever might write it otherwise is told why they may not.
            Some(Right { archived: true, member: true, .. }) => Err(in_archive()),
            Some(_) if self.caller.user.is_none() => Err(Fault::not_signed_in()),
            Some(_) if needed == Role::Owner => Err(Fault::forbidden("Only an owner of this book may do this.")),
            Some(_) => {
                Err(Fault::forbidden("You may read this book, but not change it. Its owner can make you an editor."))
            }
        }
    }

    /// By whom costly work of theirs is counted.
    #[must_use]
    pub fn who(&self) -> Who {
        Who::of(self.caller.user.as_ref().map(|user| &user.id), self.caller.address)
    }

    /// A permit for work that takes long for a long chapter.
    async fn enter(&self) -> Result<Permit, Fault> {
        let permit = self.chapters.costly().enter(self.who()).await?;
        // It may have been a while, in which rights were taken away, and things written that are not for everybody now.
        let who = self.caller.user.as_ref().map(|user| &user.id);
        let right = books::right(&mut *self.database.glance().await?, &self.book, who).await?.ok_or_else(no_book)?;
        self.needs(self.role, Some(right))?;
        if self.within && !right.within {
            return Err(not_within());
        }
        Ok(permit)
    }

    /// Looks at a chapter as it stands now. At a long one with a permit for costly work.
    async fn look<T: Send + 'static>(
        &self,
        part: &PartId,
        look: impl FnOnce(&mut HeldChapter) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        self.look_at(self.chapters.hold(&self.book, part).await?, part, look).await
    }

    async fn look_at<T: Send + 'static>(
        &self,
        mut held: HeldChapter,
        part: &PartId,
        look: impl FnOnce(&mut HeldChapter) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        if held.document().is_short() {
            return look(&mut held);
        }
        // Let go of the chapter before waiting for a permit: otherwise nobody could write in it meanwhile.
        drop(held);
        let permit = self.enter().await?;
        let mut held = self.chapters.hold(&self.book, part).await?;
        permit.run(move |_| look(&mut held)).await
    }

    /// A chapter as it is shown, and how many edits made it.
    async fn shown(&self, part: &PartId) -> Result<(Arc<Shown>, u64), Fault> {
        let held = self.chapters.hold(&self.book, part).await?;
        match held.shown() {
            Some(shown) => Ok((shown, held.edits())),
            None => self.look_at(held, part, |held| Ok((held.show(), held.edits()))).await,
        }
    }

    fn me(&self) -> Result<Person, Fault> {
        Ok(self.caller.require_user()?.clone().into())
    }

    fn channel(&self) -> ChannelName {
        BookChannel(self.book.clone()).name()
    }

    fn chapter_channel(&self, part: &PartId) -> ChannelName {
        ChapterChannel(self.book.clone(), part.clone()).name()
    }

    /// Changes the book, with nobody else changing it until this ends.
    async fn work<T>(&self, needed: Role, work: impl AsyncFnOnce(&mut Work<'_>) -> Result<T, Fault>) -> Result<T, Fault>
    where
        T: Serialize + DeserializeOwned,
    {
        self.work_alone(&self.caller, needed, work).await
    }

    /// The same for a part of what a command does: it is answered when all parts are done, so this one records no reply.
    async fn work_in_part<T>(
        &self,
        needed: Role,
        work: impl AsyncFnOnce(&mut Work<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault>
    where
        T: Serialize + DeserializeOwned,
    {
        self.work_alone(&Caller { call: None, ..self.caller.clone() }, needed, work).await
    }

    /// Changes the book beside others who do, for what says nothing on the book's channel.
    async fn work_aside<T>(
        &self,
        needed: Role,
        work: impl AsyncFnOnce(&mut Work<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault>
    where
        T: Serialize + DeserializeOwned,
    {
        let begin = async |begun: &mut Work<'_>| {
            begun.must_still_be(needed).await?;
            work(begun).await
        };
        self.run(&self.caller, begin).await
    }

    /// The same for a part of what a command does.
    async fn work_aside_in_part<T>(
        &self,
        needed: Role,
        work: impl AsyncFnOnce(&mut Work<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault>
    where
        T: Serialize + DeserializeOwned,
    {
        let begin = async |begun: &mut Work<'_>| {
            begun.must_still_be(needed).await?;
            work(begun).await
        };
        self.run(&Caller { call: None, ..self.caller.clone() }, begin).await
    }

    async fn work_alone<T>(
        &self,
        caller: &Caller,
        needed: Role,
        work: impl AsyncFnOnce(&mut Work<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault>
    where
        T: Serialize + DeserializeOwned,
    {
        let begin = async |begun: &mut Work<'_>| {
            // Lock before anything is read: what is read from here on stays as it is.
            begun.change.lock(&self.channel()).await?;
            begun.must_still_be(needed).await?;
            work(begun).await
        };
        self.run(caller, begin).await
    }

    async fn run<T>(
        &self,
        caller: &Caller,
        work: impl AsyncFnOnce(&mut Work<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault>
    where
        T: Serialize + DeserializeOwned,
    {
        let by = self.me()?;
        let begin = async |change: &mut Change| work(&mut Work { access: self, change, by, at: now() }).await;
        self.database.command_store().run(caller, begin).await
    }
}

impl Deref for InsiderAccess {
    type Target = Access;

    fn deref(&self) -> &Access {
        &self.0
    }
}

/// A change of a book under way.
struct Work<'a> {
    access: &'a Access,
    change: &'a mut Change,
    by: Person,
    at: i64,
}

impl Work<'_> {
    fn sql(&mut self) -> &mut Connection {
        self.change.sql()
    }

    async fn must_still_be(&mut self, needed: Role) -> Result<(), Fault> {
        let right = books::right(self.change.sql(), &self.access.book, Some(&self.by.id)).await?;
        self.access.needs(needed, right)
    }

    /// Tells everyone at the book, and keeps of it what it [leaves](EventKind::leaves).
    async fn tell(&mut self, what: EventKind) -> Result<(), Fault> {
        let event = BookEvent { by: self.by.clone(), at: self.at, what };
        publish(self.change, &self.access.book, &event).await
    }

    /// Rights in this book changed: whoever follows it or one of its chapters is asked for theirs again.
    async fn recheck(&mut self) -> Result<(), Fault> {
        self.change.recheck(&self.access.channel()).await?;
        let chapters = chapters(self.change.sql(), &self.access.book).await?;
        let channels: Vec<ChannelName> = chapters.iter().map(|part| self.access.chapter_channel(part)).collect();
        self.change.recheck_many(&channels).await
    }
}

/// Why somebody does something, on one line, in at most so many characters.
fn reason(why: &str, most: usize) -> Result<String, Fault> {
    let why = why.replace(char::is_control, " ").split_whitespace().collect::<Vec<_>>().join(" ");
    if why.chars().count() > most {
        return Err(Fault::too_large(format_args!("A reason has at most {most} characters.")));
    }
    Ok(why)
}

fn not_within() -> Fault {
    Fault::forbidden("Only those who belong to this book see who wrote it, and what it was before.")
}

fn in_archive() -> Fault {
    Fault::forbidden(
        "This book is in the archive: it can be read, and nobody changes it until one of its owners brings it back.",
    )
}

fn no_book() -> Fault {
    Fault::not_found("book, or it is not open to you")
}
