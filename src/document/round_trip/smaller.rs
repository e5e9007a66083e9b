//! The smallest document that still shows what a larger one does.

use super::super::tree::{Element, Node, Run};

/// Leaves out of a document whatever can be left out of it.
pub fn smallest(document: &[Node], shows: impl Fn(&[Node]) -> bool) -> Vec<Node> {
    let mut document = document.to_vec();
    while let Some(smaller) = smaller(&document).into_iter().find(|document| shows(document)) {
        document = smaller;
    }
    document
}

/// Everything that is a little smaller.
fn smaller(nodes: &[Node]) -> Vec<Vec<Node>> {
    let with = |at: usize, instead: Vec<Node>| {
        let mut nodes = nodes.to_vec();
        nodes.splice(at..=at, instead);
        nodes
    };
    let mut all = Vec::new();
    for at in 0..nodes.len() {
        all.push(with(at, Vec::new()));
    }
    for (at, node) in nodes.iter().enumerate() {
        match node {
            Node::Element(Element { kind, values, children }) => {
                for child in children {
                    if matches!(child, Node::Element(child) if super::super::schema::SCHEMA.top.takes(child.kind))
                        && super::super::schema::SCHEMA.top.takes(kind)
                    {
                        all.push(with(at, vec![child.clone()]));
                    }
                }
                for children in smaller(children) {
                    all.push(with(at, vec![Node::Element(Element { kind, values: values.clone(), children })]));
                }
                for (number, attribute) in kind.attributes.iter().enumerate() {
                    if values[number] != attribute.default {
                        let mut values = values.clone();
                        values[number] = attribute.default.clone();
                        all.push(with(at, vec![Node::Element(Element { kind, values, children: children.clone() })]));
                    }
                }
            }
            Node::Text(Run { text, marks }) => {
                let letters: Vec<char> = text.chars().collect();
                let mut texts: Vec<String> = Vec::new();
                if letters.len() > 3 {
                    let half = letters.len() / 2;
                    texts.extend([letters[..half].iter().collect(), letters[half..].iter().collect()]);
                }
                for leave in 0..letters.len() {
                    let left = letters.iter().enumerate().filter(|(at, _)| *at != leave).map(|(_, letter)| letter);
                    texts.push(left.collect());
                }
                for text in texts.into_iter().filter(|text| !text.is_empty()) {
                    all.push(with(at, vec![Node::Text(Run { text, marks: marks.clone() })]));
                }
                for leave in 0..marks.len() {
                    let mut marks = marks.clone();
                    marks.remove(leave);
                    all.push(with(at, vec![Node::Text(Run { text: text.clone(), marks })]));
                }
            }
        }
    }
    all
}
