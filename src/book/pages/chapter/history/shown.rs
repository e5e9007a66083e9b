//! The text of a moment: as it was, compared with another, or with who wrote what.

use super::{Look, percents::percents};
use crate::{
    book::{
        commands::history::{compare_versions, read_version, show_authors},
        history::{Attributed, Compared, History, Moment, Revision},
        model::{BookId, PartId},
        pages::{book_context::face, retry::patiently},
    },
    ui::{avatar::Avatar, form::Wrong, icon::Icon, menu::Menu, number::count},
};
use leptos::{prelude::*, task::spawn_local};
use sputnik::{Fault, protocol::json};
use std::collections::HashMap;

/// How many bytes of versions a page keeps, so that a drag along the timeline shows them at once.
const KEPT_BYTES: usize = 8 << 20;

/// The ways a moment can be looked at, as links and a form: without JavaScript too. They stand in a bar with others.
#[component]
pub fn Choices(look: Look, part: StoredValue<PartId>, history: StoredValue<History>) -> impl IntoView {
    let path = move || part.with_value(|part| look.path(part, look.shown.get()));
    let compares = move |with: Moment| look.compare.get() == Some(with);
    let plain = move || look.compare.get().is_none() && !look.authors.get();
    let with = move || match look.shown.get() {
        Moment::Now => history.with_value(|history| history.revisions.first().map(|newest| newest.number)),
        Moment::Revision(number) => number.checked_sub(1),
    };
    let is_now = move || look.shown.get() == Moment::Now;
    // Each with what it is called.
    let others = move || {
        let mut moments = vec![(Moment::Now, "Now".to_owned())];
        history.with_value(|history| {
            let called = |revision: &Revision| match revision.name.as_str() {
                "" => format!("Version {}", revision.number),
                name => format!("Version {}: {name}", revision.number),
            };
            let all = history.revisions.iter();
            moments.extend(all.map(|revision| (Moment::Revision(revision.number), called(revision))));
        });
        moments.retain(|(moment, _)| *moment != look.shown.get());
        moments
    };
    view! {
        <a class="button quiet" href=path aria-current=move || plain().then_some("true")>
            "Read"
        </a>
        {move || {
            with()
                .map(|with| {
                    let with = Moment::Revision(with);
                    view! {
                        <a
                            class="button quiet"
                            href=move || format!("{}&compare={with}", path())
                            aria-current=move || compares(with).then_some("true")
                        >
                            "What is new in it"
                        </a>
                    }
                })
        }}
        <Show
            when=is_now
            fallback=move || {
                view! {
                    <a
                        class="button quiet with-now"
                        href=move || format!("{}&compare=now", path())
                        aria-current=move || compares(Moment::Now).then_some("true")
                    >
                        "Compare with now"
                    </a>
                }
            }
        >
            <a
                class="button quiet"
                href=move || format!("{}&authors=1", path())
                aria-current=move || look.authors.get().then_some("true")
            >
                "Show authors"
            </a>
        </Show>
        <Show when=move || !others().is_empty()>
            <Menu label="Compare with another version" class="compare-menu" face=|| view! { "Compare" <Icon name="down" /> }>
                <form class="row" method="get" action=move || path().split('?').next().map(str::to_owned)>
                    <input type="hidden" name="version" value=move || look.shown.get().to_string() />
                    <select name="compare" aria-label="Compare with">
                        {move || {
                            others()
                                .into_iter()
                                .map(|(moment, called)| {
                                    view! {
                                        <option value=moment.to_string() selected=move || compares(moment)>
                                            {called}
                                        </option>
                                    }
                                })
                                .collect_view()
                        }}
                    </select>
                    <button type="submit">"Compare"</button>
                </form>
            </Menu>
        </Show>
    }
    .into_any()
}

/// What is to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum View {
    Text(Moment),
    Compared(Moment, Moment),
    Authors,
}

#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
enum Fetched {
    Text(String),
    Compared(Compared),
    Authors(Attributed),
}

/// Versions that were read, and their neighbours.
type Kept = StoredValue<HashMap<u32, String>>;

/// The text.
#[component]
pub fn Shown(
    look: Look,
    part: StoredValue<PartId>,
    /// The newest revision: with another, the chapter as it stands is another too.
    newest: Memo<Option<u32>>,
) -> impl IntoView {
    let kept: Kept = StoredValue::new(HashMap::new());
    let view = Memo::new(move |_| {
        let shown = look.shown.get();
        // Another moment than the address says: the timeline is dragged, and one only looks.
        let is_dragged = shown != look.moment.get();
        match (look.compare.get(), look.authors.get()) {
            // The older stands first, whichever was asked for.
            (Some(with), _) if !is_dragged => View::Compared(shown.min(with), shown.max(with)),
            (_, true) if !is_dragged => View::Authors,
            _ => View::Text(shown),
        }
    });
    let book = look.context.book();
    let fetched = {
        let book = book.clone();
        json::resource(
            move || (part.get_value(), view.get(), newest.get()),
            move |(part, view, _)| {
                let book = book.clone();
                async move {
                    match view {
                        View::Text(moment) => text(kept, book, part, moment).await.map(Fetched::Text),
                        View::Compared(old, new) => {
                            let compared = patiently(|| compare_versions(book.clone(), part.clone(), old, new));
                            compared.await.map(Fetched::Compared)
                        }
                        View::Authors => {
                            patiently(|| show_authors(book.clone(), part.clone())).await.map(Fetched::Authors)
                        }
                    }
                }
            },
        )
    };
    Effect::new(move || {
        if let View::Text(Moment::Revision(number)) = view.get() {
            let last = newest.get_untracked().unwrap_or_default();
            let near = [
                number.saturating_sub(1),
                number.saturating_add(1),
                number.saturating_sub(2),
                number.saturating_add(2),
            ];
            for near in near.into_iter().filter(|near| (1..=last).contains(near)) {
                let (book, part) = (book.clone(), part.get_value());
                spawn_local(async move {
                    // Fetched ahead of time: if it cannot be now, it is when it is asked for.
                    let _ = text(kept, book, part, Moment::Revision(near)).await;
                });
            }
        }
    });
    view! {
        <Transition fallback=|| view! { <p class="muted">"Fetching the text…"</p> }>
            {move || Suspend::new(async move {
                match fetched.await {
                    Ok(Fetched::Text(html)) if is_empty(&html) => view! { <Empty look part /> }.into_any(),
                    Ok(Fetched::Text(html)) => view! { <Text html /> }.into_any(),
                    Ok(Fetched::Compared(compared)) => view! { <Between compared /> }.into_any(),
                    Ok(Fetched::Authors(attributed)) => view! { <Authors attributed /> }.into_any(),
                    Err(fault) => view! { <Wrong words=Some(fault.words) /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

/// A version, from what is kept or from the server. A revision never changes; how the chapter stands does.
async fn text(kept: Kept, book: BookId, part: PartId, moment: Moment) -> Result<String, Fault> {
    let read = || read_version(book.clone(), part.clone(), moment);
    let Moment::Revision(number) = moment else { return patiently(read).await };
    if let Some(Some(html)) = kept.try_with_value(|kept| kept.get(&number).cloned()) {
        return Ok(html);
    }
    let html = patiently(read).await?;
    kept.try_update_value(|kept| {
        if kept.values().map(String::len).sum::<usize>() > KEPT_BYTES {
            kept.clear();
        }
        kept.insert(number, html.clone());
    });
    Ok(html)
}

/// HTML that the server made of a chapter.
#[component]
fn Text(html: String) -> impl IntoView {
    view! { <div class="prose manuscript" inner_html=html></div> }.into_any()
}

/// Whether nothing is written in it: an empty chapter has an empty paragraph to begin in.
fn is_empty(html: &str) -> bool {
    html.replace("<p dir=\"auto\"></p>", "").trim().is_empty()
}

/// Where nothing is written: what will be here.
#[component]
fn Empty(look: Look, part: StoredValue<PartId>) -> impl IntoView {
    if look.shown.get_untracked() != Moment::Now {
        return view! { <p class="muted">"There was nothing yet."</p> }.into_any();
    }
    let context = look.context;
    view! {
        <div class="stack empty">
            <p>
                "Nothing is written in this chapter yet. Each stretch of writing becomes a version here, by itself: with who wrote it, and when. Any two can be compared, and an older one brought back."
            </p>
            <p class="row">
                <a class="button primary" href=move || part.with_value(|part| context.path(part))>
                    {move || if context.can_edit() { "Write in the chapter" } else { "Read the chapter" }}
                </a>
            </p>
        </div>
    }
    .into_any()
}

#[component]
fn Between(compared: Compared) -> impl IntoView {
    let Compared { html, came, went } = compared;
    let words = match (came, went) {
        (0, 0) if !html.contains("<ins>") && !html.contains("<del>") => "The two read the same.".to_owned(),
        (came, went) => format!("{} came and {} went.", count(came, "word"), count(went, "word")),
    };
    view! {
        <p class="muted">
            {words} " " <span class="legend">"Underlined came, struck through went."</span>
        </p>
        <div class="prose manuscript compared" inner_html=html></div>
    }
    .into_any()
}

#[component]
fn Authors(attributed: Attributed) -> impl IntoView {
    let Attributed { html, authors } = attributed;
    let letters: Vec<u32> = authors.iter().map(|(_, letters)| *letters).collect();
    let share = |share: u32| if share == 0 { "under 1 %".to_owned() } else { format!("{share} %") };
    view! {
        <ul class="authors" aria-label="Authors">
            {authors
                .into_iter()
                .zip(percents(&letters))
                .map(|((person, _), percent)| {
                    view! {
                        <li>
                            <Avatar face=face(&person) />
                            <strong>{person.name.clone()}</strong>
                            <span class="muted numbers">{share(percent)}</span>
                        </li>
                    }
                })
                .collect_view()}
        </ul>
        <p class="muted">"What has no colour was here before chapters were written together, or was brought in."</p>
        <div class="prose manuscript attributed" inner_html=html></div>
    }
    .into_any()
}
