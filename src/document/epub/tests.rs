//! The file as a whole: what is in it, in which order, and what EPUBCheck says of it.

use super::Epub;
use crate::{
    costly::Budget,
    document::{
        archive::Archive,
        html::html,
        manuscript::Piece,
        markdown::read,
        publication::{Outgoing, Part, Picture, Publication, tests::book},
        round_trip::documents,
        tree::Node,
    },
    metadata::{
        Contributor, ContributorRole, Metadata,
        matter::{Matter, Numbering},
        theme::Theme,
    },
};
use std::{
    io::{Cursor, Read, Write},
    process::Command,
    sync::Arc,
};
use zip::ZipArchive;

/// A picture of one pixel.
const DOT: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1, 0, 0, 0, 1, 8,
    0, 0, 0, 0, 0x3a, 0x7e, 0x9b, 0x55, 0, 0, 0, 0x0a, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0x68, 0, 0, 0, 0x82,
    0, 0x81, 0xdd, 0x43, 0x6a, 0xf4, 0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];

/// Writes a book whose chapters have this in them, sections nothing.
fn written(book: &Publication, chapters: &[Vec<Node>]) -> Vec<u8> {
    let mut book = book.clone();
    book.number(&Default::default());
    if book.matter.figures {
        let of_chapters = (0..book.parts.len()).filter(|at| !book.parts[*at].is_section).collect::<Vec<_>>();
        of_chapters.into_iter().zip(chapters).for_each(|(at, nodes)| book.list_figures(at, nodes));
    }
    if book.matter.index {
        let of_chapters = (0..book.parts.len()).filter(|at| !book.parts[*at].is_section).collect::<Vec<_>>();
        of_chapters.into_iter().zip(chapters).for_each(|(at, nodes)| book.list_terms(at, nodes));
    }
    let book = &book;
    let mut chapters = chapters.iter();
    let mut epub: Box<dyn Outgoing<Cursor<Vec<u8>>>> =
        Box::new(Epub::begin(Cursor::new(Vec::new()), Arc::new(book.clone())).unwrap());
    let take = |epub: &mut Box<dyn Outgoing<Cursor<Vec<u8>>>>| {
        while epub.wants().unwrap().is_some() {
            epub.picture(&DOT[..20]).unwrap();
            epub.picture(&DOT[20..]).unwrap();
        }
    };
    take(&mut epub);
    for (at, part) in book.parts.iter().enumerate() {
        let nodes = if part.is_section { &[][..] } else { chapters.next().map_or(&[][..], Vec::as_slice) };
        epub.part(at, nodes).unwrap();
        take(&mut epub);
    }
    epub.finish().unwrap().into_inner()
}

/// The book of the tests, which says everything of itself.
fn full() -> Publication {
    let person = |name: &str, role| Contributor { name: name.into(), role };
    Publication {
        metadata: Metadata {
            subtitle: "A \"story\" of <water>".into(),
            people: ContributorRole::ALL.into_iter().map(|role| person("Ann & Ebb", role)).collect(),
            language: "en-GB".into(),
            description: "How the sea comes & goes.\n\nAnd why.".into(),
            subjects: vec!["FBA".into(), "Sea stories".into()],
            isbn: "9783161484100".into(),
            publisher: "Harbour & Press".into(),
            licence: "CC-BY-SA-4.0".into(),
            series: "Waters".into(),
            series_number: "2.1".into(),
            dedication: "For <Ann> & all\nwho wait.\n\nAnd for the sea.".into(),
            published: "2026-11-30".into(),
        },
        cover: Some("/book/b/picture/p".into()),
        matter: Matter { half_title: true, figures: true, index: true, numbering: Numbering::Words },
        ..book()
    }
}

fn file(epub: &[u8], name: &str) -> String {
    let mut archive = ZipArchive::new(Cursor::new(epub)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn the_first_file_says_what_it_is_and_every_file_is_listed_once() {
    let epub = written(&full(), &[read("a ![x](/book/b/picture/p)\n\n![x](/book/b/picture/p)"), read("b")]);
    assert_eq!(&epub[30..58], b"mimetypeapplication/epub+zip", "where programs look for it");
    let package = file(&epub, "EPUB/package.opf");
    let archive = ZipArchive::new(Cursor::new(&epub)).unwrap();
    let names = archive.file_names().map(|name| name.unwrap().into_owned());
    let inside: Vec<String> = names.filter_map(|name| name.strip_prefix("EPUB/").map(str::to_owned)).collect();
    for name in inside.iter().filter(|name| *name != "package.opf") {
        assert_eq!(package.matches(&format!("href=\"{name}\"")).count(), 1, "{name}\n{package}");
    }
    assert_eq!(package.matches("<item ").count(), inside.len() - 1);
}

#[test]
fn the_same_book_is_the_same_file_and_another_is_not() {
    let chapters = [read("a"), read("b")];
    assert_eq!(written(&full(), &chapters), written(&full(), &chapters));
    assert_ne!(written(&full(), &chapters), written(&full(), &[read("a"), read("c")]));
}

#[test]
fn contents_nest_as_sections_do() {
    let nav = file(&written(&book(), &[]), "EPUB/nav.xhtml");
    let list = "<ol>\n<li><a href=\"part-0001.xhtml\">Water</a>\n<ol>\n<li><a href=\"part-0002.xhtml\">Ebb</a></li>\n\
                <li><a href=\"part-0003.xhtml\">Flood</a></li>\n</ol>\n</li>\n</ol>";
    assert!(nav.contains(list), "{nav}");
}

#[test]
fn pages_before_the_text_stand_in_their_order_and_readers_are_led_to_them() {
    let epub = written(&full(), &[read("a\n\n![x](/book/b/picture/p \"By night\")"), read("b")]);
    let package = file(&epub, "EPUB/package.opf");
    let (_, spine) = package.split_once("<spine").unwrap();
    let order: Vec<&str> = spine.split("idref=\"").skip(1).filter_map(|item| item.split('"').next()).collect();
    let front = ["cover", "half-title", "title", "imprint", "dedication", "nav", "figures", "part-0001"];
    assert_eq!(order[..8], front, "{order:?}");
    let dedication = file(&epub, "EPUB/dedication.xhtml");
    let lines = "<p dir=\"auto\">For &lt;Ann&gt; &amp; all<br/>who wait.</p>\n<p dir=\"auto\">And for the sea.</p>";
    assert!(dedication.contains("epub:type=\"dedication\"") && dedication.contains(lines), "{dedication}");
    let figures = file(&epub, "EPUB/figures.xhtml");
    assert!(figures.contains("<a href=\"part-0002.xhtml#f1\" dir=\"auto\">By night</a>"), "{figures}");
    assert!(file(&epub, "EPUB/part-0002.xhtml").contains("<figure id=\"f1\""));
    let nav = file(&epub, "EPUB/nav.xhtml");
    for kind in ["cover", "halftitlepage", "titlepage", "copyright-page", "dedication", "toc", "loi", "bodymatter"] {
        assert_eq!(nav.matches(&format!("epub:type=\"{kind}\" href")).count(), 1, "{kind}\n{nav}");
    }
    // What nobody chose is not there.
    let bare = file(&written(&book(), &[read("a"), read("b")]), "EPUB/package.opf");
    assert!(!bare.contains("half-title") && !bare.contains("figures") && !bare.contains("dedication"), "{bare}");
}

#[test]
fn the_index_stands_behind_the_text_and_leads_to_each_chapter_once() {
    let term = |words: &str, entry: &str| format!("<span class=\"index-term\" data-entry=\"{entry}\">{words}</span>");
    let first = format!("{} and {}[^1].\n\n[^1]: {}", term("Tides", ""), term("tides", ""), term("ropes & oars", ""));
    let epub = written(&full(), &[read(&first), read(&term("the high one", "tides > high"))]);
    let index = file(&epub, "EPUB/index.xhtml");
    let line = |words: &str, places: &[(&str, &str)]| {
        let places = places.iter().map(|(file, chapter)| {
            format!(", <a href=\"{file}\" epub:type=\"index-locator\" dir=\"auto\">{chapter}</a>")
        });
        format!("<span epub:type=\"index-term\" dir=\"auto\">{words}</span>{}", places.collect::<String>())
    };
    for line in [
        format!("{}</li>", line("ropes &amp; oars", &[("part-0002.xhtml#i-n1", "Chapter 1")])),
        format!("{}\n<ul", line("tides", &[("part-0002.xhtml#i-t1", "Chapter 1")])),
        format!("{}</li>", line("high", &[("part-0003.xhtml#i-t1", "Chapter 2")])),
    ] {
        assert!(index.contains(&line), "{line}\n{index}");
    }
    let chapter = file(&epub, "EPUB/part-0002.xhtml");
    for id in ["i-t1", "i-t2", "i-n1"] {
        assert_eq!(chapter.matches(&format!("class=\"index-term\" id=\"{id}\"")).count(), 1, "{id}\n{chapter}");
    }
    let package = file(&epub, "EPUB/package.opf");
    assert!(package.contains("<itemref idref=\"index\"/>\n</spine>"), "{package}");
    let nav = file(&epub, "EPUB/nav.xhtml");
    assert!(nav.contains("<li><a href=\"index.xhtml\">Index</a></li>\n</ol>"), "{nav}");
    // Without a term there is none, and without an index terms are words as others.
    let bare = written(&full(), &[read("a"), read("b")]);
    assert!(!file(&bare, "EPUB/package.opf").contains("index"));
    let bare = file(&written(&book(), &[read(&first), read("b")]), "EPUB/part-0002.xhtml");
    assert!(bare.contains("<span class=\"index-term\">Tides</span>"), "{bare}");
}

#[test]
fn numbers_stand_before_titles_and_are_none_of_their_words() {
    let epub = written(&full(), &[read("a"), read("b")]);
    let number = |label: &str| format!("<span class=\"part-number above\" data-counted=\"\">{label}</span> ");
    assert!(file(&epub, "EPUB/part-0001.xhtml").contains(&format!("{}Water</h1>", number("Part I"))));
    assert!(file(&epub, "EPUB/part-0003.xhtml").contains(&format!("{}Flood</h1>", number("Chapter 2"))));
    let nav = file(&epub, "EPUB/nav.xhtml");
    assert!(nav.contains("<span class=\"part-number\" data-counted=\"\">Chapter 1: </span>Ebb</a>"), "{nav}");
    assert!(file(&epub, "EPUB/toc.ncx").contains("<text>Chapter 1: Ebb</text>"));
}

#[test]
fn that_all_can_read_it_is_said_only_where_every_picture_is_described() {
    let package = |markdown: &str| file(&written(&book(), &[read(markdown), read("b")]), "EPUB/package.opf");
    let sufficient = |by: &str| format!("<meta property=\"schema:accessModeSufficient\">{by}</meta>");
    assert!(package("a").contains(&sufficient("textual")));
    let described = package("![A sea](/book/b/picture/p)");
    assert!(described.contains(&sufficient("textual")) && described.contains(">alternativeText<"));
    let bare = package("![](/book/b/picture/p)");
    assert!(bare.contains(&sufficient("textual,visual")) && !bare.contains("alternativeText"));
}

/// What EPUBCheck says, where it is there: `EPUBCHECK_JAR` is its program, which needs Java.
fn must_pass(named: &str, epub: &[u8]) {
    let Some(jar) = std::env::var_os("EPUBCHECK_JAR") else {
        eprintln!("EPUBCHECK_JAR is not set: nobody checked {named}");
        return;
    };
    let mut kept = tempfile::Builder::new().suffix(".epub").tempfile().unwrap();
    kept.write_all(epub).unwrap();
    let said = Command::new("java").arg("-jar").arg(jar).arg("--failonwarnings").arg(kept.path()).output().unwrap();
    let words = format!("{}{}", String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
    if !said.status.success() {
        let (_, path) = kept.keep().unwrap();
        panic!("{named}, kept as {}:\n{words}", path.display());
    }
}

#[test]
fn a_checker_finds_nothing_in_a_book_that_says_everything_and_in_one_that_says_nothing() {
    let term = "<span class=\"index-term\" data-entry=\"seas > high\">sea</span>";
    let text = format!("a[^1] {term} ![x](/book/b/picture/p)\n\n[^1]: n");
    must_pass("a full book", &written(&full(), &[read(&text), read("b")]));
    let nothing = Publication { parts: Vec::new(), links: Default::default(), theme: Theme::Plain, ..book() };
    must_pass("an empty book", &written(&nothing, &[]));
}

#[test]
fn a_checker_finds_nothing_in_a_book_of_whatever_a_chapter_may_have() {
    let mut chapters = documents(7, 120);
    let pictures = ["/book/b/picture/p", "/a.png", "/x"];
    let mut book = full();
    book.theme = Theme::Textbook;
    for (at, address) in pictures.into_iter().enumerate() {
        let picture = Picture { file: format!("p{at}.png"), mime: "image/png", bytes: 67, width: 1, height: 1 };
        book.pictures.insert(address.to_owned(), picture);
    }
    book.cover = None;
    book.parts = (0..chapters.len())
        .flat_map(|at| {
            let deep = at % 4;
            let section = Part { title: format!("Section {at} <&>"), depth: deep, is_section: true };
            [section, Part { title: format!("Chapter {at} \u{fffe}"), depth: deep + 1, is_section: false }]
        })
        .collect();
    chapters.push(read("# a\n\nb"));
    must_pass("whatever there is", &written(&book, &chapters));
}

/// What comes back of a book that went out.
fn back(epub: &[u8]) -> (Vec<Piece>, Vec<bool>, Metadata) {
    let mut kept = tempfile::tempfile().unwrap();
    kept.write_all(epub).unwrap();
    std::io::Seek::rewind(&mut kept).unwrap();
    let budget = Budget::of(std::time::Duration::from_secs(60));
    let mut book = super::reader::read(Archive::open(kept).unwrap(), &budget).unwrap();
    let level = book.level();
    let pieces = book.cut(level);
    let apparatus = pieces.iter().map(|piece| piece.is_apparatus).collect();
    (pieces, apparatus, book.metadata)
}

#[test]
fn tasks_widths_and_terms_come_back_as_they_were_and_what_is_made_of_the_book_is_none_of_it() {
    let text = "- [x] bought milk\n- [ ] read\n\n<table><tr><td width=\"70%\">a</td><td width=\"30%\">b</td></tr></table>\n\n\
                <span class=\"index-term\" data-entry=\"seas > high\">sea</span>";
    let nodes = read(text);
    let (pieces, apparatus, about) = back(&written(&full(), &[nodes.clone(), read("b")]));
    let (text, made): (Vec<_>, Vec<_>) = pieces.iter().zip(apparatus).partition(|(_, is_made)| !is_made);
    let titles: Vec<&str> = text.iter().filter_map(|(piece, _)| piece.title.as_deref()).collect();
    assert_eq!(titles, ["Water", "Ebb", "Flood"], "made: {}", made.len());
    assert_eq!(html(&text[1].0.nodes), html(&nodes));
    assert_eq!(about.dedication, full().metadata.dedication);
}
