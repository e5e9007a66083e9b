//! The file as a whole: what is in it, and that it is well formed.

use super::Docx;
use crate::{
    costly::Budget,
    document::{
        archive::Archive,
        followed::followed,
        html::html,
        json,
        manuscript::Manuscript,
        markdown::read,
        publication::{Outgoing, Part, Publication, tests::book},
        round_trip::documents,
        tree::{Node, plain},
    },
    metadata::{
        Contributor, ContributorRole, Metadata,
        matter::{Matter, Numbering},
    },
};
use std::{
    io::{Cursor, Read},
    sync::Arc,
};
use zip::ZipArchive;

/// Writes a book whose chapters have this in them, sections nothing.
pub(super) fn written(book: &Publication, chapters: &[Vec<Node>]) -> Vec<u8> {
    let mut chapters = chapters.iter();
    let mut docx: Box<dyn Outgoing<Cursor<Vec<u8>>>> =
        Box::new(Docx::begin(Cursor::new(Vec::new()), Arc::new(book.clone())).unwrap());
    let take = |docx: &mut Box<dyn Outgoing<Cursor<Vec<u8>>>>| {
        while docx.wants().unwrap().is_some() {
            docx.picture(b"pic").unwrap();
            docx.picture(b"ture").unwrap();
        }
    };
    take(&mut docx);
    for (at, part) in book.parts.iter().enumerate() {
        let nodes = if part.is_section { &[][..] } else { chapters.next().map_or(&[][..], Vec::as_slice) };
        docx.part(at, nodes).unwrap();
        take(&mut docx);
    }
    docx.finish().unwrap().into_inner()
}

/// The book of the tests, which says everything of itself.
pub(super) fn full() -> Publication {
    let person = |name: &str, role| Contributor { name: name.into(), role };
    Publication {
        metadata: Metadata {
            subtitle: "A \"story\" of <water>".into(),
            people: vec![person("Ann & Ebb", ContributorRole::Author), person("Ben", ContributorRole::Editor)],
            language: "en-GB".into(),
            description: "How the sea comes & goes.\n\nAnd why.".into(),
            subjects: vec!["FBA".into(), "Sea stories".into()],
            isbn: "9783161484100".into(),
            publisher: "Harbour & Press".into(),
            licence: "CC-BY-SA-4.0".into(),
            dedication: "For <Ann>\n\nand all".into(),
            ..Metadata::default()
        },
        ..book()
    }
}

fn file(docx: &[u8], name: &str) -> String {
    let mut archive = ZipArchive::new(Cursor::new(docx)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

fn names(docx: &[u8]) -> Vec<String> {
    let archive = ZipArchive::new(Cursor::new(docx)).unwrap();
    archive.file_names().map(|name| name.unwrap().into_owned()).collect()
}

/// The body of a chapter that this stands in.
fn chapter(markdown: &str) -> String {
    let text = file(&written(&book(), &[read(markdown)]), "word/document.xml");
    let (_, after) = text.split_once("w:name=\"_Chapter0002\"/>").unwrap();
    let (_, after) = after.split_once("</w:p>\n").unwrap();
    let (within, _) = after.split_once("<w:p><w:pPr><w:pStyle w:val=\"Heading2\"/><w:pageBreakBefore/>").unwrap();
    within.to_owned()
}

#[test]
fn whatever_a_chapter_has_is_written() {
    for (markdown, expected) in [
        ("a *b*", &["<w:r><w:rPr><w:i/><w:iCs/></w:rPr><w:t xml:space=\"preserve\">b</w:t></w:r>"][..]),
        ("## A", &["<w:pStyle w:val=\"Heading3\"/>"]),
        ("> a", &["<w:pStyle w:val=\"Quote\"/>"]),
        ("3. a\n4. b", &["<w:ilvl w:val=\"0\"/><w:numId w:val=\"5\"/>", ">b</w:t>"]),
        ("- a\n  - b", &["<w:ilvl w:val=\"1\"/><w:numId w:val=\"6\"/>"]),
        ("- [x] a", &["<w:numId w:val=\"4\"/>"]),
        ("```\na\n\tb\n```", &["HTMLPreformatted", "a</w:t><w:br/><w:tab/>"]),
        ("a\n\n***\n\nb", &["SceneBreak"]),
        ("[e](/book/b/f#x)", &["<w:hyperlink w:anchor=\"_Chapter0003\""]),
        ("[w](https://w.example)", &["<w:hyperlink r:id=\"link1\""]),
        ("![A & b](/book/b/picture/p \"By night\")", &["descr=\"A &amp; b\"", "r:embed=\"picture1\"", "\"Caption\""]),
        ("![A sea](/book/other/picture/p)", &[">A sea</w:t>"]),
        ("| a |\n| --- |\n| c |", &["<w:tblHeader/>", "\"TableHeading\"", "<w:tblGrid>"]),
        ("<span lang=\"he\">\u{5d0}</span>", &["<w:bidi/>", "<w:rtl/><w:lang w:val=\"he\""]),
        ("a[^1]\n\n[^1]: N.", &["<w:footnoteReference w:id=\"1\"/>"]),
    ] {
        let written = chapter(markdown);
        for part in expected {
            assert!(written.contains(part), "{markdown}: {part}\n{written}");
        }
    }
}

#[test]
fn lists_begin_where_they_say_and_each_is_one_of_its_own() {
    let docx = written(&book(), &[read("3. a\n\nb\n\n3. c")]);
    let numbering = file(&docx, "word/numbering.xml");
    let starts = numbering.matches("<w:lvlOverride w:ilvl=\"0\"><w:startOverride w:val=\"3\"/>").count();
    assert_eq!(starts, 2, "{numbering}");
}

#[test]
fn what_the_text_leads_to_is_there_and_is_listed() {
    let docx = written(
        &full(),
        &[read("a[^1] [w](https://w.example)\n\n![x](/book/b/picture/p)\n\n[^1]: [n](https://n.example)")],
    );
    let links = file(&docx, "word/_rels/document.xml.rels");
    assert!(links.contains("Id=\"link1\" Target=\"https://w.example/\" TargetMode=\"External\""), "{links}");
    let notes = file(&docx, "word/_rels/footnotes.xml.rels");
    assert!(notes.contains("Id=\"link1\" Target=\"https://n.example/\""), "{notes}");
    assert!(file(&docx, "word/footnotes.xml").contains("<w:footnote w:id=\"1\">"));
    let all = names(&docx);
    for target in links.split("Target=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(target.contains("://") || all.contains(&format!("word/{target}")), "{target} of {all:?}");
    }
    let types = file(&docx, "[Content_Types].xml");
    for name in all.iter().filter(|name| name.ends_with(".xml") && !name.starts_with('[')) {
        assert!(types.contains(&format!("PartName=\"/{name}\"")), "{name}");
    }
    assert_eq!(file(&docx, "word/media/p.png"), "picture");
}

#[test]
fn the_front_says_what_the_book_does_and_the_contents_hold_its_titles() {
    let docx = written(&full(), &[]);
    let text = file(&docx, "word/document.xml");
    for part in [
        "\"Title\"/></w:pPr><w:r><w:t xml:space=\"preserve\">Seas &amp; &lt;Tides&gt;",
        "\"Subtitle\"",
        "\"Author\"",
        "ISBN 9783161484100",
        "TOC \\o \"1-2\"",
        "w:anchor=\"_Section0001\"",
        "<w:pStyle w:val=\"TOC2\"/>",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let core = file(&docx, "docProps/core.xml");
    for part in ["<dc:creator>Ann &amp; Ebb</dc:creator>", "<dc:language>en-GB<", "<cp:keywords>FBA; Sea stories<"] {
        assert!(core.contains(part), "{part}\n{core}");
    }
}

fn read_back(docx: &[u8]) -> Manuscript {
    let mut kept = tempfile::tempfile().unwrap();
    std::io::Write::write_all(&mut kept, docx).unwrap();
    std::io::Seek::rewind(&mut kept).unwrap();
    let budget = Budget::of(std::time::Duration::from_secs(60));
    super::reader::read(Archive::open(kept).unwrap(), &budget).unwrap()
}

#[test]
fn half_title_numbers_figures_and_pages_are_there_and_go_again_when_the_book_comes_back() {
    let chapters = [read("a\n\n![x](/book/b/picture/p \"By night\")"), read("See [old words](/book/b/e?show=both).")];
    let mut book = full();
    book.matter = Matter { half_title: true, figures: true, index: false, numbering: Numbering::Roman };
    book.number(&Default::default());
    book.list_figures(1, &chapters[0]);
    let [first, second] = &chapters;
    let second = followed(second.clone(), &|href: &str| book.words_of_link(href));
    let docx = written(&book, &[first.clone(), second]);
    let text = file(&docx, "word/document.xml");
    for said in [
        "<w:pStyle w:val=\"HalfTitle\"/>",
        "<w:pStyle w:val=\"Dedication\"/>",
        "<w:rStyle w:val=\"Counted\"/></w:rPr><w:t xml:space=\"preserve\">II. </w:t>",
        "w:anchor=\"_Figure1_1\"",
        "w:name=\"_Figure1_1\"/>",
        " PAGEREF _Figure1_1 \\h ",
        " PAGEREF _Chapter0002 \\h ",
        ">Chapter I, Ebb</w:t>",
    ] {
        assert!(text.contains(said), "{said}\n{text}");
    }
    let mut back = read_back(&docx);
    assert_eq!(
        (back.title.as_deref(), back.metadata.dedication.as_str()),
        (Some("Seas & <Tides>"), "For <Ann>\n\nand all")
    );
    let level = back.level();
    let pieces = back.cut(level);
    let titles: Vec<&str> = pieces.iter().map(|piece| piece.title.as_deref().unwrap_or_default()).collect();
    assert_eq!(titles, ["Water", "Ebb", "Flood"], "numbers are none of their words");
    assert_eq!(plain(&pieces[2].nodes), "See Chapter I, Ebb.", "a page is none of the text");
}

#[test]
fn terms_and_the_index_are_fields_and_come_back_as_terms() {
    let term = |words: &str, entry: &str| format!("<span class=\"index-term\" data-entry=\"{entry}\">{words}</span>");
    let text = format!(
        "{} and *{}* and {}[^1].\n\n[^1]: {}",
        term("Tides", ""),
        term("white whale", ""),
        term("it: \\\"so\\\"", "seas > high"),
        term("Ebb", "")
    );
    let chapters = [read(&text), read("b")];
    let mut book = full();
    book.matter = Matter { index: true, ..Matter::default() };
    book.list_terms(1, &chapters[0]);
    let docx = written(&book, &chapters);
    let (document, notes) = (file(&docx, "word/document.xml"), file(&docx, "word/footnotes.xml"));
    for said in [
        " XE &quot;Tides&quot; ",
        " XE &quot;seas:high&quot; ",
        " INDEX \\c \"1\" ",
        "\"Index2\"/></w:pPr><w:r><w:t xml:space=\"preserve\">high<",
    ] {
        assert!(document.contains(said), "{said}\n{document}");
    }
    assert!(notes.contains(" XE &quot;Ebb&quot; "), "{notes}");
    let mut back = read_back(&docx);
    let level = back.level();
    let pieces = back.cut(level);
    let html = html(&pieces[1].nodes);
    let shown = |words: &str| format!("<span class=\"index-term\">{words}</span>");
    for words in [shown("Tides"), shown("<em>white whale</em>"), shown("Ebb")] {
        assert!(html.contains(&words), "{words}\n{html}");
    }
    let other = "<span class=\"index-term\" data-entry=\"seas &gt; high\">it: \"so\"</span>";
    assert!(html.contains(other), "{html}");
    assert_eq!(pieces.len(), 3, "the index is made anew");
    assert_eq!(plain(&pieces[2].nodes), "b");
}

#[test]
fn blocks_of_one_kind_that_follow_each_other_come_back_as_so_many() {
    for document in [
        r#"[["code_block", {}, "a"], ["code_block", {}, "b\n\nc"], ["code_block", {}, "d"]]"#,
        r#"[["blockquote", {}, ["paragraph", {}, "a"]], ["blockquote", {}, ["paragraph", {}, "b"]]]"#,
        r#"[["task_list", {}, ["task_item", {"done": true}, ["paragraph", {}, "a"]]],
            ["task_list", {}, ["task_item", {}, ["paragraph", {}, "b"]]]]"#,
        r#"[["bullet_list", {}, ["list_item", {}, ["paragraph", {}, "a"], ["code_block", {}, "b"], ["code_block", {}, "c"]],
            ["list_item", {}, ["paragraph", {}, "d"], ["blockquote", {}, ["paragraph", {}, "e"]],
            ["blockquote", {}, ["paragraph", {}, "f"]]]]]"#,
        r#"[["table", {}, ["table_row", {}, ["table_cell", {}, ["code_block", {}, "a"]],
            ["table_cell", {}, ["code_block", {}, "b"]]]]]"#,
    ] {
        let given = json::read(document).unwrap();
        let mut back = read_back(&written(&full(), std::slice::from_ref(&given)));
        let level = back.level();
        assert_eq!(html(&back.cut(level)[1].nodes), html(&given), "{document}");
    }
    let docx = written(
        &full(),
        &[json::read(r#"[["code_block", {}, "a"], ["paragraph", {}], ["code_block", {}, "b"]]"#).unwrap()],
    );
    let mut back = read_back(&docx);
    let level = back.level();
    assert_eq!(html(&back.cut(level)[1].nodes).matches("<pre>").count(), 2, "an empty line parts them as well");
}

#[test]
fn the_same_book_is_the_same_file_and_another_is_not() {
    let chapters = [read("a[^1]\n\n[^1]: b"), read("b")];
    assert_eq!(written(&full(), &chapters), written(&full(), &chapters));
    assert_ne!(written(&full(), &chapters), written(&full(), &[read("a"), read("c")]));
}

/// A book of whatever a chapter may have, at random.
pub(super) fn of_everything(chapters: usize) -> Publication {
    let mut book = full();
    let mut part = |at: usize| {
        let section = Part { title: format!("Section {at} <&>"), depth: at % 4, is_section: true };
        [section, Part { title: format!("Chapter {at} \u{fffe}"), depth: at % 4 + 1, is_section: false }]
    };
    book.parts = (0..chapters).flat_map(&mut part).collect();
    for (at, address) in ["/book/b/picture/p", "/files/1.png", "/a b"].into_iter().enumerate() {
        let mut picture = book.pictures["/book/b/picture/p"].clone();
        picture.file = format!("p{at}.png");
        book.pictures.insert(address.to_owned(), picture);
    }
    book
}

#[test]
fn whatever_a_chapter_may_have_every_element_is_closed_and_every_table_has_cells() {
    let chapters = documents(7, 300);
    let docx = written(&of_everything(chapters.len()), &chapters);
    for name in names(&docx).iter().filter(|name| name.ends_with(".xml") || name.ends_with(".rels")) {
        let text = file(&docx, name);
        let mut open: Vec<&str> = Vec::new();
        for tag in text.split('<').skip(1) {
            let (tag, _) = tag.split_once('>').unwrap();
            let said = tag.split([' ', '/']).next().unwrap();
            match tag {
                tag if tag.starts_with('?') || tag.ends_with('/') => {}
                tag if tag.starts_with('/') => assert_eq!(open.pop(), Some(&tag[1..]), "{name}"),
                _ => open.push(said),
            }
        }
        assert_eq!(open, Vec::<&str>::new(), "{name}");
        for wrong in ["<w:tr></w:tr>", "<w:tc></w:tc>", "</w:tcPr></w:tc>", "</w:tbl>\n</w:tc>"] {
            assert!(!text.contains(wrong), "{name}: {wrong}");
        }
    }
}

/// What stands in a document, as LibreOffice reads it; nothing where it is not here.
fn as_libreoffice_reads(docx: &[u8]) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("book.docx"), docx).unwrap();
    let home = format!("-env:UserInstallation=file://{}/home", folder.path().display());
    let said = std::process::Command::new("soffice")
        .args([&home, "--headless", "--convert-to", "txt:Text (encoded):UTF8", "--outdir", "."])
        .arg("book.docx")
        .current_dir(&folder)
        .output();
    if said.is_err() {
        eprintln!("there is no LibreOffice here: nobody else read the document");
        return None;
    }
    Some(std::fs::read_to_string(folder.path().join("book.txt")).expect("a document that can be opened"))
}

#[test]
fn another_program_reads_every_word_of_it() {
    let markdown = "One *two*[^1] [three](https://w.example)\n\n3. four\n4. five\n\n> six\n\n- [x] seven\n\n\
                    | eight | nine |\n| --- | --- |\n| ten | eleven |\n\n```\ntwelve\n```\n\n[^1]: Thirteen.";
    let docx = written(&full(), &[read(markdown), read("Fourteen")]);
    let Some(text) = as_libreoffice_reads(&docx) else { return };
    for words in [
        "Seas & <Tides>",
        "Ann & Ebb",
        "ISBN 9783161484100",
        "Contents",
        "Water",
        "Ebb",
        "One two1 three",
        "three",
        "3. four",
        "4. five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "Flood",
        "Fourteen",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
}
