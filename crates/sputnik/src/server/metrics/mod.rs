//! What a node counts, for whoever operates it.
//!
//! Counters are counted where the thing happens; what merely stands (how many clients there are now) is looked up when
//! somebody asks. Without the feature `metrics` only what the overview shows is counted.

pub(crate) mod measured;
#[cfg(feature = "metrics")]
mod prometheus;
#[cfg(not(feature = "metrics"))]
mod uncounted;

#[cfg(feature = "metrics")]
use prometheus_client::encoding::EncodeLabelValue;

#[cfg(feature = "metrics")]
pub(crate) use prometheus::Connected;
#[cfg(feature = "metrics")]
pub use prometheus::{CONTENT_TYPE, Metrics};
#[cfg(not(feature = "metrics"))]
pub(crate) use uncounted::{Connected, Metrics};

/// What carries a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "metrics", derive(EncodeLabelValue))]
pub(crate) enum Transport {
    /// A WebSocket.
    Socket,
    /// A long poll that waits.
    LongPoll,
}

/// Where what a client missed was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "metrics", derive(EncodeLabelValue))]
pub(crate) enum Source {
    /// In this node's memory, or it had missed nothing.
    Ring,
    /// In the broker.
    Broker,
    /// Nowhere any more: it was told of a gap.
    Gap,
}
