//! What a chapter may be made of: `editor/schema.json`, which the browser's editor reads too.
//!
//! What any node contains is always "any number of these", never a sequence. So whatever two people's edits merge into
//! is within the schema when each of the edits is, and an edit can be judged by what it changes.

use super::address;
use crate::metadata::check::is_language;
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::Value as Json;
use std::{
    collections::{BTreeMap, HashMap},
    fmt::{self, Display, Formatter},
    sync::LazyLock,
};
use yrs::Any;

/// The one schema.
pub static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let source = include_str!("../../editor/schema.json");
    serde_json::from_str::<Source>(source)
        .map(Schema::from)
        .unwrap_or_else(|error| unreachable!("schema.json: {error}"))
});

/// The nodes and marks a chapter may be made of.
#[derive(Debug)]
pub struct Schema {
    /// The name of the document's root.
    pub fragment: String,
    /// How deep nodes may stand in each other.
    pub depth: usize,
    /// What may stand at the top.
    pub top: Content,
    nodes: HashMap<String, Kind>,
    marks: HashMap<String, Kind>,
}

/// A kind of node or mark.
#[derive(Debug)]
pub struct Kind {
    /// Its name.
    pub name: String,
    /// Marks are nested in this order.
    pub rank: usize,
    group: Option<String>,
    /// What may stand in it; nothing, for a mark.
    pub content: Content,
    /// Its attributes, by name.
    pub attributes: Vec<Attribute>,
    /// How it is shown.
    pub html: Template,
}

/// What may stand in a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Nothing.
    Nothing,
    /// Text.
    Text,
    /// Text, and nodes of the group `inline`.
    Inline,
    /// Nodes of these names or groups.
    Nodes(Vec<String>),
}

impl Content {
    /// Whether text may stand there.
    pub fn takes_text(&self) -> bool {
        matches!(self, Self::Text | Self::Inline)
    }

    /// Whether such a node may stand there.
    pub fn takes(&self, kind: &Kind) -> bool {
        match self {
            Self::Nothing | Self::Text => false,
            Self::Inline => kind.group.as_deref() == Some("inline"),
            Self::Nodes(names) => names.iter().any(|name| *name == kind.name || kind.group.as_ref() == Some(name)),
        }
    }
}

/// An attribute of a node or mark.
#[derive(Debug)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    rule: Rule,
    /// Its value where none is given.
    pub default: Value,
}

#[derive(Debug)]
enum Rule {
    Text { max: usize },
    Number { min: i64, max: i64 },
    Flag,
    Url(address::Rule),
    Language { max: usize },
    Choice(Vec<String>),
}

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Value {
    /// Text, an address, a language, one of a few words.
    Text(String),
    /// A whole number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
}

impl Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => number.fmt(f),
            Self::Flag(flag) => flag.fmt(f),
        }
    }
}

impl From<&Value> for Any {
    fn from(value: &Value) -> Self {
        match value {
            Value::Text(text) => Any::String(text.as_str().into()),
            Value::Number(number) => Any::Number((*number).into()),
            Value::Flag(flag) => Any::Bool(*flag),
        }
    }
}

impl Attribute {
    /// The value, if the schema allows it.
    pub fn read(&self, any: &Any) -> Option<Value> {
        match (&self.rule, any) {
            (Rule::Text { max }, Any::String(text)) => is_within(text, *max).then(|| Value::Text(text.to_string())),
            (Rule::Number { min, max }, Any::Number(number)) => {
                let number = number.as_i64().filter(|number| (*min..=*max).contains(number))?;
                Some(Value::Number(number))
            }
            (Rule::Flag, Any::Bool(flag)) => Some(Value::Flag(*flag)),
            (Rule::Url(rule), Any::String(text)) => {
                // What is not given is empty.
                let allowed = text.is_empty() || rule.allows(text);
                allowed.then(|| Value::Text(text.to_string()))
            }
            (Rule::Language { max }, Any::String(text)) => {
                let allowed = text.is_empty() || is_within(text, *max) && is_language(text);
                allowed.then(|| Value::Text(text.to_string()))
            }
            (Rule::Choice(of), Any::String(text)) => {
                of.iter().any(|one| **one == **text).then(|| Value::Text(text.to_string()))
            }
            _ => None,
        }
    }
}

fn is_within(text: &str, max: usize) -> bool {
    text.encode_utf16().count() <= max
}

impl Schema {
    /// A kind of node.
    pub fn node(&self, name: &str) -> Option<&Kind> {
        self.nodes.get(name)
    }

    /// A kind of mark.
    pub fn mark(&self, name: &str) -> Option<&Kind> {
        self.marks.get(name)
    }

    /// All kinds of nodes, in no order.
    pub fn nodes(&self) -> impl Iterator<Item = &Kind> {
        self.nodes.values()
    }

    /// All kinds of marks, in the order in which they are nested.
    #[cfg(test)]
    pub fn marks(&self) -> impl Iterator<Item = &Kind> {
        let mut marks: Vec<_> = self.marks.values().collect();
        marks.sort_by_key(|kind| kind.rank);
        marks.into_iter()
    }
}

/// How a node or mark is shown: elements, attributes, and the place where its content stands.
#[derive(Debug)]
pub enum Template {
    /// The content stands here.
    Content,
    /// An element.
    Element {
        /// Its name.
        tag: Filled,
        /// Its attributes.
        attributes: Vec<(String, Filled)>,
        /// What stands in it.
        children: Vec<Template>,
    },
}

/// Text with the values of attributes in it.
#[derive(Debug)]
pub enum Filled {
    /// As it stands.
    Text(String),
    /// Text, the value of this attribute, and text.
    Around(String, String, String),
    /// The same; left out where the value is the default.
    UnlessDefault(String, String, String),
}

impl From<&str> for Filled {
    /// `{name}` stands for a value, `{name?}` for one that is left out where it is the default.
    fn from(text: &str) -> Self {
        let Some((before, (name, after))) =
            text.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
        else {
            return Self::Text(text.to_owned());
        };
        match name.strip_suffix('?') {
            Some(name) => Self::UnlessDefault(before.to_owned(), name.to_owned(), after.to_owned()),
            None => Self::Around(before.to_owned(), name.to_owned(), after.to_owned()),
        }
    }
}

/// A template as it is written: an array of the element's name, its attributes, and what stands in it, where a number
/// stands for the content.
#[derive(Deserialize)]
#[serde(untagged)]
enum TemplatePiece {
    Content(#[expect(dead_code, reason = "which number it is does not matter")] u8),
    Tag(String),
    Attributes(Pairs),
    Element(Vec<TemplatePiece>),
}

/// An object whose order counts: attributes are shown in it.
struct Pairs(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Pairs;
            fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
                f.write_str("attributes")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        source.deserialize_map(InOrder)
    }
}

impl From<TemplatePiece> for Template {
    fn from(part: TemplatePiece) -> Self {
        let TemplatePiece::Element(parts) = part else { return Self::Content };
        let mut tag = Filled::Text(String::new());
        let (mut attributes, mut children) = (Vec::new(), Vec::new());
        for part in parts {
            match part {
                TemplatePiece::Tag(name) => tag = name.as_str().into(),
                TemplatePiece::Attributes(Pairs(pairs)) => {
                    attributes = pairs.into_iter().map(|(name, value)| (name, value.as_str().into())).collect();
                }
                child => children.push(child.into()),
            }
        }
        Self::Element { tag, attributes, children }
    }
}

/// `schema.json` as it is written.
#[derive(Deserialize)]
struct Source {
    fragment: String,
    depth: usize,
    top: Top,
    nodes: Vec<KindSource>,
    marks: Vec<KindSource>,
}

#[derive(Deserialize)]
struct Top {
    content: ContentSource,
}

#[derive(Deserialize)]
struct KindSource {
    name: String,
    group: Option<String>,
    content: Option<ContentSource>,
    #[serde(default)]
    attributes: BTreeMap<String, AttributeSource>,
    html: TemplatePiece,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum ContentSource {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize)]
struct AttributeSource {
    r#type: String,
    default: Json,
    #[serde(default)]
    min: i64,
    #[serde(default)]
    max: i64,
    #[serde(default)]
    of: Vec<String>,
    #[serde(default)]
    schemes: Vec<String>,
    #[serde(default)]
    relative: bool,
}

impl From<Source> for Schema {
    fn from(source: Source) -> Self {
        Self {
            fragment: source.fragment,
            depth: source.depth,
            top: source.top.content.into(),
            nodes: ranked(source.nodes),
            marks: ranked(source.marks),
        }
    }
}

fn ranked(kinds: Vec<KindSource>) -> HashMap<String, Kind> {
    let ranked = kinds.into_iter().enumerate();
    ranked.map(|(rank, kind)| (kind.name.clone(), Kind::ranked(rank, kind))).collect()
}

/// Kinds that no chapter is made of, written as `schema.json` writes them: for what is only shown.
pub(super) fn kinds(json: &str) -> HashMap<String, Kind> {
    serde_json::from_str(json).map(ranked).unwrap_or_else(|error| unreachable!("{json}: {error}"))
}

impl From<ContentSource> for Content {
    fn from(source: ContentSource) -> Self {
        match source {
            ContentSource::One(name) if name == "text" => Self::Text,
            ContentSource::One(name) if name == "inline" => Self::Inline,
            ContentSource::One(name) => Self::Nodes(vec![name]),
            ContentSource::Many(names) => Self::Nodes(names),
        }
    }
}

impl Kind {
    fn ranked(rank: usize, source: KindSource) -> Self {
        let attributes = source.attributes.into_iter().map(|(name, source)| source.named(name)).collect();
        Self {
            name: source.name,
            rank,
            group: source.group,
            content: source.content.map_or(Content::Nothing, Content::from),
            attributes,
            html: source.html.into(),
        }
    }
}

impl AttributeSource {
    fn named(self, name: String) -> Attribute {
        let length = usize::try_from(self.max).unwrap_or(0);
        let rule = match &*self.r#type {
            "string" => Rule::Text { max: length },
            "integer" => Rule::Number { min: self.min, max: self.max },
            "boolean" => Rule::Flag,
            "url" => Rule::Url(address::Rule { schemes: self.schemes, relative: self.relative, max: length }),
            "language" => Rule::Language { max: length },
            "choice" => Rule::Choice(self.of),
            other => unreachable!("schema.json: no attribute is of the type {other}"),
        };
        let default = match &self.default {
            Json::Bool(flag) => Value::Flag(*flag),
            Json::Number(number) => Value::Number(number.as_i64().unwrap_or_default()),
            other => Value::Text(other.as_str().unwrap_or_default().to_owned()),
        };
        Attribute { name, rule, default }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_allowed() {
        let kinds = SCHEMA.nodes.values().chain(SCHEMA.marks.values());
        for attribute in kinds.flat_map(|kind| &kind.attributes) {
            assert_eq!(attribute.read(&Any::from(&attribute.default)).as_ref(), Some(&attribute.default));
        }
    }

    #[test]
    fn what_a_node_contains_is_known() {
        let names = SCHEMA.nodes.values().flat_map(|kind| match &kind.content {
            Content::Nodes(names) => names.clone(),
            _ => Vec::new(),
        });
        for name in names {
            let is_known = SCHEMA.nodes.values().any(|kind| kind.name == name || kind.group.as_deref() == Some(&name));
            assert!(is_known, "{name}");
        }
    }

    #[test]
    fn a_language_is_written_as_languages_are() {
        for good in ["de", "en-GB", "zh-Hant-TW", "sl-rozaj-biske"] {
            assert!(is_language(good), "{good}");
        }
        for bad in ["", "d", "de_DE", "de-", "-de", "deutschland", "de-\"x", "a1"] {
            assert!(!is_language(bad), "{bad}");
        }
    }

    #[test]
    fn numbers_are_whole_and_within_their_bounds() {
        let level = &SCHEMA.node("heading").unwrap().attributes[0];
        assert_eq!(level.read(&Any::Number(3.0.into())), Some(Value::Number(3)));
        assert_eq!(level.read(&Any::Number(2.into())), Some(Value::Number(2)));
        for bad in [1.0, 2.5, 7.0, f64::NAN, f64::INFINITY] {
            assert_eq!(level.read(&Any::Number(bad.into())), None, "{bad:?}");
        }
        assert_eq!(level.read(&Any::from("2")), None);
    }
}
