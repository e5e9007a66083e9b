//! Books as DOCX, which word processors read and write: one that comes in ([`reader`]), and one that goes out ([`writer`]),
//! in WordprocessingML as [ECMA-376](https://ecma-international.org/publications-and-standards/standards/ecma-376/) has it.
//!
//! | file | what happens there |
//! | --- | --- |
//! | [`reader`] | a book that comes in |
//! | [`writer`] | a book that goes out: its parts one after the other, as they come |

pub mod reader;
pub mod writer;

#[cfg(test)]
mod round_trip;
#[cfg(test)]
mod tests;

pub use writer::Docx;

/// What the bookmarks of chapters and sections begin with: by them a book that was taken out comes in again as the same
/// chapters. Word hides bookmarks that begin with a line.
const CHAPTER: &str = "_Chapter";
const SECTION: &str = "_Section";
/// How the bookmark around a term of the index begins.
const TERM: &str = "_Term";
