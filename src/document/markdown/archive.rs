//! A book as an archive of Markdown: `book.md`, which says about itself at its head what the book says, and its pictures
//! beside it. It comes in again as the same book.

use super::{
    Among,
    parts::Part as Marked,
    places::Names,
    writer::{heading, write_among},
};
use crate::{
    document::{
        publication::{
            Outgoing, Picture, Publication,
            markup::{Placed, Places},
            zipped::{as_it_is, packed},
        },
        readdress::readdressed,
        schema::Value,
        tree::{Element, Mark, Node, Run},
    },
    metadata::{Contributor, ContributorRole, reference::suffix},
};
use serde_json::{Value as Json, json};
use std::{
    collections::BTreeSet,
    io::{self, Seek, Write},
    sync::Arc,
};
use zip::ZipWriter;

/// A book that is being written as an archive of Markdown.
pub struct Archive<W: Write + Seek> {
    zip: ZipWriter<W>,
    book: Arc<Publication>,
    anchors: Anchors,
    wanted: BTreeSet<String>,
    written: usize,
}

/// What the headings of the parts are called in a link.
struct Anchors(Vec<String>);

impl Anchors {
    fn of(book: &Publication) -> Self {
        let mut names = Names::default();
        Self(book.parts.iter().map(|part| names.name(&part.title)).collect())
    }
}

impl Places for Anchors {
    fn part(&self, at: usize) -> String {
        format!("#{}", self.0.get(at).map_or("", String::as_str))
    }

    fn picture(&self, file: &str) -> String {
        format!("pictures/{file}")
    }
}

impl<W: Write + Seek> Archive<W> {
    /// Begins it: what the book says about itself.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(to: W, book: Arc<Publication>) -> io::Result<Self> {
        let mut zip = ZipWriter::new(to);
        zip.start_file("book.md", packed())?;
        zip.write_all(head(&book).as_bytes())?;
        let wanted = book.cover.iter().filter(|address| book.pictures.contains_key(*address)).cloned().collect();
        Ok(Self { zip, anchors: Anchors::of(&book), book, wanted, written: 0 })
    }
}

impl<W: Write + Seek + Send> Outgoing<W> for Archive<W> {
    fn part(&mut self, at: usize, nodes: &[Node]) -> io::Result<()> {
        let Some(part) = self.book.parts.get(at) else { return Ok(()) };
        let placed = Placed { book: &self.book, places: &self.anchors };
        let nodes = placed.moved(nodes, &mut self.wanted);
        let text = if part.is_section {
            section_in_book(&part.title, part.depth)
        } else {
            chapter_in_book(&part.title, part.depth, format!("{}-", at + 1), &nodes)
        };
        self.written += 1;
        write!(self.zip, "\n{text}")
    }

    fn wants(&mut self) -> io::Result<Option<(String, Picture)>> {
        // The text is one file: those beside it come when it is whole.
        if self.written < self.book.parts.len() {
            return Ok(None);
        }
        let Some(address) = self.wanted.pop_first() else { return Ok(None) };
        let Some(picture) = self.book.pictures.get(&address).cloned() else { return Ok(None) };
        self.zip.start_file(self.anchors.picture(&picture.file), as_it_is())?;
        Ok(Some((address, picture)))
    }

    fn picture(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.zip.write_all(bytes)
    }

    fn finish(self: Box<Self>) -> io::Result<W> {
        Ok(self.zip.finish()?)
    }
}

/// A book as one file of Markdown: its links lead to the headings of its chapters, its pictures stay where they are.
pub struct OneFile {
    book: Publication,
    anchors: Anchors,
}

impl OneFile {
    /// That of a book.
    #[must_use]
    pub fn of(book: Publication) -> Self {
        Self { anchors: Anchors::of(&book), book }
    }

    /// A chapter with its title, so deep in sections, marked so that it comes in again as one. Its notes are called so.
    #[must_use]
    pub fn chapter(&self, title: &str, depth: usize, notes: String, nodes: Vec<Node>) -> String {
        let link = |href: &str| {
            let part = self.book.links.get(href.split(['#', '?']).next().unwrap_or_default())?;
            Some(format!("{}{}", suffix(href), self.anchors.part(*part)))
        };
        chapter_in_book(title, depth, notes, &readdressed(nodes, &|_| None, &link))
    }
}

impl Placed<'_> {
    /// A text with its links and pictures as they lie in the archive, and the pictures it shows noted.
    fn moved(&self, nodes: &[Node], wanted: &mut BTreeSet<String>) -> Vec<Node> {
        nodes.iter().map(|node| self.moved_node(node, wanted)).collect()
    }

    fn moved_node(&self, node: &Node, wanted: &mut BTreeSet<String>) -> Node {
        match node {
            Node::Text(Run { text, marks }) => {
                let marks = marks.iter().map(|mark| self.moved_mark(mark)).collect();
                Node::Text(Run { text: text.clone(), marks })
            }
            Node::Element(Element { kind, values, children }) => {
                let picture = |value: &Value| match value {
                    Value::Text(address) => self.book.pictures.get_key_value(address),
                    _ => None,
                };
                let mut values = values.clone();
                if kind.name == "figure" {
                    for value in &mut values {
                        if let Some((address, picture)) = picture(value) {
                            wanted.insert(address.clone());
                            *value = Value::Text(self.places.picture(&picture.file));
                        }
                    }
                }
                Node::Element(Element { kind, values, children: self.moved(children, wanted) })
            }
        }
    }

    fn moved_mark(&self, mark: &Mark) -> Mark {
        let href = mark.text_value("href");
        let path = href.split(['#', '?']).next().unwrap_or_default();
        match self.book.links.get(path) {
            Some(part) => {
                let href = format!("{}{}", suffix(href), self.places.part(*part));
                Mark::new("link", &[("href", Value::Text(href))])
            }
            None => mark.clone(),
        }
    }
}

/// The title of a section where it stands in a book, so deep in others, marked so that it comes in again as one.
#[must_use]
pub fn section_in_book(title: &str, depth: usize) -> String {
    format!("{}\n{}", Marked::Section.mark(), heading(lower(depth).saturating_add(1), title))
}

/// A chapter with its title where it stands in a book, so deep in sections, marked so that it comes in again as one. The
/// names of its notes begin with `notes`.
#[must_use]
fn chapter_in_book(title: &str, depth: usize, notes: String, nodes: &[Node]) -> String {
    let lower = lower(depth);
    let mut levels = Vec::new();
    heading_levels(nodes, &mut levels);
    let mark = Marked::chapter(levels, lower).mark();
    let text = write_among(nodes, &Among { lower, notes });
    format!("{mark}\n{}\n{text}", heading(lower.saturating_add(1), title))
}

/// How much lower headings are, so deep in sections, below the title of the book.
fn lower(depth: usize) -> u8 {
    u8::try_from(depth + 1).unwrap_or(u8::MAX)
}

/// The levels of a chapter's headings, in the order in which they are written. In a table there are none: a cell is a line.
fn heading_levels(nodes: &[Node], levels: &mut Vec<u8>) {
    for node in nodes {
        match node {
            Node::Element(heading) if heading.kind.name == "heading" => {
                levels.push(u8::try_from(heading.number("level")).unwrap_or(2));
            }
            Node::Element(element) if element.kind.name != "table" => heading_levels(&element.children, levels),
            _ => {}
        }
    }
}

/// What the book says about itself, in YAML by the names that pandoc knows, and its title. A line of JSON is one of YAML.
fn head(book: &Publication) -> String {
    let said = &book.metadata;
    let mut lines = vec![("title", json!(book.title))];
    let mut add = |name, value: Json| {
        if !matches!(&value, Json::String(text) if text.is_empty()) && value != json!([]) {
            lines.push((name, value));
        }
    };
    let people = |is_author: bool| {
        let is_asked = move |person: &&Contributor| (person.role == ContributorRole::Author) == is_author;
        said.people.iter().filter(is_asked)
    };
    add("subtitle", json!(said.subtitle));
    let other = |person: &Contributor| json!({ "role": person.role.relator(), "text": person.name });
    // One whose name would be read as that of several is named as one.
    let is_odd = |name: &str| [";", " and ", " & "].iter().any(|sign| name.contains(sign));
    let author = |person: &Contributor| if is_odd(&person.name) { other(person) } else { json!(person.name) };
    add("author", people(true).map(author).collect());
    add("contributor", people(false).map(other).collect());
    add("lang", json!(said.language));
    add("description", json!(said.description));
    add("subject", json!(said.subjects));
    add("isbn", json!(said.isbn));
    add("publisher", json!(said.publisher));
    add("rights", json!(said.licence));
    add("dedication", json!(said.dedication));
    add("date", json!(said.published));
    add("belongs-to-collection", json!(said.series));
    add("group-position", json!(said.series_number));
    let cover = book.cover.as_ref().and_then(|address| book.pictures.get(address));
    add("cover-image", json!(cover.map_or_else(String::new, |cover| format!("pictures/{}", cover.file))));
    let mut text = String::from("---\n");
    for (name, value) in lines {
        text.push_str(&format!("{name}: {value}\n"));
    }
    text.push_str("---\n\n");
    text.push_str(&heading(1, &book.title));
    text
}

#[cfg(test)]
mod tests {
    use super::{super::front_matter, *};
    use crate::document::{left_out::LeftOut, publication::tests::book};

    #[test]
    fn what_a_book_says_of_itself_comes_back_as_it_was() {
        let mut book = book();
        let person = |name: &str, role| Contributor { name: name.into(), role };
        book.metadata.people = vec![
            person("Ann & Ben", ContributorRole::Author),
            person("Cleo", ContributorRole::Author),
            person("Dee and Co", ContributorRole::Editor),
        ];
        book.metadata.dedication = "For <Ann>\nand all\n\nwho wait".into();
        let mut left_out = LeftOut::default();
        let text = head(&book);
        let (about, _) = front_matter::take(&text, &mut left_out);
        assert_eq!((about.title.as_deref(), about.metadata), (Some(&*book.title), book.metadata));
    }
}
