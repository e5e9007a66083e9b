//! That a command takes effect once: what the application stores of it, and what this node remembers.

pub mod command_store;
pub(crate) mod reply_cache;
