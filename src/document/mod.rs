//! A chapter's document: a text that merges everybody's edits, and the formats it is read from and written to.
//!
//! Between the document and every format stands one tree of nodes. Each format is a reader or a writer of that tree, and
//! is tested by itself. Nothing here knows a database, a network or a page: bytes and nodes go in, and come out.
//!
//! | file | what happens there |
//! | --- | --- |
//! | [`crdt`] | the document: a yrs document, whose edits are taken in as a whole or refused |
//! | [`refused`] | why an edit is refused |
//! | `bytes`, `sections`, `nesting` | what an edit is made of, looked at before it is read |
//! | [`schema`], `address`, `check` | what a chapter may be made of (`editor/schema.json`), and whether an edit keeps to it |
//! | [`tree`] | what stands in a document, as nodes |
//! | `builder` | a tree in the making, out of what a reader of some format meets |
//! | `html_reader` | HTML, as it comes in |
//! | [`manuscript`] | a whole book on its way in, of whatever kind its file is |
//! | [`archive`], `beside`, `markup` | a zip, what its files name beside them, and markup that says something about a book |
//! | [`unreadable`] | why a file is no book that can come in |
//! | [`incoming`] | which kind of file came, and the book in it |
//! | [`epub`], [`web_pages`] | books as EPUB, and as HTML |
//! | [`left_out`] | what a text has and a chapter has no place for |
//! | [`html`], [`json`], [`markdown`] | formats of the tree: shown, kept in the history, brought in and taken out |
//! | [`followed`] | links that say what a chapter is called, as it is called now
//! | [`publication`] | a whole book on its way out, and its chapters as markup |
//! | [`epub`], [`docx`], [`one_page`] | formats of a whole book, as [`markdown::archive`] is |
//! | [`typeset`] | a whole book as the press takes it, which sets it on pages |
//! | [`parting`] | a chapter in two |
//! | [`readdress`] | a text that goes to another book |
//! | [`replace`] | words are put in the place of others |
//! | `restore` | the edit that makes a document read as another content, a revision or a text brought in |
//! | [`compare`] | what lies between two contents, and who wrote what |
//! | [`search`] | what of a text is searched, how it is compared, and where in it something is |
//! | [`words`] | how many words a text has |

mod address;
pub mod archive;
mod beside;
mod builder;
mod bytes;
mod check;
pub mod compare;
pub mod crdt;
pub mod docx;
pub mod epub;
pub mod followed;
pub mod html;
mod html_reader;
pub mod incoming;
pub mod json;
pub mod left_out;
pub mod manuscript;
pub mod markdown;
mod markup;
mod nesting;
pub mod one_page;
pub mod parting;
pub mod publication;
pub mod readdress;
pub mod refused;
pub mod replace;
mod restore;
pub mod schema;
pub mod search;
mod sections;
pub mod tree;
pub mod typeset;
pub mod unreadable;
pub mod web_pages;
pub mod words;

#[cfg(test)]
mod round_trip;
#[cfg(test)]
mod tests;

pub use crdt::{Document, Edit};
pub use refused::Refused;
