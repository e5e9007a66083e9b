//! The versions of a chapter: read one, compare it with the text of now, restore it.

use super::{
    super::room::{Room, face, use_room},
    title_of, use_part,
};
use crate::{
    book::{
        chapter::Revision,
        commands::{
            chapter::{open_chapter, restore_revision, revision_text, revisions},
            pen::{put_down_pen, take_pen},
        },
        model::{BookId, PartId},
    },
    sputnik::{client::use_connection, fault::Fault},
    ui::{avatar::Avatar, compare::Compare, dialog::Confirm, form::Wrong, markdown::Prose, number::count, time::Time},
};
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::hooks::{use_navigate, use_query_map};

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
            |(book, part, number, comparing)| async move {
                // Both at once: between two answers the page may be made anew, and on the server the second question
                // would then find nothing of the request any more.
                let now = async {
                    match comparing {
                        true => open_chapter(book.clone(), part.clone()).await.map(|now| Some(now.state.text)),
                        false => Ok(None),
                    }
                };
                let (old, now) = futures::join!(revision_text(book.clone(), part.clone(), number), now);
                Ok::<_, Fault>((old?, now?))
            },
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
                <Show when=move || room.can_edit()>
                    <Restore room part=part.clone() number />
                </Show>
            </div>
            <Suspense fallback=|| view! { <p class="muted">"Fetching the text…"</p> }>
                {move || Suspend::new(async move {
                    match texts.await {
                        Ok((old, Some(now))) => {
                            view! {
                                <p class="muted">"Struck through is only in this version, underlined only in the text of now."</p>
                                <Compare old new=now />
                            }
                                .into_any()
                        }
                        Ok((old, None)) => view! { <Prose text=old /> }.into_any(),
                        Err(fault) => view! { <Wrong words=Some(fault.words) /> }.into_any(),
                    }
                })}
            </Suspense>
        </section>
    }
    .into_any()
}

#[component]
fn Restore(room: Room, part: PartId, number: u32) -> impl IntoView {
    let asked = RwSignal::new(false);
    let fault = RwSignal::new(None::<String>);
    let client = use_connection().client;
    let navigate = use_navigate();
    let act = move |()| {
        let (book, path, part, navigate) = (room.book(), room.path(&part), part.clone(), navigate.clone());
        fault.set(None);
        spawn_local(async move {
            match restore(book, part, number, client).await {
                Ok(()) => navigate(&path, Default::default()),
                Err(why) => {
                    fault.try_set(Some(why.words));
                }
            }
        });
    };
    view! {
        <button type="button" on:click=move |_| asked.set(true)>
            "Restore"
        </button>
        <Wrong words=fault />
        <Confirm
            open=asked
            title=format!("Restore version {number}?")
            words="Its text becomes the chapter's text, as a new version. All others stay in the history."
            verb="Restore"
            act
        />
    }
    .into_any()
}

/// Restores a version under the pen, which is put down again afterwards.
async fn restore(
    book: BookId,
    part: PartId,
    number: u32,
    client: Signal<Option<crate::sputnik::names::ClientId>>,
) -> Result<(), Fault> {
    let pen = take_pen(book.clone(), part.clone(), false).await?;
    if !client.get_untracked().is_some_and(|me| pen.is_held_by(&me)) {
        return Err(Fault::lock_held("Somebody is writing this chapter now. Ask for the pen there first."));
    }
    let restored = restore_revision(book.clone(), part.clone(), pen.fence, number).await;
    // When it cannot be put down it frees itself with this page.
    let _ = put_down_pen(book, part).await;
    restored.map(|_| ())
}
