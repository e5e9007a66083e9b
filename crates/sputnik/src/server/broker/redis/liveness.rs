//! Liveness in Redis: each node has a hash of its own, of when each of its clients sent its last command, by Redis's
//! clock; and all nodes stand in one sorted set, until they note nothing any more. So an idle client costs nothing.

use super::{Redis, millis};
use crate::{
    protocol::names::ClientId,
    server::broker::{Answer, Liveness},
};
use redis::Script;
use std::{fmt::Display, sync::LazyLock, time::Duration};

// About no channel, so without the steps that all about channels share.
static NOTE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("lua/note.lua")));
static IDLE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("lua/idle.lua")));

impl Redis {
    /// What all keys about clients begin with; one hash tag, for a script looks through all nodes.
    fn notes_key(&self, what: impl Display) -> String {
        format!("{}{{clients}}:{what}", self.prefix)
    }
}

#[async_trait::async_trait]
impl Liveness for Redis {
    async fn note_clients(
        &self,
        node: &ClientId,
        here: &[(ClientId, Duration)],
        gone: &[ClientId],
        keep: Duration,
    ) -> Answer<bool> {
        let mut call = NOTE.prepare_invoke();
        call.key(self.notes_key("nodes")).key(self.notes_key(node));
        call.arg(node.as_str()).arg(millis(keep)).arg(gone.len());
        for client in gone {
            call.arg(client.as_str());
        }
        for (client, idle) in here {
            call.arg(client.as_str()).arg(u64::try_from(idle.as_millis()).unwrap_or(u64::MAX));
        }
        self.run(&call).await
    }

    async fn idle(&self, client: &ClientId) -> Answer<Option<Duration>> {
        let mut call = IDLE.prepare_invoke();
        call.key(self.notes_key("nodes")).arg(client.as_str()).arg(self.notes_key(""));
        Ok(self.run::<Option<u64>>(&call).await?.map(Duration::from_millis))
    }
}
