//! What may be handed to it, and what may happen to it.

use crate::{
    book::{Book, paragraph, pressed},
    pdf::Pdf,
};
use serde_json::{Value, json};
use std::time::Instant;

const PICTURE: &[u8] = include_bytes!("../books/picture.png");
/// What the server gives it.
const BOUNDS: [&str; 4] = ["--memory", "2048", "--seconds", "240"];

/// What looks like a template's source, in every place where text comes from people.
const SOURCE: &str = "#import \"@preview/evil:1.0.0\": * #read(\"/etc/passwd\") $x^2$ \\u{41} @ref <label> // no /* none */ \
                      `#panic()` = no *bold* _no_ ~ \\ [a] #{ 1 + 1 } https://sea.example ... 'q'";

#[test]
fn text_that_looks_like_a_template_stays_the_text_it_is_wherever_it_stands() {
    let source = || paragraph(SOURCE);
    let line = json!([SOURCE]);
    let blocks = json!([
        source(),
        { "kind": "heading", "level": 2, "line": line },
        { "kind": "verse", "line": line },
        { "kind": "code", "text": SOURCE },
        { "kind": "quote", "blocks": [source()] },
        { "kind": "list", "ordered": true, "start": 3, "items": [[source()]] },
        { "kind": "tasks", "items": [{ "done": true, "blocks": [source()] }] },
        { "kind": "figure", "alt": SOURCE, "size": "natural", "place": "centre", "line": line },
        { "kind": "paragraph", "line": [
            { "kind": "note", "line": line },
            { "kind": "text", "text": SOURCE, "marks": ["code"] },
            { "kind": "text", "text": SOURCE, "marks": ["emphasis", "strong", "small_caps"], "href": "https://sea.example/#x" },
        ] },
    ]);
    let book = Book::new("plain", "screen")
        .said("title", SOURCE.into())
        .said("running", SOURCE.into())
        .said("authors", json!([SOURCE]))
        .said("keywords", json!([SOURCE]))
        .said("description", SOURCE.into())
        .said("title-page", json!([{ "class": "author", "text": SOURCE }]))
        .said("imprint", json!([{ "lines": [SOURCE, SOURCE] }]))
        .said("words", json!({ "contents": SOURCE, "cover": SOURCE, "language": ["en", null] }))
        .chapter(SOURCE, blocks);
    let Some(pdf) = Pdf::of(book.stream()) else { return };
    let bare = |text: &str| text.chars().filter(|letter| !letter.is_whitespace()).collect::<String>();
    let times = bare(&pdf.text(None)).matches(&bare(SOURCE)).count();
    // Title page 2, imprint 3, contents 2, the title of the chapter, the head of its pages, and 12 in it; one may be divided
    // by the end of a page.
    assert!(times >= 20, "{times}: {}", pdf.text(None));
    assert!(bare(&pdf.about(&[])).contains(&bare(SOURCE)));
}

#[test]
fn a_million_characters_in_one_chapter_are_set_within_the_bounds() {
    let words = "The sea comes, and after a while it goes again; nobody has ever asked it why. ";
    let long = paragraph(&words.repeat(13)).to_string();
    let paragraphs: Vec<Value> = (0..1_000).map(|_| serde_json::from_str(&long).unwrap()).collect();
    let book = Book::new("novel", "print").chapter("Long", paragraphs.into());
    let begun = Instant::now();
    let made = pressed(book.stream(), &BOUNDS);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    eprintln!("a million characters took {:?}: {}", begun.elapsed(), String::from_utf8_lossy(&made.stderr));
}

#[test]
fn a_million_characters_in_one_paragraph_or_one_word_end_within_the_bounds_in_one_way_or_the_other() {
    for text in ["sea ".repeat(250_000), "x".repeat(100_000), "\u{5e9}a".repeat(50_000)] {
        let made = pressed(Book::new("plain", "screen").chapter("Long", json!([paragraph(&text)])).stream(), &BOUNDS);
        let said = String::from_utf8_lossy(&made.stderr);
        assert!(made.status.success(), "{} bytes: {} {said}", text.len(), made.status);
    }
}

#[test]
fn a_broken_picture_is_described_in_its_place() {
    let figure = json!({
        "kind": "figure", "picture": "p.png", "alt": "A lighthouse", "size": "full", "place": "left", "line": ["By night"],
    });
    for broken in [&PICTURE[..PICTURE.len() / 2], b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>"] {
        let book = Book::new("novel", "screen").said("cover", "p.png".into()).chapter("Ebb", json!([figure]));
        let Some(pdf) = Pdf::of(book.picture("p.png", broken).stream()) else { return };
        assert_eq!(pdf.report["broken"], 1);
        assert!(pdf.words(None).contains("A lighthouse By night"), "{}", pdf.words(None));
    }
}

#[test]
fn what_stands_as_deep_as_a_chapter_may_have_it_is_set() {
    let mut deep = json!([paragraph("the deepest word")]);
    for level in 0..15 {
        deep = match level % 3 {
            0 => json!([{ "kind": "list", "ordered": false, "items": [deep, [paragraph("beside it")]] }]),
            1 => json!([{ "kind": "tasks", "items": [{ "done": false, "blocks": deep }] }]),
            _ => json!([{ "kind": "list", "ordered": true, "start": 999_999, "items": [deep] }]),
        };
    }
    let mut quotes = json!([paragraph("the inmost quotation")]);
    for _ in 0..31 {
        quotes = json!([{ "kind": "quote", "blocks": quotes }]);
    }
    let mut tables = json!([paragraph("the inmost table")]);
    for _ in 0..10 {
        let cell = json!({ "x": 0, "y": 0, "colspan": 1, "rowspan": 1, "heading": false, "blocks": tables });
        tables = json!([{ "kind": "table", "columns": [0], "rows": 1, "head-rows": 0, "repeats": false, "head": [], "body": [cell] }]);
    }
    for theme in ["novel", "textbook", "plain"] {
        for blocks in [&deep, &quotes, &tables] {
            let Some(pdf) = Pdf::of(Book::new(theme, "print").chapter("Deep", blocks.clone()).stream()) else { return };
            let said = ["the deepest word", "the inmost quotation", "the inmost table"];
            let text = pdf.words(None);
            assert!(said.iter().any(|words| text.contains(words)), "{theme}: {text}");
        }
    }
}

#[test]
fn a_character_that_no_font_has_is_shown_as_one_that_is_unknown() {
    let book =
        Book::new("plain", "screen").chapter("Ebb", json!([paragraph("before \u{10fffd} behind \u{200b}\u{ad}it")]));
    let Some(pdf) = Pdf::of(book.stream()) else { return };
    assert_eq!((&pdf.report["unknown"], &pdf.report["standard"]), (&1.into(), &"PDF/UA-1".into()), "{}", pdf.report);
    assert!(pdf.words(None).contains("before \u{fffd} behind"));
}

#[test]
fn what_is_no_book_is_refused_in_a_line_and_what_is_too_much_ends_without_a_pdf() {
    let book = || Book::new("novel", "print").chapter("Ebb", json!([paragraph("low")])).stream();
    let mut cut = book();
    cut.truncate(cut.len() - 5);
    let unknown = Book::new("baroque", "print").stream();
    for (stream, flags, code) in
        [(Vec::new(), &[][..], 2), (cut, &[], 2), (unknown, &[], 1), (book(), &["--memory", "lots"], 2)]
    {
        let made = pressed(stream, flags);
        let said = String::from_utf8_lossy(&made.stderr);
        assert_eq!((made.status.code(), made.stdout.len(), said.lines().count()), (Some(code), 0, 1), "{said}");
    }
    let much: Vec<Value> = (0..20_000).map(|at| paragraph(&format!("line {at} and what follows it"))).collect();
    let much = Book::new("novel", "print").chapter("Much", much.into()).stream();
    for flags in [["--memory", "120"], ["--seconds", "1"]] {
        let made = pressed(much.clone(), &flags);
        assert!(!made.status.success() && made.stdout.is_empty(), "{flags:?}: {}", made.status);
    }
}
