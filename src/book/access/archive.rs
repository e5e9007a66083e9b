//! The archive: a book that is done, or rests. It is read as before, and nobody changes it.

use super::{Access, OwnerAccess};
use crate::book::{
    events::EventKind,
    model::Role,
    store::{books, invitations},
};
use sputnik::{Fault, server::command::audit};

impl OwnerAccess {
    /// Puts the book into the archive, until an owner brings it back. Whoever writes in it writes no more.
    pub async fn archive(&self) -> Result<(), Fault> {
        let book = &self.0.book;
        let archived = self
            .0
            .work(Role::Owner, async |work| {
                let invited: Vec<_> = invitations::of_book(work.sql(), book).await?;
                work.withdraw(&invited.into_iter().map(|open| open.person).collect::<Vec<_>>()).await?;
                let at = work.at;
                books::set_archived(work.sql(), book, Some(at)).await?;
                work.tell(EventKind::BookArchived).await?;
                work.recheck().await
            })
            .await;
        audit::act("archive_book").of(&self.0.caller).about(book).ended(&archived);
        archived
    }
}

impl Access {
    /// Brings the book back from the archive. Its owners may: that nobody does anything else there, they brought about
    /// themselves. Where it is not there any more, nothing is left to do.
    pub async fn unarchive(&self) -> Result<(), Fault> {
        let brought = self
            .work(Role::Reader, async |work| {
                let me = work.by.id.clone();
                if books::membership(work.sql(), &self.book, &me).await? != Some(Role::Owner) {
                    return Err(Fault::forbidden("Only an owner of this book may do this."));
                }
                if !books::set_archived(work.sql(), &self.book, None).await? {
                    return Ok(());
                }
                work.tell(EventKind::BookUnarchived).await?;
                work.recheck().await
            })
            .await;
        audit::act("unarchive_book").of(&self.caller).about(&self.book).ended(&brought);
        brought
    }
}
