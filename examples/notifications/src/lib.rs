//! Notifications, to one person on all their devices. Its page is plain HTML and JavaScript (`public`): of Leptos it has
//! commands, and of the layer `window.sputnik`.

pub mod inbox;
pub mod people;

/// Puts `sputnik` on the window, as soon as the wasm is loaded.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen(start)]
pub fn start() {
    use sputnik::client::javascript::{Script, expose};
    expose(Script::default());
}
