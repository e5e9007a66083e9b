//! A chapter's content as it is kept in its history: the tree as compact JSON, from which nothing is lost.
//!
//! A node is `["name", {attributes}, child, …]`, text without marks is a string, and text with marks is
//! `{"t": "text", "m": [["name", {attributes}], …]}`. Attributes that have their defaults are left out. A long mark, such as
//! a link to a long address, is written where it first stands; where it holds on, its number among those stands for it.

use super::{
    schema::{Attribute, Kind, SCHEMA, Value},
    tree::{Element, Mark, Node, Run},
};
use serde_json::{Map, Value as Json, json};
use std::{
    collections::{HashMap, hash_map::Entry},
    marker::PhantomData,
};
use yrs::Any;

/// From how many bytes of its values on a mark is long.
const LONG: usize = 64;

/// The content as JSON.
pub fn write(nodes: &[Node]) -> String {
    let mut writer = Writer::default();
    Json::Array(nodes.iter().map(|node| writer.node(node)).collect()).to_string()
}

#[derive(Default)]
struct Writer<'a> {
    /// The long marks so far, by where their values are: those that hold on share them.
    long: HashMap<*const Value, usize>,
    _of: PhantomData<&'a Node>,
}

impl<'a> Writer<'a> {
    fn node(&mut self, node: &'a Node) -> Json {
        match node {
            Node::Text(run) if run.marks.is_empty() => Json::String(run.text.clone()),
            Node::Text(run) => {
                let marks: Vec<Json> = run.marks.iter().map(|mark| self.mark(mark)).collect();
                json!({"t": run.text, "m": marks})
            }
            Node::Element(element) => {
                let mut parts = named(element.kind, &element.values);
                parts.extend(element.children.iter().map(|child| self.node(child)));
                Json::Array(parts)
            }
        }
    }

    fn mark(&mut self, mark: &'a Mark) -> Json {
        if is_long(mark) {
            let number = self.long.len();
            match self.long.entry(mark.values.as_ptr()) {
                Entry::Occupied(known) => return Json::from(*known.get()),
                Entry::Vacant(new) => drop(new.insert(number)),
            }
        }
        Json::Array(named(mark.kind, &mark.values))
    }
}

fn is_long(mark: &Mark) -> bool {
    let length = |value: &Value| if let Value::Text(text) = value { text.len() } else { 0 };
    mark.values.iter().map(length).sum::<usize>() > LONG
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
    Ok(read_all(&nodes, 0, &mut Vec::new()))
}

fn read_all(nodes: &[Json], depth: usize, long: &mut Vec<Mark>) -> Vec<Node> {
    if depth > SCHEMA.depth {
        return Vec::new();
    }
    nodes.iter().flat_map(|node| read_node(node, depth, long)).collect()
}

fn read_node(node: &Json, depth: usize, long: &mut Vec<Mark>) -> Vec<Node> {
    match node {
        Json::String(text) => vec![Node::Text(Run { text: text.clone(), marks: Vec::new() })],
        Json::Object(run) => {
            let text = run.get("t").and_then(Json::as_str).unwrap_or_default().to_owned();
            let marks = run.get("m").and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
            vec![Node::Text(Run { text, marks: marks.iter().filter_map(|json| mark(json, long)).collect() })]
        }
        Json::Array(parts) => {
            let children = read_all(parts.get(2..).unwrap_or_default(), depth + 1, long);
            match parts.first().and_then(Json::as_str).and_then(|name| SCHEMA.node(name)) {
                Some(kind) => vec![Node::Element(Element { kind, values: values(kind, parts.get(1)), children })],
                None => children,
            }
        }
        _ => Vec::new(),
    }
}

fn mark(mark: &Json, long: &mut Vec<Mark>) -> Option<Mark> {
    if let Some(number) = mark.as_u64() {
        return long.get(usize::try_from(number).ok()?).cloned();
    }
    let kind = SCHEMA.mark(mark.get(0)?.as_str()?)?;
    let mark = Mark { kind, values: values(kind, mark.get(1)).into() };
    if is_long(&mark) {
        long.push(mark.clone());
    }
    Some(mark)
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
    fn a_long_address_is_kept_once_however_much_stands_in_the_link() {
        let address = format!("https://example.org/{}", "a".repeat(1_900));
        let other = address.replace("org", "net");
        let words = "a **b** *c* ".repeat(50);
        let nodes = markdown::read(&format!("[{words}]({address}) and [x *y* z]({other})\n\n[b *c*]({address})"));
        let kept = write(&nodes);
        assert!(kept.len() < 20_000, "{} bytes", kept.len());
        assert_eq!(read(&kept).unwrap(), nodes);
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
