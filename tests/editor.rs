//! The editor on the server: its database, its people, its rights, its commands. Each test is a sentence that is true.
#![cfg(feature = "ssr")]
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the answer")]

mod support;

#[path = "editor/account.rs"]
mod account;
#[path = "editor/accounts.rs"]
mod accounts;
#[path = "editor/admin.rs"]
mod admin;
#[path = "editor/audit.rs"]
mod audit;
#[path = "editor/backups.rs"]
mod backups;
#[path = "editor/bounds.rs"]
mod bounds;
#[path = "editor/contents.rs"]
mod contents;
#[path = "editor/costly.rs"]
mod costly;
#[path = "editor/database.rs"]
mod database;
#[path = "editor/demo.rs"]
mod demo;
#[path = "editor/disk.rs"]
mod disk;
#[path = "editor/files.rs"]
mod files;
#[path = "editor/guessing.rs"]
mod guessing;
#[path = "editor/history.rs"]
mod history;
#[path = "editor/hostile.rs"]
mod hostile;
#[path = "editor/invitations.rs"]
mod invitations;
#[path = "editor/markdown.rs"]
mod markdown;
#[path = "editor/newer.rs"]
mod newer;
#[path = "editor/old_paths.rs"]
mod old_paths;
#[path = "editor/page.rs"]
mod page;
#[path = "editor/pen.rs"]
mod pen;
#[path = "editor/pictures.rs"]
mod pictures;
#[path = "editor/restore.rs"]
mod restore;
#[path = "editor/rights.rs"]
mod rights;
#[path = "editor/security_headers.rs"]
mod security_headers;
#[path = "editor/server.rs"]
mod server;
#[path = "editor/start.rs"]
mod start;
#[path = "editor/strangers.rs"]
mod strangers;
#[path = "editor/symptoms.rs"]
mod symptoms;
#[path = "editor/walk.rs"]
mod walk;
#[path = "editor/world.rs"]
mod world;
#[path = "editor/writing.rs"]
mod writing;
#[path = "editor/writing_at_random.rs"]
mod writing_at_random;
