//! What stands before the text, and behind it: pages of their own, in their order.

use super::{
    navigation::contents,
    page::{body, page},
};
use crate::document::publication::{
    Publication,
    escape::escaped,
    markup::{Places, Syntax},
    matter::{dedication, figures, half_title, has_dedication, has_figures, has_imprint, imprint, index, title_page},
    words::Words,
};

/// A page before the text, or behind it.
pub(super) struct Front {
    /// What it is called in the package, as its file is.
    pub(super) id: &'static str,
    /// What it is, by the words of EPUB.
    pub(super) kind: &'static str,
    /// What people call it, in the language of the book.
    pub(super) words: &'static str,
}

/// What the contents are called.
pub(super) const NAV: &str = "nav";
/// The file of a cover that is made of the title.
pub(super) const DRAWN: &str = "cover.svg";

/// Those that a book has.
pub(super) fn front(book: &Publication) -> Vec<Front> {
    let words = Words::of(book);
    let all = [
        (true, "cover", "cover", words.cover),
        (book.matter.half_title, "half-title", "halftitlepage", words.half_title),
        (true, "title", "titlepage", words.title_page),
        (has_imprint(book), "imprint", "copyright-page", words.imprint),
        (has_dedication(book), "dedication", "dedication", words.dedication),
        (true, NAV, "toc", words.contents),
        (has_figures(book), "figures", "loi", words.figures),
    ];
    all.into_iter().filter(|(is_there, ..)| *is_there).map(|(_, id, kind, words)| Front { id, kind, words }).collect()
}

/// That behind the text, if a book has one.
pub(super) fn back(book: &Publication) -> Option<Front> {
    book.has_index().then(|| Front { id: "index", kind: "index", words: Words::of(book).index })
}

impl Front {
    /// Its file.
    pub(super) fn file(&self) -> String {
        format!("{}.xhtml", self.id)
    }

    /// The place in it that one is led to.
    pub(super) fn place(&self) -> String {
        if self.id == NAV { format!("{}#toc", self.file()) } else { self.file() }
    }

    /// What stands on it.
    pub(super) fn page(&self, book: &Publication, places: &dyn Places) -> String {
        let within = match self.id {
            NAV => return contents(book),
            "cover" => return page(book, &book.title, &cover(book, places)),
            "half-title" => half_title(book),
            "imprint" => imprint(book, Syntax::Xhtml),
            "dedication" => dedication(book, Syntax::Xhtml),
            "index" => return page(book, self.words, &body(&index(book, Syntax::Xhtml, places))),
            "figures" => return page(book, self.words, &body(&figures(book, Syntax::Xhtml, places))),
            _ => title_page(book, Syntax::Xhtml),
        };
        page(book, &book.title, &body(&within))
    }
}

/// The picture on the cover, or a drawing where the book has none.
fn cover(book: &Publication, places: &dyn Places) -> String {
    let picture = book.cover.as_ref().and_then(|address| book.pictures.get(address));
    let file = picture.map_or_else(|| DRAWN.to_owned(), |picture| places.picture(&picture.file));
    let title = escaped(&book.title);
    format!(
        "<body class=\"cover-page\">\n<section epub:type=\"cover\">\n<img src=\"{file}\" alt=\"{}: {title}\"/>\n\
         </section>\n</body>\n",
        Words::of(book).cover
    )
}
