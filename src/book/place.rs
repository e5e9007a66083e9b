//! A place in a chapter's text, as pages and the server count it.

use serde::{Deserialize, Serialize};

/// In which of the chapter's blocks of text, counted from 0 in the order of reading, and after how many UTF-16 units of
/// that: a line break counts one, a note none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextPlace {
    /// In which block.
    pub block: u32,
    /// After how many units.
    pub at: u32,
}
