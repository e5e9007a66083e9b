//! What a writer would want to know of a book before it goes out.

use serde::{Deserialize, Serialize};

/// Something in a book that a reader, a shop or a printer would stumble over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Problem {
    /// A chapter in which nothing is written.
    EmptyChapter,
    /// A section that holds no chapter.
    EmptySection,
    /// A chapter or section that is called as it was when it was added, or as one before it.
    Title,
    /// A picture that is not described for those who do not see it.
    NoAlt,
    /// A picture that does not belong to this book, and stays behind.
    ForeignPicture,
    /// A picture that would be coarse on paper.
    SmallPicture,
    /// A picture of a kind that Word and older e-readers do not show.
    NewPicture,
    /// A heading that is lower than what it follows by more than one.
    SkippedHeading,
    /// A heading in which nothing is written.
    EmptyHeading,
    /// A link to a place of this site that is not in the book.
    DeadLink,
}

impl Problem {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 10] = [
        Self::EmptyChapter,
        Self::EmptySection,
        Self::Title,
        Self::NoAlt,
        Self::ForeignPicture,
        Self::SmallPicture,
        Self::NewPicture,
        Self::SkippedHeading,
        Self::EmptyHeading,
        Self::DeadLink,
    ];

    /// What it is, and what can be done.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::EmptyChapter => "Nothing is written in this chapter yet.",
            Self::EmptySection => "This section holds no chapter: it will be a page with nothing but its title.",
            Self::Title => {
                "Another chapter or section has the same title. Readers cannot tell them apart in the contents."
            }
            Self::NoAlt => "This picture has no description. Those who do not see it are told nothing: describe it.",
            Self::ForeignPicture => {
                "This picture belongs to another book or page, and will be missing. Add it to this book."
            }
            Self::SmallPicture => "This picture is small. On a screen it is fine; in print it would be coarse.",
            Self::NewPicture => {
                "This picture is a WebP, which Word and older e-readers do not show. A JPEG or PNG is shown everywhere."
            }
            Self::SkippedHeading => "This heading is lower than the one before it by more than one step.",
            Self::EmptyHeading => "Nothing is written in this heading.",
            Self::DeadLink => {
                "This link leads to a page that is not in the book. Its text will stay, without the link."
            }
        }
    }
}
