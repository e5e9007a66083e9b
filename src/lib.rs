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
pub mod health;
pub mod lazy_pages;
pub mod local_address;
pub mod metadata;
#[cfg(feature = "ssr")]
mod modules;
#[cfg(feature = "ssr")]
pub mod old_paths;
#[cfg(feature = "ssr")]
pub mod security_headers;
#[cfg(feature = "ssr")]
pub mod shared_broker;
pub mod ui;

/// Takes over the page the server rendered, once all is here that it is made of. The browser calls it, when the wasm has
/// loaded.
///
/// # Errors
/// When a part could not be fetched: then it only shows how things stood.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub async fn hydrate() -> Result<(), wasm_bindgen::JsError> {
    console_error_panic_hook::set_once();
    let path = web_sys::window().and_then(|window| window.location().pathname().ok()).unwrap_or_default();
    lazy_pages::LazyPage::fetch_those_at(&path).await?;
    book::script::provide_scripts();
    leptos::mount::hydrate_body(app::App);
    Ok(())
}
