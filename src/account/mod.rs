//! People: who they are, and how they sign in.

#[cfg(feature = "ssr")]
mod attempts;
pub mod commands;
pub mod me;
pub mod pages;
#[cfg(feature = "ssr")]
pub mod people;
pub mod person;
#[cfg(feature = "ssr")]
pub mod session;
