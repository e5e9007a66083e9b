//! The leases this node keeps alive for its clients: one pipelined call an interval for all of them.

use crate::{
    protocol::{
        fault::Fault,
        names::{ChannelName, ClientId},
        roster::Present,
    },
    server::{
        broker::{Answer, BrokerError, Claim, Liveness, Presence},
        browser::BrowserSession,
        settings::Settings,
    },
};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::{Instant, MissedTickBehavior};

/// How many clients that went are remembered while the broker cannot be told.
const GONE: usize = 10_000;
/// For how many clients that found no seat it is tried again at each renewal, whoever waits the longest first.
const TRIED_AGAIN: usize = 50;

/// How a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The client said that it goes.
    Said,
    /// The connection was cut: it may come back within the grace.
    Cut,
    /// A poll was answered: the next one comes within a lease.
    Answered,
    /// A page's last poll was answered: whatever else of it is still open is only not yet known to be cut.
    Last,
}

/// Who of this node's clients is present where, and when each last sent a command.
pub struct Leases {
    /// The node whose they are.
    node: ClientId,
    presence: Arc<dyn Presence>,
    liveness: Arc<dyn Liveness>,
    lease: Duration,
    grace: Duration,
    held: Mutex<Seats>,
}

#[derive(Default)]
struct Seats {
    /// Clients that are to be present.
    present: HashMap<(ChannelName, ClientId), Seat>,
    /// Clients that are connected, or were within the last lease: one that polls is now and then not.
    clients: HashMap<ClientId, Connected>,
    /// How many of those each browser has.
    browsers: HashMap<BrowserSession, usize>,
    /// Clients that are not connected any more, while the broker does not know it.
    gone: Vec<ClientId>,
}

impl Seats {
    fn keys(&self, of: impl Fn(&Seat) -> bool) -> Vec<(ChannelName, ClientId)> {
        self.present.iter().filter(|(_, seat)| of(seat)).map(|(key, _)| key.clone()).collect()
    }

    /// Those without a seat for whom it was not tried the longest.
    fn longest_without_seat(&self) -> Vec<(ChannelName, ClientId)> {
        let waiting = self.present.iter().filter_map(|(key, seat)| Some((seat.seatless?, key)));
        let mut waiting: Vec<_> = waiting.collect();
        if waiting.len() > TRIED_AGAIN {
            waiting.select_nth_unstable_by_key(TRIED_AGAIN, |(tried, _)| *tried);
        }
        waiting.into_iter().take(TRIED_AGAIN).map(|(_, key)| key.clone()).collect()
    }

    /// Forgets the clients of which this is not true.
    fn keep_clients(&mut self, keep: impl Fn(&Connected) -> bool) {
        let Self { clients, browsers, gone, .. } = self;
        clients.retain(|name, client| {
            let kept = keep(client);
            if !kept {
                if let Some(count) = browsers.get_mut(&client.browser) {
                    *count -= 1;
                }
                gone.push(name.clone());
            }
            kept
        });
        browsers.retain(|_, count| *count > 0);
    }
}

/// One client in one channel.
struct Seat {
    who: Present,
    claim: Claim,
    /// How many of its connections are here: an old socket that closes late must not end what the new one holds.
    connections: usize,
    /// Where it found no seat: when that was tried last.
    seatless: Option<Instant>,
}

/// One client's connections here.
struct Connected {
    /// Whose.
    browser: BrowserSession,
    connections: usize,
    /// When its last command came, or it connected.
    commanded: Instant,
    /// Whether the broker knows that.
    noted: bool,
    /// When a connection last began or ended.
    seen: Instant,
}

impl Leases {
    pub(crate) fn new(
        node: ClientId,
        presence: Arc<dyn Presence>,
        liveness: Arc<dyn Liveness>,
        settings: &Settings,
    ) -> Self {
        Self { node, presence, liveness, lease: settings.lease, grace: settings.grace, held: Mutex::default() }
    }

    /// How long a client is present without a sign of life from this node.
    pub(crate) fn lease(&self) -> Duration {
        self.lease
    }

    fn held(&self) -> MutexGuard<'_, Seats> {
        // Only counters and copies change under it, and no panic can leave them half done.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A client connected; [`disconnected`](Self::disconnected) follows once.
    ///
    /// # Errors
    /// When its browser has as many clients here as may.
    pub(crate) fn connected(&self, browser: &BrowserSession, client: &ClientId, at_most: usize) -> Result<(), Fault> {
        let now = Instant::now();
        let mut held = self.held();
        if !held.clients.contains_key(client) {
            if held.browsers.get(browser).is_some_and(|count| *count >= at_most) {
                // Those that are gone and not yet forgotten do not count.
                held.keep_clients(|client| self.is_connected(client));
            }
            let count = held.browsers.entry(browser.clone()).or_default();
            if *count >= at_most {
                let words = "This browser has as many live pages open as may be. Please close one.";
                return Err(Fault::too_many(words, 5_000));
            }
            *count += 1;
            let connected =
                Connected { browser: browser.clone(), connections: 0, commanded: now, noted: false, seen: now };
            held.clients.insert(client.clone(), connected);
        }
        if let Some(client) = held.clients.get_mut(client) {
            client.connections += 1;
            client.seen = now;
        }
        Ok(())
    }

    pub(crate) fn disconnected(&self, client: &ClientId) {
        if let Some(client) = self.held().clients.get_mut(client) {
            client.connections = client.connections.saturating_sub(1);
            client.seen = Instant::now();
        }
    }

    /// A command came from this client. Tells its browser, where it is connected here.
    pub(crate) fn commanded(&self, client: &ClientId) -> Option<BrowserSession> {
        let mut held = self.held();
        let client = held.clients.get_mut(client)?;
        client.commanded = Instant::now();
        client.noted = false;
        Some(client.browser.clone())
    }

    /// How long ago a client connected to this node sent its last command.
    pub(crate) fn idle(&self, client: &ClientId) -> Option<Duration> {
        let held = self.held();
        held.clients.get(client).filter(|client| self.is_connected(client)).map(|client| client.commanded.elapsed())
    }

    fn is_connected(&self, client: &Connected) -> bool {
        client.connections > 0 || client.seen.elapsed() < self.lease
    }

    /// How many clients are connected here, and how many presences this node keeps.
    pub(crate) fn numbers(&self) -> (usize, usize) {
        let held = self.held();
        (held.clients.values().filter(|client| self.is_connected(client)).count(), held.present.len())
    }

    /// Keeps a client present in a channel from now on; or, where it found no seat, tries again now and then.
    pub(crate) fn hold(&self, channel: &ChannelName, who: &Present, claim: &Claim, seated: bool) {
        let mut held = self.held();
        let seat = held.present.entry((channel.clone(), who.client.clone())).or_insert_with(|| Seat {
            who: who.clone(),
            claim: claim.clone(),
            connections: 0,
            seatless: None,
        });
        (seat.who, seat.claim) = (who.clone(), claim.clone());
        seat.seatless = (!seated).then(Instant::now);
        seat.connections += 1;
    }

    /// What the client shows from now on, should it have to join anew.
    pub(crate) fn shows(&self, channel: &ChannelName, who: &Present) {
        if let Some(seat) = self.held().present.get_mut(&(channel.clone(), who.client.clone())) {
            seat.who = who.clone();
        }
    }

    /// A connection no longer keeps a client present. When it was the last one here, the client leaves: at once if it
    /// said so, after the grace if the connection was cut, when its lease runs out if a poll was answered.
    pub(crate) fn let_go(&self, channel: &ChannelName, client: &ClientId, end: End) {
        if let Some(grace) = self.release(channel, client, end) {
            // A task of its own: connections end by being dropped, where nothing can be waited for.
            tokio::spawn(part(Arc::clone(&self.presence), channel.clone(), client.clone(), grace));
        }
    }

    /// A connection whose client said so no longer keeps it present. When it was the last one here, the client has left
    /// when this is done.
    pub(crate) async fn leave(&self, channel: &ChannelName, client: &ClientId) {
        if let Some(grace) = self.release(channel, client, End::Said) {
            part(Arc::clone(&self.presence), channel.clone(), client.clone(), grace).await;
        }
    }

    /// After which grace a client leaves that a connection no longer holds, if the broker is to be told.
    fn release(&self, channel: &ChannelName, client: &ClientId, end: End) -> Option<Duration> {
        let key = (channel.clone(), client.clone());
        let mut held = self.held();
        match held.present.get_mut(&key) {
            Some(seat) if seat.connections > 1 && end != End::Last => {
                seat.connections -= 1;
                return None;
            }
            Some(_) => drop(held.present.remove(&key)),
            None => return None,
        }
        match end {
            End::Said => Some(Duration::ZERO),
            End::Cut | End::Last => Some(self.grace),
            End::Answered => None,
        }
    }

    /// Renews every lease three times a lease, until it is dropped.
    pub(crate) async fn keep(self: Arc<Self>) {
        let mut interval = tokio::time::interval(self.lease / 3);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            interval.tick().await;
            if let Err(error) = self.renew().await {
                tracing::warn!(%error, "leases could not be renewed; it is tried again");
            }
        }
    }

    /// Notes who is connected and when each last sent a command, as far as that changed.
    async fn note(&self) -> Answer<()> {
        let (here, gone): (Vec<_>, Vec<_>) = {
            let mut held = self.held();
            held.keep_clients(|client| self.is_connected(client));
            let changed = held.clients.iter_mut().filter_map(|(name, client)| {
                let noted = std::mem::replace(&mut client.noted, true);
                (!noted).then(|| (name.clone(), client.commanded.elapsed()))
            });
            let here = changed.collect();
            (here, std::mem::take(&mut held.gone))
        };
        let answer = self.liveness.note_clients(&self.node, &here, &gone, self.lease).await;
        let mut held = self.held();
        match &answer {
            Ok(true) => {}
            // The broker knows of none but these: the next time it is told of the others.
            Ok(false) => {
                let told: HashSet<_> = here.iter().map(|(name, _)| name).collect();
                held.clients.iter_mut().for_each(|(name, client)| client.noted &= told.contains(name));
            }
            Err(_) => {
                held.clients.values_mut().for_each(|client| client.noted = false);
                // Should it be out of reach for long, it forgets them by itself.
                held.gone.extend(gone);
                held.gone.truncate(GONE);
            }
        }
        answer.map(drop)
    }

    async fn renew(&self) -> Answer<()> {
        self.note().await?;
        let keys = self.held().keys(|seat| seat.seatless.is_none());
        if !keys.is_empty() {
            let renewed = self.presence.renew(&keys, self.lease).await?;
            for (key, _) in keys.into_iter().zip(renewed).filter(|(_, still)| !still) {
                // The lease ran out (this node was asleep or cut off), the broker lost its data, or somebody more
                // important needed the seat. To the others the client left; now it comes back, if there is room.
                self.join(&key).await?;
            }
        }
        let waiting = self.held().longest_without_seat();
        for key in waiting {
            self.join(&key).await?;
        }
        Ok(())
    }

    /// Seats a client that is to be present and is not; where there is no room, it is tried again later.
    async fn join(&self, key: &(ChannelName, ClientId)) -> Answer<()> {
        let seat = self.held().present.get(key).map(|seat| (seat.who.clone(), seat.claim.clone()));
        let Some((who, claim)) = seat else { return Ok(()) };
        let (channel, client) = key;
        let seated = match self.presence.join(channel, &who, &claim, None, self.lease).await {
            Ok(_) => true,
            Err(BrokerError::Full(_)) => false,
            Err(error) => return Err(error),
        };
        let stays = match self.held().present.get_mut(key) {
            Some(seat) => {
                seat.seatless = (!seated).then(Instant::now);
                true
            }
            None => !seated,
        };
        if !stays {
            // It went while it came.
            self.presence.part(channel, client, self.grace).await?;
        }
        Ok(())
    }
}

async fn part(presence: Arc<dyn Presence>, channel: ChannelName, client: ClientId, grace: Duration) {
    if let Err(error) = presence.part(&channel, &client, grace).await {
        tracing::warn!(%channel, %client, %error, "could not say that the client leaves; its lease runs out");
    }
}
