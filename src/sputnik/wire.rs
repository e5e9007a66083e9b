//! The poll and the long poll: two server functions. (The socket is an axum route, see `server/socket.rs`.)
//!
//! Both take every position the client stands at and answer with what came after, in the frames a socket carries. They
//! share no state with each other or with anything: any node can answer any of them.

#![expect(missing_docs, reason = "the fields of what the macro makes of a server function's arguments")]

use super::{
    fault::Fault,
    frame::{Ask, Mail},
};
use leptos::{prelude::*, server_fn::codec::Json};

/// Answers at once with what there is.
///
/// # Errors
/// When the client id is not this browser's, or the server cannot answer now.
#[server(prefix = "/sputnik", input = Json)]
pub async fn poll(ask: Ask) -> Result<Mail, Fault> {
    super::server::poll::answer(ask, false).await
}

/// Answers as soon as there is something, at the latest after about 25 seconds.
///
/// # Errors
/// When the client id is not this browser's, or the server cannot answer now.
#[server(prefix = "/sputnik", input = Json)]
pub async fn long_poll(ask: Ask) -> Result<Mail, Fault> {
    super::server::poll::answer(ask, true).await
}
