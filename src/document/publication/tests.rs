//! A chapter as markup, and what is found in it.

use super::{
    Part, Picture, Publication,
    check::{self},
    markup::{Markup, Placed, Places, Syntax},
};
use crate::{
    document::{
        markdown::read,
        schema::{SCHEMA, Value},
        tree::{Element, Node, Run},
    },
    metadata::{Metadata, matter::Matter, problem::Problem, theme::Theme},
};
use std::collections::{BTreeMap, HashMap};

/// A book with two chapters in a section, and a picture.
pub fn book() -> Publication {
    let part = |title: &str, depth, is_section| Part { title: title.into(), depth, is_section };
    let picture = Picture { file: "p.png".into(), mime: "image/png", bytes: 3, width: 800, height: 600 };
    Publication {
        identity: "b".into(),
        title: "Seas & <Tides>".into(),
        metadata: Metadata::default(),
        theme: Theme::Novel,
        matter: Matter::default(),
        changed: 1_796_034_599_000,
        cover: None,
        parts: vec![part("Water", 0, true), part("Ebb", 1, false), part("Flood", 1, false)],
        labels: Vec::new(),
        figures: Vec::new(),
        terms: Vec::new(),
        links: HashMap::from([("/book/b/s".into(), 0), ("/book/b/e".into(), 1), ("/book/b/f".into(), 2)]),
        pictures: BTreeMap::from([("/book/b/picture/p".into(), picture)]),
    }
}

struct Here;

impl Places for Here {
    fn part(&self, at: usize) -> String {
        format!("part-{at}")
    }
    fn picture(&self, file: &str) -> String {
        format!("pictures/{file}")
    }
}

fn written(nodes: &[Node]) -> String {
    let book = book();
    let placed = Placed { book: &book, places: &Here };
    let whole = Markup::of(placed, Syntax::Xhtml, "", 1, nodes).markup;
    let (_, text) = whole.split_once("</h1>\n").unwrap();
    text.strip_suffix("</section>\n").unwrap().to_owned()
}

#[test]
fn whatever_a_chapter_has_is_written() {
    for (markdown, expected) in [
        ("*a* **b** ~~c~~ `d`", "<p dir=\"auto\"><em>a</em> <strong>b</strong> <s>c</s> <code>d</code></p>\n"),
        ("1. a\n2. b", "<ol><li><p dir=\"auto\">a</p>\n</li>\n<li><p dir=\"auto\">b</p>\n</li>\n</ol>\n"),
        ("a\n\n***", "<p dir=\"auto\">a</p>\n<hr class=\"scene\"/>\n"),
        (
            "[e](/book/b/e#x) [s](/shelf) [w](https://w.example)",
            "<p dir=\"auto\"><a href=\"part-1\">e</a> s <a href=\"https://w.example/\">w</a></p>\n",
        ),
        (
            "![A & b](/book/b/picture/p \"By night\")",
            "<figure><img src=\"pictures/p.png\" alt=\"A &amp; b\"/><figcaption dir=\"auto\">By night</figcaption></figure>\n",
        ),
        ("![A sea](/book/other/picture/p)", "<figure><p class=\"no-picture\" dir=\"auto\">A sea</p></figure>\n"),
        (
            "| a | b |\n| --- | --- |\n| c | d |",
            "<table><thead><tr><th scope=\"col\"><p dir=\"auto\">a</p>\n</th><th scope=\"col\"><p dir=\"auto\">b</p>\n</th></tr>\n</thead><tbody><tr><td><p dir=\"auto\">c</p>\n</td><td><p dir=\"auto\">d</p>\n</td></tr>\n</tbody></table>\n",
        ),
        (
            "<span lang=\"fr\">oui</span>",
            "<p dir=\"auto\"><span lang=\"fr\" xml:lang=\"fr\" dir=\"auto\">oui</span></p>\n",
        ),
    ] {
        assert_eq!(written(&read(markdown)), expected, "{markdown}");
    }
}

#[test]
fn a_note_is_pointed_to_and_leads_back() {
    let text = written(&read("a[^1] b[^2]\n\n[^1]: One.\n\n[^2]: Two."));
    for number in ["1", "2"] {
        for part in [
            format!("id=\"r{number}\" href=\"#n{number}\" epub:type=\"noteref\" role=\"doc-noteref\""),
            format!("<aside id=\"n{number}\" class=\"note\" epub:type=\"footnote\" role=\"doc-footnote\">"),
            format!("href=\"#r{number}\" role=\"doc-backlink\""),
        ] {
            assert!(text.contains(&part), "{part}\n{text}");
        }
    }
}

#[test]
fn headings_pass_over_no_level_and_stay_beside_those_they_stood_beside() {
    let levels = |given: &[i64]| {
        let heading = |level: &i64| Node::Element(Element::new("heading", &[("level", Value::Number(*level))], vec![]));
        let text = written(&given.iter().map(heading).collect::<Vec<_>>());
        text.split("<h").skip(1).map(|rest| rest[..1].parse().unwrap()).collect::<Vec<i64>>()
    };
    assert_eq!(levels(&[2, 3, 4, 2]), [2, 3, 4, 2]);
    assert_eq!(levels(&[4, 4, 3, 2]), [2, 2, 2, 2]);
    assert_eq!(levels(&[2, 4, 4, 3, 2, 4]), [2, 3, 3, 3, 2, 3]);
}

#[test]
fn every_kind_of_node_and_mark_has_a_way_to_be_written() {
    let text = Node::Text(Run { text: "words".into(), marks: vec![] });
    // What is of no markup of its own would be nothing but its words.
    for kind in SCHEMA.nodes() {
        let children = if kind.content.takes_text() { vec![text.clone()] } else { vec![] };
        let element = Element::new(&kind.name, &[], children);
        let line = Element::new("paragraph", &[], vec![Node::Element(element.clone())]);
        let alone = written(&[Node::Element(element)]);
        let within = written(&[Node::Element(line)]);
        let needs_table = ["table_row", "table_cell", "table_header"].contains(&&*kind.name);
        let is_written = alone.contains('<') || within.matches('<').count() > 2;
        assert!(is_written || needs_table, "{}: {alone} {within}", kind.name);
    }
    for kind in SCHEMA.marks() {
        let mark = crate::document::tree::Mark::new(
            &kind.name,
            &[("href", Value::Text("https://a.example".into())), ("lang", Value::Text("fr".into()))],
        );
        let marked = Node::Text(Run { text: "words".into(), marks: vec![mark] });
        let line = written(&[Node::Element(Element::new("paragraph", &[], vec![marked]))]);
        assert!(line.matches('<').count() > 2, "{}: {line}", kind.name);
    }
}

#[test]
fn what_a_reader_would_stumble_over_is_found_where_it_stands() {
    let text = "## One\n\nBefore.\n\n![](/book/b/picture/p)\n\n#### Deep\n\n![x](/elsewhere.png \"Far\")\n\n[gone](/book/b/zzz) [e](/book/b/e)";
    let found = check::chapter(&book(), &read(text));
    let expected = [
        (Problem::NoAlt, "Before."),
        (Problem::SkippedHeading, "Deep"),
        (Problem::ForeignPicture, "Far"),
        (Problem::DeadLink, "gone"),
    ];
    assert_eq!(found, expected.map(|(problem, near)| (problem, near.to_owned())));
    assert_eq!(check::chapter(&book(), &read("")), [(Problem::EmptyChapter, String::new())]);
    assert_eq!(check::chapter(&book(), &read("A good chapter.\n\n## With\n\n### order")), []);
}

#[test]
fn a_picture_that_not_all_programs_show_is_found() {
    let mut book = book();
    let found = |book: &Publication| check::chapter(book, &read("![A sea](/book/b/picture/p)"));
    assert_eq!(found(&book), []);
    book.pictures.values_mut().for_each(|picture| picture.mime = "image/webp");
    assert_eq!(found(&book), [(Problem::NewPicture, String::new())]);
}

#[test]
fn contents_without_chapters_and_titles_that_are_there_twice_are_found() {
    let mut book = book();
    assert_eq!(check::contents(&book), []);
    book.parts.push(Part { title: "ebb".into(), depth: 0, is_section: true });
    assert_eq!(check::contents(&book), [(3, Problem::EmptySection), (3, Problem::Title)]);
}

#[test]
fn the_day_is_that_of_the_calendar_and_the_identifier_stays() {
    let mut book = book();
    assert_eq!(book.changed_at(), "2026-11-30T10:29:59Z");
    for (changed, day) in [(0, "1970-01-01"), (951_782_400_000, "2000-02-29"), (1_709_164_800_000, "2024-02-29")] {
        book.changed = changed;
        assert_eq!(book.changed_at(), format!("{day}T00:00:00Z"));
    }
    assert_eq!(book.identifier(), book.identifier());
    assert!(book.identifier().starts_with("urn:uuid:"));
    book.metadata.isbn = "9783161484100".into();
    assert_eq!(book.identifier(), "urn:isbn:9783161484100");
}
