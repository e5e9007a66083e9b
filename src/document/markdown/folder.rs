//! From Markdown: a folder of files that was packed, as its `SUMMARY.md` lists it, or file by file.

use super::{
    book::title_above,
    decoded::{missed, text_at},
    front_matter::{self, About},
    includes::Includes,
    listing::{Listing, by_folders, name_of},
    parts::Part,
    places::settle,
    split::{Among, read_tree},
    summary::Summary,
};
use crate::{
    costly::Budget,
    document::{
        archive::Archive,
        beside::{Around, Files, may_be_text, target},
        left_out::{LeftOut, What},
        manuscript::{Manuscript, Source},
        unreadable::Unreadable,
        web_pages::pictures,
    },
};
use std::{collections::HashSet, mem::take};

/// A file of a folder, as it was read.
#[derive(Default)]
pub(super) struct FileRead {
    pub source: Source,
    /// The parts of a book that are marked in it, each with where it begins.
    pub parts: Vec<(usize, Part)>,
    /// What it says itself that it is called.
    pub title: Option<String>,
    /// Whether it is there, and is text.
    pub is_there: bool,
}

/// A folder of which one file is read after the other.
struct Folder<'a> {
    archive: Archive,
    files: Files,
    is_mdbook: bool,
    includes: Includes,
    about: About,
    left_out: LeftOut,
    read: Vec<FileRead>,
    budget: &'a Budget,
}

/// Reads a folder of Markdown that was packed: as its `SUMMARY.md` lists it, or file by file.
///
/// # Errors
/// When none is in it, or more than in any book.
pub fn read_folder(mut archive: Archive, budget: &Budget) -> Result<Manuscript, Unreadable> {
    let mut left_out = LeftOut::default();
    let summary = Summary::read(&mut archive, &mut left_out)?;
    let is_mdbook = summary.is_some();
    let summary = summary.unwrap_or_else(|| Summary { chapters: by_folders(&archive), ..Summary::default() });
    let listing = Listing::of(summary.chapters, &archive);
    let pictures = pictures(&archive);
    let texts = listing.files.iter().map(|path| path.as_deref().unwrap_or_default());
    let files = Files::of(texts, pictures.iter().map(String::as_str));
    let (includes, about, read) = (Includes::default(), summary.about, Vec::with_capacity(listing.files.len()));
    let mut folder = Folder { archive, files, is_mdbook, includes, about, left_out, read, budget };
    for path in &listing.files {
        folder.read_next(path.as_deref())?;
    }
    if folder.read.iter().all(|file| file.source.nodes.is_empty()) {
        return Err(folder.why_nothing(&listing));
    }
    folder.name_others(&listing, summary.path.as_deref());
    let Folder { archive, files, about, mut left_out, read, .. } = folder;
    let points = listing.points(&read, is_mdbook, &mut left_out);
    let is_marked = read.iter().any(|file| !file.parts.is_empty());
    let mut sources: Vec<Source> = read.into_iter().map(|file| file.source).collect();
    settle(&mut sources, &mut left_out);
    let first = listing.files.first().and_then(Option::as_deref).unwrap_or_default();
    let cover = about.cover.as_deref().and_then(|cover| target(first, cover));
    let cover = cover.and_then(|(path, _)| files.picture_at(&path));
    let mut book = Manuscript::new(sources, points);
    (book.title, book.metadata, book.left_out, book.cover) = (about.title, about.metadata, left_out, cover);
    (book.pictures, book.files, book.is_marked) = (pictures, Some(archive), is_marked);
    Ok(book)
}

impl Folder<'_> {
    /// Reads the next of the files, or notes that there is none.
    fn read_next(&mut self, path: Option<&str>) -> Result<(), Unreadable> {
        Unreadable::check(self.budget)?;
        let file = match path {
            Some(path) => self.file(path)?,
            None => FileRead::default(),
        };
        self.read.push(file);
        Ok(())
    }

    fn file(&mut self, path: &str) -> Result<FileRead, Unreadable> {
        let name = Some(name_of(path));
        let Some(text) = text_at(&mut self.archive, path)? else {
            self.left_out.add(missed(&self.archive, path), path);
            return Ok(FileRead { source: Source { name, ..Source::default() }, ..FileRead::default() });
        };
        let text = if self.is_mdbook {
            self.includes.filled(&text, path, &mut self.archive, &mut self.left_out)?
        } else {
            text
        };
        let (mut own, rest) = front_matter::take(&text, &mut self.left_out);
        let around = Around { files: &self.files, path };
        let mut read = read_tree(rest, take(&mut self.left_out), Among::Files(around), self.budget)?;
        self.left_out = take(&mut read.left_out);
        if read.parts.first().is_some_and(|(at, _)| *at > 0) {
            let title = title_above(&own, &mut read.built, &mut read.parts);
            own.title = own.title.take().or(title);
        }
        let title = own.title.clone();
        // What the first says of itself is about the book, and so is what is said by one that is a whole book.
        let is_of_book = self.read.is_empty() || !read.parts.is_empty();
        let said = &self.about.metadata;
        if is_of_book || said.people.is_empty() && said.language.is_empty() {
            self.about.complete(own);
        }
        let source = Source { name, ..Source::of(read.built, None) };
        Ok(FileRead { source, parts: read.parts, title, is_there: true })
    }

    /// Why there is no text in any of the files.
    fn why_nothing(&self, listing: &Listing) -> Unreadable {
        let lies_there = |path: &Option<String>| path.as_deref().is_some_and(|path| self.archive.has(path));
        let mut all = self.read.iter().zip(&listing.files);
        let is_no_text = all.any(|(file, path)| !file.is_there && lies_there(path));
        if is_no_text { Unreadable::NotUtf8 } else { Unreadable::NoText }
    }

    /// Names the files of text that are neither listed nor taken into another.
    fn name_others(&mut self, listing: &Listing, summary: Option<&str>) {
        let read: HashSet<&str> = listing.files.iter().flatten().map(String::as_str).chain(summary).collect();
        for path in self.archive.paths() {
            if may_be_text(path) && !read.contains(path) && !self.includes.has_taken(path) {
                self.left_out.add(What::Unread, path);
            }
        }
    }
}

impl About {
    /// What is not said here is taken from there.
    fn complete(&mut self, other: Self) {
        self.title = self.title.take().or(other.title);
        self.cover = self.cover.take().or(other.cover);
        let metadata = other.metadata;
        let own = &mut self.metadata;
        if own.people.is_empty() {
            own.people = metadata.people;
        }
        if own.subjects.is_empty() {
            own.subjects = metadata.subjects;
        }
        for (own, other) in [
            (&mut own.subtitle, metadata.subtitle),
            (&mut own.language, metadata.language),
            (&mut own.description, metadata.description),
            (&mut own.isbn, metadata.isbn),
            (&mut own.publisher, metadata.publisher),
            (&mut own.licence, metadata.licence),
            (&mut own.series, metadata.series),
            (&mut own.series_number, metadata.series_number),
            (&mut own.dedication, metadata.dedication),
            (&mut own.published, metadata.published),
        ] {
            if own.is_empty() {
                *own = other;
            }
        }
    }
}
