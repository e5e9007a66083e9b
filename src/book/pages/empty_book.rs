//! A book without a chapter: what it is for, and the field in which its first chapter begins.

use super::book_context::use_book_context;
use crate::{
    book::{
        commands::contents::add_part,
        model::{Kind, Place, Title},
    },
    ui::{empty::Empty, form::Field, page::use_page},
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_navigate;

/// In the middle of the book's own page, as long as nothing stands in the contents.
#[component]
pub(super) fn EmptyBook() -> impl IntoView {
    let (context, page) = (use_book_context(), use_page());
    // A chapter is added by a command: before the page is live there is nothing to press.
    let can_begin = move || context.can_edit() && page.live.get();
    move || {
        if context.can_edit() {
            view! {
                <Empty
                    title="This book begins with a chapter"
                    words="Chapters stand in the contents, alone or in sections, and everyone you invite writes in them with you. A text you have already can be brought in below."
                >
                    <Show when=can_begin>
                        <FirstChapter />
                    </Show>
                </Empty>
            }
            .into_any()
        } else {
            view! {
                <Empty
                    title="Nothing is written yet"
                    words="As soon as its editors begin, their chapters appear here by themselves."
                />
            }
            .into_any()
        }
    }
}

#[component]
fn FirstChapter() -> impl IntoView {
    let (context, navigate) = (use_book_context(), StoredValue::new(use_navigate()));
    let (title, fault, busy) = (RwSignal::new(String::new()), RwSignal::new(None::<String>), RwSignal::new(false));
    let send = move || {
        if busy.get_untracked() {
            return;
        }
        fault.set(None);
        let title = match title.get_untracked().parse::<Title>() {
            Ok(title) => title,
            Err(bad) => return fault.set(Some(bad.to_string())),
        };
        busy.set(true);
        let (book, go) = (context.book(), navigate.get_value());
        spawn_local(async move {
            let place = Place { parent: None, before: None };
            match add_part(book, Kind::Chapter, title, place).await {
                // The form goes as soon as the chapter is heard of, and all that is its own with it.
                Ok(part) => {
                    context.begun.set_value(Some(part.clone()));
                    go(&context.path(&part), Default::default());
                }
                Err(why) => drop(fault.try_set(Some(why.words))),
            }
            busy.try_set(false);
        });
    };
    view! {
        <form
            class="one-line"
            novalidate=true
            on:submit=move |event| {
                event.prevent_default();
                send();
            }
        >
            <Field label="Title of the first chapter" name="first-chapter" autocomplete="off" bind=title error=fault />
            <button type="submit" class="primary" disabled=busy>
                "Begin the chapter"
            </button>
        </form>
    }
    .into_any()
}
