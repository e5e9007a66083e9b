//! Who belongs to a book.

use crate::account::person::Person;
use crate::book::model::*;
use crate::sputnik::{client::Sputnik, fault::Fault};
use leptos::{prelude::*, server_fn::codec::Json};

/// Invites a person by name, or changes their role.
#[server(prefix = "/command", input = Json, client = Sputnik)]
pub async fn set_member(book: BookId, name: String, role: Role) -> Result<Person, Fault> {
    let _ = (book, name, role);
    Err(Fault::internal())
}

/// Takes a person out of the book. Whoever has no other right to read it stops hearing of it at once.
#[server(prefix = "/command", input = Json, client = Sputnik)]
pub async fn remove_member(book: BookId, person: crate::sputnik::names::UserId) -> Result<(), Fault> {
    let _ = (book, person);
    Err(Fault::internal())
}
