//! What travels of a command: what is asked, and what is answered.

/// A command on its way: the path of its server function and its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Such as `/command/rename_part`.
    pub path: String,
    /// The arguments, as JSON.
    pub body: String,
}

/// What a command answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// As an HTTP status.
    pub status: u16,
    /// The value, or the fault, as JSON.
    pub body: String,
}
