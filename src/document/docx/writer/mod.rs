//! The file: a zip whose text is one file, which is written from its beginning to its end. What a word processor wants to
//! have elsewhere (notes, addresses, numbers of lists) waits in a file without a name, and is put behind it.
//!
//! This is written by hand, since the library that there is for it has the whole book with all its pictures in memory, and
//! makes a PNG of each of them.
//!
//! | file | what it has |
//! | --- | --- |
//! | `body` | a chapter: its blocks |
//! | `lines` | its text with marks, and its notes |
//! | `lists` | its lists, and how all lists of the book are numbered |
//! | `pictures` | its pictures |
//! | `tables` | its tables |
//! | `direction` | which way a text runs |
//! | `front` | what stands before the text: title page, imprint, contents |
//! | `styles` | the styles by which all of it is told apart |
//! | `package` | what the file says of itself |
//! | `spool` | what waits |

mod body;
mod direction;
mod front;
mod lines;
mod lists;
mod package;
mod pictures;
mod spool;
mod styles;
mod tables;

use super::{CHAPTER, SECTION};
use crate::document::{
    publication::{
        Outgoing, Picture, Publication,
        markup::Places,
        zipped::{as_it_is, packed},
    },
    tree::Node,
};
use body::Body;
use spool::Spool;
use std::{
    collections::BTreeMap,
    io::{self, Seek, Write},
    sync::Arc,
};
use zip::ZipWriter;

/// A book that is being written as a DOCX: first its parts in their order, then the pictures that they show.
pub struct Docx<W: Write + Seek> {
    zip: ZipWriter<W>,
    book: Arc<Publication>,
    written: usize,
    beside: Beside,
    /// The pictures that are still to come, by their addresses on the site, once the text is whole.
    wanted: Option<Vec<String>>,
}

/// What is written beside the text, and how far it is counted.
struct Beside {
    /// What the notes say.
    notes: Spool,
    /// Where the links of the text lead, and those of the notes.
    links: Spool,
    links_of_notes: Spool,
    /// How the lists are numbered.
    numbers: Spool,
    /// How many pictures are shown, and which, each with its number.
    shown: usize,
    pictures: BTreeMap<String, usize>,
    /// How many bookmarks there are besides those of the parts.
    marks: usize,
}

impl Beside {
    fn new() -> Self {
        let spool = Spool::default;
        let (notes, links, links_of_notes, numbers) = (spool(), spool(), spool(), spool());
        Self { notes, links, links_of_notes, numbers, shown: 0, pictures: BTreeMap::new(), marks: 0 }
    }
}

/// Where the parts of a book are found in it, by their bookmarks.
struct InDocument<'a>(&'a Publication);

impl Places for InDocument<'_> {
    fn part(&self, at: usize) -> String {
        format!("#{}", bookmark(self.0, at))
    }

    fn picture(&self, file: &str) -> String {
        format!("media/{file}")
    }
}

/// The bookmark of a part, by its number.
fn bookmark(book: &Publication, at: usize) -> String {
    let is_section = book.parts.get(at).is_some_and(|part| part.is_section);
    format!("{}{:04}", if is_section { SECTION } else { CHAPTER }, at + 1)
}

/// The bookmark of a figure: the how manieth of a part.
fn figure_mark(part: usize, number: usize) -> String {
    format!("_Figure{part}_{number}")
}

impl<W: Write + Seek> Docx<W> {
    /// Begins it: what stands before the text.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(to: W, book: Arc<Publication>) -> io::Result<Self> {
        let mut docx = Self { zip: ZipWriter::new(to), book, written: 0, beside: Beside::new(), wanted: None };
        let book = Arc::clone(&docx.book);
        docx.put("[Content_Types].xml", package::CONTENT_TYPES)?;
        docx.put("_rels/.rels", package::RELATIONSHIPS)?;
        docx.put("docProps/core.xml", &package::properties(&book))?;
        docx.put("word/styles.xml", &styles::styles(&book))?;
        docx.put("word/settings.xml", package::SETTINGS)?;
        docx.put("word/footer1.xml", package::FOOTER)?;
        docx.zip.start_file("word/document.xml", packed())?;
        docx.zip.write_all(front::front(&book).as_bytes())?;
        docx.end_text_if_whole()?;
        Ok(docx)
    }

    /// What stands in the text is whole: all that waited comes behind it.
    fn end_text_if_whole(&mut self) -> io::Result<()> {
        if self.written < self.book.parts.len() || self.wanted.is_some() {
            return Ok(());
        }
        self.zip.write_all(front::index(&self.book).as_bytes())?;
        self.zip.write_all(package::END_OF_TEXT.as_bytes())?;
        let (zip, beside) = (&mut self.zip, &mut self.beside);
        zip.start_file("word/footnotes.xml", packed())?;
        beside.notes.between(package::NOTES, "</w:footnotes>", zip)?;
        zip.start_file("word/numbering.xml", packed())?;
        beside.numbers.between(&lists::kinds(), "</w:numbering>", zip)?;
        zip.start_file("word/_rels/footnotes.xml.rels", packed())?;
        beside.links_of_notes.between(package::LINKS, package::END_OF_LINKS, zip)?;
        let mut links = package::links_of_text();
        let shown = beside.pictures.iter().filter_map(|(address, number)| {
            let picture = self.book.pictures.get(address)?;
            Some(package::link_to_picture(*number, &picture.file))
        });
        links.extend(shown);
        zip.start_file("word/_rels/document.xml.rels", packed())?;
        beside.links.between(&links, package::END_OF_LINKS, zip)?;
        self.wanted = Some(beside.pictures.keys().rev().cloned().collect());
        Ok(())
    }

    fn put(&mut self, name: &str, content: &str) -> io::Result<()> {
        self.zip.start_file(name, packed())?;
        self.zip.write_all(content.as_bytes())
    }
}

impl<W: Write + Seek + Send> Outgoing<W> for Docx<W> {
    fn part(&mut self, at: usize, nodes: &[Node]) -> io::Result<()> {
        let book = Arc::clone(&self.book);
        let text = Body::part(&book, &mut self.beside, at, nodes)?;
        self.zip.write_all(text.as_bytes())?;
        self.written += 1;
        self.end_text_if_whole()
    }

    fn wants(&mut self) -> io::Result<Option<(String, Picture)>> {
        let Some(address) = self.wanted.as_mut().and_then(Vec::pop) else { return Ok(None) };
        let Some(picture) = self.book.pictures.get(&address).cloned() else { return Ok(None) };
        self.zip.start_file(format!("word/media/{}", picture.file), as_it_is())?;
        Ok(Some((address, picture)))
    }

    fn picture(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.zip.write_all(bytes)
    }

    fn finish(self: Box<Self>) -> io::Result<W> {
        Ok(self.zip.finish()?)
    }
}
