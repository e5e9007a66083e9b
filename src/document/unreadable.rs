//! Why a file is no book that can come in.

use crate::costly::Budget;
use sputnik::Fault;

/// Why a file is no book that can come in. In words for whoever chose it, with what to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is of no kind that is known here.
    #[error(
        "This is no kind of file that a book can be read from. Please choose an EPUB, a DOCX, a file of HTML or Markdown, \
         or a zip of such files."
    )]
    Unknown,
    /// It is empty.
    #[error("There is no text in this file.")]
    Empty,
    /// It is cut off, or no archive.
    #[error("This file is damaged: it cannot be unpacked. Please save or download it again, and choose it once more.")]
    Broken,
    /// It is locked by a password.
    #[error("This file is locked by a password. Please unpack it, and choose it once more without one.")]
    Encrypted,
    /// It is protected against copying.
    #[error(
        "This EPUB is protected by DRM: its text is encrypted, and only the shop's own app can read it. Please choose a copy \
         without DRM."
    )]
    Protected,
    /// It has very many files in it.
    #[error("There are more than 10,000 files in this one, which is more than any book has. Please choose fewer.")]
    TooManyFiles,
    /// It becomes far larger when it is unpacked.
    #[error(
        "Unpacked, this file would be larger than any book: at most 16 MB of text and 200 MB in all are unpacked of one. \
         Please bring it in parts."
    )]
    TooLarge,
    /// It says of itself that it is an EPUB, and has no list of what is in it.
    #[error(
        "This EPUB does not say what is in it: its package file is missing or damaged. Please save it again with the \
         program that made it."
    )]
    NoPackage,
    /// It lists chapters, and none of them is there.
    #[error(
        "None of the chapters that this book names is in the file. Please save it again with the program that made it."
    )]
    NoText,
    /// It is a document of an old word processor.
    #[error(
        "This is a document of the old kind, .doc. Please open it in a word processor, save it as .docx, and choose that."
    )]
    OldDocument,
    /// It is a document that is locked by a password.
    #[error(
        "This document is locked by a password. Please open it in a word processor, save it without one, and choose it again."
    )]
    LockedDocument,
    /// It says of itself that it is a document, and has no text.
    #[error(
        "This document has no text: its main part is missing. Please open it in a word processor, save it again, and \
         choose it once more."
    )]
    NoDocument,
    /// It is a PDF.
    #[error(
        "This is a PDF, and no book can be read from one: it says where letters stand on its pages, and not what is a \
         heading, a paragraph or a note. Please choose the file that it was made from."
    )]
    Pdf,
    /// It is a document of the kind that word processors share, .rtf.
    #[error(
        "This is an RTF document, which cannot be read here. Please open it in a word processor, save it as .docx, and \
         choose that."
    )]
    RichText,
    /// It is a document as LibreOffice and others save it, .odt.
    #[error(
        "This is an OpenDocument file, as LibreOffice saves it, which cannot be read here. Please open it there, save it \
         as .docx, and choose that."
    )]
    OpenDocument,
    /// It is text in no encoding that is known.
    #[error("This file is not text in UTF-8. Please save it as UTF-8 and choose it again.")]
    NotUtf8,
    /// It would be far more nodes than its size allows.
    #[error(
        "This book has more parts than its size allows, such as a table with very many columns or a list of very many \
         items. Please bring it in as smaller files."
    )]
    TooMany,
    /// It takes longer than the server spends on one book.
    #[error("This book takes longer to read than the server spends on one. Please bring it in parts.")]
    TooLong,
}

impl Unreadable {
    /// What is said of it.
    #[must_use]
    pub fn fault(self) -> Fault {
        let words = format_args!("{self} Nothing was imported.");
        match self {
            Self::TooManyFiles | Self::TooLarge | Self::TooMany | Self::TooLong => Fault::too_large(words),
            _ => Fault::bad_request(words),
        }
    }

    /// Whether there is time left.
    pub(super) fn check(budget: &Budget) -> Result<(), Self> {
        if budget.is_spent() { Err(Self::TooLong) } else { Ok(()) }
    }
}
