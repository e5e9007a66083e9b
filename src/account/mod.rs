//! People: who they are, and how they sign in.
//!
//! | file | what it has |
//! | --- | --- |
//! | `people` | accounts: signing up, signing in, changing a name or a password |
//! | `session` | who is signed in, in which browser, and until when |
//! | `passwords`, `attempt_limit` | how passwords are rated and hashed; how often may be guessed |
//! | `display_name` | what people may be called |
//! | `known_browser`, `visitor` | by what a browser is known again; what is known of whoever sends a form |
//! | `pages`, `account_page` | the forms to get in; one's own account |
//! | `me`, `person`, `own_account` | who is signed in, a person as others see them, an account as its owner does |

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
