//! The looks in which a book goes out: a folder of `style/themes` each, which is all there is to one. Whoever wants
//! another copies a folder and names it here.

use crate::metadata::theme::Theme;

/// How a book looks in a reader of EPUBs, and in a browser.
#[must_use]
pub fn sheet(theme: Theme) -> &'static str {
    match theme {
        Theme::Novel => include_str!("../../../style/themes/novel/book.css"),
        Theme::Textbook => include_str!("../../../style/themes/textbook/book.css"),
        Theme::Plain => include_str!("../../../style/themes/plain/book.css"),
    }
}

/// What a page in a browser needs besides, in whatever look: room around the text, and its contents.
pub const ONE_PAGE: &str = include_str!("../../../style/themes/one-page.css");

/// The colours of a cover that is made of the title: its ground, what is written on it, and what is drawn.
#[must_use]
pub fn cover_colours(theme: Theme) -> [&'static str; 3] {
    match theme {
        Theme::Novel => ["#1f3a4d", "#f6f1e4", "#c9a45c"],
        Theme::Textbook => ["#f4f5f2", "#1d2a26", "#2f7d62"],
        Theme::Plain => ["#ffffff", "#111111", "#111111"],
    }
}

/// The typeface of such a cover.
#[must_use]
pub fn cover_face(theme: Theme) -> &'static str {
    match theme {
        Theme::Novel => "Georgia, 'Times New Roman', serif",
        Theme::Textbook | Theme::Plain => "'Helvetica Neue', Arial, sans-serif",
    }
}
