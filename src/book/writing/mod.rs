//! People write in one chapter at once: the chapters that are open on this node, and what becomes of an edit.
//!
//! A chapter is a [document](crate::document) that merges everybody's edits, whatever order they come in for each of
//! them. The browser's editor (`editor/`) makes the edits; here they are stored in one order, and told.
//!
//! | file | what happens there |
//! | --- | --- |
//! | [`chapters`] | the chapters open on this node: an edit waits for those before it |
//! | [`loaded`] | a chapter's document in memory, with what is known of it |
//! | `storing` | a group of edits is stored in one transaction, and told |
//! | `ahead` | what may take long is taken into the document before that transaction |
//! | `write_permission` | who may write at this moment: right, closing, pen |
//! | `throttle`, `quota_cache` | who has to wait, because an edit of theirs took long; who has no room left |
//! | [`writing_session`](super::writing_session), [`revisions`] | when a writing session has ended, and the revision that is made of it |
//! | [`restore`] | a chapter is made to read as another content: an older revision, or a text brought in |
//! | `word_count` | how many words a chapter has while it is being written |

mod ahead;
pub mod chapters;
pub mod loaded;
mod quota_cache;
pub mod restore;
pub mod revisions;
mod storing;
mod throttle;
mod word_count;
mod write_permission;
