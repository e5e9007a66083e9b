//! Nodes on one broker with one database, and the words the promises are written in.

use crate::{
    app::{self, Database},
    support::{
        client::{Browser, Page, Transport},
        redis_server::RedisServer,
    },
};
use leptos::server_fn::ServerFn;
use serde_json::json;
use sputnik::{
    ChannelName, Fault, LockState, Position,
    protocol::message::Entry,
    server::{
        Node, Settings,
        broker::{Broker, Limits, memory::Memory, redis::Redis},
        serve,
    },
};
use std::{net::Ipv4Addr, sync::Arc, time::Duration};
use tokio::{net::TcpListener, runtime::Runtime, time::Instant};

/// The channel of most tests.
pub const ROOM: &str = "room/7";

/// Intervals short enough to be waited for, and long enough for a busy machine.
pub fn settings() -> Settings {
    Settings {
        lease: Duration::from_millis(1_500),
        grace: Duration::from_millis(500),
        ping: Duration::from_millis(250),
        long_poll: Duration::from_millis(600),
        ask_again: Duration::from_secs(30),
        check: Duration::from_millis(200),
        frame_bytes: 64 << 10,
        follows: 8,
        commands_waiting: 4,
        ..Settings::default()
    }
}

/// Which broker.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    Memory,
    Redis,
}

enum Backing {
    Memory(Arc<Memory>),
    Redis(RedisServer),
}

/// The application: its broker, its database, its nodes.
pub struct World {
    /// What carries the pages of this test.
    pub transport: Transport,
    pub database: Arc<Database>,
    backing: Backing,
    limits: Limits,
    nodes: Vec<Running>,
}

/// A node with threads of its own, so that it can be killed like a process.
struct Running {
    node: Node,
    site: String,
    runtime: Option<Runtime>,
}

impl Running {
    fn kill(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

pub fn limits() -> Limits {
    Limits { log_entries: 20, ..Limits::default() }
}

impl World {
    /// One node.
    pub async fn new(kind: Kind, transport: Transport) -> Self {
        let backing = match kind {
            Kind::Memory => Backing::Memory(Memory::new(limits())),
            Kind::Redis => Backing::Redis(RedisServer::start()),
        };
        let mut world = Self { transport, database: Arc::default(), backing, limits: limits(), nodes: Vec::new() };
        world.start_node(settings()).await;
        world
    }

    /// Starts anew with one node, whose broker keeps these limits.
    pub async fn start_over(&mut self, limits: Limits) {
        self.nodes.clear();
        self.limits = limits;
        if let Backing::Memory(memory) = &mut self.backing {
            *memory = Memory::new(self.limits.clone());
        }
        self.start_node(settings()).await;
    }

    /// Starts another node, and tells its number.
    pub async fn start_node(&mut self, settings: Settings) -> usize {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (memory, url) = match &self.backing {
            Backing::Memory(memory) => (Some(Arc::clone(memory)), String::new()),
            Backing::Redis(server) => (None, server.url()),
        };
        let (database, limits) = (Arc::clone(&self.database), self.limits.clone());
        let start = async move {
            let broker: Arc<dyn Broker> = match memory {
                Some(memory) => memory,
                None => Redis::connect(&url, limits).await.unwrap(),
            };
            let node = Node::start(broker, database.clone(), database.clone(), settings).await.unwrap();
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
            let site = format!("http://{}", listener.local_addr().unwrap());
            let routes = app::routes(&node, database);
            tokio::spawn(serve(listener, routes).into_future());
            (node, site)
        };
        let (node, site) = runtime.spawn(start).await.unwrap();
        self.nodes.push(Running { node, site, runtime: Some(runtime) });
        self.nodes.len() - 1
    }

    /// Kills a node: no farewell, and nothing of it goes on.
    pub fn kill(&mut self, node: usize) {
        self.nodes[node].kill();
    }

    pub fn node(&self, node: usize) -> &Node {
        &self.nodes[node].node
    }

    /// Where a node is found.
    pub fn site(&self, node: usize) -> &str {
        &self.nodes[node].site
    }

    /// A page of the first node, in a browser of its own.
    pub async fn page(&self, user: &str) -> Page {
        self.page_at(0, user).await
    }

    pub async fn page_at(&self, node: usize, user: &str) -> Page {
        Page::open(&Browser::of(user), self.site(node), self.transport).await
    }

    /// A page that is present in the room.
    pub async fn joined(&self, user: &str) -> Page {
        let page = self.page(user).await;
        page.join(ROOM, json!({})).await;
        page
    }

    /// A page that looks on over a socket, whatever the others use.
    pub async fn onlooker(&self) -> Page {
        let page = Page::open(&Browser::of("onlooker"), self.site(0), Transport::Socket).await;
        page.follow(ROOM).await;
        page
    }

    /// Where the room's log stands.
    pub async fn top(&self) -> Position {
        self.nodes[0].node.broker().check(&room()).await.unwrap().top
    }

    /// Says something in the room, as the server itself.
    pub async fn announce(&self, text: &str) -> Position {
        self.nodes[0].node.publish(&room(), &said(text)).await.unwrap()
    }

    pub async fn announce_all(&self, texts: &[&str]) {
        for text in texts {
            self.announce(text).await;
        }
    }

    /// How the room's lock stands.
    pub async fn pen(&self) -> LockState {
        self.nodes[0].node.broker().lock(&room(), &"pen".parse().unwrap()).await.unwrap()
    }

    /// Redis forgets everything.
    pub fn lose_everything(&mut self) {
        match &mut self.backing {
            Backing::Memory(_) => unreachable!("memory forgets with the process"),
            Backing::Redis(server) => server.start_again(),
        }
    }
}

pub fn room() -> ChannelName {
    ROOM.parse().unwrap()
}

pub fn said(text: &str) -> Entry {
    Entry::said(&text, None, Default::default(), None).unwrap()
}

/// Says something in the room, for ever.
pub async fn say(page: &mut Page, text: &str) -> Result<u64, Fault> {
    page.call(app::Say::PATH, json!({ "room": ROOM, "text": text })).await
}

/// Does something with the room's lock.
pub async fn pen(page: &mut Page, what: &str, to: Option<&Page>) -> Result<LockState, Fault> {
    let to = to.map(Page::client);
    page.call(app::Lock::PATH, json!({ "room": ROOM, "name": "pen", "what": what, "to": to })).await
}

/// Asks again and again until the answer is yes.
pub async fn until<F: Future<Output = bool>>(what: &str, mut ask: impl FnMut() -> F) {
    let patience = Instant::now() + crate::support::client::PATIENCE;
    while !ask().await {
        assert!(Instant::now() < patience, "it never happened: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
