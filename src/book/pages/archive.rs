//! The archive: books that are read and not changed, in their settings, on their pages, and on the shelf.

use super::{book_context::use_book_context, books::Books};
use crate::{
    book::{
        commands::shelf::{UnarchiveBook, archive_book},
        model::{BookId, Role, Title},
        shelf::BookCard,
    },
    ui::{
        command::run_in_form,
        dialog::Confirm,
        form::{Faults, Wrong},
        page::use_page,
    },
};
use leptos::{form::ActionForm, prelude::*};

/// In the settings of a book that is not there: the way into it.
#[component]
pub(super) fn Archive() -> impl IntoView {
    const MEANS: &str = "Everybody who may read it still can. Nobody writes in it or changes anything of it, and it stands \
                         apart on your shelf, until one of its owners brings it back.";
    let (context, page) = (use_book_context(), use_page());
    let asked = RwSignal::new(false);
    let fault = RwSignal::new(None);
    let archive = move |()| run_in_form(page, fault, "The book is in the archive.", archive_book(context.book()));
    let title = Signal::derive(move || {
        format!("Put “{}” into the archive?", context.live.state.with(|book| book.title.to_string()))
    });
    view! {
        <section aria-labelledby="set-archive">
            <h2 id="set-archive">"Archive"</h2>
            <p class="muted">{MEANS}</p>
            <button type="button" on:click=move |_| asked.set(true)>
                "Put into the archive"
            </button>
            <Wrong words=fault />
            <Confirm open=asked title words=MEANS verb="Put into the archive" act=archive />
        </section>
    }
    .into_any()
}

/// On the pages of a book that is there: that it is, and for its owners the way out.
#[component]
pub(super) fn InArchive() -> impl IntoView {
    let context = use_book_context();
    let archived = Memo::new(move |_| context.live.state.with(|book| book.archived));
    let title = move || context.live.state.with_untracked(|book| book.title.clone());
    view! {
        <Show when=move || archived.get()>
            <div class="in-archive" role="status">
                <p>"This book is in the archive: it can be read, and nobody changes it."</p>
                <Show when=move || context.owns_in_archive.get()>
                    <BringBack book=context.book() title=title() />
                </Show>
            </div>
        </Show>
    }
    .into_any()
}

/// A form that works before the page is live.
#[component]
fn BringBack(book: BookId, title: Title) -> impl IntoView {
    let bring_back = ServerAction::<UnarchiveBook>::new();
    let label = format!("Bring back “{title}”");
    view! {
        <ActionForm action=bring_back attr:class="row">
            <input type="hidden" name="book" value=book.to_string() />
            <button type="submit" aria-label=label disabled=bring_back.pending()>
                "Bring back"
            </button>
        </ActionForm>
        <Wrong words=Faults::of_action(bring_back).elsewhere() />
    }
    .into_any()
}

/// On the shelf: the books in it.
#[component]
pub(super) fn Archived(
    /// Which.
    books: Vec<BookCard>,
) -> impl IntoView {
    let owned = books.iter().filter(|book| book.role == Some(Role::Owner));
    let lines = owned.map(|book| (book.id.clone(), book.title.clone())).collect::<Vec<_>>();
    let line = |(book, title): (BookId, Title)| {
        view! {
            <li>
                <p dir="auto">{title.to_string()}</p>
                <BringBack book title />
            </li>
        }
    };
    view! {
        <section aria-labelledby="archive">
            <details class="archive">
                <summary>
                    <h2 id="archive">{format!("Archive ({})", books.len())}</h2>
                </summary>
                <Books books />
                {(!lines.is_empty())
                    .then(|| {
                        view! {
                            <h3>"Bring back"</h3>
                            <ul class="people invitations">{lines.into_iter().map(line).collect_view()}</ul>
                        }
                    })}
            </details>
        </section>
    }
    .into_any()
}
