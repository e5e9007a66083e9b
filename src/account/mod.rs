//! People: who they are, and how they sign in.

pub mod account_page;
#[cfg(feature = "ssr")]
mod attempts;
#[cfg(feature = "ssr")]
pub mod bounds;
#[cfg(feature = "ssr")]
mod browser;
#[cfg(feature = "ssr")]
pub mod called;
pub mod commands;
pub mod me;
pub mod own;
pub mod pages;
#[cfg(feature = "ssr")]
mod passwords;
#[cfg(feature = "ssr")]
pub mod people;
pub mod person;
#[cfg(feature = "ssr")]
pub mod session;
#[cfg(feature = "ssr")]
pub mod visitor;
