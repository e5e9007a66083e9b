//! A new book is made of another one: a page with a form that works before the page is live.

use super::book_context::use_book_context;
use crate::{
    book::{
        commands::shelf::CopyBook,
        copying::Copied,
        model::{BookId, Title},
        shelf::BookCard,
    },
    ui::{
        form::{Faults, Field, Wrong},
        title::PageTitle,
    },
};
use leptos::{form::ActionForm, prelude::*};

/// Whether whoever looks may make another book of the open one: whoever belongs to it, and others where it is offered as
/// a file.
fn may_copy() -> Signal<bool> {
    let context = use_book_context();
    let offered = Memo::new(move |_| context.live.state.with(|book| book.publishing.offers_any()));
    Signal::derive(move || context.belongs() || offered.get() && context.me.with_value(Option::is_some))
}

/// The page.
#[component]
pub fn CopyPage() -> impl IntoView {
    let may_copy = may_copy();
    view! {
        <PageTitle text="New book from this one" />
        <div class="page settings">
            <h1>"New book from this one"</h1>
            <Show
                when=move || may_copy.get()
                fallback=|| {
                    view! {
                        <p class="muted">
                            "Those who belong to this book can make another of it, and everybody who is signed in where its owners offer it as a file."
                        </p>
                    }
                }
            >
                <CopyForm />
            </Show>
        </div>
    }
    .into_any()
}

#[component]
fn CopyForm() -> impl IntoView {
    let context = use_book_context();
    let copy = ServerAction::<CopyBook>::new();
    let faults = Faults::of_action(copy);
    let title = context.live.state.with_untracked(|book| copy_of(&book.title));
    let option = |what: Copied, words: &'static str, hint: &'static str| {
        view! {
            <label class="choice">
                <input type="radio" name="what" value=what.as_str() checked=what == Copied::default() />
                <span>
                    <strong>{words}</strong>
                    <span class="muted">{hint}</span>
                </span>
            </label>
        }
    };
    view! {
        <ActionForm action=copy attr:class="stack" attr:novalidate=true>
            <input type="hidden" name="book" value=context.book().to_string() />
            <Field
                label="Title of the new book"
                name="title"
                autocomplete="off"
                value=title
                error=faults.in_field("title")
            />
            <fieldset>
                <legend>
                    <h2>"What goes into it"</h2>
                </legend>
                {option(
                    Copied::Everything,
                    "Everything that stands in it",
                    "Chapters, pictures, and what it says about itself, but for its ISBN.",
                )}
                {option(
                    Copied::Headings,
                    "Its contents, as a pattern",
                    "Chapters and sections with the headings in them, its language and its look; no text.",
                )}
            </fieldset>
            <p class="muted">
                "It is yours alone, and private. People, chat, activity and older versions stay with the first one."
            </p>
            <Wrong words=faults.elsewhere() />
            <p class="row">
                <button type="submit" class="primary" disabled=copy.pending()>
                    "Create book"
                </button>
                {move || copy.pending().get().then(|| view! { <span role="status">"Making the book…"</span> })}
            </p>
        </ActionForm>
    }
    .into_any()
}

/// What a copy is called at first: no longer than a title may be.
fn copy_of(title: &Title) -> String {
    const END: &str = " (copy)";
    title.as_str().chars().take(Title::MAX - END.len()).chain(END.chars()).collect()
}

fn address(book: &BookId) -> String {
    format!("/book/{book}/copy")
}

/// The way to the page, for whoever may make another book of the open one.
#[component]
pub(super) fn CopyLink() -> impl IntoView {
    let context = use_book_context();
    let may_copy = may_copy();
    view! {
        <Show when=move || may_copy.get()>
            <a class="button quiet" href=address(&context.book())>
                "New book from this one"
            </a>
        </Show>
    }
    .into_any()
}

/// From which books a new one can be made, on the shelf.
#[component]
pub(super) fn FromBooks(
    /// Those that whoever looks belongs to.
    books: Vec<BookCard>,
) -> impl IntoView {
    let line = |book: BookCard| {
        view! {
            <li>
                <a href=address(&book.id) dir="auto">
                    {book.title.to_string()}
                </a>
            </li>
        }
    };
    (!books.is_empty()).then(|| {
        view! {
            <details class="from-books">
                <summary>"New book from another one"</summary>
                <ul>{books.into_iter().map(line).collect_view()}</ul>
            </details>
        }
    })
}
