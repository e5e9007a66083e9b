//! One line of the tree.

use super::{
    super::kept::{KeptMark, use_kept},
    mark::Mark,
    moves::{Zone, dropped},
    rows::Row,
    tree::Tree,
};
use crate::{
    book::model::{Kind, Part, PartId},
    ui::{
        avatar::{Face, Faces},
        browser,
        icon::Icon,
        number::grouped,
    },
};
use leptos::{attr::custom::custom_attribute, ev::DragEvent, html, prelude::*, wasm_bindgen::JsCast, web_sys};

/// The line.
#[component]
pub fn RowView(tree: Tree, id: PartId) -> impl IntoView {
    let context = tree.context;
    let row = {
        let id = id.clone();
        Memo::new(move |_| tree.by_id.with(|rows| rows.get(&id).cloned()))
    };
    let part = {
        let id = id.clone();
        Memo::new(move |_| context.live.state.with(|book| book.part(&id).cloned()))
    };
    let get = move |what: fn(&Row) -> usize| row.with(|row| row.as_ref().map_or(1, what));
    let kind = row.with_untracked(|row| row.as_ref().map_or(Kind::Chapter, |row| row.kind));
    let is_section = kind == Kind::Section;
    let faces = {
        let id = id.clone();
        Memo::new(move |_| tree.faces.with(|faces| faces.get(&id).cloned().unwrap_or_default()))
    };
    // The tree's roles and its one tab stop need its keys: before the page is live it is a plain list of links.
    let live = move || tree.page.live.get();
    let same = |id: &PartId| {
        let id = id.clone();
        move |other: &Option<PartId>| other.as_ref() == Some(&id)
    };
    let is_current = {
        let same = same(&id);
        Memo::new(move |_| context.part.with(&same))
    };
    let is_renaming = {
        let same = same(&id);
        Memo::new(move |_| tree.renaming.with(&same))
    };
    let zone = {
        let id = id.clone();
        Memo::new(move |_| {
            tree.target.with(|target| target.as_ref().filter(|(at, _)| *at == id).map(|(_, zone)| *zone))
        })
    };
    let stored = StoredValue::new(id.clone());
    let kept = use_kept();
    let waits = Memo::new(move |_| context.id.with_value(|book| stored.with_value(|id| kept.waits_in(book, id))));
    let row_id = format!("part-{id}");
    let path = context.path(&id);
    // The one attribute of a tree's lines that the view's macro does not know.
    let level = custom_attribute("aria-level", move || live().then(|| get(|row| row.depth + 1).to_string()));
    view! {
        <li
            {..level}
            class="row"
            class:current=is_current
            class:section=is_section
            class:drop-before=move || zone.get() == Some(Zone::Before)
            class:drop-after=move || zone.get() == Some(Zone::After)
            class:drop-into=move || zone.get() == Some(Zone::Into)
            class:dragged=move || tree.dragging.with(|at| stored.with_value(|id| at.as_ref() == Some(id)))
            id=row_id
            data-depth=move || get(|row| row.depth).to_string()
            role=move || live().then_some("treeitem")
            tabindex=move || live().then(|| if stored.with_value(|id| tree.is_stop(id)) { "0" } else { "-1" })
            aria-posinset=move || live().then(|| get(|row| row.place).to_string())
            aria-setsize=move || live().then(|| get(|row| row.of).to_string())
            aria-expanded=move || {
                (live() && is_section).then(|| row.with(|row| row.as_ref().is_some_and(|row| !row.folded)).to_string())
            }
            aria-selected=move || live().then(|| is_current.get().to_string())
            draggable=move || (live() && context.can_edit() && !is_renaming.get()).then_some("true")
            on:keydown=move |event| stored.with_value(|id| tree.key(&event, id))
            on:focus=move |_| tree.focus.set(Some(stored.get_value()))
            on:dragstart=move |event| {
                browser::drag(&event, stored.get_value().as_str());
                tree.dragging.set(Some(stored.get_value()));
            }
            on:dragend=move |_| {
                tree.dragging.set(None);
                tree.target.set(None);
            }
            on:dragover=move |event| stored.with_value(|id| over(tree, &event, id, is_section))
        >
            {is_section
                .then(|| view! {
                    <button
                        type="button"
                        class="twist"
                        tabindex="-1"
                        aria-hidden="true"
                        class:folded=move || row.with(|row| row.as_ref().is_some_and(|row| row.folded))
                        on:click=move |_| stored.with_value(|id| tree.toggle(id))
                    >
                        <Icon name="down" />
                    </button>
                })}
            <Show
                when=move || is_renaming.get()
                fallback=move || {
                    view! {
                        <a
                            class="title"
                            href=path.clone()
                            dir="auto"
                            draggable="false"
                            tabindex=move || live().then_some("-1")
                            aria-current=move || is_current.get().then_some("page")
                            on:dblclick=move |_| {
                                if context.can_edit_untracked() {
                                    tree.renaming.set(Some(stored.get_value()));
                                }
                            }
                        >
                            {move || part.with(|part| part.as_ref().map(|part| part.title.to_string()))}
                        </a>
                    }
                }
            >
                <Rename tree part />
            </Show>
            // A line is called by all that stands on it, and what it is called comes first.
            {(!is_section)
                .then_some(move || part.with(|part| part.as_ref().map(|part| view! { <Mark status=part.status /> })))}
            <KeptMark waits />
            <span class="who">
                <Who faces />
            </span>
            {(!is_section)
                .then(|| {
                    view! {
                        <span class="words numbers">
                            {move || part.with(|part| part.as_ref().map(|part| grouped(part.words)))}
                            <span class="unseen">" words"</span>
                        </span>
                    }
                })}
            <Show when=move || live() && context.can_edit()>
                <button
                    type="button"
                    class="quiet more"
                    tabindex="-1"
                    aria-haspopup="menu"
                    aria-label=move || part.with(|part| part.as_ref().map(|part| format!("Change {}", part.title)))
                    on:click=move |event| {
                        let button = event.current_target().and_then(|at| at.dyn_into::<web_sys::Element>().ok());
                        stored.with_value(|id| tree.open_menu(id, button.as_ref()));
                    }
                >
                    <Icon name="more" />
                </button>
            </Show>
        </li>
    }
    .into_any()
}

/// Where on the line the pointer is: its edges are before and after, a section's middle is into it.
fn over(tree: Tree, event: &DragEvent, id: &PartId, is_section: bool) {
    let Some(dragged) = tree.dragging.get_untracked() else { return };
    event.prevent_default();
    let Some(line) = event.current_target().and_then(|line| line.dyn_into::<web_sys::Element>().ok()) else { return };
    let (_, top, _, height) = browser::rect(&line);
    let at = (f64::from(event.client_y()) - top) / height.max(1.0);
    let zone = match at {
        at if is_section && (0.3..0.7).contains(&at) => Zone::Into,
        at if at < 0.5 => Zone::Before,
        _ => Zone::After,
    };
    let can = tree.context.live.state.with_untracked(|book| dropped(book, &dragged, id, zone).is_some());
    let target = can.then(|| (id.clone(), zone));
    if tree.target.with_untracked(|now| *now != target) {
        tree.target.set(target);
    }
}

#[component]
fn Who(faces: Memo<Vec<Face>>) -> impl IntoView {
    let writers = move || {
        let names: Vec<_> =
            faces.with(|faces| faces.iter().filter(|face| face.writing).map(|face| face.name.clone()).collect());
        let shown = match &names[..] {
            [] => return None,
            [one] => one.clone(),
            [first, rest @ ..] => format!("{first} +{}", rest.len()),
        };
        Some((names.join(", "), shown))
    };
    let others =
        Signal::derive(move || faces.with(|faces| faces.iter().filter(|face| !face.writing).cloned().collect()));
    view! {
        <Faces faces=others most=2 />
        {move || {
            writers()
                .map(|(names, shown)| {
                    let words = format!("{names}, writing");
                    view! {
                        <span class="writes" role="img" aria-label=words.clone() title=words>
                            <Icon name="pen" />
                            <span class="initials" data-text=shown></span>
                        </span>
                    }
                })
        }}
    }
    .into_any()
}

#[component]
fn Rename(tree: Tree, part: Memo<Option<Part>>) -> impl IntoView {
    let old = part.with_untracked(|part| part.as_ref().map(|part| (part.id.clone(), part.title.to_string())));
    let input = NodeRef::<html::Input>::new();
    let done = StoredValue::new(false);
    let title = old.as_ref().map(|(_, title)| title.clone()).unwrap_or_default();
    Effect::new(move || {
        if let Some(input) = input.get() {
            // Here and not in the view, which sets it later: what is to be selected must be there.
            input.set_value(&title);
            let _ = input.focus();
            input.select();
        }
    });
    let finish = {
        let id = old.as_ref().map(|(id, _)| id.clone());
        move |keep: bool, refocus: bool| {
            // Leaving the field, which removes it, is also what Enter and Escape do: only the first of them counts.
            if done.try_get_value() != Some(false) {
                return;
            }
            done.set_value(true);
            let typed = input.get_untracked().map(|input| input.value());
            if let (true, Some(id), Some(typed)) = (keep, &id, typed) {
                tree.rename(id, &typed);
            }
            tree.renaming.set(None);
            if let (true, Some(id)) = (refocus, id.clone()) {
                request_animation_frame(move || browser::focus(&format!("part-{id}")));
            }
        }
    };
    let on_blur = finish.clone();
    view! {
        <input
            class="rename"
            aria-label="Title"
            dir="auto"
            maxlength="200"
            node_ref=input
            on:blur=move |_| on_blur(true, false)
            on:keydown=move |event| {
                event.stop_propagation();
                match &*event.key() {
                    "Enter" if !event.is_composing() => {
                        event.prevent_default();
                        finish(true, true);
                    }
                    "Escape" => finish(false, true),
                    _ => {}
                }
            }
        />
    }
    .into_any()
}
