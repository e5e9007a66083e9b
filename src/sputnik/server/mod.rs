//! The layer's server half.

pub mod broker;
pub mod memory;
pub mod redis;
mod wakes;
