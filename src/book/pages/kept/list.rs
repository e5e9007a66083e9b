//! What waits on this device, and where: a small place in every bar, and the list behind it.

use super::{
    super::book_context::{BookContext, Saving},
    state::{Kept, KeptChapter, use_kept},
    text::KeptText,
};
use crate::{
    book::chapter::MovedTo,
    ui::{dialog::Dialog, for_each::ForEach, icon::Icon, page::use_page},
};
use leptos::prelude::*;
use sputnik::client::{Shown, connection::use_connection};
use std::collections::BTreeMap;

/// Says in every bar how many chapters wait on this device; a press tells which. Nothing where none does.
#[component]
pub fn KeptNotice() -> impl IntoView {
    let kept = use_kept();
    let page = use_page();
    let book = use_context::<BookContext>();
    let summary = Memo::new(move |_| {
        // Where nothing else waits, the chapter that is written in here says so itself.
        let here = book.and_then(|book| {
            let part = book.part.get().filter(|_| book.saving.get() != Saving::Idle)?;
            Some((book.book(), part))
        });
        kept.waits_beside(here.as_ref().map(|(book, part)| (book, part)))?;
        kept.summary()
    });
    let refused = Memo::new(move |_| !kept.unsendable.with(BTreeMap::is_empty));
    Effect::new(move || {
        if let Some(words) = summary.get() {
            page.announce(words);
        }
    });
    view! {
        <Show when=move || summary.with(Option::is_some)>
            <button
                type="button"
                class="quiet kept-notice"
                class:refused=refused
                title="Show what waits on this device"
                aria-haspopup="dialog"
                on:click=move |_| kept.open.set(true)
            >
                <Icon name="device" />
                <span class="words">{summary}</span>
            </button>
        </Show>
    }
    .into_any()
}

/// Marks a chapter or a book of which something waits.
#[component]
pub fn KeptMark(
    /// Whether something does.
    waits: Memo<bool>,
) -> impl IntoView {
    view! {
        <Show when=move || waits.get()>
            <span class="kept-mark" role="img" aria-label="Kept on this device" title="Kept on this device">
                <Icon name="device" />
            </span>
        </Show>
    }
    .into_any()
}

/// The list of what waits.
#[component]
pub fn KeptDialog() -> impl IntoView {
    let kept = use_kept();
    view! {
        <Dialog open=kept.open title="Kept on this device">
            <Show
                when=move || !kept.chapters.with(Vec::is_empty)
                fallback=|| view! { <p>"Everything you wrote on this device is saved."</p> }
            >
                <p class="muted">
                    "You wrote this, and the server does not have it yet. Nobody else who signs in on this device sees it."
                </p>
                <ul class="kept-list">
                    <ForEach each=move || kept.chapters.get() key=|chapter| (chapter.document.clone(), chapter.open) let:chapter>
                        <Line kept chapter />
                    </ForEach>
                </ul>
            </Show>
        </Dialog>
    }
    .into_any()
}

/// The way to where a chapter went.
#[component]
fn Went(kept: Kept, to: MovedTo) -> impl IntoView {
    view! {
        <a href=format!("/book/{}/{}", to.book, to.part) dir="auto" on:click=move |_| kept.open.set(false)>
            {format!("Open “{}”", to.chapter)}
        </a>
    }
    .into_any()
}

#[component]
fn Line(kept: Kept, chapter: KeptChapter) -> impl IntoView {
    let shown = use_connection().shown;
    let KeptChapter { document, names, open } = chapter;
    let or = |name: String, otherwise: &str| if name.is_empty() { otherwise.to_owned() } else { name };
    let (book, name) = (names.book, or(names.chapter, "A chapter"));
    let found = {
        let document = document.clone();
        Memo::new(move |_| kept.unsendable.with(|found| found.get(&document).cloned()))
    };
    let how = {
        let document = document.clone();
        move || match (shown.get(), open) {
            _ if found.with(Option::is_some) => found.get().map(|found| found.reason).unwrap_or_default(),
            (_, true) => "It is open in a tab, which sends it.".to_owned(),
            (Shown::Live, false) if kept.sending.get().as_ref() == Some(&document) => "It is being sent.".to_owned(),
            (Shown::Live, false) => "It is sent in a moment.".to_owned(),
            (Shown::Starting | Shown::Reconnecting, false) => {
                "It is sent when there is a connection again, from whatever page of this site you have open.".to_owned()
            }
        }
    };
    let href = format!("/book/{document}");
    let forget = Callback::new(move |()| kept.let_go(&document));
    view! {
        <li>
            <h3>
                <a href=href dir="auto" on:click=move |_| kept.open.set(false)>
                    {name}
                </a>
                <span class="muted" dir="auto">
                    {book}
                </span>
            </h3>
            <p>{how} {move || found.get().and_then(|found| found.went).map(|to| view! { " " <Went kept to /> })}</p>
            {move || found.get().map(|found| view! { <KeptText text=found.text forget /> })}
        </li>
    }
    .into_any()
}
