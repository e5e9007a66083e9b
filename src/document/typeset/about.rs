//! What a book says about itself.

use super::{
    Purpose,
    direction::{self, Direction},
    lines::{clean, language},
};
use crate::{
    document::publication::{Part, Publication, index::Entry, matter, words::Words},
    metadata::matter::Numbering,
};
use serde_json::{Map, Value, json};

/// How many characters of a title stand at the head of a page at most.
const HEAD: usize = 60;

/// All of it that pages show, or a file says.
pub(super) fn about(book: &Publication, purpose: Purpose) -> Value {
    let (way, words) = (direction::of_book(book), Words::of(book));
    let said = &book.metadata;
    // A word in another language would stand out in the middle of a sentence.
    let page = if words.language_said(book).is_empty() { words.page } else { "\u{2192}" };
    let date: Vec<u32> = book.changed_at().split(['-', 'T']).take(3).filter_map(|part| part.parse().ok()).collect();
    let picture = book.cover.as_ref().and_then(|address| book.pictures.get(address));
    let title_page = matter::title_lines(book).into_iter();
    let mut about = said_of(&book.title, way);
    let more = json!({
        "theme": book.theme,
        "purpose": purpose.name(),
        "title": clean(&book.title),
        "running": head(&book.title),
        "authors": book.by().iter().map(|name| clean(name)).collect::<Vec<_>>(),
        "keywords": said.subjects.iter().map(|word| clean(word)).collect::<Vec<_>>(),
        "description": clean(&said.description),
        // Of a book that says nothing, nobody knows how to hyphenate it.
        "language": language(book.language().unwrap_or("und")),
        "dir": way.name(),
        "date": date,
        "identifier": book.identifier(),
        "cover": picture.map(|picture| picture.file.as_str()),
        "half-title": book.matter.half_title,
        "words": {
            "contents": words.contents, "cover": words.cover, "figures": words.figures, "index": words.index,
            "page": page,
            "language": language(words.language),
        },
        "title-page": title_page.map(|(class, text)| {
            let mut line = said_of(&text, way);
            line.extend([("class".into(), class.into()), ("text".into(), clean(&text).into())]);
            Value::Object(line)
        }).collect::<Vec<_>>(),
        "imprint": matter::imprint_lines(book).iter().map(|text| {
            let mut line = said_of(text, way);
            line.insert("lines".into(), text.lines().map(clean).collect::<Vec<_>>().into());
            Value::Object(line)
        }).collect::<Vec<_>>(),
        "dedication": said.dedication.split("\n\n").filter(|text| !text.trim().is_empty()).map(|text| {
            let mut line = said_of(text, way);
            line.insert("lines".into(), text.trim().lines().map(clean).collect::<Vec<_>>().into());
            Value::Object(line)
        }).collect::<Vec<_>>(),
        "lists-figures": book.matter.figures,
        "figures": book.figures.iter().map(|figure| {
            let mut line = said_of(&figure.caption, way);
            let place = format!("{}-{}", figure.part, figure.number);
            line.extend([("place".into(), place.into()), ("text".into(), clean(&figure.caption).into())]);
            Value::Object(line)
        }).collect::<Vec<_>>(),
        "index": if book.has_index() { index(&book.index(), way) } else { Vec::new() },
        "parts": (0..).zip(&book.parts).map(|(at, part)| self::part(book, at, part, way)).collect::<Vec<_>>(),
    });
    if let Value::Object(more) = more {
        about.extend(more);
    }
    Value::Object(about)
}

fn index(entries: &[Entry], way: Direction) -> Vec<Value> {
    let line = |entry: &Entry| {
        let mut line = said_of(&entry.words, way);
        let places = entry.places.iter().map(|(part, name)| format!("{part}-{name}"));
        line.extend([
            ("text".into(), clean(&entry.words).into()),
            ("places".into(), places.collect::<Vec<_>>().into()),
            ("below".into(), index(&entry.below, way).into()),
            ("begins".into(), entry.begins.into()),
        ]);
        Value::Object(line)
    };
    entries.iter().map(line).collect()
}

/// What is said of a text besides: that it goes the other way than the book.
fn said_of(text: &str, way: Direction) -> Map<String, Value> {
    let mut said = Map::new();
    if let Some(other) = direction::of_text(text).filter(|other| *other != way) {
        said.insert("turned".into(), other.name().into());
    }
    said
}

fn part(book: &Publication, at: usize, part: &Part, way: Direction) -> Value {
    let mut said = said_of(&part.title, way);
    said.extend([
        ("title".into(), clean(&part.title).into()),
        ("running".into(), head(&part.title).into()),
        ("depth".into(), part.depth.into()),
        ("section".into(), part.is_section.into()),
    ]);
    if let Some(label) = book.label(at) {
        // What stands above the title, or before it in the same line.
        let is_above = book.matter.numbering == Numbering::Words;
        said.extend([
            ("label".into(), label.into()),
            ("above".into(), is_above.into()),
            ("line".into(), format!("{}{}", book.label_in_line(at), clean(&part.title)).into()),
        ]);
    }
    Value::Object(said)
}

/// A title as it fits on one line.
fn head(title: &str) -> String {
    let title = clean(title);
    if title.chars().count() <= HEAD {
        return title;
    }
    let mut short: String = title.chars().take(HEAD - 1).collect();
    short.truncate(short.trim_end().len());
    short.push('\u{2026}');
    short
}
