//! Some pages as pictures, for a look at them before there is a PDF. They come as records, as the book does:
//!
//! ```text
//! pages 212 9    how many pages there are; then as JSON on which of them each part of the book begins
//! page 3 18211   a page, as SVG
//! ```

use crate::{
    input::Book,
    press::{self, Report},
};
use typst::{foundations::Label, introspection::Introspector, utils::PicoStr};
use typst_layout::PagedDocument;
use typst_svg::{SvgOptions, svg};

/// How many are drawn at once at most.
const MOST: u64 = 12;

/// Draws so many pages of a book from one on; from the last, where there are not so many.
pub fn draw(book: Book, from: u64, count: u64) -> Result<(Vec<u8>, Report), String> {
    let (parts, broken) = (book.parts.len(), book.broken);
    let (document, unknown) = press::set(book)?;
    let pages = document.pages().len();
    let first = usize::try_from(from).unwrap_or(usize::MAX).clamp(1, pages.max(1));
    let begins: Vec<usize> = (0..parts).map(|part| begins_on(&document, part)).collect();
    let begins = serde_json::to_string(&begins).map_err(|error| error.to_string())?;
    let mut out = format!("pages {pages} {}\n{begins}", begins.len()).into_bytes();
    let count = usize::try_from(count.min(MOST)).unwrap_or_default();
    for (number, page) in (1..).zip(document.pages()).skip(first - 1).take(count) {
        let drawing = svg(page, &SvgOptions { render_bleed: false, pretty: false });
        out.extend(format!("page {number} {}\n", drawing.len()).into_bytes());
        out.extend(drawing.into_bytes());
    }
    Ok((out, Report { pages, standard: None, against: Vec::new(), unknown, broken }))
}

/// On which page a part begins; the first, where that is not known.
fn begins_on(document: &PagedDocument, part: usize) -> usize {
    let label = Label::new(PicoStr::intern(&format!("part-{part}")));
    let place = || {
        let there = document.introspector().query_label(label?).ok()?.location()?;
        document.introspector().page(there)
    };
    place().map_or(1, std::num::NonZeroUsize::get)
}
