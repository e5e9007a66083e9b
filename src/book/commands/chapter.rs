//! A chapter's text.

use crate::book::chapter::ChapterText;
#[cfg(feature = "ssr")]
use crate::book::desk::Desk;
use crate::book::model::*;
use sputnik::{Fault, Snapshot, command};

/// A chapter's text as it stands, with the position from which its channel continues. What an editor needs to change it comes by `exchange`.
#[command]
pub async fn open_chapter(book: BookId, part: PartId) -> Result<Snapshot<ChapterText>, Fault> {
    Desk::of(book).await?.open_chapter(part).await
}
