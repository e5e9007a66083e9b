//! A book as the press takes it, a program of its own (`crates/press`) that sets it on pages and makes a PDF: a stream of
//! what the book says about itself, its parts, and the pictures that these show. What people wrote is data in it, JSON all
//! through; how it looks, the templates say (`style/themes/*/book.typ`).
//!
//! | file | what it has |
//! | --- | --- |
//! | `stream` | the stream, record by record; how one is told from the next, `crates/press/src/input.rs` says |
//! | `about` | the book: its title page, its imprint, its contents |
//! | `blocks` | what stands in a part, one below the other |
//! | `lines` | what stands in a line |
//! | `tables` | its tables, each cell with its place |
//! | `direction` | which way a text goes |

mod about;
mod blocks;
mod direction;
mod lines;
mod stream;
mod tables;

#[cfg(test)]
mod tests;

pub use stream::Stream;

/// What the pages are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To be read on a screen: pages as large as a sheet, a cover, links that lead on.
    Screen,
    /// To be printed and bound: pages of a book with an inner and an outer margin, and where a link would lead, a number.
    Print,
}

impl Purpose {
    /// Its name, as the templates know it.
    fn name(self) -> &'static str {
        match self {
            Self::Screen => "screen",
            Self::Print => "print",
        }
    }
}
