//! The broker: where channels' logs, presence and locks live, for one process or for many.
//!
//! A [`Broker`] is five promises, a trait each: the [`Log`], [`Presence`], [`Locks`], [`Liveness`], and [`PubSub`]. The
//! conformance suite in `tests/broker/`, a file for each, holds every implementation to them and is the specification.
//! [`memory`] keeps all in this process; [`redis`] in a Redis server that many nodes share. Both have a file for each
//! promise too. What needs a broker asks for the promise it builds on.
//!
//! What all operations share:
//! - Each is **atomic**: it happens wholly or not at all, and no other operation on the channel falls inside it.
//! - What it changes that others must know stands in the channel's log when it returns, in one order for everyone.
//! - Before it looks at presence or locks, it lets leave whoever's lease has run out, and says so in the log: a reader
//!   never meets the dead, and each client leaves exactly once, whoever notices.
//! - Deadlines are measured by the broker's clock, never by a node's.

mod error;
mod limits;
mod liveness;
mod locks;
mod log;
pub mod memory;
mod presence;
mod pub_sub;
#[cfg(feature = "redis")]
pub mod redis;
mod tap;

pub use error::{Answer, BrokerError};
pub use limits::Limits;
pub use liveness::Liveness;
pub use locks::Locks;
pub(crate) use log::fresh_epoch;
pub use log::{Check, Log, Since};
pub use presence::{Claim, Joined, Party, Presence};
pub use pub_sub::{PubSub, Wake, Wakes, Watch};

/// Keeps channels' logs, presence and locks. See the module's text for what all operations guarantee. Whatever gives the
/// five promises is one.
pub trait Broker: Log + Presence + Locks + Liveness + PubSub {}

impl<T: Log + Presence + Locks + Liveness + PubSub> Broker for T {}
