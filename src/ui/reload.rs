//! What a page says that can no longer be true: never more than that, for something may be written in it.

use super::browser;
use leptos::prelude::*;
use sputnik::client::{Reload, connection::use_connection};

/// Asks for the page to be loaded anew, where it should be.
#[component]
pub fn ReloadNote() -> impl IntoView {
    let reload = use_connection().reload;
    let words = move || match reload.get() {
        Some(Reload::Newer) => {
            "There is a newer version of this page. What you wrote is kept; reload the page to see what is new."
        }
        Some(Reload::SomebodyElse) => {
            "Somebody else is signed in in this browser now. Nothing is sent from this page any more; what you wrote is \
             kept. Reload the page to go on as them."
        }
        None => "",
    };
    view! {
        <div role="alert" class="reload" hidden=move || reload.get().is_none()>
            <p>{words}</p>
            <button type="button" class="primary" on:click=|_| browser::reload()>
                "Reload the page"
            </button>
        </div>
    }
}
