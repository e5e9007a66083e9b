//! The page of one's own account: forms that work before the page is live.

use super::{
    commands::{ChangeName, ChangePassword, EndOtherSessions, EndSession, SignOut, open_account},
    me::use_me,
    own_account::{OwnAccount, SessionLine},
};
use crate::ui::{
    browser,
    form::{Faults, Field, Wrong},
    header::SiteHeader,
    time::Time,
    title::PageTitle,
};
use leptos::{form::ActionForm, prelude::*, server_fn::ServerFn};
use leptos_router::{components::Redirect, hooks::use_query_map};
use sputnik::{Fault, protocol::json};

/// The page.
#[component]
pub fn AccountPage() -> impl IntoView {
    let me = use_me();
    let account = json::resource(|| (), |()| open_account());
    view! {
        <PageTitle text="Your account" />
        <SiteHeader />
        <main id="main" class="sheet narrow account-page">
            <h1>"Your account"</h1>
            <Done />
            <Suspense fallback=|| view! { <p class="muted">"Fetching your account…"</p> }>
                {move || Suspend::new(async move {
                    let (me, account) = (me.await, account.await);
                    match account {
                        _ if me.is_none() => view! { <Redirect path="/sign-in?next=/account" /> }.into_any(),
                        Ok(OwnAccount { name, shown, sessions }) => {
                            view! {
                                <Name name shown />
                                <Password />
                                <Sessions sessions />
                                <section aria-labelledby="leaving">
                                    <h2 id="leaving">"Delete your account"</h2>
                                    <p class="muted">"What you wrote in books of others stays there."</p>
                                    <p>
                                        <a class="button" href="/account/delete">
                                            "Delete account…"
                                        </a>
                                    </p>
                                </section>
                            }
                                .into_any()
                        }
                        Err(fault) => view! { <Wrong words=Some(fault.words) /> }.into_any(),
                    }
                })}
            </Suspense>
        </main>
    }
    .into_any()
}

/// What was just done here, as the address says: one of these, whatever else stands there.
#[component]
fn Done() -> impl IntoView {
    let query = use_query_map();
    let words = move || match query.read().get("done").as_deref() {
        Some("name") => {
            Some("Others see your new name from now on; in pages they have open, when they load them anew.")
        }
        Some("password") => Some("Your password is changed. You are signed out everywhere but here."),
        Some("session") => Some("You are signed out there."),
        Some("sessions") => Some("You are signed out everywhere but here."),
        _ => None,
    };
    view! {
        <div role="status">{move || words().map(|words| view! { <p class="notice">{words}</p> })}</div>
    }
}

/// Loads the page anew once a form was taken: also the name in its head, and the connection, are others then.
fn then_load<F>(action: ServerAction<F>, path: &'static str)
where
    F: ServerFn<Output = (), Error = Fault> + Send + Sync + Clone + 'static,
{
    Effect::new(move || {
        if action.value().with(|value| matches!(value, Some(Ok(())))) {
            browser::load(path);
        }
    });
}

#[component]
fn Name(
    /// With what they sign in.
    name: String,
    /// What they are called.
    shown: String,
) -> impl IntoView {
    let change = ServerAction::<ChangeName>::new();
    let faults = Faults::of_action(change);
    then_load(change, "/account?done=name");
    view! {
        <section aria-labelledby="name">
            <h2 id="name">"Name"</h2>
            <p class="muted">"You sign in as " <strong>{name}</strong> ". That stays as it is."</p>
            <ActionForm action=change attr:class="stack" attr:novalidate=true>
                <Field
                    label="Name shown to others"
                    name="shown"
                    autocomplete="nickname"
                    value=shown
                    error=faults.in_field("shown")
                />
                <Wrong words=faults.elsewhere() />
                <button type="submit" disabled=change.pending()>
                    "Change name"
                </button>
            </ActionForm>
        </section>
    }
    .into_any()
}

#[component]
fn Password() -> impl IntoView {
    let change = ServerAction::<ChangePassword>::new();
    then_load(change, "/account?done=password");
    let faults = Faults::of_action(change);
    view! {
        <section aria-labelledby="password">
            <h2 id="password">"Password"</h2>
            <ActionForm action=change attr:class="stack" attr:novalidate=true>
                <Field
                    label="Current password"
                    name="old"
                    kind="password"
                    autocomplete="current-password"
                    error=faults.in_field("old")
                />
                <Field
                    label="New password"
                    name="new"
                    kind="password"
                    autocomplete="new-password"
                    hint="At least 10 characters. You are then signed out everywhere but here."
                    error=faults.in_field("new")
                />
                <Wrong words=faults.elsewhere() />
                <button type="submit" disabled=change.pending()>
                    "Change password"
                </button>
            </ActionForm>
        </section>
    }
    .into_any()
}

#[component]
fn Sessions(
    /// Where they are signed in.
    sessions: Vec<SessionLine>,
) -> impl IntoView {
    let (end, end_others) = (ServerAction::<EndSession>::new(), ServerAction::<EndOtherSessions>::new());
    then_load(end, "/account?done=session");
    then_load(end_others, "/account?done=sessions");
    let many = sessions.len() > 1;
    let lines = sessions.into_iter().map(|line| view! { <Line line end /> }).collect_view();
    view! {
        <section aria-labelledby="sessions">
            <h2 id="sessions">"Where you are signed in"</h2>
            <ul class="sessions" aria-labelledby="sessions">
                {lines}
            </ul>
            <Wrong words=Faults::of_action(end).elsewhere() />
            {many
                .then(|| {
                    view! {
                        <ActionForm action=end_others>
                            <button type="submit" disabled=end_others.pending()>
                                "Sign out everywhere but here"
                            </button>
                        </ActionForm>
                        <Wrong words=Faults::of_action(end_others).elsewhere() />
                    }
                })}
        </section>
    }
    .into_any()
}

#[component]
fn Line(
    /// The session.
    line: SessionLine,
    /// What ends it.
    end: ServerAction<EndSession>,
) -> impl IntoView {
    let SessionLine { id, browser, created, last_used, is_current } = line;
    let words = format!("Sign out {browser}");
    let out = if is_current {
        view! {
            <form method="post" action=SignOut::url()>
                <button type="submit">"Sign out"</button>
            </form>
        }
        .into_any()
    } else {
        view! {
            <ActionForm action=end>
                <input type="hidden" name="session" value=id />
                <button type="submit" aria-label=words>
                    "Sign out"
                </button>
            </ActionForm>
        }
        .into_any()
    };
    view! {
        <li class="session">
            <div>
                <strong>{browser}</strong>
                {is_current.then_some(", this one")}
                <p class="muted">"Last used " <Time at=last_used /> ", signed in " <Time at=created /></p>
            </div>
            {out}
        </li>
    }
    .into_any()
}
