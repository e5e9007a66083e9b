//! The shelf: my books, those shared with me, and the public ones.

use super::{
    invitations::{InvitationList, use_invitations},
    kept::{KeptMark, use_kept},
    no_connection::NoConnection,
    people::role_words,
};
use crate::{
    account::me::use_me,
    book::{
        commands::shelf::{CreateBook, open_shelf},
        model::{Role, Visibility},
        shelf::BookCard,
    },
    ui::{
        form::{Field, Wrong},
        header::SiteHeader,
        number::count,
        time::Time,
        title::PageTitle,
    },
};
use leptos::{form::ActionForm, prelude::*};
use leptos_router::components::Redirect;
use sputnik::protocol::json;

/// The shelf.
#[component]
pub fn ShelfPage() -> impl IntoView {
    let me = use_me();
    let invitations = use_invitations();
    let shelf = json::resource(move || invitations.answered(), |_| open_shelf());
    view! {
        <PageTitle text="My shelf" />
        <SiteHeader />
        <main id="main" class="sheet">
            <h1>"My shelf"</h1>
            <Transition fallback=|| {
                view! {
                    <NoConnection />
                    <p class="muted fetching">"Fetching your books…"</p>
                }
            }>
                {move || Suspend::new(async move {
                    let (me, shelf) = (me.await, shelf.await);
                    match shelf {
                        _ if me.is_none() => view! { <Redirect path="/sign-in?next=/shelf" /> }.into_any(),
                        Ok(shelf) => {
                            view! {
                                <InvitationList first=shelf.invitations />
                                <NewBook first=shelf.mine.is_empty() />
                                <section aria-labelledby="mine">
                                    <h2 id="mine">"My books"</h2>
                                    <Books
                                        books=shelf.mine
                                        empty="None yet. Give your first book a title above: it can be changed later."
                                    />
                                </section>
                                {(!shelf.shared.is_empty())
                                    .then(|| {
                                        view! {
                                            <section aria-labelledby="shared">
                                                <h2 id="shared">"Shared with me"</h2>
                                                <Books books=shelf.shared empty="" />
                                            </section>
                                        }
                                    })}
                                {(!shelf.public.is_empty())
                                    .then(|| {
                                        view! {
                                            <section aria-labelledby="public">
                                                <h2 id="public">"Public books"</h2>
                                                <Books books=shelf.public empty="" />
                                            </section>
                                        }
                                    })}
                                {shelf.taken.map(|taken| view! { <p class="muted">{taken.to_string()}</p> })}
                            }
                                .into_any()
                        }
                        Err(fault) => view! { <Wrong words=Some(fault.words) /> }.into_any(),
                    }
                })}
            </Transition>
        </main>
    }
    .into_any()
}

#[component]
fn NewBook(
    /// Whether it would be their first.
    first: bool,
) -> impl IntoView {
    let create = ServerAction::<CreateBook>::new();
    let fault = Signal::derive(move || create.value().get().and_then(Result::err).map(|fault| fault.words));
    view! {
        <ActionForm action=create attr:class="new-book">
            <Field label="Title of a new book" name="title" autocomplete="off" error=fault />
            <button type="submit" class=if first { "primary" } else { "" } disabled=create.pending()>
                "Create book"
            </button>
        </ActionForm>
    }
    .into_any()
}

/// Books, one under the other.
#[component]
pub fn Books(
    /// Which.
    books: Vec<BookCard>,
    /// What is said when there are none.
    empty: &'static str,
) -> impl IntoView {
    if books.is_empty() {
        return view! { <p class="muted empty">{empty}</p> }.into_any();
    }
    view! { <ul class="books">{books.into_iter().map(|book| view! { <Card book /> }).collect_view()}</ul> }.into_any()
}

#[component]
fn Card(book: BookCard) -> impl IntoView {
    let shown = book.role != Some(Role::Owner) && !book.owner.is_somebody();
    let owner = shown.then(|| format!("by {}", book.owner.name));
    let role = book.role.filter(|role| *role != Role::Owner).map(role_words);
    let (kept, id) = (use_kept(), book.id.clone());
    let waits = Memo::new(move |_| kept.waits_in_book(&id));
    view! {
        <li class="book-card">
            <h3>
                <a href=format!("/book/{}", book.id) dir="auto">
                    {book.title.to_string()}
                </a>
            </h3>
            <p class="meta">
                {owner.map(|owner| view! { <span>{owner}</span> })}
                <span>{count(book.chapters, "chapter")}</span>
                <span>{count(book.words, "word")}</span>
                <span>"changed " <Time at=book.changed /></span>
                {(book.visibility == Visibility::Public).then(|| view! { <span class="tag">"Public"</span> })}
                {role.map(|role| view! { <span class="tag">{role}</span> })}
                <KeptMark waits />
            </p>
        </li>
    }
    .into_any()
}
