//! The document's title.

use leptos::prelude::*;
use leptos_meta::Title;

/// Sets the document's title, and keeps it as it is now. On the server it is read here and at once: when the document's
/// head is written, what it is read from may be gone already.
#[component]
pub fn PageTitle(
    /// The title.
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    #[cfg(feature = "ssr")]
    let text = text.get_untracked();
    view! { <Title text /> }
}
