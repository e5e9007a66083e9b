//! The shelf: my books, those shared with me, and the public ones.

use super::{
    archive::Archived,
    bin::Bin,
    books::Books,
    copy::FromBooks,
    import::{Into, came_in, import_form},
    invitations::{InvitationList, use_invitations},
    no_connection::NoConnection,
};
use crate::{
    account::{me::use_me, person::Person},
    book::{
        commands::shelf::{CreateBook, open_shelf},
        import::Imported,
        shelf::BookCard,
    },
    ui::{
        dialog::Dialog,
        empty::Empty,
        form::{Faults, Field, Wrong},
        header::SiteHeader,
        later::shown_later,
        page::use_page,
        title::PageTitle,
    },
};
use leptos::{form::ActionForm, prelude::*};
use leptos_router::{NavigateOptions, components::Redirect, hooks::use_navigate};
use sputnik::protocol::json;

/// The shelf.
#[component]
pub fn ShelfPage() -> impl IntoView {
    let me = use_me();
    let invitations = use_invitations();
    let thrown_away = RwSignal::new(0_u32);
    let shelf = json::resource(move || (invitations.answered(), thrown_away.get()), |_| open_shelf());
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
                    let theirs: Vec<BookCard> = match &shelf {
                        Ok(shelf) => shelf.mine.iter().chain(&shelf.shared).chain(&shelf.archived).cloned().collect(),
                        Err(_) => Vec::new(),
                    };
                    match shelf {
                        _ if me.is_none() => view! { <Redirect path="/sign-in?next=/shelf" /> }.into_any(),
                        Ok(shelf) => {
                            view! {
                                <InvitationList first=shelf.invitations />
                                <section aria-labelledby="mine">
                                    <h2 id="mine">"My books"</h2>
                                    {if shelf.mine.is_empty() {
                                        view! {
                                            <Empty
                                                title="Here stand the books you write"
                                                words=first_words(me.as_ref())
                                            >
                                                <NewBook first=true />
                                            </Empty>
                                        }
                                            .into_any()
                                    } else {
                                        view! {
                                            <NewBook first=false />
                                            <FromBooks books=theirs />
                                            <Books books=shelf.mine />
                                        }
                                            .into_any()
                                    }}
                                </section>
                                {(!shelf.shared.is_empty())
                                    .then(|| {
                                        view! {
                                            <section aria-labelledby="shared">
                                                <h2 id="shared">"Shared with me"</h2>
                                                <Books books=shelf.shared />
                                            </section>
                                        }
                                    })}
                                {(!shelf.public.is_empty())
                                    .then(|| {
                                        view! {
                                            <section aria-labelledby="public">
                                                <h2 id="public">"Public books"</h2>
                                                <Books books=shelf.public />
                                            </section>
                                        }
                                    })}
                                {(!shelf.archived.is_empty()).then(|| view! { <Archived books=shelf.archived /> })}
                                {(!shelf.bin.is_empty()).then(|| view! { <Bin books=shelf.bin thrown_away /> })}
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

/// What an empty shelf is for; and by what others, who look for whoever stands before it, find them.
fn first_words(me: Option<&Person>) -> String {
    let name = me.map(|me| &*me.name).unwrap_or_default();
    format!(
        "Alone, or with others whom you invite. To write in somebody else’s book, tell them your name here, {name}: with that they invite you."
    )
}

#[component]
fn NewBook(
    /// Whether it would be their first.
    first: bool,
) -> impl IntoView {
    let create = ServerAction::<CreateBook>::new();
    let faults = Faults::of_action(create);
    view! {
        <ActionForm action=create attr:class="one-line" attr:novalidate=true>
            <Field label="Title of a new book" name="title" autocomplete="off" error=faults.in_field("title") />
            <button type="submit" class=if first { "primary" } else { "" } disabled=create.pending()>
                "Create book"
            </button>
        </ActionForm>
        <Wrong words=faults.elsewhere() />
        <ImportBook />
    }
    .into_any()
}

/// Makes a new book of a file.
#[component]
fn ImportBook() -> impl IntoView {
    let open = RwSignal::new(false);
    let navigate = use_navigate();
    let page = use_page();
    let done = Callback::new(move |imported: Imported| {
        navigate(&format!("/book/{}", imported.book), NavigateOptions::default());
        page.announce(came_in(&imported));
    });
    view! {
        <p class="row files">
            <button type="button" class="quiet" on:click=move |_| open.set(true)>
                "Import a book…"
            </button>
        </p>
        <Dialog open title="Import a book from a file">
            {shown_later(move || import_form(open, Into::New, done))}
        </Dialog>
    }
    .into_any()
}
