//! The page's one connection to the server, as the application sees it.

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

/// Why a page cannot go on being true, and should be loaded anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reload {
    /// The server is newer: something came that this page does not understand, not even in a fresh snapshot.
    Newer,
    /// Somebody else is signed in in this browser now than when the page was opened. Nothing is sent as them from here.
    SomebodyElse,
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
    /// Why the page should be loaded anew, if it should. It never is by itself: something may be written in it.
    pub reload: Signal<Option<Reload>>,
}

/// The writing ends of a [`Connection`].
#[derive(Clone, Copy)]
pub(super) struct Face {
    pub(super) shown: RwSignal<Shown>,
    pub(super) polling: RwSignal<bool>,
    pub(super) client: RwSignal<Option<ClientId>>,
    pub(super) waiting: RwSignal<usize>,
    pub(super) reload: RwSignal<Option<Reload>>,
}

/// Starts the page's connection and makes it known to everything below. Once, at the root of the application. On the
/// server it only says that nothing is connected yet.
pub fn provide_connection() -> Connection {
    let face = Face {
        shown: RwSignal::new(Shown::Starting),
        polling: RwSignal::new(false),
        client: RwSignal::new(None),
        waiting: RwSignal::new(0),
        reload: RwSignal::new(None),
    };
    #[cfg(feature = "hydrate")]
    super::page::start(face);
    let connection = Connection {
        shown: face.shown.into(),
        polling: face.polling.into(),
        client: face.client.into(),
        waiting: face.waiting.into(),
        reload: face.reload.into(),
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
#[cfg(feature = "hydrate")]
pub(super) fn run(call: Call) -> impl Future<Output = Result<Answer, Fault>> + Send {
    send_wrapper::SendWrapper::new(super::page::call(call))
}

/// On the server nothing calls itself over the network: server functions run in place.
#[cfg(not(feature = "hydrate"))]
pub(super) async fn run(_: Call) -> Result<Answer, Fault> {
    Err(Fault::internal())
}
