//! The layer's server half.

pub mod broker;
pub mod memory;
mod wakes;
