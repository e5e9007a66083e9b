//! What stands before the text of a book: half title, title page, imprint, dedication, and the list of its figures; and
//! behind it, its index.

use super::{
    Publication,
    escape::escaped,
    index::Entry,
    markup::{Places, Syntax},
    words::Words,
};
use crate::metadata::Contributor;

/// The page with the title alone.
#[must_use]
pub fn half_title(book: &Publication) -> String {
    let title = escaped(&book.title);
    format!(
        "<section class=\"half-title\" epub:type=\"halftitlepage\">\n<p class=\"book-title\" dir=\"auto\">{title}</p>\n\
         </section>\n"
    )
}

/// Whether it says whom it is for.
#[must_use]
pub fn has_dedication(book: &Publication) -> bool {
    !book.metadata.dedication.trim().is_empty()
}

/// Whom it is for.
#[must_use]
pub fn dedication(book: &Publication, syntax: Syntax) -> String {
    let kind = if syntax == Syntax::Xhtml { " epub:type=\"dedication\"" } else { "" };
    let mut page = format!("<section class=\"dedication\"{kind} role=\"doc-dedication\">\n");
    for text in book.metadata.dedication.split("\n\n").filter(|text| !text.trim().is_empty()) {
        page.push_str(&format!("<p dir=\"auto\">{}</p>\n", escaped(text.trim()).replace('\n', "<br/>")));
    }
    page.push_str("</section>\n");
    page
}

/// Whether there is a list of its figures.
#[must_use]
pub fn has_figures(book: &Publication) -> bool {
    book.matter.figures && !book.figures.is_empty()
}

/// The list of its figures.
#[must_use]
pub fn figures(book: &Publication, syntax: Syntax, places: &dyn Places) -> String {
    let (words, language) = (Words::of(book), Words::of(book).language_said(book));
    let (kind, level) = if syntax == Syntax::Xhtml { (" epub:type=\"loi\"", 1) } else { ("", 2) };
    let mut list = format!(
        "<nav class=\"contents figures\"{kind} aria-labelledby=\"figures\">\n\
         <h{level} id=\"figures\"{language}>{}</h{level}>\n<ol>\n",
        words.figures
    );
    for figure in &book.figures {
        list.push_str(&format!(
            "<li><a href=\"{}\" dir=\"auto\">{}</a></li>\n",
            places.figure(figure.part, figure.number),
            escaped(&figure.caption)
        ));
    }
    list.push_str("</ol>\n</nav>\n");
    list
}

/// The index.
#[must_use]
pub fn index(book: &Publication, syntax: Syntax, places: &dyn Places) -> String {
    let (words, language) = (Words::of(book), Words::of(book).language_said(book));
    let level = if syntax == Syntax::Xhtml { 1 } else { 2 };
    let mut out = format!(
        "<section class=\"index\"{} role=\"doc-index\" data-counted=\"\" aria-labelledby=\"index\">\n\
         <h{level} id=\"index\"{language}>{}</h{level}>\n",
        index_type(syntax, "index"),
        words.index
    );
    index_lines(book, syntax, places, &book.index(), &mut out);
    out.push_str("</section>\n");
    out
}

fn index_type(syntax: Syntax, kind: &str) -> String {
    if syntax == Syntax::Xhtml { format!(" epub:type=\"{kind}\"") } else { String::new() }
}

/// Its lines, and below each those that belong to it. A place is called as its chapter is; of several in one, the first is
/// enough.
fn index_lines(book: &Publication, syntax: Syntax, places: &dyn Places, entries: &[Entry], out: &mut String) {
    let kind = |kind: &str| index_type(syntax, kind);
    out.push_str(&format!("<ul{}>\n", kind("index-entry-list")));
    for entry in entries {
        let class = if entry.begins { " class=\"begins\"" } else { "" };
        out.push_str(&format!(
            "<li{class}{}><span{} dir=\"auto\">{}</span>",
            kind("index-entry"),
            kind("index-term"),
            escaped(&entry.words)
        ));
        let mut last = None;
        for (part, name) in &entry.places {
            if last.replace(part) == Some(part) {
                continue;
            }
            let title = book.parts.get(*part).map_or("", |part| part.title.as_str());
            out.push_str(&format!(
                ", <a href=\"{}\"{} dir=\"auto\">{}</a>",
                places.term(*part, name),
                kind("index-locator"),
                escaped(book.label(*part).unwrap_or(title))
            ));
        }
        if !entry.below.is_empty() {
            out.push('\n');
            index_lines(book, syntax, places, &entry.below, out);
        }
        out.push_str("</li>\n");
    }
    out.push_str("</ul>\n");
}

/// The title page.
#[must_use]
pub fn title_page(book: &Publication, syntax: Syntax) -> String {
    let kind = |kind: &str| if syntax == Syntax::Xhtml { format!(" epub:type=\"{kind}\"") } else { String::new() };
    let mut page = format!(
        "<section class=\"title-page\"{}>\n<h1 class=\"book-title\" dir=\"auto\">{}</h1>\n",
        kind("titlepage"),
        escaped(&book.title)
    );
    for (class, text) in title_lines(book) {
        page.push_str(&format!("<p class=\"{class}\" dir=\"auto\">{}</p>\n", escaped(&text)));
    }
    page.push_str("</section>\n");
    page
}

/// What stands below the title on its page: what it is, and what it says.
#[must_use]
pub fn title_lines(book: &Publication) -> Vec<(&'static str, String)> {
    let mut lines = vec![("subtitle", book.metadata.subtitle.clone())];
    lines.extend(book.by().into_iter().map(|name| ("author", name.to_owned())));
    lines.extend([("series", series(book)), ("publisher", book.metadata.publisher.clone())]);
    lines.retain(|(_, text)| !text.is_empty());
    lines
}

/// Whether the book says so much of itself that it has an imprint.
#[must_use]
pub fn has_imprint(book: &Publication) -> bool {
    !imprint_lines(book).is_empty()
}

/// The imprint: who made the book, who publishes it, and what may be done with it.
#[must_use]
pub fn imprint(book: &Publication, syntax: Syntax) -> String {
    let kind = if syntax == Syntax::Xhtml { " epub:type=\"copyright-page\"" } else { "" };
    let title = escaped(&book.title);
    let mut page =
        format!("<section class=\"imprint\"{kind}>\n<p class=\"about\" dir=\"auto\"><cite>{title}</cite></p>\n");
    for text in imprint_lines(book) {
        page.push_str(&format!("<p dir=\"auto\">{}</p>\n", escaped(&text).replace('\n', "<br/>")));
    }
    page.push_str("</section>\n");
    page
}

/// What the imprint says. A line may hold others, as a licence does.
#[must_use]
pub fn imprint_lines(book: &Publication) -> Vec<String> {
    let (said, words) = (&book.metadata, Words::of(book));
    let mut lines: Vec<String> =
        said.people.iter().map(|Contributor { name, role }| format!("{}: {name}", words.did(*role))).collect();
    let published = [said.publisher.as_str(), said.published.as_str()];
    let published = published.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ");
    let isbn = if said.isbn.is_empty() { String::new() } else { format!("ISBN {}", said.isbn) };
    lines.extend([series(book), published, isbn, said.licence.clone()].into_iter().filter(|text| !text.is_empty()));
    lines
}

/// The series, and which one of it the book is.
fn series(book: &Publication) -> String {
    match (book.metadata.series.as_str(), book.metadata.series_number.as_str()) {
        ("", _) => String::new(),
        (series, "") => series.to_owned(),
        (series, number) => format!("{series}, {number}"),
    }
}
