//! A place that was found, as an address has it: so it can be sent to somebody, and is there after a reload.

use crate::book::{
    model::{BookId, PartId},
    search::FoundPlace,
};
use leptos_router::location::Url;
#[cfg(feature = "hydrate")]
use {leptos::prelude::*, leptos_router::hooks::use_query_map};

/// What stands there, and where that was: in which block of text, and after how many UTF-16 units of it.
#[cfg(feature = "hydrate")]
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct PlaceInText {
    /// What stands there.
    pub words: String,
    /// In which block, counted from 0.
    pub block: u32,
    /// After how many units.
    pub at: u32,
}

/// The address of a place.
pub fn path(book: &BookId, part: &PartId, place: &FoundPlace) -> String {
    format!("/book/{book}/{part}?find={}&block={}&at={}", Url::escape(&place.hit), place.block, place.at)
}

/// The place in this page's address, if there is one.
#[cfg(feature = "hydrate")]
pub fn use_place() -> Memo<Option<PlaceInText>> {
    let query = use_query_map();
    Memo::new(move |_| {
        query.with(|query| {
            let number = |name: &str| query.get(name).and_then(|number| number.parse().ok()).unwrap_or_default();
            let words = query.get("find").filter(|words| !words.trim().is_empty())?;
            Some(PlaceInText { words, block: number("block"), at: number("at") })
        })
    })
}
