//! The dialog in which words are replaced in the whole book: what, where, and what became of it.

use super::{
    finder::Finder,
    replacement::{Outcome, Replacement, Step},
    results::ShowMarked,
};
use crate::{
    book::{
        model::PartId,
        replace::{ChapterToReplace, PlaceToReplace, ToReplace, taken_back_name},
    },
    ui::{
        dialog::Dialog,
        form::{Field, Wrong},
        later::shown_later,
        number::count,
    },
};
use leptos::prelude::*;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

/// The dialog.
#[component]
pub fn ReplaceDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// What is looked for in the book at this moment, and what was found.
    finder: Finder,
) -> impl IntoView {
    view! {
        <Dialog open title="Replace in the whole book">
            {shown_later(move || steps(finder, open))}
        </Dialog>
    }
    .into_any()
}

#[wasm_split(management, fallible)]
fn steps(finder: Finder, open: RwSignal<bool>) -> Result<AnyView, SplitLoaderError> {
    let replacement = Replacement::new(finder);
    let view = view! {
        <div class="replacing">
            {move || match replacement.step.get() {
                Step::Asking => view! { <Ask replacement open /> }.into_any(),
                Step::Choosing(found) => view! { <Choose replacement found /> }.into_any(),
                Step::Underway(done, all) => {
                    view! {
                        <p role="status">{format!("Chapter {} of {all}…", done + 1)}</p>
                        <progress max=all value=done aria-label="Chapters done"></progress>
                    }
                        .into_any()
                }
                Step::Done(outcomes) => view! { <Report replacement open outcomes /> }.into_any(),
            }}
        </div>
    };
    Ok(view.into_any())
}

#[component]
fn Ask(replacement: Replacement, open: RwSignal<bool>) -> impl IntoView {
    let Replacement { find, with, cased, whole, busy, fault, .. } = replacement;
    let tick = |on: RwSignal<bool>, words: &'static str| {
        view! {
            <label class="with-mark">
                <input type="checkbox" prop:checked=on on:change=move |event| on.set(event_target_checked(&event)) />
                {words}
            </label>
        }
    };
    view! {
        <form
            class="stack"
            novalidate=true
            on:submit=move |event| {
                event.prevent_default();
                replacement.look();
            }
        >
            <Field
                label="Replace"
                name="replace-find"
                autocomplete="off"
                hint="Quotation marks, dashes and blanks count as they stand."
                bind=find
            />
            <Field label="With" name="replace-with" autocomplete="off" may_be_empty=true bind=with />
            <div class="row">{tick(cased, "Match case")} {tick(whole, "Whole words only")}</div>
            <Wrong words=fault />
            <footer class="row end">
                <button type="button" on:click=move |_| open.set(false)>
                    "Cancel"
                </button>
                <button type="submit" class="primary" disabled=busy>
                    "Show the places"
                </button>
            </footer>
        </form>
    }
    .into_any()
}

#[component]
fn Choose(replacement: Replacement, found: ToReplace) -> impl IntoView {
    let places: usize = found.chapters.iter().map(|chapter| chapter.places.len()).sum();
    let told = match (places, found.more) {
        (0, _) => "It stands nowhere in this book. Nothing was changed.".to_owned(),
        (places, false) => {
            format!(
                "{} in {}. Nothing is changed yet.",
                number(places, "place"),
                number(found.chapters.len(), "chapter")
            )
        }
        (places, true) => {
            format!("These are the first {}. When they are replaced, look for the others.", number(places, "place"))
        }
    };
    let many = move || replacement.count();
    let chapters = found.chapters.into_iter().map(|chapter| view! { <Chapter replacement chapter /> }).collect_view();
    view! {
        <p role="status">{told}</p>
        <div class="places" tabindex="0" role="group" aria-label="Places">
            {chapters}
        </div>
        <footer class="row end">
            <button type="button" on:click=move |_| replacement.step.set(Step::Asking)>
                "Back"
            </button>
            <button type="button" class="primary" disabled=move || many() == 0 on:click=move |_| replacement.replace()>
                {move || format!("Replace {}", number(many(), "place"))}
            </button>
        </footer>
    }
    .into_any()
}

#[component]
fn Chapter(replacement: Replacement, chapter: ChapterToReplace) -> impl IntoView {
    let ChapterToReplace { part, title, held, places } = chapter.clone();
    let all = places.len();
    let chosen = {
        let chapter = chapter.clone();
        Memo::new(move |_| replacement.chosen(&chapter).len())
    };
    // One that cannot be written in is left out, unless somebody thinks that by then it can.
    if held.is_some() {
        places.iter().for_each(|place| replacement.choose(&part, place.key, false));
    }
    let of_all = chapter;
    let choose_all = move |event| {
        let is_in = event_target_checked(&event);
        of_all.places.iter().for_each(|place| replacement.choose(&of_all.part, place.key, is_in));
    };
    let lines =
        places.into_iter().map(|place| view! { <PlaceLine replacement part=part.clone() place /> }).collect_view();
    view! {
        <fieldset>
            <legend>
                <label class="with-mark">
                    <input type="checkbox" prop:checked=move || chosen.get() == all on:change=choose_all />
                    <span dir="auto">{title.to_string()}</span>
                    <span class="muted numbers">{number(all, "place")}</span>
                </label>
            </legend>
            {held.map(|why| view! { <p class="muted">{format!("{why} It is left out.")}</p> })}
            {lines}
        </fieldset>
    }
    .into_any()
}

/// A place, as it reads and as it would.
#[component]
fn PlaceLine(replacement: Replacement, part: PartId, place: PlaceToReplace) -> impl IntoView {
    let PlaceToReplace { key, around } = place;
    let is_in = {
        let place = (part.clone(), key);
        move || replacement.left_out.with(|left_out| !left_out.contains(&place))
    };
    let with = replacement.with.get_untracked();
    let after: Vec<(String, bool)> = around
        .pieces()
        .into_iter()
        .map(|(piece, is_hit)| if is_hit { (with.clone(), true) } else { (piece, false) })
        .collect();
    let after = after
        .into_iter()
        .map(|(piece, is_new)| if is_new { view! { <ins>{piece}</ins> }.into_any() } else { piece.into_any() })
        .collect_view();
    view! {
        <label class="with-mark place">
            <input
                type="checkbox"
                prop:checked=is_in
                on:change=move |event| replacement.choose(&part, key, event_target_checked(&event))
            />
            <span>
                <span class="unseen">"Now: "</span>
                <ShowMarked text=around />
                <br />
                <span class="unseen">"Then: "</span>
                <span class="then" dir="auto">
                    {after}
                </span>
            </span>
        </label>
    }
    .into_any()
}

#[component]
fn Report(replacement: Replacement, open: RwSignal<bool>, outcomes: Vec<Outcome>) -> impl IntoView {
    let can_be_taken_back = outcomes.iter().any(|outcome| outcome.revision.is_some());
    // Nothing, where nothing was changed.
    let version = match (can_be_taken_back, outcomes.iter().any(|outcome| outcome.taken_back)) {
        (true, _) => Some(replacement.name()),
        (false, true) => Some(taken_back_name(&replacement.name())),
        (false, false) => None,
    };
    let lines = outcomes
        .into_iter()
        .map(|Outcome { title, words, .. }| {
            view! {
                <li>
                    <strong dir="auto">{title}</strong>
                    ": "
                    {words}
                </li>
            }
        })
        .collect_view();
    view! {
        <ul role="status" class="report">
            {lines}
        </ul>
        {version
            .map(|name| {
                view! {
                    <p class="muted">
                        "In its history, each chapter that was changed has this version: " <bdi>{name}</bdi>
                    </p>
                }
            })}
        <footer class="row end">
            <Show when=move || can_be_taken_back>
                <button type="button" on:click=move |_| replacement.take_back()>
                    "Take all of it back"
                </button>
            </Show>
            <button type="button" class="primary" on:click=move |_| open.set(false)>
                "Done"
            </button>
        </footer>
    }
    .into_any()
}

fn number(many: usize, one: &str) -> String {
    count(u32::try_from(many).unwrap_or(u32::MAX), one)
}
