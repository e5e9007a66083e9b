//! The edit that restores a content: an older revision, or a text that is brought in. It is an edit like any other.

use super::{
    compare::align::{Step, align},
    crdt::{Document, Edit, insert_all, insert_element, insert_run},
    refused::Refused,
    tree::{self, Element, Mark, Node, Run, never_none, simplest},
};
use std::time::{Duration, Instant};
use yrs::{Any, ReadTxn, Text, Transact, TransactionMut, Xml, XmlElementRef, XmlFragment, XmlOut, XmlTextRef};

/// For how long it is searched what can stay. What is not found by then is replaced.
const PATIENCE: Duration = Duration::from_millis(400);
/// For how long blocks are put among others, where each place is found by counting. Beyond that all are replaced.
const EFFORT: Duration = Duration::from_millis(1_500);

impl Document {
    /// Makes the document read as this content, and returns the edit that did: made by a hand that nobody wrote by
    /// before. Nothing, when it reads so already. What both have stays as it is, so carets in it keep their place, and
    /// what others write there at the same time is kept.
    ///
    /// # Errors
    /// When the edit is [refused](Document::take_in): when the content is too large, say. Then the document may be
    /// [spoilt](Document::is_spoilt).
    pub fn restore(&mut self, nodes: &[Node]) -> Result<Option<Vec<u8>>, Refused> {
        let given = simplest(nodes);
        let wanted = never_none(given.clone());
        let now = simplest(&self.nodes());
        if now == wanted || now == given && !given.is_empty() {
            return Ok(None);
        }
        let mut edit = self.edit_to(|root, txn| {
            rewrite(root, &wanted, Instant::now() + PATIENCE, txn);
            simplest(&tree::read(root, txn)) == wanted
        })?;
        if edit.is_none() {
            edit = self.edit_to(|root, txn| {
                root.remove_range(txn, 0, root.len(txn));
                insert_all(root, &wanted, txn);
                true
            })?;
        }
        let edit = edit.ok_or(Refused::NotAllowed)?;
        self.take_in(Edit::read(&edit)?)?;
        Ok(Some(edit))
    }

    /// The edit that this makes on a copy; nothing, when it says that it is not what was wanted.
    pub(super) fn edit_to(
        &self,
        make: impl FnOnce(&yrs::XmlFragmentRef, &mut TransactionMut<'_>) -> bool,
    ) -> Result<Option<Vec<u8>>, Refused> {
        let copy = Self::load(&self.state(), std::iter::empty())?;
        let mut txn = copy.doc.transact_mut();
        let is_right = make(&copy.root, &mut txn);
        Ok(is_right.then(|| txn.encode_update_v1()))
    }
}

/// Makes what stands in a node that holds nodes read as this.
fn rewrite(parent: &impl XmlFragment, wanted: &[Node], until: Instant, txn: &mut TransactionMut<'_>) {
    let children: Vec<XmlOut> = parent.children(txn).collect();
    let now: Vec<Node> = children.iter().map(|child| known(child, txn)).collect();
    let is_of_a_kind = |old: &Element, new: &Element| old.kind.name == new.kind.name;
    let mut at = 0;
    for step in align(&now, wanted, is_of_a_kind, until) {
        if Instant::now() > until + EFFORT {
            // Give up: the caller sees that the result is not what was wanted, and replaces everything.
            return;
        }
        match step {
            Step::Same(..) => at += 1,
            Step::Went(_) => parent.remove_range(txn, at, 1),
            Step::Came(new) => {
                insert(parent, at, &wanted[new], txn);
                at += 1;
            }
            Step::Changed(old, new) => {
                let in_place = match (&children[old], &now[old], &wanted[new]) {
                    (XmlOut::Element(node), Node::Element(old), Node::Element(new)) => {
                        change(node, old, new, until, txn)
                    }
                    _ => false,
                };
                if !in_place {
                    parent.remove_range(txn, at, 1);
                    insert(parent, at, &wanted[new], txn);
                }
                at += 1;
            }
        }
    }
}

/// A child as a node of the tree. What the tree does not have stands for nothing else.
fn known(child: &XmlOut, txn: &impl ReadTxn) -> Node {
    let element = match child {
        XmlOut::Element(node) => tree::read_element(node, txn),
        XmlOut::Text(_) | XmlOut::Fragment(_) => None,
    };
    let simple = element.and_then(|element| simplest(&[Node::Element(element)]).pop());
    simple.unwrap_or_else(|| Node::Text(Run { text: String::new(), marks: Vec::new() }))
}

/// Changes a node in its place. Tells whether it could.
fn change(node: &XmlElementRef, old: &Element, new: &Element, until: Instant, txn: &mut TransactionMut<'_>) -> bool {
    if new.kind.content.takes_text() {
        if !change_text(node, old, new, txn) {
            return false;
        }
    } else {
        rewrite(node, &new.children, until, txn);
    }
    for ((attribute, old), value) in new.kind.attributes.iter().zip(&old.values).zip(&new.values) {
        if old != value {
            node.insert_attribute(txn, attribute.name.as_str(), Any::from(value));
        }
    }
    true
}

/// Changes the text in the middle that differs, where a node holds one text and nothing else.
fn change_text(node: &XmlElementRef, old: &Element, new: &Element, txn: &mut TransactionMut<'_>) -> bool {
    let (Some(old), Some(new)) = (letters(old), letters(new)) else { return false };
    let children: Vec<XmlOut> = node.children(txn).collect();
    let [XmlOut::Text(text)] = &children[..] else { return false };
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    let units = |letters: &[Letter<'_>]| {
        u32::try_from(letters.iter().map(|(letter, _)| letter.len_utf16()).sum::<usize>()).unwrap_or(u32::MAX)
    };
    let at = units(&old[..head]);
    remove(text, at, units(&old[head..old.len() - tail]), txn);
    let mut to = at;
    let came = &new[head..new.len() - tail];
    for run in came.chunk_by(|(_, a), (_, b)| a == b) {
        let marks = run.first().map(|(_, marks)| marks.to_vec()).unwrap_or_default();
        to += insert_run(text, to, &Run { text: run.iter().map(|(letter, _)| letter).collect(), marks }, txn);
    }
    true
}

fn remove(text: &XmlTextRef, at: u32, units: u32, txn: &mut TransactionMut<'_>) {
    if units > 0 {
        text.remove_range(txn, at, units);
    }
}

/// A letter with its marks. Not with its run: to compare those for each letter would take the square of its length.
type Letter<'a> = (char, &'a [Mark]);

/// Each letter; nothing, when there is more than text.
fn letters(element: &Element) -> Option<Vec<Letter<'_>>> {
    let mut letters = Vec::new();
    for child in &element.children {
        let Node::Text(run) = child else { return None };
        letters.extend(run.text.chars().map(|letter| (letter, run.marks.as_slice())));
    }
    Some(letters)
}

fn insert(parent: &impl XmlFragment, at: u32, node: &Node, txn: &mut TransactionMut<'_>) {
    // Text stands in no list of nodes; where it is given all the same the result is not what was wanted, and is refused.
    if let Node::Element(element) = node {
        insert_element(parent, at, element, txn);
    }
}

#[cfg(test)]
mod tests;
