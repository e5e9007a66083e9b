//! Text that goes out, as Markdown.

use super::Access;
use crate::{
    book::{
        model::{BookId, Kind, Part, PartId, Title},
        state::Book,
        store::{books, contents::Contents},
    },
    database::Connection,
    document::{
        markdown::{Among, Part as Marked, heading, write_among},
        tree::Node,
    },
};
use sputnik::Fault;

/// A part of a book where it stands in the order of reading.
pub struct OutlineEntry {
    /// The part.
    pub part: Part,
    /// In how many sections it stands.
    pub depth: usize,
}

impl Access {
    /// A chapter or section of the book.
    pub async fn part(&self, part: &PartId) -> Result<Part, Fault> {
        let mut sql = self.database.read().await?;
        Ok(Contents::load(&mut sql, &self.book).await?.get(part)?.clone())
    }

    /// The book's title, and its parts in the order of reading.
    pub async fn outline(&self) -> Result<(Title, Vec<OutlineEntry>), Fault> {
        outline(&mut *self.database.read().await?, &self.book).await
    }

    /// A chapter with its title, as a file of its own.
    pub async fn chapter_markdown(&self, part: &Part) -> Result<String, Fault> {
        let text = self.look(&part.id, |held| Ok(write_among(&held.document().nodes(), &Among::default()))).await?;
        Ok(format!("{}\n{text}", heading(1, part.title.as_str())))
    }

    /// A chapter with its title where it stands in a book, so deep in sections, marked so that it comes in again as one.
    pub async fn book_chapter_markdown(&self, part: &Part, depth: usize, notes: String) -> Result<String, Fault> {
        let lower = lower(depth);
        let among = Among { lower, notes };
        let write = move |nodes: Vec<Node>| {
            let mut levels = Vec::new();
            heading_levels(&nodes, &mut levels);
            (Marked::chapter(levels, lower).mark(), write_among(&nodes, &among))
        };
        let (mark, text) = self.look(&part.id, move |held| Ok(write(held.document().nodes()))).await?;
        Ok(format!("{mark}\n{}\n{text}", heading(lower.saturating_add(1), part.title.as_str())))
    }
}

/// A book's title, and its parts in the order of reading.
pub(super) async fn outline(sql: &mut Connection, book: &BookId) -> Result<(Title, Vec<OutlineEntry>), Fault> {
    let (title, ..) = books::head(sql, book).await?;
    let parts = Contents::load(sql, book).await?.into_parts();
    let mut outline = Vec::with_capacity(parts.len());
    below(&parts, None, 0, &mut outline);
    Ok((title, outline))
}

/// The title of a section where it stands in a book, so deep in others.
pub fn section_markdown(part: &Part, depth: usize) -> String {
    format!("{}\n{}", Marked::Section.mark(), heading(lower(depth).saturating_add(1), part.title.as_str()))
}

/// How much lower headings are, so deep in sections, below the title of the book.
fn lower(depth: usize) -> u8 {
    u8::try_from(depth + 1).unwrap_or(u8::MAX)
}

/// The levels of a chapter's headings, in the order in which they are written. In a table there are none: a cell is a line.
fn heading_levels(nodes: &[Node], levels: &mut Vec<u8>) {
    for node in nodes {
        match node {
            Node::Element(heading) if heading.kind.name == "heading" => {
                levels.push(u8::try_from(heading.number("level")).unwrap_or(2));
            }
            Node::Element(element) if element.kind.name != "table" => heading_levels(&element.children, levels),
            _ => {}
        }
    }
}

fn below(parts: &[Part], parent: Option<&PartId>, depth: usize, outline: &mut Vec<OutlineEntry>) {
    for part in parts.iter().filter(|part| part.parent.as_ref() == parent) {
        outline.push(OutlineEntry { part: part.clone(), depth });
        // Sections are never so deep that this could not end.
        if part.kind == Kind::Section && depth <= Book::DEPTH {
            below(parts, Some(&part.id), depth + 1, outline);
        }
    }
}
