use super::*;
use crate::document::{archive::packed, html::html, left_out::What, manuscript::Piece, tree::plain};
use std::time::Duration;

const CONTAINER_XML: &str = "<container><rootfiles><rootfile full-path='OPS/p.opf'/></rootfiles></container>";
const HEAD: &str = "<metadata xmlns:dc='d'><dc:title>Seas</dc:title><dc:language>en</dc:language></metadata>";

fn budget() -> Budget {
    Budget::of(Duration::from_secs(20))
}

/// An EPUB of these chapters, in their order, with this list of contents and these other files.
fn epub(chapters: &[(&str, &str)], nav: &str, others: &[(&str, &[u8])]) -> std::fs::File {
    let (mut items, mut spine) = (String::new(), String::new());
    for (number, (name, _)) in chapters.iter().enumerate() {
        items += &format!("<item id='c{number}' href='{name}' media-type='application/xhtml+xml'/>");
        spine += &format!("<itemref idref='c{number}'/>");
    }
    let package = format!(
        "<?xml version='1.0'?><package>{HEAD}<manifest>{items}<item id='nav' href='nav.xhtml' properties='nav' \
         media-type='application/xhtml+xml'/></manifest><spine>{spine}</spine></package>"
    );
    let nav = format!("<html><body><nav epub:type='toc'>{nav}</nav></body></html>");
    let paths: Vec<String> = chapters.iter().map(|(name, _)| format!("OPS/{name}")).collect();
    let texts: Vec<String> = chapters.iter().map(|(_, text)| page(text)).collect();
    let mut files: Vec<(&str, &[u8])> = vec![
        ("mimetype", b"application/epub+zip"),
        (CONTAINER, CONTAINER_XML.as_bytes()),
        ("OPS/p.opf", package.as_bytes()),
        ("OPS/nav.xhtml", nav.as_bytes()),
    ];
    files.extend(paths.iter().map(String::as_str).zip(texts.iter().map(String::as_bytes)));
    files.extend(others);
    packed(&files)
}

fn page(body: &str) -> String {
    format!("<?xml version='1.0'?><html lang='en'><head><title>T</title></head><body>{body}</body></html>")
}

fn read_file(file: std::fs::File) -> Result<Manuscript, Unreadable> {
    read(Archive::open(file)?, &budget())
}

fn book(chapters: &[(&str, &str)], nav: &str) -> Manuscript {
    read_file(epub(chapters, nav, &[("OPS/i/a b.png", b"png")])).unwrap_or_else(|why| panic!("{why}"))
}

fn pieces(mut book: Manuscript) -> Vec<Piece> {
    let level = book.level();
    book.cut(level)
}

/// The only chapter of a book, as HTML without what says nothing here.
fn shown(body: &str) -> String {
    let pieces = pieces(book(&[("a.xhtml", body)], ""));
    let nodes: Vec<_> = pieces.into_iter().flat_map(|piece| piece.nodes).collect();
    html(&nodes).replace(" dir=\"auto\"", "").replace(" rel=\"noopener\"", "")
}

fn note(text: &str) -> String {
    format!("<span class=\"footnote\"><span>{text}</span></span>")
}

#[test]
fn chapters_are_called_and_nested_as_the_contents_say() {
    let nav = "<ol><li><span>Water</span><ol><li><a href='a.xhtml'>Tides</a><ol><li><a href='a.xhtml#ebb'>Ebb</a></li></ol>\
               </li><li><a href='b.xhtml'>Waves</a></li></ol></li><li><a href='c.xhtml'>Air</a></li></ol>";
    let chapters = [
        ("a.xhtml", "<h1>1. Tides</h1><p>In.</p><section id='ebb'><h2>Ebb</h2><h3>Low</h3><p>Out.</p></section>"),
        ("b.xhtml", "<p>No heading.</p>"),
        ("b2.xhtml", "<p>It goes on.</p>"),
        ("c.xhtml", "<h2>Of the air</h2><p>Up.</p>"),
    ];
    let outline = |pieces: &[Piece]| {
        let line = |piece: &Piece| {
            let sign = if piece.is_section { "/" } else { "" };
            format!(
                "{}{}{sign}: {}",
                "  ".repeat(piece.depth),
                piece.title.clone().unwrap_or_default(),
                plain(&piece.nodes)
            )
        };
        pieces.iter().map(line).collect::<Vec<_>>()
    };
    assert_eq!(
        outline(&pieces(book(&chapters, nav))),
        ["Water/: ", "  1. Tides: In.\nEbb\nLow\nOut.", "  Waves: No heading.\nIt goes on.", "Of the air: Up."]
    );
    let mut finely = book(&chapters, nav);
    assert_eq!(finely.levels(), 3);
    let finely = finely.cut(3);
    assert_eq!(outline(&finely)[1..3], ["  1. Tides/: In.", "    Ebb: Low\nOut."]);
    assert!(html(&finely[2].nodes).starts_with("<h2"), "a heading stands as much higher as its chapter's did");
}

#[test]
fn without_contents_its_files_and_headings_say_what_its_chapters_are() {
    let chapters = [("a.xhtml", "<h1>One</h1><p>a</p>"), ("b.xhtml", "<p>b</p>"), ("c.xhtml", "<h1>Two</h1><p>c</p>")];
    let titles: Vec<_> =
        pieces(book(&chapters, "")).into_iter().map(|piece| (piece.title, plain(&piece.nodes))).collect();
    assert_eq!(titles, [(Some("One".into()), "a\nb".into()), (Some("Two".into()), "c".into())]);
}

#[test]
fn a_note_stands_where_it_is_pointed_to_however_it_is_written() {
    let cases = [
        // As EPUB 3 has it.
        "<p>A<a epub:type='noteref' href='#n1'>1</a>.</p><aside epub:type='footnote' id='n1'><p>The <i>note</i>.</p></aside>",
        // As pandoc writes it.
        "<p>A<a href='#n1' id='r1' role='doc-noteref'><sup>1</sup></a>.</p><section role='doc-endnotes'><ol>\
         <li id='n1'><p>The <i>note</i>.<a href='#r1' role='doc-backlink'>↩︎</a></p></li></ol></section>",
        // As Sphinx does.
        "<p>A <a class='footnote-reference brackets' href='#n1' id='r1'>1</a>.</p><dl class='footnote brackets'><dt id='n1'>\
         <span class='brackets'><a class='fn-backref' href='#r1'>1</a></span></dt><dd><p>The <i>note</i>.</p></dd></dl>",
        // As older books do: two links that lead to each other.
        "<p>A<sup><a id='r1' href='#n1'>[1]</a></sup>.</p><p id='n1'><a href='#r1'>[1]</a> The <i>note</i>.</p>",
        "<p>A<a name='r1' href='#n1'>*</a>.</p><div><p><a name='n1' href='#r1'>*</a>The <i>note</i>.</p></div>",
    ];
    let expected = format!("<p>A{}.</p>", note("The <em>note</em>."));
    for case in cases {
        assert_eq!(shown(case), expected, "{case}");
    }
}

#[test]
fn notes_may_stand_in_another_file_and_point_to_each_other_and_none_is_lost() {
    let chapters = [
        (
            "a.xhtml",
            "<h1>One</h1><p>a<a epub:type='noteref' href='n.xhtml#n1'>1</a> b<a epub:type='noteref' href='n.xhtml#n1'>1</a></p>",
        ),
        (
            "n.xhtml",
            "<aside id='n1' epub:type='footnote'>see <a epub:type='noteref' href='#n2'>2</a></aside>\
             <aside id='n2' epub:type='footnote'>and <a epub:type='noteref' href='#n1'>1</a></aside>\
             <aside id='n3' epub:type='footnote'>three<a epub:type='noteref' href='#n4'>4</a></aside>\
             <aside id='n4' epub:type='footnote'>four<a epub:type='noteref' href='#n3'>3</a></aside>",
        ),
    ];
    let text: String =
        pieces(book(&chapters, "")).iter().map(|piece| plain(&piece.nodes)).collect::<Vec<_>>().join("|");
    assert_eq!(text, "a (see (and)) b (see (and))\nthree (four)");
}

#[test]
fn what_only_looks_like_a_note_stays_text() {
    for text in [
        "<p><a id='t1' href='#c1'>1</a></p><h2 id='c1'><a href='#t1'>One</a></h2><p>a</p>",
        "<p><a href='#o4'>4</a></p><p id='o4'>Four</p>",
        "<p>see <a href='#p'>the long way</a></p><p id='p'>P <a href='#q'>back</a></p>",
        "<p>A<a epub:type='noteref' href='#none'>1</a></p>",
    ] {
        let shown = shown(text);
        assert!(!shown.contains("footnote"), "{shown}");
        let words = |html: &str| html.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 2).count();
        assert!(words(&shown) > 0);
    }
}

/// What stands in each of its pieces, whatever they are.
fn told(pieces: &[Piece]) -> Vec<String> {
    let told = |piece: &Piece| format!("{}: {}", piece.title.clone().unwrap_or_default(), plain(&piece.nodes));
    pieces.iter().map(told).collect()
}

#[test]
fn numbers_that_lead_from_contents_to_chapters_and_back_make_no_notes_of_these() {
    let back = |number: usize| {
        format!("<div id='c{number}'><p><a href='toc.xhtml#t{number}'>{number}</a></p><p>Words of {number}.</p></div>")
    };
    let toc =
        "<p>Contents</p><p id='t1'><a href='a.xhtml#c1'>1</a></p><p>Chapter <a id='t2' href='b.xhtml#c2'>2</a></p>";
    let (first, second) = (back(1), back(2));
    let nav = "<ol><li><a href='a.xhtml'>A</a></li><li><a href='b.xhtml'>B</a></li></ol>";
    let told = told(&pieces(book(&[("toc.xhtml", toc), ("a.xhtml", &first), ("b.xhtml", &second)], nav)));
    assert!(told.iter().any(|piece| piece == "A: 1\nWords of 1."), "{told:?}");
    assert!(told.iter().any(|piece| piece == "B: 2\nWords of 2."), "{told:?}");
    for text in [
        // Verses that point to each other, exercises and their answers, a number in a cell.
        "<p id='v1'><a href='#v2'>2</a> verse one</p><p id='v2'><a href='#v1'>1</a> verse two words</p>",
        "<p id='q1'><a href='#a1'>1</a>. What is two?</p><p id='a1'><a href='#q1'>1</a>. Four.</p>",
        "<p>Text<a id='r2' href='#n2'>2</a></p><table><tr><td><a id='n2' href='#r2'>2</a></td><td>words of it</td></tr></table>",
    ] {
        let shown = shown(text);
        assert!(!shown.contains("footnote") && shown.contains("</p>"), "{shown}");
    }
    // And what is a note stays one, whatever it stands in.
    let text =
        "<p>One.<sup><a id='r' href='#n'>1</a></sup></p><dl><dt><a id='n' href='#r'>1</a></dt><dd>Note.</dd></dl>";
    assert!(shown(text).contains(&note("Note.")), "{}", shown(text));
}

#[test]
fn the_line_above_notes_goes_with_them() {
    let text = "<p>One.<a href='#n' epub:type='noteref'>1</a></p><section class='footnotes'><hr/><ol><li id='n' \
                epub:type='footnote'>Note.</li></ol></section>";
    assert!(!shown(text).contains("<hr"), "{}", shown(text));
    assert!(shown("<p>a</p><hr/><p>b</p>").contains("<hr"));
}

#[test]
fn a_heading_is_the_title_only_where_it_says_the_same_in_whole_words() {
    let nav = |title: &str| format!("<ol><li><a href='a.xhtml'>{title}</a></li></ol>");
    for (heading, title, expected) in [
        ("V", "The Voyage", "The Voyage: V\na"),
        ("12", "Of 1812", "Of 1812: 12\na"),
        ("I", "Introduction", "Introduction: I\na"),
        ("* * *", "One", "One: * * *\na"),
        ("Chapter 1", "1", "Chapter 1: a"),
        ("Tides", "1. Tides", "1. Tides: a"),
        ("ChapterOne", "Chapter One", "ChapterOne: a"),
    ] {
        let text = format!("<h2>{heading}</h2><p>a</p>");
        assert_eq!(told(&pieces(book(&[("a.xhtml", &text)], &nav(title)))), [expected], "{heading}");
    }
    let nav = "<ol><li><a href='a.xhtml'>Of <i>Moby-Dick</i> and <b>A</b>hab</a></li></ol>";
    assert_eq!(
        told(&pieces(book(&[("a.xhtml", "<h1>Of <i>Moby-Dick</i> and Ahab</h1><p>a</p>")], nav))),
        ["Of Moby-Dick and Ahab: a"]
    );
}

#[test]
fn of_a_title_that_is_too_long_no_word_is_lost() {
    let long = format!("In which {}the end", "much happens ".repeat(30));
    let text = format!("<h1>{long}</h1><p>a</p>");
    let told = told(&pieces(book(&[("a.xhtml", &text)], "")));
    assert_eq!(told, [format!("{long}: {long}\na")]);
}

#[test]
fn xhtml_is_xml_by_its_kind_and_not_by_its_name() {
    let text = "<?xml version='1.0'?><html><head><title/><script src='x'/><style/></head><body><h1>A</h1><p><i/>All <a id='b'/>the \
                words.</p></body></html>";
    let package = format!(
        "<?xml version='1.0'?><package>{HEAD}<manifest><item id='a' href='a.htm' media-type='application/xhtml+xml'/></manifest>\
         <spine><itemref idref='a'/></spine></package>"
    );
    let files: [(&str, &[u8]); 4] = [
        ("mimetype", b"application/epub+zip"),
        (CONTAINER, CONTAINER_XML.as_bytes()),
        ("OPS/p.opf", package.as_bytes()),
        ("OPS/a.htm", text.as_bytes()),
    ];
    let told = told(&pieces(read_file(packed(&files)).unwrap_or_else(|why| panic!("{why}"))));
    assert_eq!(told, ["A: All the words."]);
}

#[test]
fn what_a_style_sheet_says_of_a_class_is_seen() {
    let css: &[u8] = b".c1 { font-style: italic } span.c2 { font-weight: 700 } .sc { font-variant: small-caps }";
    let text = "<p>The <span class='c1'>Pequod</span> and <span class='c2'>all</span> <span class='sc'>hands</span> \
                <span class='c1' style='font-style: normal'>here</span></p>";
    let file = epub(&[("a.xhtml", text)], "", &[("OPS/s/book.css", css)]);
    let pieces = pieces(read_file(file).unwrap_or_else(|why| panic!("{why}")));
    let shown = html(&pieces[0].nodes);
    assert_eq!(
        shown,
        "<p dir=\"auto\">The <em>Pequod</em> and <strong>all</strong> <span class=\"small-caps\">hands</span> here</p>"
    );
}

#[test]
fn text_that_holds_the_contents_too_is_text() {
    let words = "word ".repeat(400);
    let all = format!("<h1>Seas</h1><p id='toc'><a href='#one'>One</a></p><h2 id='one'>One</h2><p>{words}</p>");
    let package = format!(
        "<?xml version='1.0'?><package>{HEAD}<manifest><item id='a' href='a.xhtml' media-type='application/xhtml+xml'/></manifest>\
         <spine><itemref idref='a'/></spine><guide><reference type='toc' href='a.xhtml#toc'/></guide></package>"
    );
    let page = page(&all);
    let files: [(&str, &[u8]); 4] = [
        ("mimetype", b"application/epub+zip"),
        (CONTAINER, CONTAINER_XML.as_bytes()),
        ("OPS/p.opf", package.as_bytes()),
        ("OPS/a.xhtml", page.as_bytes()),
    ];
    let pieces = pieces(read_file(packed(&files)).unwrap_or_else(|why| panic!("{why}")));
    assert!(pieces.iter().all(|piece| !piece.is_apparatus), "{:?}", told(&pieces));
}

#[test]
fn without_contents_each_file_that_begins_with_a_heading_is_a_chapter() {
    let told = told(&pieces(book(
        &[("a.xhtml", "<h2>One</h2><p>a</p>"), ("b.xhtml", "<h2>Two</h2><p>b</p>"), ("c.xhtml", "<p>c</p>")],
        "",
    )));
    assert_eq!(told, ["One: a", "Two: b\nc"]);
}

#[test]
fn what_is_not_kept_of_pictures_is_named_without_addresses_that_say_nothing() {
    let text = "<p>a<a epub:type='noteref' href='#n'>1</a> <a href='a.xhtml'><img src='i/a%20b.png' alt='sea'/></a></p>\
                <aside epub:type='footnote' id='n'><p>see <img src='i/a%20b.png' alt='a map'/></p></aside>";
    let book = book(&[("a.xhtml", text)], "");
    assert_eq!((book.left_out.count(What::Picture), book.left_out.count(What::Link)), (1, 1));
    assert!(book.left_out.iter().all(|(_, name, _)| !name.contains("part:")));
}

#[test]
fn links_lead_to_chapters_and_pictures_are_files() {
    let chapters = [
        (
            "a.xhtml",
            "<h1>One</h1><p><a href='b.xhtml'>b</a> <a href='b.xhtml#in'>in</a> <a href='gone.xhtml'>gone</a> \
                      <a href='https://example.org/'>out</a> <a href='/admin'>admin</a></p><p><img src='i/a%20b.png' alt='A'/></p>\
                      <figure><img src='../OPS/i/A%20B.PNG'/><figcaption>Cap</figcaption></figure><img src='no.png' alt='no'/>",
        ),
        ("b.xhtml", "<h1>Two</h1><p>x</p><p id='in'>y</p>"),
    ];
    let mut read = book(&chapters, "");
    let level = read.level();
    let pieces = read.cut(level);
    let shown = html(&pieces[0].nodes);
    assert!(
        shown.contains("<a href=\"part:1\" rel=\"noopener\">b</a> <a href=\"part:1\" rel=\"noopener\">in</a> gone"),
        "{shown}"
    );
    assert!(shown.contains("https://example.org/") && !shown.contains("/admin\""), "{shown}");
    assert_eq!(shown.matches("<img src=\"picture:0\"").count(), 2, "{shown}");
    assert!(shown.contains("<figcaption dir=\"auto\">Cap") && shown.contains(">no<"), "{shown}");
    let count = |what| read.left_out.count(what);
    assert_eq!([count(What::Link), count(What::Picture), count(What::Place)], [2, 1, 1]);
}

#[test]
fn xml_is_read_as_xml() {
    let cases = [
        ("<p>a<a id='x'/>b<span/>c<i/>d</p>", "<p>abcd</p>"),
        ("<p>a<br></br>b</p>", "<p>a<br>b</p>"),
        ("<p><![CDATA[1 < 2 & \"3\"]]></p>", "<p>1 &lt; 2 &amp; \"3\"</p>"),
        ("<script src='x'/><p>a</p><title/><p>b</p>", "<p>a</p><p>b</p>"),
        ("<p>a<m:x>b</m:x><unknown>c</unknown></p>", "<p>abc</p>"),
        (
            "<table><tr><td/><td colspan='2'>a</td></tr></table>",
            "<table><tbody><tr><td><p></p></td><td colspan=\"2\"><p>a</p></td></tr></tbody></table>",
        ),
        ("<p>a <span epub:type='pagebreak' id='p9'>9</span>b</p>", "<p>a b</p>"),
        (
            "<p lang='fr'>oui <i lang='en'>yes</i></p><p lang='en-GB'>a</p>",
            "<p><span lang=\"fr\">oui </span><span lang=\"en\"><em>yes</em></span></p><p>a</p>",
        ),
        ("<div class='stanza'>\n<p>a</p>\n<p>b</p></div>", "<p class=\"verse\">a<br>b</p>"),
        (
            "<div class='poem'><div class='stanza'><div>a</div></div><div class='stanza'><div>b</div></div></div>",
            "<p class=\"verse\">a</p><p class=\"verse\">b</p>",
        ),
        ("<p><span style='font-variant: small-caps'>A</span></p>", "<p><span class=\"small-caps\">A</span></p>"),
        (
            "<div class='figure'><img src='i/a%20b.png'/><p class='caption'>C</p></div>",
            "<figure><img src=\"picture:0\" alt=\"\"><figcaption>C</figcaption></figure>",
        ),
        (
            "<svg viewBox='0 0 1 1'><image xlink:href='i/a%20b.png'/></svg><p>a</p>",
            "<figure><img src=\"picture:0\" alt=\"\"><figcaption></figcaption></figure><p>a</p>",
        ),
    ];
    let others: Vec<String> = cases
        .iter()
        .map(|(body, expected)| (body, expected, shown(body)))
        .filter(|(_, expected, shown)| shown != *expected)
        .map(|(body, expected, shown)| format!("{body}\n  is  {shown}\n  not {expected}\n"))
        .collect();
    assert!(others.is_empty(), "{}", others.concat());
}

#[test]
fn what_a_package_says_has_its_place() {
    let text = "<package><metadata><dc:title id='a'>Seas</dc:title><dc:title id='b'>Of water</dc:title>\
                <meta refines='#a' property='title-type'>main</meta><meta refines='#b' property='title-type'>subtitle</meta>\
                <dc:creator id='c'>Ann</dc:creator><dc:creator opf:role='trl'>Ben</dc:creator><dc:contributor>Cleo</dc:contributor>\
                <meta refines='#c' property='role' scheme='marc:relators'>ill</meta><dc:contributor opf:role='bkp'>A program</dc:contributor>\
                <dc:language>pt_BR</dc:language><dc:description>&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;</dc:description>\
                <dc:subject>Sea</dc:subject><dc:identifier>urn:isbn:9783161484100</dc:identifier><dc:publisher>P</dc:publisher>\
                <dc:rights>CC-BY-4.0</dc:rights><dc:date opf:event='modification'>2001</dc:date><dc:date>2000-02-03T04:05</dc:date>\
                <meta property='belongs-to-collection' id='s'>Waters</meta><meta refines='#s' property='group-position'>2</meta>\
                </metadata><manifest><item id='x' href='c.jpg' media-type='image/jpeg'/></manifest>\
                <meta name='cover' content='x'/></package>";
    let package = Package::read(&Markup::read(text), "OPS/p.opf").expect("a package");
    let metadata = &package.metadata;
    assert_eq!((package.title.as_deref(), &*metadata.subtitle), (Some("Seas"), "Of water"));
    let people: Vec<_> = metadata.people.iter().map(|person| (&*person.name, person.role.relator())).collect();
    assert_eq!(people, [("Ann", "ill"), ("Ben", "trl"), ("Cleo", "ctb")]);
    assert_eq!((&*metadata.language, &*metadata.description), ("pt-BR", "One.\n\nTwo."));
    assert_eq!((&*metadata.isbn, &*metadata.publisher, &*metadata.licence), ("9783161484100", "P", "CC-BY-4.0"));
    assert_eq!((&*metadata.series, &*metadata.series_number, &*metadata.published), ("Waters", "2", "2000-02-03"));
    assert_eq!((metadata.subjects.as_slice(), package.cover.as_deref()), (&["Sea".to_owned()][..], Some("OPS/c.jpg")));
}

#[test]
fn a_book_is_read_as_far_as_it_can_be() {
    // A chapter that is listed and not there, one that is listed twice, one that is cut off.
    let chapters = [("a.xhtml", "<h1>One</h1><p>a"), ("b.xhtml", "<h1>Two<p>b<b>c</p><td>d")];
    let read = book(&chapters, "<ol><li><a href='gone.xhtml#x'>Gone</a><li><a href='a.xhtml#nowhere'>One</a>");
    let text: String = pieces(read).iter().map(|piece| format!("{:?} {}|", piece.title, plain(&piece.nodes))).collect();
    assert!(text.contains("Some(\"One\") a|") && text.contains("bc") && text.contains('d'), "{text}");
    let package = "<package><manifest><item id='a' href='a.xhtml'/></manifest><spine><itemref idref='gone'/><itemref idref='a'/>\
                   <itemref idref='a'/></spine></package>";
    let file = |package: &str| {
        let page = page("<p>words</p>");
        packed(&[
            (CONTAINER, CONTAINER_XML.as_bytes()),
            ("OPS/p.opf", package.as_bytes()),
            ("OPS/a.xhtml", page.as_bytes()),
        ])
    };
    let read = read_file(file(package)).expect("a book");
    assert_eq!((read.left_out.count(What::File), pieces(read).len()), (1, 1));
    assert_eq!(read_file(file("words")).err(), Some(Unreadable::NoPackage));
    assert_eq!(read_file(packed(&[(CONTAINER, b"<x/>")])).err(), Some(Unreadable::NoPackage));
    let none =
        "<package><manifest><item id='a' href='b.xhtml'/></manifest><spine><itemref idref='a'/></spine></package>";
    assert_eq!(read_file(file(none)).err(), Some(Unreadable::NoText));
}

#[test]
fn a_book_whose_text_is_encrypted_is_refused_and_one_whose_fonts_are_is_not() {
    let with = |encryption: &str| {
        let xml = format!("<encryption>{encryption}</encryption>");
        read_file(epub(&[("a.xhtml", "<p>a</p>")], "", &[("META-INF/encryption.xml", xml.as_bytes())])).err()
    };
    let data = |algorithm: &str, file: &str| {
        format!(
            "<enc:EncryptedData><enc:EncryptionMethod Algorithm='{algorithm}'/><enc:CipherData><enc:CipherReference \
             URI='{file}'/></enc:CipherData></enc:EncryptedData>"
        )
    };
    assert_eq!(with(&data("http://www.idpf.org/2008/embedding", "OPS/f.otf")), None);
    assert_eq!(with(&data("http://www.w3.org/2001/04/xmlenc#aes128-cbc", "OPS/a.xhtml")), Some(Unreadable::Protected));
    let fairplay = epub(&[("a.xhtml", "<p>a</p>")], "", &[("META-INF/sinf.xml", b"<x/>")]);
    assert_eq!(read_file(fairplay).err(), Some(Unreadable::Protected));
}
