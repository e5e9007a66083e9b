//! A board of tasks, in a database. One person at a time edits a card: it has a lock, and others wait for it in a queue.

pub mod board;
pub mod page;
pub mod people;
#[cfg(feature = "ssr")]
pub mod store;

/// Takes over the page that the server rendered.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_body(page::App);
}
