//! The history of a chapter: what it was at any moment, what lies between two, who wrote what.
//!
//! What is shown stands in the address, so it can be read without JavaScript, and sent to others: `version` is the
//! moment, `compare` another one to compare it with, `authors` shows who wrote what, and `before` lists older versions.

mod list;
mod naming;
mod restore;
mod shown;
mod timeline;

use super::{
    super::room::{Room, use_room},
    title_of, use_part,
};
use crate::{
    book::{
        commands::history::chapter_history,
        history::{History, Moment},
        model::PartId,
    },
    sputnik::fault::Fault,
    ui::form::Wrong,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use list::List;
use naming::Naming;
use restore::Restore;
use shown::{Choices, Shown};
use timeline::Timeline;

/// What the page is to show. Cheap to copy.
#[derive(Clone, Copy)]
struct Look {
    room: Room,
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
        format!("{}/history?version={moment}", self.room.path(part))
    }
}

/// The page.
#[component]
pub fn HistoryPage() -> impl IntoView {
    let room = use_room();
    let part = use_part();
    let query = use_query_map();
    let moment_of = move |name: &str| query.read().get(name).and_then(|text| text.parse::<Moment>().ok());
    let moment = Memo::new(move |_| moment_of("version").unwrap_or(Moment::Now));
    let compare = Memo::new(move |_| moment_of("compare"));
    let authors = Memo::new(move |_| query.read().get("authors").is_some());
    let before = Memo::new(move |_| query.read().get("before").and_then(|number| number.parse::<u32>().ok()));
    let shown = RwSignal::new(moment.get_untracked());
    Effect::new(move || shown.set(moment.get()));
    let look = Look { room, moment, shown, compare, authors };

    // Anew when a revision was made.
    let newest = Memo::new(move |_| {
        let part = part.get()?;
        room.live.state.with(|book| book.part(&part).map(|part| part.revision))
    });
    let history = Resource::new(
        move || (part.get(), before.get(), newest.get()),
        move |(part, before, _)| {
            let book = room.book();
            async move {
                match part {
                    Some(part) => chapter_history(book, part, before).await,
                    None => Err(Fault::not_found("chapter")),
                }
            }
        },
    );
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
            <Transition fallback=|| view! { <p class="muted">"Fetching the versions…"</p> }>
                {move || Suspend::new(async move {
                    match (history.await, part.get_untracked()) {
                        (Ok(history), Some(part)) => view! { <Versions look part history /> }.into_any(),
                        (Err(fault), _) => view! { <Wrong words=Some(fault.words) /> }.into_any(),
                        (_, None) => ().into_any(),
                    }
                })}
            </Transition>
        </div>
    }
    .into_any()
}

#[component]
fn Versions(look: Look, part: PartId, history: History) -> impl IntoView {
    let history = StoredValue::new(history);
    let part = StoredValue::new(part);
    let room = look.room;
    let heading = move || match look.shown.get() {
        Moment::Now => "The chapter as it stands".to_owned(),
        Moment::Revision(number) => format!("Version {number}"),
    };
    view! {
        <Timeline look part history />
        <div class="versions">
            <List look part history />
            <section class="version" aria-label=heading>
                <h2>{heading}</h2>
                <Choices look part history />
                <Show when=move || room.can_edit()>
                    {move || match look.shown.get() {
                        Moment::Now => view! { <Naming room part /> }.into_any(),
                        Moment::Revision(number) => view! { <Restore room part number /> }.into_any(),
                    }}
                </Show>
                <Shown look part />
            </section>
        </div>
    }
    .into_any()
}
