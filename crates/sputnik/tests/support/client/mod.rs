//! A client of the layer, as a browser is one: the same positions, the same retries, over the same transports.
//!
//! A [`Browser`] keeps cookies and opens [`Page`]s. What a page was told stands in [`Seen`], and a test waits until it
//! sees what it waits for.

mod browser;
mod page;
mod seen;
mod socket;

pub use self::{
    browser::{Browser, post_call, read},
    page::Page,
    seen::{Channel, Seen},
    socket::{Socket, next_frame, open_socket, read_part, text},
};
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// How long anything that must happen may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(15);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What carries the frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    Socket,
    LongPoll,
    Poll,
}
