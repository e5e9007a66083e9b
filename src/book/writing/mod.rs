//! A chapter's text, as everybody writes it at once.
//!
//! A chapter is a document that merges everybody's edits, whatever order they come in for each of them. The browser's
//! editor (`editor/`) makes the edits; here they are checked, kept and shown.
//!
//! | room | what happens there |
//! | --- | --- |
//! | [`chapters`] | the chapters that are open on this node: edits are stored, in groups, and told |
//! | `leave` | who may write at this moment |
//! | [`document`] | edits are taken in or refused |
//! | `bytes`, `nesting`, `pieces` | what an edit is made of, before it is read |
//! | `check`, [`schema`], `address` | what a chapter may be made of, and whether an edit keeps to it |
//! | [`tree`], [`html`], [`markdown`] | what stands in a chapter, how it is shown, and how it comes in and goes out |
//! | [`stretch`], [`stored`] | when a revision is made, and how its content is kept |
//! | [`replace`] | how a chapter is turned into something else by an edit: a revision restored, a text brought in |
//! | `align`, [`compare`], [`authors`], `shown` | what lies between two moments of a chapter, and who wrote what |

mod address;
mod align;
pub mod authors;
mod bytes;
pub mod chapters;
mod check;
pub mod compare;
pub mod document;
pub mod html;
mod leave;
pub mod markdown;
mod nesting;
mod pieces;
pub mod replace;
pub mod schema;
mod shown;
pub mod stored;
pub mod stretch;
pub mod tree;

#[cfg(test)]
mod tests;
