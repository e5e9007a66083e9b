//! What comes and goes as a file, by ordinary requests: books of any kind that come in, chapters and whole books that go out,
//! and pictures.
//!
//! | file | what it has |
//! | --- | --- |
//! | [`import`] | books that come in |
//! | [`markdown`] | a chapter or a book as Markdown |
//! | [`whole_books`] | a book as an EPUB, as a DOCX, as one file of HTML, as a PDF, and as Markdown with its pictures |
//! | [`exporter`], [`exports`] | the same made beside all else, by whichever node has its hands free, and fetched later |
//! | [`press`] | the program that makes PDFs |
//! | [`preview`] | a look at a book before it goes out |
//! | [`catalogue`] | the public books, for programs that read books |
//! | [`pictures`], [`old_pictures`] | pictures, both ways, and those that were stored as they came |
//! | [`fetched`] | how many files are fetched at once |
//! | `download` | how a file is sent: in pieces, to whoever still may have it |
//! | `in_words` | what a browser is shown where there is no file |
//! | `named` | what it is called |

pub mod catalogue;
pub mod exporter;
pub mod exports;
pub mod fetched;
pub mod import;
pub mod markdown;
pub mod old_pictures;
pub mod pictures;
pub mod press;
pub mod preview;
pub mod whole_books;

mod download;
mod in_words;
mod named;
