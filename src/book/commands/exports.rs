//! Whole books that are made into files.

#[cfg(feature = "ssr")]
use crate::book::{access::Access, exports::queue::Exports};
use crate::book::{
    exports::NamedVersion,
    format::Format,
    history::VersionName,
    model::{BookId, ExportId},
};
use sputnik::{Fault, command};

/// Asks for a book as a file: as it stands when the file is made, or as it was when the whole book was given a name. Editors and owners. It is made later, by any server, and told as it goes; everybody who belongs to the book may fetch it.
#[command]
pub async fn start_export(book: BookId, format: Format, version: Option<VersionName>) -> Result<ExportId, Fault> {
    let exports = Exports::current()?;
    Access::of(book).await?.editor()?.start_export(&exports, format, version).await
}

/// Throws away a file of a book, or ends its making. Editors and owners. One that is not there any more is no error.
#[command]
pub async fn remove_export(book: BookId, export: ExportId) -> Result<(), Fault> {
    Access::of(book).await?.editor()?.remove_export(&export).await
}

/// The versions of a whole book that were given a name, the newest first: at most a hundred. Editors and owners.
#[command]
pub async fn named_versions(book: BookId) -> Result<Vec<NamedVersion>, Fault> {
    Access::of(book).await?.editor()?.named_versions().await
}
