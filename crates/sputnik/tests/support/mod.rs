//! What tests share: also those of applications in this repository, by a `#[path]` to here.
#![allow(dead_code, unused_imports, reason = "each test binary uses a part of it")]

pub mod certificates;

pub mod redis_server;

pub mod slow_proxy;

pub mod cutting_proxy;

pub mod dice;

pub mod client;
