//! The layer's server half.

pub mod broker;
