//! A chapter: reading it as it grows, and writing it.
//!
//! | file | what it has |
//! | --- | --- |
//! | `page` | the chapter on its page: title, people, text |
//! | `line` | the line under the title: how the chapter stands, or what needs a word |
//! | `menu` | what is rarely done, in one menu |
//! | `writer` | what the page knows of its text, and who may write in it; `writer/sync` keeps it and the editor in step |
//! | `editor` | the editor's module (`editor/`) in its node of the page |
//! | `pen`, `closing` | who may write: alone for a while, or nobody |
//! | `role` | that whoever looks may do more or less than before |
//! | `refused_text` | text that the server would not have |
//! | `goal` | how many words there are, and are to be |
//! | `not_here` | what stands in place of a chapter that was deleted, moved, joined to another, or never was |
//! | `headings`, `splitting` | the headings within it; it becomes two |
//! | `files`, `upload` | a file becomes text of the chapter, a picture a file of the site |
//! | `history/` | what the chapter was |
//!
//! Everything outside of this folder sees only [`ChapterPane`]: a book, a part, and nothing of how it is edited.

mod closing;
#[cfg(feature = "hydrate")]
mod editor;
mod files;
mod goal;
mod headings;
pub mod history;
mod line;
mod menu;
mod not_here;
mod page;
mod pen;
mod references;
mod refused_text;
mod role;
mod splitting;
#[cfg(feature = "hydrate")]
pub mod upload;
mod writer;

use super::{
    book_context::{BookContext, use_book_context},
    contents::outline::Outline,
    no_connection::NoConnection,
};
use crate::{
    book::{
        channels::ChapterChannel,
        chapter::ChapterText,
        commands::chapter::open_chapter,
        model::{BookId, Kind, PartId},
    },
    ui::{title::PageTitle, trouble::Trouble},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use not_here::NotHere;
use page::Reading;
use sputnik::{Snapshot, client::use_channel, protocol::json};
use writer::Writer;

/// The part in the address.
pub(super) fn use_part() -> Memo<Option<PartId>> {
    let params = use_params_map();
    Memo::new(move |_| params.read().get("part").and_then(|part| part.parse().ok()))
}

/// The title of a part, as it is now.
pub(super) fn title_of(context: BookContext, part: &PartId) -> String {
    context.live.state.with(|book| book.part(part).map(|part| part.title.to_string())).unwrap_or_default()
}

/// The same, for an event that only asks once.
fn title_of_untracked(context: BookContext, part: &PartId) -> String {
    context.live.state.with_untracked(|book| book.part(part).map(|part| part.title.to_string())).unwrap_or_default()
}

/// A part of a book: a chapter to read and write, or a section and what it holds.
#[component]
pub fn ChapterPage() -> impl IntoView {
    let context = use_book_context();
    let part = use_part();
    let kind = Memo::new(move |_| {
        let part = part.get()?;
        let kind = context.live.state.with(|book| book.part(&part).map(|part| part.kind));
        Some((part, kind))
    });
    move || match kind.get() {
        Some((part, Some(Kind::Chapter))) => view! { <ChapterPane book=context.book() part /> }.into_any(),
        Some((part, Some(Kind::Section))) => view! { <SectionPage part /> }.into_any(),
        _ => view! { <NotHere /> }.into_any(),
    }
}

#[component]
fn SectionPage(part: PartId) -> impl IntoView {
    let context = use_book_context();
    let title = {
        let part = part.clone();
        Memo::new(move |_| title_of(context, &part))
    };
    view! {
        <PageTitle text=title />
        <article class="page title-page">
            <header>
                <h1 dir="auto">{title}</h1>
            </header>
            <Outline parent=Some(part) />
        </article>
    }
}

/// The pane that shows a chapter and lets it be written. Another editor takes its place behind these two props.
#[component]
pub fn ChapterPane(
    /// The book.
    book: BookId,
    /// The chapter.
    part: PartId,
) -> impl IntoView {
    // The text, where the server renders it: it is long, and does not come along with the page a second time.
    let rendered = StoredValue::new(None::<String>);
    let opened = {
        let (book, part) = (book.clone(), part.clone());
        let open = move |(book, part)| async move {
            let mut opened = open_chapter(book, part).await;
            if cfg!(feature = "ssr")
                && let Ok(snapshot) = &mut opened
            {
                rendered.set_value(Some(std::mem::take(&mut snapshot.state.html)));
            }
            opened
        };
        json::resource(move || (book.clone(), part.clone()), open)
    };
    view! {
        <Suspense fallback=Skeleton>
            {move || {
                let (book, part) = (book.clone(), part.clone());
                Suspend::new(async move {
                    match opened.await {
                        Ok(mut snapshot) => {
                            if let Some(html) = rendered.get_value() {
                                snapshot.state.html = html;
                            }
                            view! { <Opened book part snapshot /> }.into_any()
                        }
                        Err(fault) => view! { <Trouble fault /> }.into_any(),
                    }
                })
            }}
        </Suspense>
    }
}

#[component]
fn Opened(book: BookId, part: PartId, snapshot: Snapshot<ChapterText>) -> impl IntoView {
    let context = use_book_context();
    let live = use_channel(ChapterChannel(book, part.clone()), snapshot, ChapterText::apply);
    let writer = Writer::new(context, part, live);
    pen::follow(writer);
    closing::announce(writer);
    view! { <Reading writer /> }
}

#[component]
fn Skeleton() -> impl IntoView {
    view! {
        <NoConnection />
        <div class="page skeleton" aria-hidden="true">
            <i class="head"></i>
            <i></i>
            <i></i>
            <i></i>
            <i></i>
        </div>
    }
}
