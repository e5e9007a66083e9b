//! The press as the server starts it: a stream goes in, a PDF comes out. What is in that, poppler's programs say
//! (`pdftotext`, `pdfinfo`, `pdffonts`: Debian's package poppler-utils); without them, nothing is looked at in it.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the answer")]

mod book;
mod hostile;
mod pages;
mod pdf;
