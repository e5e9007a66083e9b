//! The unit of work of many commands at once.

use super::{Database, Telling, change::publish, ledger};
use sputnik::{
    Fault,
    server::{Asked, CallKey, Node},
};
use std::ops::{Deref, DerefMut};

/// What several commands change, that they were done, and what tells of it: one transaction, where a transaction for
/// each would cost too much. All of them answer with nothing.
///
/// Dropped without [`finish`](Group::finish), it leaves no trace. What it can say, and where, is a [`Telling`]'s.
pub struct Group {
    node: Node,
    telling: Telling,
    done: Vec<Asked>,
}

impl Deref for Group {
    type Target = Telling;

    fn deref(&self) -> &Telling {
        &self.telling
    }
}

impl DerefMut for Group {
    fn deref_mut(&mut self) -> &mut Telling {
        &mut self.telling
    }
}

impl Group {
    /// Begins.
    ///
    /// # Errors
    /// When the database is out of reach.
    pub async fn begin(database: &Database, node: &Node) -> Result<Self, Fault> {
        Ok(Self { node: node.clone(), telling: Telling::begin(database, None).await?, done: Vec::new() })
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
        self.telling.give_back().await?;
        let done: Vec<&Asked> = self.done.iter().collect();
        let new = ledger::record(self.telling.sql(), &done, "null").await?;
        if new < done.len() as u64 {
            let conflicts = ledger::conflicts(self.telling.sql(), &done).await?;
            if !conflicts.is_empty() {
                self.telling.undo().await;
                return Ok(conflicts);
            }
        }
        let speaks = self.telling.commit().await?;
        if !speaks.is_empty() {
            publish(self.node, speaks).await;
        }
        Ok(Vec::new())
    }
}
