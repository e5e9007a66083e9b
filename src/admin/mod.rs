//! For those who look after the running site: what it does, live, and two things they can do about it.

pub mod commands;
#[cfg(feature = "ssr")]
pub mod gate;
mod listed;
mod locks;
pub mod page;
mod tables;
