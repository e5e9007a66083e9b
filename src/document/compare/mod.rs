//! What lies between two moments of a chapter: blocks that stayed, went and came, and the words within those that
//! changed.

pub mod align;
pub mod authors;
mod marks;
mod segments;

#[cfg(test)]
mod tests;

use super::{
    html::html_for_page,
    schema::Content,
    tree::{Element, Mark, Node, Run, plain, simplest},
    words::count_words,
};
use crate::costly::Budget;
use align::{Step, Sums, align};
use marks::{Change, changed};
use segments::segments;
use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};
use sputnik::Fault;
use std::time::{Duration, Instant};

/// For how long differences are searched. What is not found by then is shown as gone and come.
const PATIENCE: Duration = Duration::from_millis(400);

/// A piece of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// Something that stayed.
    Same(Node),
    /// Something that changed within: the node without its children, and theirs.
    Within(Element, Vec<Piece>),
    /// Something that went.
    Went(Node),
    /// Something that came.
    Came(Node),
}

/// A comparison as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// The text with what went and what came, as HTML that is safe to show.
    pub html: String,
    /// How many words came.
    pub came: u32,
    /// How many words went.
    pub went: u32,
}

/// How many words, blanks and signs are compared, all lines taken together. A line beyond that is shown as gone and come.
const TOKENS: usize = 500_000;

/// What may still be spent on the search.
struct Search {
    until: Instant,
    tokens: usize,
}

/// What lies between two contents. What was not found within the budget is shown as gone and come.
pub fn compare(old: &[Node], new: &[Node], budget: &Budget) -> Vec<Piece> {
    let mut search = Search { until: budget.at_most(PATIENCE), tokens: TOKENS };
    blocks(&simplest(old), &simplest(new), &mut search)
}

/// The same, as it is shown.
///
/// # Errors
/// `too_large`, when it is longer than a page can be sent.
pub fn shown(pieces: Vec<Piece>) -> Result<Compared, Fault> {
    let (mut came, mut went) = (0, 0);
    count(&pieces, &mut came, &mut went);
    let nodes: Vec<Node> = pieces.into_iter().map(as_node).collect();
    Ok(Compared { html: html_for_page(&nodes)?, came, went })
}

fn as_node(piece: Piece) -> Node {
    match piece {
        Piece::Same(node) => node,
        Piece::Went(node) => changed(&node, Change::Went),
        Piece::Came(node) => changed(&node, Change::Came),
        Piece::Within(Element { kind, values, .. }, pieces) => {
            Node::Element(Element { kind, values, children: pieces.into_iter().map(as_node).collect() })
        }
    }
}

fn count(pieces: &[Piece], came: &mut u32, went: &mut u32) {
    let words = |node: &Node| count_words(&plain(std::slice::from_ref(node)));
    for piece in pieces {
        match piece {
            Piece::Same(_) => {}
            Piece::Within(_, pieces) => count(pieces, came, went),
            Piece::Came(node) => *came += words(node),
            Piece::Went(node) => *went += words(node),
        }
    }
}

fn blocks(old: &[Node], new: &[Node], search: &mut Search) -> Vec<Piece> {
    // Only what is the same on the outside can be shown as changed within.
    let may_become = |old: &Element, new: &Element| {
        old.kind.name == new.kind.name && old.values == new.values && old.kind.content != Content::Nothing
    };
    let steps = align(old, new, may_become, search.until);
    let mut piece = |step: &Step| match *step {
        Step::Same(_, new_at) => Piece::Same(new[new_at].clone()),
        Step::Went(old_at) => Piece::Went(old[old_at].clone()),
        Step::Came(new_at) => Piece::Came(new[new_at].clone()),
        Step::Changed(old_at, new_at) => match (&old[old_at], &new[new_at]) {
            (Node::Element(old), Node::Element(new)) => {
                let pieces = if new.kind.content.takes_text() {
                    words(&old.children, &new.children, search)
                } else {
                    blocks(&old.children, &new.children, search)
                };
                Piece::Within(Element { kind: new.kind, values: new.values.clone(), children: Vec::new() }, pieces)
            }
            // Text stands in no list of blocks.
            (_, new) => Piece::Came(new.clone()),
        },
    };
    steps.iter().map(&mut piece).collect()
}

/// All of the one gone, and all of the other come.
fn apart(old: &[Node], new: &[Node]) -> Vec<Piece> {
    let (went, came) = (old.iter().cloned().map(Piece::Went), new.iter().cloned().map(Piece::Came));
    went.chain(came).collect()
}

/// What changed in a line of text, word by word.
fn words(old_line: &[Node], new_line: &[Node], search: &mut Search) -> Vec<Piece> {
    let (old, new) = (tokens(old_line), tokens(new_line));
    match search.tokens.checked_sub(old.len() + new.len()) {
        Some(left) => search.tokens = left,
        None => return apart(old_line, new_line),
    }
    let mut line = Line::default();
    let ops = capture_diff_slices_deadline(Algorithm::Myers, &sums(&old), &sums(&new), Some(search.until));
    for (at, op) in ops.iter().enumerate() {
        let stayed = match *op {
            DiffOp::Equal { old_index, len, .. } => &old[old_index..old_index + len],
            _ => &[],
        };
        if matches!(stayed, [Token::Text(text, _)] if text.trim().is_empty()) && at > 0 && at + 1 < ops.len() {
            // A blank between two changed words: read as one change.
            add(stayed, &mut line.went);
            add(stayed, &mut line.came);
        } else if stayed.is_empty() {
            add(&old[op.old_range()], &mut line.went);
            add(&new[op.new_range()], &mut line.came);
        } else {
            line.end_change();
            let mut same = Vec::new();
            add(stayed, &mut same);
            line.pieces.extend(same.into_iter().map(Piece::Same));
        }
    }
    line.end_change();
    line.pieces
}

/// A line that is being put together.
#[derive(Default)]
struct Line {
    pieces: Vec<Piece>,
    /// What went and came since something stayed.
    went: Vec<Node>,
    came: Vec<Node>,
}

impl Line {
    fn end_change(&mut self) {
        self.pieces.extend(self.went.drain(..).map(Piece::Went));
        self.pieces.extend(self.came.drain(..).map(Piece::Came));
    }
}

/// A word, blanks or a sign, with its marks; or what else stands in a line.
#[derive(Clone, Copy)]
enum Token<'a> {
    Text(&'a str, &'a [Mark]),
    Element(&'a Element),
}

fn sums<'a>(tokens: &[Token<'a>]) -> Vec<u64> {
    let mut sums = Sums::default();
    let sum = |token: &Token<'a>| match *token {
        Token::Text(text, marks) => sums.of_text(text, marks),
        Token::Element(element) => sums.of_element(element),
    };
    tokens.iter().map(sum).collect()
}

/// Adds tokens, those that have the same marks as one text.
fn add(tokens: &[Token<'_>], to: &mut Vec<Node>) {
    for token in tokens {
        match (*token, to.last_mut()) {
            (Token::Text(text, marks), Some(Node::Text(last))) if last.marks == marks => last.text.push_str(text),
            (Token::Text(text, marks), _) => {
                to.push(Node::Text(Run { text: text.to_owned(), marks: marks.to_vec() }));
            }
            (Token::Element(element), _) => to.push(Node::Element(element.clone())),
        }
    }
}

/// What stands in a line, token by token.
fn tokens(nodes: &[Node]) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    for node in nodes {
        match node {
            Node::Element(element) => tokens.push(Token::Element(element)),
            Node::Text(run) => {
                tokens.extend(segments(&run.text).map(|segment| Token::Text(segment, &run.marks)));
            }
        }
    }
    tokens
}
