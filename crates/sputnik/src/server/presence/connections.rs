//! Which clients are connected to this node, how, and what they follow: what an [overview](crate::server::watch::overview) lists, and
//! by which a client can be ended.

use crate::{
    protocol::{
        names::{ChannelName, ClientId},
        overview::{ClientOverview, Partly, Transport, Whose},
    },
    server::{channels::reader::News, gate::User},
};
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};
use tokio::time::Instant;

/// How many of a client's channels an overview lists.
const FOLLOWS: usize = 6;
/// How long a client that was ended is refused under its old id, on whichever node it comes back.
const ENDED_FOR: Duration = Duration::from_secs(60);
/// How many ended clients are remembered.
const ENDED: usize = 1_000;

/// The clients of this node.
#[derive(Default)]
pub struct Connections {
    clients: Mutex<Clients>,
}

#[derive(Default)]
struct Clients {
    known: HashMap<ClientId, Known>,
    ended: VecDeque<(ClientId, Instant)>,
}

/// One client, as its newest connection knows it.
struct Known {
    /// Its connections: an old socket may close after a new one opened.
    open: Vec<Weak<News>>,
    user: Option<User>,
    transport: Transport,
    follows: Vec<ChannelName>,
    /// What a poll said so far that it follows: each says all of it anew.
    saying: Option<Vec<ChannelName>>,
    /// When a connection last began or ended.
    seen: Instant,
}

impl Known {
    fn is_open(&self) -> bool {
        self.open.iter().any(|news| news.strong_count() > 0)
    }

    fn following(&mut self) -> &mut Vec<ChannelName> {
        self.saying.as_mut().unwrap_or(&mut self.follows)
    }

    fn is_newest(&self, news: &Arc<News>) -> bool {
        self.open.last().is_some_and(|newest| newest.as_ptr() == Arc::as_ptr(news))
    }
}

impl Connections {
    fn clients(&self) -> MutexGuard<'_, Clients> {
        // Only copies change under it, and no panic can leave them half done.
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a connection; forgotten when it is [gone](Self::gone).
    pub(crate) fn opened(&self, client: &ClientId, user: Option<&User>, transport: Transport, news: &Arc<News>) {
        let mut clients = self.clients();
        let known = clients.known.entry(client.clone()).or_insert_with(|| Known {
            open: Vec::new(),
            user: None,
            transport,
            follows: Vec::new(),
            saying: None,
            seen: Instant::now(),
        });
        known.open.retain(|other| other.strong_count() > 0);
        // Most have one, and a vector that grows by itself begins with room for four.
        known.open.reserve_exact(1);
        known.open.push(Arc::downgrade(news));
        known.user = user.cloned();
        known.seen = Instant::now();
        if transport == Transport::Socket {
            known.transport = transport;
            known.follows.clear();
            known.saying = None;
        } else {
            known.saying = Some(Vec::new());
        }
    }

    /// A poll said all that it follows. It is a long one where it `waits`.
    pub(crate) fn said(&self, client: &ClientId, news: &Arc<News>, waits: bool) {
        if let Some(known) = self.clients().known.get_mut(client)
            && known.is_newest(news)
            && let Some(said) = known.saying.take()
        {
            known.follows = said;
            known.transport = if waits { Transport::LongPoll } else { Transport::Poll };
        }
    }

    pub(crate) fn follows(&self, client: &ClientId, news: &Arc<News>, channel: &ChannelName) {
        if let Some(known) = self.clients().known.get_mut(client)
            && known.is_newest(news)
            && !known.following().contains(channel)
        {
            let following = known.following();
            following.reserve_exact(1);
            following.push(channel.clone());
        }
    }

    pub(crate) fn unfollows(&self, client: &ClientId, news: &Arc<News>, channel: &ChannelName) {
        if let Some(known) = self.clients().known.get_mut(client)
            && known.is_newest(news)
        {
            known.following().retain(|other| other != channel);
        }
    }

    /// A connection ended. Who polls is known on until [`tidy`](Self::tidy), for it is now and then not connected.
    pub(crate) fn gone(&self, client: &ClientId, news: &Arc<News>) {
        let mut clients = self.clients();
        let Some(known) = clients.known.get_mut(client) else { return };
        known.open.retain(|other| other.strong_count() > 0 && other.as_ptr() != Arc::as_ptr(news));
        known.seen = Instant::now();
        if known.transport == Transport::Socket && !known.is_open() {
            clients.known.remove(client);
        }
    }

    /// Forgets who was not connected for so long.
    pub(crate) fn tidy(&self, keep: Duration) {
        let mut clients = self.clients();
        clients.known.retain(|_, known| known.is_open() || known.seen.elapsed() < keep);
        clients.ended.retain(|(_, at)| at.elapsed() < ENDED_FOR);
    }

    /// Ends a client: its connections here close, and under this id it does not come back to this node. Tells in which
    /// channels it may still count as present, where it has no connection that would see to that.
    pub(crate) fn end(&self, client: &ClientId) -> Vec<ChannelName> {
        let mut clients = self.clients();
        clients.ended.push_back((client.clone(), Instant::now()));
        if clients.ended.len() > ENDED {
            clients.ended.pop_front();
        }
        let Some(known) = clients.known.remove(client) else { return Vec::new() };
        let open: Vec<_> = known.open.iter().filter_map(Weak::upgrade).collect();
        for news in &open {
            news.end();
        }
        if open.is_empty() { known.follows } else { Vec::new() }
    }

    /// Whether a client was ended a short time ago.
    pub(crate) fn is_ended(&self, client: &ClientId) -> bool {
        self.clients().ended.iter().any(|(ended, at)| ended == client && at.elapsed() < ENDED_FOR)
    }

    /// How many follow each channel.
    pub(crate) fn followers(&self) -> HashMap<ChannelName, usize> {
        let mut followers = HashMap::new();
        for channel in self.clients().known.values().flat_map(|known| &known.follows) {
            match followers.get_mut(channel) {
                Some(count) => *count += 1,
                None => drop(followers.insert(channel.clone(), 1)),
            }
        }
        followers
    }

    /// Those clients whose last command is the least time ago, at most so many. `idle` tells how long that is.
    pub(crate) fn list(&self, most: usize, idle: impl Fn(&ClientId) -> Option<Duration>) -> Partly<ClientOverview> {
        let ms = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let clients = self.clients();
        let ago = |(client, known): &(&ClientId, &Known)| idle(client).unwrap_or_else(|| known.seen.elapsed());
        let mut all: Vec<_> = clients.known.iter().map(|each| (ago(&each), each)).collect();
        all.sort_unstable_by_key(|(idle, _)| *idle);
        let listed = all.iter().take(most).map(|(idle, (client, known))| ClientOverview {
            client: (*client).clone(),
            user: known.user.as_ref().map(|user| Whose { name: user.name.clone(), id: user.id.clone() }),
            transport: known.transport,
            follows: Partly { listed: known.follows.iter().take(FOLLOWS).cloned().collect(), all: known.follows.len() },
            idle_ms: ms(*idle),
            away_ms: if known.is_open() { 0 } else { ms(known.seen.elapsed()) },
        });
        Partly { listed: listed.collect(), all: all.len() }
    }
}
