//! A book as files: taken out as Markdown, and more of it brought in.

use super::{
    book_context::use_book_context,
    copy::CopyLink,
    import::{Into, came_in, import_form},
};
use crate::ui::{dialog::Dialog, later::shown_later, page::use_page};
use leptos::prelude::*;

/// Takes the whole book out; editors bring chapters in.
#[component]
pub(super) fn BookFiles() -> impl IntoView {
    let (context, page) = (use_book_context(), use_page());
    let open = RwSignal::new(false);
    let into = {
        let state = context.live.state;
        let state = Signal::derive(move || state.get());
        Into::Book { book: context.book(), state, owns: context.owns_untracked() }
    };
    let done = Callback::new(move |imported| page.announce(came_in(&imported)));
    view! {
        <p class="row files">
            <a class="button quiet" href=format!("/book/{}/book.md", context.book()) rel="external" download="">
                "Download as Markdown"
            </a>
            <CopyLink />
            <Show when=move || context.can_edit()>
                <a class="button quiet" href=format!("/book/{}/publish", context.book())>
                    "Get it ready to go out"
                </a>
                <button type="button" class="quiet" on:click=move |_| open.set(true)>
                    "Import…"
                </button>
            </Show>
        </p>
        <Dialog open title="Import chapters from a file">
            {
                let into = into.clone();
                shown_later(move || import_form(open, into.clone(), done))
            }
        </Dialog>
    }
    .into_any()
}
