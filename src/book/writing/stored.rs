//! A chapter's content as it is kept in its history: the tree as compact JSON, from which nothing is lost.
//!
//! A node is `["name", {attributes}, child, …]`, text without marks is a string, and text with marks is
//! `{"t": "text", "m": [["name", {attributes}], …]}`. Attributes that have their defaults are left out.

use super::{
    schema::{Attribute, Kind, SCHEMA, Value},
    tree::{Element, Mark, Node, Run},
};
use serde_json::{Map, Value as Json, json};
use yrs::Any;

/// The content as JSON.
pub fn write(nodes: &[Node]) -> String {
    Json::Array(nodes.iter().map(node).collect()).to_string()
}

fn node(node: &Node) -> Json {
    match node {
        Node::Text(run) if run.marks.is_empty() => Json::String(run.text.clone()),
        Node::Text(run) => {
            let marks = run.marks.iter().map(|mark| named(mark.kind, &mark.values));
            json!({"t": run.text, "m": marks.map(Json::Array).collect::<Vec<_>>()})
        }
        Node::Element(element) => {
            let mut parts = named(element.kind, &element.values);
            parts.extend(element.children.iter().map(self::node));
            Json::Array(parts)
        }
    }
}

fn named(kind: &Kind, values: &[Value]) -> Vec<Json> {
    let given = kind.attributes.iter().zip(values).filter(|(attribute, value)| attribute.default != **value);
    let json = |value: &Value| match value {
        Value::Text(text) => Json::from(text.as_str()),
        Value::Number(number) => Json::from(*number),
        Value::Flag(flag) => Json::from(*flag),
    };
    let attributes: Map<_, _> = given.map(|(attribute, value)| (attribute.name.clone(), json(value))).collect();
    vec![Json::from(kind.name.as_str()), Json::Object(attributes)]
}

/// Reads what [`write()`] wrote. What the schema has no place for, or no longer, is passed over, but for text.
///
/// # Errors
/// When it is not JSON.
pub fn read(text: &str) -> Result<Vec<Node>, serde_json::Error> {
    let nodes: Vec<Json> = serde_json::from_str(text)?;
    Ok(read_all(&nodes, 0))
}

fn read_all(nodes: &[Json], depth: usize) -> Vec<Node> {
    if depth > SCHEMA.depth {
        return Vec::new();
    }
    nodes.iter().flat_map(|node| read_node(node, depth)).collect()
}

fn read_node(node: &Json, depth: usize) -> Vec<Node> {
    match node {
        Json::String(text) => vec![Node::Text(Run { text: text.clone(), marks: Vec::new() })],
        Json::Object(run) => {
            let text = run.get("t").and_then(Json::as_str).unwrap_or_default().to_owned();
            let marks = run.get("m").and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
            vec![Node::Text(Run { text, marks: marks.iter().filter_map(mark).collect() })]
        }
        Json::Array(parts) => {
            let children = read_all(parts.get(2..).unwrap_or_default(), depth + 1);
            match parts.first().and_then(Json::as_str).and_then(|name| SCHEMA.node(name)) {
                Some(kind) => vec![Node::Element(Element { kind, values: values(kind, parts.get(1)), children })],
                None => children,
            }
        }
        _ => Vec::new(),
    }
}

fn mark(mark: &Json) -> Option<Mark> {
    let kind = SCHEMA.mark(mark.get(0)?.as_str()?)?;
    Some(Mark { kind, values: values(kind, mark.get(1)) })
}

fn values(kind: &Kind, given: Option<&Json>) -> Vec<Value> {
    let value = |attribute: &Attribute| {
        let any = match given?.get(&attribute.name)? {
            Json::String(text) => Any::from(text.as_str()),
            Json::Number(number) => Any::Number(number.as_i64()?.into()),
            Json::Bool(flag) => Any::from(*flag),
            _ => return None,
        };
        attribute.read(&any)
    };
    kind.attributes.iter().map(|attribute| value(attribute).unwrap_or_else(|| attribute.default.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::{super::markdown, *};

    #[test]
    fn what_is_kept_reads_as_it_was() {
        let text = "## A *title*\n\nSome **bold [link](https://example.org/)** text[^1].\n\n3. three\n4. four\n\n\
                    - [x] done\n\n```rust\nfn a() {}\n```\n\n![A harbour](/files/1.png \"By night\")\n\n***\n\n\
                    | a | b |\n|---|---|\n| c | d |\n\n[^1]: A note.";
        let nodes = markdown::read(text);
        assert!(nodes.len() > 6);
        assert_eq!(read(&write(&nodes)).unwrap(), nodes);
        assert_eq!(read("[]").unwrap(), []);
    }

    #[test]
    fn what_no_schema_has_is_passed_over_and_its_text_is_kept() {
        let kept = r#"[["marquee", {}, ["paragraph", {"onclick": "x"}, "a", {"t": "b", "m": [["blink", {}]]}]], 7,
                       ["heading", {"level": 99}, "c"]]"#;
        let nodes = read(kept).unwrap();
        assert_eq!(super::super::html::html(&nodes), r#"<p dir="auto">ab</p><h2 dir="auto">c</h2>"#);
        assert!(read("nonsense").is_err());
        let deep = format!("{}{}", "[\"blockquote\",{},".repeat(40), "\"x\"".to_owned() + &"]".repeat(40));
        assert!(read(&format!("[{deep}]")).is_ok());
    }
}
