//! A chapter's text.

use crate::book::chapter::ChapterText;
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
