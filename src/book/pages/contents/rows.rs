//! The contents as the tree shows them: the visible lines, in order.

use crate::book::{
    model::{Kind, Part, PartId},
    state::Book,
};
use std::collections::{HashMap, HashSet};

/// A visible line of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Which part.
    pub id: PartId,
    /// A chapter or a section.
    pub kind: Kind,
    /// How many sections it stands in.
    pub depth: usize,
    /// Its place among those of one section, counted from 1.
    pub place: usize,
    /// How many there are in that section.
    pub of: usize,
    /// Whether it is a section whose parts are hidden.
    pub folded: bool,
}

/// The visible lines, with the parts of folded sections left out.
pub fn rows(book: &Book, folded: &HashSet<PartId>) -> Vec<Row> {
    let mut by_parent: HashMap<Option<&PartId>, Vec<&Part>> = HashMap::new();
    for part in &book.parts {
        by_parent.entry(part.parent.as_ref()).or_default().push(part);
    }
    let mut rows = Vec::with_capacity(book.parts.len());
    below(&by_parent, None, 0, folded, &mut rows);
    rows
}

fn below(
    by_parent: &HashMap<Option<&PartId>, Vec<&Part>>,
    parent: Option<&PartId>,
    depth: usize,
    folded: &HashSet<PartId>,
    rows: &mut Vec<Row>,
) {
    let Some(parts) = by_parent.get(&parent) else { return };
    for (at, part) in parts.iter().enumerate() {
        let is_folded = part.kind == Kind::Section && folded.contains(&part.id);
        rows.push(Row {
            id: part.id.clone(),
            kind: part.kind,
            depth,
            place: at + 1,
            of: parts.len(),
            folded: is_folded,
        });
        // Sections are never so deep that this could not end; a circle, which the server refuses, must not hang a page.
        if part.kind == Kind::Section && !is_folded && depth <= 2 * Book::DEPTH {
            below(by_parent, Some(&part.id), depth + 1, folded, rows);
        }
    }
}

/// Every part, in the order of reading.
pub fn in_order(book: &Book) -> Vec<&Part> {
    let by_id: HashMap<&PartId, &Part> = book.parts.iter().map(|part| (&part.id, part)).collect();
    rows(book, &HashSet::new()).iter().filter_map(|row| by_id.get(&row.id).copied()).collect()
}

/// The chapter before and the chapter after one, in the order of reading.
pub fn around<'a>(book: &'a Book, part: &PartId) -> (Option<&'a Part>, Option<&'a Part>) {
    let chapters: Vec<&Part> = in_order(book).into_iter().filter(|part| part.kind == Kind::Chapter).collect();
    match chapters.iter().position(|chapter| chapter.id == *part) {
        Some(at) => (at.checked_sub(1).and_then(|before| chapters.get(before)).copied(), chapters.get(at + 1).copied()),
        None => (None, None),
    }
}
