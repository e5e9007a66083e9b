//! The channels that are followed on this node.

pub(crate) mod hub;
pub(crate) mod reader;
pub(crate) mod ring;
