//! What lies between two moments of a chapter: blocks that stayed, went and came, and the words within those that
//! changed.

use super::{
    align::{Step, align, sum},
    html::html,
    schema::Content,
    shown::{Change, changed},
    tree::{Element, Node, Run, simplest},
};
use crate::book::history::Compared;
use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};
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

/// What lies between two contents.
pub fn compare(old: &[Node], new: &[Node]) -> Vec<Piece> {
    blocks(&simplest(old), &simplest(new), Instant::now() + PATIENCE)
}

/// The same, as it is shown.
pub fn shown(pieces: &[Piece]) -> Compared {
    let nodes: Vec<Node> = pieces.iter().map(as_node).collect();
    let (mut came, mut went) = (0, 0);
    count(pieces, &mut came, &mut went);
    Compared { html: html(&nodes), came, went }
}

fn as_node(piece: &Piece) -> Node {
    match piece {
        Piece::Same(node) => node.clone(),
        Piece::Went(node) => changed(node, Change::Went),
        Piece::Came(node) => changed(node, Change::Came),
        Piece::Within(Element { kind, values, .. }, pieces) => {
            Node::Element(Element { kind, values: values.clone(), children: pieces.iter().map(as_node).collect() })
        }
    }
}

fn count(pieces: &[Piece], came: &mut u32, went: &mut u32) {
    let words = |node: &Node| crate::book::chapter::count_words(&super::tree::plain(std::slice::from_ref(node)));
    for piece in pieces {
        match piece {
            Piece::Same(_) => {}
            Piece::Within(_, pieces) => count(pieces, came, went),
            Piece::Came(node) => *came += words(node),
            Piece::Went(node) => *went += words(node),
        }
    }
}

fn blocks(old: &[Node], new: &[Node], until: Instant) -> Vec<Piece> {
    // Only what is the same on the outside can be shown as changed within.
    let may_become = |old: &Element, new: &Element| {
        old.kind.name == new.kind.name && old.values == new.values && old.kind.content != Content::Nothing
    };
    let steps = align(old, new, may_become, until);
    let piece = |step: &Step| match *step {
        Step::Same(_, new_at) => Piece::Same(new[new_at].clone()),
        Step::Went(old_at) => Piece::Went(old[old_at].clone()),
        Step::Came(new_at) => Piece::Came(new[new_at].clone()),
        Step::Changed(old_at, new_at) => match (&old[old_at], &new[new_at]) {
            (Node::Element(old), Node::Element(new)) => {
                let pieces = if new.kind.content.takes_text() {
                    words(&old.children, &new.children, until)
                } else {
                    blocks(&old.children, &new.children, until)
                };
                Piece::Within(Element { kind: new.kind, values: new.values.clone(), children: Vec::new() }, pieces)
            }
            // Text stands in no list of blocks.
            (_, new) => Piece::Came(new.clone()),
        },
    };
    steps.iter().map(piece).collect()
}

/// What changed in a line of text, word by word.
fn words(old: &[Node], new: &[Node], until: Instant) -> Vec<Piece> {
    let (old, new) = (tokens(old), tokens(new));
    let (a, b): (Vec<u64>, Vec<u64>) = (old.iter().map(sum).collect(), new.iter().map(sum).collect());
    let mut pieces = Vec::new();
    // What went and came since something stayed.
    let (mut went, mut came) = (Vec::new(), Vec::new());
    let ops = capture_diff_slices_deadline(Algorithm::Myers, &a, &b, Some(until));
    for (at, op) in ops.iter().enumerate() {
        let stayed = match *op {
            DiffOp::Equal { old_index, len, .. } => &old[old_index..old_index + len],
            _ => &[],
        };
        if matches!(stayed, [Node::Text(run)] if run.text.trim().is_empty()) && at > 0 && at + 1 < ops.len() {
            // A blank between two changed words: read as one change.
            went.extend_from_slice(stayed);
            came.extend_from_slice(stayed);
            continue;
        }
        if !stayed.is_empty() {
            flush(&mut went, &mut came, &mut pieces);
            pieces.extend(stayed.iter().cloned().map(Piece::Same));
            continue;
        }
        went.extend_from_slice(&old[op.old_range()]);
        came.extend_from_slice(&new[op.new_range()]);
    }
    flush(&mut went, &mut came, &mut pieces);
    pieces
}

fn flush(went: &mut Vec<Node>, came: &mut Vec<Node>, pieces: &mut Vec<Piece>) {
    pieces.extend(went.drain(..).map(Piece::Went));
    pieces.extend(came.drain(..).map(Piece::Came));
}

/// A line's words, blanks and signs, each with its marks; and what else stands in it.
fn tokens(nodes: &[Node]) -> Vec<Node> {
    let mut tokens = Vec::new();
    for node in nodes {
        match node {
            Node::Element(_) => tokens.push(node.clone()),
            Node::Text(run) => {
                let mut rest = run.text.as_str();
                while let Some(first) = rest.chars().next() {
                    let kind = Sign::of(first);
                    let end = match kind {
                        Sign::Alone => first.len_utf8(),
                        kind => rest.find(|letter| Sign::of(letter) != kind).unwrap_or(rest.len()),
                    };
                    let (text, after) = rest.split_at(end);
                    tokens.push(Node::Text(Run { text: text.to_owned(), marks: run.marks.clone() }));
                    rest = after;
                }
            }
        }
    }
    tokens
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Word,
    Blank,
    /// A sign, or a letter of a writing that does not part its words.
    Alone,
}

impl Sign {
    fn of(letter: char) -> Self {
        match letter {
            _ if letter.is_whitespace() => Self::Blank,
            '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' => Self::Alone,
            '\'' | '’' | '\u{300}'..='\u{36f}' => Self::Word,
            _ if letter.is_alphanumeric() => Self::Word,
            _ => Self::Alone,
        }
    }
}

#[cfg(test)]
#[path = "compare_tests.rs"]
mod tests;
