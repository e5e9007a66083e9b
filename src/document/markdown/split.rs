//! A text of Markdown as one chapter or as several.

use super::{
    super::{
        builder::{Builder, Heading},
        left_out::{LeftOut, What},
        tree::{Element, Node, Run, plain},
    },
    front_matter::{self, About},
    options,
    parts::Part,
    reader::Reader,
    tables::{most_cells, widened},
};
use crate::costly::Budget;
use comrak::{Arena, ParseCancelled, nodes::AstNode, try_parse_document};
use sputnik::Fault;
use std::{borrow::Cow, cell::Cell, collections::HashMap, slice, time::Duration};

/// How long it may take to read what was kept before chapters were written together.
const PATIENCE: Duration = Duration::from_secs(2);

/// A chapter's worth of a text.
#[derive(Debug, Default, PartialEq)]
pub struct Piece {
    /// The heading it begins with, which is not in the nodes.
    pub title: Option<String>,
    /// What stands in it.
    pub nodes: Vec<Node>,
    /// Whether it is a section of a book: the pieces that follow and are deeper stand in it.
    pub is_section: bool,
    /// In how many sections it stands.
    pub depth: usize,
}

/// A text as it was read.
#[derive(Debug, PartialEq)]
pub struct Text {
    /// What it says about itself.
    pub about: About,
    /// Its pieces, in their order.
    pub pieces: Vec<Piece>,
    /// What there was no place for.
    pub left_out: LeftOut,
    /// Whether its chapters and sections are marked.
    pub is_book: bool,
}

/// Where a text is taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Nowhere: it is all text.
    Nowhere,
    /// After the heading it begins with, if it does.
    FirstHeading,
    /// Before each heading that is marked as the beginning of a chapter or a section, as in a whole book that was taken
    /// out; where none is, before each of the first level.
    EachPart,
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
    match read_text(markdown, About::default(), LeftOut::default(), Cut::Nowhere, &Budget::of(PATIENCE)) {
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
    read_text(markdown, about, left_out, cut, budget)
}

/// The text with its lines ended as most systems end them.
fn with_ends(markdown: &str) -> Cow<'_, str> {
    if markdown.contains('\r') {
        Cow::Owned(markdown.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(markdown)
    }
}

/// The same without what a text says about itself, which was taken off its head.
fn read_text(markdown: &str, about: About, left_out: LeftOut, cut: Cut, budget: &Budget) -> Result<Text, Unread> {
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
    let (mut reader, mut tree) = (Reader::of(root, most, markdown.len()), Builder::new(most));
    reader.left_out = left_out;
    reader.has_parts = cut == Cut::EachPart;
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
    let (nodes, headings) = tree.finish();
    let mut text = Text { about, pieces: Vec::new(), left_out: reader.left_out, is_book: !reader.parts.is_empty() };
    text.take_apart(nodes, &headings, &reader.parts, cut);
    Ok(text)
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

/// What a piece begins with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Begin {
    /// The heading of the book.
    Book,
    /// A chapter, or a section, so deep in others.
    Part { is_section: bool, depth: usize },
}

impl Text {
    fn take_apart(&mut self, nodes: Vec<Node>, headings: &[Heading], parts: &[(usize, Part)], cut: Cut) {
        let mut begins = begins(&nodes, headings, parts, cut);
        // Where it is called otherwise, the heading is its text's.
        begins.retain(|at, begin| {
            let names_all = cut == Cut::FirstHeading || *begin == Begin::Book;
            !names_all || self.is_called(&nodes[*at])
        });
        let mut piece = Piece::default();
        for (at, node) in nodes.into_iter().enumerate() {
            match (begins.get(&at), node) {
                (Some(Begin::Book), Node::Element(heading)) => {
                    let (title, below) = self.titled(heading);
                    self.about.title.get_or_insert(title);
                    piece.nodes.extend(below);
                }
                (Some(Begin::Part { is_section, depth }), Node::Element(heading)) => {
                    let (title, nodes) = self.titled(heading);
                    let next = Piece { title: Some(title), nodes, is_section: *is_section, depth: *depth };
                    self.pieces.push(std::mem::replace(&mut piece, next));
                }
                (_, node) => piece.nodes.push(node),
            }
        }
        self.pieces.push(piece);
        if cut == Cut::FirstHeading && self.pieces.len() > 1 {
            let before = self.pieces.remove(0).nodes;
            self.pieces[0].nodes.splice(0..0, before);
        }
        self.pieces.retain(|piece| piece.title.is_some() || !piece.nodes.is_empty());
    }

    /// Whether this heading says what the text itself says it is called, if it does.
    fn is_called(&self, heading: &Node) -> bool {
        let words = || plain(slice::from_ref(heading));
        self.about.title.as_ref().is_none_or(|title| words().trim() == title)
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

/// Which nodes at the top begin a piece.
fn begins(nodes: &[Node], headings: &[Heading], parts: &[(usize, Part)], cut: Cut) -> HashMap<usize, Begin> {
    let chapter = |heading: &Heading| (heading.at, Begin::Part { is_section: false, depth: 0 });
    match cut {
        Cut::Nowhere => HashMap::new(),
        // Pictures that stood in it stand before it.
        Cut::FirstHeading => {
            let first = headings.first().filter(|first| nodes[..first.at].iter().all(|node| is_of(node, "figure")));
            first.map(chapter).into_iter().collect()
        }
        Cut::EachPart if parts.is_empty() => {
            headings.iter().filter(|heading| heading.level == 1).map(chapter).collect()
        }
        Cut::EachPart => {
            let level = |at: usize| {
                let found = headings.binary_search_by_key(&at, |heading| heading.at).ok()?;
                Some(usize::from(headings[found].level))
            };
            let part = |(at, part): &(usize, Part)| {
                let depth = level(*at)?.saturating_sub(2);
                Some((*at, Begin::Part { is_section: *part == Part::Section, depth }))
            };
            let title = (level(0) == Some(1)).then_some((0, Begin::Book));
            // Where a part is marked at the very beginning there is no title before it.
            title.into_iter().chain(parts.iter().filter_map(part)).collect()
        }
    }
}

fn is_of(node: &Node, kind: &str) -> bool {
    matches!(node, Node::Element(element) if element.kind.name == kind)
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(pieces(text, Cut::EachPart), [titled("One", "a\nInner\nb"), titled("Two", "c")]);
    }

    #[test]
    fn a_table_that_would_be_huge_is_refused_before_it_is_filled_up() {
        let wide = format!("{}|\n{}|\n{}", "|a".repeat(5_000), "|-".repeat(5_000), "b\n".repeat(100));
        assert_eq!(read_pieces(&wide, Cut::Nowhere, &Budget::of(PATIENCE)), Err(Unread::TooMany));
    }

    #[test]
    fn what_stands_before_the_first_heading_is_a_piece_of_its_own() {
        let text = "before\n\n# *One* `x`\n\n> # not here\n\n```\n# nor here\n```";
        assert_eq!(pieces(text, Cut::EachPart), [(None, "before".into()), titled("One x", "not here\n# nor here")]);
        assert_eq!(pieces(text, Cut::FirstHeading).len(), 1);
        assert_eq!(pieces(" \n\n", Cut::EachPart), []);
        assert_eq!(pieces("# Only a title", Cut::FirstHeading), [titled("Only a title", "")]);
    }

    #[test]
    fn a_note_goes_with_what_points_to_it() {
        let text = "# One\n\na[^1]\n\n# Two\n\nb[^2]\n\n[^1]: first\n\n[^2]: second\n\n[^3]: nobody's";
        assert_eq!(pieces(text, Cut::EachPart), [titled("One", "a (first)"), titled("Two", "b (second)\nnobody's")]);
    }
}
