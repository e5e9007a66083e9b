//! The promises under fault. Many clients on all transports work while connections are cut, nodes killed and Redis
//! emptied, at random from a printed seed; afterwards all that they met must be what was promised. And real processes,
//! killed and stopped at the one moment that hurts. And people who write in one chapter while all of that happens.
//!
//! `cargo xtask chaos --minutes N --seed S` runs the random part longer, or as it ran before.
#![cfg(feature = "ssr")]
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the answer")]

#[path = "../support/mod.rs"]
mod support;

#[path = "../../crates/sputnik/tests/layer/app.rs"]
#[allow(dead_code, reason = "it is shared with the tests of the layer")]
mod app;
mod check;
mod clients;
mod faults;
mod network;
mod processes;
mod random;
mod together;
mod world;
