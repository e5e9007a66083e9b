//! How long a piece of work may go on.

use sputnik::Fault;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

/// How long a piece of work may go on, and whether anybody still wants to know. Work that can take long asks it again
/// and again.
#[derive(Debug, Clone)]
pub struct Budget {
    until: Instant,
    /// Whether whoever asked for it is gone.
    is_gone: Arc<AtomicBool>,
}

/// While this is there, somebody wants to know.
pub(super) struct AskedFor(Arc<AtomicBool>);

impl Drop for AskedFor {
    fn drop(&mut self) {
        // Relaxed: the flag guards no other memory, and may be seen a little later.
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Budget {
    /// So much time from now on.
    #[must_use]
    pub fn of(time: Duration) -> Self {
        Self { until: Instant::now() + time, is_gone: Arc::default() }
    }

    pub(super) fn asked_for(&self) -> AskedFor {
        AskedFor(Arc::clone(&self.is_gone))
    }

    /// Whether it is used up.
    #[must_use]
    pub fn is_spent(&self) -> bool {
        self.is_gone.load(Ordering::Relaxed) || Instant::now() >= self.until
    }

    /// The end of this budget, or of so much time from now on, whichever comes first.
    #[must_use]
    pub fn at_most(&self, time: Duration) -> Instant {
        self.until.min(Instant::now() + time)
    }

    /// Whether the work may go on.
    ///
    /// # Errors
    /// `too_large`, when the budget is used up.
    pub fn check(&self) -> Result<(), Fault> {
        if self.is_spent() { Err(Self::fault()) } else { Ok(()) }
    }

    /// What is said when it is used up: the same would happen again.
    #[must_use]
    pub fn fault() -> Fault {
        Fault::too_large(
            "This takes longer than the server spends on one text at once. Nothing was changed. Please try it with a \
             smaller part.",
        )
    }
}
