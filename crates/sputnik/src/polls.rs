//! The poll and the long poll: two server functions, which a browser calls and a server answers. (The socket is an axum route, see `server/transport/socket.rs`.)
//!
//! Both take every position the client stands at and answer with what came after, in the frames a socket carries. They
//! share no state with each other or with anything: any node can answer any of them.

#![expect(missing_docs, reason = "the fields of what the macro makes of a server function's arguments")]

use crate::protocol::{
    fault::Fault,
    frame::{Ask, Mail},
    paths::{self, must_be},
};
use leptos::{
    prelude::*,
    server_fn::{ServerFn, codec::Json},
};

const _: () = must_be(Poll::PATH, paths::POLL);
const _: () = must_be(LongPoll::PATH, paths::LONG_POLL);

/// Answers at once with what there is.
///
/// # Errors
/// When the client id is not this browser's, or the server cannot answer now.
#[server(prefix = "/sputnik", endpoint = "poll", input = Json)]
pub async fn poll(ask: Ask) -> Result<Mail, Fault> {
    crate::server::transport::poll::answer(ask, false).await
}

/// Answers as soon as there is something, at the latest after about 25 seconds.
///
/// # Errors
/// When the client id is not this browser's, or the server cannot answer now.
#[server(prefix = "/sputnik", endpoint = "long-poll", input = Json)]
pub async fn long_poll(ask: Ask) -> Result<Mail, Fault> {
    crate::server::transport::poll::answer(ask, true).await
}
