//! What those who ask for a file and the worker that makes it have in common on a node: the bounds, and a bell.

use crate::costly::{RateLimit, Who};
use sputnik::Fault;
use std::{sync::Arc, time::Duration};
use tokio::sync::Notify;

/// How much is kept of what was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// The largest file, in bytes.
    pub bytes: u64,
    /// How many files a book has, with those that are not made yet.
    pub a_book: u32,
    /// For how long each is kept when it was made, or could not be.
    pub kept: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { bytes: 500_000_000, a_book: 8, kept: Duration::from_secs(7 * 24 * 60 * 60) }
    }
}

/// The files that are asked for at a node. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Exports(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    bounds: Bounds,
    rate_limit: RateLimit,
    asked: Notify,
}

impl Exports {
    /// None yet; each person asks so fast.
    #[must_use]
    pub fn new(bounds: Bounds, rate_limit: RateLimit) -> Self {
        Self(Arc::new(Inner { bounds, rate_limit, asked: Notify::new() }))
    }

    /// Those of the node that runs this command.
    ///
    /// # Errors
    /// When called outside a request.
    pub fn current() -> Result<Self, Fault> {
        let parts = leptos::prelude::use_context::<http::request::Parts>();
        parts.and_then(|parts| parts.extensions.get::<Self>().cloned()).ok_or_else(|| {
            tracing::error!("the exports are not among the request's extensions");
            Fault::internal()
        })
    }

    /// How much is kept.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        self.0.bounds
    }

    /// Lets somebody ask for one more.
    ///
    /// # Errors
    /// `too_many`, when it comes too soon.
    pub fn take(&self, who: &Who) -> Result<(), Fault> {
        self.0.rate_limit.take(who)
    }

    /// Tells this node's worker that there is something to do: it need not wait until it looks by itself.
    pub fn ring(&self) {
        self.0.asked.notify_one();
    }

    /// Until somebody asks for one here.
    pub async fn asked(&self) {
        self.0.asked.notified().await;
    }
}
