//! What paragraphs are: title page, contents, lists, code, and what parts them.

use super::{book, docx_that_says, field, html, p, pieces, plain, read_file, run, shown};
use crate::document::{left_out::What, tree::Node};

const NOTE: &str = "<w:r><w:footnoteReference w:id='1'/></w:r>";
const PICTURE: &str = "<w:r><w:drawing><wp:docPr descr='A sea'/><a:blip r:embed='p'/></w:drawing></w:r>";

fn styled(style: &str, line: &str) -> String {
    format!("<w:p><w:pPr><w:pStyle w:val='{style}'/></w:pPr>{line}</w:p>")
}

fn kinds(nodes: &[Node]) -> Vec<&str> {
    let elements = nodes.iter().filter_map(|node| if let Node::Element(element) = node { Some(element) } else { None });
    elements.map(|element| element.kind.name.as_str()).collect()
}

#[test]
fn notes_and_pictures_of_the_title_page_stand_at_the_beginning_of_the_text() {
    let text = [
        styled("Titel", &format!("{}<w:r><w:br/></w:r>{}{NOTE}{PICTURE}", run("My"), run("Book"))),
        styled("Untertitel", &run("A story")),
        styled("Author", &format!("{}{NOTE}", run("By Carl"))),
        styled("Titel", ""),
        p("berschrift1", "", "One"),
        p("", "", "Text."),
    ];
    let read = book(&text.concat());
    assert_eq!((read.title.as_deref(), read.metadata.subtitle.as_str()), (Some("My Book"), "A story"));
    assert_eq!(read.left_out.iter().collect::<Vec<_>>()[1..], [(What::Field, "By Carl", 1)]);
    let pieces = pieces(read);
    assert_eq!(pieces.iter().map(|piece| piece.title.as_deref()).collect::<Vec<_>>(), [Some("One")]);
    assert_eq!(kinds(&pieces[0].nodes), ["paragraph", "figure", "paragraph", "paragraph"]);
    assert_eq!(plain(&pieces[0].nodes).matches("One, two three").count(), 2);
    // The same where no heading comes, and before a table.
    let alone = styled("Titel", &format!("{}{NOTE}", run("My Book")));
    let table = format!("<w:tbl><w:tr><w:tc>{}</w:tc></w:tr></w:tbl>", p("", "", "a"));
    assert_eq!(plain(&pieces_of(&alone)[0].nodes), "One, two three");
    assert_eq!(kinds(&pieces_of(&format!("{alone}{table}"))[0].nodes), ["paragraph", "table"]);
}

fn pieces_of(text: &str) -> Vec<super::Piece> {
    pieces(book(text))
}

#[test]
fn a_note_is_none_of_the_words_of_a_title() {
    let text = [
        styled("berschrift1", &format!("{}{NOTE}", run("My Book"))),
        p("berschrift2", "", "Ch 1"),
        p("", "", "x"),
        p("berschrift2", "", "Ch 2"),
        p("", "", "y"),
    ];
    let read = read_file(docx_that_says("", &text.concat())).unwrap();
    assert_eq!(read.title.as_deref(), Some("My Book"));
    let made = pieces(read);
    let all: Vec<(Option<&str>, String)> =
        made.iter().map(|piece| (piece.title.as_deref(), plain(&piece.nodes))).collect();
    assert_eq!(all, [(Some("Ch 1"), "One, two three\nx".to_owned()), (Some("Ch 2"), "y".to_owned())]);
    // One of several is no title, and keeps its note.
    let read = read_file(docx_that_says("", &[&text[..], &[p("berschrift1", "", "More")]].concat().concat())).unwrap();
    assert_eq!(read.title, None);
    assert!(plain(&pieces(read)[0].nodes).starts_with("One, "));
}

#[test]
fn contents_that_only_their_styles_tell_are_left_out_and_named() {
    let heading = p("TOCHeading", "", "Contents");
    let lines = [p("TOC1", "", "One 1"), p("TOC2", "", "Two 2")].concat();
    let rest = [p("berschrift1", "", "One"), p("", "", "x")].concat();
    let of_field =
        format!("<w:p>{}</w:p>", field("", "TOC \\o</w:instrText><w:fldChar w:fldCharType='separate'/><w:instrText>"));
    for contents in [format!("{heading}{lines}"), lines.clone(), format!("{heading}{of_field}")] {
        let read = book(&format!("{contents}{rest}"));
        assert_eq!(read.left_out.count(What::Contents), 1, "{contents}");
        let pieces = pieces(read);
        assert_eq!((pieces.len(), pieces[0].title.as_deref()), (1, Some("One")), "{contents}");
    }
    // The style is also taken for a heading that is not to stand in the contents.
    let read = book(&[p("TOCHeading", "", "Thanks"), p("", "", "To all."), rest, lines].concat());
    assert_eq!(read.left_out.count(What::Contents), 1);
    let titles: Vec<_> = pieces(read).into_iter().map(|piece| piece.title.unwrap()).collect();
    assert_eq!(titles, ["Thanks", "One"]);
}

#[test]
fn styles_for_deeper_lists_nest_whichever_list_each_has() {
    let text = [
        p("Punkte", "", "Fruit"),
        p("Punkte2", "", "Apples"),
        p("Zahlen3", "", "red"),
        p("ListContinue2", "", "and pears"),
        p("Punkte", "", "Nuts"),
    ];
    let expected = "<ul><li><p>Fruit</p><ul><li><p>Apples</p><ol><li><p>red</p></li></ol><p>and pears</p></li></ul></li>\
        <li><p>Nuts</p></li></ul>";
    assert_eq!(shown(&text.concat()), expected);
}

#[test]
fn code_has_its_empty_lines_and_whatever_looks_like_a_break() {
    let text = [
        p("Code", "", "a"),
        p("Code", "", ""),
        p("Code", "<w:pBdr><w:bottom w:val='single'/></w:pBdr>", ""),
        p("Code", "", "###"),
        p("Code", "", ""),
        p("", "", "b"),
        p("Code", "", "c"),
        p("", "", ""),
        p("Code", "", "d"),
    ];
    let expected = "<pre><code>a\n\n\n###</code></pre><p>b</p><pre><code>c</code></pre><pre><code>d</code></pre>";
    assert_eq!(shown(&text.concat()), expected);
}

#[test]
fn a_line_across_the_page_parts_scenes_and_is_no_picture() {
    let rule = "<w:r><w:pict><v:rect style='height:1.5pt' o:hrstd='t' o:hr='t'/></w:pict></w:r>";
    let drawn = "<w:r><w:pict><v:shape o:hr='t' alt='A line'><v:imagedata r:id='p'/></v:shape></w:pict></w:r>";
    let other = "<w:r><w:pict><v:rect alt='A box'/></w:pict></w:r>";
    let text =
        format!("<w:p>{}</w:p><w:p>{rule}</w:p><w:p>{}{drawn}{}</w:p><w:p>{other}</w:p>", run("a"), run("b"), run("c"));
    assert_eq!(shown(&text), "<p>a</p><hr><p>b</p><hr><p>c</p><p>A box</p>");
    assert_eq!(book(&text).left_out.count(What::Picture), 1);
    let noted = [p("", "", "a"), styled("SceneBreak", &format!("{}{NOTE}", run("* * *")))].concat();
    assert!(shown(&noted).contains("<p>* * *<span class=\"footnote\">"), "{}", html(&pieces_of(&noted)[0].nodes));
}
