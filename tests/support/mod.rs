//! What tests share.
#![allow(dead_code, unused_imports, reason = "each test binary uses a part of it")]

/// What the layer's tests share too.
#[path = "../../crates/sputnik/tests/support/mod.rs"]
mod layer;

pub mod postgres_server;

pub mod pgbouncer;

pub mod small_disk;

pub use layer::{certificates, client, cutting_proxy, dice, redis_server, slow_proxy};
