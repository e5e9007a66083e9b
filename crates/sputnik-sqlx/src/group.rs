//! The change of many commands at once.

use crate::{change::Change, connections::Connections};
use sputnik::{
    Fault,
    server::{Asked, CallKey, Node},
};
use std::{
    fmt,
    ops::{Deref, DerefMut},
};

/// What several commands change, that they were done, and what is said of it: one transaction, where one for each would
/// cost too much. All of them answer with nothing (`()`).
///
/// Dropped without [`finish`](Group::finish), it leaves no trace. What it can say, and where, is a [`Change`]'s.
pub struct Group<C: Connections> {
    change: Change<C>,
    node: Node,
    done: Vec<Asked>,
}

impl<C: Connections> Group<C> {
    pub(crate) fn new(change: Change<C>, node: Node) -> Self {
        Self { change, node, done: Vec::new() }
    }

    /// Notes that this command is done when the group is.
    pub fn done(&mut self, call: Option<&Asked>) {
        self.done.extend(call.cloned());
    }

    /// Commits, then publishes what was said. Tells which of the commands came under a UID that was another command's
    /// before: where there is one, nothing was changed, and the group is to be made anew without it.
    ///
    /// # Errors
    /// When the database is out of reach: then nothing was changed.
    pub async fn finish(mut self) -> Result<Vec<CallKey>, Fault> {
        self.change.give_back().await?;
        let done: Vec<&Asked> = self.done.iter().collect();
        let new = self.change.record(&done, "null").await?;
        if new < done.len() as u64 {
            let conflicts = self.change.conflicts(&done).await?;
            if !conflicts.is_empty() {
                self.change.undo().await;
                return Ok(conflicts);
            }
        }
        self.node.publish_all_committed(self.change.commit().await?).await;
        Ok(Vec::new())
    }
}

impl<C: Connections> Deref for Group<C> {
    type Target = Change<C>;

    fn deref(&self) -> &Change<C> {
        &self.change
    }
}

impl<C: Connections> DerefMut for Group<C> {
    fn deref_mut(&mut self) -> &mut Change<C> {
        &mut self.change
    }
}

impl<C: Connections> fmt::Debug for Group<C> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Group").field("change", &self.change).field("done", &self.done).finish_non_exhaustive()
    }
}
