//! People: who they are, and how they sign in.

pub mod commands;
pub mod me;
pub mod pages;
pub mod person;
