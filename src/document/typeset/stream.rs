//! The stream, as it is written: no more of the book is in memory than one chapter, or a piece of a picture.

use super::{Purpose, about::about, blocks::Blocks};
use crate::document::{
    publication::{Outgoing, Picture, Publication},
    tree::Node,
};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    io::{self, Write},
    sync::Arc,
};

/// A book that is being written for the press.
pub struct Stream<W> {
    to: W,
    book: Arc<Publication>,
    /// The pictures that are wanted and not here yet, and all that were ever wanted, by their addresses on the site.
    wanted: BTreeSet<String>,
    known: BTreeSet<String>,
}

impl<W: Write> Stream<W> {
    /// Begins it: what the book says about itself.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(to: W, book: Arc<Publication>, purpose: Purpose) -> io::Result<Self> {
        let mut stream = Self { to, book, wanted: BTreeSet::new(), known: BTreeSet::new() };
        let book = Arc::clone(&stream.book);
        stream.to.write_all(b"sputnik-press 1\n")?;
        stream.put("book", &about(&book, purpose))?;
        if let Some(cover) = book.cover.as_deref().filter(|_| purpose == Purpose::Screen) {
            stream.want(cover);
        }
        Ok(stream)
    }

    fn put(&mut self, what: &str, content: &Value) -> io::Result<()> {
        let content = serde_json::to_vec(content)?;
        writeln!(self.to, "{what} {}", content.len())?;
        self.to.write_all(&content)
    }

    fn want(&mut self, address: &str) {
        if self.known.insert(address.to_owned()) {
            self.wanted.insert(address.to_owned());
        }
    }
}

impl<W: Write + Send> Outgoing<W> for Stream<W> {
    fn part(&mut self, at: usize, nodes: &[Node]) -> io::Result<()> {
        let book = Arc::clone(&self.book);
        let (blocks, pictures) = Blocks::of(&book, at, nodes);
        pictures.iter().for_each(|address| self.want(address));
        self.put(&format!("part {at}"), &blocks)
    }

    fn wants(&mut self) -> io::Result<Option<(String, Picture)>> {
        let Some(address) = self.wanted.pop_first() else { return Ok(None) };
        let Some(picture) = self.book.pictures.get(&address).cloned() else { return Ok(None) };
        writeln!(self.to, "picture {} {}", picture.file, picture.bytes)?;
        Ok(Some((address, picture)))
    }

    fn picture(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.to.write_all(bytes)
    }

    fn finish(mut self: Box<Self>) -> io::Result<W> {
        self.to.write_all(b"end\n")?;
        self.to.flush()?;
        Ok(self.to)
    }
}
