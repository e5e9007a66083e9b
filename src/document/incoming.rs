//! A file that comes in: of which kind it is, and the book in it. Whoever can read another kind adds it here.

use super::{
    archive::{Archive, MAX_TEXT},
    beside::may_be_text,
    docx, epub,
    left_out::What,
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
    must_be_no_other(&begin)?;
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

/// Refuses what is known to be a document of a kind that is not read here, though it may look like text.
fn must_be_no_other(begin: &[u8]) -> Result<(), Unreadable> {
    let begin = begin.strip_prefix(b"\xef\xbb\xbf").unwrap_or(begin).trim_ascii_start();
    if begin.starts_with(b"%PDF-") {
        return Err(Unreadable::Pdf);
    }
    if begin.starts_with(b"{\\rtf") { Err(Unreadable::RichText) } else { Ok(()) }
}

fn of_archive(mut archive: Archive, budget: &Budget) -> Result<Manuscript, Unreadable> {
    if epub::reader::is_epub(&archive) {
        return epub::reader::read(archive, budget);
    }
    if docx::reader::is_docx(&archive) {
        return docx::reader::read(archive, budget);
    }
    if is_open_document(&mut archive) {
        return Err(Unreadable::OpenDocument);
    }
    let count = |is: fn(&str) -> bool| archive.paths().filter(|path| is(path)).count();
    let (pages, texts) = (count(web_pages::is_page), count(markdown::book::is_markdown));
    match (pages, texts) {
        (0, 0) => Err(Unreadable::Unknown),
        _ if texts >= pages => markdown::folder::read_folder(archive, budget),
        _ => of_pages(archive, budget),
    }
}

/// Whether an archive says of itself that it is a document as LibreOffice saves it.
fn is_open_document(archive: &mut Archive) -> bool {
    const KIND: &[u8] = b"application/vnd.oasis.opendocument.";
    archive.read("mimetype", BEGIN as u64).ok().flatten().is_some_and(|kind| kind.starts_with(KIND))
}

/// A folder of HTML, of which the files of text are named that are no HTML.
fn of_pages(archive: Archive, budget: &Budget) -> Result<Manuscript, Unreadable> {
    let mut book = web_pages::read_folder(archive, budget)?;
    if let Some(archive) = &book.files {
        for path in archive.paths().filter(|path| may_be_text(path) && !web_pages::is_page(path)) {
            book.left_out.add(What::Unread, path);
        }
    }
    Ok(book)
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
    let is_wide = begin.starts_with(b"\xff\xfe") || begin.starts_with(b"\xfe\xff");
    if begin.contains(&0) && !is_wide {
        return Err(Unreadable::Unknown);
    }
    let text = markdown::text_of(&bytes).ok_or(Unreadable::NotUtf8)?;
    markdown::book::read_file(text.trim_start_matches('\u{feff}'), budget)
}

impl Manuscript {
    /// Whether nothing stands in it.
    fn is_empty(&self) -> bool {
        self.sources().iter().all(|source| source.nodes.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{archive::packed, html::html, tree::plain},
        *,
    };
    use std::{io::Write, time::Duration};

    fn budget() -> Budget {
        Budget::of(Duration::from_secs(20))
    }

    fn read_bytes(name: &str, bytes: &[u8]) -> Result<Manuscript, Unreadable> {
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(bytes).expect("room");
        file.seek(SeekFrom::Start(0)).expect("a beginning");
        read(name, file, &budget())
    }

    fn words(mut book: Manuscript) -> Vec<String> {
        let level = book.level();
        book.cut(level)
            .iter()
            .map(|piece| format!("{}: {}", piece.title.clone().unwrap_or_default(), plain(&piece.nodes)))
            .collect()
    }

    #[test]
    fn text_is_read_in_whichever_encoding_it_is() {
        for bytes in [
            "# Ä\n\nGrüße".as_bytes(),
            b"\xef\xbb\xbf# \xc3\x84\n\nGr\xc3\xbc\xc3\x9fe",
            b"# \xc4\n\nGr\xfc\xdfe",
            b"\xfe\xff\0#\0 \0\xc4\0\n\0\n\0G\0r\0\xfc\0\xdf\0e",
            b"\xff\xfe#\0 \0\xc4\0\n\0\n\0G\0r\0\xfc\0\xdf\0e\0",
        ] {
            let read = read_bytes("a.md", bytes).unwrap_or_else(|why| panic!("{why}: {bytes:?}"));
            assert_eq!(words(read), ["Ä: Grüße"], "{bytes:?}");
        }
        assert_eq!(read_bytes("a.md", b"Gr\xfc\x81e").err(), Some(Unreadable::NotUtf8));
        assert_eq!(read_bytes("a.md", b"\x89PNG\r\n\x1a\n\0\0").err(), Some(Unreadable::Unknown));
    }

    #[test]
    fn documents_of_kinds_that_are_not_read_are_called_what_they_are() {
        assert_eq!(read_bytes("a.pdf", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n").err(), Some(Unreadable::Pdf));
        assert_eq!(read_bytes("a.docx", b"{\\rtf1 hello}").err(), Some(Unreadable::RichText));
        let kind: &[u8] = b"application/vnd.oasis.opendocument.text";
        let document = packed(&[("mimetype", kind), ("content.xml", b"<x/>"), ("a.txt", b"words")]);
        assert_eq!(read("a.odt", document, &budget()).err(), Some(Unreadable::OpenDocument));
        assert_eq!(words(read_bytes("a.md", b"% PDF files").expect("a book")), [": % PDF files"]);
    }

    #[test]
    fn what_lies_beside_the_pages_of_a_folder_and_has_text_is_named() {
        let files: [(&str, &[u8]); 6] = [
            ("index.html", b"<h1>A</h1><p>a"),
            ("b.html", b"<h1>B</h1><p>b"),
            ("c.md", b"# C"),
            ("d/e.rst", b"E"),
            ("style.css", b"p {}"),
            ("i.png", b"png"),
        ];
        let read = read("a.zip", packed(&files), &budget()).expect("a book");
        let left_out: Vec<_> = read.left_out.iter().collect();
        assert_eq!(left_out, [(What::Unread, "c.md", 1), (What::Unread, "d/e.rst", 1)]);
        assert_eq!(words(read), ["A: a", "B: b"]);
    }

    /// An EPUB whose package lists a file at this path, and in which it lies at that.
    fn epub(listed: &str, lies: &str) -> Result<Manuscript, Unreadable> {
        let package = format!(
            "<package><manifest><item id='a' href='{listed}' media-type='application/xhtml+xml'/></manifest>\
             <spine><itemref idref='a'/></spine></package>"
        );
        let page = "<html><body><h1>A</h1><p>x <img src='B%C3%A4r.png' alt='y'/></p></body></html>";
        let container = "<container><rootfiles><rootfile full-path='O/p.opf'/></rootfiles></container>";
        let path = format!("O/{lies}");
        let files: [(&str, &[u8]); 5] = [
            ("mimetype", b"application/epub+zip"),
            ("META-INF/container.xml", container.as_bytes()),
            ("O/p.opf", package.as_bytes()),
            (path.as_str(), page.as_bytes()),
            ("O/Ba\u{308}r.png", b"png"),
        ];
        read("a.epub", packed(&files), &budget())
    }

    #[test]
    fn a_file_of_an_epub_is_found_in_whichever_letters_it_is_listed() {
        for (listed, lies) in [("A%20b.XHTML", "a b.xhtml"), ("%C3%9Cber.xhtml", "U\u{308}ber.xhtml")] {
            let mut read = epub(listed, lies).unwrap_or_else(|why| panic!("{why}: {listed}"));
            assert_eq!(read.left_out.iter().count(), 0, "{listed}");
            let shown = html(&read.cut(1).remove(0).nodes);
            assert!(shown.contains("src=\"picture:0\""), "{shown}");
        }
    }
}
