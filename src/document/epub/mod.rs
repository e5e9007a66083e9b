//! Books as EPUB: one that comes in, of whatever version ([`reader`]), and one that goes out.
//!
//! That is an [EPUB 3.3](https://www.w3.org/TR/epub-33/), which readers of EPUB 2 open too, with what
//! [EPUB Accessibility 1.1](https://www.w3.org/TR/epub-a11y-11/) wants it to say.
//!
//! The same book is the same file, byte by byte. Nothing in it is fetched from elsewhere.
//!
//! | file | what happens there |
//! | --- | --- |
//! | [`reader`] | a book that comes in, of EPUB 2 or 3 |
//! | [`writer`] | a book that goes out: its parts one after the other, as they come |
//! | `package` | what the book is, and what is in it |
//! | `front` | the pages before the text |
//! | `navigation` | contents and landmarks, once for today's readers and once for old ones |
//! | [`preview`] | single files of it, for a look before it is made |
//! | `page` | what stands around each page |

mod front;
mod navigation;
mod package;
mod page;
pub mod preview;
pub mod reader;
pub mod writer;

#[cfg(test)]
mod tests;

pub use writer::Epub;
