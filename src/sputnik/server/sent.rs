//! What the layer knows of a command on its way to its server function: one thing in the request's extensions, whichever
//! way the command came.

use super::{
    gate::{Gate, User},
    ledger::{Asked, CallKey, Digest},
    sender::Sender,
    turns::Turn,
};
use crate::sputnik::{fault::Fault, names::UserId};
use bytes::Bytes;
use http::request::Parts;
use std::sync::{Arc, OnceLock};

/// A command that was sent.
pub(super) struct Sent {
    /// Which of which client; nothing where a page that is not live posts a form.
    pub(super) key: Option<CallKey>,
    /// Its arguments, as they came.
    arguments: Bytes,
    /// Who sends what comes over its socket; nothing where it did not come over one.
    sender: Option<Arc<Sender>>,
    pub(super) turn: Turn,
    /// Who turned out to send it, and what it is then.
    known: OnceLock<(Option<User>, Option<Asked>)>,
}

impl Sent {
    /// Over a socket.
    pub(super) fn over_socket(key: CallKey, arguments: Bytes, sender: Arc<Sender>, turn: Turn) -> Self {
        Self { key: Some(key), arguments, sender: Some(sender), turn, known: OnceLock::new() }
    }

    /// By a POST of its own.
    pub(super) fn posted(key: Option<CallKey>, arguments: Bytes) -> Self {
        Self { key, arguments, sender: None, turn: Turn::default(), known: OnceLock::new() }
    }

    /// Finds out who sends it, and so which command it is: before anything of it is done, and once for all of it.
    ///
    /// # Errors
    /// When it cannot be found out.
    pub(super) async fn find_out(&self, gate: &dyn Gate, request: &Parts) -> Result<(), Fault> {
        let user = match &self.sender {
            Some(sender) => sender.who(gate, request).await?,
            None => gate.who(request).await?,
        };
        let path = request.uri.path_and_query().map_or("", |path| path.as_str());
        let asked = self.key.clone().map(|key| {
            let digest = Digest::of(user.as_ref().map(|user| &user.id), path, &self.arguments);
            Asked { key, digest }
        });
        // Whoever it is, they are so for the whole command.
        drop(self.known.set((user, asked)));
        Ok(())
    }

    /// Who sends it, once that was found out.
    pub(super) fn user(&self) -> Option<&User> {
        self.known.get().and_then(|(user, _)| user.as_ref())
    }

    pub(super) fn user_id(&self) -> Option<&UserId> {
        self.user().map(|user| &user.id)
    }

    /// What it is, once it was found out who sends it; nothing for one without a client.
    pub(super) fn asked(&self) -> Option<&Asked> {
        self.known.get().and_then(|(_, asked)| asked.as_ref())
    }
}
