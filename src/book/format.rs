//! The formats in which whole books go out.

use super::publishing::Publishing;
use serde::{Deserialize, Serialize};

/// A format in which whole books are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// For e-readers, phones and shops.
    Epub,
    /// For word processors.
    Docx,
    /// One file with everything in it, for any browser.
    Html,
    /// Pages for the screen.
    Pdf,
    /// Pages for paper.
    PrintPdf,
    /// Plain text for other programs, with pictures beside it.
    Markdown,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Epub, Self::Docx, Self::Html, Self::Pdf, Self::PrintPdf, Self::Markdown];

    /// Whether readers are offered it who do not belong to the book.
    #[must_use]
    pub fn is_offered(self, publishing: &Publishing) -> bool {
        match self {
            Self::Epub => publishing.offers_epub,
            Self::Docx => publishing.offers_docx,
            Self::Html => publishing.offers_html,
            Self::Pdf => publishing.offers_pdf,
            Self::PrintPdf => false,
            // As every chapter is, and the book without its pictures.
            Self::Markdown => true,
        }
    }

    /// Whether readers find it among the files of the book.
    #[must_use]
    pub fn is_listed(self, publishing: &Publishing) -> bool {
        self != Self::Markdown && self.is_offered(publishing)
    }

    /// What people call it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Epub => "EPUB",
            Self::Docx => "DOCX",
            Self::Html => "HTML page",
            Self::Pdf => "PDF",
            Self::PrintPdf => "PDF for print",
            Self::Markdown => "Markdown with pictures",
        }
    }

    /// What it is good for.
    #[must_use]
    pub fn hint(self) -> &'static str {
        match self {
            Self::Epub => "For e-readers, phones and shops.",
            Self::Docx => "For Word, LibreOffice and other word processors.",
            Self::Html => "One file with everything in it, which opens in any browser, without a network.",
            Self::Pdf => "Pages that look the same everywhere, with contents and links, for screens.",
            Self::PrintPdf => "Pages of a book, with room at the inner edge for the binding.",
            Self::Markdown => "Plain text for other programs, which comes back in as the same book.",
        }
    }

    /// How its files end, and what they are.
    #[must_use]
    pub fn kind(self) -> (&'static str, &'static str) {
        match self {
            Self::Epub => ("epub", "application/epub+zip"),
            Self::Docx => ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
            Self::Html => ("html", "text/html"),
            Self::Pdf => ("pdf", "application/pdf"),
            Self::PrintPdf => ("print.pdf", "application/pdf"),
            Self::Markdown => ("zip", "application/zip"),
        }
    }

    /// Whether it is pages, which a program of its own sets.
    #[must_use]
    pub fn is_pressed(self) -> bool {
        matches!(self, Self::Pdf | Self::PrintPdf)
    }

    /// The one whose files end so.
    #[must_use]
    pub fn of_ending(ending: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.kind().0 == ending)
    }
}
