//! The figures of a book that say what they show, for a list of them.

use super::Publication;
use crate::document::tree::{Element, Node};

/// How many are listed, and how many letters of what each says.
const MOST: usize = 2_000;
const LETTERS: usize = 200;

/// A figure with its caption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Captioned {
    /// In which part of the book.
    pub part: usize,
    /// The how manieth of all figures in that, counted from 1.
    pub number: usize,
    /// What stands below it.
    pub caption: String,
}

impl Publication {
    /// Notes the figures of a part, which are to be listed.
    pub fn list_figures(&mut self, part: usize, nodes: &[Node]) {
        let mut number = 0;
        self.list_within(part, nodes, &mut number);
    }

    fn list_within(&mut self, part: usize, nodes: &[Node], number: &mut usize) {
        for node in nodes {
            let Node::Element(element) = node else { continue };
            if element.kind.name != "figure" {
                self.list_within(part, &element.children, number);
                continue;
            }
            *number += 1;
            let caption = caption(element);
            let is_here = self.pictures.contains_key(element.text_value("src"));
            if !caption.is_empty() && is_here && self.figures.len() < MOST {
                self.figures.push(Captioned { part, number: *number, caption });
            }
        }
    }
}

/// What stands below a figure, on one line and without its notes.
fn caption(figure: &Element) -> String {
    let mut words = String::new();
    for node in &figure.children {
        match node {
            Node::Text(run) => words.push_str(&run.text),
            Node::Element(element) if element.kind.name == "hard_break" => words.push(' '),
            Node::Element(_) => {}
        }
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LETTERS).collect()
}
