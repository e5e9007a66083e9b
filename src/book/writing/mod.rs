//! A chapter's text, as everybody writes it at once.
//!
//! A chapter is a document that merges everybody's edits, whatever order they come in for each of them. The browser's
//! editor (`editor/`) makes the edits; here they are checked, kept and shown.
//!
//! | room | what happens there |
//! | --- | --- |
//! | [`chapters`] | the chapters that are open on this node: edits are stored, in groups, and told |
//! | [`document`] | edits are taken in or refused |
//! | `bytes`, `nesting`, `pieces` | what an edit is made of, before it is read |
//! | `check`, [`schema`], `address` | what a chapter may be made of, and whether an edit keeps to it |
//! | [`tree`], [`html`], [`markdown`] | what stands in a chapter, how it is shown, and how it comes in and goes out |

mod address;
mod bytes;
pub mod chapters;
mod check;
pub mod document;
pub mod html;
pub mod markdown;
mod nesting;
mod pieces;
pub mod schema;
pub mod tree;

#[cfg(test)]
mod tests;
