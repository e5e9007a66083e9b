//! Whole books that come in as Markdown.

use super::{book, folder::read_folder};
use crate::{
    costly::Budget,
    document::{
        archive::{Archive, packed},
        html::html,
        left_out::What,
        manuscript::{Manuscript, Piece, Placed, place, used_pictures},
        tree::plain,
    },
};
use std::time::Duration;

pub(super) fn budget() -> Budget {
    Budget::of(Duration::from_secs(20))
}

pub(super) fn folder(files: &[(&str, &str)]) -> Manuscript {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(path, text)| (*path, text.as_bytes())).collect();
    folder_of_bytes(&files)
}

pub(super) fn folder_of_bytes(files: &[(&str, &[u8])]) -> Manuscript {
    read_folder(Archive::open(packed(files)).expect("a zip"), &budget()).unwrap_or_else(|why| panic!("{why}"))
}

pub(super) fn outline(pieces: &[Piece]) -> Vec<String> {
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
fn a_heading_that_is_not_what_a_text_says_it_is_called_is_its_text() {
    let called = |title: &str| format!("---\ntitle: {title}\n---\n# Tides\n\na\n\n<!-- chapter -->\n\n## One\n\nb");
    let read = |text: &str| book::read_file(text, &budget()).expect("a book");
    assert_eq!(outline(&read(&called("Tides")).cut(1)), [": a", "One: b"]);
    assert_eq!(outline(&read(&called("Winds")).cut(1)), ["Tides: a", "One: b"]);
    let old_ends = called("Winds").replace('\n', "\r\n");
    assert_eq!(outline(&read(&old_ends).cut(1)), ["Tides: a", "One: b"]);
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
        (2, vec!["Sea/: Of it.".into(), "  Tides: a\nEbb".into(), "Air: b".into()])
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
        ["Seas: Hello. gone", "Water/: All of it.", "  Tides: In and out.", "Air: Up. tides\nCap"]
    );
    let (tides, air) = (html(&pieces[2].nodes), html(&pieces[3].nodes));
    assert!(
        tides.contains("src=\"picture:0\" alt=\"B\"") && air.contains("picture:0") && air.contains("part:2"),
        "{tides}{air}"
    );
    assert_eq!(read.left_out.count(What::Link), 1);
}

#[test]
fn a_book_that_was_taken_out_with_its_pictures_is_the_same_again() {
    let text = "---\ntitle: \"Winds\"\ndedication: \"For Ann\\nand all\"\nauthor: [\"Ann\"]\ncontributor: [{\"role\":\"trl\",\"text\":\"Ben and Co\"}]\n\
                description: \"One.\\n\\nTwo.\"\nsubject: [\"Sea, air\"]\ncover-image: \"pictures/1.png\"\n---\n\n# Winds\n\n\
                <!-- section -->\n\n## Sea\n\n<!-- chapter -->\n\n### Tides\n\nSee [Air](?show=title#air).\n\n![A](pictures/1.png)\n\n\
                <!-- chapter -->\n\n## Air\n\nb\n";
    let mut read = folder(&[("book.md", text), ("pictures/1.png", "png")]);
    assert_eq!((read.title.as_deref(), read.cover), (Some("Winds"), Some(0)));
    let metadata = &read.metadata;
    let people: Vec<_> = metadata.people.iter().map(|person| (&*person.name, person.role.relator())).collect();
    assert_eq!(people, [("Ann", "aut"), ("Ben and Co", "trl")]);
    assert_eq!((&*metadata.description, &*metadata.subjects[0]), ("One.\n\nTwo.", "Sea, air"));
    let metadata_said = metadata.dedication.clone();
    let levels = read.levels();
    let pieces = read.cut(levels);
    assert_eq!(outline(&pieces), ["Sea/: ", "  Tides: See Air.", "Air: b"]);
    let shown = html(&pieces[1].nodes);
    assert_eq!(metadata_said, "For Ann\nand all");
    assert!(shown.contains("href=\"part:2?show=title\"") && shown.contains("src=\"picture:0\""), "{shown}");
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

#[test]
fn links_within_one_file_lead_to_its_chapters_and_those_to_nowhere_are_named() {
    let text = "# Alpha\n\nSee [beta](#beta), [Beta](#Beta), <a href=\"#beta\">it</a>, [deep](#deep) and [gone](#nowhere).\n\n\
                # Beta\n\nBack to [alpha](#alpha), or [on](#on).\n\n<a id=\"deep\"></a>\n\ntext <a name=\"on\"></a>on";
    let mut read = book::read_file(text, &budget()).expect("a book");
    let pieces = read.cut(1);
    assert_eq!(outline(&pieces)[0], "Alpha: See beta, Beta, it, deep and gone.");
    let (alpha, beta) = (html(&pieces[0].nodes), html(&pieces[1].nodes));
    assert_eq!((alpha.matches("href=\"part:1\"").count(), alpha.matches("href=").count()), (4, 4), "{alpha}");
    // In the same chapter it leads to the place, as readers of Markdown know it.
    assert!(beta.contains("href=\"part:0\"") && beta.contains("href=\"#on\""), "{beta}");
    let links: Vec<_> = read.left_out.iter().filter(|(what, ..)| *what == What::Link).collect();
    assert_eq!(links, [(What::Link, "#nowhere", 1)]);
}

#[test]
fn what_stands_in_braces_behind_a_heading_is_its_name_and_none_of_its_words() {
    let text = "# Alpha {#first}\n\nSee [beta](#b) and [sub](#s).\n\n# *Beta* {#b .odd}\n\nText.\n\n## Sub {-}\n\nIn\n--\n\n\
                Other {#s}\n----------\n\n## Set {a=b}\n\n## Written \\{#c}\n\n## Ions Na^{-}\n\n# {#only}\n";
    let mut read = book::read_file(text, &budget()).expect("a book");
    let pieces = read.cut(1);
    let expected =
        ["Alpha: See beta and sub.", "Beta: Text.\nSub\nIn\nOther\nSet {a=b}\nWritten {#c}\nIons Na^{-}", ": "];
    assert_eq!(outline(&pieces), expected);
    assert_eq!(html(&pieces[0].nodes).matches("href=\"part:1\"").count(), 2);
    assert_eq!(read.left_out.iter().next(), Some((What::Element, "{.odd}", 1)));
}

#[test]
fn in_a_book_that_was_taken_out_links_lead_to_chapters_whatever_else_is_called_so() {
    let chapter = |title: &str, text: &str| format!("<!-- chapter -->\n\n## {title}\n\n{text}\n\n");
    let text = [
        "# Links\n\n".to_owned(),
        chapter("A", "See [bee](#b), [it](?show=title#links).\n\n### B\n\ninner\n\n### A {#x}"),
        chapter("B", "text"),
        chapter("Links", "last"),
    ]
    .concat();
    let one = book::read_file(&text, &budget()).expect("a book");
    for mut read in [one, folder(&[("book.md", text.as_str())])] {
        assert_eq!(read.title.as_deref(), Some("Links"));
        let levels = read.levels();
        let pieces = read.cut(levels);
        assert_eq!(outline(&pieces), ["A: See bee, it.\nB\ninner\nA", "B: text", "Links: last"]);
        let shown = html(&pieces[0].nodes);
        assert!(shown.contains("href=\"part:1\"") && shown.contains("href=\"part:2?show=title\""), "{shown}");
    }
}

#[test]
fn a_link_to_this_site_and_a_picture_of_it_stay_in_one_file() {
    let text = "# A\n\n[b](/book/1/2) ![c](/book/1/picture/3)";
    let mut read = book::read_file(text, &budget()).expect("a book");
    let shown = html(&read.cut(1)[0].nodes);
    assert!(shown.contains("href=\"/book/1/2\"") && shown.contains("src=\"/book/1/picture/3\""), "{shown}");
    assert_eq!(read.left_out.iter().count(), 0);
}
