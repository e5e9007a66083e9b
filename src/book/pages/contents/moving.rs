//! A chapter goes to another book: one chooses which.

use super::{super::retry::patiently, tree::Tree};
use crate::{
    book::{
        commands::{parts::move_chapter, shelf::open_shelf},
        model::{BookId, PartId, Role},
        shelf::{BookCard, Shelf},
    },
    ui::{
        dialog::{Dialog, DialogForm, Sending},
        form::Wrong,
        later::shown_later,
        toast::Toast,
    },
};
use leptos::prelude::*;
use sputnik::{Fault, protocol::json};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

/// The dialog of the tree, open while a chapter is to go.
#[component]
pub fn MoveToBook(tree: Tree) -> impl IntoView {
    let open = RwSignal::new(false);
    Effect::new(move || {
        if tree.leaving.with(Option::is_some) {
            open.set(true);
        }
    });
    // Closed by whatever way, nothing is to go any more.
    Effect::new(move |before: Option<bool>| {
        let now = open.get();
        if before == Some(true) && !now {
            tree.leaving.set(None);
        }
        now
    });
    view! {
        <Dialog open title="Move to another book">
            {move || tree.leaving.get_untracked().map(|part| shown_later(move || choose(tree, part.clone(), open)))}
        </Dialog>
    }
    .into_any()
}

#[wasm_split(management, fallible)]
fn choose(tree: Tree, part: PartId, open: RwSignal<bool>) -> Result<AnyView, SplitLoaderError> {
    let shelf = json::resource(|| (), |()| open_shelf());
    let here = tree.context.book();
    let part = StoredValue::new(part);
    let view = view! {
        <Suspense fallback=|| {
            view! { <p class="muted">"Fetching your books…"</p> }
        }>
            {move || {
                let here = here.clone();
                Suspend::new(async move {
                    match shelf.await.map(|shelf| books(shelf, &here)) {
                        Ok(books) if books.is_empty() => {
                            view! { <p>"There is no other book in which you may write."</p> }.into_any()
                        }
                        Ok(books) => view! { <To tree part=part.get_value() books open /> }.into_any(),
                        Err(fault) => view! { <Wrong words=Some(fault.words) /> }.into_any(),
                    }
                })
            }}
        </Suspense>
    };
    Ok(view.into_any())
}

/// Those in which whoever looks may write, but for this one.
fn books(shelf: Shelf, here: &BookId) -> Vec<BookCard> {
    let may_write = |book: &BookCard| book.role >= Some(Role::Editor) && book.id != *here;
    shelf.mine.into_iter().chain(shelf.shared).filter(may_write).collect()
}

#[component]
fn To(tree: Tree, part: PartId, books: Vec<BookCard>, open: RwSignal<bool>) -> impl IntoView {
    let sending = Sending::of(open);
    let chosen = RwSignal::new(books.first().map(|book| book.id.to_string()).unwrap_or_default());
    let titles = StoredValue::new(books.clone());
    let send = move |()| {
        let to =
            titles.with_value(|books| books.iter().find(|book| book.id.as_str() == chosen.get_untracked()).cloned());
        let Some(to) = to else { return };
        let (book, part) = (tree.context.book(), part.clone());
        sending.run(async move {
            let new = patiently(|| move_chapter(book.clone(), part.clone(), to.id.clone())).await?;
            let address = format!("/book/{}/{new}", to.id);
            let said = Toast::plain(format!("It stands at the end of “{}” now.", to.title));
            tree.page.toast(said.with_answer("Go there", move || tree.go(address.clone())));
            Ok::<_, Fault>(())
        });
    };
    let option = move |book: BookCard| {
        let id = book.id.to_string();
        view! { <option value=id.clone() selected=move || chosen.get() == id>{book.title.to_string()}</option> }
    };
    view! {
        <DialogForm sending send verb="Move">
            <div class="field">
                <label for="field-to-book">"Book"</label>
                <select
                    id="field-to-book"
                    prop:value=move || chosen.get()
                    on:change=move |event| chosen.set(event_target_value(&event))
                >
                    {books.into_iter().map(option).collect_view()}
                </select>
            </div>
            <p class="muted">
                "What stands in the chapter goes to the end of that book, with its pictures, status and goal. Its older versions stay here with their people, among the deleted chapters. Links to it lead on for whoever may read it there."
            </p>
        </DialogForm>
    }
    .into_any()
}
