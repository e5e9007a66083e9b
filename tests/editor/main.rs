//! The editor on the server: its database, its people, its rights, its commands. Each test is a sentence that is true.
#![cfg(feature = "ssr")]
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the answer")]

#[path = "../support/mod.rs"]
mod support;

mod account;
mod accounts;
mod admin;
mod archive;
mod audit;
mod backups;
mod bin;
mod bounds;
mod contents;
mod copying;
mod costly;
mod database;
mod demo;
mod disk;
mod exports;
mod files;
mod guessing;
mod history;
mod hostile;
mod imports;
mod invitations;
mod markdown;
mod moving;
mod newer;
mod old_paths;
mod page;
mod parts;
mod pdf;
mod pen;
mod pictures;
mod promises;
mod publishing;
mod replace;
mod restore;
mod rights;
mod search;
mod security_headers;
mod server;
mod start;
mod strangers;
mod symptoms;
mod walk;
mod world;
mod writing;
mod writing_at_random;
