//! A collaborative book editor, built on the real-time layer [`sputnik`].

// A page's view is one type, nested as deep as its elements.
#![recursion_limit = "512"]

pub mod account;
pub mod admin;
pub mod app;
pub mod book;
#[cfg(feature = "ssr")]
pub mod boot;
#[cfg(feature = "ssr")]
pub mod config;
#[cfg(feature = "ssr")]
pub mod costly;
#[cfg(feature = "ssr")]
pub mod database;
#[cfg(feature = "ssr")]
pub mod demo;
#[cfg(feature = "ssr")]
pub mod document;
#[cfg(feature = "ssr")]
mod editor_module;
#[cfg(feature = "ssr")]
pub mod health;
pub mod local_address;
pub mod metadata;
#[cfg(feature = "ssr")]
pub mod old_paths;
#[cfg(feature = "ssr")]
pub mod security_headers;
#[cfg(feature = "ssr")]
pub mod shared_broker;
pub mod ui;

/// Takes over the page the server rendered. The browser calls it once, when the wasm has loaded.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    book::script::provide_scripts();
    leptos::mount::hydrate_body(app::App);
}
