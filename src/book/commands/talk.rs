//! The chat of a book.

#[cfg(feature = "ssr")]
use crate::book::desk::Desk;
use crate::book::model::*;
use crate::sputnik::{client::Sputnik, fault::Fault};
use leptos::{prelude::*, server_fn::codec::Json};

/// Says something in the chat: 1 to 2,000 characters.
#[server(prefix = "/command", input = Json, client = Sputnik)]
pub async fn say(book: BookId, text: String) -> Result<(), Fault> {
    Desk::of(book).await?.editor()?.say(&text).await
}
