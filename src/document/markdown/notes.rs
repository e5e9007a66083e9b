//! The footnotes of a text of Markdown, each put where it is pointed to.

use super::{
    super::{
        builder::{Builder, on_one_line},
        tree::{Element, Node},
    },
    reader::Reader,
};
use comrak::nodes::{AstNode, NodeValue};
use std::collections::{HashMap, hash_map::Entry};

/// In how many others a note is read.
const DEEPEST: usize = 16;

/// The notes of a text.
pub(super) struct Notes<'a> {
    of: HashMap<String, &'a AstNode<'a>>,
    /// What each is that was pointed to, by where it stands, and how much text that is.
    read: HashMap<*const AstNode<'a>, (Element, usize)>,
    /// The notes one is within, outermost first.
    within: Vec<*const AstNode<'a>>,
    /// How much text may be written a second time: a note may be pointed to as often as the text is long.
    again: usize,
}

impl<'a> Notes<'a> {
    /// Those of a text of so many bytes, none of them read.
    pub(super) fn of(root: &'a AstNode<'a>, bytes: usize) -> Self {
        let mut of = HashMap::new();
        for node in root.descendants() {
            if let NodeValue::FootnoteDefinition(definition) = &node.data.borrow().value
                && let Entry::Vacant(first) = of.entry(definition.name.clone())
            {
                first.insert(node);
            }
        }
        Self { of, read: HashMap::new(), within: Vec::new(), again: bytes }
    }

    /// Whether what is read now stands in one.
    pub(super) fn are_read(&self) -> bool {
        !self.within.is_empty()
    }
}

impl<'a> Reader<'a> {
    /// Adds a note where it is pointed to; the same again where it is pointed to again.
    pub(super) fn note(&mut self, name: &str, tree: &mut Builder) {
        match self.notes.of.get(name).copied().and_then(|definition| self.found(definition)) {
            Some(note) => tree.add(Node::Element(note)),
            // Nothing is meant by it; or it stands in itself, or the same was said often enough.
            None => tree.text(&format!("[^{name}]")),
        }
    }

    fn found(&mut self, definition: &'a AstNode<'a>) -> Option<Element> {
        let place = std::ptr::from_ref(definition);
        if let Some((note, length)) = self.notes.read.get(&place) {
            self.notes.again = self.notes.again.checked_sub(length + 1)?;
            return Some(note.clone());
        }
        if self.notes.within.contains(&place) || self.notes.within.len() >= DEEPEST {
            return None;
        }
        self.notes.within.push(place);
        let line = on_one_line(&self.definition(definition));
        self.notes.within.pop();
        let length = line.iter().map(|node| if let Node::Text(run) = node { run.text.len() } else { 0 }).sum();
        let note = Element::new("footnote", &[], line);
        self.notes.read.insert(place, (note.clone(), length));
        Some(note)
    }

    fn definition(&mut self, definition: &'a AstNode<'a>) -> Vec<Node> {
        let mut tree = Builder::new(self.most);
        for block in definition.children() {
            self.add(block, &mut tree);
        }
        tree.finish().nodes
    }

    /// Adds the notes that nothing pointed to, as text.
    pub(super) fn add_unread_notes(&mut self, root: &'a AstNode<'a>, tree: &mut Builder) {
        for node in root.descendants() {
            if matches!(node.data.borrow().value, NodeValue::FootnoteDefinition(_))
                && !self.notes.read.contains_key(&std::ptr::from_ref(node))
            {
                for block in node.children() {
                    self.add(block, tree);
                }
            }
        }
    }
}
