//! From EPUB, 2 or 3: a zip with a package that says which of its files are the book, in which order, and what it says about
//! itself. Whatever a reading program would forgive is forgiven: what is missing is passed over and named, what is listed
//! twice is read once, and where there are no contents its files and headings say what its chapters are.
//!
//! | file | what happens there |
//! | --- | --- |
//! | `package` | what the package lists, and what it says about the book |
//! | `contents` | where its chapters begin, and what they are called |
//! | `protection` | whether its text is encrypted |

mod contents;
mod package;
mod protection;

#[cfg(test)]
mod tests;

use super::super::{
    archive::Archive,
    beside::{Files, target},
    left_out::{LeftOut, What},
    manuscript::Manuscript,
    markup::Markup,
    unreadable::Unreadable,
    web_pages::{Page, read_pages, utf8},
};
use crate::costly::Budget;
use contents::Entry;
use package::Package;
use std::collections::HashSet;

/// Where an EPUB says which file is its package.
const CONTAINER: &str = "META-INF/container.xml";

/// Whether an archive is an EPUB.
pub(in crate::document) fn is_epub(archive: &Archive) -> bool {
    archive.has(CONTAINER) || archive.has("mimetype") && package_without_container(archive).is_some()
}

/// Reads a book.
///
/// # Errors
/// When it is protected, damaged beyond reading, or larger than any book.
pub fn read(mut archive: Archive, budget: &Budget) -> Result<Manuscript, Unreadable> {
    protection::must_be_open(&mut archive)?;
    let path = package_path(&mut archive)?;
    let text = archive.read_text(&path)?.ok_or(Unreadable::NoPackage)?;
    let mut package = Package::read(&Markup::read(&utf8(&text)), &path).ok_or(Unreadable::NoPackage)?;
    let mut left_out = LeftOut::default();
    let (mut pages, mut seen) = (Vec::new(), HashSet::new());
    for item in &std::mem::take(&mut package.spine) {
        Unreadable::check(budget)?;
        // Two names may mean one file.
        if !seen.insert(archive.find(&item.path).unwrap_or(&item.path).to_owned()) {
            continue;
        }
        let is_text = item.path.as_str() != package.nav.as_deref().unwrap_or_default();
        match text_at(&mut archive, &item.path)? {
            Some(text) => {
                if let Some(dedication) = dedication(&text) {
                    package.metadata.dedication = dedication;
                }
                let is_apparatus = !is_text || package.apparatus.contains(&item.path) || is_counted(&text);
                pages.push(Page { is_apparatus, ..Page::new(item.path.clone(), text, item.is_xml) });
            }
            None => left_out.add(What::File, &item.path),
        }
    }
    if pages.is_empty() {
        return Err(Unreadable::NoText);
    }
    let entries = entries(&mut archive, &package)?;
    let pictures: Vec<String> = super::super::web_pages::pictures(&archive);
    let files = Files::of(pages.iter().map(|page| page.path.as_str()), pictures.iter().map(String::as_str));
    let language = package.metadata.language.clone();
    let sheet = super::super::web_pages::sheets(&mut archive)?;
    let mut sources = read_pages(&pages, (&files, &sheet), &language, &mut left_out, budget)?;
    let cover = package.cover.as_deref().and_then(|path| files.picture_at(path));
    for source in &mut sources {
        source.is_apparatus &= !contents::is_text(source);
        source.is_apparatus |= contents::is_cover(source, cover);
    }
    let points = contents::points(&entries, &files, &sources);
    let mut book = Manuscript::new(sources, points);
    book.cover = cover.or_else(|| contents::first_cover(&book));
    (book.title, book.metadata, book.left_out) = (package.title, package.metadata, left_out);
    (book.pictures, book.files) = (pictures, Some(archive));
    Ok(book)
}

/// How the page of a book of ours begins that says whom it is for.
const DEDICATION: &str = "class=\"dedication\" epub:type=\"dedication\" role=\"doc-dedication\"";

/// Whom a book of ours is for, where this page says so: each paragraph with its lines.
fn dedication(page: &str) -> Option<String> {
    if !page.contains(DEDICATION) {
        return None;
    }
    let markup = Markup::read(page);
    let section = markup.find("section")?;
    let paragraphs = section.children.iter().filter(|child| child.name == "p").map(Markup::lines);
    Some(paragraphs.collect::<Vec<_>>().join("\n\n"))
}

/// Whether a page is made of the others, or of the title alone: it is made anew when the book goes out.
fn is_counted(text: &str) -> bool {
    let made = [
        "epub:type=\"loi\"",
        "epub:type=\"halftitlepage\"",
        // As books of ours have them.
        "role=\"doc-index\" data-counted",
        "<body class=\"cover-page\">",
        "class=\"title-page\" epub:type=\"titlepage\"",
        "class=\"imprint\" epub:type=\"copyright-page\"",
        DEDICATION,
    ];
    made.iter().any(|kind| text.contains(kind))
}

/// A file of text, if it is there, and can be unpacked.
fn text_at(archive: &mut Archive, path: &str) -> Result<Option<String>, Unreadable> {
    match archive.read_text(path) {
        Ok(text) => Ok(text.map(|text| utf8(&text))),
        // One that is damaged is none that is there.
        Err(Unreadable::Broken) => Ok(None),
        Err(other) => Err(other),
    }
}

fn entries(archive: &mut Archive, package: &Package) -> Result<Vec<Entry>, Unreadable> {
    for (path, read) in
        [(&package.nav, contents::of_nav as fn(&Markup, &str) -> Vec<Entry>), (&package.ncx, contents::of_ncx)]
    {
        if let Some(path) = path
            && let Some(text) = text_at(archive, path)?
        {
            let entries = read(&Markup::read(&text), path);
            if !entries.is_empty() {
                return Ok(entries);
            }
        }
    }
    Ok(Vec::new())
}

fn package_path(archive: &mut Archive) -> Result<String, Unreadable> {
    let container = text_at(archive, CONTAINER)?.unwrap_or_default();
    let container = Markup::read(&container);
    let named = container.all().into_iter().filter(|element| element.name == "rootfile");
    let named = named.filter_map(|file| target("", file.attribute("full-path")?)).map(|(path, _)| path);
    let named = named.into_iter().find(|path| archive.has(path));
    named.or_else(|| package_without_container(archive)).ok_or(Unreadable::NoPackage)
}

/// The only package there is, where nothing says which is it.
fn package_without_container(archive: &Archive) -> Option<String> {
    archive.paths().find(|path| path.to_lowercase().ends_with(".opf")).map(str::to_owned)
}
