//! A chapter's text: reading, writing under the pen.

use crate::book::chapter::{ChapterText, Kept, Splice};
#[cfg(feature = "ssr")]
use crate::book::desk::Desk;
use crate::book::model::*;
use crate::sputnik::{client::Sputnik, fault::Fault, position::Snapshot};
use leptos::{prelude::*, server_fn::codec::Json};

/// A chapter's text, with the position from which its channel continues.
#[server(prefix = "/command", input = Json, client = Sputnik)]
pub async fn open_chapter(book: BookId, part: PartId) -> Result<Snapshot<ChapterText>, Fault> {
    Desk::of(book).await?.open_chapter(part).await
}

/// Types: one change based on draft number `draft`. Stored before it answers with the new draft's number, and read along by others. Refused without the pen's newest fence.
#[server(prefix = "/command", input = Json, client = Sputnik)]
pub async fn type_text(book: BookId, part: PartId, fence: u64, draft: u64, splice: Splice) -> Result<u64, Fault> {
    Desk::of(book).await?.editor()?.type_text(&part, fence, draft, splice).await
}

/// Makes the text as it stands a revision. Refused without the pen's newest fence, or when `base` is no longer the newest revision; nothing typed is lost by that. Answers with the revision's number.
#[server(prefix = "/command", input = Json, client = Sputnik)]
pub async fn save_chapter(
    book: BookId,
    part: PartId,
    fence: u64,
    base: u32,
    draft: u64,
    comment: String,
) -> Result<u32, Fault> {
    Desk::of(book).await?.editor()?.save(&part, fence, base, draft, &comment).await
}

/// The unsaved text that was kept for whoever asks when they lost the pen.
#[server(prefix = "/command", input = Json, client = Sputnik)]
pub async fn kept_text(book: BookId, part: PartId) -> Result<Option<Kept>, Fault> {
    Desk::of(book).await?.kept_text(&part).await
}

/// Lets go of the kept text.
#[server(prefix = "/command", input = Json, client = Sputnik)]
pub async fn drop_kept_text(book: BookId, part: PartId) -> Result<(), Fault> {
    Desk::of(book).await?.drop_kept_text(&part).await
}
