//! From HTML: one file, or a folder of them that was packed; and what is common to these and to the files of an EPUB.
//!
//! | file | what happens there |
//! | --- | --- |
//! | `encoding` | bytes as text, whichever encoding they say |
//! | `order` | in which order the files of a folder are read |

mod encoding;
mod order;

#[cfg(test)]
mod tests;

pub(super) use encoding::utf8;
pub(super) use order::natural;

use super::{
    archive::Archive,
    beside::{Around, Files, is_hidden},
    builder::{Builder, Heading},
    html_reader::{Notes, Scanned, Sheet, Sheets, Whole, scan},
    left_out::LeftOut,
    manuscript::{Manuscript, Point, Source},
    tree::{Element, Node, plain},
    unreadable::Unreadable,
};
use crate::costly::Budget;
use std::path::Path;

/// How many nodes a book may be.
const MOST_NODES: usize = 2_000_000;
/// How many style sheets of a book are read.
const SHEETS: usize = 100;
/// How many a file of so many bytes may be: what is more is made to be.
fn most_nodes(bytes: usize) -> usize {
    20_000 + bytes / 3
}

/// A file of HTML.
pub(super) struct Page {
    /// Where it lies.
    pub path: String,
    /// What stands in it.
    pub text: String,
    /// Whether it is XML.
    pub is_xml: bool,
    /// Whether it is no text but something about the book.
    pub is_apparatus: bool,
}

impl Page {
    /// The file at this path.
    pub(super) fn new(path: String, text: String, is_xml: bool) -> Self {
        let text = if is_xml && text.contains(CDATA) { without_cdata(&text) } else { text };
        Self { path, text, is_xml, is_apparatus: false }
    }
}

const CDATA: &str = "<![CDATA[";

/// The same text, in which nothing is written without signs for what would be markup.
fn without_cdata(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(CDATA) {
        let (inside, after) = after.split_once("]]>").unwrap_or((after, ""));
        plain.push_str(before);
        plain.push_str(&inside.replace('&', "&amp;").replace('<', "&lt;"));
        rest = after;
    }
    plain.push_str(rest);
    plain
}

/// The pictures in an archive that may be kept, by their paths.
pub(super) fn pictures(archive: &Archive) -> Vec<String> {
    let is_picture = |path: &&str| {
        let ending = Path::new(path).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        matches!(&*ending.to_ascii_lowercase(), "png" | "jpg" | "jpeg" | "gif" | "webp")
    };
    archive.paths().filter(is_picture).map(str::to_owned).collect()
}

/// The style sheets in an archive.
pub(super) fn sheets(archive: &mut Archive) -> Result<Sheet, Unreadable> {
    let is_sheet = |path: &&str| path.to_ascii_lowercase().ends_with(".css");
    let paths: Vec<String> = archive.paths().filter(is_sheet).take(SHEETS).map(str::to_owned).collect();
    let mut sheet = Sheet::default();
    for path in paths {
        match archive.read_text(&path) {
            Ok(Some(css)) => sheet.read(&utf8(&css)),
            // One that is damaged says nothing.
            Ok(None) | Err(Unreadable::Broken) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(sheet)
}

/// Reads the files of a book, each with its notes.
pub(super) fn read_pages(
    pages: &[Page],
    (files, sheet): (&Files, &Sheet),
    language: &str,
    left_out: &mut LeftOut,
    budget: &Budget,
) -> Result<Vec<Source>, Unreadable> {
    let mut scanned: Vec<Scanned> = Vec::with_capacity(pages.len());
    for page in pages {
        Unreadable::check(budget)?;
        scanned.push(scan(&page.text, page.is_xml));
    }
    let all: Vec<(&str, bool, Around<'_>, &Scanned)> = pages
        .iter()
        .zip(&scanned)
        .map(|(page, scanned)| (page.text.as_str(), page.is_xml, Around { files, path: &page.path }, scanned))
        .collect();
    let notes = Notes::of(&all);
    let own: Vec<Sheet> = pages.iter().map(|page| Sheet::of_page(&page.text)).collect();
    let sheets = |number: usize| Sheets { own: &own[number], shared: sheet };
    let mut sources = Vec::with_capacity(pages.len());
    let mut left = MOST_NODES;
    for (number, (page, scanned)) in pages.iter().zip(&scanned).enumerate() {
        Unreadable::check(budget)?;
        let mut tree = Builder::new(most_nodes(page.text.len()).min(left));
        whole((number, page), files, (language, sheets(number)), &notes).add(scanned.body.clone(), &mut tree, left_out);
        if tree.is_full() {
            return Err(Unreadable::TooMany);
        }
        let built = tree.finish();
        left = left.saturating_sub(built.made);
        let mut source = Source::of(built, scanned.title.clone().filter(|title| !title.is_empty()));
        source.is_apparatus = page.is_apparatus;
        sources.push(source);
    }
    // Those that only point to each other stand at the end of their file.
    while let Some((number, part)) = notes.take_unread() {
        let mut tree = Builder::new(most_nodes(part.len()));
        let page = &pages[number];
        whole((number, page), files, (language, sheets(number)), &notes).add(part, &mut tree, left_out);
        sources[number].nodes.extend(tree.finish().nodes);
    }
    Ok(sources)
}

fn whole<'a>(
    (source, page): (usize, &'a Page),
    files: &'a Files,
    (language, sheets): (&'a str, Sheets<'a>),
    notes: &'a Notes<'a>,
) -> Whole<'a> {
    let around = Around { files, path: &page.path };
    Whole { source, text: &page.text, is_xml: page.is_xml, language, sheets, around, notes }
}

/// Whether a file may be HTML: by its name, or by how it begins.
pub(super) fn is_html(name: &str, begin: &[u8]) -> bool {
    let begin = String::from_utf8_lossy(begin).trim_start_matches('\u{feff}').trim_start().to_ascii_lowercase();
    is_page(name) || ["<!doctype html", "<html", "<?xml"].iter().any(|known| begin.starts_with(known))
}

pub(super) fn is_page(path: &str) -> bool {
    let ending = Path::new(path).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    matches!(&*ending.to_ascii_lowercase(), "html" | "htm" | "xhtml")
}

fn is_xml(path: &str, text: &str) -> bool {
    path.to_ascii_lowercase().ends_with(".xhtml") || text.trim_start_matches('\u{feff}').starts_with("<?xml")
}

/// Reads one file of HTML.
///
/// # Errors
/// When there is nothing in it, or more than in any book.
pub fn read_file(name: &str, bytes: &[u8], budget: &Budget) -> Result<Manuscript, Unreadable> {
    let text = utf8(bytes);
    let page = Page::new(name.to_owned(), text.clone(), is_xml(name, &text));
    let files = Files::of([name], []);
    let language = scan_language(&page);
    let mut left_out = LeftOut::default();
    let mut sources = read_pages(&[page], (&files, &Sheet::default()), &language, &mut left_out, budget)?;
    let title = sources.first_mut().and_then(title_above);
    let has_title_in_text = title.is_some();
    let points = sources.first().map(|source| by_headings(&source.headings)).unwrap_or_default();
    let name = sources.first().and_then(|source| source.name.clone());
    let mut book = Manuscript::new(sources, points);
    (book.title, book.left_out, book.has_title_in_text) = (title.or(name), left_out, has_title_in_text);
    book.metadata.language = language;
    Ok(book)
}

fn scan_language(page: &Page) -> String {
    scan(&page.text, page.is_xml).language.unwrap_or_default()
}

/// Reads a folder of HTML that was packed.
///
/// # Errors
/// When none is in it, or more than in any book.
pub fn read_folder(mut archive: Archive, budget: &Budget) -> Result<Manuscript, Unreadable> {
    let paths: Vec<String> =
        archive.paths().filter(|path| is_page(path) && !is_hidden(path)).map(str::to_owned).collect();
    let mut pages = Vec::new();
    for path in paths {
        Unreadable::check(budget)?;
        let Some(bytes) = archive.read_text(&path)? else { continue };
        let text = utf8(&bytes);
        let is_xml = is_xml(&path, &text);
        pages.push(Page::new(path, text, is_xml));
    }
    if pages.is_empty() {
        return Err(Unreadable::NoText);
    }
    let levels = order::order(&mut pages);
    let pictures = pictures(&archive);
    let files = Files::of(pages.iter().map(|page| page.path.as_str()), pictures.iter().map(String::as_str));
    let (language, mut left_out) = (scan_language(&pages[0]), LeftOut::default());
    let sheet = sheets(&mut archive)?;
    let sources = read_pages(&pages, (&files, &sheet), &language, &mut left_out, budget)?;
    let title = sources.first().and_then(|source| source.name.clone());
    let point = |(source, level): (usize, usize)| Point { source, at: 0, level, title: None, is_section: false };
    let mut points: Vec<Point> = Vec::new();
    for (number, source) in sources.iter().enumerate() {
        let level = levels[number];
        points.push(point((number, level)));
        let below = by_headings(&source.headings).into_iter().filter(|heading| heading.at > 0);
        points.extend(below.map(|heading| Point { source: number, level: level + heading.level, ..heading }));
    }
    let mut book = Manuscript::new(sources, points);
    (book.title, book.left_out, book.pictures, book.files) = (title, left_out, pictures, Some(archive));
    book.metadata.language = language;
    Ok(book)
}

/// The one heading above all others is the title of the book.
pub(super) fn title_above(source: &mut Source) -> Option<String> {
    let first = *source.headings.first()?;
    let is_alone = source.headings.iter().skip(1).all(|heading| heading.level > first.level);
    if first.at > 0 || source.headings.len() < 3 || !is_alone {
        return None;
    }
    source.headings.remove(0);
    let Node::Element(heading) = source.nodes.remove(0) else { return None };
    // A title has no notes: they stand below it.
    let is_note = |node: &Node| matches!(node, Node::Element(element) if element.kind.name == "footnote");
    let (notes, words): (Vec<Node>, Vec<Node>) = heading.children.into_iter().partition(is_note);
    let notes: Vec<Node> = notes
        .into_iter()
        .filter_map(|note| if let Node::Element(note) = note { Some(note.children) } else { None })
        .map(|line| Node::Element(Element::new("paragraph", &[], line)))
        .collect();
    let title = plain(&[Node::Element(Element::new("paragraph", &[], words))]);
    let moved = |at: usize| at.saturating_sub(1) + if at > 0 { notes.len() } else { 0 };
    source.headings.iter_mut().for_each(|heading| heading.at = moved(heading.at));
    source.anchors.values_mut().for_each(|at| *at = moved(*at));
    source.nodes.splice(0..0, notes);
    Some(title.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Where chapters may begin in a text of which only the headings say so: on each level that it has.
pub(super) fn by_headings(headings: &[Heading]) -> Vec<Point> {
    let mut levels: Vec<u8> = headings.iter().map(|heading| heading.level).collect();
    levels.sort_unstable();
    levels.dedup();
    let level = |heading: &Heading| levels.iter().position(|level| *level == heading.level).map_or(1, |at| at + 1);
    let point =
        |heading: &Heading| Point { source: 0, at: heading.at, level: level(heading), title: None, is_section: false };
    headings.iter().map(point).collect()
}
