//! Liveness in memory.

use super::{Memory, Note, lock};
use crate::{
    protocol::names::ClientId,
    server::broker::{Answer, Liveness},
};
use std::time::Duration;
use tokio::time::Instant;

#[async_trait::async_trait]
impl Liveness for Memory {
    async fn note_clients(
        &self,
        node: &ClientId,
        here: &[(ClientId, Duration)],
        gone: &[ClientId],
        keep: Duration,
    ) -> Answer<bool> {
        let now = Instant::now();
        let mut state = lock(&self.state);
        state.noting.retain(|_, until| *until > now);
        let until = now + keep;
        let stands = state.noting.insert(node.clone(), until).is_some();
        if !stands {
            // What it noted before does not come to hold again.
            state.clients.values_mut().filter(|note| note.node == *node).for_each(|note| note.gone = true);
        }
        for client in gone {
            if let Some(note) = state.clients.get_mut(client).filter(|note| note.node == *node) {
                note.gone = true;
            }
        }
        for (client, idle) in here {
            let note = Note { node: node.clone(), idle: *idle, noted: now, gone: false };
            if state.clients.insert(client.clone(), note).is_none() {
                state.aging_clients.add(until, client.clone());
            }
            // One look a note, so that a long list of the living cannot outrun the forgetting.
            state.forget(&self.limits, now);
        }
        Ok(stands)
    }

    async fn idle(&self, client: &ClientId) -> Answer<Option<Duration>> {
        let now = Instant::now();
        let state = lock(&self.state);
        let holds = |note: &&Note| !note.gone && state.noting.get(&note.node).is_some_and(|until| *until > now);
        Ok(state.clients.get(client).filter(holds).map(|note| note.idle + (now - note.noted)))
    }
}
