//! The bar at the top of every page, and the menu of whoever is signed in.

use super::{
    avatar::{Avatar, Face},
    icon::Icon,
    page::use_page,
    theme::ThemeSwitch,
};
use crate::account::{commands::SignOut, me::use_me};
use leptos::{html, prelude::*, server_fn::ServerFn, wasm_bindgen::JsCast, web_sys};

/// How many things wait for whoever is signed in to be answered, on their shelf. A context of the application's.
#[derive(Clone, Copy)]
pub struct Waiting(pub Signal<usize>);

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

/// A `<details>` that is a menu closes when something else is pressed, and on Escape, which gives the focus back.
fn close_from_outside(menu: NodeRef<html::Details>) {
    let shut = move |menu: &web_sys::HtmlElement| menu.remove_attribute("open");
    Effect::new(move || {
        let pressed = window_event_listener(leptos::ev::click, move |event| {
            let Some(Some(menu)) = menu.try_get_untracked() else { return };
            let target = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
            let chosen = target.as_ref().and_then(|target| target.dyn_ref::<web_sys::HtmlAnchorElement>()).is_some();
            if chosen || !menu.contains(target.as_ref()) {
                // It can only fail where there is no such menu.
                let _ = shut(&menu);
            }
        });
        let escaped = window_event_listener(leptos::ev::keydown, move |event| {
            let Some(Some(menu)) = menu.try_get_untracked() else { return };
            if event.key() == "Escape" && menu.has_attribute("open") {
                let _ = shut(&menu);
                if let Ok(Some(summary)) = menu.query_selector("summary") {
                    let _ = summary.dyn_into::<web_sys::HtmlElement>().map(|summary| summary.focus());
                }
            }
        });
        on_cleanup(move || {
            pressed.remove();
            escaped.remove();
        });
    });
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
    let menu = NodeRef::<html::Details>::new();
    close_from_outside(menu);
    view! {
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
                // A stranger reads what it is called.
                let is_somebody = face.is_some();
                view! {
                    <details class="menu account" node_ref=menu>
                        <summary aria-label=move || is_somebody.then(label)>
                            {match face {
                                Some(face) => view! { <Avatar face /> <Count waiting /> }.into_any(),
                                None => view! { "Menu" <Icon name="down" /> }.into_any(),
                            }}
                        </summary>
                        <div class="menu-sheet">
                            {inside} <ThemeSwitch theme=page.theme />
                            <button class="plain" type="button" on:click=move |_| page.help.set(true)>
                                "Keyboard shortcuts"
                            </button>
                        </div>
                    </details>
                }
            })}
        </Suspense>
    }
    .into_any()
}
