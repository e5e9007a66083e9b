//! What browser and server both know: the names of things, and what is said between the two.
//!
//! | file | what stands there |
//! | --- | --- |
//! | [`names`], [`position`] | what a channel, a client, a user, a lock is called; where a reader stands in a log |
//! | [`channel`], [`message`], [`roster`] | a channel as an application declares it, an entry of its log, who is in it |
//! | [`fault`], [`refusal`], [`json`] | why a command was refused, and why a value; values that are rendered into a page |
//! | [`frame`], [`fragment`] | what travels, and in how many pieces |
//! | [`paths`] | under which paths that is, and by which headers a command says whose it is |
//! | [`overview`] | how the nodes stand, for whoever looks after them |

pub mod channel;
pub mod fault;
pub mod fragment;
pub mod frame;
pub mod json;
pub mod message;
pub mod names;
pub mod overview;
pub mod paths;
pub mod position;
pub mod refusal;
pub mod roster;
