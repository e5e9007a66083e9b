//! The chat of a book.

#[cfg(feature = "ssr")]
use crate::book::access::Access;
use crate::book::model::*;
use sputnik::{Fault, command};

/// Says something in the chat: 1 to 2,000 characters.
#[command(keep)]
pub async fn say(book: BookId, text: String) -> Result<(), Fault> {
    Access::of(book).await?.editor()?.say(&text).await
}
