//! How this node stands, for whoever looks after it; and what they can do about it.
//!
//! Nodes tell each other on [a channel of the layer's own](ChannelName::overview). Its roster says whether anybody
//! watches: a node nobody watches collects nothing and sends nothing. What nodes tell are whispers, forgettable and the
//! newest of each; what they are told to do are messages.

use crate::{
    protocol::{
        frame::ServerFrame,
        message::Entry,
        names::{ChannelName, ClientId},
        overview::{ChannelOverview, LockOverview, NodeOverview, Partly, Party, Rates},
        position::Position,
        roster::{LockState, Roster},
    },
    server::{
        broker::{Presence, PubSub},
        channels::{
            hub::Hub,
            reader::{News, Reading},
            ring::Feed,
        },
        metrics::Metrics,
        presence::{connections::Connections, leases::Leases},
    },
};
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::{Instant, timeout};

/// How often a node that is watched tells.
const EVERY: Duration = Duration::from_secs(1);
/// How often one that is not looks after itself.
const LOOK: Duration = Duration::from_secs(15);
/// How long until something that failed is tried again.
const RETRY: Duration = Duration::from_secs(1);
/// Over how short a time a rate still says something.
const SHORT: Duration = Duration::from_millis(500);
/// How many clients, channels and locks an overview lists.
const CLIENTS: usize = 200;
const CHANNELS: usize = 200;
const LOCKS: usize = 200;
/// In how many channels locks are looked for.
const LOOKED_IN: usize = 100;

/// What a node is told to do.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Order {
    /// End a client.
    End(ClientId),
}

/// What this node tells of itself.
pub struct Overview {
    node: ClientId,
    started: Instant,
    presence: Arc<dyn Presence>,
    pub_sub: Arc<dyn PubSub>,
    hub: Arc<Hub>,
    leases: Arc<Leases>,
    connections: Arc<Connections>,
    metrics: Arc<Metrics>,
    counted: Mutex<Counted>,
    /// The locks of each channel that was looked in, and where its log stood: what did not change is not asked again.
    locks: Mutex<HashMap<ChannelName, (Position, Vec<LockOverview>)>>,
}

/// What was counted when, and the rates that came of it.
struct Counted {
    at: Instant,
    delivered: u64,
    commands: u64,
    tops: HashMap<ChannelName, Position>,
    rates: Rates,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Only copies change under it, and no panic can leave them half done.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Overview {
    pub(crate) fn new(
        node: ClientId,
        presence: Arc<dyn Presence>,
        pub_sub: Arc<dyn PubSub>,
        hub: Arc<Hub>,
        leases: Arc<Leases>,
        connections: Arc<Connections>,
        metrics: Arc<Metrics>,
    ) -> Self {
        let now = Instant::now();
        let (tops, rates) = (HashMap::new(), Rates::default());
        let counted = Mutex::new(Counted { at: now, delivered: 0, commands: 0, tops, rates });
        let locks = Mutex::default();
        Self { node, started: now, presence, pub_sub, hub, leases, connections, metrics, counted, locks }
    }

    /// How the node stands now.
    pub(crate) async fn now(&self) -> NodeOverview {
        let tops = self.hub.tops();
        let followers = self.connections.followers();
        let mut channels: Vec<_> = followers
            .into_iter()
            .map(|(channel, followers)| {
                let offset = tops.get(&channel).map_or(0, |top| top.offset);
                ChannelOverview { channel, offset, followers }
            })
            .collect();
        channels.sort_unstable_by(|a, b| b.followers.cmp(&a.followers).then_with(|| a.channel.cmp(&b.channel)));
        let names = channels.iter().take(LOOKED_IN).map(|line| line.channel.clone()).collect();
        NodeOverview {
            node: self.node.clone(),
            up_s: self.started.elapsed().as_secs(),
            rates: self.count(&tops),
            clients: self.connections.list(CLIENTS, |client| self.leases.idle(client)),
            channels: Partly::first(channels, CHANNELS),
            locks: Partly::first(self.locks(names, &tops).await, LOCKS),
        }
    }

    /// The rates since this was last asked, unless that is too short a time ago to say.
    fn count(&self, tops: &HashMap<ChannelName, Position>) -> Rates {
        let mut counted = lock(&self.counted);
        let since = counted.at.elapsed();
        if since < SHORT {
            return counted.rates;
        }
        let (delivered, commands) = self.metrics.counts();
        let grown = |(channel, top): (&ChannelName, &Position)| {
            let before = counted.tops.get(channel).filter(|before| before.epoch == top.epoch);
            before.map_or(0, |before| top.offset.saturating_sub(before.offset))
        };
        let messages = tops.iter().map(grown).sum();
        #[expect(clippy::cast_precision_loss, reason = "rates are for people to read")]
        let a_second = |count: u64| count as f32 / since.as_secs_f32();
        let rates = Rates {
            messages: a_second(messages),
            deliveries: a_second(delivered - counted.delivered),
            commands: a_second(commands - counted.commands),
        };
        *counted = Counted { at: Instant::now(), delivered, commands, tops: tops.clone(), rates };
        rates
    }

    /// The locks of these channels. A channel is asked for anew when its log
    /// moved on: what changes a lock stands there.
    async fn locks(&self, channels: Vec<ChannelName>, tops: &HashMap<ChannelName, Position>) -> Vec<LockOverview> {
        let mut known = std::mem::take(&mut *lock(&self.locks));
        let mut looked = HashMap::new();
        for channel in channels {
            let seen = known.remove(&channel).filter(|(at, _)| tops.get(&channel) == Some(at));
            let seen = match seen {
                Some(seen) => seen,
                None => match self.presence.roster(&channel).await {
                    Ok(roster) => (roster.at.clone(), locks_in(&channel, &roster)),
                    // It is told without this channel's locks, and looked at again the next time.
                    Err(_) => continue,
                },
            };
            looked.insert(channel, seen);
        }
        let mut locks: Vec<_> = looked.values().flat_map(|(_, locks)| locks.iter().cloned()).collect();
        *lock(&self.locks) = looked;
        locks.sort_unstable_by(|a, b| (&a.channel, &a.lock).cmp(&(&b.channel, &b.lock)));
        locks
    }

    /// Tells while somebody watches, and does what it is told, until it is dropped.
    pub(crate) async fn tell(self: Arc<Self>) {
        let (channel, news) = (ChannelName::overview(), Arc::new(News::default()));
        let feed = loop {
            match self.hub.follow(&channel, &news).await {
                Ok(feed) => break feed,
                Err(error) => tracing::warn!(%error, "cannot hear who watches this node; it is tried again"),
            }
            tokio::time::sleep(RETRY).await;
        };
        let Some(mut at) = feed.top() else { return };
        // Unknown at first, and whenever somebody came or went.
        let mut watched = None;
        let mut told = None::<Instant>;
        loop {
            if self.read(&feed, &mut at).await {
                watched = None;
            }
            if watched.is_none() {
                watched = self.is_watched(&channel).await;
            }
            let pause = match watched {
                Some(true) => {
                    let next = told.map_or(Duration::ZERO, |told| EVERY.saturating_sub(told.elapsed()));
                    if next.is_zero() {
                        told = Some(Instant::now());
                        self.connections.tidy(self.leases.lease());
                        self.whisper(&channel).await;
                        EVERY
                    } else {
                        next
                    }
                }
                Some(false) => {
                    self.connections.tidy(self.leases.lease());
                    self.count(&self.hub.tops());
                    LOOK
                }
                None => RETRY,
            };
            // Woken or not, it looks at everything.
            drop(timeout(pause, news.wait()).await);
        }
    }

    /// Reads what is new, and does what it is told there. Tells whether somebody came or went.
    async fn read(&self, feed: &Feed, at: &mut Position) -> bool {
        let mut moved = false;
        loop {
            match self.hub.read(feed, at, 100).await {
                Ok(Reading::Lines(lines)) => {
                    for line in lines {
                        at.offset = line.offset;
                        match serde_json::from_str(&line.frame) {
                            Ok(ServerFrame::Entry { entry: Entry::Said(said), .. }) => {
                                if let Ok(order) = serde_json::from_str(said.body.get()) {
                                    self.obey(order).await;
                                }
                            }
                            _ => moved = true,
                        }
                    }
                }
                Ok(Reading::UpToDate) => return moved,
                Ok(Reading::Gap(top)) => {
                    *at = top;
                    moved = true;
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot hear who watches this node; it is tried again");
                    return moved;
                }
            }
        }
    }

    async fn obey(&self, order: Order) {
        let Order::End(client) = order;
        for channel in self.connections.end(&client) {
            if let Err(error) = self.presence.part(&channel, &client, Duration::ZERO).await {
                tracing::warn!(%channel, %client, %error, "could not say that the client leaves; its lease runs out");
            }
        }
    }

    async fn is_watched(&self, channel: &ChannelName) -> Option<bool> {
        self.presence.roster(channel).await.ok().map(|roster| !roster.here.is_empty())
    }

    async fn whisper(&self, channel: &ChannelName) {
        let Ok(body) = serde_json::to_vec(&self.now().await) else { return };
        if let Err(error) = self.pub_sub.whisper(channel, &self.node, body.into()).await {
            tracing::warn!(%error, "could not tell how this node stands; it is tried again");
        }
    }
}

fn locks_in(channel: &ChannelName, roster: &Roster) -> Vec<LockOverview> {
    let party = |client: &ClientId| Party {
        client: client.clone(),
        name: roster.find(client).map_or_else(|| "Somebody".to_owned(), |who| who.name.clone()),
    };
    let overview = |state: &LockState| LockOverview {
        channel: channel.clone(),
        lock: state.name.clone(),
        fence: state.fence,
        holder: state.holder.as_ref().map(party),
        queue: state.queue.iter().map(party).collect(),
    };
    roster.locks.iter().map(overview).collect()
}
