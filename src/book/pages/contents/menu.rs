//! What can be done with a line of the contents: a menu, and on a phone a sheet from below.

use super::{
    mark::{Shape, status_class},
    moves::Step,
    rows::around,
    tree::Tree,
};
use crate::{
    book::model::{Kind, PartId, Status},
    ui::{browser, dialog::Confirm},
};
use leptos::{html, prelude::*, wasm_bindgen::JsCast, web_sys};

/// The one menu of the tree, and the dialog that asks before a part is deleted.
#[component]
pub fn RowMenu(tree: Tree) -> impl IntoView {
    let asked = RwSignal::new(false);
    let about = move || tree.removing.get().and_then(|id| tree.context.live.state.with(|book| book.part(&id).cloned()));
    Effect::new(move || {
        if tree.removing.with(Option::is_some) {
            asked.set(true);
        }
    });
    let title = Signal::derive(move || about().map(|part| format!("Delete “{}”?", part.title)).unwrap_or_default());
    let words = Signal::derive(move || {
        match about().map(|part| part.kind) {
            Some(Kind::Section) => {
                "All chapters in it are deleted with it. Editors can bring them back in the book's settings."
            }
            _ => "It is gone for everyone. Editors can bring it back, with all its versions, in the book's settings.",
        }
        .to_owned()
    });
    view! {
        {move || tree.menu.get().map(|(id, x, y)| view! { <Menu tree id x y /> })}
        <Confirm
            open=asked
            title
            words
            verb="Delete"
            danger=true
            act=move |()| {
                if let Some(id) = tree.removing.get_untracked() {
                    tree.remove(&id);
                }
                tree.removing.set(None);
            }
        />
    }
    .into_any()
}

#[component]
fn Menu(tree: Tree, id: PartId, x: f64, y: f64) -> impl IntoView {
    let part = tree.context.live.state.with_untracked(|book| book.part(&id).cloned());
    let menu = NodeRef::<html::Div>::new();
    let upwards = RwSignal::new(false);
    Effect::new(move || {
        let Some(menu) = menu.get() else { return };
        // A menu near the lower edge opens upwards.
        let (_, _, _, height) = browser::rect(&menu);
        let below = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(f64::MAX) - y;
        if below < height + 8.0 {
            upwards.set(true);
        }
        if let Ok(Some(first)) = menu.query_selector("button")
            && let Ok(first) = first.dyn_into::<web_sys::HtmlElement>()
        {
            let _ = first.focus();
        }
    });
    let stored = StoredValue::new(id);
    let close = move || tree.menu.set(None);
    // With the menu goes what has the focus: its line has it then, and a dialog gives it back there.
    let chosen = move || {
        close();
        browser::focus(&format!("part-{}", stored.get_value()));
    };
    let item = move |words: &'static str, keys: &'static str, act: fn(Tree, &PartId)| {
        view! {
            <button
                type="button"
                role="menuitem"
                tabindex="-1"
                on:click=move |_| {
                    let id = stored.get_value();
                    chosen();
                    act(tree, &id);
                }
            >
                {words}
                {(!keys.is_empty()).then(|| view! { " " <kbd>{keys}</kbd> })}
            </button>
        }
    };
    let is_chapter = part.as_ref().is_some_and(|part| part.kind == Kind::Chapter);
    let can_join = tree.context.live.state.with_untracked(|book| stored.with_value(|id| around(book, id).1.is_some()));
    let name = part.as_ref().map(|part| part.title.to_string()).unwrap_or_default();
    let now = part.map(|part| part.status).unwrap_or_default();
    view! {
        <div class="scrim" on:click=move |_| close()></div>
        <div
            class="menu-sheet row-menu"
            role="menu"
            aria-label=format!("Change {name}")
            node_ref=menu
            style:left=format!("{x}px")
            style:top=move || if upwards.get() { "auto".to_owned() } else { format!("{y}px") }
            style:bottom=move || if upwards.get() { "8px" } else { "auto" }
            on:keydown=move |event| {
                match &*event.key() {
                    "Escape" | "Tab" => {
                        event.prevent_default();
                        chosen();
                    }
                    "ArrowDown" => {
                        event.prevent_default();
                        walk(menu, 1);
                    }
                    "ArrowUp" => {
                        event.prevent_default();
                        walk(menu, -1);
                    }
                    _ => {}
                }
            }
        >
            <p class="menu-name">{name.clone()}</p>
            {item("Rename", "F2", |tree, id| tree.renaming.set(Some(id.clone())))}
            <hr />
            {item("Move up", "Alt ↑", |tree, id| tree.step(id, Step::Up))}
            {item("Move down", "Alt ↓", |tree, id| tree.step(id, Step::Down))}
            {item("Move into the section above", "Alt →", |tree, id| tree.step(id, Step::In))}
            {item("Move out of its section", "Alt ←", |tree, id| tree.step(id, Step::Out))}
            {is_chapter
                .then(|| {
                    view! {
                        <hr />
                        {Status::ALL
                            .map(|status| {
                                view! {
                                    <button
                                        type="button"
                                        role="menuitemradio"
                                        tabindex="-1"
                                        aria-checked=(status == now).to_string()
                                        on:click=move |_| {
                                            chosen();
                                            stored.with_value(|id| tree.set_status(id, status));
                                        }
                                    >
                                        <span class=format!("status {}", status_class(status))>
                                            <Shape status />
                                        </span>
                                        {status.words()}
                                    </button>
                                }
                            })
                            .into_iter()
                            .collect_view()}
                    }
                })}
            {is_chapter
                .then(|| {
                    view! {
                        <hr />
                        {item("Duplicate", "", |tree, id| tree.duplicate(id))}
                        {item("Move to another book…", "", |tree, id| tree.leaving.set(Some(id.clone())))}
                        {can_join.then(|| item("Join with the next chapter", "", |tree, id| tree.join(id)))}
                    }
                })}
            <hr />
            {item("Delete", "Del", |tree, id| tree.removing.set(Some(id.clone())))}
        </div>
    }
    .into_any()
}

/// Moves the focus within the menu, round its ends.
fn walk(menu: NodeRef<html::Div>, by: i32) {
    use leptos::{wasm_bindgen::JsCast, web_sys};
    let Some(menu) = menu.get_untracked() else { return };
    let items: Vec<web_sys::HtmlElement> = {
        let all = menu.get_elements_by_tag_name("button");
        (0..all.length()).filter_map(|at| all.item(at)?.dyn_into().ok()).collect()
    };
    let now = document().active_element();
    let at = items.iter().position(|item| now.as_ref().is_some_and(|now| now.is_same_node(Some(item.as_ref()))));
    let count = i32::try_from(items.len()).unwrap_or(1).max(1);
    let next = at.map_or(0, |at| (i32::try_from(at).unwrap_or(0) + by).rem_euclid(count));
    if let Some(item) = usize::try_from(next).ok().and_then(|next| items.get(next)) {
        let _ = item.focus();
    }
}
