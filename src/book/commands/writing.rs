//! Writing together: a chapter's document, edited by everybody at once.

#[cfg(feature = "ssr")]
use crate::book::access::{self, Access};
use crate::book::chapter::{Encoded, Exchanged};
use crate::book::model::*;
use sputnik::{Fault, command};

/// Writes: one edit of a chapter's document, as Yjs encodes updates (version 1), at most 1 MiB. Answered when it is stored; then told to everyone who follows the chapter. Sent twice, it does no harm. `stale` when it builds on an edit that is not here: exchange, then send what the server lacks.
#[command]
pub async fn write(book: BookId, part: PartId, edit: Encoded) -> Result<(), Fault> {
    access::writing::write(book, part, edit).await
}

/// Exchanges: what a page lacks that has this state vector, and the server's, by which it knows what to write. To be asked for when the page opens and after every reconnect.
#[command]
pub async fn exchange(book: BookId, part: PartId, state_vector: Encoded) -> Result<Exchanged, Fault> {
    Access::of(book).await?.exchange(&part, &state_vector).await
}
