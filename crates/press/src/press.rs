//! Sets a book, and writes it as a PDF.

use crate::{input::Book, world::World};
use serde::Serialize;
use typst::{diag::SourceDiagnostic, foundations::Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, pdf};

/// How many reasons are told.
const REASONS: usize = 5;

/// What was made.
#[derive(Debug, Serialize)]
pub struct Report {
    /// How many pages it has.
    pub pages: usize,
    /// Which standard it was held to: PDF/UA-1, where nothing in the book stands against it.
    pub standard: Option<&'static str>,
    /// Why it is of none.
    pub against: Vec<String>,
    /// How many different characters are shown as one that is unknown, for want of a font.
    pub unknown: usize,
    /// How many pictures could not be read.
    pub broken: usize,
}

/// Sets a book on pages, and tells how many different characters no font has.
pub fn set(book: Book) -> Result<(PagedDocument, usize), String> {
    let world = World::of(book)?;
    let document = typst::compile(&world).output.map_err(|errors| first(&errors))?;
    Ok((document, world.unknown))
}

/// Makes a PDF of a book. It has a structure that is read aloud in any case, and is of the standard for that where the book
/// lets it be.
pub fn press(book: Book) -> Result<(Vec<u8>, Report), String> {
    let (broken, identifier) = (book.broken, book.head.identifier.clone());
    let (document, unknown) = set(book)?;
    let mut report = Report { pages: document.pages().len(), standard: None, against: Vec::new(), unknown, broken };
    let standards = PdfStandards::new(&[PdfStandard::Ua_1]).map_err(|error| error.message().to_string())?;
    let mut options = PdfOptions {
        ident: Smart::Custom(identifier),
        creator: Smart::Custom(Some("Sputnik".into())),
        standards,
        ..PdfOptions::default()
    };
    let refused = match pdf(&document, &options) {
        Ok(bytes) => {
            report.standard = Some("PDF/UA-1");
            return Ok((bytes, report));
        }
        Err(errors) => errors,
    };
    report.against = reasons(&refused);
    options.standards = PdfStandards::default();
    if let Ok(bytes) = pdf(&document, &options) {
        return Ok((bytes, report));
    }
    options.tagged = false;
    let bytes = pdf(&document, &options).map_err(|errors| first(&errors))?;
    report.against.push("It has no structure.".into());
    Ok((bytes, report))
}

/// The first few, each once.
fn reasons(errors: &[SourceDiagnostic]) -> Vec<String> {
    let mut reasons: Vec<String> = Vec::new();
    for error in errors {
        let words = error.message.to_string();
        if !reasons.contains(&words) && reasons.len() < REASONS {
            reasons.push(words);
        }
    }
    reasons
}

fn first(errors: &[SourceDiagnostic]) -> String {
    reasons(errors).into_iter().next().unwrap_or_else(|| "It cannot be set.".into())
}
