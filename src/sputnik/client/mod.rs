//! The layer's browser half. It compiles on the server too, where pages are rendered and nothing is connected.
//!
//! [`link`] decides whether and how to be connected and [`inbox`] what to take of a channel: both are pure and tested
//! natively. In the browser, `page` carries out what they decide, over `socket` or polls.

pub mod call;
pub mod connection;
pub mod inbox;
pub mod link;
pub mod panel;
pub mod use_channel;

#[cfg(feature = "hydrate")]
mod page;
#[cfg(feature = "hydrate")]
pub mod script;
#[cfg(feature = "hydrate")]
mod socket;
#[cfg(feature = "hydrate")]
mod state;
#[cfg(feature = "hydrate")]
mod trial;

pub use call::Sputnik;
pub use connection::{Connection, Reload, Shown, provide_connection, use_connection};
pub use panel::Panel;
pub use use_channel::{Heard, Live, Lock, Presence, Whispers, use_channel, use_lock, use_presence, use_whispers};
