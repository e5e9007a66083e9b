//! Text that goes out, as Markdown.

use super::Access;
use crate::{
    book::{
        model::{Kind, Part, PartId, Title},
        state::Book,
        store::{books, contents::Contents},
    },
    document::markdown::{Among, heading, write_among},
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
        let mut sql = self.database.read().await?;
        let (title, ..) = books::head(&mut sql, &self.book).await?;
        let parts = Contents::load(&mut sql, &self.book).await?.into_parts();
        let mut outline = Vec::with_capacity(parts.len());
        below(&parts, None, 0, &mut outline);
        Ok((title, outline))
    }

    /// A chapter with its title, which stands `depth` deep below a book's; 0 for one that stands by itself.
    pub async fn chapter_markdown(&self, part: &Part, depth: usize, notes: String) -> Result<String, Fault> {
        let lower = u8::try_from(depth).unwrap_or(u8::MAX);
        let among = Among { lower, notes };
        let text = self.look(&part.id, move |held| Ok(write_among(&held.document().nodes(), &among))).await?;
        Ok(format!("{}\n{text}", heading(lower.saturating_add(1), part.title.as_str())))
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
