//! The one place that says whether what is done here is safe with the server.

use super::book_context::{Saving, use_book_context};
use crate::ui::{number::count, page::use_page};
use leptos::prelude::*;
use sputnik::client::{Shown, connection::use_connection};

/// How the connection and the writing stand: small, always there.
#[component]
pub fn Status() -> impl IntoView {
    let context = use_book_context();
    let page = use_page();
    let connection = use_connection();
    let state = Memo::new(move |_| match (connection.shown.get(), context.saving.get()) {
        // Nothing can be said yet, and without JavaScript nothing ever will be.
        (Shown::Starting, _) if !page.live.get() => ("starting", String::new()),
        (_, Saving::Refused { kept: true }) => ("away", "Not saved: kept on this device".to_owned()),
        (_, Saving::Refused { kept: false }) => ("away", "Not saved: keep this page open".to_owned()),
        (Shown::Starting, _) => ("starting", "Connecting…".to_owned()),
        (Shown::Reconnecting, Saving::Idle) => ("away", "Reconnecting…".to_owned()),
        (Shown::Reconnecting, Saving::Saved | Saving::Offline { unsaved: 0, .. }) => {
            ("away", "Offline: all is saved".to_owned())
        }
        (Shown::Reconnecting, Saving::Offline { kept: false, .. }) => {
            ("away", "Offline: keep this page open".to_owned())
        }
        (Shown::Reconnecting, Saving::Underway(_) | Saving::Offline { .. }) => {
            ("away", "Offline: kept on this device".to_owned())
        }
        (Shown::Live, Saving::Idle) => ("live", "Connected".to_owned()),
        (Shown::Live, Saving::Saved) => ("live", "Saved".to_owned()),
        // Only the connection is back yet.
        (Shown::Live, Saving::Underway(unsaved) | Saving::Offline { unsaved, .. }) => {
            ("busy", format!("Saving {}", count(unsaved.max(1), "change")))
        }
    });
    // A status that changes with every pause in typing would never stop talking: only what matters is announced.
    Effect::new(move |before: Option<Shown>| {
        let now = connection.shown.get();
        match (before, now) {
            (Some(Shown::Live), Shown::Reconnecting) => page.announce("Reconnecting. What you do is kept."),
            (Some(Shown::Reconnecting), Shown::Live) => page.announce("Connected again."),
            _ => {}
        }
        now
    });
    view! {
        <p class="connection" role="status" aria-live="off" aria-label="Connection" data-state=move || state.get().0>
            <span class="dot" aria-hidden="true"></span>
            <span class="words">{move || state.get().1}</span>
        </p>
    }
}
