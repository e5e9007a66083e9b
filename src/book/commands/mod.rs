//! The commands of the editor: server functions, one file a theme. Each gets the caller's [access](super::access):
//! a type that can do what they may, and nothing else.

pub mod account_deletion;
pub mod chapter;
pub mod chat;
pub mod contents;
pub mod exports;
pub mod files;
pub mod history;
pub mod parts;
pub mod pen;
pub mod people;
pub mod publishing;
pub mod replace;
pub mod search;
pub mod shelf;
pub mod writing;
