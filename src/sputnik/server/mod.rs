//! The layer's server half.

pub mod broker;
pub mod caller;
pub mod gate;
pub mod ledger;
pub mod node;
