//! A place in which nothing is yet: what it is for, and the one next thing to do.

use leptos::prelude::*;

/// The place.
#[component]
pub fn Empty(
    /// What it is.
    title: &'static str,
    /// What will be here, and what comes of it.
    #[prop(into)]
    words: Signal<String>,
    /// The next thing to do, if there is one for whoever looks.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty-place">
            <p class="empty-title">{title}</p>
            <p class="muted">{words}</p>
            {children.map(|children| children())}
        </div>
    }
    .into_any()
}
