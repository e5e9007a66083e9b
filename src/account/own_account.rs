//! An account as its owner sees it.

use serde::{Deserialize, Serialize};

/// What the account's page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnAccount {
    /// With what they sign in. It never changes.
    pub name: String,
    /// What others call them.
    pub shown: String,
    /// Where they are signed in: here first, then where they were last.
    pub sessions: Vec<SessionLine>,
}

/// One browser in which somebody is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionLine {
    /// By which it can be ended. It lets nobody in.
    pub id: String,
    /// What kind of browser it is, in words: "Firefox on Linux".
    pub browser: String,
    /// When they signed in, in milliseconds since 1970.
    pub created: i64,
    /// When it was last used, to some minutes.
    pub last_used: i64,
    /// Whether it is the one that asks.
    pub is_current: bool,
}
