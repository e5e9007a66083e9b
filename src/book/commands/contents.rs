//! The contents: chapters and sections.

use crate::book::model::*;
use crate::sputnik::{client::Sputnik, fault::Fault};
use leptos::{prelude::*, server_fn::codec::Json};

/// Adds a chapter or a section.
#[server(prefix = "/command", input = Json, client = Sputnik)]
pub async fn add_part(book: BookId, kind: Kind, title: Title, place: Place) -> Result<PartId, Fault> {
    let _ = (book, kind, title, place);
    Err(Fault::internal())
}

/// Renames a chapter or a section.
#[server(prefix = "/command", input = Json, client = Sputnik)]
pub async fn rename_part(book: BookId, part: PartId, title: Title) -> Result<(), Fault> {
    let _ = (book, part, title);
    Err(Fault::internal())
}

/// Moves a chapter, or a section with all it holds.
#[server(prefix = "/command", input = Json, client = Sputnik)]
pub async fn move_part(book: BookId, part: PartId, place: Place) -> Result<(), Fault> {
    let _ = (book, part, place);
    Err(Fault::internal())
}

/// Deletes a chapter, or a section with all it holds. Refused while somebody writes in it.
#[server(prefix = "/command", input = Json, client = Sputnik)]
pub async fn remove_part(book: BookId, part: PartId) -> Result<(), Fault> {
    let _ = (book, part);
    Err(Fault::internal())
}

/// Sets a chapter's status.
#[server(prefix = "/command", input = Json, client = Sputnik)]
pub async fn set_status(book: BookId, part: PartId, status: Status) -> Result<(), Fault> {
    let _ = (book, part, status);
    Err(Fault::internal())
}
