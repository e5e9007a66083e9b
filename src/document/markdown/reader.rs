//! From Markdown: what Markdown has, as nodes of a chapter.

use super::{
    super::{
        beside::Around,
        builder::{Begins, Builder},
        html_reader::{Ends, Html, add_block, add_picture, link_among, picture_among},
        left_out::{LeftOut, What},
        schema::Value,
        tree::{Element, Mark},
    },
    LISTS_END, NOTHING,
    attributes::{self, HeadingNames},
    notes::Notes,
    parts::{Levels, Part},
    places,
};
use comrak::{
    arena_tree::NodeEdge,
    nodes::{AstNode, ListType, NodeLink, NodeValue},
};

/// Reads a text of Markdown into trees.
pub(super) struct Reader<'a> {
    pub(super) notes: Notes<'a>,
    /// What the text has and a chapter has no place for.
    pub(super) left_out: LeftOut,
    /// How many nodes a tree may become.
    pub(super) most: usize,
    /// The parts of a book that are marked, each with where it begins.
    pub(super) parts: Vec<(usize, Part)>,
    /// Whether those are looked for.
    pub(super) has_parts: bool,
    /// Whether it is a whole book in one file, in which links lead to other chapters.
    pub(super) is_alone: bool,
    /// What its headings are called in links, where they say so.
    pub(super) names: HeadingNames<'a>,
    levels: Levels,
    /// Where the files lie that it names, if it is one of several.
    around: Option<Around<'a>>,
}

impl<'a> Reader<'a> {
    /// A reader of this text, which may become so many nodes.
    pub(super) fn of(root: &'a AstNode<'a>, most: usize, bytes: usize, around: Option<Around<'a>>) -> Self {
        Self {
            notes: Notes::of(root, bytes),
            left_out: LeftOut::default(),
            most,
            parts: Vec::new(),
            has_parts: false,
            is_alone: false,
            names: HeadingNames::new(),
            levels: Levels::default(),
            around,
        }
    }

    /// Adds what stands in a block of the text, with all in it. Not by going into each: a text may be as deep as it is
    /// long.
    pub(super) fn add(&mut self, block: &'a AstNode<'a>, tree: &mut Builder) {
        let mut ends = Ends::default();
        let mut passed_over: Option<&AstNode<'a>> = None;
        for edge in block.traverse() {
            if tree.is_full() {
                return;
            }
            match edge {
                NodeEdge::Start(node) if passed_over.is_none() => {
                    if node.data.borrow().value.contains_inlines() {
                        ends = ends_in(node);
                    }
                    if !self.begin(node, tree, &mut ends) {
                        passed_over = Some(node);
                    }
                }
                NodeEdge::Start(_) => {}
                NodeEdge::End(node) => match passed_over {
                    Some(whole) if std::ptr::eq(whole, node) => passed_over = None,
                    Some(_) => {}
                    None if opens(&node.data.borrow().value) => tree.close_wall(),
                    None => {}
                },
            }
        }
    }

    /// What a node begins with. Answers whether what stands in it is still to be read.
    fn begin(&mut self, node: &'a AstNode<'a>, tree: &mut Builder, ends: &mut Ends) -> bool {
        let mut open = |begins| tree.open("", begins, true);
        match &node.data.borrow().value {
            NodeValue::Heading(heading) => {
                open(Begins::EmptyLine("heading", self.levels.of(heading.level)));
                if let Some(name) = self.names.remove(&std::ptr::from_ref(node)) {
                    tree.anchor(name);
                }
            }
            NodeValue::Paragraph => open(Begins::Line("paragraph", 0)),
            NodeValue::BlockQuote => open(Begins::Node("blockquote", Vec::new())),
            NodeValue::List(list) => open(match list.list_type {
                ListType::Bullet => Begins::Node("bullet_list", Vec::new()),
                ListType::Ordered => {
                    let start = i64::try_from(list.start).unwrap_or(1).min(999_999);
                    Begins::Node("ordered_list", vec![("start", Value::Number(start))])
                }
            }),
            NodeValue::Item(_) => open(Begins::Node("list_item", Vec::new())),
            NodeValue::TaskItem(task) => {
                open(Begins::Node("list_item", Vec::new()));
                tree.tick(task.symbol.is_some());
            }
            NodeValue::Table(_) => open(Begins::Node("table", Vec::new())),
            NodeValue::TableRow(_) => open(Begins::Node("table_row", Vec::new())),
            NodeValue::TableCell => {
                let row = node.parent().map(|row| row.data.borrow());
                let is_head = row.is_some_and(|row| matches!(row.value, NodeValue::TableRow(true)));
                open(Begins::Node(if is_head { "table_header" } else { "table_cell" }, Vec::new()));
            }
            NodeValue::ThematicBreak => tree.block(Element::new("scene_break", &[], Vec::new())),
            NodeValue::CodeBlock(code) => {
                open(Begins::Code(attributes::language(&code.info).to_owned()));
                tree.text(&code.literal);
                tree.close_wall();
            }
            NodeValue::HtmlBlock(html) if html.literal.trim() == LISTS_END => {}
            NodeValue::HtmlBlock(html) if html.literal.trim() == NOTHING && parts_lists(node) => {}
            // A line with nothing in it.
            NodeValue::HtmlBlock(html) if html.literal.trim() == NOTHING => {
                tree.block(Element::new("paragraph", &[], Vec::new()));
            }
            NodeValue::HtmlInline(html) if html == NOTHING => {}
            NodeValue::HtmlBlock(html) if let Some(part) = Part::marked(&html.literal) => {
                if self.has_parts {
                    self.levels = part.levels();
                    self.parts.push((tree.length(), part));
                }
            }
            NodeValue::HtmlBlock(html) => {
                self.name_places(&html.literal, tree);
                add_block(&html.literal, tree, &mut self.left_out, self.around);
            }
            // It stands where it is pointed to.
            NodeValue::FootnoteDefinition(_) => return false,
            // The end of a line in a note is a letter of it.
            NodeValue::Text(text) if self.notes.are_read() => tree.text(text),
            NodeValue::Text(text) => {
                for (number, line) in text.split('\n').enumerate() {
                    // Written as a sign for one, it is the end of a line like any other.
                    if number > 0 {
                        tree.blank(true);
                    }
                    tree.text(line);
                }
            }
            NodeValue::SoftBreak => tree.blank(true),
            NodeValue::LineBreak => tree.line_break(),
            NodeValue::Code(code) => tree.marked(Mark::new("code", &[]), &code.literal),
            NodeValue::HtmlInline(html) => {
                self.name_places(html, tree);
                Html { tree, left_out: &mut self.left_out, ends, around: self.around, whole: None }.add(html);
                // A blank before what shows nothing parts it from nothing; before an end, it is of what ends.
                if !html.starts_with("</") && node.next_sibling().is_none() {
                    tree.vanish();
                }
            }
            NodeValue::Emph => open(Begins::Mark(Mark::new("emphasis", &[]))),
            NodeValue::Strong => open(Begins::Mark(Mark::new("strong", &[]))),
            NodeValue::Strikethrough => open(Begins::Mark(Mark::new("strike", &[]))),
            NodeValue::Link(link) => {
                let begins = self.link(link);
                open(begins);
            }
            NodeValue::Image(image) => {
                let size = [("width", Value::Number(0)), ("height", Value::Number(0))];
                let url = picture_among(self.around, &image.url);
                add_picture(tree, &mut self.left_out, (&image.url, url), &words(node), &image.title, size);
                return false;
            }
            NodeValue::FootnoteReference(reference) => self.note(&reference.name, tree),
            _ => {}
        }
        true
    }

    fn link(&mut self, link: &NodeLink) -> Begins {
        if !link.title.is_empty() {
            self.left_out.add(What::LinkTitle, &link.title);
        }
        match self.address(&link.url) {
            Some(url) => Begins::Mark(Mark::new("link", &[("href", url)])),
            None => {
                if !link.url.is_empty() {
                    self.left_out.add(What::Link, &link.url);
                }
                Begins::Inline
            }
        }
    }

    /// Where a link leads, if it may lead there.
    fn address(&self, href: &str) -> Option<Value> {
        let within = if self.is_alone { places::within(href) } else { None };
        within.or_else(|| link_among(self.around, href))
    }

    /// Names the places that HTML names, in a book in which links may lead to them.
    fn name_places(&self, html: &str, tree: &mut Builder) {
        if self.has_parts {
            places::named_in(html).into_iter().for_each(|name| tree.anchor(name));
        }
    }
}

/// Whether a remark that says nothing stands where a list would else go on: in another list, or in code that would be read
/// as a part of it.
fn parts_lists<'a>(remark: &'a AstNode<'a>) -> bool {
    let (before, after) = (remark.previous_sibling(), remark.next_sibling());
    before.is_some_and(|before| matches!(before.data.borrow().value, NodeValue::List(_)))
        && after.is_some_and(|after| matches!(after.data.borrow().value, NodeValue::List(_) | NodeValue::CodeBlock(_)))
}

/// Whether something was opened where this began, and is closed where it ends.
fn opens(value: &NodeValue) -> bool {
    matches!(
        value,
        NodeValue::Heading(_)
            | NodeValue::Paragraph
            | NodeValue::BlockQuote
            | NodeValue::List(_)
            | NodeValue::Item(_)
            | NodeValue::TaskItem(_)
            | NodeValue::Table(_)
            | NodeValue::TableRow(_)
            | NodeValue::TableCell
            | NodeValue::Emph
            | NodeValue::Strong
            | NodeValue::Strikethrough
            | NodeValue::Link(_)
    )
}

/// Which elements of HTML end in a line.
fn ends_in<'a>(line: &'a AstNode<'a>) -> Ends {
    let mut ends = Ends::default();
    for node in line.descendants() {
        if let NodeValue::HtmlInline(html) = &node.data.borrow().value {
            ends.note(html);
        }
    }
    ends
}

/// The words in a line, without its marks.
fn words<'a>(node: &'a AstNode<'a>) -> String {
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
