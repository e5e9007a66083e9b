//! The contents: chapters and sections.

#[cfg(feature = "ssr")]
use crate::book::access::Access;
use crate::book::history::Deleted;
use crate::book::model::*;
use sputnik::{Fault, command};

/// Adds a chapter or a section.
#[command(keep)]
pub async fn add_part(book: BookId, kind: Kind, title: Title, place: Place) -> Result<PartId, Fault> {
    Access::of(book).await?.editor()?.add_part(kind, title, &place).await
}

/// Renames a chapter or a section.
#[command(keep)]
pub async fn rename_part(book: BookId, part: PartId, title: Title) -> Result<(), Fault> {
    Access::of(book).await?.editor()?.rename_part(part, title).await
}

/// Moves a chapter, or a section with all it holds.
#[command(keep)]
pub async fn move_part(book: BookId, part: PartId, place: Place) -> Result<(), Fault> {
    Access::of(book).await?.editor()?.move_part(part, &place).await
}

/// Deletes a chapter, or a section with all it holds. Refused while somebody writes in it. It can be brought back.
#[command(keep)]
pub async fn remove_part(book: BookId, part: PartId) -> Result<(), Fault> {
    Access::of(book).await?.editor()?.remove_part(part).await
}

/// What was deleted and can be brought back, the newest first, at most 200.
#[command]
pub async fn deleted_parts(book: BookId) -> Result<Vec<Deleted>, Fault> {
    Access::of(book).await?.editor()?.deleted_parts().await
}

/// Brings back a chapter, or a section with all it held: to this place, or where none is given or it does not fit there, to the end of where it stood, or of the book where that is gone.
#[command(keep)]
pub async fn bring_back(book: BookId, part: PartId, place: Option<Place>) -> Result<(), Fault> {
    Access::of(book).await?.editor()?.bring_back(part, place).await
}

/// Sets a chapter's status.
#[command(keep)]
pub async fn set_status(book: BookId, part: PartId, status: Status) -> Result<(), Fault> {
    Access::of(book).await?.editor()?.set_status(part, status).await
}

/// Sets how many words a chapter is to have, from 1 to 1,000,000, or takes its goal away.
#[command(keep)]
pub async fn set_goal(book: BookId, part: PartId, goal: Option<u32>) -> Result<(), Fault> {
    Access::of(book).await?.editor()?.set_goal(part, goal).await
}

/// Closes a chapter to writing, for a reason of at most 200 characters: `locked` for all but owners, `final` for everybody. Owners only. From then on the server takes no edit of others; what they typed stays on their pages.
#[command]
pub async fn close_chapter(book: BookId, part: PartId, how: Closing, why: String) -> Result<(), Fault> {
    Access::of(book).await?.owner()?.close_chapter(part, how, &why).await
}

/// Opens a closed chapter to writing again. Owners only.
#[command]
pub async fn open_to_writing(book: BookId, part: PartId) -> Result<(), Fault> {
    Access::of(book).await?.owner()?.open_to_writing(part).await
}
