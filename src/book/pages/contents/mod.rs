//! The contents: a tree to read from, and for editors to arrange.

mod add;
pub mod mark;
mod menu;
mod moves;
mod moving;
pub mod outline;
mod row;
pub mod rows;
mod tree;

use super::{
    book_context::use_book_context,
    search::{Finder, Results, SearchField},
};
use crate::{
    book::state::Book,
    ui::{for_each::ForEach, form::Wrong, number::count},
};
use add::Add;
use leptos::prelude::*;
use menu::RowMenu;
use moving::MoveToBook;
use row::RowView;
pub use rows::around;
use tree::Tree;
pub use tree::set_status_of;

/// The pane.
#[component]
pub fn Contents() -> impl IntoView {
    let context = use_book_context();
    let tree = Tree::new(context);
    let empty = move || tree.rows.with(Vec::is_empty);
    let finder = Finder::new(context);
    view! {
        <SearchField finder />
        <Show when=move || finder.is_used()>
            <div class="contents-scroll">
                <Results finder />
            </div>
        </Show>
        <div class="contents-scroll" hidden=move || finder.is_used()>
            <ul
                class="tree"
                role=move || (tree.page.live.get() && !empty()).then_some("tree")
                aria-label="Contents"
                on:dragover=move |event| {
                    if tree.dragging.with_untracked(Option::is_some) {
                        event.prevent_default();
                    }
                }
                on:drop=move |event| {
                    event.prevent_default();
                    tree.drop_here();
                }
            >
                <ForEach each=move || tree.rows.get() key=|row| row.id.clone() let:row>
                    <RowView tree id=row.id />
                </ForEach>
            </ul>
            <Show when=empty>
                <p class="muted pad">"The chapters will be listed here."</p>
            </Show>
        </div>
        <div class="contents-foot">
            <Wrong words=tree.fault />
            <Show when=move || context.can_edit()>
                <Add tree />
            </Show>
            <p class="muted numbers total">
                {move || count(context.live.state.with(Book::words), "word")}
            </p>
        </div>
        <RowMenu tree />
        <MoveToBook tree />
    }
    .into_any()
}
