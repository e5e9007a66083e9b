//! A text of Markdown as one chapter or as several.

use super::{
    super::{
        beside::Around,
        builder::{Builder, Built, Heading},
        left_out::{LeftOut, What},
        manuscript::Piece,
        tree::{Element, Node, Run},
        unreadable::Unreadable,
    },
    attributes::taken_off,
    front_matter::{self, About},
    options,
    parts::Part,
    places::name_headings,
    reader::Reader,
    tables::{most_cells, widened},
};
use crate::costly::Budget;
use comrak::{Arena, ParseCancelled, nodes::AstNode, try_parse_document};
use sputnik::Fault;
use std::{borrow::Cow, cell::Cell, time::Duration};

/// How long it may take to read what was kept before chapters were written together.
const PATIENCE: Duration = Duration::from_secs(2);

/// A text as it was read.
#[derive(Debug, PartialEq)]
pub struct Text {
    /// What it says about itself.
    pub about: About,
    /// Its pieces, in their order.
    pub pieces: Vec<Piece>,
    /// What there was no place for.
    pub left_out: LeftOut,
}

/// Where a text is taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Nowhere: it is all text.
    Nowhere,
    /// After the heading it begins with, if it does.
    FirstHeading,
}

/// Why a text is not taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// It would be far more nodes than it has letters: a table of thousands of columns, say, whose rows are short.
    TooMany,
    /// It takes longer than the budget has.
    TooLong,
}

impl From<Unread> for Fault {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::TooMany => Self::too_large(
                "This text has more parts than its size allows, such as a table with very many columns or a list of very \
                 many items. Nothing was changed. Please bring it in as smaller files, or make its tables smaller.",
            ),
            Unread::TooLong => Budget::fault(),
        }
    }
}

impl From<Unread> for Unreadable {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::TooMany => Self::TooMany,
            Unread::TooLong => Self::TooLong,
        }
    }
}

/// How many nodes a text of so many bytes may be: two for each cell of a table of numbers, and room for a short one that
/// is mostly signs. What is more takes hundreds of bytes of memory for each of its own.
fn most_nodes(bytes: usize) -> usize {
    (20_000 + bytes / 2).min(250_000)
}

/// How many cells the tables of a text of so many bytes may have: those that are empty are a blank and a sign each, and a
/// short table may have rows that are shorter than its head.
fn most_cells_of(bytes: usize) -> usize {
    1_000 + bytes / 2
}

/// How many steps comrak takes for a node, and for a byte that becomes none, at most. It asks each time it has taken so
/// many.
const STEPS_A_NODE: usize = 10;
const STEPS_A_BYTE: usize = 4;
const STEPS_A_QUESTION: usize = 256;

/// What stands in a text of Markdown, from its first line on. One that cannot be [taken apart](Unread) is read as the
/// letters it has.
pub fn read(markdown: &str) -> Vec<Node> {
    let (about, left_out) = (About::default(), LeftOut::default());
    match read_text(markdown, about, left_out, Among::Kept, Cut::Nowhere, &Budget::of(PATIENCE)) {
        Ok(read) => read.pieces.into_iter().flat_map(|piece| piece.nodes).collect(),
        Err(_) => as_letters(markdown),
    }
}

fn as_letters(text: &str) -> Vec<Node> {
    let paragraph = |text: &str| {
        let run = Run { text: text.replace('\0', "\u{fffd}"), marks: Vec::new() };
        Node::Element(Element::new("paragraph", &[], vec![Node::Text(run)]))
    };
    text.split("\n\n").filter(|text| !text.trim().is_empty()).map(paragraph).collect()
}

/// The pieces of a text; none, where nothing stands in it. A note stands where it is pointed to, wherever in the text it
/// was written.
///
/// # Errors
/// When it is not taken apart. What it takes in memory and time is bounded by its length.
pub fn read_pieces(markdown: &str, cut: Cut, budget: &Budget) -> Result<Text, Unread> {
    let mut left_out = LeftOut::default();
    let markdown = with_ends(markdown);
    let (about, markdown) = front_matter::take(&markdown, &mut left_out);
    read_text(markdown, about, left_out, Among::None, cut, budget)
}

/// The text with its lines ended as most systems end them.
pub(super) fn with_ends(markdown: &str) -> Cow<'_, str> {
    if markdown.contains('\r') {
        Cow::Owned(markdown.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(markdown)
    }
}

/// The same without what a text says about itself, which was taken off its head.
fn read_text(
    markdown: &str,
    about: About,
    left_out: LeftOut,
    among: Among<'_>,
    cut: Cut,
    budget: &Budget,
) -> Result<Text, Unread> {
    let read = read_tree(markdown, left_out, among, budget)?;
    let mut text = Text { about, pieces: Vec::new(), left_out: read.left_out };
    text.take_apart(read.built, cut);
    Ok(text)
}

/// What a text is among.
#[derive(Clone, Copy)]
pub(super) enum Among<'a> {
    /// Nothing: it is the text of a chapter as that was kept, in which braces behind a heading are its writer's words.
    Kept,
    /// Nothing: it is the text of a chapter.
    None,
    /// The parts of a book that are marked in it.
    Parts,
    /// Other files.
    Files(Around<'a>),
}

impl<'a> Among<'a> {
    fn around(self) -> Option<Around<'a>> {
        match self {
            Self::Files(around) => Some(around),
            _ => None,
        }
    }

    /// Whether it is a whole book, or belongs to one.
    fn is_book(self) -> bool {
        matches!(self, Self::Parts | Self::Files(_))
    }
}

/// A text as a tree.
pub(super) struct ReadTree {
    pub(super) built: Built,
    /// The parts of a book that are marked in it, each with where it begins.
    pub(super) parts: Vec<(usize, Part)>,
    pub(super) left_out: LeftOut,
}

/// Reads a text, which may be one of several files.
pub(super) fn read_tree(
    markdown: &str,
    left_out: LeftOut,
    among: Among<'_>,
    budget: &Budget,
) -> Result<ReadTree, Unread> {
    // As CommonMark wants it; PostgreSQL would not keep it either.
    let mut markdown = with_ends(markdown).replace('\0', "\u{fffd}");
    let arena = Arena::new();
    let mut root = parse(&arena, &markdown, budget)?;
    let wide_arena;
    if let Some(wide) = widened(root, &markdown) {
        wide_arena = Arena::new();
        root = parse(&wide_arena, &wide, budget)?;
        markdown = wide;
    }
    let most = most_nodes(markdown.len());
    let (mut reader, mut tree) = (Reader::of(root, most, markdown.len(), among.around()), Builder::new(most));
    reader.left_out = left_out;
    (reader.has_parts, reader.is_alone) = (among.is_book(), matches!(among, Among::Parts));
    if !matches!(among, Among::Kept) {
        reader.names = taken_off(root, &markdown, &mut reader.left_out);
    }
    for block in root.children() {
        reader.add(block, &mut tree);
        if budget.is_spent() {
            return Err(Unread::TooLong);
        }
    }
    // At the end, whatever it was about.
    reader.add_unread_notes(root, &mut tree);
    if tree.is_full() {
        return Err(Unread::TooMany);
    }
    let mut built = tree.finish();
    if among.is_book() {
        name_headings(&mut built, &reader.parts);
    }
    Ok(ReadTree { built, parts: reader.parts, left_out: reader.left_out })
}

/// The text as comrak's tree.
fn parse<'a>(arena: &'a Arena<'a>, markdown: &str, budget: &Budget) -> Result<&'a AstNode<'a>, Unread> {
    let most = most_nodes(markdown.len());
    if most_cells(markdown) > most_cells_of(markdown.len()) {
        return Err(Unread::TooMany);
    }
    // Whatever else there is of it: whatever comrak makes or looks at is a step.
    let (steps, most_steps) = (Cell::new(0), most * STEPS_A_NODE + markdown.len() * STEPS_A_BYTE);
    let is_too_much = || {
        steps.set(steps.get() + STEPS_A_QUESTION);
        steps.get() > most_steps || budget.is_spent()
    };
    let root = try_parse_document(arena, markdown, &options(), &is_too_much);
    let unread = || if budget.is_spent() { Unread::TooLong } else { Unread::TooMany };
    let root = root.map_err(|ParseCancelled| unread())?;
    if root.descendants().nth(most).is_some() { Err(Unread::TooMany) } else { Ok(root) }
}

impl Text {
    fn take_apart(&mut self, built: Built, cut: Cut) {
        let Built { nodes, headings, .. } = built;
        let mut piece = Piece::default();
        let first = first_heading(&nodes, &headings).filter(|_| cut == Cut::FirstHeading);
        // Where it is called otherwise, the heading is its text's.
        let first = first.filter(|at| self.about.is_of(&nodes[*at]));
        for (at, node) in nodes.into_iter().enumerate() {
            match node {
                Node::Element(heading) if Some(at) == first => {
                    let (title, below) = self.titled(heading);
                    piece.title = Some(title);
                    piece.nodes.extend(below);
                }
                node => piece.nodes.push(node),
            }
        }
        self.pieces.extend(Some(piece).filter(|piece| piece.title.is_some() || !piece.nodes.is_empty()));
    }

    /// A heading as a title, and what stands below it. A title has no notes and leads nowhere: those stand below it, or
    /// are named.
    fn titled(&mut self, heading: Element) -> (String, Vec<Node>) {
        let (mut title, mut nodes) = (String::new(), Vec::new());
        for child in heading.children {
            match child {
                Node::Text(run) => {
                    if let Some(link) = run.marks.iter().find(|mark| mark.kind.name == "link") {
                        self.left_out.add(What::Link, link.text_value("href"));
                    }
                    title.push_str(&run.text);
                }
                Node::Element(note) if note.kind.name == "footnote" => {
                    nodes.push(Node::Element(Element::new("paragraph", &[], note.children)));
                }
                Node::Element(_) => title.push(' '),
            }
        }
        (title, nodes)
    }
}

/// The heading that a text begins with. Pictures that stood in it stand before it.
fn first_heading(nodes: &[Node], headings: &[Heading]) -> Option<usize> {
    let first = headings.first()?;
    nodes[..first.at].iter().all(|node| is_of(node, "figure")).then_some(first.at)
}

fn is_of(node: &Node, kind: &str) -> bool {
    matches!(node, Node::Element(element) if element.kind.name == kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::tree::plain;

    fn pieces(markdown: &str, cut: Cut) -> Vec<(Option<String>, String)> {
        let read = read_pieces(markdown, cut, &Budget::of(PATIENCE)).unwrap();
        read.pieces.into_iter().map(|piece| (piece.title, plain(&piece.nodes))).collect()
    }

    fn titled(title: &str, text: &str) -> (Option<String>, String) {
        (Some(title.into()), text.into())
    }

    #[test]
    fn a_text_is_cut_where_it_was_asked_for() {
        let text = "# One\n\na\n\n## Inner\n\nb\n\nTwo\n===\n\nc";
        assert_eq!(pieces(text, Cut::Nowhere), [(None, "One\na\nInner\nb\nTwo\nc".into())]);
        assert_eq!(pieces(text, Cut::FirstHeading), [titled("One", "a\nInner\nb\nTwo\nc")]);
        assert_eq!(pieces("# Only a title", Cut::FirstHeading), [titled("Only a title", "")]);
        assert_eq!(pieces(" \n\n", Cut::FirstHeading), []);
    }

    #[test]
    fn a_table_that_would_be_huge_is_refused_before_it_is_filled_up() {
        let wide = format!("{}|\n{}|\n{}", "|a".repeat(5_000), "|-".repeat(5_000), "b\n".repeat(100));
        assert_eq!(read_pieces(&wide, Cut::Nowhere, &Budget::of(PATIENCE)), Err(Unread::TooMany));
    }
}
