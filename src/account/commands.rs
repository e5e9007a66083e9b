//! Signing up, in and out: plain forms, which work before the page is live, for they set cookies.

use super::person::Person;
use crate::sputnik::fault::Fault;
use leptos::{prelude::*, server_fn::codec::Json};

/// Who is signed in, if anybody is.
#[server(prefix = "/command", input = Json)]
pub async fn me() -> Result<Option<Person>, Fault> {
    Err(Fault::internal())
}

/// Creates an account and signs in, then leads to `next` (a path of this site) or the shelf.
#[server(prefix = "/command")]
pub async fn sign_up(name: String, password: String, next: Option<String>) -> Result<(), Fault> {
    let _ = (name, password, next);
    Err(Fault::internal())
}

/// Signs in, then leads to `next` (a path of this site) or the shelf.
#[server(prefix = "/command")]
pub async fn sign_in(name: String, password: String, next: Option<String>) -> Result<(), Fault> {
    let _ = (name, password, next);
    Err(Fault::internal())
}

/// Signs out, and leads to the front page.
#[server(prefix = "/command")]
pub async fn sign_out() -> Result<(), Fault> {
    Err(Fault::internal())
}
