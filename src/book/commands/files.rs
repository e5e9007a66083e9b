//! Markdown files that come in.

#[cfg(feature = "ssr")]
use crate::book::access::Access;
use crate::book::{
    import::How,
    model::{BookId, PartId},
};
use sputnik::{Fault, command};

/// Brings a text of Markdown, at most 1,000,000 bytes, into a chapter: an edit on top of what everybody wrote, and a revision. A heading it begins with is left out where it is the chapter's title.
#[command]
pub async fn import_chapter(book: BookId, part: PartId, markdown: String, how: How) -> Result<(), Fault> {
    Access::of(book).await?.editor()?.import_chapter(&part, markdown, how).await
}
