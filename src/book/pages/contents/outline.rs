//! The contents as plain nested lists, for the pages of a book and of a section.

use super::super::book_context::use_book_context;
use super::mark::Mark;
use crate::{
    book::model::{Kind, Part, PartId},
    ui::number::grouped,
};
use leptos::prelude::*;

/// What a section holds, or what stands at the top, with links.
#[component]
pub fn Outline(
    /// The section.
    parent: Option<PartId>,
) -> impl IntoView {
    let context = use_book_context();
    let parts = move || context.live.state.with(|book| book.children(parent.as_ref()).cloned().collect::<Vec<_>>());
    view! {
        <ol class="outline">
            {move || parts().into_iter().map(|part| view! { <Line part /> }).collect_view()}
        </ol>
    }
}

#[component]
fn Line(part: Part) -> impl IntoView {
    let context = use_book_context();
    let inner = (part.kind == Kind::Section).then(|| view! { <Outline parent=Some(part.id.clone()) /> }.into_any());
    view! {
        <li class:section=part.kind == Kind::Section>
            <a href=context.path(&part.id) dir="auto">
                {part.title.to_string()}
            </a>
            {(part.kind == Kind::Chapter)
                .then(|| {
                    view! {
                        <span class="numbers muted">{grouped(part.words)}</span>
                        <Mark status=part.status />
                    }
                })} {inner}
        </li>
    }
}
