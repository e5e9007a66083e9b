//! What was deleted in a book, to be brought back.

use super::book_context::{face, use_book_context};
use crate::{
    book::{
        commands::contents::{bring_back, deleted_parts},
        events::EventKind,
        history::Deleted,
    },
    ui::{avatar::Avatar, command::run_in_form, form::Wrong, number::count, page::use_page, time::Time},
};
use leptos::prelude::*;
use sputnik::protocol::json;

/// The list, newest first.
#[component]
pub fn DeletedParts() -> impl IntoView {
    let context = use_book_context();
    let fault = RwSignal::new(None);
    // Anew when something was deleted or brought back, here or elsewhere.
    let changes = Memo::new(move |_| {
        context.live.state.with(|book| {
            let changes =
                |told: &EventKind| matches!(told, EventKind::PartRemoved { .. } | EventKind::PartsBroughtBack { .. });
            book.activity.iter().rev().find(|told| changes(&told.what)).map(|told| told.at)
        })
    });
    let deleted = json::resource(move || changes.get(), move |_| deleted_parts(context.book()));
    view! {
        <section aria-labelledby="set-deleted">
            <h2 id="set-deleted">"Deleted chapters"</h2>
            <Transition fallback=|| view! { <p class="muted">"Fetching what was deleted…"</p> }>
                {move || Suspend::new(async move {
                    match deleted.await {
                        Ok(deleted) if deleted.is_empty() => {
                            view! { <p class="muted">"Nothing was deleted. What is can be brought back here."</p> }
                                .into_any()
                        }
                        Ok(deleted) => {
                            view! {
                                <ul class="people deleted" aria-label="Deleted chapters">
                                    {deleted
                                        .into_iter()
                                        .map(|deleted| view! { <Line deleted fault /> })
                                        .collect_view()}
                                </ul>
                            }
                                .into_any()
                        }
                        Err(why) => view! { <Wrong words=Some(why.words) /> }.into_any(),
                    }
                })}
            </Transition>
            <Wrong words=fault />
        </section>
    }
    .into_any()
}

#[component]
fn Line(deleted: Deleted, fault: RwSignal<Option<String>>) -> impl IntoView {
    let (context, page) = (use_book_context(), use_page());
    let Deleted { part, title, by, at, chapters } = deleted;
    let label = format!("Bring back “{title}”");
    view! {
        <li>
            <Avatar face=face(&by) />
            <span class="grow">
                <strong dir="auto">{title.to_string()}</strong>
                <span class="muted">
                    " deleted by " {by.name} ", " <Time at />
                    {(chapters != 1).then(|| format!(", with {}", count(chapters, "chapter")))}
                </span>
            </span>
            <button
                type="button"
                aria-label=label
                on:click=move |_| run_in_form(page, fault, "It is back.", bring_back(context.book(), part.clone(), None))
            >
                "Bring back"
            </button>
        </li>
    }
    .into_any()
}
