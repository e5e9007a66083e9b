//! A text of Markdown as one chapter or as several.

use super::{
    super::tree::{Element, Node, Run},
    options,
    reader::{Notes, words},
};
use crate::costly::Budget;
use comrak::{
    Arena, ParseCancelled,
    nodes::{AstNode, NodeValue},
    try_parse_document,
};
use sputnik::Fault;
use std::{cell::Cell, time::Duration};

/// How long it may take to read what was kept before chapters were written together.
const PATIENCE: Duration = Duration::from_secs(2);

/// A chapter's worth of a text.
#[derive(Debug, PartialEq)]
pub struct Piece {
    /// The heading it begins with, which is not in the nodes.
    pub title: Option<String>,
    /// What stands in it.
    pub nodes: Vec<Node>,
}

/// Where a text is taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Nowhere: it is all text.
    Nowhere,
    /// After the heading it begins with, if it does.
    FirstHeading,
    /// Before each heading of the first level.
    EachFirstLevel,
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

/// How many cells the tables of a text have at most, as they are filled up: each line that may stand below a table's head
/// says how wide it is, and each one after it, up to an empty one, may be a row.
fn most_cells(markdown: &str) -> usize {
    let (mut cells, mut wide) = (0_usize, 0_usize);
    let lines = markdown.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'));
    for line in lines {
        let line = line.trim_start_matches(|c: char| c == '>' || c.is_whitespace());
        if line.is_empty() {
            wide = 0;
        } else if line.contains('-') && line.chars().all(|c| matches!(c, '|' | '-' | ':' | ' ' | '\t')) {
            wide = line.split('|').filter(|cell| !cell.trim().is_empty()).count();
        }
        cells = cells.saturating_add(wide);
    }
    cells
}

/// How many steps comrak takes for a node, and for a byte that becomes none, at most. It asks each time it has taken so
/// many.
const STEPS_A_NODE: usize = 10;
const STEPS_A_BYTE: usize = 4;
const STEPS_A_QUESTION: usize = 256;

/// What stands in a text of Markdown. One that cannot be [taken apart](Unread) is read as the letters it has.
pub fn read(markdown: &str) -> Vec<Node> {
    match read_pieces(markdown, Cut::Nowhere, &Budget::of(PATIENCE)) {
        Ok(pieces) => pieces.into_iter().flat_map(|piece| piece.nodes).collect(),
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

/// The pieces of a text; none, where nothing stands in it. A note stands where it is first pointed to, wherever in the
/// text it was written.
///
/// # Errors
/// When it is not taken apart. What it takes in memory and time is bounded by its length.
pub fn read_pieces(markdown: &str, cut: Cut, budget: &Budget) -> Result<Vec<Piece>, Unread> {
    let arena = Arena::new();
    // As CommonMark wants it; PostgreSQL would not keep it either.
    let markdown = markdown.replace('\0', "\u{fffd}");
    let most = most_nodes(markdown.len());
    if most_cells(&markdown) > most {
        return Err(Unread::TooMany);
    }
    // Whatever else there is of it: whatever comrak makes or looks at is a step.
    let (steps, most_steps) = (Cell::new(0), most * STEPS_A_NODE + markdown.len() * STEPS_A_BYTE);
    let is_too_much = || {
        steps.set(steps.get() + STEPS_A_QUESTION);
        steps.get() > most_steps || budget.is_spent()
    };
    let root = try_parse_document(&arena, &markdown, &options(), &is_too_much);
    let unread = || if budget.is_spent() { Unread::TooLong } else { Unread::TooMany };
    let root = root.map_err(|ParseCancelled| unread())?;
    if root.descendants().nth(most).is_some() {
        return Err(Unread::TooMany);
    }
    let mut notes = Notes::of(root);
    let (mut pieces, mut piece) = (Vec::new(), Piece { title: None, nodes: Vec::new() });
    for (number, block) in root.children().enumerate() {
        if begins(block, number, cut) {
            let next = Piece { title: Some(words(block)), nodes: Vec::new() };
            pieces.push(std::mem::replace(&mut piece, next));
        } else {
            notes.block(block, 1, &mut piece.nodes);
        }
    }
    // At the end, whatever it was about.
    piece.nodes.extend(notes.unused(root));
    pieces.push(piece);
    pieces.retain(|piece| piece.title.is_some() || !piece.nodes.is_empty());
    Ok(pieces)
}

fn begins(block: &AstNode<'_>, number: usize, cut: Cut) -> bool {
    let NodeValue::Heading(heading) = &block.data.borrow().value else { return false };
    match cut {
        Cut::Nowhere => false,
        Cut::FirstHeading => number == 0,
        Cut::EachFirstLevel => heading.level == 1,
    }
}

#[cfg(test)]
mod tests {
    use super::{super::super::tree::plain, *};

    fn pieces(markdown: &str, cut: Cut) -> Vec<(Option<String>, String)> {
        let pieces = read_pieces(markdown, cut, &Budget::of(PATIENCE)).unwrap();
        pieces.into_iter().map(|piece| (piece.title, plain(&piece.nodes))).collect()
    }

    fn titled(title: &str, text: &str) -> (Option<String>, String) {
        (Some(title.into()), text.into())
    }

    #[test]
    fn a_text_is_cut_where_it_was_asked_for() {
        let text = "# One\n\na\n\n## Inner\n\nb\n\nTwo\n===\n\nc";
        assert_eq!(pieces(text, Cut::Nowhere), [(None, "One\na\nInner\nb\nTwo\nc".into())]);
        assert_eq!(pieces(text, Cut::FirstHeading), [titled("One", "a\nInner\nb\nTwo\nc")]);
        assert_eq!(pieces(text, Cut::EachFirstLevel), [titled("One", "a\nInner\nb"), titled("Two", "c")]);
    }

    #[test]
    fn how_large_tables_become_is_known_before() {
        assert_eq!(most_cells("|a|b|\n|-|-|\n|c|d|\ne\n\nf"), 6);
        assert_eq!(most_cells("> |a|\r\n> |:-:|\r\n>\r\n> b"), 1);
        assert_eq!(most_cells("|a|\r\n|-|\r\nb\r\nc"), 3);
        assert_eq!(most_cells("|a|\r|-|\rb\rc"), 3);
        assert_eq!(most_cells("a\n\nb | c\n"), 0);
        let wide = format!("{}|\n{}|\n{}", "|a".repeat(5_000), "|-".repeat(5_000), "b\n".repeat(100));
        assert!(most_cells(&wide) >= 500_000);
        assert_eq!(read_pieces(&wide, Cut::Nowhere, &Budget::of(PATIENCE)), Err(Unread::TooMany));
    }

    #[test]
    fn what_stands_before_the_first_heading_is_a_piece_of_its_own() {
        let text = "before\n\n# *One* `x`\n\n> # not here\n\n```\n# nor here\n```";
        assert_eq!(
            pieces(text, Cut::EachFirstLevel),
            [(None, "before".into()), titled("One x", "not here\n# nor here")]
        );
        assert_eq!(pieces(text, Cut::FirstHeading).len(), 1);
        assert_eq!(pieces(" \n\n", Cut::EachFirstLevel), []);
        assert_eq!(pieces("# Only a title", Cut::FirstHeading), [titled("Only a title", "")]);
    }

    #[test]
    fn a_note_goes_with_what_points_to_it() {
        let text = "# One\n\na[^1]\n\n# Two\n\nb[^2]\n\n[^1]: first\n\n[^2]: second\n\n[^3]: nobody's";
        assert_eq!(
            pieces(text, Cut::EachFirstLevel),
            [titled("One", "a (first)"), titled("Two", "b (second)\nnobody's")]
        );
    }
}
