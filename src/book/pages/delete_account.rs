//! The page on which somebody deletes their account: a form that works before the page is live.

use crate::{
    account::me::use_me,
    book::{
        account_deletion::{AccountDeletion, DELETE, OwnedAlone, fate_of},
        commands::account_deletion::{DeleteAccount, open_leaving},
    },
    ui::{
        browser,
        form::{Faults, Field, Wrong, focus_first_wrong},
        header::SiteHeader,
        number::count,
        title::PageTitle,
    },
};
use leptos::{form::ActionForm, prelude::*};
use leptos_router::components::Redirect;
use sputnik::protocol::json;

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
    let faults = Faults::of_action(delete);
    let unsure = faults.in_field("sure");
    focus_first_wrong("sure".to_owned(), unsure);
    let AccountDeletion { alone, others } = leaving;
    let stay = (others > 0)
        .then(|| format!("You leave {} that others own too. What you wrote there stays.", count(others, "book")));
    let first = (!alone.is_empty()).then_some("Nobody but you owns these books. What is to become of them?");
    view! {
        <p>"You can no longer sign in then, and others read “Somebody who left” where your name was. This cannot be undone."</p>
        {stay.map(|words| view! { <p>{words}</p> })}
        <ActionForm action=delete attr:class="stack" attr:novalidate=true>
            {first.map(|words| view! { <p>{words}</p> })}
            {alone.into_iter().map(|book| view! { <Fate book faults /> }).collect_view()}
            <Field
                label="Password"
                name="password"
                kind="password"
                autocomplete="current-password"
                error=faults.in_field("password")
            />
            <div class="field">
                <label class="choice" for="sure">
                    <input
                        id="sure"
                        type="checkbox"
                        name="sure"
                        value="true"
                        required
                        aria-invalid=move || unsure.with(Option::is_some).then_some("true")
                        aria-describedby=move || unsure.with(Option::is_some).then_some("sure-error")
                    />
                    <span>"I want my account to be deleted for good"</span>
                </label>
                <Wrong words=unsure id="sure-error" />
            </div>
            <Wrong words=faults.elsewhere() />
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
    /// Why the form was refused.
    faults: Faults,
) -> impl IntoView {
    let OwnedAlone { id, title, members } = book;
    let field = fate_of(&id);
    let error_id = format!("{field}-error");
    let undecided = faults.in_field(field.clone());
    focus_first_wrong(field.clone(), undecided);
    let described = error_id.clone();
    view! {
        <div class="field">
            <label for=field.clone() dir="auto">
                {title.to_string()}
            </label>
            <select
                id=field
                name="books[]"
                required
                aria-invalid=move || undecided.with(Option::is_some).then_some("true")
                aria-describedby=move || undecided.with(Option::is_some).then(|| described.clone())
            >
                <option value="">"Please choose"</option>
                <option value=format!("{id} {DELETE}")>"Delete it, with all its chapters"</option>
                {members
                    .into_iter()
                    .map(|person| {
                        view! { <option value=format!("{id} {}", person.id)>{format!("Give it to {}", person.name)}</option> }
                    })
                    .collect_view()}
            </select>
            <Wrong words=undecided id=error_id />
        </div>
    }
    .into_any()
}
