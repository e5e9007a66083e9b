//! Pages for what is not there or not allowed.

use super::{browser, header::SiteHeader, status::answer_with, title::PageTitle};
use crate::{
    account::me::use_me,
    local_address::{local_part, with_next},
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use sputnik::{
    Code, Fault,
    client::{Shown, use_connection},
};

/// The page for an address that leads nowhere.
#[component]
pub fn NotFound() -> impl IntoView {
    answer_with(404);
    view! {
        <PageTitle text="Not here" />
        <SiteHeader />
        <main id="main" class="sheet narrow" tabindex="-1">
            <h1>"There is no such page"</h1>
            <p>"Perhaps the address was cut short, or what stood here was deleted."</p>
            <p class="row">
                <a class="button primary" href="/">"Go to the front page"</a>
                <a class="button" href="/shelf">"Open my shelf"</a>
            </p>
        </main>
    }
}

/// What is shown in place of a page whose code could not be fetched.
#[component]
pub fn NotFetched() -> impl IntoView {
    let path = use_location().pathname.get_untracked();
    let load = move |_| browser::load(&path);
    view! {
        <PageTitle text="This page could not be fetched" />
        <section class="sheet narrow" role="alert">
            <h1>"This page could not be fetched"</h1>
            <p>"The connection may have broken off, or there is a newer version of the site. What you wrote is kept."</p>
            <p class="row">
                <button type="button" class="primary" on:click=load>
                    "Try again"
                </button>
                <button type="button" on:click=|_| browser::back()>
                    "Go back"
                </button>
            </p>
        </section>
    }
}

/// What is shown in place of something that could not be opened.
#[component]
pub fn Trouble(
    /// Why.
    fault: Fault,
) -> impl IntoView {
    answer_with(fault.status());
    let title = match fault.code {
        Code::NotFound | Code::BadRequest => "Not found",
        Code::NotSignedIn => "Please sign in",
        Code::Forbidden => "This is not open to you",
        _ => "This could not be opened",
    };
    // Of an address such as `//evil.example`, a link would lead there.
    let pathname = use_location().pathname;
    let path = Memo::new(move |_| local_part(&pathname.read()).unwrap_or_else(|| "/".to_owned()));
    let may_be_hidden = matches!(fault.code, Code::NotSignedIn | Code::NotFound | Code::Forbidden);
    let me = use_me();
    let can_retry = fault.can_retry() || fault.code == Code::Internal;
    let shown = use_connection().shown;
    // What could not be fetched because there was no connection is, once there is one.
    Effect::new(move |before: Option<Shown>| {
        let now = shown.get();
        if can_retry && before == Some(Shown::Reconnecting) && now == Shown::Live {
            browser::reload();
        }
        now
    });
    view! {
        <PageTitle text=title />
        <div class="sheet narrow">
            <h1>{title}</h1>
            <p>{fault.words}</p>
            <p class="row">
                {can_retry
                    .then(|| {
                        view! {
                            <a class="button primary" rel="external" href=path>
                                "Try again"
                            </a>
                        }
                    })}
                <Suspense>
                    {move || Suspend::new(async move {
                        // What is not there for a stranger may be there for whoever they are once signed in.
                        let stranger = me.await.is_none();
                        (may_be_hidden && stranger)
                            .then(|| {
                                view! {
                                    <a class="button primary" href=move || with_next("/sign-in", &path.get())>
                                        "Sign in"
                                    </a>
                                }
                            })
                    })}
                </Suspense> <a class="button" href="/shelf">
                    "Open my shelf"
                </a>
            </p>
        </div>
    }
}
