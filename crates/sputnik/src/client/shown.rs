//! How the page's connection stands, in the terms a page shows.

use crate::protocol::{fault::Fault, names::ClientId};
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

/// A command that a page had asked for, and that could not be done any more after that page went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotDone {
    /// Its path, such as `/command/rename_part`.
    pub path: String,
    /// Its arguments, as JSON.
    pub body: String,
    /// Why.
    pub fault: Fault,
}

/// The writing ends of a [`Connection`](super::connection::Connection).
#[derive(Clone, Copy)]
pub(super) struct Face {
    pub(super) shown: RwSignal<Shown>,
    pub(super) polling: RwSignal<bool>,
    pub(super) client: RwSignal<Option<ClientId>>,
    pub(super) waiting: RwSignal<usize>,
    pub(super) reload: RwSignal<Option<Reload>>,
    pub(super) not_done: RwSignal<Vec<NotDone>>,
}
