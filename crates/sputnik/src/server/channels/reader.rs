//! What a reader of a channel is told: that there is something, and what it is.

use crate::protocol::position::Position;
use axum::extract::ws::Utf8Bytes;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Notify;

/// One entry, encoded as the frame every reader is sent.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its offset.
    pub offset: u64,
    /// The frame.
    pub frame: Utf8Bytes,
    /// Rights changed here: readers must be admitted anew before they get anything later.
    pub recheck: bool,
}

/// What wakes one connection: something to read, or that it must end.
#[derive(Default)]
pub struct News {
    bell: Notify,
    signed_out: AtomicBool,
    ended: AtomicBool,
    asked_anew: AtomicBool,
}

impl News {
    /// Waits until there is something new; returns at once if there was since the last time.
    pub async fn wait(&self) {
        self.bell.notified().await;
    }

    /// Whether the connection's user signed out, so that it must end.
    #[must_use]
    pub fn is_signed_out(&self) -> bool {
        self.signed_out.load(Ordering::Relaxed)
    }

    pub(crate) fn ring(&self) {
        self.bell.notify_one();
    }

    pub(crate) fn sign_out(&self) {
        self.signed_out.store(true, Ordering::Relaxed);
        self.ring();
    }

    /// Whether it must end and come back, so that it is asked anew who it is.
    pub(crate) fn is_asked_anew(&self) -> bool {
        self.asked_anew.load(Ordering::Relaxed)
    }

    pub(crate) fn ask_anew(&self) {
        self.asked_anew.store(true, Ordering::Relaxed);
        self.ring();
    }

    /// Whether the connection's client was ended: it does not come back as who it was.
    pub(crate) fn is_ended(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }

    pub(crate) fn end(&self) {
        self.ended.store(true, Ordering::Relaxed);
        self.sign_out();
    }
}

/// What a reader at some position finds.
#[derive(Debug)]
pub enum Reading {
    /// These come next: contiguous, the first right after the position.
    Lines(Vec<Line>),
    /// Nothing new.
    UpToDate,
    /// The position cannot be continued; this is where the log stands.
    Gap(Position),
}
