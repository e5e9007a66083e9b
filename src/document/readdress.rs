//! A text that goes to another place: its pictures and its links get the addresses they have there.

use super::{
    schema::Value,
    tree::{Element, Mark, Node},
};
use std::sync::Arc;

/// The addresses of the pictures that stand in a text, each as often as it does.
#[must_use]
pub fn pictures(nodes: &[Node]) -> Vec<&str> {
    let mut found = Vec::new();
    collect(nodes, &mut found);
    found
}

fn collect<'a>(nodes: &'a [Node], found: &mut Vec<&'a str>) {
    for node in nodes {
        if let Node::Element(element) = node {
            found.extend(Some(element.text_value("src")).filter(|src| !src.is_empty()));
            collect(&element.children, found);
        }
    }
}

/// Gives pictures and links other addresses; those for which there is none keep what they have.
#[must_use]
pub fn readdressed(
    nodes: Vec<Node>,
    picture: &impl Fn(&str) -> Option<String>,
    link: &impl Fn(&str) -> Option<String>,
) -> Vec<Node> {
    let change = |node| match node {
        Node::Text(mut run) => {
            run.marks = run.marks.into_iter().map(|mark| of_link(mark, link)).collect();
            Node::Text(run)
        }
        Node::Element(element) => {
            let mut element = of_picture(element, picture);
            element.children = readdressed(element.children, picture, link);
            Node::Element(element)
        }
    };
    nodes.into_iter().map(change).collect()
}

fn of_link(mark: Mark, link: &impl Fn(&str) -> Option<String>) -> Mark {
    let Some(new) = link(mark.text_value("href")) else { return mark };
    let mut values = mark.values.to_vec();
    set(mark.kind, &mut values, "href", new);
    Mark { values: Arc::from(values), ..mark }
}

fn of_picture(mut element: Element, picture: &impl Fn(&str) -> Option<String>) -> Element {
    if let Some(new) = picture(element.text_value("src")) {
        set(element.kind, &mut element.values, "src", new);
    }
    element
}

fn set(kind: &super::schema::Kind, values: &mut [Value], name: &str, new: String) {
    for (attribute, value) in kind.attributes.iter().zip(values) {
        if attribute.name == name {
            *value = Value::Text(new.clone());
        }
    }
}

/// The headings alone that stand at the top of a text.
#[must_use]
pub fn headings(nodes: Vec<Node>) -> Vec<Node> {
    let is_heading = |node: &Node| matches!(node, Node::Element(element) if element.kind.name == "heading");
    nodes.into_iter().filter(is_heading).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::markdown;

    #[test]
    fn pictures_and_links_get_their_new_addresses_and_all_else_stays() {
        let text = "# One\n\n> See [two](/book/a/p2#x) and [out](https://example.org).\n\n![A sea](/book/a/picture/q1)";
        let nodes = markdown::read(text);
        assert_eq!(pictures(&nodes), ["/book/a/picture/q1"]);
        let picture = |src: &str| src.strip_prefix("/book/a/picture/").map(|id| format!("/book/b/picture/{id}"));
        let link = |href: &str| href.strip_prefix("/book/a/p2").map(|rest| format!("/book/b/n2{rest}"));
        let moved = readdressed(nodes, &picture, &link);
        let expected = text.replace("/book/a/p2", "/book/b/n2").replace("/book/a/picture", "/book/b/picture");
        assert_eq!(moved, markdown::read(&expected));
    }

    #[test]
    fn of_a_text_its_headings_at_the_top_are_its_outline() {
        let nodes = headings(markdown::read("## One\n\nText.\n\n> ## Quoted\n\n### Two"));
        assert_eq!(nodes, markdown::read("## One\n\n### Two"));
    }
}
