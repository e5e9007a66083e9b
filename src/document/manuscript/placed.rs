//! Pictures and links of a book that came in get their addresses.

use super::super::{
    beside::{PART, PICTURE},
    schema::Value,
    tree::{Element, Mark, Node},
};
use crate::metadata::reference::suffix;
use std::{collections::BTreeSet, sync::Arc};

/// A picture that has its place: its address, and how large it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Where it is fetched.
    pub src: String,
    /// How wide it is, in pixels.
    pub width: u32,
    /// How high.
    pub height: u32,
}

/// The numbers of the pictures that stand in a text.
pub fn used_pictures(nodes: &[Node], used: &mut BTreeSet<usize>) {
    for node in nodes {
        if let Node::Element(element) = node {
            used.extend(number(element.text_value("src"), PICTURE));
            used_pictures(&element.children, used);
        }
    }
}

/// Gives pictures and links their addresses: each picture by its number, each link by the number of the piece it leads to.
/// A picture without one is left out, its words stay; of a link without one the text stays.
pub fn place(
    nodes: Vec<Node>,
    picture: &impl Fn(usize) -> Option<Placed>,
    piece: &impl Fn(usize) -> Option<String>,
) -> Vec<Node> {
    let placed = nodes.into_iter().filter_map(|node| match node {
        Node::Text(mut run) => {
            run.marks = run.marks.into_iter().filter_map(|mark| link(mark, piece)).collect();
            Some(Node::Text(run))
        }
        Node::Element(mut element) => {
            element.children = place(element.children, picture, piece);
            figure(element, picture).map(Node::Element)
        }
    });
    placed.collect()
}

fn link(mark: Mark, piece: &impl Fn(usize) -> Option<String>) -> Option<Mark> {
    let Some(number) = number(mark.text_value("href"), PART) else { return Some(mark) };
    let href = format!("{}{}", piece(number)?, suffix(mark.text_value("href")));
    Some(Mark { values: Arc::new([Value::Text(href)]), ..mark })
}

fn figure(mut element: Element, picture: &impl Fn(usize) -> Option<Placed>) -> Option<Element> {
    let Some(number) = number(element.text_value("src"), PICTURE) else { return Some(element) };
    if let Some(placed) = picture(number) {
        let size = element.number("width") > 0;
        for (attribute, value) in element.kind.attributes.iter().zip(&mut element.values) {
            match attribute.name.as_str() {
                "src" => *value = Value::Text(placed.src.clone()),
                "width" if !size => *value = Value::Number(placed.width.into()),
                "height" if !size => *value = Value::Number(placed.height.into()),
                _ => {}
            }
        }
        return Some(element);
    }
    let words = super::super::builder::plain(element.text_value("alt"));
    let line: Vec<Node> = if element.children.is_empty() { words } else { element.children };
    (!line.is_empty()).then(|| Element::new("paragraph", &[], line))
}

/// The number in an address of something that is on its way.
pub(super) fn number(address: &str, kind: &str) -> Option<usize> {
    address.strip_prefix(kind)?.split(['#', '?']).next()?.parse().ok()
}
