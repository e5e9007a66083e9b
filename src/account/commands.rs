//! Signing up, in and out: plain forms, which work before the page is live, for they set cookies.

use super::{own_account::OwnAccount, person::Person};
#[cfg(feature = "ssr")]
use super::{
    people::{Accounts, Proved},
    session,
    visitor::Visitor,
};
#[cfg(feature = "ssr")]
use crate::local_address::is_local;
#[cfg(feature = "ssr")]
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use sputnik::server::{Caller, User, browser, command::audit};
use sputnik::{Fault, command};

/// Who is signed in, if anybody is.
#[command(post)]
pub async fn me() -> Result<Option<Person>, Fault> {
    let caller = Caller::current().await?;
    Ok(caller.user.map(Person::from))
}

/// Creates an account and signs in, then leads to `next` (a path of this site) or the shelf.
#[command(form)]
pub async fn sign_up(name: String, password: String, next: Option<String>) -> Result<(), Fault> {
    let proved = Accounts::current()?.sign_up(&name, &password, &visitor()?).await?;
    become_somebody(Some(&proved)).await?;
    lead_to(next.as_deref());
    Ok(())
}

/// Signs in, then leads to `next` (a path of this site) or the shelf.
#[command(form)]
pub async fn sign_in(name: String, password: String, next: Option<String>) -> Result<(), Fault> {
    let proved = Accounts::current()?.sign_in(&name, &password, &visitor()?).await?;
    become_somebody(Some(&proved)).await?;
    lead_to(next.as_deref());
    Ok(())
}

/// Signs out, and leads to the front page.
#[command(form)]
pub async fn sign_out() -> Result<(), Fault> {
    become_somebody(None).await?;
    lead_to(Some("/"));
    Ok(())
}

/// The account of whoever is signed in.
#[command(post)]
pub async fn open_account() -> Result<OwnAccount, Fault> {
    let (accounts, session) = (Accounts::current()?, session::current()?);
    let caller = Caller::current().await?;
    let me = caller.require_user()?;
    let (name, shown) = accounts.names(&me.id).await?;
    let sessions = accounts.sessions().of_person(&me.id, session.id()).await?;
    Ok(OwnAccount { name, shown, sessions })
}

/// Has others call the caller something else.
#[command(form)]
pub async fn change_name(shown: String) -> Result<(), Fault> {
    let (accounts, caller) = (Accounts::current()?, Caller::current().await?);
    let me = caller.require_user()?;
    let called = accounts.call(&me.id, &shown).await;
    audit::act("change_name").of(&caller).about(called.as_ref().map_or("", |person| &person.name)).ended(&called);
    called?;
    reconnect(&caller, me).await;
    lead_to(Some("/account?done=name"));
    Ok(())
}

/// Gives the caller another password, and ends their other sessions.
#[command(form)]
pub async fn change_password(old: String, new: String) -> Result<(), Fault> {
    let (accounts, caller) = (Accounts::current()?, Caller::current().await?);
    let me = caller.require_user()?;
    let changed = async {
        accounts.change_password(&me.id, (&old, &new), caller.address).await?;
        accounts.sessions().end_others(&me.id, session::current()?.id()).await
    };
    let changed = changed.await;
    audit::act("change_password").of(&caller).ended(&changed);
    changed?;
    reconnect(&caller, me).await;
    lead_to(Some("/account?done=password"));
    Ok(())
}

/// Ends one of the caller's sessions, wherever it is.
#[command(form)]
pub async fn end_session(session: String) -> Result<(), Fault> {
    let (accounts, caller) = (Accounts::current()?, Caller::current().await?);
    let me = caller.require_user()?;
    let ended = accounts.sessions().end_one(&me.id, &session).await;
    audit::act("end_session").of(&caller).ended(&ended);
    // One that is over already is what was wanted.
    if ended? {
        reconnect(&caller, me).await;
    }
    lead_to(Some("/account?done=session"));
    Ok(())
}

/// Ends all of the caller's sessions but this one.
#[command(form)]
pub async fn end_other_sessions() -> Result<(), Fault> {
    let (accounts, caller) = (Accounts::current()?, Caller::current().await?);
    let me = caller.require_user()?;
    let ended = accounts.sessions().end_others(&me.id, session::current()?.id()).await;
    audit::act("end_other_sessions").of(&caller).ended(&ended);
    ended?;
    reconnect(&caller, me).await;
    lead_to(Some("/account?done=sessions"));
    Ok(())
}

/// Whoever sent the form that is being answered.
#[cfg(feature = "ssr")]
fn visitor() -> Result<Visitor, Fault> {
    use_context::<http::request::Parts>().as_ref().map(Visitor::of).ok_or_else(Fault::internal)
}

/// From now on this browser is this person's, or nobody's. What of it still listens as who it was before, in whichever
/// tab and at whichever node, is disconnected, and comes back as who it is now.
#[cfg(feature = "ssr")]
async fn become_somebody(proved: Option<&Proved>) -> Result<(), Fault> {
    let request = use_context::<http::request::Parts>().ok_or_else(Fault::internal)?;
    let (before, visitor) = (Caller::of(&request).await?, visitor()?);
    let session = session::current()?;
    // Whoever signs out may have signed in before their browser was given anything to be known by.
    let somebody = proved.map(|proved| &proved.person.id).or(before.user.as_ref().map(|user| &user.id));
    let known = match somebody {
        Some(id) => Some(Accounts::current()?.remember(id, &visitor).await?),
        None => None,
    };
    let secure = before.node.settings().secure_cookies;
    if let (Some(secret), Some(response)) = (&known, use_context::<leptos_axum::ResponseOptions>())
        && let Some(cookie) = secret.set_cookie(secure)
    {
        response.append_header(http::header::SET_COOKIE, cookie);
    }
    match proved {
        Some(proved) => {
            let browser = known.map(|secret| secret.hash()).unwrap_or_default();
            session::sign_in(&session, proved, &visitor, &browser).await?;
        }
        None => {
            session::sign_out(&session).await?;
            audit::act("sign_out").of(&before).done();
        }
    }
    // What was answered to whoever was here before is nothing to whoever comes.
    browser::renew(&request);
    if let Some(user) = &before.user {
        reconnect(&before, user).await;
    }
    Ok(())
}

/// The browser that sent the form is nobody's: its account was deleted, and its sessions with it.
#[cfg(feature = "ssr")]
pub async fn forget_browser() {
    let forgotten = async { session::sign_out(&session::current()?).await };
    if let Err(fault) = forgotten.await {
        // A cookie of a session that is over is left in the browser.
        tracing::warn!(%fault, "a browser keeps a cookie that is worth nothing");
    }
}

/// Whatever still listens as this user, in whichever tab and at whichever node, comes back as who it is now.
#[cfg(feature = "ssr")]
async fn reconnect(caller: &Caller, user: &User) {
    if let Err(fault) = caller.node.reconnect_user(&user.id).await {
        // Their commands are refused all the same, and at its next connection each of them is asked who it is.
        tracing::warn!(%fault, "tabs of somebody who signed out still listen");
    }
}

/// Only ever to a page of this site: another could look just like it.
#[cfg(feature = "ssr")]
fn lead_to(next: Option<&str>) {
    leptos_axum::redirect(next.filter(|path| is_local(path)).unwrap_or("/shelf"));
}
