//! How a book goes out to those who only read it, and what is looked at before.

use super::model::{PartId, PictureId};
use crate::metadata::{
    Metadata,
    matter::{Matter, Numbering},
    problem::Problem,
    theme::Theme,
};
use serde::{Deserialize, Serialize};

/// How a book goes out to those who only read it. Nothing of it lets anybody in: who may read a book, its visibility says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Publishing {
    /// The picture on its cover: one of the book's. Without one, a cover is made of the title.
    pub cover: Option<PictureId>,
    /// In which look it goes out.
    pub theme: Theme,
    /// What stands before and around its text.
    pub matter: Matter,
    /// The chapters and sections that have no number where the others have one, such as a foreword.
    pub unnumbered: Vec<PartId>,
    /// Whether whoever may read it is offered the whole book as an EPUB.
    pub offers_epub: bool,
    /// Whether they are offered it as a DOCX.
    pub offers_docx: bool,
    /// Whether they are offered it as one file of HTML.
    pub offers_html: bool,
    /// Whether they are offered it as a PDF, to be read on a screen.
    pub offers_pdf: bool,
    /// Whether search engines may list its public page.
    pub may_be_found: bool,
}

/// One thing about how a book goes out, as it is to be. Each is set by itself, so that two who choose at once take nothing
/// from each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// In which look it goes out.
    Theme(Theme),
    /// The picture on its cover; none to have one made of the title.
    Cover(Option<PictureId>),
    /// Whether a page with nothing but the title comes first.
    HalfTitle(bool),
    /// Whether there is a list of its figures.
    Figures(bool),
    /// Whether there is an index of what is marked as a term.
    Index(bool),
    /// How chapters are numbered.
    Numbering(Numbering),
    /// Whether a chapter or section goes without a number.
    Unnumbered {
        /// Which.
        part: PartId,
        /// Whether it does.
        is: bool,
    },
    /// Whether readers are offered it as an EPUB.
    OffersEpub(bool),
    /// Whether they are offered it as a DOCX.
    OffersDocx(bool),
    /// Whether they are offered it as one file of HTML.
    OffersHtml(bool),
    /// Whether they are offered it as a PDF.
    OffersPdf(bool),
    /// Whether search engines may list its public page.
    MayBeFound(bool),
}

impl Publishing {
    /// Has one thing be as it was chosen.
    pub fn set(&mut self, choice: Choice) {
        match choice {
            Choice::Theme(theme) => self.theme = theme,
            Choice::Cover(cover) => self.cover = cover,
            Choice::HalfTitle(on) => self.matter.half_title = on,
            Choice::Figures(on) => self.matter.figures = on,
            Choice::Index(on) => self.matter.index = on,
            Choice::Numbering(numbering) => self.matter.numbering = numbering,
            Choice::Unnumbered { part, is } => {
                self.unnumbered.retain(|other| *other != part);
                if is {
                    self.unnumbered.push(part);
                }
            }
            Choice::OffersEpub(on) => self.offers_epub = on,
            Choice::OffersDocx(on) => self.offers_docx = on,
            Choice::OffersHtml(on) => self.offers_html = on,
            Choice::OffersPdf(on) => self.offers_pdf = on,
            Choice::MayBeFound(on) => self.may_be_found = on,
        }
    }

    /// Whether whoever may read the book is offered it as any file.
    #[must_use]
    pub fn offers_any(&self) -> bool {
        self.offers_epub || self.offers_docx || self.offers_html || self.offers_pdf
    }
}

/// What a look at a book found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// What was found, in the order of reading: at most [`Findings::MOST`].
    pub found: Vec<Finding>,
    /// How much more there was.
    pub more: usize,
    /// Whether a PDF of it can be made.
    #[serde(default)]
    pub press: PressStands,
}

/// Whether a server can make PDFs: a program beside it does that.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PressStands {
    /// It is there.
    #[default]
    Ready,
    /// It is being built.
    InTheMaking,
    /// It is not there.
    Missing,
}

impl PressStands {
    /// Why there is no PDF, where there is none.
    #[must_use]
    pub fn words(self) -> Option<&'static str> {
        match self {
            Self::Ready => None,
            Self::InTheMaking => Some(
                "A PDF needs the press, a program that is being built for this server at the moment. That takes some \
                 minutes: please try again later.",
            ),
            Self::Missing => Some(
                "A PDF needs the press, a program that is not built on this server. Whoever runs the server can add it; \
                 the book can be had as an EPUB or as one page meanwhile.",
            ),
        }
    }
}

impl Findings {
    /// How many are told.
    pub const MOST: usize = 300;
}

/// Something in a book that a reader, a shop or a printer would stumble over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// In which chapter or section.
    pub part: PartId,
    /// What that is called.
    pub title: String,
    /// What it is.
    pub problem: Problem,
    /// What stands there, or before it; empty where nothing does.
    pub near: String,
}

/// What a book does not say about itself that shops, libraries and readers ask for: what is missing, why it is asked for,
/// and the field of the form.
#[must_use]
pub fn unsaid(metadata: &Metadata, publishing: &Publishing) -> Vec<(&'static str, &'static str)> {
    let asked = [
        (metadata.people.is_empty(), "people", "Nobody is named as its author."),
        (
            metadata.language.is_empty(),
            "language",
            "Its language is not said: it cannot be hyphenated, or read aloud in the right voice.",
        ),
        (metadata.description.is_empty(), "description", "It has no description, which shops and its own page show."),
        (
            publishing.cover.is_none(),
            "cover",
            "It has no picture for its cover: one is made of its title. Most shops want a picture.",
        ),
        (metadata.licence.is_empty(), "licence", "It does not say what others may do with it."),
        (metadata.isbn.is_empty(), "isbn", "It has no ISBN. Some shops ask for one."),
    ];
    asked.into_iter().filter(|(missing, ..)| *missing).map(|(_, field, words)| (field, words)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_choice_leaves_all_others_as_they_are() {
        let part = |id: &str| -> PartId { id.parse().expect("an id") };
        let mut publishing = Publishing { offers_epub: true, unnumbered: vec![part("a")], ..Publishing::default() };
        for choice in [
            Choice::OffersPdf(true),
            Choice::Unnumbered { part: part("b"), is: true },
            Choice::Unnumbered { part: part("a"), is: false },
            Choice::Index(true),
        ] {
            publishing.set(choice);
        }
        let matter = Matter { index: true, ..Matter::default() };
        let unnumbered = vec![part("b")];
        let chosen = Publishing { offers_epub: true, offers_pdf: true, matter, unnumbered, ..Publishing::default() };
        assert_eq!(publishing, chosen);
    }

    #[test]
    fn a_book_that_says_all_that_is_asked_for_is_asked_for_nothing() {
        use crate::metadata::{Contributor, ContributorRole};
        assert_eq!(unsaid(&Metadata::default(), &Publishing::default()).len(), 6);
        let metadata = Metadata {
            people: vec![Contributor { name: "Ann".into(), role: ContributorRole::Author }],
            language: "en".into(),
            description: "Of the sea.".into(),
            licence: "CC0-1.0".into(),
            isbn: "9783161484100".into(),
            ..Metadata::default()
        };
        let publishing = Publishing { cover: Some("p".parse().expect("an id")), ..Publishing::default() };
        assert_eq!(unsaid(&metadata, &publishing), []);
    }
}
