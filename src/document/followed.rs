//! References in a text on its way out: they say what the chapters that they lead to are called now.

use super::tree::{Element, Mark, Node, Run};

/// The same text, in which each link says what `called` knows of its address; links that it knows nothing of stay.
pub fn followed(nodes: Vec<Node>, called: &impl Fn(&str) -> Option<String>) -> Vec<Node> {
    let mut now: Vec<Node> = Vec::with_capacity(nodes.len());
    // The reference that the last text belongs to: what of it stands under other marks goes with it.
    let mut open: Option<Mark> = None;
    for node in nodes {
        match node {
            Node::Text(run) => {
                let link = run.marks.iter().find(|mark| mark.kind.name == "link").cloned();
                if link.is_some() && link == open {
                    continue;
                }
                let words = link.as_ref().and_then(|link| called(link.text_value("href")));
                open = link.filter(|_| words.is_some());
                now.push(Node::Text(Run { text: words.unwrap_or(run.text), marks: run.marks }));
            }
            Node::Element(Element { kind, values, children }) => {
                open = None;
                now.push(Node::Element(Element { kind, values, children: followed(children, called) }));
            }
        }
    }
    now
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::markdown::{read, write};

    #[test]
    fn a_reference_says_what_its_chapter_is_called_now_once_and_all_else_stays() {
        let text = read("- See [the *old* words](/c?show=title), [again](/c?show=title) or [this](/c).\n");
        let now = followed(text, &|href: &str| (href == "/c?show=title").then(|| "Tides".to_owned()));
        assert_eq!(write(&now), "- See [Tides](/c?show=title), [Tides](/c?show=title) or [this](/c).\n");
    }
}
