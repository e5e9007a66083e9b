//! A whole book on its way out: what every format of it is made of. A format is a writer that is given the book, then its
//! parts one after the other, and then the pictures that these need: nothing else of the book is in memory at once.
//!
//! | file | what it has |
//! | --- | --- |
//! | `markup` | a chapter as XHTML, or as HTML |
//! | `tables` | its tables |
//! | `lines` | its text with marks, and its notes |
//! | [`figures`] | the figures that a list of them has |
//! | [`index`] | what was marked as a term, in the order of the book's language |
//! | [`headings`] | how low they stand on a page |
//! | `escape` | text and addresses where markup stands around them |
//! | `matter` | what stands before the text: title page and imprint |
//! | [`check`] | what a reader would stumble over |
//! | [`cover`] | a cover made of the title |
//! | `numbers` | the numbers of chapters |
//! | `style` | the looks: a folder of `style/themes` each |
//! | [`time`] | a moment, as formats of books write it |
//! | [`words`] | what stands in a book that nobody wrote, in its language |
//! | `zipped` | how files are kept in an archive |

pub mod check;
pub mod cover;
pub mod escape;
pub mod figures;
pub mod headings;
pub mod index;
mod lines;
pub mod markup;
pub mod matter;
mod numbers;
pub mod style;
mod tables;
pub mod time;
pub mod words;
pub mod zipped;

#[cfg(test)]
pub mod tests;

use super::tree::Node;
use crate::metadata::{Metadata, matter::Matter, theme::Theme};
use figures::Captioned;
use index::Term;
use sha2::{Digest, Sha256};
use std::{
    collections::{BTreeMap, HashMap},
    io,
};

/// A format that a book goes out in, as far as it is written. It is handed the book's parts in their order, and after each
/// of them, and once before the first, the pictures it wants.
///
/// Each step fails when it cannot be written.
pub trait Outgoing<W>: Send {
    /// Writes a part of the book, by its number: what stands in a chapter, and nothing of a section. Each once, in order.
    fn part(&mut self, at: usize, nodes: &[Node]) -> io::Result<()>;

    /// Which picture it wants next, if it wants one now: its address on the site, and what it is. All its bytes are handed
    /// over, piece by piece, before this is asked again.
    fn wants(&mut self) -> io::Result<Option<(String, Picture)>>;

    /// Takes in a piece of the picture it wanted last.
    fn picture(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Ends it, when all parts are written.
    fn finish(self: Box<Self>) -> io::Result<W>;
}

/// A book on its way out.
#[derive(Debug, Clone)]
pub struct Publication {
    /// What tells it from all others, and stays: where it has no ISBN, its identifier is made of this.
    pub identity: String,
    /// Its title.
    pub title: String,
    /// What else it says about itself.
    pub metadata: Metadata,
    /// In which look it goes out.
    pub theme: Theme,
    /// What stands before and around its text.
    pub matter: Matter,
    /// When it was last changed, in milliseconds since 1970.
    pub changed: i64,
    /// The picture on its cover: a key of [`pictures`](Self::pictures).
    pub cover: Option<String>,
    /// Its chapters and sections, in the order of reading.
    pub parts: Vec<Part>,
    /// What stands before the title of each of them, where they are numbered.
    pub labels: Vec<Option<String>>,
    /// Its figures, where they are to be listed.
    pub figures: Vec<Captioned>,
    /// What was marked in it as a term, where it is to have an index.
    pub terms: Vec<Term>,
    /// Which address on the site is which of its parts.
    pub links: HashMap<String, usize>,
    /// Its pictures, by their addresses on the site.
    pub pictures: BTreeMap<String, Picture>,
}

/// A chapter or a section, without its text.
#[derive(Debug, Clone)]
pub struct Part {
    /// Its title.
    pub title: String,
    /// In how many sections it stands.
    pub depth: usize,
    /// Whether it holds chapters, and no text of its own.
    pub is_section: bool,
}

/// A picture, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The name of its file: letters, digits and an ending.
    pub file: String,
    /// What it is.
    pub mime: &'static str,
    /// How large its file is, in bytes.
    pub bytes: u64,
    /// How wide it is, in pixels.
    pub width: u32,
    /// How high.
    pub height: u32,
}

impl Publication {
    /// The identifier that the book has in shops and libraries, as an address.
    #[must_use]
    pub fn identifier(&self) -> String {
        if !self.metadata.isbn.is_empty() {
            return format!("urn:isbn:{}", self.metadata.isbn);
        }
        let mut bytes: [u8; 32] = Sha256::digest(format!("book {}", self.identity)).into();
        // A UUID of the eighth version: made of what its maker chose.
        bytes[6] = bytes[6] & 0x0f | 0x80;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let mut id = String::from("urn:uuid:");
        for (at, byte) in bytes.iter().take(16).enumerate() {
            if [4, 6, 8, 10].contains(&at) {
                id.push('-');
            }
            id.push_str(&format!("{byte:02x}"));
        }
        id
    }

    /// The language of the book, where it says one.
    #[must_use]
    pub fn language(&self) -> Option<&str> {
        Some(self.metadata.language.as_str()).filter(|language| !language.is_empty())
    }

    /// The names of those who made it, of authors where it names any.
    #[must_use]
    pub fn by(&self) -> Vec<&str> {
        use crate::metadata::ContributorRole::Author;
        let people = &self.metadata.people;
        let authors = people.iter().filter(|person| person.role == Author);
        let authors: Vec<&str> = authors.map(|person| person.name.as_str()).collect();
        if authors.is_empty() { people.iter().map(|person| person.name.as_str()).collect() } else { authors }
    }

    /// When it was last changed, as formats of books write it: `2026-11-30T12:00:00Z`.
    #[must_use]
    pub fn changed_at(&self) -> String {
        time::written(self.changed)
    }

    /// The parts as a tree, for contents: of each, whether one opens below it, and how many close after it.
    #[must_use]
    pub fn steps(&self) -> Vec<Step> {
        let depth = |at: usize| self.parts.get(at).map_or(0, |part| part.depth);
        let mut steps = Vec::with_capacity(self.parts.len());
        for at in 0..self.parts.len() {
            let (here, next) = (depth(at), depth(at + 1));
            steps.push(Step { part: at, opens: next > here, closes: here.saturating_sub(next) });
        }
        steps
    }
}

/// A line of the contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Which part.
    pub part: usize,
    /// Whether a list of those within it begins after it.
    pub opens: bool,
    /// How many lists end after it.
    pub closes: usize,
}
