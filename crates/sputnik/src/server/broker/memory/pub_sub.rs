//! Wakes and whispers in memory.

use super::{Memory, Node, State, lock};
use crate::{
    protocol::names::{ChannelName, ClientId},
    server::broker::{Answer, BrokerError, PubSub, Wake, Wakes, Watch, tap::Tap},
};
use bytes::Bytes;
use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
};

#[async_trait::async_trait]
impl PubSub for Memory {
    async fn whisper(&self, channel: &ChannelName, from: &ClientId, body: Bytes) -> Answer<()> {
        let wake = Wake::Whisper { channel: channel.clone(), from: from.clone(), body };
        lock(&self.state).wake(channel, &wake);
        Ok(())
    }

    async fn wakes(&self) -> Answer<(Box<dyn Watch>, Wakes)> {
        let (tap, wakes) = Tap::new();
        let mut state = lock(&self.state);
        let number = state.next_node;
        state.next_node += 1;
        state.nodes.insert(number, Node { tap, watched: HashSet::new() });
        let watch = MemoryWatch { number, state: Arc::clone(&self.state) };
        Ok((Box::new(watch), wakes))
    }
}

/// Which channels one node watches.
#[derive(Debug)]
struct MemoryWatch {
    number: u64,
    state: Arc<Mutex<State>>,
}

#[async_trait::async_trait]
impl Watch for MemoryWatch {
    async fn watch(&self, channel: &ChannelName) -> Answer<()> {
        let mut state = lock(&self.state);
        let node = state.nodes.get_mut(&self.number);
        let node = node.ok_or_else(|| BrokerError::Unreachable("the node's wakes have ended".into()))?;
        if node.watched.insert(channel.clone()) {
            state.watchers.entry(channel.clone()).or_default().push(self.number);
        }
        Ok(())
    }

    async fn unwatch(&self, channel: &ChannelName) -> Answer<()> {
        let mut state = lock(&self.state);
        if let Some(node) = state.nodes.get_mut(&self.number) {
            node.watched.remove(channel);
        }
        state.unwatch(self.number, channel);
        Ok(())
    }
}

impl Drop for MemoryWatch {
    fn drop(&mut self) {
        let mut state = lock(&self.state);
        if let Some(node) = state.nodes.remove(&self.number) {
            for channel in node.watched {
                state.unwatch(self.number, &channel);
            }
        }
    }
}
