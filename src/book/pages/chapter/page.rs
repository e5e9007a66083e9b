//! A chapter on its page: its head, and below it the text to read and write.

use super::{
    super::{
        book_context::{face_of, use_book_context},
        contents::{around, mark, mark::Mark, set_status_of},
    },
    closing::{CloseChapter, ClosedBar},
    files::ChapterFiles,
    goal::Words,
    pen::{Asking, PenBar},
    refused_text::Refused,
    title_of,
    writer::Writer,
};
use crate::{
    book::model::Status,
    ui::{avatar::Avatar, for_each::ForEach, form::Wrong, icon::Icon, time::Time, title::PageTitle},
};
use leptos::prelude::*;
use sputnik::{Present, client::connection::use_connection};

/// The page of a chapter.
#[component]
pub fn Reading(writer: Writer) -> impl IntoView {
    let context = writer.context;
    let title = Memo::new(move |_| writer.part.with_value(|part| title_of(context, part)));
    view! {
        <PageTitle text=title />
        <article class="page">
            <header class="chapter-head">
                <h1 dir="auto">{title}</h1>
                <div class="chapter-meta">
                    <Meta writer />
                    <div class="chapter-tools">
                        <AlsoHere writer />
                        <PenBar writer />
                        <CloseChapter writer />
                        <OnlyTheText writer />
                    </div>
                </div>
                <Wrong words=writer.fault />
                <Wrong words=writer.missing />
            </header>
            <ClosedBar writer />
            <Asking writer />
            <Refused writer />
            <Text writer />
            <ChapterFiles writer />
            <Turn writer />
        </article>
    }
    .into_any()
}

#[component]
fn Meta(writer: Writer) -> impl IntoView {
    let context = use_book_context();
    let chapter = writer.live.state;
    let part =
        Memo::new(move |_| context.live.state.with(|book| writer.part.with_value(|part| book.part(part).cloned())));
    let status = Signal::derive(move || part.with(|part| part.as_ref().map(|part| part.status)).unwrap_or_default());
    let last = Memo::new(move |_| chapter.with(|chapter| chapter.last.clone()));
    view! {
        <div class="meta">
            <Show
                when=move || context.can_edit() && writer.page.live.get()
                fallback=move || view! { <span class="with-mark"><Mark status=status.get() /> {move || status.get().words()}</span> }
            >
                <StatusSelect writer status />
            </Show>
            <Words part writer />
            {move || {
                last.get()
                    .map(|(who, at)| {
                        let by = if who.is_somebody() { "written ".to_owned() } else { format!("written by {} ", who.name) };
                        view! { <span>{by} <Time at /></span> }
                    })
            }}
            <Show when=move || context.within.get()>
                <a href=move || writer.part.with_value(|part| format!("{}/history", context.path(part)))>
                    <Icon name="history" />
                    "History"
                </a>
            </Show>
        </div>
    }
    .into_any()
}

/// Takes everything away but the text and how it stands with the server.
#[component]
fn OnlyTheText(writer: Writer) -> impl IntoView {
    view! {
        <Show when=move || writer.page.live.get()>
            <button
                type="button"
                class="quiet only-wide"
                title="Hide everything else (Ctrl Alt Z); Escape brings it back"
                on:click=move |_| writer.context.focus_mode.set(true)
            >
                <Icon name="focus-mode" />
                "Only the text"
            </button>
        </Show>
    }
    .into_any()
}

/// Who else is in this chapter; a press goes to where they write.
#[component]
fn AlsoHere(writer: Writer) -> impl IntoView {
    let me = use_connection().client;
    let here = Memo::new(move |_| {
        let part = writer.part.with_value(ToString::to_string);
        let mine = me.get();
        let in_part = |who: &&Present| {
            Some(&who.client) != mine.as_ref() && who.state.get("part").and_then(|part| part.as_str()) == Some(&*part)
        };
        writer.context.presence.roster.with(|roster| {
            let here = roster.as_ref().map(|roster| roster.here.iter().filter(in_part).cloned().collect());
            here.unwrap_or_else(Vec::new)
        })
    });
    let button = move |who: Present| {
        let face = face_of(&who);
        let words = format!("Go to where {} is", face.name);
        view! {
            <li>
                <button
                    type="button"
                    class="quiet small"
                    aria-label=words.clone()
                    title=words
                    on:click=move |_| writer.context.seek(who.client.clone())
                >
                    <Avatar face />
                </button>
            </li>
        }
    };
    view! {
        <Show when=move || !here.with(Vec::is_empty)>
            <ul class="also-here" aria-label="Also in this chapter">
                <ForEach each=move || here.get() key=|who| (who.client.clone(), who.state.to_string()) children=button />
            </ul>
        </Show>
    }
    .into_any()
}

#[component]
fn StatusSelect(writer: Writer, status: Signal<Status>) -> impl IntoView {
    let choose = move |chosen: &str| {
        if let Some(status) = Status::ALL.into_iter().find(|status| status.words() == chosen) {
            writer.part.with_value(|part| set_status_of(writer.context, part, status, writer.fault));
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

/// The text. What the server rendered can be read at once; then the editor takes its place, and Leptos never looks into
/// it again.
#[component]
fn Text(writer: Writer) -> impl IntoView {
    let rendered =
        writer.live.state.with_untracked(|text| format!("<div class=\"prose manuscript\">{}</div>", text.html));
    view! { <div class="chapter-text" dir="auto" node_ref=writer.node inner_html=rendered></div> }.into_any()
}

/// The way on.
#[component]
fn Turn(writer: Writer) -> impl IntoView {
    let context = writer.context;
    let neighbours = Memo::new(move |_| {
        context.live.state.with(|book| {
            writer.part.with_value(|part| {
                let (before, after) = around(book, part);
                (before.cloned(), after.cloned())
            })
        })
    });
    view! {
        <nav class="turn" aria-label="Chapters">
            {move || {
                let (before, after) = neighbours.get();
                let link = |part: crate::book::model::Part, words: &'static str, class: &'static str| {
                    view! {
                        <a class=class href=context.path(&part.id)>
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
