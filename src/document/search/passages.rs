//! What of a chapter is searched: its blocks of text one by one, the notes beside them, and what pictures are described by.
//!
//! A block that is very long is cut into passages that overlap, so that no row of a table is long, and what stands where
//! one ends is whole in the next.

use crate::document::tree::{Element, Node};

/// The longest passage, in bytes, but for the word it ends with.
const LONGEST: usize = 6_000;
/// How much of its end the next one begins with: more than the longest words that are looked for.
const OVERLAP: usize = 1_000;
/// As how long a word is looked for whose end would be cut off, in bytes.
const WORD: usize = 200;

/// As what a passage stands in a chapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// A heading within the chapter.
    Heading,
    /// Text, a cell of a table, a caption.
    Text,
    /// A footnote.
    Note,
    /// What a picture is described by.
    Description,
}

/// A piece of a chapter that is searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// In which block of text of the chapter, counted from 0 in the order of reading. A note, and what describes a
    /// picture, have that of the block they stand in.
    pub block: u32,
    /// After how many UTF-16 units of the block it begins; a note, where its mark stands.
    pub start: u32,
    /// As what.
    pub part: Part,
    /// What is written there.
    pub text: String,
}

impl Passage {
    /// By what they are ordered.
    #[must_use]
    pub fn place(&self) -> (u32, u32, Part) {
        (self.block, self.start, self.part)
    }
}

/// All of a chapter that is searched, in the order of reading.
#[must_use]
pub fn passages(nodes: &[Node]) -> Vec<Passage> {
    let (mut found, mut block) = (Vec::new(), 0);
    nodes.iter().for_each(|node| walk(node, &mut block, &mut found));
    found.sort_by_key(Passage::place);
    found
}

fn walk(node: &Node, block: &mut u32, found: &mut Vec<Passage>) {
    let Node::Element(element) = node else { return };
    if !element.kind.content.takes_text() {
        return element.children.iter().for_each(|child| walk(child, block, found));
    }
    let (mut text, mut notes) = (String::new(), Vec::new());
    for child in &element.children {
        match child {
            Node::Text(run) => text.push_str(&run.text),
            Node::Element(inner) if inner.kind.name == "footnote" => notes.push((units(&text), letters(inner))),
            // A line break.
            Node::Element(_) => text.push('\n'),
        }
    }
    let part = if element.kind.name == "heading" { Part::Heading } else { Part::Text };
    add(*block, part, &text, 0, found);
    if element.kind.name == "figure" {
        add(*block, Part::Description, element.text_value("alt"), 0, found);
    }
    for (at, note) in notes {
        add(*block, Part::Note, &note, at, found);
    }
    *block += 1;
}

fn letters(element: &Element) -> String {
    let text = |child: &Node| match child {
        Node::Text(run) => run.text.clone(),
        Node::Element(inner) => letters(inner),
    };
    element.children.iter().map(text).collect()
}

fn add(block: u32, part: Part, text: &str, at: u32, found: &mut Vec<Passage>) {
    let mut start = 0;
    loop {
        let rest = &text[start..];
        let end = if rest.len() <= LONGEST { rest.len() } else { after_word(rest, LONGEST) };
        if rest[..end].chars().any(|letter| !letter.is_whitespace()) {
            // Within a note nobody counts: it is found by its mark.
            let start = if part == Part::Note { at } else { units(&text[..start]) };
            // No database keeps such a letter in a text.
            let text = rest[..end].replace('\0', " ");
            found.push(Passage { block, start, part, text });
        }
        if end == rest.len() {
            return;
        }
        start += before_word(rest, end - OVERLAP);
    }
}

/// The end of the word that stands here, should it end before long.
fn after_word(text: &str, at: usize) -> usize {
    let at = boundary(text, at);
    let word = &text[at..boundary(text, at + WORD)];
    at + word.find(char::is_whitespace).unwrap_or(0)
}

/// The beginning of the word that stands here, should it have begun not long ago.
fn before_word(text: &str, at: usize) -> usize {
    let at = boundary(text, at);
    let from = boundary(text, at.saturating_sub(WORD));
    let last = text[from..at].char_indices().rfind(|(_, letter)| letter.is_whitespace());
    last.map_or(at, |(index, blank)| from + index + blank.len_utf8())
}

/// The next place between two letters.
fn boundary(text: &str, at: usize) -> usize {
    (at..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}

fn units(text: &str) -> u32 {
    u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX)
}
