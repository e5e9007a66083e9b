//! The versions of a chapter: read one, compare it with the text of now, restore it.

use super::{
    super::room::{Room, face, use_room},
    title_of, use_part,
};
use crate::{
    book::{
        chapter::Revision,
        commands::{
            chapter::{revision_text, revisions},
        },
        model::{BookId, PartId},
    },
    sputnik::fault::Fault,
    ui::{avatar::Avatar, form::Wrong, markdown::Prose, number::count, time::Time},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// The page. Which version is shown stands in the address, so it works without JavaScript, and can be sent to others.
#[component]
pub fn HistoryPage() -> impl IntoView {
    let room = use_room();
    let part = use_part();
    let query = use_query_map();
    let chosen = Memo::new(move |_| query.read().get("version").and_then(|number| number.parse::<u32>().ok()));
    let comparing = Memo::new(move |_| query.read().get("compare").is_some());
    let list = Resource::new(move || part.get(), move |part| list_of(room.book(), part));
    let title = Memo::new(move |_| part.get().map(|part| title_of(room, &part)).unwrap_or_default());
    let back = move || part.get().map(|part| room.path(&part)).unwrap_or_default();
    view! {
        <Title text=move || format!("History of {}", title.try_get().unwrap_or_default()) />
        <div class="page history">
            <header class="chapter-head">
                <h1 dir="auto">"History of “" {title} "”"</h1>
                <p class="meta">
                    <a href=back>"Back to the chapter"</a>
                </p>
            </header>
            <div class="versions">
                <Suspense fallback=|| view! { <p class="muted">"Fetching the versions…"</p> }>
                    {move || Suspend::new(async move {
                        match list.await {
                            Ok(list) => view! { <List list chosen back=Signal::derive(back) /> }.into_any(),
                            Err(fault) => view! { <Wrong words=Some(fault.words) /> }.into_any(),
                        }
                    })}
                </Suspense>
                {move || match (part.get(), chosen.get()) {
                    (Some(part), Some(number)) => {
                        view! { <Version room part number comparing=comparing.get() /> }.into_any()
                    }
                    _ => view! { <p class="muted version">"Choose a version to read it."</p> }.into_any(),
                }}
            </div>
        </div>
    }
    .into_any()
}

async fn list_of(book: BookId, part: Option<PartId>) -> Result<Vec<Revision>, Fault> {
    match part {
        Some(part) => revisions(book, part).await,
        None => Err(Fault::not_found("chapter")),
    }
}

#[component]
fn List(list: Vec<Revision>, chosen: Memo<Option<u32>>, back: Signal<String>) -> impl IntoView {
    if list.is_empty() {
        return view! { <p class="muted">"No version was saved yet."</p> }.into_any();
    }
    let line = move |revision: Revision| {
        let number = revision.number;
        view! {
            <li>
                <a
                    href=move || format!("{}/history?version={number}", back.get())
                    aria-current=move || (chosen.get() == Some(number)).then_some("true")
                >
                    <Avatar face=face(&revision.by) />
                    <span>
                        <strong>"Version " {number}</strong>
                        <span class="muted">
                            {revision.by.name} ", " <Time at=revision.at /> ", " {count(revision.words, "word")}
                        </span>
                        {(!revision.comment.is_empty()).then(|| view! { <q>{revision.comment}</q> })}
                    </span>
                </a>
            </li>
        }
    };
    view! {
        <ol class="version-list" aria-label="Versions">
            {list.into_iter().map(line).collect_view()}
        </ol>
    }
    .into_any()
}

#[component]
fn Version(room: Room, part: PartId, number: u32, comparing: bool) -> impl IntoView {
    let path = format!("{}/history?version={number}", room.path(&part));
    let texts = {
        let (book, part) = (room.book(), part.clone());
        Resource::new(
            move || (book.clone(), part.clone(), number, comparing),
            |(book, part, number, _)| async move { revision_text(book, part, number).await },
        )
    };
    view! {
        <section class="version" aria-label=format!("Version {number}")>
            <div class="row">
                <a class="button" href=path.clone() aria-current=(!comparing).then_some("true")>
                    "Read"
                </a>
                <a class="button" href=format!("{path}&compare=now") aria-current=comparing.then_some("true")>
                    "Compare with now"
                </a>
            </div>
            <Suspense fallback=|| view! { <p class="muted">"Fetching the text…"</p> }>
                {move || Suspend::new(async move {
                    match texts.await {
                        Ok(old) => view! { <Prose text=old /> }.into_any(),
                        Err(fault) => view! { <Wrong words=Some(fault.words) /> }.into_any(),
                    }
                })}
            </Suspense>
        </section>
    }
    .into_any()
}
