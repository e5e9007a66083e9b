//! Whether what an edit changed is within the schema.

use super::{
    schema::{Content, Kind, SCHEMA},
    tree::mark,
};
use std::sync::Arc;
use yrs::{
    Any, Out, ReadTxn, Text, TransactionMut, Xml, XmlElementRef, XmlFragment, XmlOut, XmlTextRef,
    types::{
        Attrs, Change, Delta, EntryChange, Event, Events,
        text::YChange,
        xml::{XmlEvent, XmlTextEvent},
    },
};

/// What was found out about an edit.
#[derive(Debug)]
pub struct Verdict {
    /// Whether the result is within the schema.
    pub is_allowed: bool,
    /// UTF-16 units of text that came, as far as it was looked at.
    pub added: usize,
    /// UTF-16 units of text that went, as far as it was looked at; but for what went with a whole node.
    pub removed: usize,
}

impl Default for Verdict {
    /// That of an edit that changes nothing.
    fn default() -> Self {
        Self { is_allowed: true, added: 0, removed: 0 }
    }
}

impl Verdict {
    /// Both taken together.
    pub fn add(&mut self, other: &Self) {
        self.is_allowed &= other.is_allowed;
        self.added += other.added;
        self.removed += other.removed;
    }
}

/// Looks at all that a transaction changed. Where it brought text alone, and that into texts, there is nothing to find,
/// nor is it counted: to see what came, all that stands in a text would be walked through, and a text may be long.
pub fn check(txn: &TransactionMut<'_>, events: &Events<'_>, more_than_text: bool) -> Verdict {
    let mut verdict = Verdict::default();
    for event in events.iter() {
        let is_allowed = match event {
            Event::XmlFragment(event) => element_changed(event, txn, &mut verdict),
            Event::XmlText(event) if !more_than_text => event.keys(txn).is_empty(),
            Event::XmlText(event) => text_changed(event, txn, &mut verdict),
            _ => false,
        };
        if !is_allowed {
            verdict.is_allowed = false;
            break;
        }
    }
    verdict
}

fn element_changed(event: &XmlEvent, txn: &TransactionMut<'_>, verdict: &mut Verdict) -> bool {
    let (content, depth) = match event.target() {
        XmlOut::Element(element) => {
            let Some(kind) = kind_of(element) else { return false };
            let Some(depth) = depth(XmlOut::Element(element.clone())) else { return false };
            for (name, change) in event.keys(txn) {
                if let EntryChange::Inserted(value) | EntryChange::Updated(_, value) = change
                    && !attribute_is_allowed(kind, name, value)
                {
                    return false;
                }
            }
            (&kind.content, depth)
        }
        // What stands at the top has attributes; the top itself has none.
        XmlOut::Fragment(_) if !event.keys(txn).is_empty() => return false,
        XmlOut::Fragment(_) => (&SCHEMA.top, 0),
        XmlOut::Text(_) => return false,
    };
    event.delta(txn).iter().all(|change| match change {
        Change::Added(children) => {
            children.iter().all(|child| child_is_allowed(content, child, depth + 1, txn, verdict))
        }
        Change::Removed(_) | Change::Retain(_) => true,
    })
}

fn text_changed(event: &XmlTextEvent, txn: &TransactionMut<'_>, verdict: &mut Verdict) -> bool {
    if !event.keys(txn).is_empty() {
        return false;
    }
    event.delta(txn).iter().all(|change| match change {
        Delta::Inserted(piece, marks) => piece_is_allowed(piece, marks.as_deref(), verdict),
        Delta::Deleted(units) => {
            verdict.removed += *units as usize;
            true
        }
        Delta::Retain(_, marks) => marks.as_deref().is_none_or(marks_are_allowed),
    })
}

/// A node that came, with all that stands in it.
fn child_is_allowed(content: &Content, child: &Out, depth: usize, txn: &impl ReadTxn, verdict: &mut Verdict) -> bool {
    if depth > SCHEMA.depth {
        return false;
    }
    match child {
        Out::YXmlElement(element) => {
            let Some(kind) = kind_of(element).filter(|kind| content.takes(kind)) else { return false };
            let attributes_are = element.attributes(txn).all(|(name, value)| attribute_is_allowed(kind, name, &value));
            // An iterator over nodes would end at what is none.
            let length = element.len(txn);
            attributes_are
                && (0..length).zip(children(element, txn)).all(|(_, child)| match child {
                    Some(child) => child_is_allowed(&kind.content, &child, depth + 1, txn, verdict),
                    None => false,
                })
        }
        Out::YXmlText(text) => content.takes_text() && text_is_allowed(text, txn, verdict),
        _ => false,
    }
}

/// All children, and nothing for one that is no node.
fn children(element: &XmlElementRef, txn: &impl ReadTxn) -> impl Iterator<Item = Option<Out>> {
    let mut nodes = element.children(txn);
    let nodes: Vec<_> = std::iter::from_fn(move || {
        nodes.next().map(|node| match node {
            XmlOut::Element(element) => Out::YXmlElement(element),
            XmlOut::Fragment(fragment) => Out::YXmlFragment(fragment),
            XmlOut::Text(text) => Out::YXmlText(text),
        })
    })
    .collect();
    nodes.into_iter().map(Some).chain(std::iter::repeat(None))
}

fn text_is_allowed(text: &XmlTextRef, txn: &impl ReadTxn, verdict: &mut Verdict) -> bool {
    text.attributes(txn).next().is_none()
        && text
            .diff(txn, YChange::identity)
            .iter()
            .all(|piece| piece_is_allowed(&piece.insert, piece.attributes.as_deref(), verdict))
}

fn piece_is_allowed(piece: &Out, marks: Option<&Attrs>, verdict: &mut Verdict) -> bool {
    let Out::Any(Any::String(text)) = piece else { return false };
    verdict.added += text.encode_utf16().count();
    marks.is_none_or(marks_are_allowed)
}

fn marks_are_allowed(marks: &Attrs) -> bool {
    // A mark that is taken off is set to nothing.
    marks.iter().all(|(name, value)| matches!(value, Any::Null) || mark(name, value).is_some())
}

fn attribute_is_allowed(kind: &Kind, name: &str, value: &Out) -> bool {
    let attribute = kind.attributes.iter().find(|attribute| attribute.name == name);
    attribute.is_some_and(|attribute| matches!(value, Out::Any(any) if attribute.read(any).is_some()))
}

fn kind_of(element: &XmlElementRef) -> Option<&'static Kind> {
    let tag: &Arc<str> = element.try_tag()?;
    SCHEMA.node(tag)
}

/// How deep a node stands: 1 at the top. Nothing, when that is deeper than may be.
fn depth(node: XmlOut) -> Option<usize> {
    let mut depth = 0;
    let mut at = Some(node);
    while let Some(node) = at {
        at = match &node {
            XmlOut::Element(element) => {
                depth += 1;
                element.parent()
            }
            XmlOut::Fragment(_) => None,
            XmlOut::Text(text) => text.parent(),
        };
        if depth > SCHEMA.depth {
            return None;
        }
    }
    Some(depth)
}
