//! Chapters as wholes: split in two, joined, made once more, moved to another book.

use crate::book::chapter::Moved;
use crate::book::model::*;
use crate::book::place::TextPlace;
#[cfg(feature = "ssr")]
use crate::book::{access::Access, pictures::Bounds};
use sputnik::{Fault, command};

/// Makes what stands behind a place in a chapter a chapter of its own, which follows it. Each gets a version named after that.
#[command]
pub async fn split_chapter(book: BookId, part: PartId, place: TextPlace, title: Title) -> Result<PartId, Fault> {
    Access::of(book).await?.editor()?.split_chapter(&part, place, title).await
}

/// Puts what stands in another chapter at the end of this one. The other is gone from the contents then, and can be brought back as if it was deleted. Refused unless both may be written in.
#[command]
pub async fn join_chapters(book: BookId, part: PartId, other: PartId) -> Result<(), Fault> {
    Access::of(book).await?.editor()?.join_chapters(&part, &other).await
}

/// Makes a chapter once more, behind itself: what stands in it now, without what it was before.
#[command]
pub async fn duplicate_chapter(book: BookId, part: PartId) -> Result<PartId, Fault> {
    Access::of(book).await?.editor()?.duplicate_chapter(&part).await
}

/// Moves a chapter to the end of another book, in which whoever asks may write too: what stands in it, with its pictures, status and goal. Its versions stay here, where it can be brought back as if it was deleted.
#[command]
pub async fn move_chapter(book: BookId, part: PartId, target: BookId) -> Result<PartId, Fault> {
    let parts = leptos::prelude::use_context::<http::request::Parts>();
    let bounds = parts.and_then(|parts| parts.extensions.get::<Bounds>().copied()).unwrap_or_default();
    let from = Access::of(book).await?.editor()?;
    from.move_chapter(&part, &Access::of(target).await?.editor()?, &bounds).await
}

/// Where a chapter went that was moved to another book or joined to another chapter; nothing, where it was not, or whoever asks is not told.
#[command]
pub async fn find_moved(book: BookId, part: PartId) -> Result<Option<Moved>, Fault> {
    Access::of(book).await?.find_moved(&part).await
}
