//! The pen: the lock by which one person writes a chapter alone for a while. Lock `<part id>` on the book's channel.

#[cfg(feature = "ssr")]
use crate::book::access::Access;
use crate::book::model::*;
use sputnik::{ClientId, Fault, LockState, command};

/// Takes the pen if it is free, to write alone; others see why (at most 200 characters, or none). Otherwise tells who has it (with `ask`, standing in the queue, and the holder sees it).
#[command]
pub async fn take_pen(book: BookId, part: PartId, ask: bool, why: String) -> Result<LockState, Fault> {
    Access::of(book).await?.editor()?.take_pen(&part, ask, why).await
}

/// Puts the pen down, or leaves its queue. Everybody may write again, unless somebody waited for it.
#[command]
pub async fn put_down_pen(book: BookId, part: PartId) -> Result<(), Fault> {
    Access::of(book).await?.put_down_pen(&part).await
}

/// Hands the pen to another client in the book that may write.
#[command]
pub async fn hand_over_pen(book: BookId, part: PartId, to: ClientId) -> Result<(), Fault> {
    Access::of(book).await?.editor()?.hand_over_pen(&part, &to).await
}

/// Takes the pen from whoever holds it; owners only.
#[command]
pub async fn take_over_pen(book: BookId, part: PartId) -> Result<LockState, Fault> {
    Access::of(book).await?.owner()?.take_over_pen(&part).await
}
