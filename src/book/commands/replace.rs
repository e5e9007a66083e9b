//! Replacing words in the whole book: first the places are shown, then each chapter is changed by a command of its own.

#[cfg(feature = "ssr")]
use crate::book::access::Access;
use crate::book::model::*;
use crate::book::replace::*;
use sputnik::{Fault, command};

/// Where something would be replaced in a book, at most 2,000 places. Nothing is changed.
#[command]
pub async fn find_to_replace(book: BookId, replacing: Replacing) -> Result<ToReplace, Fault> {
    Access::of(book).await?.editor()?.find_to_replace(replacing).await
}

/// Replaces something in a chapter, in these of the places that were shown: one edit on top of what everybody wrote, and a version named after it. Places that read otherwise by now stay as they are. Refused while the chapter is closed to whoever asks, or somebody else has its pen.
#[command]
pub async fn replace_in_chapter(
    book: BookId,
    part: PartId,
    replacing: Replacing,
    places: Vec<PlaceToken>,
) -> Result<Replaced, Fault> {
    Access::of(book).await?.editor()?.replace_in_chapter(&part, replacing, places).await
}

/// Takes back what a version of a chapter changed, in every block that still reads as it left it: what was written since stays. Answers with the number of the newest version.
#[command]
pub async fn take_back_replacement(book: BookId, part: PartId, revision: u32) -> Result<u32, Fault> {
    Access::of(book).await?.editor()?.take_back_replacement(&part, revision).await
}
