//! The history of a chapter: what it was at any moment, what lies between two, who wrote what.
//!
//! What is shown stands in the address, so it can be read without JavaScript, and sent to others: `version` is the
//! moment, `compare` another one to compare it with, `authors` shows who wrote what, and `before` lists older versions.

mod list;
mod naming;
mod percents;
mod restore;
mod shown;
mod timeline;

use super::{
    super::book_context::{BookContext, use_book_context},
    title_of, use_part,
};
use crate::{
    book::{commands::history::chapter_history, history::Moment, model::PartId},
    ui::{form::Wrong, title::PageTitle},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use list::List;
use naming::Naming;
use restore::Restore;
use shown::{Choices, Shown};
use sputnik::protocol::json;
use timeline::Timeline;

/// What the page is to show. Cheap to copy.
#[derive(Clone, Copy)]
struct Look {
    context: BookContext,
    /// Which moment the address names.
    moment: Memo<Moment>,
    /// Which one is shown: another while the timeline is dragged.
    shown: RwSignal<Moment>,
    /// What it is compared with.
    compare: Memo<Option<Moment>>,
    /// Whether it is shown who wrote what.
    authors: Memo<bool>,
}

impl Look {
    /// The address of the chapter's history at this moment.
    fn path(&self, part: &PartId, moment: Moment) -> String {
        format!("{}/history?version={moment}", self.context.path(part))
    }
}

/// The page.
#[component]
pub fn HistoryPage() -> impl IntoView {
    let context = use_book_context();
    let part = use_part();
    let title = Memo::new(move |_| part.get().map(|part| title_of(context, &part)).unwrap_or_default());
    let back = move || part.get().map(|part| context.path(&part)).unwrap_or_default();
    view! {
        <PageTitle text=Signal::derive(move || format!("History of {}", title.get())) />
        <div class="page history">
            <header class="chapter-head">
                <h1 dir="auto">"History of “" {title} "”"</h1>
                <p class="meta">
                    <a href=back>"Back to the chapter"</a>
                </p>
            </header>
            <Show
                when=move || context.within.get()
                fallback=|| {
                    view! { <p class="muted">"Only those who belong to this book see who wrote it, and what it was before."</p> }
                }
            >
                {move || part.get().map(|part| view! { <Moments part /> })}
            </Show>
        </div>
    }
    .into_any()
}

#[component]
fn Moments(part: PartId) -> impl IntoView {
    let context = use_book_context();
    let query = use_query_map();
    let moment_of = move |name: &str| query.read().get(name).and_then(|text| text.parse::<Moment>().ok());
    let moment = Memo::new(move |_| moment_of("version").unwrap_or(Moment::Now));
    let shown = RwSignal::new(moment.get_untracked());
    Effect::new(move || shown.set(moment.get()));
    let look = Look {
        context,
        moment,
        shown,
        compare: Memo::new(move |_| moment_of("compare")),
        authors: Memo::new(move |_| query.read().get("authors").is_some()),
    };
    let before = Memo::new(move |_| query.read().get("before").and_then(|number| number.parse::<u32>().ok()));
    let newest = {
        let part = part.clone();
        Memo::new(move |_| context.live.state.with(|book| book.part(&part).map(|part| part.revision)))
    };
    let part = StoredValue::new(part);
    // Anew when a revision was made.
    let history = json::resource(
        move || (part.get_value(), before.get(), newest.get()),
        move |(part, before, _)| chapter_history(context.book(), part, before),
    );
    let heading = move || match look.shown.get() {
        Moment::Now => "The chapter as it stands".to_owned(),
        Moment::Revision(number) => format!("Version {number}"),
    };
    view! {
        <Transition>
            {move || Suspend::new(async move {
                history.await.ok().map(|history| view! { <Timeline look part history=StoredValue::new(history) /> })
            })}
        </Transition>
        <div class="versions">
            <Transition fallback=|| view! { <p class="muted">"Fetching the versions…"</p> }>
                {move || Suspend::new(async move {
                    match history.await {
                        Ok(history) => view! { <List look part history=StoredValue::new(history) /> }.into_any(),
                        Err(fault) => view! { <Wrong words=Some(fault.words) /> }.into_any(),
                    }
                })}
            </Transition>
            <section class="version" aria-label=heading>
                <h2>{heading}</h2>
                <Transition>
                    {move || Suspend::new(async move {
                        history.await.ok().map(|history| view! { <Choices look part history=StoredValue::new(history) /> })
                    })}
                </Transition>
                <Show when=move || context.can_edit()>
                    {move || match look.shown.get() {
                        Moment::Now => view! { <Naming context part /> }.into_any(),
                        Moment::Revision(number) => view! { <Restore context part number /> }.into_any(),
                    }}
                </Show>
                <Shown look part newest />
            </section>
        </div>
    }
    .into_any()
}
