//! Text that the server would not have, and what can be done with it.

use crate::ui::{browser, page::use_page};
use leptos::prelude::*;

/// Shows it on demand, copies it, gives it as a file, lets it go.
#[component]
pub fn KeptText(
    /// What is kept, in words.
    text: String,
    /// Lets it go.
    forget: Callback<()>,
) -> impl IntoView {
    let page = use_page();
    let (copied, saved) = (text.clone(), text.clone());
    view! {
        <details>
            <summary>"Show it"</summary>
            <blockquote class="kept-text" dir="auto">
                {text}
            </blockquote>
        </details>
        <div class="row">
            <button
                type="button"
                class="primary"
                on:click=move |_| {
                    browser::copy(&copied);
                    page.announce("Copied.");
                }
            >
                "Copy my text"
            </button>
            <button type="button" on:click=move |_| browser::download("my-text.txt", &saved)>
                "Download"
            </button>
            <button type="button" class="quiet" on:click=move |_| forget.run(())>
                "Let go"
            </button>
        </div>
    }
    .into_any()
}
