//! Books in the bin. Nobody has a right in one of them but its owners: to bring it back, or to end it.

use super::no_book;
use crate::{
    account::person::Person,
    book::{
        channels::BookChannel,
        events::{BookEvent, EventKind},
        model::{BookId, Role},
        store::{bin, books, publish::publish},
    },
    database::{Change, Database, now},
};
use sputnik::{
    Fault,
    server::{Caller, command::audit},
};

/// Somebody who may own a book that is in the bin: each change asks whether they do.
pub struct BinAccess {
    caller: Caller,
    database: Database,
    book: BookId,
}

impl BinAccess {
    /// The caller of the running command, and a book of theirs.
    ///
    /// # Errors
    /// When it is not known who calls. Whether it is in the bin, and theirs, is asked with each change.
    pub async fn of(book: BookId) -> Result<Self, Fault> {
        let database = Database::current()?;
        Ok(Self { caller: Caller::current().await?, database, book })
    }

    /// Brings it back as it was, for all who belonged to it.
    pub async fn bring_back(&self) -> Result<(), Fault> {
        let brought = self
            .work(async |change, by| {
                bin::take_out(change.sql(), &self.book).await?;
                let event = BookEvent { by, at: now(), what: EventKind::BookBroughtBack };
                publish(change, &self.book, &event).await
            })
            .await;
        audit::act("bring_book_back").of(&self.caller).about(&self.book).ended(&brought);
        brought
    }

    /// Deletes it for good, with all that is in it.
    pub async fn delete(&self) -> Result<(), Fault> {
        let deleted = self.work(async |change, _| books::delete(change.sql(), &self.book).await).await;
        audit::act("delete_book_for_good").of(&self.caller).about(&self.book).ended(&deleted);
        deleted
    }

    async fn work(&self, work: impl AsyncFnOnce(&mut Change, Person) -> Result<(), Fault>) -> Result<(), Fault> {
        let by: Person = self.caller.require_user()?.clone().into();
        let begin = async |change: &mut Change| {
            change.lock(&BookChannel(self.book.clone()).name()).await?;
            match bin::role(change.sql(), &self.book, &by.id).await? {
                Some(Role::Owner) => work(change, by.clone()).await,
                Some(_) => Err(Fault::forbidden("Only an owner of this book may do this.")),
                None => Err(no_book()),
            }
        };
        self.database.command_store().run(&self.caller, begin).await
    }
}
