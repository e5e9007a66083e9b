//! The page's one connection to the server, as the application sees it.

use super::shown::{Face, NotDone, Reload, Shown};
use crate::protocol::names::ClientId;
use leptos::prelude::*;

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
    /// What an earlier page of this browser had asked for before it went, and that cannot be done any more, oldest first:
    /// commands that are [kept](crate::command). Whoever has read it empties it.
    pub not_done: RwSignal<Vec<NotDone>>,
    asks_for_reload: RwSignal<Option<Reload>>,
}

impl Connection {
    /// Says that the page is older than what it is to show, and should be loaded anew: for an application that finds it
    /// out by itself, as by data of a kind that it does not know. [`reload`](Self::reload) tells it; if it tells another
    /// reason already, that stays.
    pub fn is_outdated(self) {
        if self.asks_for_reload.try_get_untracked() == Some(None) {
            self.asks_for_reload.set(Some(Reload::Newer));
        }
    }
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
        not_done: RwSignal::new(Vec::new()),
    };
    #[cfg(feature = "hydrate")]
    super::page::start(face);
    let connection = Connection {
        shown: face.shown.into(),
        polling: face.polling.into(),
        client: face.client.into(),
        waiting: face.waiting.into(),
        reload: face.reload.into(),
        not_done: face.not_done,
        asks_for_reload: face.reload,
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
