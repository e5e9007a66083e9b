//! What a node counts, for whoever operates it.
//!
//! Counters are counted where the thing happens; what merely stands (how many clients there are now) is looked up when
//! somebody asks. Without the feature `metrics` only what the overview shows is counted.

mod labels;
pub(crate) mod measured;
#[cfg(feature = "metrics")]
mod prometheus;
#[cfg(not(feature = "metrics"))]
mod uncounted;

pub(crate) use labels::{Source, Transport};
#[cfg(feature = "metrics")]
pub(crate) use prometheus::Connected;
#[cfg(feature = "metrics")]
pub use prometheus::{CONTENT_TYPE, Metrics};
#[cfg(not(feature = "metrics"))]
pub(crate) use uncounted::{Connected, Metrics};
