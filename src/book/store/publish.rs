//! An event of a book is told, and what it leaves is kept.

use super::{activity, books};
use crate::{
    book::{
        channels::BookChannel,
        events::{BookEvent, Leaves},
        model::BookId,
    },
    database::{Change, now},
};
use sputnik::Fault;

/// Tells everyone at the book of an event, in the transaction of what it tells of. A deed is noted in the activity, and
/// is when the book was last changed.
pub async fn publish(change: &mut Change, book: &BookId, event: &BookEvent) -> Result<(), Fault> {
    let version = change.say(&BookChannel(book.clone()).name(), event).await?;
    match event.what.leaves() {
        Leaves::Deed => {
            activity::note(change.sql(), book, version, event).await?;
            books::touch(change.sql(), book, now()).await
        }
        Leaves::Notice | Leaves::Nothing => Ok(()),
    }
}
