//! The headings within a chapter, which lead to where they stand.

use super::writer::{Heading, Writer};
use crate::ui::{icon::Icon, menu::Menu};
use leptos::prelude::*;

/// A menu of them, where there are any.
#[component]
pub fn Headings(writer: Writer) -> impl IntoView {
    let headings = Memo::new(move |_| writer.standing.with(|standing| standing.headings.clone()));
    let line = move |Heading { level, words, block }: Heading| {
        view! {
            <button type="button" class="plain" data-level=level on:click=move |_| writer.go_to(block)>
                <span dir="auto">{words}</span>
            </button>
        }
    };
    view! {
        <Show when=move || !headings.with(Vec::is_empty)>
            <Menu label="Headings in this chapter" class="headings" face=|| view! { <Icon name="list" /> }>
                {move || headings.get().into_iter().map(line).collect_view()}
            </Menu>
        </Show>
    }
    .into_any()
}
