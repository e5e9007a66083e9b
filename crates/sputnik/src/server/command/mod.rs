//! A command, from its request to its reply: what it is run with, in which order, and what is noted of it.

pub mod audit;
pub mod caller;
pub(crate) mod caller_cache;
pub(crate) mod context;
pub(crate) mod dispatch;
pub(crate) mod log;
pub(crate) mod over_socket;
pub mod queue;
