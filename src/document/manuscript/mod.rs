//! A whole book on its way in, whatever it came as: what it says about itself, its text in the order of reading, and where
//! chapters and sections begin in it. It is taken apart once it is known how finely.
//!
//! While it is on its way, a picture in it is known by its number among the book's files, and a link within it by the
//! piece it leads to: both have their addresses only when they have their places here.
//!
//! | file | what happens there |
//! | --- | --- |
//! | `cut` | where the text is taken apart |
//! | `placed` | pictures and links get their addresses |

mod cut;
mod placed;

pub use cut::TITLE;
pub use placed::{Placed, place, used_pictures};

use super::{
    archive::Archive,
    builder::{Built, Heading},
    left_out::LeftOut,
    tree::Node,
};
use crate::metadata::Metadata;
use std::collections::HashMap;

/// A book as it was read.
#[derive(Default)]
pub struct Manuscript {
    /// Its title, where it says one.
    pub title: Option<String>,
    /// What else it says about itself.
    pub metadata: Metadata,
    /// Which of the pictures is its cover.
    pub cover: Option<usize>,
    /// What there was no place for.
    pub left_out: LeftOut,
    /// Its pictures, each by its path among the files it came in.
    pub pictures: Vec<String>,
    /// The files it came in, of which the pictures are read when they are needed.
    pub files: Option<Archive>,
    /// Whether readers know places in it by the names that its links have: a link to one in the same chapter stays what it is.
    pub names_places: bool,
    /// Whether its title stood in its text: a book that it comes into has one of its own, and keeps this in the text.
    pub has_title_in_text: bool,
    /// Whether it says itself where its chapters begin: a book that was taken out.
    pub is_marked: bool,
    sources: Vec<Source>,
    points: Vec<Point>,
}

/// One of the files that the text of a book stands in.
#[derive(Clone, Default)]
pub(super) struct Source {
    /// What stands in it.
    pub nodes: Vec<Node>,
    /// Its headings at the top.
    pub headings: Vec<Heading>,
    /// The places in it that have a name.
    pub anchors: HashMap<String, usize>,
    /// What it is called where nothing in it says so.
    pub name: Option<String>,
    /// Whether it is no text but something about the book, such as its contents or its cover.
    pub is_apparatus: bool,
}

impl Source {
    pub(super) fn of(built: Built, name: Option<String>) -> Self {
        let Built { nodes, headings, anchors, .. } = built;
        Self { nodes, headings, anchors, name, is_apparatus: false }
    }
}

/// A place where a chapter or a section may begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Point {
    /// In which of the files.
    pub source: usize,
    /// Before which node at its top.
    pub at: usize,
    /// How deep it lies: 1 at the top.
    pub level: usize,
    /// What begins there is called.
    pub title: Option<String>,
    /// Whether it is a section even where nothing stands in it.
    pub is_section: bool,
}

/// A chapter's worth of a book, or a section of it.
#[derive(Debug, Default, PartialEq)]
pub struct Piece {
    /// What it is called. The heading that says so is not in the nodes.
    pub title: Option<String>,
    /// What stands in it.
    pub nodes: Vec<Node>,
    /// Whether it is a section: the pieces that follow and are deeper stand in it.
    pub is_section: bool,
    /// In how many sections it stands.
    pub depth: usize,
    /// Whether it is no text but something about the book, such as its contents or its cover.
    pub is_apparatus: bool,
}
