//! A chapter's text and its revisions.

use crate::book::chapter::{ChapterText, Revision};
#[cfg(feature = "ssr")]
use crate::book::desk::Desk;
use crate::book::model::*;
use crate::sputnik::{client::Sputnik, fault::Fault, position::Snapshot};
use leptos::{prelude::*, server_fn::codec::Json};

/// A chapter's text as it stands, with the position from which its channel continues. What an editor needs to change it comes by `exchange`.
#[server(prefix = "/command", input = Json, client = Sputnik)]
pub async fn open_chapter(book: BookId, part: PartId) -> Result<Snapshot<ChapterText>, Fault> {
    Desk::of(book).await?.open_chapter(part).await
}

/// The revisions of a chapter, newest first, at most 200.
#[server(prefix = "/command", input = Json, client = Sputnik)]
pub async fn revisions(book: BookId, part: PartId) -> Result<Vec<Revision>, Fault> {
    Desk::of(book).await?.revisions(&part).await
}

/// The text of one revision.
#[server(prefix = "/command", input = Json, client = Sputnik)]
pub async fn revision_text(book: BookId, part: PartId, number: u32) -> Result<String, Fault> {
    Desk::of(book).await?.revision_text(&part, number).await
}
