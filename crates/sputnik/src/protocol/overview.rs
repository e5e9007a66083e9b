//! How a site stands: what each of its nodes tells of itself, and all of that taken together.
//!
//! While somebody is present in [the overview's channel](super::names::ChannelName::overview), each node whispers a
//! [`NodeOverview`] there about once a second. A [`SiteOverview`] is made of the newest of each.

use super::names::{ChannelName, ClientId, LockName, UserId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How a client is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// By a WebSocket.
    Socket,
    /// By polls that wait.
    LongPoll,
    /// By polls that do not.
    Poll,
}

impl Transport {
    /// What to call it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Socket => "socket",
            Self::LongPoll => "long poll",
            Self::Poll => "poll",
        }
    }
}

/// Some of them, and how many there are: a list that stays short however long the whole is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partly<T> {
    /// Those that are listed.
    pub listed: Vec<T>,
    /// How many there are in all.
    pub all: usize,
}

impl<T> Partly<T> {
    /// The first so many of all.
    #[must_use]
    pub fn first(mut all: Vec<T>, most: usize) -> Self {
        let count = all.len();
        all.truncate(most);
        Self { listed: all, all: count }
    }
}

/// How much a node does, a second, on average since it last told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Rates {
    /// Entries of the channels it follows.
    pub messages: f32,
    /// Frames of channels it passed on to its clients.
    pub deliveries: f32,
    /// Commands its clients sent.
    pub commands: f32,
}

/// What one node knows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NodeOverview {
    /// The node's own id, new with each start.
    pub node: ClientId,
    /// For how many seconds it has run.
    pub up_s: u64,
    /// How much it does.
    pub rates: Rates,
    /// Its clients; where not all are listed, those who sent a command last.
    pub clients: Partly<ClientOverview>,
    /// The channels its clients follow; where not all are listed, those with the most followers.
    pub channels: Partly<ChannelOverview>,
    /// The locks that are held or waited for in the channels with the most followers here.
    pub locks: Partly<LockOverview>,
}

/// One client, as its node knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientOverview {
    /// Which.
    pub client: ClientId,
    /// Whose.
    pub user: Option<Whose>,
    /// How it is connected.
    pub transport: Transport,
    /// What it follows.
    pub follows: Partly<ChannelName>,
    /// How long ago its last command came, or it connected, in milliseconds.
    pub idle_ms: u64,
    /// How long ago it was last connected, in milliseconds; 0 while it is. A client that polls is now and then not.
    pub away_ms: u64,
}

/// The signed-in person a client belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Whose {
    /// What to call them.
    pub name: String,
    /// For ever.
    pub id: UserId,
}

/// One channel, as a node knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelOverview {
    /// Which.
    pub channel: ChannelName,
    /// How many entries its log ever had.
    pub offset: u64,
    /// How many of the node's clients follow it.
    pub followers: usize,
}

/// How a lock stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockOverview {
    /// Where.
    pub channel: ChannelName,
    /// Which.
    pub lock: LockName,
    /// The number of this holding.
    pub fence: u64,
    /// Who holds it.
    pub holder: Option<Party>,
    /// Who waits for it, first come first.
    pub queue: Vec<Party>,
}

/// Who holds a lock or waits for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// The client.
    pub client: ClientId,
    /// What to call it.
    pub name: String,
}

/// A node, without its lists.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeLine {
    /// Its id.
    pub node: ClientId,
    /// For how many seconds it has run.
    pub up_s: u64,
    /// How many clients are connected to it.
    pub clients: usize,
    /// How much it does.
    pub rates: Rates,
}

/// A person, by the clients they have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserLine {
    /// Who.
    pub user: Whose,
    /// How many clients.
    pub clients: usize,
    /// On which nodes.
    pub nodes: BTreeSet<ClientId>,
}

/// What all nodes know, each thing once.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SiteOverview {
    /// The nodes, by id.
    pub nodes: BTreeMap<ClientId, NodeLine>,
    /// The clients, by id, each with the node it was last connected to.
    pub clients: BTreeMap<ClientId, (ClientId, ClientOverview)>,
    /// How many clients there are that are not listed.
    pub more_clients: usize,
    /// The people with a client that is listed.
    pub users: BTreeMap<UserId, UserLine>,
    /// The channels, by name.
    pub channels: BTreeMap<ChannelName, ChannelOverview>,
    /// How many channels some node did not list: at most so many more there are.
    pub more_channels: usize,
    /// The locks, by channel and name.
    pub locks: BTreeMap<(ChannelName, LockName), LockOverview>,
    /// How many locks some node did not list: at most so many more there are.
    pub more_locks: usize,
}

impl SiteOverview {
    /// Takes together what the nodes told.
    #[must_use]
    pub fn of(told: impl IntoIterator<Item = NodeOverview>) -> Self {
        let mut site = Self::default();
        for told in told {
            site.add(told);
        }
        for (node, client) in site.clients.values() {
            if let Some(user) = &client.user {
                let new = || UserLine { user: user.clone(), clients: 0, nodes: BTreeSet::new() };
                let line = site.users.entry(user.id.clone()).or_insert_with(new);
                line.clients += 1;
                line.nodes.insert(node.clone());
            }
        }
        site
    }

    fn add(&mut self, told: NodeOverview) {
        let NodeOverview { node, up_s, rates, clients, channels, locks } = told;
        let line = NodeLine { node: node.clone(), up_s, clients: clients.all, rates };
        self.nodes.insert(node.clone(), line);
        self.more_clients += clients.all - clients.listed.len().min(clients.all);
        self.more_channels += channels.all - channels.listed.len().min(channels.all);
        self.more_locks += locks.all - locks.listed.len().min(locks.all);
        for client in clients.listed {
            // A client that polls meets a node and then another: the last one knows it best.
            let nearer = |(_, other): &(ClientId, ClientOverview)| client.away_ms <= other.away_ms;
            if self.clients.get(&client.client).is_none_or(nearer) {
                self.clients.insert(client.client.clone(), (node.clone(), client));
            }
        }
        for told in channels.listed {
            match self.channels.get_mut(&told.channel) {
                Some(known) => {
                    known.followers += told.followers;
                    known.offset = known.offset.max(told.offset);
                }
                None => drop(self.channels.insert(told.channel.clone(), told)),
            }
        }
        for lock in locks.listed {
            let key = (lock.channel.clone(), lock.lock.clone());
            // Several nodes tell of the same lock; the higher fence is the newer news.
            if self.locks.get(&key).is_none_or(|known| known.fence <= lock.fence) {
                self.locks.insert(key, lock);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(id: &str, name: &str, away_ms: u64) -> ClientOverview {
        ClientOverview {
            client: id.parse().expect("a name"),
            user: Some(Whose { name: name.to_owned(), id: name.parse().expect("a name") }),
            transport: Transport::Poll,
            follows: Partly::first(vec!["room/7".parse().expect("a name")], 8),
            idle_ms: 0,
            away_ms,
        }
    }

    fn node(id: &str, clients: Vec<ClientOverview>, fence: u64) -> NodeOverview {
        let lock = LockOverview {
            channel: "room/7".parse().expect("a name"),
            lock: "pen".parse().expect("a name"),
            fence,
            holder: None,
            queue: Vec::new(),
        };
        let channel =
            ChannelOverview { channel: "room/7".parse().expect("a name"), offset: fence, followers: clients.len() };
        NodeOverview {
            node: id.parse().expect("a name"),
            up_s: 1,
            rates: Rates::default(),
            clients: Partly::first(clients, 2),
            channels: Partly::first(vec![channel], 8),
            locks: Partly::first(vec![lock], 8),
        }
    }

    #[test]
    fn what_several_nodes_tell_of_one_thing_is_told_once() {
        let here = node("n1", vec![client("c1", "ann", 900), client("c2", "ben", 0)], 3);
        let there = node("n2", vec![client("c1", "ann", 0)], 4);
        for site in [SiteOverview::of([here.clone(), there.clone()]), SiteOverview::of([there, here])] {
            assert_eq!(site.clients.len(), 2);
            assert_eq!(site.clients.values().next().expect("ann's").0.as_str(), "n2", "where it was last");
            assert_eq!(site.users.len(), 2);
            let channel = site.channels.values().next().expect("the room");
            assert_eq!((site.channels.len(), channel.offset), (1, 4));
            assert_eq!(site.locks.values().map(|lock| lock.fence).collect::<Vec<_>>(), [4]);
        }
    }

    #[test]
    fn what_is_not_listed_is_counted() {
        let many = vec![client("c1", "ann", 0), client("c2", "ben", 0), client("c3", "cid", 0)];
        let site = SiteOverview::of([node("n1", many, 1)]);
        assert_eq!((site.clients.len(), site.more_clients), (2, 1));
        assert_eq!(site.nodes.values().next().expect("one").clients, 3);
    }
}
