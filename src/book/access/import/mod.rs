//! Files that come in: a text into a chapter, and a book as chapters and sections, into a book that is there or as a new
//! one.
//!
//! A book is stored in two steps. Its pictures come one by one, each in a transaction of its own: they are no part of any
//! text yet, so nobody sees them, and nobody waits long. All else is one transaction: a book that is half in is never seen.
//! Whatever was stored is noted until then, and goes when the import is given up.
//!
//! | file | what happens there |
//! | --- | --- |
//! | `chapter` | a text comes into a chapter |
//! | `planned` | what would become of a file |
//! | `chapters` | the pieces of a book as parts of one |
//! | `storing` | the two steps |

mod chapter;
mod chapters;
mod planned;
mod storing;

pub use storing::{Import, Incoming};

use crate::{book::import::Preview, costly::Permit};
use sputnik::Fault;
use std::fs::File;

/// What would become of a file of this name.
///
/// # Errors
/// In words, when no book can be read from it.
pub async fn preview(permit: Permit, name: String, file: File) -> Result<Preview, Fault> {
    permit.run(move |budget| planned::preview(&name, file, budget)).await
}
