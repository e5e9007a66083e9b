//! What stands where a page would, while there is no connection to fetch it by.

use super::kept::use_kept;
use crate::ui::browser;
use leptos::{html, prelude::*, task::spawn_local};
use leptos_router::hooks::use_location;
use sputnik::client::{Shown, connection::use_connection};

/// Says that the page comes when there is a connection again. Where this device has it, it is shown from there, unless
/// something else waits in this page to be sent.
#[component]
pub fn NoConnection() -> impl IntoView {
    let connection = use_connection();
    let kept = use_kept();
    let path = use_location().pathname;
    let away = Memo::new(move |_| connection.shown.get() == Shown::Reconnecting);
    let here = RwSignal::new(false);
    // What stands in for a page that came long ago may be there still, and nobody sees it.
    let words = NodeRef::<html::Section>::new();
    let is_seen = move || words.try_get_untracked().flatten().is_some_and(|words| words.is_connected());
    Effect::new(move || {
        let path = path.get();
        if !away.get() {
            return;
        }
        spawn_local(async move {
            if !kept.has_page(&path).await || !is_seen() {
                return;
            }
            here.try_set(true);
            // What was asked here is the page's own: of a chapter and the book it is in.
            if connection.waiting.try_get_untracked().is_some_and(|waiting| waiting <= 2) {
                browser::load(&path);
            }
        });
    });
    view! {
        <Show when=move || away.get()>
            <section node_ref=words class="sheet narrow no-connection" role="status">
                <h1>"There is no connection"</h1>
                <p>"This page comes by itself as soon as there is one again. What you wrote is kept on this device."</p>
                <p class="row">
                    <Show when=move || here.get()>
                        <a class="button primary" rel="external" href=path>
                            "Open it as this device has it"
                        </a>
                    </Show>
                    <button type="button" on:click=|_| browser::back()>
                        "Go back"
                    </button>
                </p>
            </section>
        </Show>
    }
    .into_any()
}
