//! What an application declares of a channel.

use super::{fault::Fault, names::ChannelName, position::Snapshot};
use serde::{Serialize, de::DeserializeOwned};
use std::future::Future;

/// One channel of the application: its name, what is said on it, and the state its messages fold into.
///
/// The browser's state is a snapshot, and every message after it folded in once and in order:
/// [`use_channel`](crate::client::use_channel()) does the rest.
pub trait Channel: Clone + PartialEq + Send + Sync + 'static {
    /// What a snapshot holds and messages change.
    type State: Clone + Serialize + DeserializeOwned + Send + Sync + 'static;
    /// What is said on the channel.
    type Message: Clone + Serialize + DeserializeOwned + Send + Sync + 'static;

    /// The channel's name.
    fn name(&self) -> ChannelName;

    /// The state now, with the position read before it: called for the page, and again after a gap. Usually one server
    /// function.
    fn snapshot(&self) -> impl Future<Output = Result<Snapshot<Self::State>, Fault>> + Send + 'static;
}
