//! Folders that come in as Markdown: what is read of them, in which order, and what is named.

use super::{
    book_tests::{budget, folder, folder_of_bytes, outline},
    folder::read_folder,
};
use crate::document::{
    archive::{Archive, packed},
    html::html,
    left_out::What,
    manuscript::{Manuscript, Piece},
    unreadable::Unreadable,
};

/// All pieces, cut as finely as may be.
fn pieces(book: &mut Manuscript) -> Vec<Piece> {
    let levels = book.levels();
    book.cut(levels)
}

/// What was left out of this kind, by name.
fn named(book: &Manuscript, what: What) -> Vec<&str> {
    book.left_out.iter().filter(|(of, ..)| *of == what).map(|(_, name, _)| name).collect()
}

#[test]
fn files_of_text_that_are_not_read_are_named() {
    let mut read = folder(&[
        ("a.md", "# A\n\nx"),
        ("LICENSE.md", "# Licence\n\nMy poem about licence."),
        ("Contributing.md", "# Contributing to the war effort"),
        ("b.mdx", "# B\n\nmdx"),
        ("c.rst", "C\n=\n\nrst"),
        ("d.html", "<h1>D</h1><p>html words</p>"),
        ("style.css", "p {}"),
        ("i.png", "png"),
        (".git/x.md", "no"),
        ("__MACOSX/._a.md", "no"),
    ]);
    assert_eq!(named(&read, What::Unread), ["LICENSE.md", "Contributing.md", "c.rst", "d.html"]);
    assert_eq!(outline(&pieces(&mut read)), ["A: x", "B: mdx"]);
    let mut read = folder(&[
        ("book.toml", "[book]\n"),
        ("src/SUMMARY.md", "- [A](a.md)\n- [Gone](gone.md)\n"),
        ("src/a.md", "# A\n\n{{#include in.md:1}}"),
        ("src/in.md", "x\ny"),
        ("src/b.md", "# B"),
        ("README.md", "About."),
    ]);
    assert_eq!(named(&read, What::Unread), ["src/b.md", "README.md"]);
    assert_eq!(named(&read, What::File), ["src/gone.md"]);
    assert_eq!(outline(&pieces(&mut read)), ["A: x", "Gone: "]);
}

#[test]
fn a_file_that_is_listed_more_than_once_comes_in_once() {
    let text = "# One\n\nalpha\n\n## Two\n\nbeta\n\n## Three\n\ngamma\n";
    let expected = ["One: alpha", "Two: beta", "Three: gamma"];
    for summary in [
        "- [One](1.md)\n- [Two](1.md#two)\n- [Three](1.md#three)\n",
        "- [Two](./1.md#Two)\n- [One](1.MD)\n- [Three](1.md#three)\n",
        "- [One](1.md#one)\n- [Two](1.md#two)\n- [Three](1.md#three)\n- [One](1.md)\n",
    ] {
        let mut read = folder(&[("SUMMARY.md", summary), ("1.md", text)]);
        assert_eq!(outline(&pieces(&mut read)), expected, "{summary}");
    }
    let summary = "- [Only](1.md#two)\n- [Again](1.md)\n- [None](1.md#none)\n";
    let mut read = folder(&[("SUMMARY.md", summary), ("1.md", text)]);
    assert_eq!(named(&read, What::Contents), ["None"]);
    assert_eq!(outline(&pieces(&mut read)), ["Again: One\nalpha", "Only: Two\nbeta\nThree\ngamma"]);
    let mut read = folder(&[("SUMMARY.md", "- [Only](1.md#two)\n"), ("1.md", text)]);
    assert_eq!(outline(&pieces(&mut read)), ["Only: One\nalpha\nTwo\nbeta\nThree\ngamma"]);
}

#[test]
fn what_is_listed_without_a_file_is_a_section_and_what_leads_out_is_named() {
    let sea = [("t.md", "# Tides\n\na"), ("w.md", "# Waves\n\nb"), ("v.md", "# Winds\n\nc")];
    let summary =
        "* The Sea\n  * [Tides](t.md)\n  * [Waves](w.md)\n* The Air\n  * [Winds](v.md)\n* [Out](https://x.org)\n";
    let files = [&[("SUMMARY.md", summary)][..], &sea[..]].concat();
    let mut read = folder(&files);
    assert_eq!(named(&read, What::Link), ["https://x.org"]);
    let expected = ["The Sea/: ", "  Tides: a", "  Waves: b", "The Air/: ", "  Winds: c"];
    assert_eq!(outline(&pieces(&mut read)), expected);
    // Where it stands above a place within a file, it stands there.
    let summary = "- [One](1.md)\n- Below\n  - [Two](1.md#two)\n- [One](1.md)\n  - [Tides](t.md)\n";
    let files = [&[("SUMMARY.md", summary), ("1.md", "# One\n\na\n\n## Two\n\nb")][..], &sea[..1]].concat();
    let expected = ["One: a", "Below/: ", "  Two: b", "One/: ", "  Tides: a"];
    assert_eq!(outline(&pieces(&mut folder(&files))), expected);
}

#[test]
fn a_file_is_read_in_its_encoding_and_one_that_is_no_text_is_named() {
    let mut read = folder_of_bytes(&[
        ("a.md", b"# \xc4\n\nGr\xfc\xdfe\n"),
        ("b.md", b"\xfe\xff\0#\0 \0B\0\n\0\n\0\xfc"),
        ("c.md", b"\x89PNG\r\n\x1a\n\0\0"),
        ("d.md", b"#\0 \0D\0"),
    ]);
    assert_eq!(named(&read, What::Unread), ["c.md", "d.md"]);
    assert_eq!(outline(&pieces(&mut read)), ["Ä: Grüße", "B: ü"]);
    let none = Archive::open(packed(&[("a.md", b"\x89PNG\r\n\x1a\n\0\0")])).expect("a zip");
    assert_eq!(read_folder(none, &budget()).err(), Some(Unreadable::NotUtf8));
}

#[test]
fn what_is_taken_from_another_file_is_read_in_its_encoding_or_named() {
    let mut read = folder_of_bytes(&[
        ("SUMMARY.md", b"- [A](a.md)\n"),
        ("a.md", b"# A\n\n{{#include l.txt}}\n\n{{#include no.txt}}\n\n{{#include gone.md}}\n"),
        ("l.txt", b"Gr\xfc\xdfe aus K\xf6ln"),
        ("no.txt", b"\x89PNG\r\n\x1a\n\0\0"),
    ]);
    assert_eq!((named(&read, What::Unread), named(&read, What::File)), (vec!["no.txt"], vec!["gone.md"]));
    assert_eq!(outline(&pieces(&mut read)), ["A: Grüße aus Köln"]);
}

#[test]
fn a_file_is_found_in_whichever_letters_it_is_named() {
    let mut read = folder(&[
        ("SUMMARY.md", "- [Über](\u{dc}ber.md)\n- [Zwei](ZWEI.md)\n"),
        ("U\u{308}ber.md", "# Über\n\nText ![Bär](B\u{e4}r.png)\n"),
        ("zwei.md", "# Zwei\n\nsee [ü](\u{dc}ber.md) and [none](%C3%9Cber.md#none)\n"),
        ("Ba\u{308}r.png", "png"),
    ]);
    assert_eq!((named(&read, What::File), named(&read, What::Place)), (Vec::new(), vec!["#none"]));
    let pieces = pieces(&mut read);
    assert_eq!(outline(&pieces), ["Über: Text", "Zwei: see ü and none"]);
    assert!(html(&pieces[0].nodes).contains("src=\"picture:0\""));
    assert_eq!(html(&pieces[1].nodes).matches("href=\"part:0\"").count(), 2);
}
