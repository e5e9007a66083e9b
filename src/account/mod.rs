//! People: who they are, and how they sign in.

pub mod account_page;
#[cfg(feature = "ssr")]
mod attempt_limit;
#[cfg(feature = "ssr")]
pub mod bounds;
pub mod commands;
#[cfg(feature = "ssr")]
pub mod display_name;
#[cfg(feature = "ssr")]
mod known_browser;
pub mod me;
pub mod own_account;
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
