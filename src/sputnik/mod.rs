//! The real-time layer.

pub mod channel;
pub mod client;
pub mod fault;
pub mod frame;
pub mod json;
pub mod message;
pub mod names;
pub mod overview;
pub mod parts;
pub mod position;
pub mod roster;
#[cfg(feature = "ssr")]
pub mod server;
pub mod wire;
