//! Signing in and up: forms that work before the page is live, and show what is wrong beside the field it is about.

use super::commands::{SignIn, SignUp, sign_in, sign_up};
use crate::{
    local_address::{self, is_local},
    ui::{
        browser,
        form::{Faults, Field, Wrong},
        header::SiteHeader,
        title::PageTitle,
    },
};
use leptos::{ev::SubmitEvent, prelude::*, server_fn::ServerFn, task::spawn_local, wasm_bindgen::JsCast, web_sys};
use leptos_router::hooks::use_query_map;
use sputnik::Fault;

/// The page to sign in.
#[component]
pub fn SignInPage() -> impl IntoView {
    let next = use_next();
    // A form sent without JavaScript comes back with its fault in the address.
    let fault = RwSignal::new(ServerAction::<SignIn>::new().value().get_untracked().and_then(Result::err));
    let (faults, busy) = (Faults::of(fault), RwSignal::new(false));
    let send = move |event: SubmitEvent| {
        let Some((name, password)) = taken(&event) else { return };
        enter(busy, fault, next, move |next| sign_in(name, password, next));
    };
    view! {
        <PageTitle text="Sign in" />
        <SiteHeader />
        <main id="main" class="sheet narrow">
            <h1>"Sign in"</h1>
            <form class="stack" method="post" action=SignIn::url() novalidate=true on:submit=send>
                <Next next />
                <Field label="Name" name="name" autocomplete="username" error=faults.in_field("name") />
                <Field
                    label="Password"
                    name="password"
                    kind="password"
                    autocomplete="current-password"
                    error=faults.in_field("password")
                />
                <Wrong words=faults.elsewhere() />
                <button type="submit" class="primary wide" disabled=busy>
                    "Sign in"
                </button>
            </form>
            <p class="muted">"New here? " <a href=move || with_next("/sign-up", next)>"Create an account"</a></p>
        </main>
    }
    .into_any()
}

/// The page to create an account.
#[component]
pub fn SignUpPage() -> impl IntoView {
    let next = use_next();
    let fault = RwSignal::new(ServerAction::<SignUp>::new().value().get_untracked().and_then(Result::err));
    let (faults, busy) = (Faults::of(fault), RwSignal::new(false));
    let send = move |event: SubmitEvent| {
        let Some((name, password)) = taken(&event) else { return };
        enter(busy, fault, next, move |next| sign_up(name, password, next));
    };
    view! {
        <PageTitle text="Create an account" />
        <SiteHeader />
        <main id="main" class="sheet narrow">
            <h1>"Create an account"</h1>
            <p class="muted">"A name and a password are all it takes."</p>
            <form class="stack" method="post" action=SignUp::url() novalidate=true on:submit=send>
                <Next next />
                <Field
                    label="Name"
                    name="name"
                    autocomplete="username"
                    hint="What others call you: 2 to 32 letters (a to z), digits, dots, hyphens and underscores, without a blank."
                    error=faults.in_field("name")
                />
                <Field
                    label="Password"
                    name="password"
                    kind="password"
                    autocomplete="new-password"
                    hint="At least 10 characters. A few words you will remember are best."
                    error=faults.in_field("password")
                />
                <Wrong words=faults.elsewhere() />
                <button type="submit" class="primary wide" disabled=busy>
                    "Create account"
                </button>
            </form>
            <p class="muted">"You have one already? " <a href=move || with_next("/sign-in", next)>"Sign in"</a></p>
        </main>
    }
    .into_any()
}

/// Where to go afterwards: only a path of this site.
fn use_next() -> Memo<Option<String>> {
    let query = use_query_map();
    Memo::new(move |_| query.read().get("next").filter(|next| is_local(next)))
}

fn with_next(path: &str, next: Memo<Option<String>>) -> String {
    next.get().map_or_else(|| path.to_owned(), |next| local_address::with_next(path, &next))
}

#[component]
fn Next(next: Memo<Option<String>>) -> impl IntoView {
    move || next.get().map(|next| view! { <input type="hidden" name="next" value=next /> })
}

/// What was typed into the form; from here on the page sends it itself.
fn taken(event: &SubmitEvent) -> Option<(String, String)> {
    event.prevent_default();
    let form: web_sys::HtmlFormElement = event.target()?.dyn_into().ok()?;
    let data = web_sys::FormData::new_with_form(&form).ok()?;
    Some((data.get("name").as_string()?, data.get("password").as_string()?))
}

fn enter<Sending>(
    busy: RwSignal<bool>,
    fault: RwSignal<Option<Fault>>,
    next: Memo<Option<String>>,
    send: impl FnOnce(Option<String>) -> Sending + 'static,
) where
    Sending: Future<Output = Result<(), Fault>> + 'static,
{
    if busy.get_untracked() {
        return;
    }
    busy.set(true);
    fault.set(None);
    let next = next.get_untracked();
    spawn_local(async move {
        match send(next.clone()).await {
            // Everything begins anew under the new name, the connection included.
            Ok(()) => browser::load(next.as_deref().unwrap_or("/shelf")),
            Err(why) => {
                fault.try_set(Some(why));
                busy.try_set(false);
            }
        }
    });
}
