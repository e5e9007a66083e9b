//! Markdown files that come in.

#[cfg(feature = "ssr")]
use crate::book::access::Access;
use crate::book::{
    import::{How, Preview},
    model::{BookId, PartId, Place},
};
use sputnik::{Fault, command};

/// Brings a text of Markdown, at most 1,000,000 bytes, into a chapter: an edit on top of what everybody wrote, and a revision. A heading it begins with is left out where it is the chapter's title.
#[command]
pub async fn import_chapter(book: BookId, part: PartId, markdown: String, how: How) -> Result<(), Fault> {
    Access::of(book).await?.editor()?.import_chapter(&part, markdown, how).await
}

/// Tells what a text of Markdown would become: which chapters and sections, what it says of itself, and what would be left out. `name` is the name of its file.
#[command]
pub async fn preview_import(book: BookId, name: String, markdown: String) -> Result<Preview, Fault> {
    Access::of(book).await?.editor()?.preview_import(name, markdown).await
}

/// Adds a text of Markdown as a new chapter, or, with `split`, as one for each that is marked in it as such, with the sections they stand in, or, where none is marked, for each of its headings of the first level; at most 200. A heading it begins with is the title; where there is none, what the text says of itself, or `name`, the name of the file. Answers with the chapters, in order.
#[command]
pub async fn import_chapters(
    book: BookId,
    name: String,
    markdown: String,
    split: bool,
    place: Place,
) -> Result<Vec<PartId>, Fault> {
    Access::of(book).await?.editor()?.import_chapters(name, markdown, split, &place).await
}
