//! Which clients are connected, to whichever node.

use super::error::Answer;
use crate::protocol::names::ClientId;
use std::time::Duration;

/// The promise of liveness: every node can tell whether a client is connected to any of them, and since when it has been
/// idle. What a node noted goes with it when it dies.
#[async_trait::async_trait]
pub trait Liveness: Send + Sync + 'static {
    /// Notes of clients of a node that they are connected and how long ago the last command of each was, and of others
    /// that they are `gone`. What a node noted of any client holds until it notes something else of it; all of it is
    /// forgotten when the node notes nothing at all, not even that nothing changed, for the time of `keep`. Tells whether
    /// what it noted before still stands: where not, it must note all of its clients again.
    async fn note_clients(
        &self,
        node: &ClientId,
        here: &[(ClientId, Duration)],
        gone: &[ClientId],
        keep: Duration,
    ) -> Answer<bool>;

    /// How long ago a connected client's last command was (to within the interval of
    /// [`note_clients`](Liveness::note_clients)), by whichever node noted the latest; `None` when it is not connected.
    async fn idle(&self, client: &ClientId) -> Answer<Option<Duration>>;
}
