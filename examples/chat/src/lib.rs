//! A room in which people talk: what was said, who is here, who types.

pub mod page;
pub mod people;
pub mod room;

/// Takes over the page that the server rendered.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_body(page::App);
}
