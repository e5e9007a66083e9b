//! How a node stands, for whoever operates it.

pub(crate) mod overview;
pub mod probe;
