//! The title page: what stands on it is said about the book. Its notes and pictures say nothing of that kind: they stand
//! at the beginning of the text.

use super::{
    super::super::{
        builder::Begins,
        left_out::{LeftOut, What},
        manuscript::Source,
        tree::{Element, Node, plain},
        web_pages::title_above,
    },
    blocks::Blocks,
    package::authors,
    paragraph::{Inline, Paragraph},
    styles::Meaning,
};
use crate::metadata::Metadata;
use std::mem::take;

/// What stands on the title page.
#[derive(Debug, Default)]
pub(super) struct Front {
    title: String,
    subtitle: String,
    people: Vec<String>,
    dedication: Vec<String>,
}

impl Front {
    /// Says it of the book, and answers with its title. People of whom the document says nothing else are named, if nobody
    /// is sure that they are the same.
    pub(super) fn say(self, metadata: &mut Metadata, is_marked: bool, left_out: &mut LeftOut) -> Option<String> {
        if metadata.people.is_empty() {
            metadata.people = authors(&self.people.join("; "));
        } else if !is_marked {
            let is_said = |words: &str| metadata.people.iter().any(|person| words.contains(&person.name));
            for words in self.people.iter().filter(|words| !words.is_empty() && !is_said(words)) {
                left_out.add(What::Field, words);
            }
        }
        metadata.subtitle = self.subtitle;
        metadata.dedication = self.dedication.join("\n").trim().to_owned();
        Some(self.title).filter(|title| !title.is_empty())
    }
}

impl Blocks<'_> {
    /// Whether a paragraph is one of the title page: then what it says is said about the book.
    pub(super) fn is_front(&mut self, meaning: Meaning, paragraph: &mut Paragraph) -> bool {
        let is_marked = self.beside.is_marked;
        match meaning {
            Meaning::Title => add(&mut self.front.title, &paragraph.line),
            Meaning::Subtitle => add(&mut self.front.subtitle, &paragraph.line),
            Meaning::Author => self.front.people.extend(lines(&paragraph.line)),
            Meaning::Front if is_marked => {}
            Meaning::Dedication if is_marked => self.front.dedication.extend(lines(&paragraph.line)),
            _ => return false,
        }
        paragraph.anchors.drain(..).for_each(|name| self.tree.anchor(name));
        let notes = take(&mut paragraph.line).into_iter();
        self.kept.extend(notes.filter_map(|one| if let Inline::Note(note) = one { Some(note) } else { None }));
        self.kept.append(&mut paragraph.pictures);
        true
    }

    /// The text begins, with what the title page had no place for.
    pub(super) fn begin_text(&mut self) {
        if self.kept.is_empty() {
            return;
        }
        self.settle();
        self.is_begun = true;
        self.align(Meaning::Plain, &Paragraph::default(), None);
        for element in take(&mut self.kept) {
            self.settle();
            if element.kind.name == "figure" {
                self.picture = Some(element);
                continue;
            }
            self.tree.open("", Begins::Line("paragraph", 0), true);
            self.tree.keep_blanks();
            element.children.into_iter().for_each(|node| self.tree.add(node));
            self.tree.close_wall();
        }
    }
}

/// Adds what a line says to what was said before it.
fn add(to: &mut String, line: &[Inline]) {
    for words in lines(line).iter().filter(|words| !words.is_empty()) {
        if !to.is_empty() {
            to.push(' ');
        }
        to.push_str(words);
    }
}

/// The words of a line, in as many lines as it is broken into.
fn lines(line: &[Inline]) -> Vec<String> {
    let mut text = String::new();
    for one in line {
        match one {
            Inline::Text(words, _) => text.push_str(words),
            Inline::Break | Inline::Page | Inline::Rule => text.push('\n'),
            Inline::Tick(done) => text.push_str(if *done { "[x] " } else { "[ ] " }),
            Inline::Note(_) => {}
        }
    }
    text.split('\n').map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// The one heading above all others is the title of the book. Its notes are none of its words: they stand below the
/// headings that come next.
pub(super) fn title_of(source: &mut Source) -> Option<String> {
    let is_first = source.headings.first().is_some_and(|heading| heading.at == 0);
    let Some(Node::Element(heading)) = source.nodes.first_mut().filter(|_| is_first) else { return None };
    let whole = heading.children.clone();
    let (notes, words): (Vec<Node>, Vec<Node>) = take(&mut heading.children).into_iter().partition(is_note);
    let says_something = !plain(&words).trim().is_empty();
    heading.children = words;
    let title = if says_something { title_above(source) } else { None };
    if title.is_some() {
        put_below_headings(notes, source);
    } else if let Some(Node::Element(heading)) = source.nodes.first_mut() {
        heading.children = whole;
    }
    title
}

fn is_note(node: &Node) -> bool {
    matches!(node, Node::Element(element) if element.kind.name == "footnote")
}

/// Puts notes below the headings that a text begins with, as paragraphs.
fn put_below_headings(notes: Vec<Node>, source: &mut Source) {
    let at = source.headings.iter().zip(0..).take_while(|(heading, at)| heading.at == *at).count();
    let many = notes.len();
    let paragraphs = notes.into_iter().map(|note| match note {
        Node::Element(note) => Node::Element(Element::new("paragraph", &[], note.children)),
        Node::Text(_) => note,
    });
    source.nodes.splice(at..at, paragraphs);
    source.headings.iter_mut().filter(|heading| heading.at >= at).for_each(|heading| heading.at += many);
    source.anchors.values_mut().filter(|place| **place >= at).for_each(|place| *place += many);
}
