//! What the layer knows of a command on its way to its server function: one thing in the request's extensions, whichever
//! way the command came.

use super::{caller_cache::CallerCache, queue::QueueSlot};
use crate::{
    protocol::{
        fault::Fault,
        names::{CallKey, UserId},
        paths::AGAIN,
    },
    server::{
        gate::{Gate, User},
        old_paths::OldPaths,
        once::command_store::{Asked, Digest},
    },
};
use bytes::Bytes;
use http::request::Parts;
use std::sync::{Arc, OnceLock};

/// The largest reply of a command, in bytes.
pub(crate) const REPLY_BYTES: usize = 16 << 20;

/// A command that was sent.
pub(crate) struct CommandContext {
    /// Which of which client; nothing where a page that is not live posts a form.
    pub(crate) key: Option<CallKey>,
    /// Its arguments, as they came.
    arguments: Bytes,
    /// Who sends what comes over its socket; nothing where it did not come over one.
    sender: Option<Arc<CallerCache>>,
    pub(crate) slot: QueueSlot,
    /// Who turned out to send it, and what it is then.
    known: OnceLock<(Option<User>, Option<Asked>)>,
}

impl CommandContext {
    /// Over a socket.
    pub(crate) fn over_socket(key: CallKey, arguments: Bytes, sender: Arc<CallerCache>, slot: QueueSlot) -> Self {
        Self { key: Some(key), arguments, sender: Some(sender), slot, known: OnceLock::new() }
    }

    /// By a POST of its own.
    pub(crate) fn posted(key: Option<CallKey>, arguments: Bytes) -> Self {
        Self { key, arguments, sender: None, slot: QueueSlot::default(), known: OnceLock::new() }
    }

    /// Finds out who sends it, and so which command it is: before anything of it is done, and once for all of it.
    ///
    /// # Errors
    /// When it cannot be found out.
    pub(crate) async fn find_out(
        &self,
        gate: &dyn Gate,
        old_paths: Option<&OldPaths>,
        request: &Parts,
    ) -> Result<(), Fault> {
        let user = match &self.sender {
            Some(sender) => sender.who(gate, request).await?,
            None => gate.who(request).await?,
        };
        let path = request.uri.path_and_query().map_or("", |path| path.as_str());
        let asked = self.key.clone().map(|key| {
            let digest = |path: &str| Digest::of(user.as_ref().map(|user| &user.id), path, &self.arguments);
            let is_retry = request.headers.contains_key(&AGAIN);
            let before = old_paths.filter(|_| is_retry).and_then(|old_paths| old_paths.before(path));
            Asked { key, digest: digest(path), before: before.as_deref().map(digest) }
        });
        // Whoever it is, they are so for the whole command.
        drop(self.known.set((user, asked)));
        Ok(())
    }

    /// Who sends it, once that was found out.
    pub(crate) fn user(&self) -> Option<&User> {
        self.known.get().and_then(|(user, _)| user.as_ref())
    }

    pub(crate) fn user_id(&self) -> Option<&UserId> {
        self.user().map(|user| &user.id)
    }

    /// What it is, once it was found out who sends it; nothing for one without a client.
    pub(crate) fn asked(&self) -> Option<&Asked> {
        self.known.get().and_then(|(_, asked)| asked.as_ref())
    }
}
