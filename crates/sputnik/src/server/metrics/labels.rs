//! What counts are told apart by.

#[cfg(feature = "metrics")]
use prometheus_client::encoding::EncodeLabelValue;

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
