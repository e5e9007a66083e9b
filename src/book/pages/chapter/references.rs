//! What chapters are called, for the links that say so.

use super::super::contents::rows::rows;
use crate::{
    book::{
        model::{BookId, Kind},
        state::Book,
    },
    metadata::{
        matter::{Counted, labels},
        reference::{Show, followed},
    },
};
use serde::Serialize;
use std::{borrow::Cow, collections::HashSet};

/// A chapter, and what a link to it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Called {
    /// Its address on this site.
    href: String,
    title: String,
    number: String,
    both: String,
}

impl Called {
    fn says(&self, show: Show) -> &str {
        match show {
            Show::Title => &self.title,
            Show::Number => &self.number,
            Show::Both => &self.both,
        }
    }
}

/// The chapters of a book, in the order of reading.
pub fn called(id: &BookId, book: &Book) -> Vec<Called> {
    let (numbering, language) = (book.publishing.matter.numbering, book.metadata.language.as_str());
    let rows = rows(book, &HashSet::new());
    let counted = rows.iter().map(|row| Counted {
        is_section: row.kind == Kind::Section,
        depth: row.depth,
        is_counted: !book.publishing.unnumbered.contains(&row.id),
    });
    let labels = labels(numbering, language, counted);
    let chapters = rows.iter().zip(labels).filter(|(row, _)| row.kind == Kind::Chapter);
    let called = chapters.map(|(row, label)| {
        let title = book.part(&row.id).map(|part| part.title.to_string()).unwrap_or_default();
        let says = |show: Show| show.words(&title, label.as_deref(), numbering, language);
        let (number, both) = (says(Show::Number), says(Show::Both));
        Called { href: format!("/book/{id}/{}", row.id), title, number, both }
    });
    called.collect()
}

/// The HTML of a chapter, in which such links say what chapters are called now.
pub fn in_html<'a>(html: &'a str, id: &BookId, book: &Book) -> Cow<'a, str> {
    // Most chapters have none: then nothing is counted.
    if !html.contains("?show=") {
        return Cow::Borrowed(html);
    }
    let all = called(id, book);
    followed(html, |path, show| {
        let one = all.iter().find(|one| one.href == path)?;
        Some(one.says(show).to_owned())
    })
}
