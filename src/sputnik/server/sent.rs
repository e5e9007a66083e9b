//! What the layer knows of a command on its way to its server function: one thing in the request's extensions, whichever
//! way the command came.

use super::{ledger::CallKey, sender::Sender, turns::Turn};
use crate::sputnik::names::UserId;
use std::sync::{Arc, OnceLock};

/// A command that was sent.
pub(super) struct Sent {
    /// Which of which client; nothing where a page that is not live posts a form.
    pub(super) key: Option<CallKey>,
    /// Who sends what comes over its socket; nothing where it did not come over one.
    pub(super) sender: Option<Arc<Sender>>,
    pub(super) turn: Turn,
    /// Who turned out to send it.
    user: OnceLock<UserId>,
}

impl Sent {
    /// Over a socket.
    pub(super) fn over_socket(key: CallKey, sender: Arc<Sender>, turn: Turn) -> Self {
        Self { key: Some(key), sender: Some(sender), turn, user: OnceLock::new() }
    }

    /// By a POST of its own.
    pub(super) fn posted(key: Option<CallKey>) -> Self {
        Self { key, sender: None, turn: Turn::default(), user: OnceLock::new() }
    }

    pub(super) fn is_of(&self, user: &UserId) {
        // Whoever it is, they are so for the whole command.
        drop(self.user.set(user.clone()));
    }

    pub(super) fn user(&self) -> Option<&UserId> {
        self.user.get()
    }
}
