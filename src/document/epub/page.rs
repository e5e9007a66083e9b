//! What stands around each page.

use crate::document::{
    publication::{
        Publication,
        escape::escaped,
        markup::{Markup, Placed, Places, Syntax, Written},
    },
    tree::Node,
};

/// A page of this title with this in it.
pub(super) fn page(book: &Publication, title: &str, body: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE html>\n\
         <html xmlns=\"http://www.w3.org/1999/xhtml\" xmlns:epub=\"http://www.idpf.org/2007/ops\"{}>\n\
         <head>\n<meta charset=\"utf-8\"/>\n<title>{}</title>\n\
         <link rel=\"stylesheet\" type=\"text/css\" href=\"style.css\"/>\n</head>\n{body}</html>\n",
        language(book),
        escaped(title)
    )
}

/// The page of a part of the book, and what its markup is.
pub(super) fn part_page(book: &Publication, places: &dyn Places, at: usize, nodes: &[Node]) -> (String, Written) {
    let written = Markup::of(Placed { book, places }, Syntax::Xhtml, "", at, nodes);
    let title = book.parts.get(at).map_or("", |part| part.title.as_str());
    let title = format!("{}{title}", book.label_in_line(at));
    (page(book, &title, &body(&written.markup)), written)
}

/// The body of a page that is nothing but this.
pub(super) fn body(within: &str) -> String {
    format!("<body>\n{within}</body>\n")
}

/// The language of what follows, said twice, as XHTML wants it.
pub(super) fn language(book: &Publication) -> String {
    book.language().map_or_else(String::new, |language| format!(" lang=\"{language}\" xml:lang=\"{language}\""))
}
