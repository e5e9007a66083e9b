//! What stands in a line: text, with what is marked on it, and notes.

use super::{blocks::Blocks, direction};
use crate::{
    document::{
        publication::escape,
        tree::{Element, Mark, Node, Run},
    },
    metadata::reference::reference,
};
use serde_json::{Map, Value, json};

impl Blocks<'_> {
    /// The pieces of a line.
    pub(super) fn line(&mut self, nodes: &[Node]) -> Vec<Value> {
        self.line_of(nodes, false)
    }

    fn line_of(&mut self, nodes: &[Node], is_note: bool) -> Vec<Value> {
        let mut pieces = Vec::new();
        let before = self.terms.begin_line();
        for node in nodes {
            match node {
                Node::Text(run) => {
                    if let Some(name) = self.terms.at(run, is_note).filter(|_| self.book.matter.index) {
                        pieces.push(json!({ "kind": "term", "place": format!("{}-{name}", self.at) }));
                    }
                    self.run(run, &mut pieces);
                }
                Node::Element(element) => match element.kind.name.as_str() {
                    "hard_break" => pieces.push(json!({ "kind": "break" })),
                    "footnote" => pieces.push(self.note(element)),
                    // The schema has no other in a line.
                    _ => pieces.extend(self.line_of(&element.children, is_note)),
                },
            }
        }
        self.terms.go_on(before);
        pieces
    }

    fn note(&mut self, note: &Element) -> Value {
        let mut piece = self.said(&note.children);
        piece.extend([("kind".into(), "note".into()), ("line".into(), self.line_of(&note.children, true).into())]);
        Value::Object(piece)
    }

    /// A text, which may have lines in it, with its marks.
    fn run(&self, run: &Run, pieces: &mut Vec<Value>) {
        for (at, text) in run.text.split('\n').enumerate() {
            if at > 0 {
                pieces.push(json!({ "kind": "break" }));
            }
            if text.is_empty() {
                continue;
            }
            pieces.push(if run.marks.is_empty() { divided(text).into() } else { self.marked(text, &run.marks) });
        }
    }

    fn marked(&self, text: &str, marks: &[Mark]) -> Value {
        let (mut piece, mut names) = (Map::new(), Vec::new());
        for mark in marks {
            match mark.kind.name.as_str() {
                "link" => self.lead(mark.text_value("href"), &mut piece),
                "language" => {
                    let said = mark.text_value("lang");
                    if !said.is_empty() {
                        piece.insert("language".into(), language(said));
                    }
                }
                // The index leads there; on the page it is text as other text.
                "index_term" => {}
                name => names.push(name),
            }
        }
        piece.extend([
            ("kind".into(), "text".into()),
            ("text".into(), divided(text).into()),
            ("marks".into(), names.into()),
        ]);
        Value::Object(piece)
    }

    /// Where a link leads: to a part of this book, or out into the world. Where it leads nowhere, its text stays.
    fn lead(&self, href: &str, piece: &mut Map<String, Value>) {
        let path = href.split(['#', '?']).next().unwrap_or_default();
        if let Some(part) = self.book.links.get(path).filter(|part| **part < self.book.parts.len()) {
            piece.insert("part".into(), (*part).into());
            if reference(href).is_some() {
                piece.insert("follows".into(), true.into());
            }
        } else if let Some(address) = escape::address(href) {
            piece.insert("href".into(), address.into());
        }
    }

    /// What is said of a line besides what stands in it: that it goes the other way than the book.
    pub(super) fn said(&self, line: &[Node]) -> Map<String, Value> {
        let mut said = Map::new();
        if let Some(other) = direction::of_line(line).filter(|other| *other != self.way) {
            said.insert("turned".into(), other.name().into());
        }
        said
    }
}

/// A language as the press takes it: its two or three letters, and a country where it names one.
pub(super) fn language(said: &str) -> Value {
    let mut parts = said.split('-');
    let first = parts.next().unwrap_or_default().to_ascii_lowercase();
    let is_code = (2..=3).contains(&first.len()) && first.bytes().all(|letter| letter.is_ascii_lowercase());
    let is_country = |part: &&str| part.len() == 2 && part.bytes().all(|letter| letter.is_ascii_alphabetic());
    let country = parts.find(is_country).map(str::to_ascii_uppercase);
    json!([if is_code { first.as_str() } else { "und" }, country])
}

/// A text without what no page can show: what steers old devices, and marks of a file's beginning.
pub(super) fn clean(text: &str) -> String {
    let shown = text.chars().filter(|letter| !matches!(letter, '\u{feff}' | '\u{fffe}' | '\u{ffff}'));
    shown.map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

/// How many letters stand without a place where a line may end before one is made, and then after how many each time.
const UNDIVIDED: usize = 40;
const PIECE: usize = 20;

/// The same, with places where a line may end in what is longer than a line: it would run out of the page.
pub(super) fn divided(text: &str) -> String {
    let text = clean(text);
    // Chinese and Japanese may end a line anywhere.
    let holds_on = |letter: char| !letter.is_whitespace() && letter != '-' && letter < '\u{2e80}';
    if text.split(|letter| !holds_on(letter)).all(|piece| piece.chars().nth(UNDIVIDED).is_none()) {
        return text;
    }
    let mut divided = String::with_capacity(text.len() + text.len() / PIECE);
    for piece in text.split_inclusive(|letter| !holds_on(letter)) {
        let is_long = piece.chars().nth(UNDIVIDED).is_some();
        for (at, letter) in piece.chars().enumerate() {
            // What is set above a letter stays with it.
            let is_place = is_long && at > 0 && at % PIECE == 0 && letter.is_ascii();
            if is_place {
                divided.push('\u{200b}');
            }
            divided.push(letter);
        }
    }
    divided
}
