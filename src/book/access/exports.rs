//! Whole books that are made into files: asked for, thrown away, fetched.

use super::{Access, EditorAccess};
use crate::{
    book::{
        events::EventKind,
        exports::{Export, ExportState, NamedVersion, queue::Exports},
        format::Format,
        history::VersionName,
        model::{ExportId, Role},
        store::{
            book_versions,
            exports::{self, New},
        },
    },
    database::new_id,
};
use sputnik::Fault;

/// How many files one person waits for, of all books.
const UNDER_WAY: i64 = 5;

impl EditorAccess {
    /// The versions of the whole book that have a name, the newest first.
    pub async fn named_versions(&self) -> Result<Vec<NamedVersion>, Fault> {
        book_versions::list(&mut *self.0.database.read().await?, &self.0.book).await
    }

    /// Asks for the book as a file, as it stands or as it was when it was given a name. Refused when the book has as many
    /// as one may, when whoever asks waits for as many, and where no version has that name.
    pub async fn start_export(
        &self,
        exports: &Exports,
        format: Format,
        version: Option<VersionName>,
    ) -> Result<ExportId, Fault> {
        exports.take(&self.0.who())?;
        let id: ExportId = new_id()?.try_into().map_err(Fault::bad_request)?;
        let (book, most) = (&self.0.book, exports.bounds().a_book);
        let started = self
            .0
            .work(Role::Editor, async |work| {
                if exports::count(work.sql(), book).await? >= i64::from(most) {
                    return Err(Fault::conflict(format_args!(
                        "This book has {most} files already, which is as many as are kept. Please delete one first."
                    )));
                }
                let (by, at) = (work.by.clone(), work.at);
                if exports::under_way(work.sql(), &by.id).await? >= UNDER_WAY {
                    return Err(Fault::conflict(format_args!(
                        "You wait for {UNDER_WAY} files already. Please ask again when one of them is made."
                    )));
                }
                let named = match &version {
                    Some(name) => Some(find(book_versions::list(work.sql(), book).await?, name)?),
                    None => None,
                };
                let new = New { id: &id, book, format, version: named.as_ref(), by: &by.id, at };
                exports::add(work.sql(), new).await?;
                let version = version.clone();
                let export = Export { id: id.clone(), format, version, by, at, state: ExportState::Waiting };
                work.tell(EventKind::ExportSet { export }).await?;
                Ok(id.clone())
            })
            .await?;
        exports.ring();
        Ok(started)
    }

    /// Throws a file away, whoever asked for it. One that is being made is not made any further.
    pub async fn remove_export(&self, id: &ExportId) -> Result<(), Fault> {
        let book = &self.0.book;
        self.0
            .work(Role::Editor, async |work| {
                if exports::remove(work.sql(), book, id).await? {
                    work.tell(EventKind::ExportRemoved { id: id.clone() }).await?;
                }
                Ok(())
            })
            .await
    }
}

fn find(versions: Vec<NamedVersion>, name: &VersionName) -> Result<NamedVersion, Fault> {
    let found = versions.into_iter().find(|version| version.name == *name);
    found.ok_or_else(|| Fault::not_found("version of the whole book with this name"))
}

impl Access {
    /// A file that was made, for those who belong to the book, and in how many pieces it is.
    pub async fn export(&self, id: &ExportId) -> Result<(Export, u64), Fault> {
        self.must_belong()?;
        exports::get(&mut *self.database.glance().await?, &self.book, id).await
    }

    /// A piece of its file.
    pub async fn export_piece(&self, id: &ExportId, number: u64) -> Result<Vec<u8>, Fault> {
        self.must_belong()?;
        exports::piece(&mut *self.database.glance().await?, id, number).await
    }

    fn must_belong(&self) -> Result<(), Fault> {
        match (self.is_member, &self.caller.user) {
            (true, _) => Ok(()),
            (false, Some(_)) => Err(Fault::forbidden("You do not belong to this book.")),
            (false, None) => Err(Fault::not_signed_in()),
        }
    }
}
