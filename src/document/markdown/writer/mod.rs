//! To Markdown.

use super::{
    super::{
        schema::Content,
        tree::{Element, Mark, Node, Run, plain},
    },
    LANGUAGE, SMALL_CAPS, options,
};
use comrak::{
    Arena, format_commonmark,
    nodes::{
        AstNode, ListDelimType, ListType, NodeCode, NodeCodeBlock, NodeFootnoteDefinition, NodeFootnoteReference,
        NodeHeading, NodeLink, NodeList, NodeTable, NodeTaskItem, NodeValue, Sourcepos, TableAlignment,
    },
};

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
    let arena = Arena::new();
    let root = arena.alloc(NodeValue::Document.into());
    let mut page = Page { arena: &arena, among, notes: Vec::new(), on_one_line: false };
    page.blocks(nodes, root);
    let mut written = 0;
    // A note may have notes.
    while let Some(note) = page.notes.get(written).copied() {
        written += 1;
        let number = written;
        let definition = NodeFootnoteDefinition { name: page.note_name(number), total_references: 1 };
        let definition = page.child(root, NodeValue::FootnoteDefinition(definition));
        let line = page.child(definition, NodeValue::Paragraph);
        page.inlines(note, line);
    }
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = format_commonmark(root, &options(), &mut text);
    text
}

/// A line of text as a heading, from level 1 on.
pub fn heading(level: u8, text: &str) -> String {
    let arena = Arena::new();
    let root = arena.alloc(NodeValue::Document.into());
    let page = Page { arena: &arena, among: &Among::default(), notes: Vec::new(), on_one_line: true };
    let heading = NodeHeading { level: level.clamp(1, 6), setext: false, closed: false };
    let line = page.child(root, NodeValue::Heading(heading));
    page.child(line, NodeValue::Text(text.to_owned().into()));
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = format_commonmark(root, &options(), &mut text);
    text
}

struct Page<'a, 'n> {
    arena: &'a Arena<'a>,
    among: &'n Among,
    notes: Vec<&'n [Node]>,
    /// Whether what is written now has no room for a second line: a heading, or a cell of a table.
    on_one_line: bool,
}

type Ast<'a> = &'a AstNode<'a>;

impl<'a, 'n> Page<'a, 'n> {
    fn child(&self, parent: Ast<'a>, value: NodeValue) -> Ast<'a> {
        let child = self.arena.alloc(value.into());
        parent.append(child);
        child
    }

    fn note_name(&self, number: usize) -> String {
        format!("{}{number}", self.among.notes)
    }

    fn blocks(&mut self, nodes: &'n [Node], parent: Ast<'a>) {
        for node in nodes {
            if let Node::Element(element) = node {
                self.block(element, parent);
            }
        }
    }

    fn block(&mut self, element: &'n Element, parent: Ast<'a>) {
        let children = &element.children;
        match &*element.kind.name {
            "heading" => {
                let level = u8::try_from(element.number("level")).unwrap_or(2).saturating_add(self.among.lower).min(6);
                let heading = NodeHeading { level, setext: false, closed: false };
                let line = self.child(parent, NodeValue::Heading(heading));
                self.on_one_line = true;
                self.inlines(children, line);
                self.on_one_line = false;
            }
            "bullet_list" => self.list(element, parent, NodeList { bullet_char: b'-', ..list(ListType::Bullet) }),
            "task_list" => {
                let list = NodeList { bullet_char: b'-', is_task_list: true, ..list(ListType::Bullet) };
                self.list(element, parent, list);
            }
            "ordered_list" => {
                let start = usize::try_from(element.number("start")).unwrap_or(1);
                self.list(element, parent, NodeList { start, ..list(ListType::Ordered) });
            }
            "blockquote" => {
                let quote = self.child(parent, NodeValue::BlockQuote);
                self.blocks(children, quote);
            }
            "code_block" => {
                let text = children.iter().filter_map(|child| match child {
                    Node::Text(run) => Some(run.text.as_str()),
                    Node::Element(_) => None,
                });
                let literal = text.collect::<String>() + "\n";
                let (info, fence_length) = (element.text_value("language").to_owned(), longest_fence(&literal));
                let code =
                    NodeCodeBlock { fenced: true, fence_char: b'`', fence_length, info, literal, ..Default::default() };
                self.child(parent, NodeValue::CodeBlock(Box::new(code)));
            }
            "figure" => {
                let line = self.child(parent, NodeValue::Paragraph);
                self.picture(element, line);
            }
            "table" => self.table(element, parent),
            "scene_break" => drop(self.child(parent, NodeValue::ThematicBreak)),
            // Paragraphs, and verse, of which each line is one.
            _ => {
                let line = self.child(parent, NodeValue::Paragraph);
                self.inlines(children, line);
            }
        }
    }

    fn picture(&self, figure: &Element, line: Ast<'a>) {
        let link = NodeLink { url: figure.text_value("src").to_owned(), title: plain(&figure.children) };
        let image = self.child(line, NodeValue::Image(Box::new(link)));
        self.child(image, NodeValue::Text(figure.text_value("alt").to_owned().into()));
    }

    fn list(&mut self, element: &'n Element, parent: Ast<'a>, list: NodeList) {
        let list = NodeList { tight: is_tight(element), ..list };
        let node = self.child(parent, NodeValue::List(list));
        for item in &element.children {
            let Node::Element(item) = item else { continue };
            let value = if item.kind.name == "task_item" {
                let symbol = item.flag("done").then_some('x');
                NodeValue::TaskItem(NodeTaskItem { symbol, symbol_sourcepos: Sourcepos::from((0, 0, 0, 0)) })
            } else {
                NodeValue::Item(list)
            };
            let node = self.child(node, value);
            self.blocks(&item.children, node);
        }
    }

    fn table(&mut self, element: &'n Element, parent: Ast<'a>) {
        let elements = |nodes: &'n [Node]| {
            nodes.iter().filter_map(|node| if let Node::Element(element) = node { Some(element) } else { None })
        };
        let rows: Vec<&Element> = elements(&element.children).collect();
        let columns = rows.iter().map(|row| row.children.len()).max().unwrap_or(0);
        if columns == 0 {
            return;
        }
        let table = NodeTable {
            alignments: vec![TableAlignment::None; columns],
            num_columns: columns,
            num_rows: rows.len(),
            num_nonempty_cells: 0,
        };
        let node = self.child(parent, NodeValue::Table(Box::new(table)));
        for (number, row) in rows.into_iter().enumerate() {
            let node = self.child(node, NodeValue::TableRow(number == 0));
            let mut cells = elements(&row.children);
            // The first row says how many columns there are; another may be shorter, and stays so: filled up, one long
            // row would make all long.
            let wide = if number == 0 { columns } else { row.children.len() };
            for _ in 0..wide {
                let node = self.child(node, NodeValue::TableCell);
                self.on_one_line = true;
                for block in cells.next().into_iter().flat_map(|cell| elements(&cell.children)) {
                    self.in_cell(block, node);
                }
                self.on_one_line = false;
            }
        }
    }

    /// What stands in a cell of a table, where there is one line for all of it.
    fn in_cell(&mut self, element: &'n Element, cell: Ast<'a>) {
        if matches!(element.kind.content, Content::Nodes(_)) {
            for child in &element.children {
                if let Node::Element(child) = child {
                    self.in_cell(child, cell);
                }
            }
            return;
        }
        if cell.first_child().is_some() {
            self.child(cell, NodeValue::Text(" ".into()));
        }
        if element.kind.name == "figure" {
            self.picture(element, cell);
        } else {
            self.inlines(&element.children, cell);
        }
    }

    /// The end of a line, or a blank where no other line can follow.
    fn line_break(&self, at: Ast<'a>) {
        self.child(at, if self.on_one_line { NodeValue::Text(" ".into()) } else { NodeValue::LineBreak });
    }

    fn inlines(&mut self, nodes: &'n [Node], parent: Ast<'a>) {
        let mut open: Vec<Open<'a, 'n>> = Vec::new();
        for (number, node) in nodes.iter().enumerate() {
            let marks: Vec<&Mark> = marks_of(node).collect();
            let shared = open.iter().zip(&marks).take_while(|(open, mark)| open.mark == **mark).count();
            self.close(&mut open, shared, parent);
            for mark in &marks[shared..] {
                let at = open.last().map_or(parent, |open| open.node);
                open.push(self.opened(mark, signs_mark(nodes, number, open.len()), at));
            }
            let at = open.last().map_or(parent, |open| open.node);
            match node {
                Node::Text(run) => self.text(run, begins_line(nodes[..number].last()), at),
                Node::Element(element) if element.kind.name == "hard_break" => self.line_break(at),
                Node::Element(element) => {
                    self.notes.push(&element.children);
                    let name = self.note_name(self.notes.len());
                    let reference = NodeFootnoteReference { name, ref_num: 1, ix: 1, ..Default::default() };
                    self.child(at, NodeValue::FootnoteReference(Box::new(reference)));
                }
            }
        }
        self.close(&mut open, 0, parent);
    }

    /// Begins a mark, with signs if they would be read as such.
    fn opened(&self, mark: &'n Mark, by_signs: bool, at: Ast<'a>) -> Open<'a, 'n> {
        let node = |value| Open { mark, node: self.child(at, value), end: None };
        let html = |begin: &str, end| {
            self.child(at, NodeValue::HtmlInline(begin.to_owned()));
            Open { mark, node: at, end: Some(end) }
        };
        match (&*mark.kind.name, by_signs) {
            ("emphasis", true) => node(NodeValue::Emph),
            ("emphasis", false) => html("<em>", "</em>"),
            ("strong", true) => node(NodeValue::Strong),
            ("strong", false) => html("<strong>", "</strong>"),
            ("strike", true) => node(NodeValue::Strikethrough),
            ("strike", false) => html("<s>", "</s>"),
            ("link", _) => {
                let link = NodeLink { url: mark.text_value("href").to_owned(), title: String::new() };
                node(NodeValue::Link(Box::new(link)))
            }
            ("small_caps", _) => html(SMALL_CAPS, "</span>"),
            ("language", _) => html(&format!("{LANGUAGE}{}\">", mark.text_value("lang")), "</span>"),
            ("superscript", _) => html("<sup>", "</sup>"),
            _ => html("<sub>", "</sub>"),
        }
    }

    fn close(&self, open: &mut Vec<Open<'a, 'n>>, down_to: usize, parent: Ast<'a>) {
        while open.len() > down_to {
            let Some(Open { end, .. }) = open.pop() else { return };
            let at = open.last().map_or(parent, |open| open.node);
            if let Some(end) = end {
                self.child(at, NodeValue::HtmlInline(end.to_owned()));
            }
        }
    }

    fn text(&self, run: &Run, begins_line: bool, at: Ast<'a>) {
        if run.marks.iter().any(|mark| mark.kind.name == "code") {
            let code = NodeCode { num_backticks: 1, literal: run.text.clone() };
            self.child(at, NodeValue::Code(code));
            return;
        }
        for (number, line) in run.text.split('\n').enumerate() {
            if number > 0 {
                self.line_break(at);
            }
            // Blanks at the beginning of a line would go, or make code of it.
            let indented = line.strip_prefix(' ').filter(|_| begins_line || number > 0);
            if indented.is_some() {
                self.child(at, NodeValue::HtmlInline("&#32;".into()));
            }
            let line = indented.unwrap_or(line);
            if !line.is_empty() {
                self.child(at, NodeValue::Text(line.to_owned().into()));
            }
        }
    }
}

/// A mark on the text that is being written.
struct Open<'a, 'n> {
    mark: &'n Mark,
    /// Where the text stands.
    node: Ast<'a>,
    /// What ends it, where it is written as HTML.
    end: Option<&'static str>,
}

/// The marks on a piece of text. That it is code is no mark in Markdown: it is what the piece is.
fn marks_of(node: &Node) -> impl Iterator<Item = &Mark> {
    let marks = if let Node::Text(run) = node { run.marks.as_slice() } else { &[] };
    marks.iter().filter(|mark| mark.kind.name != "code")
}

/// Whether a line begins after this.
fn begins_line(before: Option<&Node>) -> bool {
    before.is_none_or(|node| matches!(node, Node::Element(element) if element.kind.name == "hard_break"))
}

/// Whether signs around the text from `first` on, as long as its mark of this depth holds, would be read as a mark: not
/// beside a blank within, and between a letter and another sign neither.
/// <https://spec.commonmark.org/0.31.2/#left-flanking-delimiter-run>
fn signs_mark(nodes: &[Node], first: usize, depth: usize) -> bool {
    // With all that are around it: where one of those ends, this one ends too, and begins anew.
    let around = |node: &Node| marks_of(node).take(depth + 1).eq(marks_of(&nodes[first]).take(depth + 1));
    let length = nodes[first..].iter().take_while(|node| around(node)).count();
    let (before, after) = (nodes[..first].last(), nodes.get(first + length));
    let flanks = |inside: char, outside: char| {
        !inside.is_whitespace() && (inside.is_alphanumeric() || !outside.is_alphanumeric())
    };
    let edge = |node: Option<&Node>, end: bool| match node {
        Some(Node::Text(run)) if run.marks.iter().any(|mark| mark.kind.name == "code") => '`',
        Some(Node::Text(run)) => (if end { run.text.chars().last() } else { run.text.chars().next() }).unwrap_or(' '),
        Some(Node::Element(element)) if element.kind.name != "hard_break" => '[',
        _ => ' ',
    };
    let last = nodes.get(first + length - 1);
    flanks(edge(nodes.get(first), false), edge(before, true)) && flanks(edge(last, true), edge(after, false))
}

fn list(list_type: ListType) -> NodeList {
    NodeList { list_type, start: 1, delimiter: ListDelimType::Period, ..NodeList::default() }
}

/// Whether a list is written without empty lines between its items: where each is a paragraph and lists below it.
fn is_tight(list: &Element) -> bool {
    list.children.iter().all(|item| {
        let Node::Element(item) = item else { return true };
        item.children.iter().skip(1).all(|node| matches!(node, Node::Element(e) if e.kind.name.ends_with("_list")))
    })
}

/// A fence that does not stand in the code.
fn longest_fence(code: &str) -> usize {
    let runs = code.split(|c| c != '`').map(str::len);
    runs.max().unwrap_or(0).max(2) + 1
}
