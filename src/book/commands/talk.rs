//! The chat of a book.

use crate::book::model::*;
use crate::sputnik::{client::Sputnik, fault::Fault};
use leptos::{prelude::*, server_fn::codec::Json};

/// Says something in the chat: 1 to 2,000 characters.
#[server(prefix = "/command", input = Json, client = Sputnik)]
pub async fn say(book: BookId, text: String) -> Result<(), Fault> {
    let _ = (book, text);
    Err(Fault::internal())
}
