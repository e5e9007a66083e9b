//! A book as files that people take along.

use super::book_context::use_book_context;
use crate::{book::state::Book, ui::icon::Icon};
use leptos::prelude::*;

/// A kind of file that a whole book is had as.
#[derive(Debug, Clone, Copy)]
pub(super) struct Format {
    /// How its files end.
    pub ending: &'static str,
    /// What people call it.
    pub words: &'static str,
    /// What it is good for.
    pub hint: &'static str,
    /// Whether readers who do not belong to the book are offered it.
    pub is_offered: fn(&Book) -> bool,
}

/// All of them, in the order in which they are offered.
pub(super) const FORMATS: [Format; 5] = [
    Format {
        ending: "epub",
        words: "EPUB",
        hint: "For e-readers, phones and shops.",
        is_offered: |book| book.publishing.offers_epub,
    },
    Format {
        ending: "html",
        words: "One page",
        hint: "One file with everything in it, which opens in any browser, without a network.",
        is_offered: |book| book.publishing.offers_html,
    },
    Format {
        ending: "pdf",
        words: "PDF",
        hint: "Pages that look the same everywhere, with contents and links, for screens.",
        is_offered: |book| book.publishing.offers_pdf,
    },
    Format {
        ending: "print.pdf",
        words: "PDF for print",
        hint: "Pages of a book, with room at the inner edge for the binding.",
        is_offered: |_| false,
    },
    Format {
        ending: "zip",
        words: "Markdown with pictures",
        hint: "Plain text for other programs, which comes back in as the same book.",
        is_offered: |_| false,
    },
];

/// The files that readers are offered; nothing, where that is none.
#[component]
pub(super) fn Downloads() -> impl IntoView {
    let context = use_book_context();
    let offered = Memo::new(move |_| {
        context.live.state.with(|book| FORMATS.iter().map(|format| (format.is_offered)(book)).collect::<Vec<_>>())
    });
    let each = move || {
        let offered = offered.get();
        FORMATS
            .into_iter()
            .zip(offered)
            .filter(|(_, offered)| *offered)
            .map(|(format, _)| view! { <Download format /> })
            .collect_view()
    };
    view! {
        <Show when=move || offered.with(|offered| offered.contains(&true))>
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
            href=format!("/book/{}/book.{}", context.book(), format.ending)
            rel="external"
            download=""
            title=format.hint
        >
            <Icon name="download" />
            {format!("Download as {}", format.words)}
        </a>
    }
    .into_any()
}
