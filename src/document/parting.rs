//! A chapter in two: what stands before a place in it, and what behind.

use super::tree::{Element, Node, Run};

/// A place in a chapter: in which of its blocks of text, counted from 0, and after how many UTF-16 units of that. A line
/// break counts one, a note none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    /// In which block.
    pub block: u32,
    /// After how many units.
    pub at: u32,
}

/// What stands before a place, and what behind. A list or a quotation goes on in both; a table, a picture and code are
/// never parted: what the place is in goes behind.
#[must_use]
pub fn parted(nodes: &[Node], spot: Spot) -> (Vec<Node>, Vec<Node>) {
    let mut block = 0;
    part_all(nodes, &mut block, spot)
}

fn part_all(nodes: &[Node], block: &mut u32, spot: Spot) -> (Vec<Node>, Vec<Node>) {
    let (mut before, mut behind) = (Vec::new(), Vec::new());
    for node in nodes {
        if *block > spot.block {
            behind.push(node.clone());
            continue;
        }
        let Node::Element(element) = node else {
            before.push(node.clone());
            continue;
        };
        let (head, tail) = part_one(element, block, spot);
        before.extend(head.map(Node::Element));
        behind.extend(tail.map(Node::Element));
    }
    (before, behind)
}

fn part_one(element: &Element, block: &mut u32, spot: Spot) -> (Option<Element>, Option<Element>) {
    if element.kind.content.takes_text() {
        let here = *block;
        *block += 1;
        if here < spot.block {
            return (Some(element.clone()), None);
        }
        let (head, tail) = part_text(&element.children, spot.at);
        return match element.kind.name.as_str() {
            "figure" | "code_block" if spot.at == 0 || !tail.is_empty() => (None, Some(element.clone())),
            // A place to write in.
            _ if element.children.is_empty() => (Some(element.clone()), None),
            _ => (filled(element, head), filled(element, tail)),
        };
    }
    let first = *block;
    let (head, tail) = part_all(&element.children, block, spot);
    let is_within = first <= spot.block && spot.block < *block;
    match element.kind.name.as_str() {
        "table" if is_within => (None, Some(element.clone())),
        // A scene break and what else holds nothing.
        _ if element.children.is_empty() => (Some(element.clone()), None),
        _ => (filled(element, head), filled(element, tail)),
    }
}

/// The same element with this in it; none where that is nothing.
fn filled(element: &Element, children: Vec<Node>) -> Option<Element> {
    let Element { kind, values, .. } = element;
    (!children.is_empty()).then(|| Element { kind, values: values.clone(), children })
}

fn part_text(children: &[Node], at: u32) -> (Vec<Node>, Vec<Node>) {
    let (mut before, mut behind) = (Vec::new(), Vec::new());
    let mut left = usize::try_from(at).unwrap_or(usize::MAX);
    for child in children {
        if left == 0 && !is_note(child) {
            behind.push(child.clone());
            continue;
        }
        match child {
            Node::Text(Run { text, marks }) => {
                let units = text.encode_utf16().count();
                let end = if units <= left { text.len() } else { byte_of(text, left) };
                left = left.saturating_sub(units);
                let run = |text: &str| Node::Text(Run { text: text.to_owned(), marks: marks.clone() });
                before.extend((end > 0).then(|| run(&text[..end])));
                behind.extend((end < text.len()).then(|| run(&text[end..])));
                if end < text.len() {
                    left = 0;
                }
            }
            // A note stands with the words before it, unless some stand behind already.
            Node::Element(_) if is_note(child) => {
                if behind.is_empty() && at > 0 {
                    before.push(child.clone());
                } else {
                    behind.push(child.clone());
                }
            }
            Node::Element(_) => {
                left -= 1;
                before.push(child.clone());
            }
        }
    }
    (before, behind)
}

fn is_note(node: &Node) -> bool {
    matches!(node, Node::Element(element) if element.kind.name == "footnote")
}

/// Where the letter begins that stands after so many UTF-16 units; the next one, where that would be within one.
fn byte_of(text: &str, units: usize) -> usize {
    let mut count = 0;
    for (at, letter) in text.char_indices() {
        if count >= units {
            return at;
        }
        count += letter.len_utf16();
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{markdown, tree::plain};

    fn halves(markdown: &str, block: u32, at: u32) -> (String, String) {
        let (before, behind) = parted(&markdown::read(markdown), Spot { block, at });
        (markdown::write(&before), markdown::write(&behind))
    }

    #[test]
    fn every_word_is_in_one_half_and_none_in_both() {
        let text = "One *two* three[^1].\n\n- a\n- b\n    - c\n\n> d\n\n| e | f |\n|---|---|\n| g | h |\n\n```\ncode\n```\n\n![i](/p.png)\n\nend\n\n[^1]: Note.\n";
        let nodes = markdown::read(text);
        let words = |nodes: &[Node]| plain(nodes).split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        for block in 0..14 {
            for at in [0, 3, 4, 100] {
                let (before, behind) = parted(&nodes, Spot { block, at });
                assert_eq!([words(&before), words(&behind)].concat(), words(&nodes), "{block} {at}");
            }
        }
    }

    #[test]
    fn a_paragraph_and_a_list_go_on_and_what_has_nothing_left_is_gone() {
        assert_eq!(halves("One **two three**", 0, 8).1, "**three**\n");
        assert_eq!(halves("One\n\nTwo", 1, 0), ("One\n".to_owned(), "Two\n".to_owned()));
        assert_eq!(halves("One\n\nTwo", 0, 3), ("One\n".to_owned(), "Two\n".to_owned()));
        assert_eq!(halves("- a\n- b\n- c", 1, 0), ("- a\n".to_owned(), "- b\n- c\n".to_owned()));
        assert_eq!(halves("a🐋b", 0, 2).1, "b\n", "no letter is parted");
        assert_eq!(halves("x\n\n| e |\n|---|\n| g |\n", 2, 1).0, "x\n", "a table stays whole");
    }
}
