#![doc = include_str!("../README.md")]
#![deny(missing_docs)]

mod change;
mod connections;
mod faults;
mod group;
mod store;
mod tables;

pub use change::Change;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub use connections::Transaction;
pub use connections::{Connection, Connections, Row, Value, question, statement};
pub use faults::{Failed, is_passing};
pub use group::Group;
pub use store::SqlStore;
