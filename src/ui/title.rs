//! The document's title. Every page sets it here: on the server leptos_meta writes it into the document as it stands, so
//! it has to be text that a document may hold, and a book may be called `</title><script>`.

use leptos::prelude::*;
use leptos_meta::Title;

/// What the titles of all pages have in common. Stands once, in the application.
#[component]
pub fn SiteTitle() -> impl IntoView {
    view! { <Title formatter=|text: String| written(&named(&text)) /> }
}

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
    // A book that is left for another is gone when its title is asked for once more.
    #[cfg(not(feature = "ssr"))]
    let text = move || text.try_get().unwrap_or_default();
    view! { <Title text /> }
}

fn named(text: &str) -> String {
    if text.is_empty() { "Sputnik".into() } else { format!("{text} · Sputnik") }
}

/// Into a document as HTML; in the browser it is set as the text that it is.
fn written(title: &str) -> String {
    if cfg!(feature = "ssr") {
        title.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
    } else {
        title.to_owned()
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn a_title_cannot_end_the_documents_title() {
        let title = written(&named("Tides</title><script>alert(1)</script> &amp; \"x\""));
        assert_eq!(
            title, "Tides&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp;amp; \"x\" · Sputnik",
            "a browser reads it as it was written"
        );
    }
}
