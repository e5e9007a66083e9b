//! The page's one connection to the server: what it shows, and what runs over it.

use super::call::{Answer, Call};
use crate::sputnik::{fault::Fault, names::ClientId};
use leptos::prelude::*;

/// How the connection stands, in the terms a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Rendered on the server, or not yet started.
    Starting,
    /// Messages arrive as they are sent.
    Live,
    /// There is no connection; it is being tried again by itself. What is said meanwhile is kept and sent then.
    Reconnecting,
}

/// The page's connection. Cheap to copy; get it with [`use_connection`].
#[derive(Clone, Copy)]
pub struct Connection {
    /// How it stands.
    pub shown: Signal<Shown>,
    /// Whether messages come by long poll because a socket could not be opened.
    pub polling: Signal<bool>,
    /// This page's client id, once the server gave it one.
    pub client: Signal<Option<ClientId>>,
    /// How many commands wait for their answer.
    pub waiting: Signal<usize>,
}

/// Starts the page's connection and makes it known to everything below. Once, at the root of the application.
pub fn provide_connection() -> Connection {
    let connection = Connection {
        shown: RwSignal::new(Shown::Starting).into(),
        polling: RwSignal::new(false).into(),
        client: RwSignal::new(None).into(),
        waiting: RwSignal::new(0).into(),
    };
    provide_context(connection);
    connection
}

/// The page's connection.
///
/// # Panics
/// Where [`provide_connection`] was not called above.
#[must_use]
pub fn use_connection() -> Connection {
    expect_context()
}

/// Runs a command over the connection.
pub(super) async fn run(call: Call) -> Result<Answer, Fault> {
    let _ = call;
    Err(Fault::internal())
}
