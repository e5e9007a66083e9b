//! Text that goes out: as Markdown, and as a whole book in any format.

use super::Access;
use crate::{
    book::{
        model::{BookId, Kind, Part, PartId, Title},
        pictures::address,
        publishing::Publishing,
        state::Book,
        store::{books, contents::Contents, metadata, pictures},
    },
    database::Connection,
    document::{
        markdown::{Among, OneFile, heading, write_among},
        publication::{self, Publication},
        tree::Node,
    },
};
use sputnik::Fault;
use std::{collections::BTreeMap, sync::Arc};

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

    /// The book on its way out, and its parts in the order of reading, which are its own in the same order.
    pub async fn publication(&self) -> Result<(Publication, Vec<OutlineEntry>), Fault> {
        publication_of(&mut *self.database.read().await?, &self.book, |_| true).await
    }

    /// What stands in a chapter.
    pub async fn chapter_nodes(&self, part: &PartId) -> Result<Vec<Node>, Fault> {
        self.look(part, |held| Ok(held.document().nodes())).await
    }

    /// Whether they may take the book along in a format that its owners offer readers, or do not: whoever belongs to it
    /// may in any case.
    pub async fn must_be_offered(&self, is_offered: impl Fn(&Publishing) -> bool) -> Result<(), Fault> {
        if self.is_member {
            return Ok(());
        }
        let (_, publishing) = metadata::load(&mut *self.database.glance().await?, &self.book).await?;
        if is_offered(&publishing) {
            return Ok(());
        }
        Err(Fault::forbidden("The owners of this book do not offer it as this kind of file. It can be read here."))
    }

    /// A chapter with its title, as a file of its own.
    pub async fn chapter_markdown(&self, part: &Part) -> Result<String, Fault> {
        let text = self.look(&part.id, |held| Ok(write_among(&held.document().nodes(), &Among::default()))).await?;
        Ok(format!("{}\n{text}", heading(1, part.title.as_str())))
    }

    /// A chapter with its title where it stands in a book, so deep in sections, marked so that it comes in again as one.
    pub async fn book_chapter_markdown(
        &self,
        (book, part, depth): (Arc<OneFile>, &Part, usize),
        notes: String,
    ) -> Result<String, Fault> {
        let title = part.title.to_string();
        self.look(&part.id, move |held| Ok(book.chapter(&title, depth, notes, held.document().nodes()))).await
    }
}

/// A book on its way out with those of its chapters that are wanted, and its parts in the order of reading, which are its
/// own in the same order.
pub async fn publication_of(
    sql: &mut Connection,
    book: &BookId,
    is_wanted: impl Fn(&PartId) -> bool,
) -> Result<(Publication, Vec<OutlineEntry>), Fault> {
    let (title, mut outline) = outline(sql, book).await?;
    outline.retain(|OutlineEntry { part, .. }| part.kind == Kind::Section || is_wanted(&part.id));
    let (metadata, publishing) = metadata::load(sql, book).await?;
    let changed = books::changed(sql, book).await?;
    let mut all = BTreeMap::new();
    for (id, stored) in pictures::of_book(sql, book).await? {
        all.insert(
            address(book, &id),
            publication::Picture {
                file: format!("{id}.{}", stored.format.ending()),
                mime: stored.format.mime(),
                bytes: stored.bytes,
                width: stored.width,
                height: stored.height,
            },
        );
    }
    let place = |entry: &OutlineEntry| format!("/book/{book}/{}", entry.part.id);
    let part = |OutlineEntry { part, depth }: &OutlineEntry| publication::Part {
        title: part.title.to_string(),
        depth: *depth,
        is_section: part.kind == Kind::Section,
    };
    let mut publication = Publication {
        identity: book.to_string(),
        title: title.to_string(),
        metadata,
        theme: publishing.theme,
        matter: publishing.matter,
        changed,
        cover: publishing.cover.map(|cover| address(book, &cover)),
        parts: outline.iter().map(part).collect(),
        labels: Vec::new(),
        figures: Vec::new(),
        terms: Vec::new(),
        links: outline.iter().map(place).zip(0..).collect(),
        pictures: all,
    };
    let is_left_out = |entry: &OutlineEntry| publishing.unnumbered.contains(&entry.part.id);
    let unnumbered = outline.iter().zip(0..).filter(|(entry, _)| is_left_out(entry)).map(|(_, at)| at).collect();
    publication.number(&unnumbered);
    Ok((publication, outline))
}

/// A book's title, and its parts in the order of reading.
pub(super) async fn outline(sql: &mut Connection, book: &BookId) -> Result<(Title, Vec<OutlineEntry>), Fault> {
    let (title, ..) = books::head(sql, book).await?;
    let parts = Contents::load(sql, book).await?.into_parts();
    let mut outline = Vec::with_capacity(parts.len());
    below(&parts, None, 0, &mut outline);
    Ok((title, outline))
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
