//! What the press is handed.

use super::{Purpose, Stream};
use crate::{
    document::{
        markdown::read,
        publication::{Outgoing, Part, Picture, Publication, tests::book},
        schema::{SCHEMA, Value},
        tree::{Element, Mark, Node, Run},
    },
    metadata::{
        Contributor, ContributorRole, Metadata,
        matter::{Matter, Numbering},
        theme::Theme,
    },
};
use serde_json::Value as Json;
use std::{path::PathBuf, sync::Arc};

/// The picture of the whole book: sixteen pixels of one colour.
const PICTURE: &[u8] = include_bytes!("../../../crates/press/tests/books/picture.png");

fn stream(book: Publication, purpose: Purpose, parts: &[Vec<Node>]) -> Vec<u8> {
    let mut stream: Box<dyn Outgoing<Vec<u8>>> = Box::new(Stream::begin(Vec::new(), Arc::new(book), purpose).unwrap());
    let pictures = |stream: &mut Box<dyn Outgoing<Vec<u8>>>| {
        while stream.wants().unwrap().is_some() {
            stream.picture(PICTURE).unwrap();
        }
    };
    pictures(&mut stream);
    for (at, nodes) in parts.iter().enumerate() {
        stream.part(at, nodes).unwrap();
        pictures(&mut stream);
    }
    stream.finish().unwrap()
}

/// The records of a stream: what each is, and what it holds.
fn records(mut stream: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut records = Vec::new();
    while !stream.is_empty() {
        let end = stream.iter().position(|byte| *byte == b'\n').unwrap();
        let line = String::from_utf8(stream[..end].to_vec()).unwrap();
        stream = &stream[end + 1..];
        let length =
            line.rsplit(' ').next().filter(|_| !line.starts_with("sputnik-press")).and_then(|said| said.parse().ok());
        let (holds, rest) = stream.split_at(length.unwrap_or(0));
        records.push((line, holds.to_vec()));
        stream = rest;
    }
    records
}

fn part(nodes: Vec<Node>) -> Json {
    let stream = stream(book(), Purpose::Screen, &[vec![], nodes]);
    let records = records(&stream);
    let (_, json) = records.iter().find(|(line, _)| line.starts_with("part 1 ")).unwrap();
    serde_json::from_slice(json).unwrap()
}

#[test]
fn a_stream_has_the_book_each_part_after_the_other_and_each_picture_once() {
    let shown = || read("![A sea](/book/b/picture/p)\n\n![A sea](/book/b/picture/p)");
    let mut book = book();
    book.pictures.values_mut().for_each(|picture| picture.bytes = PICTURE.len() as u64);
    let stream = stream(book, Purpose::Print, &[vec![], shown(), shown()]);
    let lines: Vec<String> = records(&stream).into_iter().map(|(line, _)| line).collect();
    let kinds: Vec<&str> = lines.iter().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(kinds, ["sputnik-press", "book", "part", "part", "picture", "part", "end"], "{lines:?}");
}

#[test]
fn links_lead_to_parts_or_out_or_nowhere() {
    let line = &part(read("[e](/book/b/e#x) [w](https://w.example) [s](/shelf) [j](javascript:x)"))[0]["line"];
    assert_eq!((&line[0]["part"], &line[2]["href"]), (&1.into(), &"https://w.example/".into()));
    for plain in [4, 6] {
        assert!(line[plain].get("part").is_none() && line[plain].get("href").is_none(), "{line}");
    }
}

#[test]
fn cells_have_places_that_do_not_meet_whatever_reaches_over_them() {
    let cell = |kind: &str, wide, high| {
        let spans = [("colspan", Value::Number(wide)), ("rowspan", Value::Number(high))];
        Node::Element(Element::new(kind, &spans, read("x")))
    };
    let row = |cells| Node::Element(Element::new("table_row", &[], cells));
    let table = Element::new(
        "table",
        &[],
        vec![
            row(vec![cell("table_header", 2, 9), cell("table_header", 1, 1)]),
            row(vec![cell("table_cell", 1, 3), cell("table_cell", 100, 1)]),
            row(vec![cell("table_cell", 2, 1), cell("table_cell", 1, 1)]),
            row(vec![]),
        ],
    );
    let blocks = part(vec![Node::Element(table)]);
    let table = &blocks[0];
    assert_eq!((&table["head-rows"], table["columns"].as_array().unwrap().len()), (&1.into(), 4));
    let place = |cell: &Json| ["x", "y", "colspan", "rowspan"].map(|name| cell[name].as_u64().unwrap());
    let places = |group: &str| table[group].as_array().unwrap().iter().map(place).collect::<Vec<_>>();
    assert_eq!(places("head"), [[0, 0, 2, 1], [2, 0, 1, 1]], "what reaches down ends with the head");
    assert_eq!(places("body"), [[0, 1, 1, 3], [1, 2, 2, 1], [3, 2, 1, 1]]);
    assert_eq!(blocks[1]["kind"], "paragraph", "what has no room is set below");
}

#[test]
fn text_that_goes_the_other_way_says_so_and_what_no_page_shows_is_left_out() {
    let blocks = part(read("\u{5e9}\u{5dc}\u{5d5}\u{5dd} abc\n\nabc \u{5e9}\n\n1. \u{5e9}"));
    assert_eq!((&blocks[0]["turned"], blocks[1].get("turned")), (&"rtl".into(), None));
    assert_eq!(blocks[2]["items"][0][0]["turned"], "rtl");
    let odd = Node::Text(Run { text: "a\u{0}b\u{feff}c\td\ne".into(), marks: vec![] });
    let line = &part(vec![Node::Element(Element::new("paragraph", &[], vec![odd]))])[0]["line"];
    assert_eq!(line.to_string(), r#"["a bc d",{"kind":"break"},"e"]"#);
}

#[test]
fn what_is_longer_than_a_line_may_end_one_within_it() {
    let long = format!("short {} short", "x".repeat(50));
    let line = part(read(&long))[0]["line"][0].as_str().unwrap().to_owned();
    let stretches: Vec<usize> = line.split([' ', '\u{200b}']).map(str::len).collect();
    assert_eq!(stretches, [5, 20, 20, 10, 5]);
    assert_eq!(line.replace('\u{200b}', ""), long, "nothing else is another");
    let usual = "Donaudampfschifffahrtsgesellschaft, \u{6d77}".to_owned() + &"\u{6d77}".repeat(60);
    assert_eq!(part(read(&usual))[0]["line"][0], usual.as_str());
}

/// Where a book of the whole schema lies, as the press is handed it. Its own tests set it on pages.
fn kept() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("crates/press/tests/books/whole-schema.book")
}

/// The press is compiled by nobody who tests the server. So what goes from one to the other lies between them, and each
/// is held against it. After a change here: `SPUTNIK_WRITE_BOOKS=1 cargo test --features ssr whole_schema`.
#[test]
fn a_book_of_the_whole_schema_is_what_the_press_is_tested_with() {
    let (book, parts) = whole();
    let written = stream(book, Purpose::Screen, &parts);
    if std::env::var_os("SPUTNIK_WRITE_BOOKS").is_some() {
        std::fs::write(kept(), &written).unwrap();
    }
    assert!(std::fs::read(kept()).unwrap() == written, "{} is another", kept().display());
    let text = String::from_utf8_lossy(&written);
    for kind in SCHEMA.nodes().filter(|kind| !["list_item", "table_row"].contains(&&*kind.name)) {
        let word = format!("word-{}", kind.name.replace('_', "-"));
        assert!(text.contains(&word), "{word}");
    }
    for kind in SCHEMA.marks() {
        assert!(text.contains(&format!("marked-{}", kind.name.replace('_', "-"))), "{}", kind.name);
    }
}

/// A book that has everything the schema has, each with a word of its own.
fn whole() -> (Publication, Vec<Vec<Node>>) {
    let mut book = book();
    book.title = "The *whole* of #it".into();
    book.theme = Theme::Textbook;
    let person = |name: &str, role| Contributor { name: name.into(), role };
    book.metadata = Metadata {
        subtitle: "With everything".into(),
        people: vec![person("Ann Ebb", ContributorRole::Author), person("Ben Flood", ContributorRole::Translator)],
        language: "en-GB".into(),
        description: "How the sea comes and goes.".into(),
        subjects: vec!["Seas".into()],
        isbn: "9783161484100".into(),
        publisher: "Harbour Press".into(),
        licence: "CC-BY-SA-4.0".into(),
        series: "Waters".into(),
        series_number: "2".into(),
        dedication: "For whoever *waits*\nfor #it\n\nand for Ann".into(),
        published: "2026-11-30".into(),
    };
    book.matter = Matter { half_title: true, figures: true, index: true, numbering: Numbering::Words };
    let file = |file: &str| Picture {
        file: file.into(),
        mime: "image/png",
        bytes: PICTURE.len() as u64,
        width: 16,
        height: 16,
    };
    book.pictures = [("/book/b/picture/p".to_owned(), file("p.png"))].into();
    book.cover = Some("/book/b/picture/p".into());
    book.parts.push(Part { title: "Loose ends".into(), depth: 0, is_section: false });
    book.number(&[3].into());
    let parts = vec![vec![], every_node(), every_mark(), read(HOSTILE)];
    parts.iter().enumerate().for_each(|(at, nodes)| book.list_figures(at, nodes));
    parts.iter().enumerate().for_each(|(at, nodes)| book.list_terms(at, nodes));
    (book, parts)
}

/// What a template would run, were it one.
const HOSTILE: &str = "#import \"@preview/evil:1.0.0\": * and #read(\"/etc/passwd\") and $x^2$ and \\u{41} and @ref and \
    <label> and // no comment and /* none */ and `#panic()` and = no heading and *no* \\*stars\\* and ~ and \\[\\]\n\n\
    ```\n#let x = panic(\"run\")\n#x\n```";

fn text(words: &str) -> Node {
    Node::Text(Run { text: words.into(), marks: vec![] })
}

fn every_node() -> Vec<Node> {
    let node = |kind: &str, given: &[(&str, Value)], children| Node::Element(Element::new(kind, given, children));
    let line = |kind: &str, given: &[(&str, Value)]| {
        node(kind, given, vec![text(&format!("word-{}", kind.replace('_', "-")))])
    };
    let words = |words: &str| vec![node("paragraph", &[], vec![text(words)])];
    let cell =
        |kind: &str, given: &[(&str, Value)]| node(kind, given, words(&format!("word-{}", kind.replace('_', "-"))));
    let row = |cells| node("table_row", &[], cells);
    let table = node(
        "table",
        &[],
        vec![
            row(vec![cell("table_header", &[]), cell("table_header", &[]), cell("table_header", &[])]),
            row(vec![
                cell("table_cell", &[("rowspan", Value::Number(2))]),
                cell("table_cell", &[("colspan", Value::Number(2))]),
            ]),
            row(vec![cell("table_cell", &[]), node("table_cell", &[], words("word-table"))]),
        ],
    );
    let picture = |size: &str| {
        let given = [("src", "/book/b/picture/p"), ("alt", "A square"), ("size", size)];
        line("figure", &given.map(|(name, value)| (name, Value::Text(value.into()))))
    };
    let list = |kind: &str, given: &[(&str, Value)], item: &str, given_item: &[(&str, Value)]| {
        let inner = words(&format!("word-{} word-{}", kind.replace('_', "-"), item.replace('_', "-")));
        node(kind, given, vec![node(item, given_item, inner), node(item, &[], words("and more"))])
    };
    let note = node("footnote", &[], vec![text("word-footnote of the first chapter")]);
    vec![
        node(
            "paragraph",
            &[],
            vec![
                text("word-paragraph word-hard-break"),
                node("hard_break", &[], vec![]),
                text("behind it"),
                note,
                text(" goes on."),
            ],
        ),
        line("heading", &[("level", Value::Number(2))]),
        line("heading", &[("level", Value::Number(4))]),
        list("bullet_list", &[], "list_item", &[]),
        list("ordered_list", &[("start", Value::Number(7))], "list_item", &[]),
        list("task_list", &[], "task_item", &[("done", Value::Flag(true))]),
        node("blockquote", &[], words("word-blockquote")),
        line("verse", &[]),
        line("code_block", &[("language", Value::Text("rust".into()))]),
        picture("natural"),
        picture("medium"),
        table,
        node("scene_break", &[], vec![]),
        node("paragraph", &[], vec![text("word-scene-break")]),
        node("paragraph", &[], vec![text("\u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{5e2}\u{5d5}\u{5dc}\u{5dd}")]),
    ]
}

fn every_mark() -> Vec<Node> {
    let given = |name: &str, value: &str| (name.to_owned(), Value::Text(value.into()));
    let mut lines: Vec<Node> = SCHEMA
        .marks()
        .map(|kind| {
            let given = [given("href", "https://sea.example/a"), given("lang", "fr")];
            let given: Vec<(&str, Value)> = given.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
            let run = Run {
                text: format!("marked-{}", kind.name.replace('_', "-")),
                marks: vec![Mark::new(&kind.name, &given)],
            };
            Node::Element(Element::new("paragraph", &[], vec![Node::Text(run)]))
        })
        .collect();
    let within = Mark::new("link", &[("href", Value::Text("/book/b/e".into()))]);
    let note = Node::Element(Element::new("footnote", &[], vec![text("word-footnote of the second chapter")]));
    lines.push(Node::Element(Element::new(
        "paragraph",
        &[],
        vec![Node::Text(Run { text: "back to the ebb".into(), marks: vec![within] }), note],
    )));
    let follows = Mark::new("link", &[("href", Value::Text("/book/b/f?show=number".into()))]);
    lines.push(Node::Element(Element::new(
        "paragraph",
        &[],
        vec![text("here, in "), Node::Text(Run { text: "Chapter 2".into(), marks: vec![follows] })],
    )));
    lines
}
