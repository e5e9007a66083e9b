//! What tests share.
#![allow(dead_code, unused_imports, reason = "each test binary uses a part of it")]

pub mod certificates;

pub mod postgres_server;

pub mod pgbouncer;

pub mod small_disk;

pub mod redis_server;

pub mod slow_proxy;

pub mod cutting_proxy;

pub mod dice;

pub mod client;
