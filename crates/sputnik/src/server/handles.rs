//! What of a node its rooms are handed: [`CommandHandles`] those who run commands, [`ConnectionHandles`] those who serve
//! connections. Each has what it needs and nothing else, so that a signature tells what is touched.
//! Whoever writes a command has the whole node at hand, in a [`Caller`](crate::server::command::caller::Caller): what
//! they need of it, nobody here can know.

use super::{
    broker::{Presence, PubSub},
    channels::hub::Hub,
    gate::Gate,
    inbound::InboundLimit,
    metrics::Metrics,
    old_paths::OldPaths,
    once::{command_store::CommandStore, reply_cache::ReplyCache},
    presence::{connections::Connections, leases::Leases, sign_out::Users},
    rate_limit::RateLimit,
    settings::Settings,
};
use axum::routing::MethodRouter;
use std::sync::{Arc, OnceLock};
use tokio::{sync::watch, time::Instant};

/// What commands are run with.
pub(crate) struct CommandHandles {
    /// Who somebody is.
    pub(crate) gate: Arc<dyn Gate>,
    /// What was done.
    pub(crate) store: Arc<dyn CommandStore>,
    /// What was answered here lately.
    pub(crate) replies: ReplyCache,
    /// How fast commands come.
    pub(crate) rate_limit: RateLimit,
    /// When each client sent its last.
    pub(crate) leases: Arc<Leases>,
    /// What came of requests that are not whole yet.
    pub(crate) inbound: Arc<InboundLimit>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) metrics: Arc<Metrics>,
    /// What answers a command that came over a socket, with the application's layers around it.
    pub(crate) router: OnceLock<MethodRouter>,
    /// Paths that were others in the release before.
    pub(crate) old_paths: OnceLock<OldPaths>,
}

/// What connections are served with.
pub(crate) struct ConnectionHandles {
    /// Who somebody is, and whether they may listen.
    pub(crate) gate: Arc<dyn Gate>,
    pub(crate) presence: Arc<dyn Presence>,
    /// For whispers.
    pub(crate) pub_sub: Arc<dyn PubSub>,
    /// The channels followed here.
    pub(crate) hub: Arc<Hub>,
    pub(crate) leases: Arc<Leases>,
    /// Whose connections end when somebody signs out.
    pub(crate) users: Arc<Users>,
    pub(crate) connections: Arc<Connections>,
    /// How fast somebody shows themselves to others: comes, moves, whispers.
    pub(crate) signs: RateLimit,
    /// What came of frames that are not whole yet.
    pub(crate) inbound: Arc<InboundLimit>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) metrics: Arc<Metrics>,
    /// When this life of the node began.
    pub(crate) began: Instant,
    /// Set when the node goes down.
    pub(crate) closing: watch::Sender<bool>,
}
