//! From DOCX: a zip whose text is one file of WordprocessingML, transitional or strict, with its styles, the numbering of
//! its lists, its notes and its pictures beside it. What a paragraph is, its style says, by the name that it has in every
//! language, or by the style it is based on; changes that were proposed are read as accepted.
//!
//! | file | what happens there |
//! | --- | --- |
//! | `package` | which part is where, and what the file says of the book |
//! | `styles` | what the styles mean |
//! | `numbering` | what kind of list a paragraph is an item of, and from where it counts |
//! | `text` | the text, token by token |
//! | `run` | how text is marked, and the links it stands in |
//! | `fields` | the fields it stands in, and what those show |
//! | `equation` | the equation that a field is, in one line |
//! | `formula` | a formula in one line |
//! | `signs` | letters that a font draws as signs |
//! | `controls` | what one fills in, and boxes that one ticks |
//! | `drawings` | pictures, and lines across the page |
//! | `notes` | what notes say |
//! | `contents` | contents that are left out |
//! | `terms` | the terms of an index |
//! | `paragraph`, `ruby` | a paragraph, until it is whole; letters in it that have a reading |
//! | `blocks` | paragraphs become blocks |
//! | `nesting` | those of a list, of a quotation or of code become one |
//! | `front` | the title page, and the title |
//! | `tables` | cells |
//! | `settle` | what can be said only when all is read: languages, and links within the book |

mod blocks;
mod contents;
mod controls;
mod drawings;
mod equation;
mod fields;
mod formula;
mod front;
mod nesting;
mod notes;
mod numbering;
mod package;
mod paragraph;
mod ruby;
mod run;
mod settle;
mod signs;
mod styles;
mod tables;
mod terms;
#[cfg(test)]
mod tests;
mod text;

use super::super::{
    archive::Archive,
    left_out::LeftOut,
    manuscript::{Manuscript, Point, Source},
    unreadable::Unreadable,
    web_pages::{by_headings, pictures, utf8},
};
use crate::costly::Budget;
use blocks::Marked;
use notes::Notes;
use numbering::Numbering;
use package::Package;
use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
};
use styles::Styles;
use text::{Beside, Reader};

/// How many nodes a text of so many bytes may be: what is more is made to be.
fn most_nodes(bytes: usize) -> usize {
    (20_000 + bytes / 3).min(2_000_000)
}

/// How the files begin in which old word processors, and those that lock a document, keep all of it.
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
/// What a locked document is called in such a file.
const LOCKED: &str = "EncryptedPackage";
/// How much of such a file is in memory at once.
const PIECE: usize = 1 << 16;

/// Whether a file that begins so is a document of the old kind, or a locked one; and which of them.
///
/// # Errors
/// When it is either.
pub fn must_be_open(begin: &[u8], file: &mut File) -> Result<(), Unreadable> {
    if !begin.starts_with(COMPOUND) {
        return Ok(());
    }
    let broken = |_| Unreadable::Broken;
    let name: Vec<u8> = LOCKED.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let (mut kept, mut piece) = (Vec::new(), vec![0; PIECE]);
    file.seek(SeekFrom::Start(0)).map_err(broken)?;
    loop {
        let read = file.read(&mut piece).map_err(broken)?;
        if read == 0 {
            return Err(Unreadable::OldDocument);
        }
        kept.extend_from_slice(&piece[..read]);
        if kept.windows(name.len()).any(|here| here == name) {
            return Err(Unreadable::LockedDocument);
        }
        kept.drain(..kept.len().saturating_sub(name.len()));
    }
}

/// Whether an archive is a document of a word processor.
pub(in crate::document) fn is_docx(archive: &Archive) -> bool {
    archive.has("[Content_Types].xml") && archive.paths().any(|path| path.starts_with("word/"))
}

/// Reads a document.
///
/// # Errors
/// When its text is not there, damaged, or more than in any book.
pub fn read(mut archive: Archive, budget: &Budget) -> Result<Manuscript, Unreadable> {
    let package = Package::of(&mut archive)?;
    let text = utf8(&archive.read_text(&package.text)?.ok_or(Unreadable::NoDocument)?);
    let text = text.as_str();
    let part = |archive: &mut Archive, path: Option<&str>| match path.map(|path| archive.read_text(path)).transpose() {
        Ok(bytes) => Ok(bytes.flatten().map(|bytes| utf8(&bytes)).unwrap_or_default()),
        // What is damaged beside the text is as what is not there.
        Err(Unreadable::Broken) => Ok(String::new()),
        Err(other) => Err(other),
    };
    let styles = Styles::read(&part(&mut archive, package.part("styles"))?);
    let numbering = Numbering::read(&part(&mut archive, package.part("numbering"))?, &styles);
    let pictures = pictures(&archive);
    let mut left_out = LeftOut::default();
    let mut notes = Notes::default();
    for (kind, sign) in [("footnotes", 'f'), ("endnotes", 'e')] {
        let said = part(&mut archive, package.part(kind))?;
        let links = package.beside(&mut archive, package.part(kind).unwrap_or_default())?;
        let beside =
            Beside { styles: &styles, numbering: &numbering, links: &links, pictures: &pictures, is_marked: false };
        let mut reader = Reader::new(beside, &mut left_out, Notes::default(), most_nodes(said.len()));
        reader.read(&said, budget)?;
        notes.add(sign, reader.into_notes());
    }
    package.name_what_stays(&mut left_out);
    let links = package.beside(&mut archive, &package.text)?;
    let is_marked = text.contains(&format!("w:name=\"{}0", super::CHAPTER));
    let beside = Beside { styles: &styles, numbering: &numbering, links: &links, pictures: &pictures, is_marked };
    notes.may_be_said_again(text.len());
    let mut reader = Reader::new(beside, &mut left_out, notes, most_nodes(text.len()));
    reader.read(text, budget)?;
    if reader.is_full() {
        return Err(Unreadable::TooMany);
    }
    let (built, front, marked) = reader.finish();
    let said = package.says(&mut archive)?;
    let (mut built, mut metadata) = (built, said.metadata);
    let anchors = built.anchors.clone();
    let language = settle::settle(&mut built.nodes, &anchors, (&metadata.language, styles.language()), &mut left_out);
    metadata.language = language;
    let mut source = Source::of(built, None);
    let title = match front.say(&mut metadata, is_marked, &mut left_out).or(said.title) {
        Some(title) => Some(title),
        None if marked.is_empty() => front::title_of(&mut source),
        None => None,
    };
    let points =
        if marked.is_empty() { by_headings(&source.headings) } else { marked.into_iter().map(point).collect() };
    let mut book = Manuscript::new(vec![source], points);
    book.is_marked = is_marked;
    (book.title, book.metadata, book.left_out) = (title, metadata, left_out);
    (book.pictures, book.files) = (pictures, Some(archive));
    Ok(book)
}

fn point(Marked { at, level, is_section }: Marked) -> Point {
    Point { source: 0, at, level, title: None, is_section }
}
