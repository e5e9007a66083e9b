//! The file: a zip archive that is written from its beginning to its end, so that no more of the book is in memory than one
//! chapter, or a piece of a picture.

use super::{
    front::{DRAWN, NAV, back, front},
    navigation::ncx,
    package::{Found, Item, package, part_file, part_id},
    page::part_page,
};
use crate::document::{
    publication::{
        Outgoing, Picture, Publication, cover,
        markup::Places,
        style::sheet,
        zipped::{as_it_is, packed},
    },
    tree::Node,
};
use std::{
    collections::BTreeSet,
    io::{self, Seek, Write},
    sync::Arc,
};
use zip::ZipWriter;

/// Where all of the book lies in the archive.
const FOLDER: &str = "EPUB";

/// Leads a reader to the package file.
const CONTAINER: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
    <container version=\"1.0\" xmlns=\"urn:oasis:names:tc:opendocument:xmlns:container\">\n<rootfiles>\n\
    <rootfile full-path=\"EPUB/package.opf\" media-type=\"application/oebps-package+xml\"/>\n</rootfiles>\n</container>\n";

/// A book that is being written as an EPUB: first its parts in their order, then the pictures it asks for.
pub struct Epub<W: Write + Seek> {
    zip: ZipWriter<W>,
    book: Arc<Publication>,
    items: Vec<Item>,
    /// The pictures that are wanted and not here yet, and all that were ever wanted, by their addresses on the site.
    wanted: BTreeSet<String>,
    known: BTreeSet<String>,
    found: Found,
}

/// Parts and pictures lie beside each other.
struct InArchive;

impl Places for InArchive {
    fn part(&self, at: usize) -> String {
        part_file(at)
    }

    fn picture(&self, file: &str) -> String {
        format!("pictures/{file}")
    }
}

impl<W: Write + Seek> Epub<W> {
    /// Begins it: what stands before the text.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(to: W, book: Arc<Publication>) -> io::Result<Self> {
        let (zip, items, found) = (ZipWriter::new(to), Vec::new(), Found::default());
        let mut epub = Self { zip, book, items, wanted: BTreeSet::new(), known: BTreeSet::new(), found };
        epub.zip.start_file("mimetype", as_it_is())?;
        epub.zip.write_all(b"application/epub+zip")?;
        epub.put("META-INF/container.xml", CONTAINER)?;
        let book = Arc::clone(&epub.book);
        epub.add("style", "style.css", "text/css", "", sheet(book.theme))?;
        match book.cover.as_ref().filter(|address| book.pictures.contains_key(*address)) {
            Some(address) => epub.want(address),
            None => epub.add("cover-image", DRAWN, "image/svg+xml", "cover-image", &cover::drawn(&book))?,
        }
        for front in front(&book) {
            let properties = if front.id == NAV { "nav" } else { "" };
            epub.add(front.id, &front.file(), XHTML, properties, &front.page(&book, &InArchive))?;
        }
        epub.add("ncx", "toc.ncx", "application/x-dtbncx+xml", "", &ncx(&book))?;
        Ok(epub)
    }

    fn want(&mut self, address: &str) {
        if self.known.insert(address.to_owned()) {
            self.wanted.insert(address.to_owned());
        }
    }

    fn add(
        &mut self,
        id: &str,
        file: &str,
        mime: &'static str,
        properties: &'static str,
        content: &str,
    ) -> io::Result<()> {
        self.items.push(Item { id: id.to_owned(), file: file.to_owned(), mime, properties });
        self.put(&format!("{FOLDER}/{file}"), content)
    }

    fn put(&mut self, name: &str, content: &str) -> io::Result<()> {
        self.zip.start_file(name, packed())?;
        self.zip.write_all(content.as_bytes())
    }
}

impl<W: Write + Seek + Send> Outgoing<W> for Epub<W> {
    fn part(&mut self, at: usize, nodes: &[Node]) -> io::Result<()> {
        let book = Arc::clone(&self.book);
        let (page, written) = part_page(&book, &InArchive, at, nodes);
        self.found.pictures |= !written.pictures.is_empty();
        self.found.lacks_alt |= written.lacks_alt;
        written.pictures.iter().for_each(|address| self.want(address));
        self.add(&part_id(at), &part_file(at), XHTML, "", &page)
    }

    fn wants(&mut self) -> io::Result<Option<(String, Picture)>> {
        let Some(address) = self.wanted.pop_first() else { return Ok(None) };
        let Some(picture) = self.book.pictures.get(&address).cloned() else { return Ok(None) };
        // Of those that can hold several pictures, nobody has looked whether they do.
        self.found.moves |= ["image/gif", "image/webp"].contains(&picture.mime);
        let file = InArchive.picture(&picture.file);
        self.zip.start_file(format!("{FOLDER}/{file}"), as_it_is())?;
        let id = format!("picture-{}", picture.file.replace('.', "-"));
        let properties = if self.book.cover.as_deref() == Some(&address) { "cover-image" } else { "" };
        self.items.push(Item { id, file, mime: picture.mime, properties });
        Ok(Some((address, picture)))
    }

    fn picture(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.zip.write_all(bytes)
    }

    fn finish(mut self: Box<Self>) -> io::Result<W> {
        let book = Arc::clone(&self.book);
        if let Some(back) = back(&book) {
            self.add(back.id, &back.file(), XHTML, "", &back.page(&book, &InArchive))?;
        }
        let package = package(&self.book, &self.items, self.found);
        self.put(&format!("{FOLDER}/package.opf"), &package)?;
        Ok(self.zip.finish()?)
    }
}

const XHTML: &str = "application/xhtml+xml";
