//! One running server of the application: what ties the broker, the application and the clients together.

use super::{
    broker::{Answer, Broker, Liveness, Log, Presence, PubSub, fresh_epoch},
    channels::hub::Hub,
    gate::Gate,
    handles::{CommandHandles, ConnectionHandles},
    inbound::InboundLimit,
    metrics::{Metrics, measured::Measured},
    old_paths::OldPaths,
    once::{
        command_store::{CommandStore, UNSENT},
        reply_cache::ReplyCache,
    },
    presence::{connections::Connections, janitor, leases::Leases, sign_out::Users},
    rate_limit::RateLimit,
    settings::Settings,
    watch::{
        overview::{Order, Overview},
        probe,
    },
};
use crate::protocol::{
    fault::Fault,
    message::{Audience, Entry},
    names::{ChannelName, ClientId, Epoch, LockName, UserId},
    overview::NodeOverview,
    position::Position,
    roster::LockState,
};
use axum::routing::MethodRouter;
use bytes::Bytes;
use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};
use tokio::{sync::watch, task::JoinSet, time::Instant};

/// One running server of the application. Cheap to clone.
#[derive(Clone)]
pub struct Node(Arc<Inner>);

struct Inner {
    /// Names this node among others, and this life of it among its lives.
    id: ClientId,
    broker: Arc<dyn Broker>,
    commands: Arc<CommandHandles>,
    connections: Arc<ConnectionHandles>,
    overview: Arc<Overview>,
    /// Ended with the node.
    _tasks: JoinSet<()>,
}

impl Node {
    /// Starts a node: its wakes, its janitor and the renewal of its clients' leases run until the last clone is
    /// dropped.
    ///
    /// # Errors
    /// When the broker is out of reach.
    pub async fn start(
        broker: Arc<dyn Broker>,
        gate: Arc<dyn Gate>,
        store: Arc<dyn CommandStore>,
        settings: Settings,
    ) -> Answer<Self> {
        // Told apart by people, who need not tell many apart.
        let id = format!("node-{:.8}", fresh_epoch().as_str());
        let id: ClientId = id.parse().unwrap_or_else(|_| unreachable!("letters, digits and a hyphen"));
        let metrics = Arc::new(Metrics::default());
        let broker: Arc<dyn Broker> = Arc::new(Measured::new(broker, Arc::clone(&metrics)));
        let (watch, mut wakes) = broker.wakes().await?;
        // Each room takes the promise it builds on.
        let (log, presence): (Arc<dyn Log>, Arc<dyn Presence>) = (broker.clone(), broker.clone());
        let (liveness, pub_sub): (Arc<dyn Liveness>, Arc<dyn PubSub>) = (broker.clone(), broker.clone());
        let hub = Arc::new(Hub::new(Arc::clone(&log), watch, Arc::clone(&metrics)));
        let leases = Arc::new(Leases::new(id.clone(), Arc::clone(&presence), liveness, &settings));
        let mut tasks = JoinSet::new();
        let woken = Arc::clone(&hub);
        tasks.spawn(async move {
            while let Some(wake) = wakes.recv().await {
                woken.wake(wake);
            }
        });
        tasks.spawn(janitor::run(Arc::clone(&hub), settings.check));
        tasks.spawn(Arc::clone(&leases).keep());
        tasks.spawn(publish_left_behind(Arc::clone(&log), Arc::clone(&store)));
        tasks.spawn(forget_old(Arc::clone(&store)));
        let users = Arc::new(Users::default());
        tasks.spawn(Arc::clone(&users).hear(Arc::clone(&hub)));
        tasks.spawn(Arc::clone(&users).tell_again(log));
        let connections = Arc::new(Connections::default());
        let (woken, held, listed) = (Arc::clone(&hub), Arc::clone(&leases), Arc::clone(&connections));
        let (told, heard) = (Arc::clone(&presence), Arc::clone(&pub_sub));
        let overview = Overview::new(id.clone(), told, heard, woken, held, listed, Arc::clone(&metrics));
        let overview = Arc::new(overview);
        tasks.spawn(Arc::clone(&overview).tell());
        let (inbound, settings) = (InboundLimit::new(&settings), Arc::new(settings));
        let commands = Arc::new(CommandHandles {
            gate: Arc::clone(&gate),
            store,
            replies: ReplyCache::default(),
            rate_limit: RateLimit::new(settings.commands, settings.commands.times(settings.browsers_an_address)),
            leases: Arc::clone(&leases),
            inbound: Arc::clone(&inbound),
            settings: Arc::clone(&settings),
            metrics: Arc::clone(&metrics),
            router: OnceLock::new(),
            old_paths: OnceLock::new(),
        });
        let connections = Arc::new(ConnectionHandles {
            gate,
            presence,
            pub_sub,
            hub,
            leases,
            users,
            connections,
            signs: RateLimit::new(settings.signs, settings.signs.times(settings.browsers_an_address)),
            inbound,
            settings,
            metrics,
            began: Instant::now(),
            closing: watch::Sender::new(false),
        });
        Ok(Self(Arc::new(Inner { id, broker, commands, connections, overview, _tasks: tasks })))
    }

    /// What commands are run with.
    pub(crate) fn command_handles(&self) -> &Arc<CommandHandles> {
        &self.0.commands
    }

    /// What connections are served with.
    pub(crate) fn connection_handles(&self) -> &Arc<ConnectionHandles> {
        &self.0.connections
    }

    /// Says what answers the commands that come over a socket. Once.
    pub(crate) fn answer_commands_with(&self, commands: MethodRouter) {
        drop(self.0.commands.router.set(commands));
    }

    /// Says which paths were others in the release before, as pairs of the old and the new one: pages that were open when
    /// this server took over go on, and what they send again is recognised under either. Once, before the first request.
    pub fn accept_old_paths(&self, pairs: impl IntoIterator<Item = (String, String)>) {
        drop(self.0.commands.old_paths.set(OldPaths::new(pairs)));
    }

    /// Tells every client that the node goes away and when to come back; their presence is kept for the grace.
    pub fn close(&self) {
        self.0.connections.closing.send_replace(true);
    }

    /// This node's name: random, and another one after a restart.
    #[must_use]
    pub fn id(&self) -> &ClientId {
        &self.0.id
    }

    /// The broker this node shares with others.
    #[must_use]
    pub fn broker(&self) -> &dyn Broker {
        &*self.0.broker
    }

    /// The application's say in who may do what.
    #[must_use]
    pub fn gate(&self) -> &dyn Gate {
        &*self.0.commands.gate
    }

    /// The application's record of what was done.
    #[must_use]
    pub fn command_store(&self) -> &dyn CommandStore {
        &*self.0.commands.store
    }

    /// The node's intervals and bounds.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.0.commands.settings
    }

    /// What this node counted, in the text format of Prometheus.
    #[cfg(feature = "metrics")]
    #[must_use]
    pub fn measurements(&self) -> String {
        let ConnectionHandles { metrics, leases, hub, .. } = &*self.0.connections;
        let (clients, present) = leases.numbers();
        metrics.set_gauges(clients, present, hub.channels().len());
        metrics.to_text()
    }

    /// Whether the node goes down, so that nobody new should be sent to it.
    #[must_use]
    pub fn is_closing(&self) -> bool {
        *self.0.connections.closing.borrow()
    }

    /// Where a channel's log stands: to be read **before** the data a snapshot is made of. When the broker is out of
    /// reach, a position that no log continues, so that pages are served all the same and catch up later.
    pub async fn position(&self, channel: &ChannelName) -> Position {
        match self.0.broker.check(channel).await {
            Ok(check) => check.top,
            Err(error) => {
                tracing::warn!(%channel, %error, "a page starts without a position");
                let nowhere = "unknown".parse::<Epoch>();
                Position::new(nowhere.unwrap_or_else(|_| unreachable!("a plain word is an epoch")), 0)
            }
        }
    }

    /// Appends an entry to a channel's log.
    ///
    /// # Errors
    /// When the broker is out of reach.
    pub async fn publish(&self, channel: &ChannelName, entry: &Entry) -> Result<Position, Fault> {
        Ok(self.0.broker.publish(channel, Bytes::from(entry.to_json()), None).await?)
    }

    /// Publishes what was committed for a channel and not yet published, in order. Called after every commit.
    ///
    /// # Errors
    /// When the broker or the database is out of reach: what is left is published later.
    pub async fn publish_committed(&self, channel: &ChannelName) -> Result<(), Fault> {
        publish_committed(&*self.0.broker, self.command_store(), channel).await
    }

    /// Publishes what was committed on these channels, as [`publish_committed`](Self::publish_committed) does. Not being
    /// able to is no error: it is done later.
    pub async fn publish_all_committed(&self, channels: Vec<ChannelName>) {
        if channels.is_empty() {
            return;
        }
        let node = self.clone();
        // On a task of its own: it goes on even if whoever asked hangs up now.
        let published = tokio::spawn(async move {
            for channel in channels {
                if let Err(fault) = node.publish_committed(&channel).await {
                    tracing::warn!(%channel, %fault, "committed messages wait to be published");
                }
            }
        });
        if published.await.is_err() {
            tracing::error!("publishing committed messages broke off; it is taken up again");
        }
    }

    /// Rights in a channel changed: every node asks its [`Gate`] again for everyone who follows it, before it sends
    /// them anything later.
    ///
    /// # Errors
    /// When the broker is out of reach.
    pub async fn recheck(&self, channel: &ChannelName) -> Result<(), Fault> {
        self.publish(channel, &Entry::Recheck).await.map(drop)
    }

    /// A user signed out somewhere, or is another one now: their connections end and come back as who they are then.
    ///
    /// # Errors
    /// When the broker is out of reach: here they end all the same, and the other nodes are told when it is back.
    pub async fn reconnect_user(&self, user: &UserId) -> Result<(), Fault> {
        Ok(self.0.connections.users.tell_sign_out(user, &*self.0.broker).await?)
    }

    /// Whether a client is connected, and if so, how long ago its last command was.
    ///
    /// # Errors
    /// When the broker is out of reach.
    pub async fn idle(&self, client: &ClientId) -> Result<Option<Duration>, Fault> {
        match self.0.connections.leases.idle(client) {
            Some(idle) => Ok(Some(idle)),
            None => Ok(self.0.broker.idle(client).await?),
        }
    }

    /// How this node stands: what it knows of its clients, the channels they follow, and the locks there.
    pub async fn overview(&self) -> NodeOverview {
        self.0.overview.now().await
    }

    /// Ends a client, on whichever node it is: its connections close, it leaves its channels and gives back its locks
    /// at once, and its page comes back by itself as a new client. A client nobody knows is passed over.
    ///
    /// # Errors
    /// When the broker is out of reach.
    pub async fn end_client(&self, client: &ClientId) -> Result<(), Fault> {
        let order = Order::End(client.clone());
        let entry = Entry::said(&order, None, Audience::All, None).map_err(|_| Fault::internal())?;
        self.publish(&ChannelName::overview(), &entry).await.map(drop)
    }

    /// Takes a lock from a client: it passes to the first who waits, or is free. Tells how it stands then.
    ///
    /// # Errors
    /// When that client does not hold it, or the broker is out of reach.
    pub async fn free_lock(
        &self,
        channel: &ChannelName,
        lock: &LockName,
        holder: &ClientId,
    ) -> Result<LockState, Fault> {
        if !self.broker().lock(channel, lock).await?.is_held_by(holder) {
            return Err(Fault::stale("It has changed hands meanwhile."));
        }
        Ok(self.broker().release(channel, lock, holder).await?)
    }

    /// Says something to itself through the broker, and waits until it hears it: that the broker answers is not enough to
    /// know that wakes come.
    ///
    /// # Errors
    /// When the broker is out of reach, or what it was told does not come back within two seconds.
    pub async fn probe(&self) -> Result<(), Fault> {
        probe::probe(&self.0.id, &*self.0.broker, &self.0.connections.hub).await
    }
}

/// Waits until the node goes down.
pub(crate) async fn closed(closing: &mut watch::Receiver<bool>) {
    // An error means that the node is gone already.
    drop(closing.wait_for(|closing| *closing).await);
}

async fn publish_committed(log: &dyn Log, store: &dyn CommandStore, channel: &ChannelName) -> Result<(), Fault> {
    loop {
        let unsent = store.unsent(channel).await?;
        let Some(last) = unsent.last().map(|message| message.version) else {
            return Ok(());
        };
        let more = unsent.len() >= UNSENT;
        for message in unsent {
            log.publish(channel, message.entry, Some(message.version)).await?;
        }
        store.sent(channel, last).await?;
        if !more {
            // What is committed from now on is published by whoever commits it.
            return Ok(());
        }
    }
}

/// Publishes what a node committed and could not publish: because it was killed in between, or because the broker was
/// away.
async fn publish_left_behind(log: Arc<dyn Log>, store: Arc<dyn CommandStore>) {
    const EVERY: Duration = Duration::from_secs(5);
    loop {
        match store.behind().await {
            Ok(channels) => {
                for channel in channels {
                    if let Err(fault) = publish_committed(&*log, &*store, &channel).await {
                        tracing::warn!(%channel, %fault, "committed messages wait to be published");
                    }
                }
            }
            Err(fault) => {
                tracing::warn!(%fault, "cannot look for committed messages that wait to be published");
            }
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Has the store forget replies that nobody comes back for.
async fn forget_old(store: Arc<dyn CommandStore>) {
    const EVERY: Duration = Duration::from_secs(60);
    loop {
        if let Err(fault) = store.forget_old().await {
            tracing::warn!(%fault, "old replies wait to be forgotten");
        }
        tokio::time::sleep(EVERY).await;
    }
}
