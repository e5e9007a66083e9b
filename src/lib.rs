//! Sputnik: a real-time layer for Leptos, and a collaborative book editor built on it.

pub mod account;
pub mod book;
#[cfg(feature = "ssr")]
pub mod database;
pub mod sputnik;
