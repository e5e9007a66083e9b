//! To Markdown: signs where they are read as what they stand for, HTML where there are none or they would not be.

mod code;
mod escape;
mod line;
mod lists;
mod out;
mod table;

use super::{
    super::{
        html::html_in_text,
        tree::{Element, Node, Run, plain, simplest},
    },
    EMPTY_LINE, NOTHING,
};
use line::Room;
use lists::Lists;
use out::Out;

/// How a chapter stands among others in one text.
#[derive(Debug, Clone, Default)]
pub struct Among {
    /// By how many levels its headings are lower.
    pub lower: u8,
    /// What the names of its notes begin with, so that each is another's.
    pub notes: String,
}

/// A chapter as Markdown.
pub fn write(nodes: &[Node]) -> String {
    write_among(nodes, &Among::default())
}

/// A chapter as Markdown, among others.
pub fn write_among(nodes: &[Node], among: &Among) -> String {
    let nodes = without_nothing(&simplest(nodes));
    // A chapter without a word is a file without one, which is read as just that.
    if let [Node::Element(only)] = &*nodes
        && only.kind.name == "paragraph"
        && only.children.is_empty()
    {
        return String::new();
    }
    let mut page = Page { among, out: Out::default(), notes: Vec::new() };
    page.blocks(&nodes, None);
    page.definitions();
    page.out.into_text()
}

/// A line of text as a heading, from level 1 on.
pub fn heading(level: u8, text: &str) -> String {
    let mut page = Page { among: &Among::default(), out: Out::default(), notes: Vec::new() };
    let text = Node::Text(Run { text: text.to_owned(), marks: Vec::new() });
    page.heading(level, std::slice::from_ref(&text));
    page.out.into_text()
}

struct Page<'n> {
    among: &'n Among,
    out: Out,
    /// What stands in each note so far.
    notes: Vec<&'n [Node]>,
}

impl<'n> Page<'n> {
    fn note_name(&self, number: usize) -> String {
        format!("{}{number}", self.among.notes)
    }

    /// The notes, below all else.
    fn definitions(&mut self) {
        let mut written = 0;
        // A note may have notes.
        while let Some(note) = self.notes.get(written).copied() {
            written += 1;
            let text = self.line(note, Room::Note);
            let definition = format!("[^{}]: {text}", self.note_name(written));
            self.out.blank();
            self.out.line(definition.trim_end());
        }
    }

    /// Blocks, a blank line between each two. `bullet` is that of the item they stand in, if they do.
    fn blocks(&mut self, nodes: &'n [Node], bullet: Option<char>) {
        let blocks =
            nodes.iter().filter_map(|node| if let Node::Element(element) = node { Some(element) } else { None });
        let mut lists = Lists::within(bullet);
        for (number, element) in blocks.enumerate() {
            if number > 0 {
                self.out.blank();
            }
            self.block(element, &mut lists);
        }
    }

    fn block(&mut self, element: &'n Element, lists: &mut Lists) {
        let children = &element.children;
        let is_after_list = lists.is_after_one();
        let marker = lists.marker(element, self.out.is_at_marker());
        if !has_signs(element) {
            return self.html(element, is_after_list);
        }
        match &*element.kind.name {
            "heading" => {
                let level = u8::try_from(element.number("level")).unwrap_or(2);
                self.heading(level.saturating_add(self.among.lower), children);
            }
            "bullet_list" | "task_list" | "ordered_list" => self.list(element, marker),
            "blockquote" => {
                let before = self.out.begin("> ", "> ");
                self.held(children, None);
                self.out.end(before);
            }
            "code_block" => code::block(element, &mut self.out),
            "figure" => {
                let picture = picture(element, Room::Lines);
                self.out.line(&picture);
            }
            "table" => self.table(element),
            "scene_break" => self.out.line(if self.out.is_at_marker() { "___" } else { "***" }),
            _ => {
                let text = self.line(children, Room::Lines);
                self.out.lines(&text);
            }
        }
    }

    fn heading(&mut self, level: u8, text: &'n [Node]) {
        let signs = "#".repeat(level.clamp(1, 6).into());
        let text = self.line(text, Room::Heading);
        self.out.line(format!("{signs} {text}").trim_end());
    }

    /// What stands in a quotation or an item, which may be nothing.
    fn held(&mut self, nodes: &'n [Node], bullet: Option<char>) {
        if is_empty(nodes) { self.out.line("") } else { self.blocks(nodes, bullet) }
    }

    fn html(&mut self, element: &Element, is_after_list: bool) {
        if is_empty(std::slice::from_ref(&Node::Element(element.clone()))) {
            return self.out.line(if is_after_list { EMPTY_LINE } else { NOTHING });
        }
        let html = html_in_text(&[for_html(element)]);
        // Each row of a table on a line of its own, to be found by whoever reads the text.
        self.out.lines(html.replace("<tr>", "\n<tr>").replace("</tr></tbody>", "</tr>\n</tbody>").trim_start());
    }
}

/// The same, as HTML has it: a line that ends within a text ends with a break, and code that ends with the end of a line
/// has one more, which is not read.
fn for_html(element: &Element) -> Node {
    let Element { kind, values, children } = element;
    let keeps_ends = matches!(&*kind.name, "code_block" | "verse" | "footnote");
    let mut written = Vec::with_capacity(children.len());
    for child in children {
        match child {
            Node::Element(child) => written.push(for_html(child)),
            Node::Text(run) if keeps_ends => written.push(Node::Text(run.clone())),
            Node::Text(Run { text, marks }) => {
                for (number, line) in text.split('\n').enumerate() {
                    if number > 0 {
                        written.push(Node::Element(Element::new("hard_break", &[], Vec::new())));
                    }
                    written.push(Node::Text(Run { text: line.to_owned(), marks: marks.clone() }));
                }
            }
        }
    }
    if kind.name == "code_block"
        && let Some(Node::Text(last)) = written.last_mut()
        && last.text.ends_with('\n')
    {
        last.text.push('\n');
    }
    Node::Element(Element { kind, values: values.clone(), children: simplest(&written) })
}

/// Whether Markdown has signs for a block, its attributes and what may stand in nothing but it. What has none is written
/// as HTML, with all that stands in it.
fn has_signs(element: &Element) -> bool {
    let children = &element.children;
    let carried: &[&str] = match &*element.kind.name {
        // A line with nothing in it is none, and one of a single break would be read as a block of HTML.
        "paragraph" if children.is_empty() || line::is_a_break(children) => return false,
        "paragraph" | "blockquote" | "scene_break" => &[],
        "heading" => &["level"],
        "bullet_list" | "task_list" => return has_signs_for_items(element, &[]),
        "ordered_list" => return has_signs_for_items(element, &["start"]),
        "code_block" if code::has_signs(element) => &["language"],
        // How large a picture is stands in its file too.
        "figure" if !element.text_value("src").is_empty() && is_plain(children) => &["src", "alt", "width", "height"],
        "table" => return table::has_signs(element),
        _ => return false,
    };
    has_only(element, carried)
}

fn has_signs_for_items(list: &Element, carried: &[&str]) -> bool {
    let mut items = list.children.iter();
    has_only(list, carried) && items.all(|item| matches!(item, Node::Element(item) if has_only(item, &["done"])))
}

/// Whether all attributes but these have their defaults.
fn has_only(element: &Element, carried: &[&str]) -> bool {
    let mut attributes = element.kind.attributes.iter().zip(&element.values);
    attributes.all(|(attribute, value)| carried.contains(&&*attribute.name) || attribute.default == *value)
}

/// Whether it is one text in one line and without marks, or nothing.
fn is_plain(nodes: &[Node]) -> bool {
    match nodes {
        [] => true,
        [Node::Text(run)] => run.marks.is_empty() && !run.text.contains('\n'),
        _ => false,
    }
}

/// Whether nothing stands there, or a place to write at.
fn is_empty(nodes: &[Node]) -> bool {
    match nodes {
        [] => true,
        [Node::Element(line)] => line.kind.name == "paragraph" && line.children.is_empty(),
        _ => false,
    }
}

/// The same without lists, tables and rows that have nothing in them, which show nothing; and with what is said of a picture
/// that has no file.
fn without_nothing(nodes: &[Node]) -> Vec<Node> {
    let mut left = Vec::with_capacity(nodes.len());
    for node in nodes {
        match node {
            Node::Text(_) => left.push(node.clone()),
            Node::Element(picture) if picture.kind.name == "figure" && picture.text_value("src").is_empty() => {
                let alt = Node::Text(Run { text: picture.text_value("alt").to_owned(), marks: Vec::new() });
                let lines = [simplest(&[alt]), picture.children.clone()].into_iter().filter(|line| !line.is_empty());
                left.extend(lines.map(|line| Node::Element(Element::new("paragraph", &[], line))));
            }
            Node::Element(Element { kind, values, children }) => {
                let children = without_nothing(children);
                let is_made_of_parts =
                    matches!(&*kind.name, "bullet_list" | "task_list" | "ordered_list" | "table" | "table_row");
                if !children.is_empty() || !is_made_of_parts {
                    left.push(Node::Element(Element { kind, values: values.clone(), children }));
                }
            }
        }
    }
    left
}

/// A picture with its words and, as its title, what stands below it.
fn picture(figure: &Element, room: Room) -> String {
    let alt = escape::text(figure.text_value("alt"), escape::Place { room, after_note: false, ends: true });
    let caption = plain(&figure.children);
    let title = if caption.is_empty() { String::new() } else { format!(" \"{}\"", escape::title(&caption, room)) };
    format!("![{alt}]({}{title})", escape::address(figure.text_value("src"), room))
}
