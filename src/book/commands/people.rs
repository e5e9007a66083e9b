//! Who belongs to a book.

use crate::account::person::Person;
#[cfg(feature = "ssr")]
use crate::book::desk::Desk;
use crate::book::model::*;
use crate::sputnik::{client::Sputnik, fault::Fault};
use leptos::{prelude::*, server_fn::codec::Json};

/// Invites a person by name, or changes their role.
#[server(prefix = "/command", input = Json, client = Sputnik)]
pub async fn set_member(book: BookId, name: String, role: Role) -> Result<Person, Fault> {
    Desk::of(book).await?.owner()?.set_member(&name, role).await
}

/// Takes a person out of the book. Whoever has no other right to read it stops hearing of it at once.
#[server(prefix = "/command", input = Json, client = Sputnik)]
pub async fn remove_member(book: BookId, person: crate::sputnik::names::UserId) -> Result<(), Fault> {
    let desk = Desk::of(book).await?;
    if desk.is(&person) { desk.leave().await } else { desk.owner()?.remove_member(&person).await }
}
