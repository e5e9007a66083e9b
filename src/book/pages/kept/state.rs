//! What is known in this page of what the device keeps.

#[cfg(feature = "hydrate")]
use super::in_browser;
use crate::{
    book::{
        chapter::MovedTo,
        model::{BookId, PartId},
        pages::text_server::Names,
    },
    ui::number::count,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A chapter of which this device keeps something.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct KeptChapter {
    /// `book/part`.
    pub document: String,
    /// What both were called.
    pub names: Names,
    /// Whether an editor has it open, in whatever tab, and sends it itself.
    pub open: bool,
}

/// What the server will not have of a chapter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsendable {
    /// Why.
    pub reason: String,
    /// What is kept, in words.
    pub text: String,
    /// Where the chapter went, if it did: what is kept can be put there.
    #[serde(default)]
    pub went: Option<MovedTo>,
}

/// What this device keeps for whoever is signed in. Cheap to copy; get it with [`use_kept`].
#[derive(Clone, Copy)]
pub struct Kept {
    pub(super) chapters: RwSignal<Vec<KeptChapter>>,
    /// By document.
    pub(super) unsendable: RwSignal<BTreeMap<String, Unsendable>>,
    /// The document that is being sent.
    pub(super) sending: RwSignal<Option<String>>,
    /// Whether the list is open.
    pub(super) open: RwSignal<bool>,
    #[cfg(feature = "hydrate")]
    pub(super) device: StoredValue<Option<in_browser::Keeper>, LocalStorage>,
}

impl Kept {
    /// Whether something of this chapter waits.
    pub fn waits_in(self, book: &BookId, part: &PartId) -> bool {
        let document = format!("{book}/{part}");
        self.chapters.with(|kept| kept.iter().any(|chapter| chapter.document == document))
    }

    /// Whether something of any chapter of this book waits.
    pub fn waits_in_book(self, book: &BookId) -> bool {
        let within = format!("{book}/");
        self.chapters.with(|kept| kept.iter().any(|chapter| chapter.document.starts_with(&within)))
    }

    /// Whether something waits of any chapter but this one, which says so itself; and whether all of that can be sent.
    pub fn waits_beside(self, here: Option<(&BookId, &PartId)>) -> Option<bool> {
        let document = here.map(|(book, part)| format!("{book}/{part}"));
        let waits: Vec<String> = self.chapters.with(|kept| {
            let others = kept.iter().map(|chapter| &chapter.document);
            others.filter(|other| Some(*other) != document.as_ref()).cloned().collect()
        });
        let refused = |document: &String| self.unsendable.with(|found| found.contains_key(document));
        (!waits.is_empty()).then(|| !waits.iter().any(refused))
    }

    /// What waits, in words; nothing if nothing does.
    pub(super) fn summary(self) -> Option<String> {
        let chapters = self.chapters.with(Vec::len);
        let chapters = u32::try_from(chapters).ok().filter(|chapters| *chapters > 0)?;
        Some(format!("{} kept on this device", count(chapters, "chapter")))
    }

    /// Whether this device has the page of this address, and shows it without a connection.
    pub async fn has_page(self, path: &str) -> bool {
        #[cfg(feature = "hydrate")]
        return in_browser::has_page(self, path).await;
        #[cfg(not(feature = "hydrate"))]
        {
            let _ = path;
            false
        }
    }

    /// Forgets what is kept of a chapter, once whoever wrote it has it elsewhere or does not want it.
    pub(super) fn let_go(self, document: &str) {
        #[cfg(feature = "hydrate")]
        in_browser::let_go(self, document.to_owned());
        #[cfg(not(feature = "hydrate"))]
        let _ = document;
    }
}

/// Makes it known to everything below, and has it sent as long as the page is open.
pub fn provide_kept() {
    let kept = Kept {
        chapters: RwSignal::new(Vec::new()),
        unsendable: RwSignal::new(BTreeMap::new()),
        sending: RwSignal::new(None),
        open: RwSignal::new(false),
        #[cfg(feature = "hydrate")]
        device: StoredValue::new_local(None),
    };
    provide_context(kept);
    #[cfg(feature = "hydrate")]
    in_browser::follow(kept);
}

/// What this device keeps for whoever is signed in.
///
/// # Panics
/// Outside of the application.
pub fn use_kept() -> Kept {
    expect_context()
}
