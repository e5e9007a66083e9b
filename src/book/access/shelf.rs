//! Books as a whole.

use super::{Access, OwnerAccess};
use crate::{
    book::{
        events::EventKind,
        model::{BookId, Opened, Role, Sees, Title, Visibility},
        shelf::Shelf,
        state::Book,
        store::{
            activity, bin, books, chat,
            contents::{self as parts, Contents},
            exports, hues, invitations,
            metadata::{self, Listed},
            people, quota,
        },
        writing::chapters::Chapters,
    },
    costly::Who,
    database::{Change, Connection, Database, new_id, now},
};
use futures::{StreamExt, TryStreamExt, stream};
use http::request::Parts;
use sputnik::{
    ChannelName, Fault, Snapshot, UserId,
    server::{Caller, command::audit},
};

/// How many books a person may own.
pub(super) const OWNED: i64 = 1_000;

/// How many books a catalogue lists at most.
const CATALOGUE: i64 = 500;

/// The books the caller can see.
pub async fn open_shelf() -> Result<Shelf, Fault> {
    let (database, chapters) = (Database::current()?, Chapters::current()?);
    let caller = Caller::current().await?;
    let who = caller.user.as_ref().map(|user| &user.id);
    let mut sql = database.read().await?;
    let mut shelf = books::shelf(&mut sql, who).await?;
    if let Some(who) = who {
        shelf.bin = bin::of_owner(&mut sql, who).await?;
        shelf.invitations = invitations::of_person(&mut sql, who).await?;
        shelf.taken = Some(chapters.quota().usage(quota::used(&mut sql, who).await?));
    }
    Ok(shelf)
}

/// The public books whose owners offer them as an EPUB, those that changed last first, for whoever asks; and by whom that
/// is counted.
pub async fn open_catalogue(parts: &Parts) -> Result<(Who, Vec<Listed>), Fault> {
    let caller = Caller::of(parts).await?;
    let mut sql = Database::of(parts)?.read().await?;
    let mut listed = metadata::public(&mut sql, CATALOGUE).await?;
    listed.retain(|book| book.publishing.offers_epub);
    Ok((Who::of(caller.user.as_ref().map(|user| &user.id), caller.address), listed))
}

/// Creates a private book that the caller owns.
pub async fn create_book(title: &Title) -> Result<BookId, Fault> {
    let database = Database::current()?;
    let caller = Caller::current().await?;
    let owner = caller.require_user()?;
    let book: BookId = new_id()?.try_into().map_err(Fault::bad_request)?;
    let create = async |change: &mut Change| {
        must_have_room(change.sql(), &owner.id).await?;
        books::create(change.sql(), &book, title, now()).await?;
        people::set(change.sql(), &book, &owner.id, Role::Owner, now()).await.map(drop)
    };
    database.command_store().run(&caller, create).await?;
    Ok(book)
}

/// Refuses one more book to whoever has as many as one may.
pub(super) async fn must_have_room(sql: &mut Connection, owner: &UserId) -> Result<(), Fault> {
    if books::owned(sql, owner).await? >= OWNED {
        return Err(Fault::conflict(
            "You own 1,000 books, which is as many as one may. Please delete one for good first.",
        ));
    }
    Ok(())
}

impl Access {
    /// The book as a page of it holds it, and from where its channel continues.
    pub async fn open_book(&self) -> Result<Opened<Book>, Fault> {
        let channel = self.channel();
        // Before the data: what is said in between is heard, and recognised by its version.
        let at = self.caller.node.position(&channel).await;
        let mut sql = self.database.read().await?;
        let (title, visibility, readers_see) = books::head(&mut sql, &self.book).await?;
        let (metadata, publishing) = metadata::load(&mut sql, &self.book).await?;
        let version = self.database.command_store().version(&mut sql, &channel).await?;
        let state = Book {
            id: self.book.clone(),
            title,
            visibility,
            readers_see,
            metadata,
            publishing,
            members: people::members(&mut sql, &self.book).await?,
            hues: hues::of_book(&mut sql, &self.book).await?,
            invitations: invitations::of_book(&mut sql, &self.book).await?,
            parts: Contents::load(&mut sql, &self.book).await?.into_parts(),
            chat: chat::chat(&mut sql, &self.book).await?,
            activity: activity::activity(&mut sql, &self.book).await?,
            exports: exports::of_book(&mut sql, &self.book).await?,
            deleted: false,
            archived: books::is_archived(&mut sql, &self.book).await?,
        };
        let (within, state) = (Some(self.within), self.shows(state)?);
        Ok(Opened { snapshot: Snapshot { at, version, within, state }, role: self.role })
    }
}

impl OwnerAccess {
    /// Renames the book.
    pub async fn rename(&self, title: &Title) -> Result<(), Fault> {
        self.0
            .work(Role::Owner, async |work| {
                books::rename(work.sql(), &self.0.book, title).await?;
                work.tell(EventKind::BookRenamed { title: title.clone() }).await
            })
            .await
    }

    /// Lets everyone read the book, or only its members.
    pub async fn set_visibility(&self, visibility: Visibility) -> Result<(), Fault> {
        if visibility == Visibility::Public {
            self.end_private_days().await?;
        }
        let set = self
            .0
            .work(Role::Owner, async |work| {
                let (_, before, _) = books::head(work.sql(), &self.0.book).await?;
                if before == visibility {
                    return Ok(());
                }
                books::set_visibility(work.sql(), &self.0.book, visibility).await?;
                work.tell(EventKind::VisibilitySet { visibility, sees: None }).await?;
                work.recheck().await
            })
            .await;
        let about = format_args!("{}: {visibility:?}", self.0.book);
        audit::act("set_visibility").of(&self.0.caller).about(about).ended(&set);
        set
    }

    /// Before anybody new is let in: what stands in the logs until now is nothing for them. (When they are let in it is
    /// marked once more, for what was said between.)
    async fn end_private_days(&self) -> Result<(), Fault> {
        const AT_ONCE: usize = 16;
        let access = &self.0;
        let chapters = parts::chapters(&mut *access.database.glance().await?, &access.book).await?;
        let mut channels: Vec<ChannelName> = chapters.iter().map(|part| access.chapter_channel(part)).collect();
        channels.push(access.channel());
        let node = &access.caller.node;
        let mark = |channel: ChannelName| async move { node.recheck(&channel).await };
        stream::iter(channels.into_iter().map(mark)).buffer_unordered(AT_ONCE).try_collect().await
    }

    /// Sets what those see of the book, while it is public, who do not belong to it.
    pub async fn set_readers_see(&self, sees: Sees) -> Result<(), Fault> {
        let set = self
            .0
            .work(Role::Owner, async |work| {
                let (_, visibility, before) = books::head(work.sql(), &self.0.book).await?;
                if before == sees {
                    return Ok(());
                }
                books::set_readers_see(work.sql(), &self.0.book, sees).await?;
                work.tell(EventKind::VisibilitySet { visibility, sees: Some(sees) }).await?;
                work.recheck().await
            })
            .await;
        let about = format_args!("{}: readers see {sees:?}", self.0.book);
        audit::act("set_readers_see").of(&self.0.caller).about(about).ended(&set);
        set
    }

    /// Puts the book into the bin, if this is its title: nobody gets to it there, until an owner brings it back.
    pub async fn delete(&self, title: &str) -> Result<(), Fault> {
        let deleted = self
            .0
            .work(Role::Owner, async |work| {
                let (now, ..) = books::head(work.sql(), &self.0.book).await?;
                if title.trim() != now.as_str() {
                    return Err(Fault::bad_request("This is not the book's title, so nothing was deleted."));
                }
                let invited: Vec<_> = invitations::of_book(work.sql(), &self.0.book).await?;
                work.withdraw(&invited.into_iter().map(|open| open.person).collect::<Vec<_>>()).await?;
                work.tell(EventKind::BookDeleted).await?;
                work.recheck().await?;
                let (by, at) = (work.by.id.clone(), work.at);
                bin::put(work.sql(), &self.0.book, &by, at).await
            })
            .await;
        audit::act("delete_book").of(&self.0.caller).about(&self.0.book).ended(&deleted);
        deleted
    }
}
