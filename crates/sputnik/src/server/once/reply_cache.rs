//! Commands that run now or ran lately, by their [`CallKey`]: a retry that reaches the same node waits for the first
//! run, or gets its reply. Anything else under that key is refused.
//!
//! This saves work. That a command takes effect once does not rest on it but on the
//! [store](super::command_store::CommandStore), which knows across nodes and restarts.

use super::command_store::{Asked, Digest};
use crate::protocol::{fault::Fault, names::CallKey};
use bytes::Bytes;
use std::{
    collections::{HashMap, VecDeque, hash_map::Entry},
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::OnceCell;

/// How many commands are remembered.
const REMEMBERED: usize = 4_096;
/// The largest reply that is remembered, in bytes.
const LARGEST: usize = 16 << 10;

/// What a command answered, as an HTTP status and JSON.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The value or the fault.
    pub body: Bytes,
}

/// The commands that run now or ran lately.
#[derive(Default)]
pub struct ReplyCache(Mutex<Lately>);

#[derive(Default)]
struct Lately {
    calls: HashMap<CallKey, (Digest, Arc<OnceCell<Reply>>)>,
    order: VecDeque<CallKey>,
}

impl ReplyCache {
    /// Runs a command unless it runs or ran already, and tells its reply either way.
    ///
    /// # Errors
    /// When another command runs or ran under its key.
    pub(crate) async fn once(&self, asked: &Asked, run: impl Future<Output = Reply>) -> Result<Reply, Fault> {
        let Asked { key, digest, .. } = asked;
        let cell = {
            let mut lately = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let Lately { calls, order } = &mut *lately;
            match calls.entry(key.clone()) {
                Entry::Occupied(known) if known.get().0 != *digest => return Err(Asked::conflict()),
                Entry::Occupied(known) => Arc::clone(&known.get().1),
                Entry::Vacant(new) => {
                    let cell = Arc::clone(&new.insert((*digest, Arc::default())).1);
                    order.push_back(key.clone());
                    if order.len() > REMEMBERED
                        && let Some(oldest) = order.pop_front()
                    {
                        calls.remove(&oldest);
                    }
                    cell
                }
            }
        };
        let reply = cell.get_or_init(|| run).await.clone();
        // What can be tried again must run again, and a large reply is only ever something that was read. Of a conflict
        // nothing was done: it may be that this command has no right to its key, and the one that has comes again.
        if reply.status >= 500 || matches!(reply.status, 409 | 429) || reply.body.len() > LARGEST {
            let mut lately = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if lately.calls.get(key).is_some_and(|(_, kept)| Arc::ptr_eq(kept, &cell)) {
                lately.calls.remove(key);
                lately.order.retain(|other| other != key);
            }
        }
        Ok(reply)
    }
}
