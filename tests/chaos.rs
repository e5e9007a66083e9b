//! The promises under fault. Many clients on all transports work while connections are cut, nodes killed and Redis
//! emptied, at random from a printed seed; afterwards all that they met must be what was promised. And real processes,
//! killed and stopped at the one moment that hurts. And people who write in one chapter while all of that happens.
//!
//! `cargo xtask chaos --minutes N --seed S` runs the random part longer, or as it ran before.
#![cfg(feature = "ssr")]
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the answer")]

mod support;

#[path = "../crates/sputnik/tests/layer/app.rs"]
#[allow(dead_code, reason = "it is shared with the tests of the layer")]
mod app;
#[path = "chaos/check.rs"]
mod check;
#[path = "chaos/clients.rs"]
mod clients;
#[path = "chaos/faults.rs"]
mod faults;
#[path = "chaos/network.rs"]
mod network;
#[path = "chaos/processes.rs"]
mod processes;
#[path = "chaos/random.rs"]
mod random;
#[path = "chaos/together.rs"]
mod together;
#[path = "chaos/world.rs"]
mod world;
