//! Finding in the whole book, and in all of one's books.

#[cfg(feature = "ssr")]
use crate::book::access::{self, Access};
use crate::book::model::*;
use crate::book::search::*;
use sputnik::{Fault, command};

/// Where words stand in a book: in titles, texts, notes, captions and descriptions of pictures. Capitals, accents and what stands between two words make no difference; words between quotation marks must follow on each other. At most 300 passages are looked at, those first in which the words stand as they are.
#[command]
pub async fn search_book(book: BookId, words: SearchWords) -> Result<Found, Fault> {
    let searches = access::search::searches()?;
    Access::of(book).await?.search(searches, &words).await
}

/// The same in the books that whoever asks belongs to: in the 200 that changed last, until something was found in 20.
#[command]
pub async fn search_my_books(words: SearchWords) -> Result<Vec<FoundBook>, Fault> {
    access::search::search_my_books(&words).await
}
