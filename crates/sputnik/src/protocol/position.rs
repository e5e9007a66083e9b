//! Where in a channel's log something stands.

use super::names::Epoch;
use serde::{Deserialize, Serialize};

/// A place in a channel's log: after how many entries, and of which log.
///
/// A client's position in each channel it follows is its whole memory of what it has seen. Positions of one epoch are
/// ordered by offset; positions of two epochs cannot be compared, which is a gap.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Position {
    /// Which log.
    pub epoch: Epoch,
    /// How many entries lie before this place; the first entry has offset 1.
    pub offset: u64,
}

impl Position {
    /// The place `offset` of the log `epoch`.
    #[must_use]
    pub fn new(epoch: Epoch, offset: u64) -> Self {
        Self { epoch, offset }
    }

    /// Whether an entry at `self` is the very next one for a reader who stands at `reader`.
    #[must_use]
    pub fn follows(&self, reader: &Position) -> bool {
        self.epoch == reader.epoch && reader.offset.checked_add(1) == Some(self.offset)
    }
}

/// What a page starts from: the application's state, and from where its messages continue.
///
/// The position is read **before** the state, so nothing can fall between the two; what the state already holds is
/// recognised by `version` and not folded in twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot<T> {
    /// From where the channel's log continues this state.
    pub at: Position,
    /// The last committed message this state holds: those up to here are skipped. 0 where messages are not committed.
    pub version: u64,
    /// As what it was fetched: with all there is ([within](crate::server::gate::Pass::within)), or what is left of it
    /// for others. Whoever is let in as something else when the channel is followed needs another one, and meets a gap.
    /// Absent where it makes no difference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<bool>,
    /// The state itself.
    pub state: T,
}
