//! How a connection talks: over a socket or by polls, and what it hears either way.

mod delivery;
pub(crate) mod listener;
pub(crate) mod poll;
pub(crate) mod socket;
