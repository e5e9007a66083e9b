//! What is shown in a chapter's history and never written: changes, and whose a text is.
//!
//! They are marks and nodes like those of the schema, so that one renderer makes all HTML; but no edit can bring them.

use super::super::{
    schema::{Content, Kind, Value, kinds},
    tree::{Element, Mark, Node, Run},
};
use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

static KINDS: LazyLock<HashMap<String, Kind>> = LazyLock::new(|| {
    kinds(
        r#"[
            { "name": "came", "html": ["ins", 0] },
            { "name": "went", "html": ["del", 0] },
            {
                "name": "author",
                "attributes": {
                    "hue": { "type": "integer", "min": 0, "max": 9, "default": 0 },
                    "name": { "type": "string", "max": 100, "default": "" }
                },
                "html": ["span", { "class": "by hue-{hue}", "title": "{name}" }, 0]
            }
        ]"#,
    )
});

/// What became of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It came.
    Came,
    /// It went.
    Went,
}

fn kind(name: &str) -> &'static Kind {
    KINDS.get(name).unwrap_or_else(|| unreachable!("there is no {name}"))
}

/// Marks a node, with all that stands in it, as changed.
pub fn changed(node: &Node, change: Change) -> Node {
    let kind = kind(match change {
        Change::Came => "came",
        Change::Went => "went",
    });
    match node {
        Node::Text(run) => Node::Text(marked(run, &Mark { kind, values: Arc::default() })),
        // What has no text to be marked, or more to show than text, is marked as a whole.
        Node::Element(element)
            if element.kind.content == Content::Nothing || matches!(&*element.kind.name, "figure" | "footnote") =>
        {
            Node::Element(Element { kind, values: Vec::new(), children: vec![node.clone()] })
        }
        Node::Element(Element { kind, values, children }) => {
            let children = children.iter().map(|child| changed(child, change)).collect();
            Node::Element(Element { kind, values: values.clone(), children })
        }
    }
}

/// The mark of text that is somebody's.
pub fn author(hue: u32, name: &str) -> Mark {
    // In the order of the kind's attributes, which is that of their names.
    let values = [Value::Number(hue.into()), Value::Text(name.to_owned())];
    Mark { kind: kind("author"), values: values.into() }
}

/// The mark goes around all others but a link: where each letter of that is another's, the address would else be shown
/// with each.
pub fn marked(run: &Run, mark: &Mark) -> Run {
    let around = run.marks.iter().take_while(|other| other.kind.name == "link").count();
    let mut marks = Vec::with_capacity(run.marks.len() + 1);
    marks.extend_from_slice(&run.marks[..around]);
    marks.push(mark.clone());
    marks.extend_from_slice(&run.marks[around..]);
    Run { text: run.text.clone(), marks }
}

#[cfg(test)]
mod tests {
    use super::{
        super::super::{html::html, markdown},
        *,
    };

    fn shown(text: &str, change: Change) -> String {
        html(&markdown::read(text).iter().map(|node| changed(node, change)).collect::<Vec<_>>())
    }

    #[test]
    fn what_changed_is_shown_where_it_may_stand() {
        assert_eq!(shown("- a *b*", Change::Came), r#"<ul><li><p dir="auto"><ins>a <em>b</em></ins></p></li></ul>"#);
        assert_eq!(shown("***", Change::Went), "<del><hr></del>");
        let figure = shown("![A harbour](/files/1.png)", Change::Went);
        assert!(figure.starts_with("<del><figure>") && figure.ends_with("</figure></del>"), "{figure}");
    }

    #[test]
    fn a_name_is_shown_as_text() {
        let run = marked(&Run { text: "a".into(), marks: Vec::new() }, &author(3, "\"><script>"));
        let expected = r#"<span class="by hue-3" title="&quot;&gt;&lt;script&gt;">a</span>"#;
        assert_eq!(html(&[Node::Text(run)]), expected);
    }
}
