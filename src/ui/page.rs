//! What every part of a page shares: whether it is live yet, the clock, what is announced, and the toasts.

use super::{
    browser, keyboard,
    theme::Theme,
    toast::{Toast, Toasting},
};
use leptos::prelude::*;
use std::time::Duration;

/// What every part of a page shares. Cheap to copy; get it with [`use_page`].
#[derive(Clone, Copy)]
pub struct Page {
    /// Whether the wasm has taken over. False on the server and in the first paint, so what depends on it hydrates.
    pub live: RwSignal<bool>,
    /// Milliseconds since 1970, moving every 20 s; 0 until the page is live.
    pub now: RwSignal<i64>,
    /// Light or dark.
    pub theme: RwSignal<Theme>,
    /// What others did, for a moment.
    pub toasts: Toasting,
    /// Whether the sheet of shortcuts is open.
    pub help: RwSignal<bool>,
    said: RwSignal<String>,
}

impl Page {
    /// Tells people who listen rather than look, when they next pause.
    pub fn announce(&self, words: impl Into<String>) {
        let words = words.into();
        // The same words twice would not be a change, and so not be read: a blank at the end makes them one.
        self.said.try_update(|said| *said = if *said == words { format!("{words} ") } else { words });
    }

    /// Shows a toast.
    pub fn toast(&self, toast: Toast) {
        self.toasts.show(toast);
    }
}

/// The page's shared part.
///
/// # Panics
/// Outside of the application.
#[must_use]
pub fn use_page() -> Page {
    expect_context()
}

/// Makes the shared part known to everything below, and marks the document once it is live.
pub fn provide_page() {
    let page = Page {
        live: RwSignal::new(false),
        now: RwSignal::new(0),
        theme: RwSignal::new(Theme::remembered()),
        toasts: Toasting::new(),
        help: RwSignal::new(false),
        said: RwSignal::new(String::new()),
    };
    provide_context(page);

    Effect::new(move || {
        page.live.set(true);
        keyboard::follow();
        page.now.set(browser::now());
        if let Some(body) = document().body() {
            let _ = body.set_attribute("data-hydrated", "true");
        }
        let tick = move || {
            page.now.try_set(browser::now());
        };
        if let Ok(ticking) = set_interval_with_handle(tick, Duration::from_secs(20)) {
            on_cleanup(move || ticking.clear());
        }
    });
}

/// Where [`Page::announce`] is read from.
#[component]
pub fn LiveRegion() -> impl IntoView {
    let said = use_page().said;
    view! { <div class="unseen" aria-live="polite" data-announcer="true">{said}</div> }
}
