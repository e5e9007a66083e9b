//! The editor: people write a book together.

pub mod channels;
pub mod chapter;
pub mod commands;
pub mod model;
pub mod news;
pub mod pages;
pub mod shelf;
