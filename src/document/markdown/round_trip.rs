//! What Markdown gives back of a document, and what it cannot.

use super::{
    super::{
        round_trip::{Format, Loss, mapped},
        schema::Value,
        tree::{Element, Mark, Node, Run, simplest},
    },
    read, write,
};

/// Enough to meet each kind of node in each other, in a second or two.
const ROUNDS: u64 = 1_500;

fn markdown() -> Format<String> {
    Format { write, read: |text| read(text), losses: LOSSES }
}

const LOSSES: &[Loss] = &[
    Loss {
        name: "a character that no text has (U+0000) is read as the sign for that",
        left: |nodes| texts(nodes, &|run| run.text = run.text.replace('\0', "\u{fffd}")),
        example: r#"[["paragraph", {}, "a\u0000b"]]"#,
    },
    Loss {
        name: "the end of a line within a text is read as a line break",
        left: |nodes| mapped(nodes, &|element| vec![Node::Element(with_breaks(element))]),
        example: r#"[["paragraph", {}, "a\nb"]]"#,
    },
    Loss {
        name: "a link to nowhere, and a language that is none, mark nothing",
        left: |nodes| {
            texts(nodes, &|run| {
                let is_nothing = |mark: &Mark| {
                    matches!(&*mark.kind.name, "link" | "language") && mark.values.contains(&Value::Text(String::new()))
                };
                run.marks.retain(|mark| !is_nothing(mark));
            })
        },
        example: r#"[["paragraph", {}, {"t": "a", "m": [["link", {}]]}]]"#,
    },
    Loss {
        name: "code in a block is plain",
        left: |nodes| {
            mapped(nodes, &|element| {
                if element.kind.name == "code_block" {
                    element.children = simplest(&texts(&element.children, &|run| run.marks.clear()));
                }
                vec![Node::Element(element.clone())]
            })
        },
        example: r#"[["code_block", {}, {"t": "a", "m": [["strong", {}]]}]]"#,
    },
    Loss {
        name: "a list, a table or a row of nothing is nothing",
        left: |nodes| {
            mapped(nodes, &|element| {
                let is_made_of_parts =
                    matches!(&*element.kind.name, "bullet_list" | "ordered_list" | "task_list" | "table" | "table_row");
                if is_made_of_parts && element.children.is_empty() {
                    Vec::new()
                } else {
                    vec![Node::Element(element.clone())]
                }
            })
        },
        example: r#"[["bullet_list", {}]]"#,
    },
    Loss {
        name: "in a cell that is HTML, a line with nothing in it is none",
        left: |nodes| {
            mapped(nodes, &|element| {
                if element.kind.name == "table" {
                    element.children = mapped(&element.children, &|element| {
                        let is_line = matches!(&*element.kind.name, "paragraph" | "heading");
                        let is_nothing = is_line && element.children.is_empty();
                        if is_nothing { Vec::new() } else { vec![Node::Element(element.clone())] }
                    });
                }
                vec![Node::Element(element.clone())]
            })
        },
        example: r#"[["table", {}, ["table_row", {}, ["table_cell", {}, ["paragraph", {}], ["paragraph", {}, "a"]]]]]"#,
    },
    Loss {
        name: "verse of nothing is nothing",
        left: |nodes| {
            mapped(nodes, &|element| {
                let is_nothing = element.kind.name == "verse" && element.children.is_empty();
                if is_nothing { Vec::new() } else { vec![Node::Element(element.clone())] }
            })
        },
        example: r#"[["verse", {}]]"#,
    },
    Loss {
        name: "a picture without a file is what is said of it",
        left: |nodes| {
            mapped(nodes, &|element| {
                if element.kind.name != "figure" || !element.text_value("src").is_empty() {
                    return vec![Node::Element(element.clone())];
                }
                let alt = Node::Text(Run { text: element.text_value("alt").to_owned(), marks: Vec::new() });
                let lines = [simplest(&[alt]), element.children.clone()].into_iter().filter(|line| !line.is_empty());
                lines.map(|line| Node::Element(with_breaks(&Element::new("paragraph", &[], line)))).collect()
            })
        },
        example: r#"[["figure", {"alt": "A harbour"}, "By night"]]"#,
    },
    Loss {
        name: "how large a picture is stands in its file",
        left: |nodes| {
            mapped(nodes, &|element| {
                if element.kind.name == "figure" {
                    for (attribute, value) in element.kind.attributes.iter().zip(&mut element.values) {
                        if matches!(&*attribute.name, "width" | "height") {
                            *value = attribute.default.clone();
                        }
                    }
                }
                vec![Node::Element(element.clone())]
            })
        },
        example: r#"[["figure", {"src": "/a.png", "width": 640}]]"#,
    },
    // After all else is gone that is.
    Loss {
        name: "a chapter of one line with nothing in it is a file with nothing in it",
        left: |nodes| match nodes {
            [Node::Element(only)] if only.kind.name == "paragraph" && only.children.is_empty() => Vec::new(),
            _ => nodes.to_vec(),
        },
        example: r#"[["paragraph", {}]]"#,
    },
];

/// A document whose texts are what is made of each.
fn texts(nodes: &[Node], each: &impl Fn(&mut Run)) -> Vec<Node> {
    let mut nodes = nodes.to_vec();
    for node in &mut nodes {
        match node {
            Node::Text(run) => each(run),
            Node::Element(element) => element.children = texts(&element.children, each),
        }
    }
    nodes
}

/// The same, where a line that ends within a text ends with a break.
fn with_breaks(element: &Element) -> Element {
    let mut element = element.clone();
    if matches!(&*element.kind.name, "code_block" | "footnote" | "verse") {
        return element;
    }
    let mut children = Vec::new();
    for child in element.children {
        match child {
            Node::Text(run) => {
                for (number, line) in run.text.split('\n').enumerate() {
                    if number > 0 {
                        children.push(Node::Element(Element::new("hard_break", &[], Vec::new())));
                    }
                    children.push(Node::Text(Run { text: line.to_owned(), marks: run.marks.clone() }));
                }
            }
            child => children.push(child),
        }
    }
    element.children = simplest(&children);
    element
}

#[test]
fn whatever_a_chapter_holds_comes_back_as_it_was() {
    markdown().check_rounds(ROUNDS);
}

#[test]
fn what_is_said_to_be_lost_is_lost() {
    markdown().check_losses();
}
