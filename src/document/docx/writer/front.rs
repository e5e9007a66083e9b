//! What stands before the text: the title page, the imprint, and the contents; and behind it: the index.

use super::{
    body::{COUNTED, bidi},
    bookmark, figure_mark,
};
use crate::document::publication::{
    Publication,
    escape::escaped,
    index::Entry,
    matter::{has_figures, imprint_lines, title_lines},
    words::Words,
};

/// How deep the contents go: as deep as parts lie.
const DEEPEST: usize = 9;

/// The beginning of the text.
pub(super) fn front(book: &Publication) -> String {
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<w:document xmlns:w=\"{}\" \
         xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" \
         xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\" \
         xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
         xmlns:pic=\"http://schemas.openxmlformats.org/drawingml/2006/picture\"><w:body>\n",
        super::package::WORDS
    );
    let mut before = "";
    if book.matter.half_title {
        paragraph("HalfTitle", "", &book.title, &mut out);
        before = "<w:pageBreakBefore/>";
    }
    paragraph("Title", before, &book.title, &mut out);
    for (kind, text) in title_lines(book) {
        let style = match kind {
            "subtitle" => "Subtitle",
            "author" => "Author",
            _ => "TitleLine",
        };
        paragraph(style, "", &text, &mut out);
    }
    let mut before = "<w:pageBreakBefore/>";
    for text in imprint_lines(book) {
        for line in text.split('\n') {
            paragraph("Imprint", std::mem::take(&mut before), line, &mut out);
        }
    }
    let mut before = "<w:pageBreakBefore/>";
    for line in book.metadata.dedication.trim().lines() {
        paragraph("Dedication", std::mem::take(&mut before), line.trim(), &mut out);
    }
    if !book.parts.is_empty() {
        contents(book, &mut out);
    }
    if has_figures(book) {
        figures(book, &mut out);
    }
    out
}

fn paragraph(style: &str, about: &str, text: &str, out: &mut String) {
    let (bidi, text) = (bidi(text), escaped(text));
    out.push_str(&format!(
        "<w:p><w:pPr><w:pStyle w:val=\"{style}\"/>{about}{bidi}</w:pPr><w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r></w:p>\n"
    ));
}

/// The contents: a field that a word processor makes anew, with its page numbers, and which holds all titles until then.
fn contents(book: &Publication, out: &mut String) {
    let deepest = book.parts.iter().map(|part| part.depth + 1).max().unwrap_or(1).min(DEEPEST);
    out.push_str(
        "<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val=\"Table of Contents\"/><w:docPartUnique/></w:docPartObj>\
         </w:sdtPr><w:sdtContent>\n",
    );
    paragraph("TOCHeading", "<w:pageBreakBefore/>", Words::of(book).contents, out);
    for (at, part) in book.parts.iter().enumerate() {
        let level = (part.depth + 1).min(DEEPEST);
        out.push_str(&format!("<w:p><w:pPr><w:pStyle w:val=\"TOC{level}\"/>{}</w:pPr>", bidi(&part.title)));
        if at == 0 {
            out.push_str(&format!(
                "<w:r><w:fldChar w:fldCharType=\"begin\" w:dirty=\"true\"/></w:r>\
                 <w:r><w:instrText xml:space=\"preserve\"> TOC \\o \"1-{deepest}\" \\h \\z \\u </w:instrText></w:r>\
                 <w:r><w:fldChar w:fldCharType=\"separate\"/></w:r>"
            ));
        }
        out.push_str(&format!(
            "<w:hyperlink w:anchor=\"{}\" w:history=\"1\"><w:r><w:t xml:space=\"preserve\">{}</w:t></w:r></w:hyperlink></w:p>\n",
            bookmark(book, at),
            escaped(&format!("{}{}", book.label_in_line(at), part.title))
        ));
    }
    out.push_str("<w:p><w:r><w:fldChar w:fldCharType=\"end\"/></w:r></w:p>\n</w:sdtContent></w:sdt>\n");
}

/// The list of its figures, each with its page, which a word processor counts.
fn figures(book: &Publication, out: &mut String) {
    paragraph("TOCHeading", "<w:pageBreakBefore/>", Words::of(book).figures, out);
    for figure in &book.figures {
        let mark = figure_mark(figure.part, figure.number);
        out.push_str(&format!(
            "<w:p><w:pPr><w:pStyle w:val=\"TableofFigures\"/>{}</w:pPr><w:hyperlink w:anchor=\"{mark}\" w:history=\"1\">\
             <w:r><w:t xml:space=\"preserve\">{}</w:t></w:r></w:hyperlink><w:r><w:tab/></w:r>{}</w:p>\n",
            bidi(&figure.caption),
            escaped(&figure.caption),
            page_of(&mark)
        ));
    }
}

/// The index: a field that a word processor makes anew, with its page numbers, and which holds all lines until then.
pub(super) fn index(book: &Publication) -> String {
    let mut out = String::new();
    if !book.has_index() {
        return out;
    }
    paragraph("IndexHeading", "<w:pageBreakBefore/>", Words::of(book).index, &mut out);
    let mut lines = Vec::new();
    index_lines(&book.index(), 1, &mut lines);
    for (at, (level, words)) in lines.iter().enumerate() {
        out.push_str(&format!("<w:p><w:pPr><w:pStyle w:val=\"Index{level}\"/>{}</w:pPr>", bidi(words)));
        if at == 0 {
            out.push_str(
                "<w:r><w:fldChar w:fldCharType=\"begin\" w:dirty=\"true\"/></w:r>\
                 <w:r><w:instrText xml:space=\"preserve\"> INDEX \\c \"1\" </w:instrText></w:r>\
                 <w:r><w:fldChar w:fldCharType=\"separate\"/></w:r>",
            );
        }
        out.push_str(&format!("<w:r><w:t xml:space=\"preserve\">{}</w:t></w:r></w:p>\n", escaped(words)));
    }
    out.push_str("<w:p><w:r><w:fldChar w:fldCharType=\"end\"/></w:r></w:p>\n");
    out
}

fn index_lines(entries: &[Entry], level: usize, lines: &mut Vec<(usize, String)>) {
    for entry in entries {
        lines.push((level, entry.words.clone()));
        index_lines(&entry.below, level + 1, lines);
    }
}

/// A field that does something and shows nothing.
pub(super) fn hidden_field(does: &str) -> String {
    format!(
        "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText xml:space=\"preserve\"> {} </w:instrText></w:r>\
         <w:r><w:fldChar w:fldCharType=\"end\"/></w:r>",
        escaped(does)
    )
}

/// A field that shows on which page a bookmark is.
pub(super) fn page_of(mark: &str) -> String {
    format!(
        "<w:r>{COUNTED}<w:fldChar w:fldCharType=\"begin\" w:dirty=\"true\"/></w:r>\
         <w:r>{COUNTED}<w:instrText xml:space=\"preserve\"> PAGEREF {mark} \\h </w:instrText></w:r>\
         <w:r>{COUNTED}<w:fldChar w:fldCharType=\"separate\"/></w:r><w:r>{COUNTED}<w:t>?</w:t></w:r>\
         <w:r>{COUNTED}<w:fldChar w:fldCharType=\"end\"/></w:r>"
    )
}
