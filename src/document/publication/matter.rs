//! What stands before the text of a book: its title page, and its imprint.

use super::{Publication, escape::escaped, markup::Syntax, words::Words};
use crate::metadata::Contributor;

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

/// What stands below the title on its page, each line with what it is.
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
    !lines(book).is_empty()
}

/// The imprint: who made the book, who publishes it, and what may be done with it.
#[must_use]
pub fn imprint(book: &Publication, syntax: Syntax) -> String {
    let kind = if syntax == Syntax::Xhtml { " epub:type=\"copyright-page\"" } else { "" };
    let title = escaped(&book.title);
    let mut page =
        format!("<section class=\"imprint\"{kind}>\n<p class=\"about\" dir=\"auto\"><cite>{title}</cite></p>\n");
    for text in lines(book) {
        page.push_str(&format!("<p dir=\"auto\">{}</p>\n", escaped(&text).replace('\n', "<br/>")));
    }
    page.push_str("</section>\n");
    page
}

/// What the imprint says below the title of the book.
#[must_use]
pub fn lines(book: &Publication) -> Vec<String> {
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
