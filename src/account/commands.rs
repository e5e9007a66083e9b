//! Signing up, in and out: plain forms, which work before the page is live, for they set cookies.

#![expect(missing_docs, reason = "the fields of what the macro makes of a server function's arguments")]

use super::person::Person;
#[cfg(feature = "ssr")]
use super::{people::Accounts, session};
use crate::sputnik::fault::Fault;
#[cfg(feature = "ssr")]
use crate::sputnik::server::caller::Caller;
use leptos::{prelude::*, server_fn::codec::Json};

/// Who is signed in, if anybody is.
#[server(prefix = "/command", input = Json)]
pub async fn me() -> Result<Option<Person>, Fault> {
    let caller = Caller::current().await?;
    Ok(caller.user.map(Person::from))
}

/// Creates an account and signs in, then leads to `next` (a path of this site) or the shelf.
#[server(prefix = "/command")]
pub async fn sign_up(name: String, password: String, next: Option<String>) -> Result<(), Fault> {
    let person = Accounts::current()?.sign_up(&name, &password).await?;
    become_somebody(Some(&person)).await?;
    lead_to(next.as_deref());
    Ok(())
}

/// Signs in, then leads to `next` (a path of this site) or the shelf.
#[server(prefix = "/command")]
pub async fn sign_in(name: String, password: String, next: Option<String>) -> Result<(), Fault> {
    let person = Accounts::current()?.sign_in(&name, &password).await?;
    become_somebody(Some(&person)).await?;
    lead_to(next.as_deref());
    Ok(())
}

/// Signs out, and leads to the front page.
#[server(prefix = "/command")]
pub async fn sign_out() -> Result<(), Fault> {
    become_somebody(None).await?;
    lead_to(Some("/"));
    Ok(())
}

/// From now on this browser is this person's, or nobody's. What of it still listens as who it was before, in whichever
/// tab and at whichever node, is disconnected, and comes back as who it is now.
#[cfg(feature = "ssr")]
async fn become_somebody(person: Option<&Person>) -> Result<(), Fault> {
    let before = Caller::current().await?;
    let session = session::current()?;
    match person {
        Some(person) => session::sign_in(&session, person).await?,
        None => session::sign_out(&session).await?,
    }
    if let Some(user) = before.user
        && let Err(fault) = before.node.reconnect_user(&user.id).await
    {
        // Their commands are refused all the same, and at its next connection each of them is asked who it is.
        tracing::warn!(%fault, "tabs of somebody who signed out still listen");
    }
    Ok(())
}

/// Only ever to a page of this site: another could look just like it.
#[cfg(feature = "ssr")]
fn lead_to(next: Option<&str>) {
    leptos_axum::redirect(next.filter(|path| is_local(path)).unwrap_or("/shelf"));
}

#[cfg(feature = "ssr")]
fn is_local(path: &str) -> bool {
    // Browsers read a backslash as a slash, and `//host` as another site.
    let plain = |b: u8| b.is_ascii_graphic() && b != b'\\';
    path.starts_with('/') && !path.starts_with("//") && path.len() <= 500 && path.bytes().all(plain)
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn after_signing_in_one_stays_on_this_site() {
        for good in ["/", "/shelf", "/book/7?part=3#here"] {
            assert!(is_local(good), "{good}");
        }
        for bad in ["", "shelf", "//evil.example", "/\\evil.example", "https://evil.example", "/a\nb", "javascript:x"] {
            assert!(!is_local(bad), "{bad}");
        }
    }
}
