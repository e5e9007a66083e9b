//! The editor: people write a book together.

#[cfg(feature = "ssr")]
pub mod access;
pub mod account_deletion;
pub mod channels;
pub mod chapter;
pub mod commands;
pub mod events;
#[cfg(feature = "ssr")]
pub mod files;
mod following;
#[cfg(feature = "ssr")]
pub mod gate;
pub mod history;
pub mod import;
pub mod model;
pub mod pages;
pub mod pictures;
pub mod quota;
#[cfg(feature = "ssr")]
pub mod redaction;
#[cfg(feature = "hydrate")]
pub mod script;
pub mod shelf;
pub mod state;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(feature = "ssr")]
pub mod writing;
#[cfg(feature = "ssr")]
pub mod writing_session;
