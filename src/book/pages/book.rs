//! The frame of an open book: contents, chapter, and the people at its side.

use super::{
    archive::InArchive,
    book_context::{BookContext, Ending, Here, Pane, Saving, Tab, people_here, use_book_context},
    book_head::BookHead,
    connection::Status,
    contents::Contents,
    no_connection::NoConnection,
    side::{Side, unread},
    switcher::switch_within,
};
use crate::{
    account::{commands::me, me::use_me, person::Person},
    book::{
        commands::shelf::open_book,
        model::{BookId, Opened},
        state::Book,
    },
    ui::{
        avatar::Faces,
        browser,
        header::{AccountMenu, Mark, SiteHeader, SkipLink},
        icon::Icon,
        title::PageTitle,
        trouble::Trouble,
    },
};
use leptos::{either::Either, prelude::*, task::spawn_local};
use leptos_router::{
    components::Outlet,
    hooks::{use_location, use_params_map},
};
use sputnik::{Fault, client::connection::use_connection, protocol::json};

/// A book, and within it the page its address names.
#[component]
pub fn BookPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("book").and_then(|text| text.parse::<BookId>().ok()));
    // Another book is another page: all that a book's page holds is of the one it was opened for.
    let first = id.get_untracked();
    let (here, location) = (first.clone(), use_location());
    Effect::new(move || {
        if id.with(|id| id.is_some() && *id != here) {
            let (path, query) = (location.pathname.get_untracked(), location.search.get_untracked());
            browser::load(&if query.is_empty() { path } else { format!("{path}?{query}") });
        }
    });
    let opened = json::resource(
        move || first.clone(),
        |id| async move {
            match id {
                Some(id) => open_book(id).await,
                None => Err(Fault::not_found("book")),
            }
        },
    );
    let me = use_me();
    view! {
        <Suspense fallback=Skeleton>
            {move || Suspend::new(async move {
                let (me, opened) = (me.await, opened.await);
                match opened {
                    Ok(opened) => Either::Left(view! { <Frame opened me /> }),
                    Err(fault) => {
                        Either::Right(
                            view! {
                                <SiteHeader />
                                <main id="main">
                                    <Trouble fault />
                                </main>
                            },
                        )
                    }
                }
            })}
        </Suspense>
    }
}

#[component]
fn Frame(opened: Opened<Book>, me: Option<Person>) -> impl IntoView {
    let context = BookContext::open(opened, me);
    switch_within(context);
    // Here, where all panes find it.
    unread(context);
    let state = context.live.state;
    let gone = move || context.ending.with(Option::is_some);
    // Whoever chose a chapter wants to see it, from its beginning: also on a narrow screen, which shows one pane. But who
    // has begun to read before the page was live goes on reading.
    Effect::new(move |chosen: Option<()>| {
        context.part.track();
        context.pane.set(Pane::Chapter);
        if chosen.is_some() {
            browser::scroll_to_top("main");
        }
    });
    // Nothing is left in the panel of who is no longer shown people, chat and activity.
    Effect::new(move || {
        if !context.within.get() && context.pane.get() == Pane::Chat {
            context.pane.set(Pane::Chapter);
        }
    });
    let pane = move || match context.pane.get() {
        Pane::Contents => "contents",
        Pane::Chapter => "chapter",
        Pane::Chat => "chat",
    };
    let title = move || state.with(|book| book.title.to_string());
    view! {
        <PageTitle text=Signal::derive(title) />
        <BookHead />
        <div class="frame" data-pane=pane class:no-left=move || !context.left.get() class:no-right=move || !(context.right.get() && context.within.get()) class:focus-mode=context.focus_mode>
            <SkipLink />
            <BookBar />
            <nav class="pane contents" aria-label="Contents">
                <Contents />
            </nav>
            <main class="pane middle" id="main" tabindex="-1">
                <Show when=gone>
                    <Gone />
                </Show>
                <InArchive />
                <Outlet />
            </main>
            <Show when=move || context.within.get()>
                <Side />
            </Show>
            <BottomBar />
        </div>
    }
    .into_any()
}

#[component]
fn BookBar() -> impl IntoView {
    let context = use_book_context();
    let state = context.live.state;
    // Without the own, which is on the button of the account beside them.
    let client = use_connection().client;
    let faces = move || {
        let mine = client.get();
        let is_other = |here: &Here| !context.is_me(here.user.as_ref()) && Some(&here.client) != mine.as_ref();
        context.presence.roster.with(|roster| {
            let here = roster.as_ref().map(people_here).unwrap_or_default();
            here.into_iter().filter(is_other).map(|here| here.face).collect()
        })
    };
    view! {
        <header class="bar">
            <a class="mark" href="/shelf" aria-label="My shelf" title="My shelf">
                <Mark />
            </a>
            <button
                type="button"
                class="quiet only-wide"
                aria-label="Show or hide the contents"
                title="Contents"
                aria-expanded=move || context.left.get().to_string()
                on:click=move |_| context.fold(context.left)
            >
                <Icon name="panel-left" />
            </button>
            <a class="book-title" href=move || format!("/book/{}", context.book())>
                {move || state.with(|book| book.title.to_string())}
            </a>
            <span class="grow"></span>
            <Status />
            <Show when=move || context.focus_mode.get()>
                <button type="button" class="quiet show-everything" on:click=move |_| context.focus_mode.set(false)>
                    "Show everything"
                </button>
            </Show>
            <Show when=move || context.within.get()>
                <span class="only-wide">
                    <Faces faces=Signal::derive(faces) />
                </span>
            </Show>
            <Show when=move || context.can_edit()>
                <a class="button quiet only-wide" href=format!("/book/{}/publish", context.book()) aria-label="Publish" title="Publish">
                    <Icon name="publish" />
                </a>
            </Show>
            <Show when=move || context.belongs()>
                <a
                    class="button quiet"
                    href=format!("/book/{}/settings", context.book())
                    aria-label="Book settings"
                    title="Book settings"
                >
                    <Icon name="settings" />
                </a>
            </Show>
            <Show when=move || context.within.get()>
                <button
                    type="button"
                    class="quiet only-wide"
                    aria-label="Show or hide people, chat and activity"
                    title="People, chat and activity"
                    aria-expanded=move || context.right.get().to_string()
                    on:click=move |_| context.fold(context.right)
                >
                    <Icon name="panel-right" />
                </button>
            </Show>
            <AccountMenu />
        </header>
    }
    .into_any()
}

#[component]
fn BottomBar() -> impl IntoView {
    let context = use_book_context();
    let unread = unread(context);
    let button = move |pane: Pane, icon: &'static str, words: &'static str| {
        view! {
            <button
                type="button"
                aria-pressed=move || (context.pane.get() == pane).to_string()
                on:click=move |_| {
                    context.pane.set(pane);
                    if pane == Pane::Chat && unread.get_untracked() > 0 {
                        context.tab.set(Tab::Chat);
                    }
                }
            >
                <Icon name=icon />
                {words}
                {move || {
                    let count = unread.get();
                    (pane == Pane::Chat && count > 0)
                        .then(|| view! { <span class="badge">{count} <span class="unseen">" unread"</span></span> })
                }}
            </button>
        }
    };
    view! {
        <nav class="bottom" aria-label="Panes">
            {button(Pane::Contents, "list", "Contents")} {button(Pane::Chapter, "chapter", "Chapter")}
            <Show when=move || context.within.get()>{button(Pane::Chat, "chat", "Talk")}</Show>
        </nav>
    }
    .into_any()
}

/// Above everything else, when the book is no longer open to whoever looks. What is shown below stays as it stood last.
#[component]
fn Gone() -> impl IntoView {
    let context = use_book_context();
    let ending = context.ending;
    Effect::new(move || {
        if context.me.with_value(Option::is_none) {
            return;
        }
        spawn_local(async move {
            // The right was lost with who they were: signed out in another browser, say.
            if matches!(me().await, Ok(None)) {
                context.signed_out.try_set(true);
            }
        });
    });
    let path = use_location().pathname;
    let sign_in = move || {
        let path = path.get_untracked();
        view! { <a class="button primary" rel="external" href=format!("/sign-in?next={path}")>"Sign in again"</a> }
    };
    let heading = move || match ending.get() {
        Some(Ending::Deleted) => "This book was deleted",
        Some(Ending::SignedOut) => "You were signed out",
        Some(Ending::Closed) | None => "You no longer have access to this book",
    };
    let why = move || match (ending.get(), context.live.ended.get()) {
        (Some(Ending::Closed), Some(fault)) => format!("{} ", fault.words),
        _ => String::new(),
    };
    view! {
        <div class="gone" role="alert">
            <h2>{heading}</h2>
            <p>{why} "What you see here is how it stood last." {move || typed_words(context.saving.get())}</p>
            {move || {
                if ending.get() == Some(Ending::SignedOut) {
                    sign_in().into_any()
                } else {
                    view! { <a class="button primary" href="/shelf">"Open my shelf"</a> }.into_any()
                }
            }}
        </div>
    }
    .into_any()
}

/// Where that is by now which somebody typed in the text and the server does not have.
fn typed_words(saving: Saving) -> &'static str {
    match saving {
        Saving::Idle | Saving::Saved | Saving::Offline { unsaved: 0, .. } => "",
        Saving::Refused { kept: true } | Saving::Offline { kept: true, .. } => {
            " What you typed last is kept on this device."
        }
        Saving::Refused { kept: false } | Saving::Offline { kept: false, .. } | Saving::Underway(_) => {
            " What you typed last stays on this page until you leave it: copy it now."
        }
    }
}

#[component]
fn Skeleton() -> impl IntoView {
    view! {
        <NoConnection />
        <div class="frame skeleton" aria-hidden="true">
            <div class="bar"></div>
            <div class="pane contents">
                <i></i>
                <i></i>
                <i></i>
                <i></i>
            </div>
            <div class="pane middle">
                <div class="page">
                    <i class="head"></i>
                    <i></i>
                    <i></i>
                    <i></i>
                </div>
            </div>
            <div class="pane side"></div>
        </div>
    }
}
