//! Where one types a few letters, and chooses.

use super::{
    Switching,
    items::{Act, Group, Item, ShelfBook, items},
};
use crate::{
    account::me::use_me,
    book::{
        commands::{search::search_my_books, shelf::open_shelf},
        pages::{
            book_context::Pane,
            retry::patiently,
            search::{ShowMarked, find_in_book},
        },
        search::{FoundBook, SearchWords},
    },
    ui::{browser, dialog::Dialog, later::shown_later},
};
use leptos::{ev::KeyboardEvent, leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use std::time::Duration;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

const FIELD: &str = "switcher-field";
const LIST: &str = "switcher-list";
/// How long after a key the text of one's books is searched, and from how many letters on.
const SOON: Duration = Duration::from_millis(200);
const LETTERS: usize = 2;

/// The switcher, and the keys that open it.
#[component]
pub fn Switcher() -> impl IntoView {
    let switching: Switching = expect_context();
    Effect::new(move || {
        let listening = window_event_listener(leptos::ev::keydown, move |event| {
            // In the text one key with K makes a link, and the text has taken it by now.
            if is_ours(&event) && !event.default_prevented() && !browser::is_there("dialog[open]") {
                event.prevent_default();
                switching.open.set(true);
            }
        });
        on_cleanup(move || listening.remove());
    });
    view! {
        <Dialog open=switching.open title="Go to">
            {shown_later(move || choosing(switching))}
        </Dialog>
    }
    .into_any()
}

/// Ctrl or ⌘ with K; and in the text, where that makes a link, with Alt and O. What types a letter by AltGr is none of
/// ours.
fn is_ours(event: &KeyboardEvent) -> bool {
    let is_key = if event.alt_key() { event.code() == "KeyO" } else { event.key().eq_ignore_ascii_case("k") };
    is_key && (event.ctrl_key() || event.meta_key()) && !event.shift_key() && !event.get_modifier_state("AltGraph")
}

#[wasm_split(management, fallible)]
fn choosing(switching: Switching) -> Result<AnyView, SplitLoaderError> {
    let me = use_me();
    let navigate = use_navigate();
    let typed = RwSignal::new(String::new());
    let books: RwSignal<Vec<ShelfBook>> = RwSignal::default();
    let found: RwSignal<Vec<FoundBook>> = RwSignal::default();
    let signed_in = RwSignal::new(false);
    let at = RwSignal::new(0_usize);
    let soon: StoredValue<Option<TimeoutHandle>> = StoredValue::new(None);
    spawn_local(async move {
        let is_somebody = me.await.is_some();
        signed_in.try_set(is_somebody);
        if let (true, Ok(shelf)) = (is_somebody, open_shelf().await) {
            let open = shelf.mine.into_iter().chain(shelf.shared).map(|book| (book, false));
            let all = open.chain(shelf.archived.into_iter().map(|book| (book, true)));
            let all = all.map(|(book, rests)| ShelfBook { id: book.id, title: book.title, rests });
            books.try_set(all.collect());
        }
    });
    request_animation_frame(|| browser::focus(FIELD));
    let all = Memo::new(move |_| {
        typed.with(|typed| {
            books.with(|books| found.with(|found| items(switching, typed, books, found, signed_in.get())))
        })
    });
    let search = move || {
        let words = typed.get_untracked();
        let is_enough = words.trim().chars().count() >= LETTERS || words.chars().any(|letter| letter > '\u{2e80}');
        let Some(asked) = words.parse::<SearchWords>().ok().filter(|_| is_enough && signed_in.get_untracked()) else {
            return found.set(Vec::new());
        };
        spawn_local(async move {
            let answer = patiently(|| search_my_books(asked.clone())).await.unwrap_or_default();
            if typed.try_get_untracked().is_some_and(|now| now == words) {
                found.set(answer);
            }
        });
    };
    let types = move |words: String| {
        typed.set(words);
        at.set(0);
        let asks = set_timeout_with_handle(
            move || {
                if typed.try_get_untracked().is_some() {
                    search();
                }
            },
            SOON,
        )
        .ok();
        if let Some(before) = soon.try_update_value(|soon| std::mem::replace(soon, asks)).flatten() {
            before.clear();
        }
    };
    let act = Callback::new(move |act: Act| {
        switching.open.set(false);
        let book = switching.book.get_untracked();
        match act {
            Act::Go(path) => {
                if let Some(context) = book {
                    context.pane.set(Pane::Chapter);
                }
                navigate(&path, NavigateOptions::default());
            }
            Act::Find => {
                if let Some(context) = book {
                    find_in_book(context);
                }
            }
            Act::FocusMode => {
                if let Some(context) = book {
                    context.focus_mode.update(|on| *on = !*on);
                }
            }
        }
    });
    let pressed = move |event: KeyboardEvent| {
        let last = all.with_untracked(Vec::len).saturating_sub(1);
        match &*event.key() {
            "ArrowDown" => at.update(|at| *at = if *at >= last { 0 } else { *at + 1 }),
            "ArrowUp" => at.update(|at| *at = at.checked_sub(1).unwrap_or(last)),
            "Enter" if !event.is_composing() => {
                if let Some(item) = all.with_untracked(|all| all.get(at.get_untracked()).cloned()) {
                    act.run(item.act);
                }
            }
            _ => return,
        }
        event.prevent_default();
        browser::bring_into_view(&option_id(at.get_untracked()));
    };
    let view = view! {
        <div class="switcher">
            <input
                id=FIELD
                type="text"
                role="combobox"
                dir="auto"
                aria-label="Chapter, book, or words in the text"
                placeholder="Chapter, book, or words in the text"
                aria-expanded="true"
                aria-controls=LIST
                aria-autocomplete="list"
                aria-activedescendant=move || all.with(|all| (!all.is_empty()).then(|| option_id(at.get())))
                autocomplete="off"
                spellcheck="false"
                maxlength=SearchWords::MAX
                on:input=move |event| types(event_target_value(&event))
                on:keydown=pressed
            />
            <div id=LIST role="listbox" aria-label="What it leads to" class="options">
                {move || groups(&all.get(), at, act)}
            </div>
            <p class="unseen" role="status">
                {move || all.with(|all| if all.is_empty() { "Nothing is called that." } else { "" })}
            </p>
            <Show when=move || all.with(Vec::is_empty)>
                <p class="muted">"Nothing is called that."</p>
            </Show>
        </div>
    };
    Ok(view.into_any())
}

fn option_id(at: usize) -> String {
    format!("switcher-{at}")
}

/// The items under their headings.
fn groups(all: &[Item], at: RwSignal<usize>, act: Callback<Act>) -> impl IntoView + use<> {
    let mut groups: Vec<(Group, Vec<(usize, Item)>)> = Vec::new();
    for (number, item) in all.iter().cloned().enumerate() {
        match groups.last_mut().filter(|(group, _)| *group == item.group) {
            Some((_, items)) => items.push((number, item)),
            None => groups.push((item.group, vec![(number, item)])),
        }
    }
    let option = move |(number, item): (usize, Item)| {
        let Item { words, detail, act: what, .. } = item;
        view! {
            <div
                role="option"
                id=option_id(number)
                class="option"
                aria-selected=move || (at.get() == number).to_string()
                on:click=move |_| act.run(what.clone())
            >
                <ShowMarked text=words />
                {(!detail.is_empty()).then(|| view! { <span class="muted" dir="auto">{detail}</span> })}
            </div>
        }
    };
    let group = |(group, items): (Group, Vec<(usize, Item)>)| {
        view! {
            <div role="group" aria-label=group.words()>
                <p class="heading muted" aria-hidden="true">
                    {group.words()}
                </p>
                {items.into_iter().map(option).collect_view()}
            </div>
        }
    };
    groups.into_iter().map(group).collect_view()
}
