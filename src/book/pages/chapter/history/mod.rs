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
    book::{
        commands::history::chapter_history,
        history::{History, Moment},
        model::PartId,
    },
    ui::{form::Wrong, icon::Icon, menu::Menu, page::use_page, title::PageTitle},
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
                <div class="chapter-tools">
                    <a class="button quiet" href=back>
                        "Back to the chapter"
                    </a>
                </div>
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
    let (naming, restoring) = (RwSignal::new(false), RwSignal::new(false));
    view! {
        <Transition fallback=|| view! { <p class="muted">"Fetching the versions…"</p> }>
            {move || Suspend::new(async move {
                match history.await {
                    // Nothing yet to choose between.
                    Ok(history) if history.revisions.is_empty() && history.now.is_none() => ().into_any(),
                    Ok(history) => {
                        view! { <Bar look part history=StoredValue::new(history) naming restoring /> }.into_any()
                    }
                    Err(fault) => view! { <Wrong words=Some(fault.words) /> }.into_any(),
                }
            })}
        </Transition>
        <section class="version" aria-label=heading>
            <h2 class="unseen">{heading}</h2>
            <Shown look part newest />
        </section>
        <Show when=move || context.can_edit()>
            <Naming context part open=naming />
            {move || match look.shown.get() {
                Moment::Now => ().into_any(),
                Moment::Revision(number) => view! { <Restore context part number asked=restoring /> }.into_any(),
            }}
        </Show>
    }
    .into_any()
}

/// All there is to choose, above the text: which version, how it is looked at, and what is done with it.
#[component]
fn Bar(
    look: Look,
    part: StoredValue<PartId>,
    history: StoredValue<History>,
    /// Opens the dialog that names how the chapter stands.
    naming: RwSignal<bool>,
    /// Opens the question before a version is restored.
    restoring: RwSignal<bool>,
) -> impl IntoView {
    let called = move || match look.shown.get() {
        Moment::Now => "Now".to_owned(),
        Moment::Revision(number) => format!("Version {number}"),
    };
    let is_first = history.with_value(|history| history.revisions.is_empty());
    view! {
        <div class="history-bar">
            <div class="row">
                <Menu
                    label=Signal::derive(move || format!("Versions: {}", called()))
                    class="version-menu"
                    face=move || view! { <strong>{called}</strong> <Icon name="down" /> }
                >
                    <List look part history />
                </Menu>
                <Choices look part history />
                <Show when=move || look.context.can_edit() && use_page().live.get()>
                    {move || match look.shown.get() {
                        Moment::Now => {
                            view! {
                                // In one piece: the words stand apart by a blank, as words do.
                                <button type="button" class="at-end" on:click=move |_| naming.set(true)>
                                    <span>"Name" <span>" this version…"</span></span>
                                </button>
                            }
                                .into_any()
                        }
                        Moment::Revision(_) => {
                            view! {
                                <button type="button" class="at-end" on:click=move |_| restoring.set(true)>
                                    "Restore"
                                </button>
                            }
                                .into_any()
                        }
                    }}
                </Show>
            </div>
            <Timeline look part history />
            {is_first
                .then(|| {
                    view! {
                        <p class="muted">
                            "No version yet: the first is made when a stretch of writing ends, or when this one is named."
                        </p>
                    }
                })}
        </div>
    }
    .into_any()
}
