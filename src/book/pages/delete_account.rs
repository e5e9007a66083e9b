//! The page on which somebody deletes their account: a form that works before the page is live.

use crate::{
    account::me::use_me,
    book::{
        account_deletion::{AccountDeletion, DELETE, OwnedAlone},
        commands::account_deletion::{DeleteAccount, open_leaving},
    },
    ui::{
        browser,
        form::{Field, Wrong},
        header::SiteHeader,
        number::count,
        title::PageTitle,
    },
};
use leptos::{form::ActionForm, prelude::*};
use leptos_router::components::Redirect;
use sputnik::{Code, Fault, protocol::json};

/// The page.
#[component]
pub fn DeleteAccountPage() -> impl IntoView {
    let me = use_me();
    let leaving = json::resource(|| (), |()| open_leaving());
    view! {
        <PageTitle text="Delete your account" />
        <SiteHeader />
        <main id="main" class="sheet narrow account-page">
            <h1>"Delete your account"</h1>
            <Suspense fallback=|| view! { <p class="muted">"Looking at your books…"</p> }>
                {move || Suspend::new(async move {
                    let (me, leaving) = (me.await, leaving.await);
                    match leaving {
                        _ if me.is_none() => view! { <Redirect path="/sign-in?next=/account/delete" /> }.into_any(),
                        Ok(leaving) => view! { <Leave leaving /> }.into_any(),
                        Err(fault) => view! { <Wrong words=Some(fault.words) /> }.into_any(),
                    }
                })}
            </Suspense>
        </main>
    }
    .into_any()
}

#[component]
fn Leave(
    /// What is to be settled.
    leaving: AccountDeletion,
) -> impl IntoView {
    let delete = ServerAction::<DeleteAccount>::new();
    Effect::new(move || {
        if delete.value().with(|value| matches!(value, Some(Ok(())))) {
            // Nothing of who they were is left in the page.
            browser::load("/");
        }
    });
    let words = move |is_about: fn(&Fault) -> bool| {
        Signal::derive(move || match &*delete.value().read() {
            Some(Err(fault)) if is_about(fault) => Some(fault.words.clone()),
            _ => None,
        })
    };
    let AccountDeletion { alone, others } = leaving;
    let stay = (others > 0)
        .then(|| format!("You leave {} that others own too. What you wrote there stays.", count(others, "book")));
    let first = (!alone.is_empty()).then_some("Nobody but you owns these books. What is to become of them?");
    view! {
        <p>"You can no longer sign in then, and others read “Somebody who left” where your name was. This cannot be undone."</p>
        {stay.map(|words| view! { <p>{words}</p> })}
        <ActionForm action=delete attr:class="stack">
            {first.map(|words| view! { <p>{words}</p> })}
            {alone.into_iter().map(|book| view! { <Fate book /> }).collect_view()}
            <Wrong words=words(|fault| fault.code == Code::Conflict) />
            <Field
                label="Password"
                name="password"
                kind="password"
                autocomplete="current-password"
                error=words(|fault| fault.code != Code::Conflict)
            />
            <label class="choice">
                <input type="checkbox" required />
                <span>"I want my account to be deleted for good"</span>
            </label>
            <p class="row">
                <button type="submit" class="danger" disabled=delete.pending()>
                    "Delete account"
                </button>
                <a class="button" href="/account">
                    "Keep it"
                </a>
            </p>
        </ActionForm>
    }
    .into_any()
}

#[component]
fn Fate(
    /// A book that nobody else owns.
    book: OwnedAlone,
) -> impl IntoView {
    let OwnedAlone { id, title, members } = book;
    let field = format!("fate-{id}");
    view! {
        <div class="field">
            <label for=field.clone() dir="auto">
                {title.to_string()}
            </label>
            <select id=field name="books[]" required>
                <option value="">"Please choose"</option>
                <option value=format!("{id} {DELETE}")>"Delete it, with all its chapters"</option>
                {members
                    .into_iter()
                    .map(|person| {
                        view! { <option value=format!("{id} {}", person.id)>{format!("Give it to {}", person.name)}</option> }
                    })
                    .collect_view()}
            </select>
        </div>
    }
    .into_any()
}
