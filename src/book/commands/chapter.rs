//! A chapter's text.

#[cfg(feature = "ssr")]
use crate::book::access::Access;
use crate::book::chapter::ChapterText;
use crate::book::model::*;
use sputnik::{Fault, Snapshot, command};

/// A chapter's text as it stands, with the position from which its channel continues. What an editor needs to change it comes by `exchange`.
#[command]
pub async fn open_chapter(book: BookId, part: PartId) -> Result<Snapshot<ChapterText>, Fault> {
    Access::of(book).await?.open_chapter(part).await
}
