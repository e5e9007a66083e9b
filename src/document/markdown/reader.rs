//! From Markdown: what Markdown has, as nodes of a chapter.

use super::{
    super::{
        schema::{SCHEMA, Value},
        tree::{Element, Mark, Node, Run},
    },
    LANGUAGE, LISTS_END, SMALL_CAPS,
};
use comrak::{
    arena_tree::NodeEdge,
    nodes::{AstNode, ListType, NodeValue},
};
use std::collections::{HashMap, HashSet};
use yrs::Any;

/// In how many others a mark, or a note, is read. What is deeper is read as the words it has.
const DEEPEST: usize = 40;

/// The footnotes of a text, each to be put where it is first pointed to.
#[derive(Default)]
pub(super) struct Notes<'a> {
    of: HashMap<String, &'a AstNode<'a>>,
    used: HashSet<String>,
    /// In how many notes one reads that is.
    within: usize,
}

/// What stands in a line, and pictures, which break it.
enum Inline {
    Node(Node),
    Picture(Element),
}

/// The marks that hold where one reads: those of Markdown, and those written as HTML.
#[derive(Clone, Default)]
struct OpenMarks {
    marks: Vec<Mark>,
    html: Vec<Mark>,
    /// In how many others that is.
    depth: usize,
}

impl OpenMarks {
    fn with(&self, mark: Mark) -> Self {
        let mut held = self.clone();
        held.marks.push(mark);
        held
    }

    fn run(&self, text: String) -> Inline {
        let mut marks: Vec<Mark> = Vec::new();
        for mark in self.marks.iter().chain(&self.html) {
            if !marks.iter().any(|other| other.kind.name == mark.kind.name) {
                marks.push(mark.clone());
            }
        }
        marks.sort_by_key(|mark| mark.kind.rank);
        Inline::Node(Node::Text(Run { text, marks }))
    }
}

impl<'a> Notes<'a> {
    /// Those of a text, none of them used.
    pub(super) fn of(root: &'a AstNode<'a>) -> Self {
        let mut notes = Self::default();
        for node in root.descendants() {
            if let NodeValue::FootnoteDefinition(definition) = &node.data.borrow().value {
                notes.of.insert(definition.name.clone(), node);
            }
        }
        notes
    }

    /// Those that nothing pointed to, as text.
    pub(super) fn unused(&mut self, root: &'a AstNode<'a>) -> Vec<Node> {
        let mut nodes = Vec::new();
        for node in root.descendants() {
            if let NodeValue::FootnoteDefinition(definition) = &node.data.borrow().value
                && !self.used.contains(&definition.name)
            {
                nodes.extend(self.blocks(node, 1));
            }
        }
        nodes
    }

    fn blocks(&mut self, parent: &'a AstNode<'a>, depth: usize) -> Vec<Node> {
        let mut nodes = Vec::new();
        for node in parent.children() {
            self.block(node, depth, &mut nodes);
        }
        nodes
    }

    /// A block of the text, so deep in others, as nodes.
    pub(super) fn block(&mut self, node: &'a AstNode<'a>, depth: usize, nodes: &mut Vec<Node>) {
        let holds = |kind: &str, given: &[(&str, Value)], children: Vec<Node>| {
            Node::Element(Element::new(kind, given, children))
        };
        // What stands deeper than a chapter can hold stands beside the deepest.
        let inside = if depth + 4 > SCHEMA.depth { None } else { Some(depth + 1) };
        match &node.data.borrow().value {
            NodeValue::Heading(heading) => {
                let level = Value::Number(i64::from(heading.level.clamp(2, 4)));
                self.paragraphs(node, "heading", &[("level", level)], nodes);
            }
            NodeValue::ThematicBreak => nodes.push(holds("scene_break", &[], Vec::new())),
            NodeValue::CodeBlock(code) => {
                let language = code.info.split_whitespace().next().unwrap_or_default().chars().take(40).collect();
                let text = code.literal.strip_suffix('\n').unwrap_or(&code.literal);
                nodes.push(holds("code_block", &[("language", Value::Text(language))], plain(text)));
            }
            NodeValue::HtmlBlock(html) if html.literal.trim() == LISTS_END => {}
            NodeValue::HtmlBlock(html) => nodes.push(holds("paragraph", &[], plain(html.literal.trim_end()))),
            NodeValue::BlockQuote if let Some(depth) = inside => {
                let children = self.blocks(node, depth);
                nodes.push(holds("blockquote", &[], children));
            }
            NodeValue::List(list) if let Some(depth) = inside => {
                let is_task = |item: &AstNode<'_>| matches!(item.data.borrow().value, NodeValue::TaskItem(_));
                let (kind, item) = match list.list_type {
                    ListType::Bullet if node.children().any(is_task) => ("task_list", "task_item"),
                    ListType::Bullet => ("bullet_list", "list_item"),
                    ListType::Ordered => ("ordered_list", "list_item"),
                };
                let items = node.children().map(|child| {
                    let done = match &child.data.borrow().value {
                        NodeValue::TaskItem(task) if item == "task_item" => {
                            vec![("done", Value::Flag(task.symbol.is_some()))]
                        }
                        _ => Vec::new(),
                    };
                    Node::Element(Element::new(item, &done, self.blocks(child, depth + 1)))
                });
                let items = items.collect();
                let start = i64::try_from(list.start).unwrap_or(1).min(999_999);
                let start = if kind == "ordered_list" { vec![("start", Value::Number(start))] } else { Vec::new() };
                nodes.push(holds(kind, &start, items));
            }
            NodeValue::Table(_) if inside.is_some() => {
                let rows = node.children().map(|row| {
                    let head = matches!(row.data.borrow().value, NodeValue::TableRow(true));
                    let cells = row.children().map(|cell| {
                        let mut inside = Vec::new();
                        self.paragraphs(cell, "paragraph", &[], &mut inside);
                        if inside.is_empty() {
                            inside.push(holds("paragraph", &[], Vec::new()));
                        }
                        holds(if head { "table_header" } else { "table_cell" }, &[], inside)
                    });
                    holds("table_row", &[], cells.collect())
                });
                let rows = rows.collect();
                nodes.push(holds("table", &[], rows));
            }
            NodeValue::FootnoteDefinition(_) => {}
            value if value.contains_inlines() => self.paragraphs(node, "paragraph", &[], nodes),
            _ => self.leaves(node, depth, nodes),
        }
    }

    /// The lines of what holds others, without that. Not by going into each: a text may be as deep as it is long.
    fn leaves(&mut self, node: &'a AstNode<'a>, depth: usize, nodes: &mut Vec<Node>) {
        let mut notes: usize = 0;
        for edge in node.traverse() {
            let (NodeEdge::Start(inner) | NodeEdge::End(inner)) = edge;
            let value = &inner.data.borrow().value;
            match (&edge, value) {
                (NodeEdge::Start(_), NodeValue::FootnoteDefinition(_)) => notes += 1,
                (NodeEdge::End(_), NodeValue::FootnoteDefinition(_)) => notes -= 1,
                (NodeEdge::Start(_), NodeValue::CodeBlock(_) | NodeValue::HtmlBlock(_) | NodeValue::ThematicBreak)
                    if notes == 0 =>
                {
                    self.block(inner, depth, nodes);
                }
                (NodeEdge::Start(_), value) if notes == 0 && value.block() && value.contains_inlines() => {
                    self.block(inner, depth, nodes);
                }
                _ => {}
            }
        }
    }

    /// A line of text as nodes of this kind: one, or more where pictures stand in it.
    fn paragraphs(&mut self, node: &'a AstNode<'a>, kind: &str, given: &[(&str, Value)], nodes: &mut Vec<Node>) {
        let mut line = Vec::new();
        for child in self.inlines(node, &mut OpenMarks::default()) {
            match child {
                Inline::Node(node) => push(&mut line, node),
                Inline::Picture(picture) => {
                    end_line(&mut line, kind, given, nodes);
                    nodes.push(Node::Element(picture));
                }
            }
        }
        end_line(&mut line, kind, given, nodes);
    }

    fn inlines(&mut self, parent: &'a AstNode<'a>, held: &mut OpenMarks) -> Vec<Inline> {
        if held.depth > DEEPEST {
            return vec![held.run(words(parent))];
        }
        held.depth += 1;
        let found = self.inlines_of(parent, held);
        held.depth -= 1;
        found
    }

    fn inlines_of(&mut self, parent: &'a AstNode<'a>, held: &mut OpenMarks) -> Vec<Inline> {
        let mut found = Vec::new();
        for node in parent.children() {
            match &node.data.borrow().value {
                NodeValue::Text(text) => found.push(held.run(text.to_string())),
                NodeValue::SoftBreak => found.push(held.run(" ".into())),
                NodeValue::LineBreak => {
                    found.push(Inline::Node(Node::Element(Element::new("hard_break", &[], Vec::new()))));
                }
                NodeValue::Code(code) => found.push(held.with(Mark::new("code", &[])).run(code.literal.clone())),
                NodeValue::HtmlInline(html) => match html_mark(html, held) {
                    Html::Opens(_) if held.html.len() >= DEEPEST => found.push(held.run(html.clone())),
                    Html::Opens(mark) => held.html.push(mark),
                    Html::Closes => drop(held.html.pop()),
                    Html::Text => found.push(held.run(html.clone())),
                },
                NodeValue::Emph => self.marked("emphasis", &[], node, held, &mut found),
                NodeValue::Strong => self.marked("strong", &[], node, held, &mut found),
                NodeValue::Strikethrough => self.marked("strike", &[], node, held, &mut found),
                NodeValue::Link(link) => match allowed("link", "href", &link.url) {
                    Some(url) => self.marked("link", &[("href", url)], node, held, &mut found),
                    None => found.extend(self.inlines(node, held)),
                },
                NodeValue::Image(image) => match picture_address(&image.url) {
                    Some(src) => {
                        let alt = words(node).chars().take(2_000).collect();
                        let given = [("src", src), ("alt", Value::Text(alt))];
                        found.push(Inline::Picture(Element::new("figure", &given, plain(&image.title))));
                    }
                    // A picture from elsewhere is not fetched: what it shows is said.
                    None => found.push(held.run(words(node))),
                },
                NodeValue::FootnoteReference(reference) => match self.note(&reference.name) {
                    Some(note) => found.push(Inline::Node(note)),
                    None => found.push(held.run(format!("[^{}]", reference.name))),
                },
                _ => found.extend(self.inlines(node, held)),
            }
        }
        found
    }

    fn marked(
        &mut self,
        kind: &str,
        given: &[(&str, Value)],
        node: &'a AstNode<'a>,
        held: &mut OpenMarks,
        found: &mut Vec<Inline>,
    ) {
        let mut inside = held.with(Mark::new(kind, given));
        found.extend(self.inlines(node, &mut inside));
        // What was opened as HTML inside and not closed there holds on.
        held.html = inside.html;
    }

    fn note(&mut self, name: &str) -> Option<Node> {
        // A note has one place.
        if self.within > DEEPEST || self.used.contains(name) {
            return None;
        }
        let definition = *self.of.get(name)?;
        self.used.insert(name.to_owned());
        self.within += 1;
        let mut text = Vec::new();
        for block in lines_of(definition) {
            if !text.is_empty() {
                push(&mut text, Node::Text(Run { text: " ".into(), marks: Vec::new() }));
            }
            for inline in self.inlines(block, &mut OpenMarks::default()) {
                match inline {
                    Inline::Node(Node::Text(run)) => push(&mut text, Node::Text(run)),
                    Inline::Node(Node::Element(_)) => {
                        push(&mut text, Node::Text(Run { text: " ".into(), marks: Vec::new() }));
                    }
                    Inline::Picture(picture) => {
                        let alt = picture.text_value("alt").to_owned();
                        push(&mut text, Node::Text(Run { text: alt, marks: Vec::new() }));
                    }
                }
            }
        }
        self.within -= 1;
        Some(Node::Element(Element::new("footnote", &[], text)))
    }
}

/// The lines of a note, but for those of a note that was written in it: that has its own place.
fn lines_of<'a>(definition: &'a AstNode<'a>) -> Vec<&'a AstNode<'a>> {
    let (mut lines, mut within) = (Vec::new(), 0_usize);
    for edge in definition.traverse() {
        let (NodeEdge::Start(node) | NodeEdge::End(node)) = edge;
        let value = &node.data.borrow().value;
        match (&edge, value) {
            (NodeEdge::Start(_), NodeValue::FootnoteDefinition(_)) => within += 1,
            (NodeEdge::End(_), NodeValue::FootnoteDefinition(_)) => within -= 1,
            // Not the lines inside the line.
            (NodeEdge::Start(_), value) if within == 1 && value.block() && value.contains_inlines() => lines.push(node),
            _ => {}
        }
    }
    lines
}

/// What a piece of HTML in a line is.
enum Html {
    Opens(Mark),
    Closes,
    Text,
}

fn html_mark(html: &str, held: &OpenMarks) -> Html {
    let closes = |kinds: &[&str]| match held.html.last() {
        Some(mark) if kinds.contains(&&*mark.kind.name) => Html::Closes,
        _ => Html::Text,
    };
    match html {
        SMALL_CAPS => Html::Opens(Mark::new("small_caps", &[])),
        "<em>" => Html::Opens(Mark::new("emphasis", &[])),
        "<strong>" => Html::Opens(Mark::new("strong", &[])),
        "<s>" => Html::Opens(Mark::new("strike", &[])),
        "</em>" => closes(&["emphasis"]),
        "</strong>" => closes(&["strong"]),
        "</s>" => closes(&["strike"]),
        "<sup>" => Html::Opens(Mark::new("superscript", &[])),
        "<sub>" => Html::Opens(Mark::new("subscript", &[])),
        "</sup>" => closes(&["superscript"]),
        "</sub>" => closes(&["subscript"]),
        "</span>" => closes(&["small_caps", "language"]),
        _ => {
            let language = html.strip_prefix(LANGUAGE).and_then(|rest| rest.strip_suffix("\">"));
            match language.and_then(|language| allowed("language", "lang", language)) {
                Some(language) => Html::Opens(Mark::new("language", &[("lang", language)])),
                None => Html::Text,
            }
        }
    }
}

/// The value of a mark's attribute, if the schema allows it.
fn allowed(mark: &str, name: &str, value: &str) -> Option<Value> {
    let attribute = SCHEMA.mark(mark)?.attributes.iter().find(|attribute| attribute.name == name)?;
    attribute.read(&Any::from(value)).filter(|value| *value != attribute.default)
}

fn picture_address(url: &str) -> Option<Value> {
    let src = SCHEMA.node("figure")?.attributes.iter().find(|attribute| attribute.name == "src")?;
    src.read(&Any::from(url)).filter(|value| *value != src.default)
}

/// The words in a line, without its marks.
pub(super) fn words<'a>(node: &'a AstNode<'a>) -> String {
    let mut words = String::new();
    for node in node.descendants() {
        match &node.data.borrow().value {
            NodeValue::Text(text) => words.push_str(text),
            NodeValue::Code(code) => words.push_str(&code.literal),
            NodeValue::SoftBreak | NodeValue::LineBreak => words.push(' '),
            _ => {}
        }
    }
    words
}

fn plain(text: &str) -> Vec<Node> {
    if text.is_empty() {
        return Vec::new();
    }
    vec![Node::Text(Run { text: text.to_owned(), marks: Vec::new() })]
}

/// Adds a node; text to the text before it, where that has the same marks.
fn push(line: &mut Vec<Node>, node: Node) {
    match (line.last_mut(), node) {
        (Some(Node::Text(before)), Node::Text(run)) if before.marks == run.marks => before.text.push_str(&run.text),
        (_, Node::Text(run)) if run.text.is_empty() => {}
        (_, node) => line.push(node),
    }
}

fn end_line(line: &mut Vec<Node>, kind: &str, given: &[(&str, Value)], nodes: &mut Vec<Node>) {
    let mut line = std::mem::take(line);
    // Beside a picture that stood in the line.
    if let Some(Node::Text(run)) = line.last_mut() {
        run.text.truncate(run.text.trim_end_matches(' ').len());
    }
    if let Some(Node::Text(run)) = line.first_mut() {
        run.text = run.text.trim_start_matches(' ').to_owned();
    }
    line.retain(|node| !matches!(node, Node::Text(run) if run.text.is_empty()));
    if !line.is_empty() {
        nodes.push(Node::Element(Element::new(kind, given, line)));
    }
}
