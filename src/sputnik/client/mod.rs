//! The layer's browser half. It compiles on the server too, where pages are rendered and nothing is connected.

pub mod call;
pub mod connection;
pub mod use_channel;

pub use call::Sputnik;
pub use connection::{Connection, Shown, provide_connection, use_connection};
pub use use_channel::{Heard, Live, Lock, Presence, Whispers, use_channel, use_lock, use_presence, use_whispers};
