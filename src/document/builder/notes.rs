//! What a note says, on one line.

use super::super::tree::{Mark, Node, Run};

/// What stands in a note, on one line.
pub(in crate::document) fn on_one_line(nodes: &[Node]) -> Vec<Node> {
    let mut line = Vec::new();
    flatten(nodes, &mut line);
    line
}

/// What stands in a note, on one line: a note has no blocks. What was one is parted by a blank, and a note in it stands in
/// brackets.
fn flatten(nodes: &[Node], line: &mut Vec<Node>) {
    for node in nodes {
        match node {
            Node::Text(run) => push(line, run.text.clone(), &run.marks),
            Node::Element(element) => {
                let children = &element.children;
                match element.kind.name.as_str() {
                    "footnote" => {
                        push(line, " (".into(), &[]);
                        flatten(children, line);
                        push(line, ")".into(), &[]);
                    }
                    "code_block" => {
                        part(line);
                        for child in children {
                            if let Node::Text(run) = child {
                                push(line, run.text.replace('\n', " "), &[Mark::new("code", &[])]);
                            }
                        }
                    }
                    "task_item" => {
                        part(line);
                        push(line, if element.flag("done") { "[x] " } else { "[ ] " }.into(), &[]);
                        flatten(children, line);
                    }
                    _ => {
                        part(line);
                        push(line, element.text_value("alt").to_owned(), &[]);
                        if !children.is_empty() {
                            part(line);
                        }
                        flatten(children, line);
                    }
                }
            }
        }
    }
}

/// Parts what comes from what was there.
fn part(line: &mut Vec<Node>) {
    if matches!(line.last(), Some(Node::Text(run)) if !run.text.ends_with(' ')) {
        push(line, " ".into(), &[]);
    }
}

fn push(line: &mut Vec<Node>, text: String, marks: &[Mark]) {
    match line.last_mut() {
        _ if text.is_empty() => {}
        Some(Node::Text(last)) if last.marks == marks => last.text.push_str(&text),
        _ => line.push(Node::Text(Run { text, marks: marks.to_vec() })),
    }
}
