//! A chapter's history: reading and comparing what it was, naming versions, restoring one.

#[cfg(feature = "ssr")]
use crate::book::access::Access;
use crate::book::history::*;
use crate::book::model::*;
use sputnik::{Fault, command};

/// What was written since the newest revision, and the revisions of a chapter, newest first, at most 200; the older ones with `before`.
#[command]
pub async fn chapter_history(book: BookId, part: PartId, before: Option<u32>) -> Result<History, Fault> {
    Access::of(book).await?.within()?.history(&part, before).await
}

/// The chapter at a moment, as HTML that is safe to show.
#[command]
pub async fn read_version(book: BookId, part: PartId, moment: Moment) -> Result<String, Fault> {
    Access::of(book).await?.within()?.read_version(&part, moment).await
}

/// What lies between two moments of a chapter.
#[command]
pub async fn compare_versions(book: BookId, part: PartId, old: Moment, new: Moment) -> Result<Compared, Fault> {
    Access::of(book).await?.within()?.compare_versions(&part, old, new).await
}

/// The chapter as it stands, with who wrote what.
#[command]
pub async fn show_authors(book: BookId, part: PartId) -> Result<Attributed, Fault> {
    Access::of(book).await?.within()?.show_authors(&part).await
}

/// Makes the chapter read as it did in an older revision, by an edit on top of what everybody wrote. What was written since the newest revision becomes one first. Answers with the number of the newest revision, which reads like the old one.
#[command]
pub async fn restore_revision(book: BookId, part: PartId, number: u32) -> Result<u32, Fault> {
    Access::of(book).await?.editor()?.restore_revision(&part, number).await
}

/// Gives the chapter as it stands a name, of at most 200 characters. Answers with the revision's number.
#[command]
pub async fn name_version(book: BookId, part: PartId, name: VersionName) -> Result<u32, Fault> {
    Access::of(book).await?.editor()?.name_version(&part, &name).await
}

/// Gives every chapter of the book as it stands the same name. Answers with how many.
#[command]
pub async fn name_book_version(book: BookId, name: VersionName) -> Result<u32, Fault> {
    Access::of(book).await?.editor()?.name_book_version(&name).await
}
