//! What in a book a reader, a shop or a printer would stumble over, each with what stands there.

use super::Publication;
use crate::{
    document::tree::{Element, Mark, Node, is_blank, plain},
    metadata::problem::Problem,
};
use std::collections::HashSet;

/// How much is quoted of what stands at a place, in characters.
const QUOTE: usize = 60;

/// How many pixels wide a picture is at least that fills a page, to be fine on paper: 200 to an inch, on a line of four and
/// a half inches.
const WIDE: u32 = 900;

/// What was found in one part of a book, each with the words at its place; those are empty where nothing stands there.
pub type Found = Vec<(Problem, String)>;

/// Looks at the contents: of each part of the book, by its number.
#[must_use]
pub fn contents(book: &Publication) -> Vec<(usize, Problem)> {
    let mut found = Vec::new();
    let mut titles = HashSet::new();
    for (at, part) in book.parts.iter().enumerate() {
        let holds_something = book.parts.get(at + 1).is_some_and(|next| next.depth > part.depth);
        if part.is_section && !holds_something {
            found.push((at, Problem::EmptySection));
        }
        if !titles.insert(part.title.to_lowercase()) {
            found.push((at, Problem::Title));
        }
    }
    found
}

/// Looks at a chapter.
#[must_use]
pub fn chapter(book: &Publication, nodes: &[Node]) -> Found {
    if is_blank(nodes) {
        return vec![(Problem::EmptyChapter, String::new())];
    }
    let mut look = Look { book, found: Vec::new(), level: 1, before: String::new(), link: String::new() };
    look.at_all(nodes);
    look.found
}

struct Look<'a> {
    book: &'a Publication,
    found: Found,
    /// How low the heading is that came last.
    level: i64,
    /// What was read last: it leads to what has no words of its own.
    before: String,
    /// The link that was looked at last: one that goes on under other marks is the same.
    link: String,
}

impl Look<'_> {
    fn at_all(&mut self, nodes: &[Node]) {
        for node in nodes {
            match node {
                Node::Text(run) => run.marks.iter().for_each(|mark| self.at_mark(mark, &run.text)),
                Node::Element(element) => self.at(element),
            }
        }
    }

    fn at(&mut self, element: &Element) {
        match element.kind.name.as_str() {
            "heading" => self.at_heading(element),
            "figure" => self.at_figure(element),
            _ => {}
        }
        self.at_all(&element.children);
        if element.kind.content.takes_text() {
            self.link.clear();
            let words = quote(&plain(&element.children));
            if !words.is_empty() {
                self.before = words;
            }
        }
    }

    fn at_heading(&mut self, heading: &Element) {
        let (level, words) = (heading.number("level"), quote(&plain(&heading.children)));
        if words.is_empty() {
            self.found.push((Problem::EmptyHeading, self.before.clone()));
        } else if level > self.level + 1 {
            self.found.push((Problem::SkippedHeading, words));
        }
        self.level = level;
    }

    fn at_figure(&mut self, figure: &Element) {
        let alt = figure.text_value("alt").trim();
        let caption = quote(&plain(&figure.children));
        let near = if caption.is_empty() { self.before.clone() } else { caption };
        match self.book.pictures.get(figure.text_value("src")) {
            None => self.found.push((Problem::ForeignPicture, near)),
            Some(picture) => {
                if alt.is_empty() {
                    self.found.push((Problem::NoAlt, near.clone()));
                }
                if picture.mime == "image/webp" {
                    self.found.push((Problem::NewPicture, near.clone()));
                }
                let share = match figure.text_value("size") {
                    "small" => 35,
                    "medium" => 65,
                    "full" => 100,
                    // As wide as it is: never made coarse.
                    _ => 0,
                };
                if picture.width * 100 < WIDE * share {
                    self.found.push((Problem::SmallPicture, near));
                }
            }
        }
    }

    fn at_mark(&mut self, mark: &Mark, text: &str) {
        let href = mark.text_value("href");
        if mark.kind.name != "link" || href == self.link {
            return;
        }
        href.clone_into(&mut self.link);
        let path = href.split(['#', '?']).next().unwrap_or_default();
        let is_here = href.starts_with(['/', '#']);
        if is_here && !self.book.links.contains_key(path) {
            self.found.push((Problem::DeadLink, quote(text)));
        }
    }
}

/// The beginning of a text, up to the end of a word.
fn quote(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    if line.chars().count() <= QUOTE {
        return line.to_owned();
    }
    let cut: String = line.chars().take(QUOTE).collect();
    cut.rsplit_once(char::is_whitespace).map_or(cut.clone(), |(whole, _)| whole.to_owned())
}
