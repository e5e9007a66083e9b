//! From Markdown: a whole book, as one file in which its chapters are marked or begin with headings, or as a folder of
//! files that was packed.

use super::{
    front_matter::{self, About},
    includes::Includes,
    parts::Part,
    split::{Among, read_tree, with_ends},
    summary::{Listed, Summary},
};
use crate::{
    costly::Budget,
    document::{
        archive::Archive,
        beside::{Around, Files, target},
        builder::{Built, Heading},
        left_out::{LeftOut, What},
        manuscript::{Manuscript, Point, Source},
        tree::plain,
        unreadable::Unreadable,
        web_pages::{by_headings, natural, pictures},
    },
};
use std::path::Path;

/// Reads one file.
///
/// # Errors
/// When nothing is in it, or it is taken to be more than its length.
pub fn read_file(markdown: &str, budget: &Budget) -> Result<Manuscript, Unreadable> {
    let mut left_out = LeftOut::default();
    let markdown = with_ends(markdown);
    let (mut about, markdown) = front_matter::take(&markdown, &mut left_out);
    let mut read = read_tree(markdown, left_out, Among::Parts, budget)?;
    if read.parts.first().is_some_and(|(at, _)| *at > 0) {
        let title = title_above(&about, &mut read.built, &mut read.parts);
        about.title = about.title.take().or(title);
    }
    let (built, is_marked) = (read.built, !read.parts.is_empty());
    let points =
        if read.parts.is_empty() { by_headings(&built.headings) } else { marked(&read.parts, &built.headings) };
    let mut book = Manuscript::new(vec![Source::of(built, None)], points);
    (book.title, book.metadata, book.left_out) = (about.title, about.metadata, read.left_out);
    book.is_marked = is_marked;
    Ok(book)
}

/// The heading above all parts is the title of the book, unless that is called otherwise.
fn title_above(about: &About, built: &mut Built, parts: &mut [(usize, Part)]) -> Option<String> {
    let first = *built.headings.first()?;
    if first.at > 0 || first.level > 1 || !about.is_of(&built.nodes[0]) {
        return None;
    }
    let title = plain(std::slice::from_ref(&built.nodes.remove(0)));
    built.headings.remove(0);
    built.headings.iter_mut().for_each(|heading| heading.at -= 1);
    parts.iter_mut().for_each(|(at, _)| *at -= 1);
    built.anchors.values_mut().for_each(|at| *at = at.saturating_sub(1));
    Some(title.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Where the parts begin that are marked, each as deep as its heading stands.
fn marked(parts: &[(usize, Part)], headings: &[Heading]) -> Vec<Point> {
    let point = |(at, part): &(usize, Part)| {
        let found = headings.binary_search_by_key(at, |heading| heading.at).ok()?;
        let level = usize::from(headings[found].level).saturating_sub(1).max(1);
        Some(Point { source: 0, at: *at, level, title: None, is_section: *part == Part::Section })
    };
    parts.iter().filter_map(point).collect()
}

/// Whether a file is Markdown, by its name.
pub(in crate::document) fn is_markdown(path: &str) -> bool {
    let ending = Path::new(path).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    matches!(&*ending.to_ascii_lowercase(), "md" | "markdown" | "mdown" | "mkd" | "txt")
}

/// Reads a folder of Markdown that was packed: as its `SUMMARY.md` lists it, or file by file.
///
/// # Errors
/// When none is in it, or more than in any book.
pub fn read_folder(mut archive: Archive, budget: &Budget) -> Result<Manuscript, Unreadable> {
    let mut left_out = LeftOut::default();
    let summary = Summary::read(&mut archive)?;
    let listed = match &summary {
        Some(summary) => summary.chapters.clone(),
        None => by_folders(&archive),
    };
    let texts: Vec<&str> = listed.iter().map(|listed| listed.path.as_deref().unwrap_or_default()).collect();
    let pictures = pictures(&archive);
    let files = Files::of(texts.iter().copied(), pictures.iter().map(String::as_str));
    let is_mdbook = summary.is_some();
    let mut about = summary.map(|summary| summary.about).unwrap_or_default();
    let (mut sources, mut points) = (Vec::new(), Vec::new());
    let (mut includes, mut is_marked) = (Includes::default(), false);
    for (number, entry) in listed.iter().enumerate() {
        Unreadable::check(budget)?;
        let path = entry.path.as_deref().unwrap_or_default();
        let (mut own, mut parts) = (About::default(), Vec::new());
        let source = match markdown_at(&mut archive, path)? {
            Some(text) => {
                let text = if is_mdbook { includes.filled(&text, path, &mut archive, &mut left_out)? } else { text };
                let (front, rest) = front_matter::take(&text, &mut left_out);
                own = front;
                let around = Around { files: &files, path };
                let mut read = read_tree(rest, left_out, Among::Files(around), budget)?;
                left_out = read.left_out;
                if read.parts.first().is_some_and(|(at, _)| *at > 0) {
                    let title = title_above(&own, &mut read.built, &mut read.parts);
                    own.title = own.title.take().or(title);
                }
                parts = read.parts;
                Source::of(read.built, None)
            }
            None => {
                if !path.is_empty() {
                    left_out.add(What::File, path);
                }
                Source::default()
            }
        };
        let title = entry.title.clone().or_else(|| own.title.clone());
        let source = Source { name: Some(name_of(path)), ..source };
        if !parts.is_empty() {
            // It is a whole book that was taken out.
            is_marked = true;
            let marked = marked(&parts, &source.headings).into_iter();
            points.extend(marked.map(|point| Point { source: number, level: entry.level - 1 + point.level, ..point }));
            sources.push(source);
            about.complete(own);
            continue;
        }
        points.push(Point { source: number, at: 0, level: entry.level, title, is_section: entry.is_section });
        if !entry.is_section && !is_mdbook {
            let below = by_headings(&source.headings).into_iter().filter(|heading| heading.at > 0);
            points.extend(below.map(|point| Point { source: number, level: entry.level + point.level, ..point }));
        }
        sources.push(source);
        // What the first says of itself is about the book.
        if number == 0 || about.metadata.people.is_empty() && about.metadata.language.is_empty() {
            about.complete(own);
        }
    }
    if sources.iter().all(|source: &Source| source.nodes.is_empty()) {
        return Err(Unreadable::NoText);
    }
    let first = listed.first().and_then(|listed| listed.path.clone()).unwrap_or_default();
    let cover = about.cover.as_deref().and_then(|cover| target(&first, cover));
    let cover = cover.and_then(|(path, _)| files.picture_at(&path));
    let mut book = Manuscript::new(sources, points);
    (book.title, book.metadata, book.left_out, book.cover) = (about.title, about.metadata, left_out, cover);
    (book.pictures, book.files, book.is_marked) = (pictures, Some(archive), is_marked);
    Ok(book)
}

/// A file of Markdown, if it is there.
pub(super) fn markdown_at(archive: &mut Archive, path: &str) -> Result<Option<String>, Unreadable> {
    let Some(bytes) = archive.read_text(path)? else { return Ok(None) };
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").map(<[u8]>::to_vec).unwrap_or(bytes);
    let text = String::from_utf8(bytes).map_err(|_| Unreadable::NotUtf8)?;
    Ok(Some(with_ends(&text).into_owned()))
}

fn name_of(path: &str) -> String {
    let file = path.rsplit('/').next().unwrap_or_default();
    file.rsplit_once('.').map_or(file, |(stem, _)| stem).to_owned()
}

/// All files in their folders, as people list them: the one that introduces a folder first.
fn by_folders(archive: &Archive) -> Vec<Listed> {
    let mut paths: Vec<&str> = archive.paths().filter(|path| is_markdown(path) && !is_about_files(path)).collect();
    let introduces = |path: &str| matches!(&*name_of(path).to_lowercase(), "index" | "_index" | "readme");
    let key = |path: &str| {
        let mut parts: Vec<String> = path.split('/').map(str::to_owned).collect();
        if introduces(path) {
            parts.pop();
        }
        parts
    };
    paths.sort_by(|one, other| {
        let (one, other) = (key(one), key(other));
        let differs = one.iter().zip(&other).map(|(one, other)| natural(one, other)).find(|order| order.is_ne());
        differs.unwrap_or_else(|| one.len().cmp(&other.len()))
    });
    // The folder that all lie in is the book's own.
    let shared = paths.first().map_or(0, |first| {
        let folders = first.split('/').count() - 1;
        (0..=folders).rev().find(|count| paths.iter().all(|path| has_same_folders(first, path, *count))).unwrap_or(0)
    });
    let (mut listed, mut open): (Vec<Listed>, Vec<String>) = (Vec::new(), Vec::new());
    for path in paths {
        let folders: Vec<&str> = path.split('/').collect();
        let folders = &folders[shared..folders.len() - 1];
        let same = folders.iter().zip(&open).take_while(|(one, other)| *one == *other).count();
        open.truncate(same);
        for (depth, folder) in folders.iter().enumerate().skip(same) {
            open.push((*folder).to_owned());
            let is_introduced = introduces(path) && depth + 1 == folders.len();
            let path = is_introduced.then(|| path.to_owned());
            let title = path.is_none().then(|| (*folder).to_owned());
            listed.push(Listed { title, path, level: depth + 1, is_section: true });
        }
        if listed.last().is_none_or(|last| last.path.as_deref() != Some(path)) {
            let title = None;
            listed.push(Listed { title, path: Some(path.to_owned()), level: folders.len() + 1, is_section: false });
        }
    }
    listed
}

fn has_same_folders(one: &str, other: &str, count: usize) -> bool {
    let folders = |path: &'_ str| path.split('/').count() - 1;
    folders(other) >= count && one.split('/').take(count).eq(other.split('/').take(count))
}

/// Whether a file tells something about the others.
fn is_about_files(path: &str) -> bool {
    let name = name_of(path).to_lowercase();
    let is_hidden = path.split('/').any(|part| part.starts_with('.') || part == "__MACOSX");
    is_hidden || matches!(&*name, "license" | "licence" | "changelog" | "contributing") && !path.contains('/')
}

impl About {
    /// What is not said here is taken from there.
    pub(super) fn complete(&mut self, other: Self) {
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
