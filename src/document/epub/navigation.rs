//! The contents, and the places that a reader jumps to.

use super::{
    front::{back, front},
    package::part_file,
    page::{body, page},
};
use crate::document::publication::{Publication, escape::escaped, words::Words};

/// The contents as a page, with the landmarks in it.
pub(super) fn contents(book: &Publication) -> String {
    let words = Words::of(book);
    let mut list = String::from("<nav epub:type=\"toc\" role=\"doc-toc\" id=\"toc\" aria-labelledby=\"contents\">\n");
    let (said, language) = (words.contents, words.language_said(book));
    list.push_str(&format!("<h1 id=\"contents\"{language}>{said}</h1>\n<ol>\n"));
    if book.parts.is_empty() {
        list.push_str(&format!("<li><a href=\"title.xhtml\">{}</a></li>\n", escaped(&book.title)));
    }
    for step in book.steps() {
        let title = book.parts.get(step.part).map_or("", |part| part.title.as_str());
        let number = match book.label_in_line(step.part) {
            number if number.is_empty() => number,
            number => format!("<span class=\"part-number\" data-counted=\"\">{number}</span>"),
        };
        list.push_str(&format!("<li><a href=\"{}\">{number}{}</a>", part_file(step.part), escaped(title)));
        list.push_str(if step.opens { "\n<ol>\n" } else { "</li>\n" });
        list.push_str(&"</ol>\n</li>\n".repeat(step.closes));
    }
    if let Some(back) = back(book) {
        list.push_str(&format!("<li><a href=\"{}\"{language}>{}</a></li>\n", back.file(), back.words));
    }
    list.push_str("</ol>\n</nav>\n");

    list.push_str("<nav epub:type=\"landmarks\" aria-label=\"Landmarks\" hidden=\"hidden\">\n<ol>\n");
    for (kind, file, words) in landmarks(book) {
        list.push_str(&format!("<li><a epub:type=\"{kind}\" href=\"{file}\">{words}</a></li>\n"));
    }
    list.push_str("</ol>\n</nav>\n");
    page(book, words.contents, &body(&list))
}

fn landmarks(book: &Publication) -> Vec<(&'static str, String, &'static str)> {
    let mut places: Vec<_> = front(book).iter().map(|front| (front.kind, front.place(), front.words)).collect();
    if !book.parts.is_empty() {
        places.push(("bodymatter", part_file(0), Words::of(book).beginning));
    }
    places.extend(back(book).map(|back| (back.kind, back.place(), back.words)));
    places
}

/// The contents as readers of EPUB 2 know them.
pub(super) fn ncx(book: &Publication) -> String {
    let depth = book.parts.iter().map(|part| part.depth + 1).max().unwrap_or(1);
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <ncx xmlns=\"http://www.daisy.org/z3986/2005/ncx/\" version=\"2005-1\"{}>\n<head>\n\
         <meta name=\"dtb:uid\" content=\"{}\"/>\n<meta name=\"dtb:depth\" content=\"{depth}\"/>\n\
         <meta name=\"dtb:totalPageCount\" content=\"0\"/>\n<meta name=\"dtb:maxPageNumber\" content=\"0\"/>\n</head>\n\
         <docTitle><text>{}</text></docTitle>\n<navMap>\n",
        book.language().map_or_else(String::new, |language| format!(" xml:lang=\"{language}\"")),
        book.identifier(),
        escaped(&book.title)
    );
    let point = |number: usize, title: &str, file: &str| {
        format!(
            "<navPoint id=\"point-{number}\" playOrder=\"{number}\"><navLabel><text>{}</text></navLabel>\
             <content src=\"{file}\"/>",
            escaped(title)
        )
    };
    if book.parts.is_empty() {
        out.push_str(&point(1, &book.title, "title.xhtml"));
        out.push_str("</navPoint>\n");
    }
    for step in book.steps() {
        let title = book.parts.get(step.part).map_or("", |part| part.title.as_str());
        let title = format!("{}{title}", book.label_in_line(step.part));
        out.push_str(&point(step.part + 1, &title, &part_file(step.part)));
        out.push_str(if step.opens { "\n" } else { "</navPoint>\n" });
        out.push_str(&"</navPoint>\n".repeat(step.closes));
    }
    if let Some(back) = back(book) {
        out.push_str(&point(book.parts.len() + 1, back.words, &back.file()));
        out.push_str("</navPoint>\n");
    }
    out.push_str("</navMap>\n</ncx>\n");
    out
}
