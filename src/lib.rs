//! Sputnik: a real-time layer for Leptos, and a collaborative book editor built on it.

pub mod account;
pub mod app;
pub mod book;
#[cfg(feature = "ssr")]
pub mod boot;
#[cfg(feature = "ssr")]
pub mod config;
#[cfg(feature = "ssr")]
pub mod database;
#[cfg(feature = "ssr")]
pub mod demo;
pub mod sputnik;
