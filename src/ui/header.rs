//! The bar at the top of every page, and the menu of whoever is signed in.

use super::{
    avatar::{Avatar, Face},
    icon::Icon,
    menu::Menu,
    page::use_page,
    theme::ThemeSwitch,
};
use crate::account::{commands::SignOut, me::use_me};
use leptos::{prelude::*, server_fn::ServerFn};

/// How many things wait for whoever is signed in to be answered, on their shelf. A context of the application's.
#[derive(Clone, Copy)]
pub struct Waiting(pub Signal<usize>);

/// What the application shows beside the account in the bar of every page. A context of the application's.
#[derive(Clone)]
pub struct InEveryBar(pub ViewFn);

/// How many wait, where some do.
#[component]
fn Count(waiting: Signal<usize>) -> impl IntoView {
    move || {
        let count = waiting.get();
        (count > 0).then(|| view! { <span class="badge">{count} <span class="unseen">" waiting"</span></span> })
    }
}

/// The bar of the pages outside of a book.
#[component]
pub fn SiteHeader() -> impl IntoView {
    view! {
        <SkipLink />
        <header class="bar">
            <a class="mark" href="/">
                <Mark />
                "Sputnik"
            </a>
            <span class="grow"></span>
            <AccountMenu />
        </header>
    }
    .into_any()
}

/// The first thing the Tab key meets: leads past the bar to what the page is about.
#[component]
pub fn SkipLink() -> impl IntoView {
    // The router would scroll there and leave the focus behind.
    view! { <a class="skip" href="#main" rel="external">"Skip to the text"</a> }
}

/// The sign of the house: an orbit around a page.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="sign" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">
            <ellipse cx="12" cy="12" rx="10" ry="4.5" transform="rotate(-30 12 12)"></ellipse>
            <circle cx="12" cy="12" r="4.2"></circle>
            <circle class="moon" cx="20.3" cy="7.2" r="1.8"></circle>
        </svg>
    }
}

/// Who is signed in, their way out, and how the pages look; or the way in.
#[component]
pub fn AccountMenu() -> impl IntoView {
    let me = use_me();
    let page = use_page();
    let waiting = use_context().map_or(Signal::stored(0), |Waiting(waiting)| waiting);
    let label = move || match waiting.get() {
        0 => "Account".to_owned(),
        1 => "Account, 1 invitation waits".to_owned(),
        count => format!("Account, {count} invitations wait"),
    };
    view! {
        {use_context::<InEveryBar>().map(|InEveryBar(shown)| shown.run())}
        <Suspense>
            {move || Suspend::new(async move {
                let me = me.await;
                let inside = match me.clone() {
                    Some(person) => {
                        view! {
                            <p class="menu-name">{person.name}</p>
                            <a href="/shelf">"My shelf " <Count waiting /></a>
                            <a href="/account">"Account"</a>
                            <form method="post" action=SignOut::url()>
                                <button class="plain" type="submit">
                                    "Sign out"
                                </button>
                            </form>
                        }
                            .into_any()
                    }
                    None => {
                        view! {
                            <a href="/sign-in">"Sign in"</a>
                            <a href="/sign-up">"Create an account"</a>
                        }
                            .into_any()
                    }
                };
                let face = me
                    .map(|person| Face {
                        id: person.id.to_string(),
                        name: person.name,
                        writing: false,
                    });
                // A stranger's is called what is read on it.
                let is_somebody = face.is_some();
                let label = move || if is_somebody { label() } else { "Menu".to_owned() };
                let face = move || match face.clone() {
                    Some(face) => view! { <Avatar face /> <Count waiting /> }.into_any(),
                    None => view! { "Menu" <Icon name="down" /> }.into_any(),
                };
                view! {
                    <Menu label=Signal::derive(label) class="account" face>
                        {inside} <ThemeSwitch theme=page.theme />
                        <button class="plain" type="button" on:click=move |_| page.help.set(true)>
                            "Keyboard shortcuts"
                        </button>
                    </Menu>
                }
            })}
        </Suspense>
    }
    .into_any()
}
