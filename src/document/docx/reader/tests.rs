//! Documents as word processors write them, and such as none would.

use super::*;
use crate::document::{
    archive::packed,
    html::html,
    left_out::What,
    manuscript::Piece,
    tree::{Node, plain},
};
use std::time::{Duration, Instant};

mod layout;
mod words;

const TYPES: &str = "<Types/>";
const STYLES: &str = "<w:styles><w:docDefaults><w:rPrDefault><w:rPr><w:lang w:val='en-US'/></w:rPr></w:rPrDefault>\
    </w:docDefaults>\
    <w:style w:styleId='berschrift1'><w:name w:val='heading 1'/></w:style>\
    <w:style w:styleId='berschrift2'><w:name w:val='heading 2'/></w:style>\
    <w:style w:styleId='Mine'><w:name w:val='My chapter'/><w:basedOn w:val='berschrift1'/></w:style>\
    <w:style w:styleId='Outlined'><w:name w:val='Outlined'/><w:pPr><w:outlineLvl w:val='1'/></w:pPr></w:style>\
    <w:style w:styleId='Zitat'><w:name w:val='Quote'/></w:style>\
    <w:style w:styleId='Vers'><w:name w:val='Verse'/></w:style>\
    <w:style w:styleId='Code'><w:name w:val='HTML Preformatted'/></w:style>\
    <w:style w:styleId='Beschriftung'><w:name w:val='caption'/></w:style>\
    <w:style w:styleId='Titel'><w:name w:val='Title'/></w:style>\
    <w:style w:styleId='Untertitel'><w:name w:val='Subtitle'/></w:style>\
    <w:style w:styleId='Listen'><w:name w:val='Listen'/><w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr></w:style>\
    <w:style w:styleId='Punkte'><w:name w:val='List Bullet'/><w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr></w:style>\
    <w:style w:styleId='Punkte2'><w:name w:val='List Bullet 2'/><w:pPr><w:numPr><w:numId w:val='5'/></w:numPr></w:pPr></w:style>\
    <w:style w:styleId='Zahlen3'><w:name w:val='List Number 3'/><w:pPr><w:numPr><w:numId w:val='6'/></w:numPr></w:pPr></w:style>\
    <w:style w:styleId='A'><w:name w:val='a'/><w:basedOn w:val='B'/></w:style>\
    <w:style w:styleId='B'><w:name w:val='b'/><w:basedOn w:val='A'/></w:style>\
    <w:style w:styleId='Fett'><w:name w:val='Strong'/><w:rPr><w:b/></w:rPr></w:style>\
    <w:style w:styleId='Link'><w:name w:val='Hyperlink'/><w:rPr><w:b/></w:rPr></w:style></w:styles>";
const NUMBERING: &str = "<w:numbering>\
    <w:abstractNum w:abstractNumId='1'><w:lvl w:ilvl='0'><w:numFmt w:val='bullet'/><w:lvlText w:val='-'/></w:lvl>\
    <w:lvl w:ilvl='1'><w:numFmt w:val='bullet'/><w:lvlText w:val='o'/></w:lvl></w:abstractNum>\
    <w:abstractNum w:abstractNumId='2'><w:lvl w:ilvl='0'><w:start w:val='4'/><w:numFmt w:val='decimal'/></w:lvl>\
    <w:lvl w:ilvl='1'><w:start w:val='1'/><w:numFmt w:val='lowerLetter'/></w:lvl></w:abstractNum>\
    <w:abstractNum w:abstractNumId='3'><w:lvl w:ilvl='0'><w:numFmt w:val='bullet'/><w:lvlText w:val=' '/></w:lvl></w:abstractNum>\
    <w:abstractNum w:abstractNumId='4'><w:lvl w:ilvl='0'><w:numFmt w:val='bullet'/><w:lvlText w:val='-'/></w:lvl></w:abstractNum>\
    <w:abstractNum w:abstractNumId='5'><w:lvl w:ilvl='0'><w:numFmt w:val='decimal'/></w:lvl></w:abstractNum>\
    <w:num w:numId='5'><w:abstractNumId w:val='4'/></w:num><w:num w:numId='6'><w:abstractNumId w:val='5'/></w:num>\
    <w:num w:numId='1'><w:abstractNumId w:val='1'/></w:num><w:num w:numId='2'><w:abstractNumId w:val='2'/></w:num>\
    <w:num w:numId='3'><w:abstractNumId w:val='2'/><w:lvlOverride w:ilvl='0'><w:startOverride w:val='9'/></w:lvlOverride></w:num>\
    <w:num w:numId='4'><w:abstractNumId w:val='3'/></w:num></w:numbering>";
const NOTES: &str = "<w:footnotes><w:footnote w:type='separator' w:id='0'><w:p><w:r><w:t>no</w:t></w:r></w:p></w:footnote>\
    <w:footnote w:id='1'><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t xml:space='preserve'> One, </w:t></w:r>\
    <w:hyperlink r:id='l'><w:r><w:t>two</w:t></w:r></w:hyperlink></w:p><w:p><w:r><w:t>three</w:t></w:r></w:p></w:footnote></w:footnotes>";
const LINKS: &str = "<Relationships>\
    <Relationship Id='s' Type='x/relationships/styles' Target='styles.xml'/>\
    <Relationship Id='n' Type='x/relationships/numbering' Target='numbering.xml'/>\
    <Relationship Id='f' Type='x/relationships/footnotes' Target='/word/footnotes.xml'/>\
    <Relationship Id='h' Type='x/relationships/header' Target='header1.xml'/>\
    <Relationship Id='p' Type='x/relationships/image' Target='media/p.png'/>\
    <Relationship Id='e' Type='x/relationships/image' Target='media/p.emf'/>\
    <Relationship Id='l' Type='x/relationships/hyperlink' TargetMode='External' Target='https://a.example/'/>\
    <Relationship Id='j' Type='x/relationships/hyperlink' TargetMode='External' Target='javascript:x'/></Relationships>";
const CORE: &str = "<cp:coreProperties><dc:title>Seas</dc:title><dc:creator>Ann; Ben</dc:creator>\
    <cp:keywords>water, salt</cp:keywords><dc:description>Of water.</dc:description></cp:coreProperties>";

fn docx(body: &str) -> File {
    docx_that_says(CORE, body)
}

fn docx_that_says(core: &str, body: &str) -> File {
    let text = format!(
        "<?xml version='1.0'?><w:document xmlns:w='http://purl.oclc.org/ooxml/wordprocessingml/main'><w:body>{body}</w:body></w:document>"
    );
    let files: [(&str, &[u8]); 10] = [
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("word/document.xml", text.as_bytes()),
        ("word/styles.xml", STYLES.as_bytes()),
        ("word/numbering.xml", NUMBERING.as_bytes()),
        ("word/footnotes.xml", NOTES.as_bytes()),
        ("word/_rels/document.xml.rels", LINKS.as_bytes()),
        ("word/_rels/footnotes.xml.rels", LINKS.as_bytes()),
        ("docProps/core.xml", core.as_bytes()),
        ("word/media/p.png", b"png"),
        ("../../word/media/q.png", b"png"),
    ];
    packed(&files)
}

fn read_file(file: File) -> Result<Manuscript, Unreadable> {
    read(Archive::open(file)?, &Budget::of(Duration::from_secs(20)))
}

fn book(body: &str) -> Manuscript {
    read_file(docx(body)).unwrap_or_else(|why| panic!("{why}"))
}

fn pieces(mut book: Manuscript) -> Vec<Piece> {
    let level = book.level();
    book.cut(level)
}

fn shown(body: &str) -> String {
    let mut book = book(body);
    let nodes: Vec<_> = book.cut(0).into_iter().flat_map(|piece| piece.nodes).collect();
    html(&nodes)
        .replace(" dir=\"auto\"", "")
        .replace(" rel=\"noopener\"", "")
        .replace(" style=\"white-space: pre-wrap\"", "")
}

fn p(style: &str, about: &str, text: &str) -> String {
    let style = if style.is_empty() { String::new() } else { format!("<w:pStyle w:val='{style}'/>") };
    format!("<w:p><w:pPr>{style}{about}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
}

fn run(text: &str) -> String {
    format!("<w:r><w:t xml:space='preserve'>{text}</w:t></w:r>")
}

/// A field that shows nothing.
fn field(about: &str, does: &str) -> String {
    format!(
        "<w:r><w:fldChar w:fldCharType='begin'>{about}</w:fldChar></w:r><w:r><w:instrText>{does}</w:instrText></w:r>\
         <w:r><w:fldChar w:fldCharType='end'/></w:r>"
    )
}

fn item(list: u32, level: u32, text: &str) -> String {
    p("", &format!("<w:numPr><w:ilvl w:val='{level}'/><w:numId w:val='{list}'/></w:numPr>"), text)
}

#[test]
fn headings_are_known_by_style_by_what_it_is_based_on_and_by_their_level() {
    let text = [
        p("berschrift1", "", "A"),
        p("", "", "a"),
        p("Mine", "", "B"),
        p("Outlined", "", "b"),
        p("", "<w:outlineLvl w:val='0'/>", "C"),
        p("A", "", "in a circle"),
    ];
    let titles: Vec<_> = pieces(book(&text.concat())).into_iter().map(|piece| piece.title.unwrap()).collect();
    assert_eq!(titles, ["A", "B", "C"]);
}

#[test]
fn text_is_marked_as_it_is_and_a_link_leads_where_it_may() {
    let run = |about: &str, text: &str| format!("<w:r><w:rPr>{about}</w:rPr><w:t>{text}</w:t></w:r>");
    let text = [
        run("<w:b/><w:i w:val='1'/>", "a"),
        run("<w:b w:val='0'/><w:rStyle w:val='Fett'/>", "b"),
        run("<w:rStyle w:val='Fett'/><w:smallCaps/>", "c"),
        run("<w:vertAlign w:val='superscript'/>", "d"),
        run("<w:dstrike/>", "e"),
        run("<w:vanish/>", "hidden"),
        run("<w:lang w:val='fr-FR'/>", "f"),
        run("<w:lang w:val='en-GB'/>", "g"),
        format!("<w:hyperlink r:id='l'>{}</w:hyperlink>", run("<w:rStyle w:val='Link'/>", "h")),
        format!("<w:hyperlink r:id='j'>{}</w:hyperlink>", run("", "i")),
        "<w:r><w:tab/><w:t>j</w:t><w:br/><w:noBreakHyphen/></w:r>".into(),
    ];
    let text = format!("<w:p>{}</w:p>{}", text.concat(), p("", "", "English for the most part."));
    let expected = "<p><em><strong>a</strong></em>b<span class=\"small-caps\"><strong>c</strong></span><sup>d</sup><s>e</s>\
        <span lang=\"fr-FR\" dir=\"auto\">f</span>g<a href=\"https://a.example/\">h</a>i\tj<br>\u{2011}</p><p>English for the most part.</p>";
    assert_eq!(shown(&text), expected.replace(" dir=\"auto\"", ""));
    let book = book(&text);
    assert_eq!((book.left_out.count(What::Link), book.left_out.count(What::Hidden)), (1, 1));
    assert_eq!(book.metadata.language, "en-US");
}

#[test]
fn lists_nest_begin_go_on_and_begin_anew() {
    let text = [
        item(1, 0, "a"),
        item(1, 1, "b"),
        p("", "<w:ind w:left='1440'/>", "and b"),
        item(1, 0, "c"),
        item(2, 0, "d"),
        p("", "", "between"),
        item(2, 0, "e"),
        item(2, 1, "f"),
        item(3, 0, "g"),
        p("Listen", "", "h"),
        item(1, 0, "\u{2611} i"),
        item(4, 0, "and i"),
        item(0, 0, "no item"),
    ];
    let expected = "<ul><li><p>a</p><ul><li><p>b</p><p>and b</p></li></ul></li><li><p>c</p></li></ul>\
        <ol start=\"4\"><li><p>d</p></li></ol><p>between</p><ol start=\"5\"><li><p>e</p><ol><li><p>f</p></li></ol></li></ol>\
        <ol start=\"9\"><li><p>g</p></li></ol><ul class=\"tasks\"><li class=\"task\" data-done=\"false\"><p>h</p></li>\
        <li class=\"task\" data-done=\"true\"><p>i</p><p>and i</p></li></ul><p>no item</p>";
    assert_eq!(shown(&text.concat()), expected);
}

#[test]
fn blocks_are_known_by_their_styles() {
    let text = [
        p("Zitat", "", "a"),
        p("Zitat", "", "b"),
        p("Vers", "", "c"),
        p("Code", "", "d"),
        p("Code", "", "e"),
        p("", "", "* * *"),
        p("", "<w:pBdr><w:bottom w:val='single'/></w:pBdr>", ""),
        p("", "", ""),
        p("Listen", "", "f"),
    ];
    let expected = "<blockquote><p>a</p><p>b</p></blockquote><p class=\"verse\">c</p><pre><code>d\ne</code></pre><hr>\
        <ul><li><p>f</p></li></ul>";
    assert_eq!(shown(&text.concat()).replace("<hr><hr>", "<hr>"), expected);
}

#[test]
fn notes_stand_where_they_are_pointed_to() {
    let text = "<w:p><w:r><w:t>In</w:t></w:r><w:r><w:footnoteReference w:id='1'/></w:r><w:r><w:t>.</w:t></w:r></w:p>";
    let expected =
        "<p>In<span class=\"footnote\"><span>One, <a href=\"https://a.example/\">two</a> three</span></span>.</p>";
    assert_eq!(shown(text), expected);
}

#[test]
fn pictures_have_their_descriptions_and_captions() {
    let drawing = |id: &str| format!("<w:drawing><wp:docPr descr='A sea'/><a:blip r:embed='{id}'/></w:drawing>");
    let text = format!(
        "<w:p><w:r>{}</w:r></w:p>{}<w:p><w:r><w:t>before</w:t></w:r><w:r>{}</w:r></w:p><w:p><w:r>{}</w:r></w:p>",
        drawing("p"),
        p("Beschriftung", "", "By night"),
        drawing("p"),
        drawing("e")
    );
    let mut read = book(&text);
    assert_eq!((read.left_out.count(What::Picture), read.left_out.count(What::Header)), (1, 1));
    let nodes: Vec<Node> = read.cut(0).into_iter().flat_map(|piece| piece.nodes).collect();
    let figures: Vec<(&str, String)> = nodes
        .iter()
        .filter_map(|node| if let Node::Element(e) = node { Some(e) } else { None })
        .map(|element| (element.text_value("alt"), plain(&element.children)))
        .collect();
    assert_eq!(
        figures,
        [("A sea", "By night".into()), ("", "before".into()), ("A sea", String::new()), ("", "A sea".into())]
    );
}

#[test]
fn cells_reach_over_rows_and_columns() {
    let cell = |about: &str, text: &str| format!("<w:tc><w:tcPr>{about}</w:tcPr>{}</w:tc>", p("", "", text));
    let text = format!(
        "<w:tbl><w:tblGrid><w:gridCol w:w='1000'/><w:gridCol w:w='3000'/></w:tblGrid><w:tr><w:trPr><w:tblHeader/></w:trPr>{}</w:tr>\
         <w:tr>{}{}</w:tr><w:tr>{}{}</w:tr><w:tr><w:trPr><w:del/></w:trPr>{}</w:tr></w:tbl>",
        cell("<w:gridSpan w:val='2'/>", "a"),
        cell("<w:vMerge w:val='restart'/><w:tcW w:w='1000' w:type='dxa'/>", "b"),
        cell("", "c"),
        cell("<w:vMerge/>", ""),
        cell("", "d"),
        cell("", "gone"),
    );
    let expected = "<table><tbody><tr><th colspan=\"2\"><p>a</p></th></tr><tr><td rowspan=\"2\" width=\"25%\"><p>b</p></td>\
        <td><p>c</p></td></tr><tr><td><p>d</p></td></tr></tbody></table>";
    assert_eq!(shown(&text), expected);
}

#[test]
fn proposed_changes_are_read_as_accepted_and_named() {
    let run = |text: &str| format!("<w:r><w:t>{text}</w:t></w:r>");
    let text = format!(
        "<w:p><w:pPr><w:rPr><w:del w:id='1'/></w:rPr></w:pPr>{}<w:ins>{}</w:ins><w:del><w:r><w:delText>gone</w:delText></w:r></w:del>\
         <w:moveFrom>{}</w:moveFrom></w:p><w:p>{}<w:commentReference w:id='1'/></w:p>",
        run("a"),
        run("b"),
        run("from"),
        run("c")
    );
    assert_eq!(shown(&text), "<p>abc</p>");
    let left = book(&text).left_out;
    assert_eq!([What::Insertion, What::Deletion, What::Comment].map(|what| left.count(what)), [1, 3, 1]);
}

#[test]
fn fields_show_what_they_show_and_contents_are_left_out() {
    let field = |does: &str, shows: &str| {
        format!(
            "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>{does}</w:instrText></w:r>\
             <w:r><w:fldChar w:fldCharType='separate'/></w:r>{shows}<w:r><w:fldChar w:fldCharType='end'/></w:r>"
        )
    };
    let run = |text: &str| format!("<w:r><w:t>{text}</w:t></w:r>");
    let text = format!(
        "<w:p>{}</w:p><w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val='Table of Contents'/></w:docPartObj></w:sdtPr>\
         <w:sdtContent>{}</w:sdtContent></w:sdt><w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt><w:p>{}{}<w:fldSimple w:instr='PAGE'>{}</w:fldSimple></w:p>",
        field(" TOC \\o ", &format!("{}{}", run("A "), field("PAGEREF x", &run("7")))),
        p("", "", "B 8"),
        p("", "", "kept"),
        field(" HYPERLINK \"https://b.example/\" ", &run("b")),
        field(" HYPERLINK \\l \"nowhere\" ", &run("c")),
        run("3")
    );
    assert_eq!(shown(&text), "<p>kept</p><p><a href=\"https://b.example/\">b</a>c3</p>");
    let left = book(&text).left_out;
    assert_eq!((left.count(What::Contents), left.count(What::Link)), (2, 1));
}

#[test]
fn a_term_of_the_index_marks_the_words_it_stands_beside() {
    let run = |text: &str| format!("<w:r><w:t xml:space='preserve'>{text}</w:t></w:r>");
    let term = |said: &str| {
        format!(
            "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText> XE &quot;{said}&quot; \\b </w:instrText></w:r>\
             <w:r><w:fldChar w:fldCharType='end'/></w:r>"
        )
    };
    let marked = |words: &str, entry: &str| match entry {
        "" => format!("<span class=\"index-term\">{words}</span>"),
        entry => format!("<span class=\"index-term\" data-entry=\"{entry}\">{words}</span>"),
    };
    for (paragraph, expected) in [
        (
            format!("{}{}{}", run("The White Whale"), term("white whale"), run(" swims.")),
            format!("The {} swims.", marked("White Whale", "")),
        ),
        (format!("{}{}{}", run("of "), term("ropes"), run("ropes.")), format!("of {}.", marked("ropes", ""))),
        (
            format!("{}{}", run("the monster, "), term("whale:white: very")),
            format!("the {}, ", marked("monster", "whale &gt; white &gt; very")),
        ),
        (format!("{}{}", run("a b"), term("ratio 1\\:2")), format!("a {}", marked("b", "ratio 1:2"))),
        (format!("{}{}{}", run("overall"), term("all"), term("all")), marked("overall", "all")),
        (format!("{}{}", term("first"), run("Words come.")), format!("{} come.", marked("Words", "first"))),
        (term("alone"), String::new()),
        (format!("{}<w:fldSimple w:instr=' XE &quot;b&quot; '/>", run("a b")), format!("a {}", marked("b", ""))),
        (format!("{}{}", run("a"), term("")), "a".to_owned()),
    ] {
        let html = shown(&format!("<w:p>{paragraph}</w:p>"));
        let expected = if expected.is_empty() { expected } else { format!("<p>{expected}</p>") };
        assert_eq!(html, expected, "{paragraph}");
    }
}

#[test]
fn a_text_box_is_read_once_whoever_can_show_it() {
    let content = |text: &str| format!("<w:txbxContent>{}</w:txbxContent>", p("", "", text));
    let text = format!(
        "<w:p><w:r><w:t>around</w:t></w:r><w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:txbx>{}</wps:txbx></w:drawing></mc:Choice>\
         <mc:Fallback><w:pict>{}</w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>",
        content("box"),
        content("box")
    );
    assert_eq!(shown(&text), "<p>box</p><p>around</p>");
}

#[test]
fn links_within_the_book_lead_to_its_chapters() {
    let link = "<w:p><w:hyperlink w:anchor='there'><w:r><w:t>on</w:t></w:r></w:hyperlink></w:p>";
    let there = "<w:p><w:pPr><w:pStyle w:val='berschrift1'/></w:pPr><w:bookmarkStart w:name='there'/><w:r><w:t>B</w:t></w:r></w:p>";
    let text = [&p("berschrift1", "", "A"), link, there, &p("", "", "b")].concat();
    let pieces = pieces(book(&text));
    assert!(html(&pieces[0].nodes).contains("href=\"part:1\""), "{}", html(&pieces[0].nodes));
}

#[test]
fn the_book_says_what_the_document_says() {
    let text = [p("Titel", "", "The sea"), p("Untertitel", "", "And why"), p("", "", "a"), p("Titel", "", "Later")];
    let book = book(&text.concat());
    assert_eq!(book.title.as_deref(), Some("The sea"));
    let said = &book.metadata;
    assert_eq!((said.subtitle.as_str(), said.description.as_str()), ("And why", "Of water."));
    assert_eq!(said.people.iter().map(|person| person.name.as_str()).collect::<Vec<_>>(), ["Ann", "Ben"]);
    assert_eq!(said.subjects, ["water", "salt"]);
    assert_eq!(shown(&text.concat()), "<p>a</p><h2>Later</h2>");
}

#[test]
fn what_is_no_document_that_can_be_read_is_refused_in_words() {
    use std::io::Write;
    let compound = |text: &str| {
        let mut file = tempfile::tempfile().unwrap();
        let mut bytes = COMPOUND.to_vec();
        bytes.resize(PIECE - 11, 0);
        bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        file.write_all(&bytes).unwrap();
        crate::document::incoming::read(
            "a.docx",
            {
                file.seek(SeekFrom::Start(0)).unwrap();
                file
            },
            &Budget::of(Duration::from_secs(9)),
        )
        .err()
    };
    assert_eq!(compound("WordDocument"), Some(Unreadable::OldDocument));
    assert_eq!(compound(LOCKED), Some(Unreadable::LockedDocument));
    let read = |files: &[(&str, &[u8])]| read_file(packed(files)).err();
    assert_eq!(read(&[("[Content_Types].xml", b""), ("word/styles.xml", b"")]), Some(Unreadable::NoDocument));
    let bomb = vec![b' '; 17 << 20];
    assert_eq!(read(&[("[Content_Types].xml", b""), ("word/document.xml", &bomb)]), Some(Unreadable::TooLarge));
}

#[test]
fn whatever_is_made_to_cost_costs_no_more_than_its_length() {
    let of = |text: &str, times: usize| text.repeat(times);
    let entities: String = (1..40).map(|at| format!("<!ENTITY a{at} '&a{0};&a{0};'>", at - 1)).collect();
    let cell = "<w:tbl><w:tr><w:tc>";
    let styles: String = (0..5_000)
        .map(|at| format!("<w:style w:styleId='s{at}'><w:basedOn w:val='s{}'/></w:style>", (at + 1) % 5_000))
        .collect();
    for (name, text) in [
        ("tables in one another", of(cell, 20_000) + &p("", "", "a") + &of("</w:tc></w:tr></w:tbl>", 20_000)),
        ("tables that never end", of(cell, 20_000) + &p("", "", "a")),
        (
            "columns",
            of("<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val='1000000'/></w:tcPr></w:tc></w:tr></w:tbl>", 5_000),
        ),
        (
            "rows",
            format!(
                "<w:tbl>{}</w:tbl>",
                of("<w:tr><w:tc><w:tcPr><w:gridSpan w:val='99'/><w:vMerge/></w:tcPr></w:tc></w:tr>", 5_000)
            ),
        ),
        ("boxes", of("<w:p><w:r><w:drawing><w:txbxContent>", 20_000) + &p("", "", "a")),
        ("fields", format!("<w:p>{}</w:p>", of("<w:r><w:fldChar w:fldCharType='begin'/></w:r>", 20_000))),
        ("links", format!("<w:p>{}<w:r><w:t>a</w:t></w:r></w:p>", of("<w:hyperlink w:anchor='a'>", 20_000))),
        ("notes", format!("<w:p>{}</w:p>", of("<w:r><w:footnoteReference w:id='1'/></w:r>", 20_000))),
        ("lists", (0..4_000).map(|at| item(1, at % 9, "a")).collect()),
        ("paragraphs", of("<w:p>", 20_000)),
        ("ends", of("</w:p></w:tc></w:tr></w:tbl></w:r></w:pPr>", 20_000)),
        ("entities", format!("<!DOCTYPE x [{entities}]>{}", p("", "", "&a39;"))),
        ("styles", (0..5_000).map(|at| p(&format!("s{at}"), "", "a")).collect()),
    ] {
        let begun = Instant::now();
        let mut read = book(&text);
        let words = read.cut(0).iter().map(|piece| plain(&piece.nodes).len()).sum::<usize>();
        assert!(words <= text.len() + 20_000, "{name}: {words}");
        assert!(begun.elapsed() < Duration::from_secs(10), "{name}: {:?}", begun.elapsed());
    }
    let begun = Instant::now();
    let read = Styles::read(&format!("<w:styles>{styles}</w:styles>"));
    (0..5_000).for_each(|at| drop(read.look(&format!("s{at}"))));
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}
