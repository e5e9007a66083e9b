//! Who is in a channel, and who holds what in it.

use super::{
    message::Entry,
    names::{ClientId, LockName, UserId},
    position::Position,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One client that is in a channel, and what others see of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Present {
    /// The client.
    pub client: ClientId,
    /// The signed-in person it belongs to, if one is.
    #[serde(default)]
    pub user: Option<UserId>,
    /// What to call them. At most 64 bytes.
    pub name: String,
    /// What the client shows of itself, such as what it is looking at: any JSON, at most 1,024 bytes.
    #[serde(default)]
    pub state: Value,
}

/// How a lock stands: who holds it under which fence, and who waits.
///
/// A lock is a lease: it lives as long as its holder's presence in the channel does. When the holder leaves or its
/// lease runs out, the lock passes to the first who waits, in the same step and the same log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockState {
    /// What is locked.
    pub name: LockName,
    /// The number of this holding. Every holding of a lock has a higher one than all before it; a write that carries
    /// an older one is refused by the database. 0 while nobody holds it.
    pub fence: u64,
    /// Who holds it.
    pub holder: Option<ClientId>,
    /// Who waits for it, first come first.
    #[serde(default)]
    pub queue: Vec<ClientId>,
}

impl LockState {
    /// A lock nobody holds.
    #[must_use]
    pub fn free(name: LockName) -> Self {
        Self { name, fence: 0, holder: None, queue: Vec::new() }
    }

    /// Whether `client` holds it.
    #[must_use]
    pub fn is_held_by(&self, client: &ClientId) -> bool {
        self.holder.as_ref() == Some(client)
    }
}

/// Who is in a channel and who holds what, at one position of its log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roster {
    /// The position up to which the log is folded in.
    pub at: Position,
    /// One entry a client, in the order they came.
    pub here: Vec<Present>,
    /// Every lock that is held or waited for.
    pub locks: Vec<LockState>,
}

impl Roster {
    /// Nobody, at `at`.
    #[must_use]
    pub fn empty(at: Position) -> Self {
        Self { at, here: Vec::new(), locks: Vec::new() }
    }

    /// Folds in the log entry at `at`. What the roster already holds is passed over, so it may be handed entries from
    /// before its own position. Tells whether it changed.
    pub fn apply(&mut self, at: &Position, entry: &Entry) -> bool {
        if at.epoch == self.at.epoch && at.offset <= self.at.offset {
            return false;
        }
        self.at = at.clone();
        match entry {
            Entry::Said(_) | Entry::Recheck | Entry::Unknown(_) => return false,
            Entry::Joined { who, replaces } => {
                if let Some(old) = replaces {
                    self.here.retain(|other| other.client != *old);
                    for lock in &mut self.locks {
                        if lock.is_held_by(old) {
                            lock.holder = Some(who.client.clone());
                        }
                        for waiting in lock.queue.iter_mut().filter(|waiting| *waiting == old) {
                            *waiting = who.client.clone();
                        }
                        let mut stands = lock.is_held_by(&who.client);
                        lock.queue.retain(|client| *client != who.client || !std::mem::replace(&mut stands, true));
                    }
                }
                self.here.retain(|other| other.client != who.client);
                self.here.push(who.clone());
            }
            Entry::Moved { client, state } => {
                if let Some(who) = self.here.iter_mut().find(|who| who.client == *client) {
                    who.state = state.clone();
                }
            }
            Entry::Left { client } => self.here.retain(|who| who.client != *client),
            Entry::Lock(state) => {
                self.locks.retain(|lock| lock.name != state.name);
                if state.holder.is_some() || !state.queue.is_empty() {
                    self.locks.push(state.clone());
                }
            }
        }
        true
    }

    /// The client's entry, if it is here.
    #[must_use]
    pub fn find(&self, client: &ClientId) -> Option<&Present> {
        self.here.iter().find(|who| who.client == *client)
    }

    /// How a lock stands.
    #[must_use]
    pub fn lock(&self, name: &LockName) -> Option<&LockState> {
        self.locks.iter().find(|lock| lock.name == *name)
    }

    /// One entry a user, however many clients they have: the first to come. Clients without a user count one each.
    #[must_use]
    pub fn people(&self) -> Vec<&Present> {
        let mut people: Vec<&Present> = Vec::new();
        for who in &self.here {
            if who.user.is_none() || people.iter().all(|other| other.user != who.user) {
                people.push(who);
            }
        }
        people
    }
}
