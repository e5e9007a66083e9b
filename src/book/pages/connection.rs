//! The one place that says whether what is done here is safe with the server.

use super::{
    book_context::{Saving, use_book_context},
    kept::use_kept,
};
use crate::ui::{number::count, page::use_page};
use leptos::prelude::*;
use sputnik::client::{Shown, connection::use_connection};

/// How the connection and the writing stand: small, always there.
#[component]
pub fn Status() -> impl IntoView {
    let context = use_book_context();
    let page = use_page();
    let connection = use_connection();
    let kept = use_kept();
    // Of other chapters: what waits, and whether all of it can be sent.
    let beside = Memo::new(move |_| {
        // The chapter that is written in here says so itself.
        let here = context.part.get().filter(|_| context.saving.get() != Saving::Idle);
        context.id.with_value(|book| kept.waits_beside(here.as_ref().map(|part| (book, part))))
    });
    let deleted = Memo::new(move |_| context.live.state.with(|book| book.deleted));
    let state = Memo::new(move |_| match (connection.shown.get(), context.saving.get()) {
        // Nothing can be said yet, and without JavaScript nothing ever will be.
        (Shown::Starting, _) if !page.live.get() => ("starting", String::new()),
        (_, Saving::Refused { kept: true }) => ("away", "Not saved: kept on this device".to_owned()),
        (_, Saving::Refused { kept: false }) => ("away", "Not saved: keep this page open".to_owned()),
        // What is shown is no longer followed, however well the connection stands.
        _ if deleted.get() => ("ended", "The book was deleted".to_owned()),
        _ if context.live.ended.with(Option::is_some) => ("ended", "No longer open to you".to_owned()),
        (Shown::Starting, _) => ("starting", "Connecting…".to_owned()),
        (Shown::Reconnecting, Saving::Saved | Saving::Offline { unsaved: 0, .. }) if beside.get().is_some() => {
            ("away", "Offline: kept on this device".to_owned())
        }
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
        // This chapter's is saved, and others' is not: the bar says beside this how many, and which.
        (Shown::Live, Saving::Idle | Saving::Saved) if beside.get() == Some(true) => {
            ("busy", "Saving other chapters".to_owned())
        }
        (Shown::Live, Saving::Idle | Saving::Saved) if beside.get() == Some(false) => {
            ("away", "Not all is saved".to_owned())
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
