//! Adding a chapter or a section: after the one that is open, in the same section.

use super::tree::Tree;
use crate::{
    book::{
        commands::contents::add_part,
        model::{Kind, PartId, Place, Title},
    },
    ui::{
        form::{Wrong, focus_first_wrong},
        icon::Icon,
    },
};
use leptos::{html, prelude::*, task::spawn_local};

/// The two buttons, and the field that opens in their place.
#[component]
pub fn Add(tree: Tree) -> impl IntoView {
    let adding = RwSignal::new(None::<Kind>);
    view! {
        <Show
            when=move || adding.with(Option::is_some)
            fallback=move || {
                view! {
                    <div class="row add">
                        <button type="button" id="new-chapter" on:click=move |_| adding.set(Some(Kind::Chapter))>
                            <Icon name="plus" />
                            "New chapter"
                        </button>
                        <button type="button" class="quiet" on:click=move |_| adding.set(Some(Kind::Section))>
                            <Icon name="plus" />
                            "New section"
                        </button>
                    </div>
                }
            }
        >
            <AddForm tree adding />
        </Show>
    }
    .into_any()
}

/// Where a new part goes: into the section the reader is at, or the one that holds the chapter they are at; after that
/// chapter, or at the end.
fn place(tree: Tree) -> Place {
    let at = tree.focus.get_untracked().or_else(|| tree.context.part.get_untracked());
    tree.context.live.state.with_untracked(|book| {
        let Some(part) = at.as_ref().and_then(|at| book.part(at)) else { return Place { parent: None, before: None } };
        if part.kind == Kind::Section {
            return Place { parent: Some(part.id.clone()), before: None };
        }
        let mut after = book.children(part.parent.as_ref()).skip_while(|sibling| sibling.id != part.id);
        Place { parent: part.parent.clone(), before: after.nth(1).map(|next| next.id.clone()) }
    })
}

#[component]
fn AddForm(tree: Tree, adding: RwSignal<Option<Kind>>) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let fault = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    Effect::new(move || {
        if let Some(input) = input.get() {
            let _ = input.focus();
        }
    });
    focus_first_wrong("new-part".to_owned(), fault.into());
    let kind = adding.get_untracked().unwrap_or(Kind::Chapter);
    let label = if kind == Kind::Chapter { "Title of the new chapter" } else { "Title of the new section" };
    let added = move |part: &PartId| {
        adding.try_set(None);
        tree.focus.try_set(Some(part.clone()));
        if kind == Kind::Chapter {
            tree.context.begun.try_set_value(Some(part.clone()));
            tree.go(tree.context.path(part));
        }
    };
    let send = move || {
        let Some(typed) = input.get_untracked().map(|input| input.value()) else { return };
        if busy.get_untracked() {
            return;
        }
        match typed.parse::<Title>() {
            Ok(title) => {
                busy.set(true);
                fault.set(None);
                spawn_local(async move {
                    match add_part(tree.context.book(), kind, title, place(tree)).await {
                        Ok(part) => added(&part),
                        Err(why) => {
                            fault.try_set(Some(why.words));
                        }
                    }
                    busy.try_set(false);
                });
            }
            Err(bad) => fault.set(Some(bad.to_string())),
        }
    };
    view! {
        <form
            class="stack add"
            novalidate=true
            on:submit=move |event| {
                event.prevent_default();
                send();
            }
            on:keydown=move |event| {
                if event.key() == "Escape" {
                    adding.set(None);
                }
            }
        >
            <input
                node_ref=input
                aria-label=label
                placeholder=label
                dir="auto"
                id="new-part"
                aria-invalid=move || fault.with(Option::is_some).then_some("true")
                aria-describedby=move || fault.with(Option::is_some).then_some("new-part-error")
            />
            <Wrong words=fault id="new-part-error" />
            <div class="row">
                <button type="submit" class="primary" disabled=busy>
                    "Add"
                </button>
                <button type="button" class="quiet" on:click=move |_| adding.set(None)>
                    "Cancel"
                </button>
            </div>
        </form>
    }
    .into_any()
}
