//! What the layer asks of the application: who somebody is, and whether they may listen.

use crate::sputnik::{
    fault::Fault,
    names::{ChannelName, UserId},
};
use http::request::Parts;

/// A signed-in person, as the layer needs to know them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// For ever.
    pub id: UserId,
    /// What to call them.
    pub name: String,
}

/// What somebody who is let into a channel may do there besides listening.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pass {
    /// Be present: seen by others, and able to hold locks.
    pub present: bool,
    /// Whisper.
    pub whisper: bool,
    /// How important it is that they are present, should fewer be able to than want to: the higher, the more. Strangers
    /// have 0; an application gives more to those it is about, such as members and whoever may write.
    pub rank: u8,
}

/// In the extensions of a request by which nobody does anything: the layer asks whether whoever has a connection open is
/// still who they were. An application whose sessions last from the last visit does not count this as one.
#[derive(Debug, Clone, Copy)]
pub struct Unprompted;

/// The application's say in who may do what. Asked at every follow, on every transport, again on every reconnect, and
/// whenever the application said that a channel's rights changed ([`Node::recheck`](super::node::Node::recheck)).
#[async_trait::async_trait]
pub trait Gate: Send + Sync + 'static {
    /// Who sent this request; `None` for a visitor who is not signed in. Of an open connection it is asked again within
    /// [`Settings::ask_again`](super::settings::Settings::ask_again), and [`Unprompted`] says so.
    ///
    /// # Errors
    /// When it cannot be found out, such as when the session store is out of reach.
    async fn who(&self, request: &Parts) -> Result<Option<User>, Fault>;

    /// Whether somebody may listen to a channel.
    ///
    /// # Errors
    /// When they may not, or there is no such channel: both the same to whoever may not know.
    async fn admit(&self, who: Option<&User>, channel: &ChannelName) -> Result<Pass, Fault>;
}
