//! What an element's style says in words: how its text looks, and whether it is shown at all.

use super::{SCHEMA, Tag, attribute, elements::is_block, sheet::Sheets};
use crate::document::{schema::Value, tree::Mark};
use std::collections::BTreeMap;
use yrs::Any;

/// What a style declares, in small letters.
fn declared(tag: &Tag) -> Vec<(String, String)> {
    let style = attribute(tag, "style").unwrap_or_default().to_ascii_lowercase();
    let pairs = style.split(';').filter_map(|pair| pair.split_once(':'));
    pairs.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect()
}

/// Whether no browser shows it, nor Word.
pub(super) fn is_hidden(tag: &Tag) -> bool {
    let says = |(name, value): &(String, String)| match name.as_str() {
        "display" => value.starts_with("none"),
        "visibility" => value.starts_with("hidden"),
        "mso-hide" => value.starts_with("all"),
        _ => false,
    };
    attribute(tag, "hidden").is_some() || declared(tag).iter().any(says)
}

/// Whether a line, or a part of one, keeps its blanks as they are.
pub(super) fn keeps_blanks(name: &str, tag: &Tag) -> bool {
    let is_line = matches!(name, "p" | "span" | "figcaption" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6");
    let keeps = |(name, value): &(String, String)| name == "white-space" && matches!(&**value, "pre" | "pre-wrap");
    is_line && declared(tag).iter().any(keeps)
}

/// How wide a cell is, as a part of its table in hundredths, where it says that; otherwise 0.
pub(super) fn share_of_width(tag: &Tag) -> i64 {
    let width = declared(tag).into_iter().find_map(|(name, value)| (name == "width").then_some(value));
    let share = width.and_then(|width| width.strip_suffix('%')?.trim().parse::<f64>().ok());
    // What is beyond it is no share.
    (1..=100).find(|whole| share.is_some_and(|share| (share.round() as i64) == *whole)).unwrap_or(0)
}

/// Whether what is bold by its name is not.
pub(super) fn is_plain(tag: &Tag) -> bool {
    let plain = |(name, value): &(String, String)| name == "font-weight" && (value == "normal" || value == "400");
    declared(tag).iter().any(plain)
}

/// The marks that an element's style, class and language stand for, where these sheets are known of it.
pub(super) fn marks(name: &str, tag: &Tag, sheets: Option<Sheets<'_>>) -> Vec<Mark> {
    let mut marks = Vec::new();
    let class = attribute(tag, "class").unwrap_or_default();
    // What is said in itself is said later, and counts more.
    let said = sheets.map(|sheets| sheets.of(&class)).into_iter().flatten().chain(declared(tag));
    let said: BTreeMap<String, String> = said.collect();
    for (property, value) in said {
        let first = value.split_ascii_whitespace().next().unwrap_or_default();
        let kind = match property.as_str() {
            "font-weight" => {
                let heavy = first.parse::<u16>().is_ok_and(|weight| (600..1_000).contains(&weight));
                (heavy || matches!(first, "bold" | "bolder")).then_some("strong")
            }
            "font-style" => matches!(first, "italic" | "oblique").then_some("emphasis"),
            "text-decoration" | "text-decoration-line" => value.contains("line-through").then_some("strike"),
            "vertical-align" if first == "super" => Some("superscript"),
            "vertical-align" if first == "sub" => Some("subscript"),
            "font-variant" | "font-variant-caps" => value.contains("small-caps").then_some("small_caps"),
            _ => None,
        };
        marks.extend(kind.map(|kind| Mark::new(kind, &[])));
    }
    let is_small_caps = |class| matches!(class, "small-caps" | "smallcaps");
    if class.split_ascii_whitespace().any(is_small_caps) && marks.iter().all(|mark| mark.kind.name != "small_caps") {
        marks.push(Mark::new("small_caps", &[]));
    }
    if class.split_ascii_whitespace().any(|class| class == "index-term") {
        let entry = attribute(tag, "data-entry").unwrap_or_default();
        marks.push(Mark::new("index_term", &[("entry", index_entry(&entry))]));
    }
    if !is_block(name)
        && let Some(lang) = attribute(tag, "lang").or_else(|| attribute(tag, "xml:lang"))
        && let Some(lang) = language(&lang)
    {
        marks.push(Mark::new("language", &[("lang", lang)]));
    }
    marks
}

/// What the index says of a term, as far as it has room.
pub(in crate::document) fn index_entry(entry: &str) -> Value {
    let attribute = SCHEMA.mark("index_term").and_then(|mark| mark.attributes.first());
    attribute.and_then(|attribute| attribute.read(&Any::from(entry))).unwrap_or_else(|| Value::Text(String::new()))
}

/// A language, if it is written as languages are.
pub(super) fn language(lang: &str) -> Option<Value> {
    let attribute = SCHEMA.mark("language")?.attributes.iter().find(|attribute| attribute.name == "lang")?;
    attribute.read(&Any::from(lang)).filter(|value| *value != attribute.default)
}
