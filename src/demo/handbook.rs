//! The Sputnik handbook, as one of its own books.

use super::{Chapter, Plan};
use crate::{
    book::{model::Status, publishing::Publishing},
    metadata::{Metadata, theme::Theme},
};

/// Names a chapter's file and takes it in.
macro_rules! chapter {
    ($file:literal, $status:expr) => {
        ($file, $status, include_str!(concat!("../../docs/handbook/", $file)))
    };
}

/// Names a picture as the chapters do and takes it in.
macro_rules! picture {
    ($file:literal) => {
        ($file, include_bytes!(concat!("../../docs/handbook/", $file)))
    };
}

/// The book.
pub(super) const PLAN: Plan = Plan {
    title: "The Sputnik handbook",
    about,
    sections: &SECTIONS,
    pictures: &[
        picture!("../screenshot.png"),
        picture!("../menu.png"),
        picture!("../offline.png"),
        picture!("../history.png"),
        picture!("../pen.png"),
    ],
    said: [
        "The handbook is complete enough to be read. Please mark what is unclear.",
        "I read the chapter on guarantees twice. It holds.",
        "Two typing errors found and mended. From here on I only read along.",
    ],
    days: 6,
};

fn about() -> (Metadata, Publishing) {
    let about = Metadata {
        subtitle: "Writing a book together, and the layer it stands on".into(),
        language: "en".into(),
        description: "For those who write with it, those who build on it, and those who run it.".into(),
        subjects: vec!["Computing".into(), "Writing".into()],
        licence: "MIT OR Apache-2.0".into(),
        ..Metadata::default()
    };
    (about, Publishing { theme: Theme::Textbook, offers_epub: true, offers_html: true, ..Publishing::default() })
}

/// The sections, and the chapters in each.
const SECTIONS: [(&str, &[Chapter]); 3] = [
    (
        "For writers",
        &[
            chapter!("01-what-sputnik-is.md", Status::Completed),
            chapter!("02-using-the-editor.md", Status::Completed),
            chapter!("14-writing-together.md", Status::Completed),
            chapter!("15-offline.md", Status::Completed),
            chapter!("16-history.md", Status::ToBeProofed),
            chapter!("17-the-pen-and-closed-chapters.md", Status::Completed),
            chapter!("21-publishing.md", Status::Completed),
        ],
    ),
    (
        "For developers",
        &[
            chapter!("20-add-sputnik-to-your-application.md", Status::Completed),
            chapter!("03-adding-a-command.md", Status::Completed),
            chapter!("04-binding-data.md", Status::Completed),
            chapter!("05-form-function-command-or-whisper.md", Status::Completed),
            chapter!("06-what-to-render-where.md", Status::ToBeProofed),
            chapter!("07-guarantees.md", Status::Completed),
            chapter!("18-how-an-edit-travels.md", Status::ToBeProofed),
            chapter!("09-protocol.md", Status::ToBeProofed),
        ],
    ),
    (
        "For operators",
        &[
            chapter!("08-several-nodes.md", Status::NeedsContent),
            chapter!("11-limits.md", Status::ToBeProofed),
            chapter!("12-operating.md", Status::ToBeProofed),
            chapter!("19-security.md", Status::Completed),
            chapter!("13-seeing-what-happens.md", Status::Completed),
            chapter!("10-comparison.md", Status::ToBeProofed),
        ],
    ),
];
