//! People: who they are, and how they sign in.

pub mod commands;
pub mod person;
