//! The front page: what this is, the one next action, and the books anyone may read.

use super::shelf::Books;
use crate::{
    account::me::use_me,
    book::commands::shelf::open_shelf,
    ui::{form::Wrong, header::SiteHeader, title::PageTitle},
};
use leptos::prelude::*;
use sputnik::protocol::json;

/// The front page.
#[component]
pub fn FrontPage() -> impl IntoView {
    let me = use_me();
    let shelf = json::resource(|| (), |()| open_shelf());
    view! {
        <PageTitle text="" />
        <SiteHeader />
        <main id="main" class="front">
            <section class="hero">
                <h1>"Write a book together"</h1>
                <p class="lead">
                    "Sputnik is a quiet room for people who write the same book. Everyone sees it grow as it is typed, knows who holds the pen, and never wonders whether it was saved."
                </p>
                <Suspense>
                    {move || Suspend::new(async move {
                        match me.await {
                            Some(_) => {
                                view! {
                                    <p class="row">
                                        <a class="button primary large" href="/shelf">
                                            "Open my shelf"
                                        </a>
                                    </p>
                                }
                                    .into_any()
                            }
                            None => {
                                view! {
                                    <p class="row">
                                        <a class="button primary large" href="/sign-up">
                                            "Create an account"
                                        </a>
                                        <a class="button quiet large" href="/sign-in">
                                            "Sign in"
                                        </a>
                                    </p>
                                }
                                    .into_any()
                            }
                        }
                    })}
                </Suspense>
            </section>
            <ul class="promises">
                <li>
                    <h2>"One pen a chapter"</h2>
                    <p>"Opening a chapter to write takes its pen. Others read along, ask for it, and get it handed over."</p>
                </li>
                <li>
                    <h2>"Nothing is lost"</h2>
                    <p>
                        "Each pause in typing is stored. A cut in the network, a reload, a closed tab: your words are where you left them."
                    </p>
                </li>
                <li>
                    <h2>"Every version kept"</h2>
                    <p>"Each save is a version with its author and a comment, to be read, compared and restored."</p>
                </li>
            </ul>
            <section aria-labelledby="public-books">
                <h2 id="public-books">"Books to read"</h2>
                <Suspense fallback=|| view! { <p class="muted">"Looking on the shelf…"</p> }>
                    {move || Suspend::new(async move {
                        match shelf.await {
                            Ok(shelf) => {
                                let mut books = shelf.public;
                                let others = shelf.mine.into_iter().chain(shelf.shared);
                                books.extend(others.filter(|book| book.visibility == crate::book::model::Visibility::Public));
                                view! { <Books books empty="No book has been made public yet." /> }.into_any()
                            }
                            Err(fault) => view! { <Wrong words=Some(fault.words) /> }.into_any(),
                        }
                    })}
                </Suspense>
            </section>
        </main>
    }
    .into_any()
}
