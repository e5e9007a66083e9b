//! What the layer asks of the application: who somebody is, and whether they may listen.

use crate::protocol::{
    fault::Fault,
    message::Said,
    names::{ChannelName, UserId},
};
use http::request::Parts;
use serde_json::value::RawValue;

/// A signed-in person, as the layer needs to know them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// For ever.
    pub id: UserId,
    /// What to call them.
    pub name: String,
}

/// What somebody who is let into a channel may do there besides listening.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pass {
    /// Be present: seen by others, and able to hold locks.
    pub present: bool,
    /// Whisper.
    pub whisper: bool,
    /// How important it is that they are present, should fewer be able to than want to: the higher, the more. Strangers
    /// have 0; an application gives more to those it is about, such as members and whoever may write.
    pub rank: u8,
    /// Hear all that is said, and know who is here, who holds what, and what is whispered. Whoever is not within hears
    /// of each message what [`Gate::outside`] leaves of it, and of nobody.
    pub within: bool,
}

impl Default for Pass {
    /// To listen to all that is said, and no more.
    fn default() -> Self {
        Self { present: false, whisper: false, rank: 0, within: true }
    }
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

    /// What is left of a message for those who are let in without being [within](Pass::within): the same for all of
    /// them. Nothing, unless the application says otherwise; then they only learn that something happened.
    ///
    /// A gate that stands around another one hands this on, as everything else.
    ///
    /// Nothing is read to them that was said before rights changed last: an application that lets them in where they were
    /// not before says so with a [recheck](super::node::Node::recheck) first.
    fn outside(&self, channel: &ChannelName, said: &Said) -> Option<Box<RawValue>> {
        let _ = (channel, said);
        None
    }
}

/// The gate of an application in which nobody signs in and nothing is secret: it stands open. Everybody may listen to
/// every channel, be present there, and whisper.
#[derive(Debug, Clone, Copy, Default)]
pub struct OpenGate;

#[async_trait::async_trait]
impl Gate for OpenGate {
    async fn who(&self, _: &Parts) -> Result<Option<User>, Fault> {
        Ok(None)
    }

    async fn admit(&self, _: Option<&User>, _: &ChannelName) -> Result<Pass, Fault> {
        Ok(Pass { present: true, whisper: true, ..Pass::default() })
    }
}
