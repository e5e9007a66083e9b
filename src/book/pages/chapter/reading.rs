//! A chapter on its page: its head, and below it the text to read or the field to write in.

use super::{
    super::{
        contents::{around, mark, mark::Mark, set_status_of},
        room::use_room,
    },
    editor::Editor,
    pen::{Asking, PenBar},
    rescue::{Refusal, RescueBanner},
    title_of,
    writer::{Mode, Writer},
};
use crate::{
    book::{chapter::count_words, model::Status},
    ui::{browser, form::Wrong, icon::Icon, markdown::Prose, number::count, time::Time},
};
use leptos::prelude::*;
use leptos_meta::Title;

/// The page of a chapter.
#[component]
pub fn Reading(writer: Writer) -> impl IntoView {
    let room = writer.room;
    let title = Memo::new(move |_| writer.part.with_value(|part| title_of(room, part)));
    let writes = Memo::new(move |_| matches!(writer.mode.get(), Mode::Writing | Mode::Refused));
    // Who was writing goes on reading where they wrote.
    Effect::new(move |before: Option<bool>| {
        let now = writes.get();
        if before == Some(true) && !now {
            let depth = writer.depth.get_value();
            request_animation_frame(move || browser::scroll("main", depth));
        }
        now
    });
    view! {
        <Title text=title />
        <article class="page" class:writing=writes>
            <header class="chapter-head">
                <h1 dir="auto">{title}</h1>
                <div class="chapter-meta">
                    <Meta writer />
                    <PenBar writer />
                </div>
                <Show when=move || !writes.get()>
                    <Wrong words=writer.fault />
                </Show>
            </header>
            <Asking writer />
            <Refusal writer />
            <RescueBanner writer />
            <Show when=move || writes.get() fallback=move || view! { <Text writer /> }>
                <Editor writer />
            </Show>
        </article>
    }
    .into_any()
}

#[component]
fn Meta(writer: Writer) -> impl IntoView {
    let room = use_room();
    let chapter = writer.live.state;
    let part = Memo::new(move |_| room.live.state.with(|book| writer.part.with_value(|part| book.part(part).cloned())));
    let status = Signal::derive(move || part.with(|part| part.as_ref().map(|part| part.status)).unwrap_or_default());
    let words = Memo::new(move |_| chapter.with(|chapter| count_words(&chapter.text)));
    let last = Memo::new(move |_| chapter.with(|chapter| (chapter.last.clone(), chapter.unsaved)));
    view! {
        <p class="meta">
            <Show
                when=move || room.can_edit() && writer.page.live.get()
                fallback=move || view! { <span class="with-mark"><Mark status=status.get() /> {move || status.get().words()}</span> }
            >
                <StatusSelect writer status />
            </Show>
            <span class="numbers">{move || count(words.get(), "word")}</span>
            {move || {
                let (last, unsaved) = last.get();
                last.map(|(who, at)| {
                    view! {
                        <span>{if unsaved { "draft by " } else { "saved by " }} {who.name} " " <Time at /></span>
                    }
                })
            }}
            <a href=move || writer.part.with_value(|part| format!("{}/history", room.path(part)))>
                <Icon name="history" />
                "History"
            </a>
        </p>
    }
    .into_any()
}

#[component]
fn StatusSelect(writer: Writer, status: Signal<Status>) -> impl IntoView {
    let choose = move |chosen: &str| {
        if let Some(status) = Status::ALL.into_iter().find(|status| status.words() == chosen) {
            writer.part.with_value(|part| set_status_of(writer.room, part, status, writer.fault));
        }
    };
    view! {
        <span class="with-mark">
            {move || view! { <span class=format!("status {}", mark::status_class(status.get()))><mark::Shape status=status.get() /></span> }}
            <select
                class="bare"
                aria-label="Status"
                prop:value=move || status.get().words()
                on:change=move |event| choose(&event_target_value(&event))
            >
                {Status::ALL
                    .map(|each| {
                        view! {
                            <option value=each.words() selected=move || status.get() == each>
                                {each.words()}
                            </option>
                        }
                    })
                    .into_iter()
                    .collect_view()}
            </select>
        </span>
    }
    .into_any()
}

/// The text as a reader sees it, growing while somebody writes; and the way on.
#[component]
fn Text(writer: Writer) -> impl IntoView {
    let room = writer.room;
    let chapter = writer.live.state;
    let text = Signal::derive(move || chapter.with(|chapter| chapter.text.clone()));
    let empty = Memo::new(move |_| chapter.with(|chapter| chapter.text.trim().is_empty()));
    let neighbours = Memo::new(move |_| {
        room.live.state.with(|book| {
            writer.part.with_value(|part| {
                let (before, after) = around(book, part);
                (before.cloned(), after.cloned())
            })
        })
    });
    view! {
        <Show when=move || empty.get()>
            <p class="muted empty">
                {move || if room.can_edit() && writer.lock.holder.with(Option::is_none) {
                    "This chapter is still blank. Press Write to take the pen."
                } else {
                    "This chapter is still blank."
                }}
            </p>
        </Show>
        <Prose text />
        <nav class="turn" aria-label="Chapters">
            {move || {
                let (before, after) = neighbours.get();
                let link = |part: crate::book::model::Part, words: &'static str, class: &'static str| {
                    view! {
                        <a class=class href=room.path(&part.id)>
                            <span class="muted">{words}</span>
                            <span dir="auto">{part.title.to_string()}</span>
                        </a>
                    }
                };
                (before.map(|part| link(part, "Before", "before")), after.map(|part| link(part, "Next", "after")))
            }}
        </nav>
    }
    .into_any()
}
