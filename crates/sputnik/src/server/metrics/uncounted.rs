//! Where nobody asks for measurements: only what the overview shows is counted.

use super::labels::{Source, Transport};
use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// How often something happened.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn inc(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// What one node counted since it started.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    pub(crate) messages: Counter,
    pub(crate) deliveries: Counter,
    pub(crate) reconnects: Counter,
    pub(crate) slow_clients: Counter,
    pub(crate) lock_waits: Counter,
    commands: Counter,
}

impl Metrics {
    pub(crate) fn connected(&self, _: Transport) -> Connected {
        Connected
    }

    pub(crate) fn recovered(&self, _: Source) {}

    pub(crate) fn commanded(&self, _: &str, _: &str, _: Duration) {
        self.commands.inc();
    }

    /// How many entries were sent to clients so far, and how many commands were answered.
    pub(crate) fn counts(&self) -> (u64, u64) {
        (self.deliveries.get(), self.commands.get())
    }

    pub(crate) fn asked(&self, _: &'static str, _: Duration, _: bool) {}
}

/// Counts one connection while it lives.
#[derive(Debug)]
pub(crate) struct Connected;
