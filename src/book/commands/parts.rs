//! Chapters as wholes: split in two, joined, made once more.

#[cfg(feature = "ssr")]
use crate::book::access::Access;
use crate::book::model::*;
use crate::book::place::TextPlace;
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
