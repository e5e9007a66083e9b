//! Finding in the whole book: a field above the contents, and in their place what is found, chapter by chapter.
//!
//! | file | what it has |
//! | --- | --- |
//! | `finder` | what is looked for and what was found: asked as one types, one question at a time |
//! | `field` | the field, and the keys that lead to it |
//! | `results` | what was found: places that lead to where they stand |
//! | `replace`, `replacement` | the dialog in which words are replaced in the whole book, and one that is on its way |
//! | `place` | a place as an address has it |

mod field;
mod finder;
pub mod place;
mod replace;
mod replacement;
mod results;

pub use field::{SearchField, find_in_book};
pub use finder::Finder;
pub use results::{Results, ShowMarked};
