//! A file that comes in: of which kind it is, and the book in it. Whoever can read another kind adds it here.

use super::{
    archive::{Archive, MAX_TEXT},
    docx, epub,
    manuscript::Manuscript,
    markdown,
    unreadable::Unreadable,
    web_pages,
};
use crate::costly::Budget;
use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
};

/// How much of a file is looked at to know its kind.
const BEGIN: usize = 1_024;

/// Reads the book in a file of this name.
///
/// # Errors
/// When it is of no known kind, holds nothing, or is damaged, protected, or larger than any book.
pub fn read(name: &str, mut file: File, budget: &Budget) -> Result<Manuscript, Unreadable> {
    let mut begin = Vec::new();
    let broken = |_| Unreadable::Broken;
    Read::by_ref(&mut file).take(BEGIN as u64).read_to_end(&mut begin).map_err(broken)?;
    file.seek(SeekFrom::Start(0)).map_err(broken)?;
    if begin.is_empty() {
        return Err(Unreadable::Empty);
    }
    docx::reader::must_be_open(&begin, &mut file)?;
    let is_archive = [".epub", ".docx"].iter().any(|ending| name.to_ascii_lowercase().ends_with(ending));
    let mut book = if begin.starts_with(b"PK") || is_archive {
        of_archive(Archive::open(file)?, budget)?
    } else {
        of_text(name, &begin, file, budget)?
    };
    book.title = book.title.filter(|title| !title.trim().is_empty());
    if book.is_empty() { Err(Unreadable::Empty) } else { Ok(book) }
}

fn of_archive(archive: Archive, budget: &Budget) -> Result<Manuscript, Unreadable> {
    if epub::reader::is_epub(&archive) {
        return epub::reader::read(archive, budget);
    }
    if docx::reader::is_docx(&archive) {
        return docx::reader::read(archive, budget);
    }
    let count = |is: fn(&str) -> bool| archive.paths().filter(|path| is(path)).count();
    let (pages, texts) = (count(web_pages::is_page), count(markdown::book::is_markdown));
    match (pages, texts) {
        (0, 0) => Err(Unreadable::Unknown),
        _ if texts >= pages => markdown::book::read_folder(archive, budget),
        _ => web_pages::read_folder(archive, budget),
    }
}

fn of_text(name: &str, begin: &[u8], file: File, budget: &Budget) -> Result<Manuscript, Unreadable> {
    let mut bytes = Vec::new();
    file.take(MAX_TEXT + 1).read_to_end(&mut bytes).map_err(|_| Unreadable::Broken)?;
    if bytes.len() as u64 > MAX_TEXT {
        return Err(Unreadable::TooLarge);
    }
    if web_pages::is_html(name, begin) {
        return web_pages::read_file(name, &bytes, budget);
    }
    // What is neither text nor anything else that is known.
    if begin.contains(&0) && !begin.starts_with(b"\xff\xfe") {
        return Err(Unreadable::Unknown);
    }
    let text = String::from_utf8(bytes).map_err(|_| Unreadable::NotUtf8)?;
    markdown::book::read_file(text.trim_start_matches('\u{feff}'), budget)
}

impl Manuscript {
    /// Whether nothing stands in it.
    fn is_empty(&self) -> bool {
        self.sources().iter().all(|source| source.nodes.is_empty())
    }
}
