//! The editor: people write a book together.
//!
//! What a book is, the same on both sides:
//!
//! | file | what it has |
//! | --- | --- |
//! | [`model`] | what a book is made of: ids, titles, roles, chapters and sections, members |
//! | [`events`] | what can happen to it: who did what, and what that leaves in activity and toasts |
//! | [`state`] | a book as a page holds it, and `Book::apply`, where an event changes it |
//! | [`chapter`] | a chapter's text as a page holds it, and what is told while people write |
//! | [`publishing`], [`format`](mod@format) | how it goes out to those who only read it, and as which files |
//! | [`exports`] | the files it was made into |
//! | [`history`], [`shelf`], [`copying`], [`search`], [`replace`], [`import`], [`account_deletion`], [`quota`] | what the pages of these names are told |
//! | [`place`] | a place in a chapter's text |
//! | [`channels`] | what the channels are called |
//! | `following` | how a page follows them: where a channel's state comes from |
//!
//! On the server, each room knows only those above it in this list:
//!
//! | room | what happens there |
//! | --- | --- |
//! | `redaction` | what outsiders see of a book, and of its events |
//! | [`pictures`] | what a picture file is, and how it is cleaned |
//! | `store` | the SQL, one file a theme |
//! | `writing` | the chapters that are being written: edits are stored and told; revisions; restoring |
//! | `indexer` | what is searched is kept in step with what is written |
//! | `gate` | who may listen to which channel |
//! | `access` | who asks, and what they may do, as types that can do just that |
//! | [`commands`] | the server functions, one file a theme |
//! | `files` | what comes and goes as a file, by ordinary requests |
//!
//! In the browser: [`pages`], and `script` for JavaScript of others.

#[cfg(feature = "ssr")]
pub mod access;
pub mod account_deletion;
pub mod channels;
pub mod chapter;
pub mod commands;
pub mod copying;
pub mod events;
pub mod exports;
#[cfg(feature = "ssr")]
pub mod files;
mod following;
pub mod format;
#[cfg(feature = "ssr")]
pub mod gate;
pub mod history;
pub mod import;
#[cfg(feature = "ssr")]
pub mod indexer;
pub mod model;
pub mod pages;
pub mod pictures;
pub mod place;
pub mod publishing;
pub mod quota;
#[cfg(feature = "ssr")]
pub mod redaction;
pub mod replace;
#[cfg(feature = "hydrate")]
pub mod script;
pub mod search;
pub mod shelf;
pub mod state;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(feature = "ssr")]
pub mod writing;
#[cfg(feature = "ssr")]
pub mod writing_session;
