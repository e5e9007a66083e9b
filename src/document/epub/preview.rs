//! Single files of an EPUB, for a look at it before it is made: the very pages, with the very styles.

use super::{
    front::{DRAWN, back, front},
    package::part_file,
    page::part_page,
};
use crate::document::{
    publication::{Publication, cover, markup::Places, style::sheet},
    tree::Node,
};

/// A file of the book.
#[derive(Debug, PartialEq, Eq)]
pub enum Shown {
    /// A page before the text or behind it, as XHTML.
    Page(String),
    /// Its style.
    Style(&'static str),
    /// The cover that is made of its title, as SVG.
    Drawing(String),
    /// The page of a part, by its number: what stands in it is needed first.
    Part(usize),
}

/// The file of this name; nothing, where there is none.
#[must_use]
pub fn shown(book: &Publication, file: &str, places: &dyn Places) -> Option<Shown> {
    match file {
        "style.css" => return Some(Shown::Style(sheet(book.theme))),
        DRAWN => return Some(Shown::Drawing(cover::drawn(book))),
        _ => {}
    }
    if let Some(page) = front(book).into_iter().chain(back(book)).find(|front| front.file() == file) {
        return Some(Shown::Page(page.page(book, places)));
    }
    (0..book.parts.len()).find(|at| part_file(*at) == file).map(Shown::Part)
}

/// The page of a part.
#[must_use]
pub fn part(book: &Publication, places: &dyn Places, at: usize, nodes: &[Node]) -> String {
    part_page(book, places, at, nodes).0
}

/// Where parts lie, beside each other; pictures lie where `picture` says, by the names of their files.
pub struct Beside<F>(pub F);

impl<F: Fn(&str) -> String> Places for Beside<F> {
    fn part(&self, at: usize) -> String {
        part_file(at)
    }

    fn picture(&self, file: &str) -> String {
        (self.0)(file)
    }
}
