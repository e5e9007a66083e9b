//! A chapter's content as a tree: what is shown, counted and taken out is made of this.

use super::schema::{Attribute, Kind, SCHEMA, Value};
use std::{collections::HashMap, sync::Arc};
use yrs::{
    Any, Out, ReadTxn, Text, Xml, XmlElementRef, XmlFragment, XmlFragmentRef, XmlOut, XmlTextRef,
    types::{Attrs, text::YChange},
};

/// A node, or a run of text.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// An element with what stands in it.
    Element(Element),
    /// Text with its marks.
    Text(Run),
}

/// A node that is not text.
#[derive(Debug, Clone)]
pub struct Element {
    /// Which kind of node.
    pub kind: &'static Kind,
    /// The values of its attributes, in the order of the kind's.
    pub values: Vec<Value>,
    /// What stands in it.
    pub children: Vec<Node>,
}

/// Text that has the same marks from end to end.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The text.
    pub text: String,
    /// Its marks, in the order in which they are nested.
    pub marks: Vec<Mark>,
}

/// A mark on text.
#[derive(Debug, Clone)]
pub struct Mark {
    /// Which kind of mark.
    pub kind: &'static Kind,
    /// The values of its attributes, in the order of the kind's. Shared by all text that has this mark: a link of two
    /// thousand letters may stand around as many words, and is no longer for it.
    pub values: Arc<[Value]>,
}

impl PartialEq for Element {
    fn eq(&self, other: &Self) -> bool {
        self.kind.name == other.kind.name && self.values == other.values && self.children == other.children
    }
}

impl PartialEq for Mark {
    fn eq(&self, other: &Self) -> bool {
        self.kind.name == other.kind.name && self.values == other.values
    }
}

impl Element {
    /// A node of this kind. Attributes that are not given have their defaults.
    pub fn new(kind: &str, given: &[(&str, Value)], children: Vec<Node>) -> Self {
        let kind = SCHEMA.node(kind).unwrap_or_else(|| unreachable!("the schema has no {kind}"));
        Self { kind, values: filled(kind, given), children }
    }

    /// The value of an attribute.
    pub fn value(&self, name: &str) -> Option<&Value> {
        value(self.kind, &self.values, name)
    }

    /// The value of an attribute that is text; empty where there is none.
    pub fn text_value(&self, name: &str) -> &str {
        match self.value(name) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }

    /// The value of an attribute that is a number.
    pub fn number(&self, name: &str) -> i64 {
        match self.value(name) {
            Some(Value::Number(number)) => *number,
            _ => 0,
        }
    }

    /// The value of an attribute that is yes or no.
    pub fn flag(&self, name: &str) -> bool {
        self.value(name) == Some(&Value::Flag(true))
    }
}

impl Mark {
    /// A mark of this kind.
    pub fn new(kind: &str, given: &[(&str, Value)]) -> Self {
        let kind = SCHEMA.mark(kind).unwrap_or_else(|| unreachable!("the schema has no {kind}"));
        Self { kind, values: filled(kind, given).into() }
    }

    /// The value of an attribute that is text; empty where there is none.
    pub fn text_value(&self, name: &str) -> &str {
        match value(self.kind, &self.values, name) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }
}

/// The value of an attribute of this kind.
pub fn value<'a>(kind: &Kind, values: &'a [Value], name: &str) -> Option<&'a Value> {
    let at = kind.attributes.iter().position(|attribute| attribute.name == name)?;
    values.get(at)
}

fn filled(kind: &Kind, given: &[(&str, Value)]) -> Vec<Value> {
    let value = |attribute: &Attribute| {
        let given = given.iter().find(|(name, _)| *name == attribute.name);
        given.map_or_else(|| attribute.default.clone(), |(_, value)| value.clone())
    };
    kind.attributes.iter().map(value).collect()
}

/// What stands in a document. What is not within the schema, which is never stored, would be passed over.
pub fn read(root: &XmlFragmentRef, txn: &impl ReadTxn) -> Vec<Node> {
    read_with(root, txn, &|text| runs(text, txn))
}

/// An element with all that stands in it; nothing, when it is not of the schema.
pub(super) fn read_element(node: &XmlElementRef, txn: &impl ReadTxn) -> Option<Element> {
    element(node, txn, &|text| runs(text, txn), 0)
}

/// The same, with texts read in a way of the caller's.
pub(super) fn read_with(
    root: &XmlFragmentRef,
    txn: &impl ReadTxn,
    runs: &impl Fn(&XmlTextRef) -> Vec<Run>,
) -> Vec<Node> {
    nodes(root.children(txn), txn, runs, 0)
}

fn nodes(
    children: impl Iterator<Item = XmlOut>,
    txn: &impl ReadTxn,
    runs: &impl Fn(&XmlTextRef) -> Vec<Run>,
    depth: usize,
) -> Vec<Node> {
    if depth > SCHEMA.depth {
        return Vec::new();
    }
    let mut found = Vec::new();
    for child in children {
        match child {
            XmlOut::Element(node) => found.extend(element(&node, txn, runs, depth).map(Node::Element)),
            XmlOut::Text(text) => found.extend(runs(&text).into_iter().map(Node::Text)),
            XmlOut::Fragment(_) => {}
        }
    }
    found
}

fn element(
    node: &XmlElementRef,
    txn: &impl ReadTxn,
    runs: &impl Fn(&XmlTextRef) -> Vec<Run>,
    depth: usize,
) -> Option<Element> {
    let kind = SCHEMA.node(node.try_tag()?)?;
    let value = |attribute: &Attribute| {
        let given = node.get_attribute(txn, &attribute.name);
        let given = given.and_then(|out| if let Out::Any(any) = out { attribute.read(&any) } else { None });
        given.unwrap_or_else(|| attribute.default.clone())
    };
    let values = kind.attributes.iter().map(value).collect();
    Some(Element { kind, values, children: nodes(node.children(txn), txn, runs, depth + 1) })
}

/// A text in runs.
pub(super) fn runs(text: &XmlTextRef, txn: &impl ReadTxn) -> Vec<Run> {
    let (mut runs, mut marks) = (Vec::new(), Marks::default());
    for piece in text.diff(txn, YChange::identity) {
        if let Out::Any(Any::String(text)) = piece.insert {
            let marks = piece.attributes.as_deref().map(|given| marks.of(given)).unwrap_or_default();
            runs.push(Run { text: text.to_string(), marks });
        }
    }
    runs
}

/// The marks of a text, each read once where it holds on.
#[derive(Default)]
struct Marks(HashMap<Arc<str>, (Any, Option<Mark>)>);

impl Marks {
    /// The marks that a text's formatting stands for.
    fn of(&mut self, attributes: &Attrs) -> Vec<Mark> {
        let mut marks: Vec<Mark> = attributes.iter().filter_map(|(name, value)| self.mark(name, value)).collect();
        marks.sort_by_key(|mark| mark.kind.rank);
        marks
    }

    fn mark(&mut self, name: &Arc<str>, value: &Any) -> Option<Mark> {
        // The very same value, not one that is equal: to compare those would take as long as to read them.
        if let (Some((Any::Map(known), mark)), Any::Map(value)) = (self.0.get(name), value)
            && Arc::ptr_eq(known, value)
        {
            return mark.clone();
        }
        let read = mark(name, value);
        self.0.insert(Arc::clone(name), (value.clone(), read.clone()));
        read
    }
}

/// The mark that a text's formatting stands for, if the schema allows it.
pub fn mark(name: &Arc<str>, value: &Any) -> Option<Mark> {
    let kind = SCHEMA.mark(name)?;
    let Any::Map(given) = value else { return None };
    let is_known = |name: &String| kind.attributes.iter().any(|attribute| attribute.name == *name);
    if !given.keys().all(is_known) {
        return None;
    }
    let value = |attribute: &Attribute| match given.get(&attribute.name) {
        Some(any) => attribute.read(any),
        None => Some(attribute.default.clone()),
    };
    Some(Mark { kind, values: kind.attributes.iter().map(value).collect::<Option<_>>()? })
}

/// The same content in its simplest form: no empty text, and no two texts side by side that have the same marks. Two
/// contents that look the same are equal in it.
pub fn simplest(nodes: &[Node]) -> Vec<Node> {
    let mut simple: Vec<Node> = Vec::with_capacity(nodes.len());
    for node in nodes {
        match (node, simple.last_mut()) {
            (Node::Text(run), _) if run.text.is_empty() => {}
            (Node::Text(run), Some(Node::Text(last))) if last.marks == run.marks => last.text.push_str(&run.text),
            (Node::Text(_), _) => simple.push(node.clone()),
            (Node::Element(Element { kind, values, children }), _) => {
                let (values, children) = (values.clone(), simplest(children));
                simple.push(Node::Element(Element { kind, values, children }));
            }
        }
    }
    simple
}

/// The same content, with a place to begin at where there is none: at the top, and in whatever else holds blocks, such as
/// an item of a list. Only the server makes one: two who both did would make two.
pub fn never_none(mut nodes: Vec<Node>) -> Vec<Node> {
    nodes.iter_mut().for_each(fill);
    if nodes.is_empty() {
        nodes.push(a_place());
    }
    nodes
}

fn a_place() -> Node {
    Node::Element(Element::new("paragraph", &[], Vec::new()))
}

fn fill(node: &mut Node) {
    let Node::Element(element) = node else { return };
    element.children.iter_mut().for_each(fill);
    let holds_blocks = || SCHEMA.node("paragraph").is_some_and(|kind| element.kind.content.takes(kind));
    if element.children.is_empty() && holds_blocks() {
        element.children.push(a_place());
    }
}

/// Whether nothing is written there.
pub fn is_blank(nodes: &[Node]) -> bool {
    let blank = |node: &Node| matches!(node, Node::Element(e) if e.kind.name == "paragraph" && simplest(&e.children).is_empty());
    nodes.iter().all(blank)
}

/// The plain text, a line for each block.
pub fn plain(nodes: &[Node]) -> String {
    let mut text = String::new();
    for node in nodes {
        add_plain(node, &mut text);
    }
    text.truncate(text.trim_end_matches('\n').len());
    text
}

fn add_plain(node: &Node, text: &mut String) {
    match node {
        Node::Text(run) => text.push_str(&run.text),
        Node::Element(element) if element.kind.name == "hard_break" => text.push('\n'),
        // What stands in a note is counted, beside the words it belongs to.
        Node::Element(element) if element.kind.name == "footnote" => {
            text.push_str(" (");
            element.children.iter().for_each(|child| add_plain(child, text));
            text.push(')');
        }
        Node::Element(element) => {
            element.children.iter().for_each(|child| add_plain(child, text));
            if element.kind.content.takes_text() {
                text.push('\n');
            }
        }
    }
}
