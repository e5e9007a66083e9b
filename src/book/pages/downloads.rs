//! A book as files that people take along.

use super::book_context::use_book_context;
use crate::{book::format::Format, ui::icon::Icon};
use leptos::prelude::*;

/// The files that readers are offered; nothing, where that is none.
#[component]
pub(super) fn Downloads() -> impl IntoView {
    let context = use_book_context();
    let offered = Memo::new(move |_| {
        let listed = |format: &Format| context.live.state.with(|book| format.is_listed(&book.publishing));
        Format::ALL.into_iter().filter(listed).collect::<Vec<_>>()
    });
    let each = move || offered.get().into_iter().map(|format| view! { <Download format /> }).collect_view();
    view! {
        <Show when=move || !offered.with(Vec::is_empty)>
            <p class="row downloads">{each}</p>
        </Show>
    }
    .into_any()
}

/// The button that fetches one.
#[component]
pub(super) fn Download(format: Format) -> impl IntoView {
    let context = use_book_context();
    view! {
        <a
            class="button"
            href=format!("/book/{}/book.{}", context.book(), format.kind().0)
            // Without `download`: where the file cannot be had, the browser shows the page that says why.
            rel="external"
            title=format.hint()
        >
            <Icon name="download" />
            {format!("Download as {}", format.words())}
        </a>
    }
    .into_any()
}
