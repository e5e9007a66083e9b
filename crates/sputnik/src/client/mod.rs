//! The layer's browser half. It compiles on the server too, where pages are rendered and nothing is connected.
//!
//! [`link`] decides whether and how to be connected, [`inbox`] what to take of a channel, and [`prediction`] what is shown of
//! what is not said yet: all three are pure and tested natively. In the browser, `page` carries out what they decide, over `socket` or polls.

pub mod call;
pub mod command;
pub mod connection;
pub mod devtools;
pub mod inbox;
#[cfg(feature = "hydrate")]
pub mod javascript;
pub mod link;
#[cfg(feature = "hydrate")]
mod page;
pub mod prediction;
#[cfg(feature = "hydrate")]
mod resend;
mod shown;
#[cfg(feature = "hydrate")]
mod state;
#[cfg(feature = "hydrate")]
mod transport;
#[cfg(any(feature = "hydrate", test))]
mod unanswered;
pub mod use_channel;

pub use command::Sputnik;
pub use connection::{Connection, provide_connection, use_connection};
#[cfg(feature = "devtools")]
pub use devtools::panel::Panel;
pub use shown::{NotDone, Reload, Shown};
pub use use_channel::{Heard, Live, Lock, Presence, Whispers, use_channel, use_lock, use_presence, use_whispers};
