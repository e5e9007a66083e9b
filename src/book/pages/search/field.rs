//! The field in which one says what is looked for, and the keys that lead to it.

use super::finder::Finder;
use crate::{
    book::{
        pages::book_context::{BookContext, Pane},
        search::SearchWords,
    },
    ui::{browser, icon::Icon, page::use_page},
};
use leptos::{ev::KeyboardEvent, prelude::*};

/// Its id.
pub(super) const FIELD: &str = "search-book";

/// Shows the field, with the focus in it.
pub fn find_in_book(context: BookContext) {
    context.focus_mode.set(false);
    context.pane.set(Pane::Contents);
    if !context.left.get_untracked() {
        context.fold(context.left);
    }
    // It may only be shown now.
    request_animation_frame(|| browser::select(FIELD));
}

/// The field.
#[component]
pub fn SearchField(finder: Finder) -> impl IntoView {
    let page = use_page();
    let context = finder.context;
    Effect::new(move || {
        let listening = window_event_listener(leptos::ev::keydown, move |event| {
            let is_ours = event.shift_key() && (event.ctrl_key() || event.meta_key()) && !event.alt_key();
            if is_ours && event.key().eq_ignore_ascii_case("f") && !browser::is_there("dialog[open]") {
                event.prevent_default();
                find_in_book(context);
            }
        });
        on_cleanup(move || listening.remove());
    });
    let pressed = move |event: KeyboardEvent| match &*event.key() {
        "Escape" if finder.words.with_untracked(|words| !words.is_empty()) => {
            event.prevent_default();
            finder.stop();
        }
        "ArrowDown" if browser::walk(".found .hit", 1) => event.prevent_default(),
        _ => {}
    };
    view! {
        <div class="search-book" role="search" aria-label="Find in the book">
            <Icon name="search" />
            <input
                id=FIELD
                type="search"
                dir="auto"
                aria-label="Find in the book"
                placeholder="Find in the book"
                autocomplete="off"
                enterkeyhint="search"
                maxlength=SearchWords::MAX
                disabled=move || !page.live.get()
                prop:value=finder.words
                on:input=move |event| finder.look_for(event_target_value(&event))
                on:keydown=pressed
            />
        </div>
    }
    .into_any()
}
