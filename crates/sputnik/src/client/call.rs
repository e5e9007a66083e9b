//! What travels of a command: what is asked, and what is answered.

use serde::{Deserialize, Serialize};

/// A command on its way: the path of its server function and its arguments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Such as `/command/rename_part`.
    pub path: String,
    /// The arguments, as JSON.
    pub body: String,
    /// Whether the next page sends it again where this one goes before it is answered.
    #[serde(skip, default = "kept")]
    pub keep: bool,
}

/// What was written down is kept.
fn kept() -> bool {
    true
}

/// What a command answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// As an HTTP status.
    pub status: u16,
    /// The value, or the fault, as JSON.
    pub body: String,
}
