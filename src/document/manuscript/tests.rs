use super::*;
use crate::costly::Budget;
use crate::document::{archive::packed, html::html, left_out::What, markdown::book, tree::plain};
use std::time::Duration;

fn budget() -> Budget {
    Budget::of(Duration::from_secs(20))
}

fn folder(files: &[(&str, &str)]) -> Manuscript {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(path, text)| (*path, text.as_bytes())).collect();
    book::read_folder(Archive::open(packed(&files)).expect("a zip"), &budget()).unwrap_or_else(|why| panic!("{why}"))
}

fn outline(pieces: &[Piece]) -> Vec<String> {
    let line = |piece: &Piece| {
        let sign = if piece.is_section { "/" } else { "" };
        format!(
            "{}{}{sign}: {}",
            "  ".repeat(piece.depth),
            piece.title.clone().unwrap_or_default(),
            plain(&piece.nodes)
        )
    };
    pieces.iter().map(line).collect()
}

#[test]
fn an_address_leads_to_a_file_and_never_out_of_the_book() {
    let to = |from: &str, href: &str| target(from, href);
    let path = |path: &str, fragment: &str| Some((path.to_owned(), fragment.to_owned()));
    assert_eq!(to("a/b.html", "c.html#d"), path("a/c.html", "d"));
    assert_eq!(to("a/b.html", "../../../c%20d.html"), path("c d.html", ""));
    assert_eq!(to("a/b.html", "/c.html?x=1#y"), path("c.html", "y"));
    assert_eq!(to("a/b.html", "#%C3%A4"), path("a/b.html", "ä"));
    for out in ["https://example.org/", "mailto:a@b", "//example.org/", "javascript:x", "", "#"] {
        assert_eq!(to("a/b.html", out), None, "{out}");
    }
}

#[test]
fn a_heading_that_is_not_what_a_text_says_it_is_called_is_its_text() {
    let called = |title: &str| format!("---\ntitle: {title}\n---\n# Tides\n\na\n\n<!-- chapter -->\n\n## One\n\nb");
    let read = |text: &str| book::read_file(text, &budget()).expect("a book");
    assert_eq!(outline(&read(&called("Tides")).cut(1)), ["Tides: a", "One: b"]);
    assert_eq!(outline(&read(&called("Winds")).cut(1)), ["Winds: Tides\na", "One: b"]);
    let old_ends = called("Winds").replace('\n', "\r\n");
    assert_eq!(outline(&read(&old_ends).cut(1)), ["Winds: Tides\na", "One: b"]);
}

#[test]
fn what_is_marked_in_a_file_is_a_tree_and_what_is_not_is_cut_at_its_headings() {
    let marked = "# Winds\n\n<!-- section -->\n\n## Sea\n\nOf it.\n\n<!-- chapter -->\n\n### Tides\n\na\n\n#### Ebb\n\n<!-- chapter -->\n\n## Air\n\nb";
    let mut read = book::read_file(marked, &budget()).expect("a book");
    assert_eq!(read.title.as_deref(), Some("Winds"));
    let level = read.level();
    assert_eq!(outline(&read.again().cut(0)), ["Winds: Sea\nOf it.\nTides\na\nEbb\nAir\nb"]);
    assert_eq!(
        (level, outline(&read.cut(2))),
        (1, vec!["Sea/: Of it.".into(), "  Tides: a\nEbb".into(), "Air: b".into()])
    );
    let mut read =
        book::read_file("before\n\n# One\n\na\n\n## In\n\nb\n\n# Two\n\nc[^1]\n\n[^1]: d", &budget()).expect("a book");
    assert_eq!(outline(&read.again().cut(2)), [": before", "One/: a", "  In: b", "Two: c (d)"]);
    assert_eq!(outline(&read.cut(1)), [": before", "One: a\nIn\nb", "Two: c (d)"]);
}

#[test]
fn a_folder_is_read_file_by_file_with_its_folders_as_sections() {
    let mut read = folder(&[
        ("seas/10-air.md", "# Air\n\nUp. [tides](02-water/tides.md#ebb) ![A](02-water/a.png \"Cap\")"),
        ("seas/02-water/README.md", "# Water\n\nAll of it."),
        ("seas/02-water/tides.md", "---\ntitle: Tides\n---\nIn and out. <img src=\"a.png\" alt=\"B\">"),
        ("seas/index.md", "---\ntitle: Seas\nauthor: Ann\nlang: en\n---\nHello. [gone](gone.md)"),
        ("seas/02-water/a.png", "png"),
        ("seas/.git/x.md", "no"),
    ]);
    assert_eq!((read.title.as_deref(), &*read.metadata.language), (Some("Seas"), "en"));
    let level = read.level();
    let pieces = read.cut(level);
    assert_eq!(
        outline(&pieces),
        ["Seas: Hello. gone", "Water/: All of it.", "  Tides: In and out.\n", "Air: Up. tides\nCap"]
    );
    let (tides, air) = (html(&pieces[2].nodes), html(&pieces[3].nodes));
    assert!(
        tides.contains("src=\"picture:0\" alt=\"B\"") && air.contains("picture:0") && air.contains("part:2"),
        "{tides}{air}"
    );
    assert_eq!(read.left_out.count(What::Link), 1);
}

#[test]
fn mdbook_has_parts_includes_and_hidden_lines() {
    let mut read = folder(&[
        ("book.toml", "[book]\ntitle = \"Rust\"\nauthors = [\"Ann\"]\nlanguage = \"en\"\nsrc = \"src\"\n"),
        (
            "src/SUMMARY.md",
            "# Summary\n\n[Intro](intro.md)\n\n# Basics\n\n- [One](one.md)\n  - [Inner](inner.md)\n- [Later]()\n",
        ),
        ("src/intro.md", "# Intro\n\nHi."),
        (
            "src/one.md",
            "# One\n\n```rust\n# fn main() {\n{{#include code.rs:a}}\n# }\n```\n\n\\{{#include x}} {{#include no.rs}}",
        ),
        ("src/inner.md", "# Inner\n\nIn. [One](one.md)"),
        ("src/code.rs", "// ANCHOR: a\nlet a = 1;\n// ANCHOR_END: a\n"),
    ]);
    assert_eq!((read.title.as_deref(), &*read.metadata.people[0].name), (Some("Rust"), "Ann"));
    let levels = read.levels();
    let pieces = read.cut(levels);
    assert_eq!(
        outline(&pieces),
        ["Intro: Hi.", "Basics/: ", "  One/: let a = 1;\n{{#include x}}", "    Inner: In. One", "  Later: "]
    );
    assert_eq!([What::HiddenLine, What::File].map(|what| read.left_out.count(what)), [2, 1]);
}

#[test]
fn pictures_and_links_that_get_no_address_leave_their_words() {
    let mut read = folder(&[
        ("a.md", "# A\n\n[b](b.md) ![x](i.png)\n\n![alt](i.png \"cap\")"),
        ("b.md", "# B\n\nb"),
        ("i.png", "png"),
    ]);
    let nodes = read.cut(1).remove(0).nodes;
    let mut used = std::collections::BTreeSet::new();
    used_pictures(&nodes, &mut used);
    assert_eq!(used.into_iter().collect::<Vec<_>>(), [0]);
    let placed = Placed { src: "/book/1/picture/2".into(), width: 3, height: 4 };
    let with = html(&place(nodes.clone(), &|_| Some(placed.clone()), &|piece| Some(format!("/book/1/{piece}"))));
    assert!(
        with.contains("href=\"/book/1/1\"") && with.contains("src=\"/book/1/picture/2\" alt=\"x\" width=\"3\""),
        "{with}"
    );
    let without = html(&place(nodes, &|_| None, &|_| None));
    assert!(!without.contains("href") && !without.contains("<img"), "{without}");
    assert!(without.contains(">x<") && without.contains(">cap<"), "{without}");
}
