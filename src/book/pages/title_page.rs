//! A book's own page: its title and its contents, to begin reading from.

use super::{book_context::use_book_context, contents::outline::Outline, empty_book::EmptyBook, files::BookFiles};
use crate::{
    book::{
        model::{Kind, Role},
        state::Book,
    },
    ui::number::count,
};
use leptos::prelude::*;

/// The overview.
#[component]
pub fn TitlePage() -> impl IntoView {
    let context = use_book_context();
    let state = context.live.state;
    let first = move || {
        state.with(|book| {
            super::contents::rows::in_order(book)
                .into_iter()
                .find(|part| part.kind == Kind::Chapter)
                .map(|part| part.id.clone())
        })
    };
    let owners = move || {
        state.with(|book| {
            let names: Vec<&str> =
                book.members.iter().filter(|m| m.role >= Role::Editor).map(|m| &*m.person.name).collect();
            match names.split_last() {
                Some((last, [])) => format!("by {last}"),
                Some((last, rest)) => format!("by {} and {last}", rest.join(", ")),
                None => String::new(),
            }
        })
    };
    view! {
        <article class="page title-page">
            <header>
                <h1 dir="auto">{move || state.with(|book| book.title.to_string())}</h1>
                {move || Some(owners()).filter(|by| !by.is_empty()).map(|by| view! { <p class="lead muted">{by}</p> })}
                <p class="muted numbers">
                    {move || {
                        count(state.with(Book::words), "word")
                    }}
                </p>
                {move || match first() {
                    Some(part) => {
                        view! {
                            <a class="button primary" href=context.path(&part)>
                                {move || if context.can_edit() { "Start writing" } else { "Start reading" }}
                            </a>
                        }
                            .into_any()
                    }
                    None => ().into_any(),
                }}
            </header>
            <Show when=move || state.with(|book| book.parts.is_empty())>
                <EmptyBook />
            </Show>
            <Outline parent=None />
            <BookFiles />
        </article>
    }
    .into_any()
}
