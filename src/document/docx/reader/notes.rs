//! Notes: what they say is read first, and stands where the text points to it.

use super::{
    super::super::{
        builder::on_one_line,
        tree::{Element, Node, plain},
    },
    blocks::Blocks,
    paragraph::Inline,
    text::{Reader, Tag},
};
use std::collections::HashMap;

/// The notes of a document, by their kind and id.
#[derive(Debug, Default)]
pub(super) struct Notes {
    all: HashMap<(char, String), (Vec<Node>, bool)>,
    /// How much may be said a second time: a note may be pointed to as often as the text is long.
    again: usize,
}

impl Notes {
    pub(super) fn add(&mut self, kind: char, notes: HashMap<String, Vec<Node>>) {
        self.all.extend(notes.into_iter().map(|(id, line)| ((kind, id), (line, false))));
    }

    pub(super) fn may_be_said_again(&mut self, bytes: usize) {
        self.again = bytes;
    }

    fn take(&mut self, kind: char, id: String) -> Option<Element> {
        let (line, is_said) = self.all.get_mut(&(kind, id))?;
        if *is_said {
            self.again = self.again.checked_sub(plain(line).len() + 64)?;
        }
        *is_said = true;
        Some(Element::new("footnote", &[], line.clone()))
    }
}

impl Reader<'_> {
    /// The text points to a note.
    pub(super) fn refer(&mut self, kind: char, tag: &Tag<'_>) {
        let note = tag.get("id").and_then(|id| self.notes.take(kind, id));
        if let Some(note) = note.filter(|_| self.is_shown()) {
            self.item(Inline::Note(note));
        }
    }

    pub(super) fn begin_note(&mut self, name: &str, tag: &Tag<'_>, is_whole: bool) {
        if tag.get("type").is_some_and(|kind| kind != "normal") {
            return self.pass(name, is_whole);
        }
        self.blocks = Blocks::of_note(self.beside, self.most);
        self.note = tag.get("id");
    }

    pub(super) fn end_note(&mut self) {
        let Some(id) = self.note.take() else { return };
        self.end_loose();
        let blocks = std::mem::replace(&mut self.blocks, Blocks::of_note(self.beside, self.most));
        let (built, ..) = blocks.finish();
        self.made += built.made;
        let mut line = on_one_line(&built.nodes);
        if let Some(Node::Text(first)) = line.first_mut() {
            first.text = first.text.trim_start().to_owned();
        }
        self.said.insert(id, line);
    }
}
