//! Nodes on one broker, each behind a way that can be cut, and an onlooker beside them who reads the whole log.

use crate::{
    app::{self, Database},
    support::{cutting_proxy::CuttingProxy, redis_server::RedisServer},
};
use sputnik::{
    ChannelName, Epoch, Position,
    protocol::message::Entry,
    server::{
        Node, Settings,
        broker::{Broker, Limits, Since, memory::Memory, redis::Redis},
        serve,
    },
};
use std::{
    collections::{BTreeMap, HashMap},
    net::Ipv4Addr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{net::TcpListener, runtime::Runtime, sync::watch, task::JoinHandle, time::sleep};

/// The channel everything happens in.
pub const ROOM: &str = "room/7";

pub fn room() -> ChannelName {
    ROOM.parse().unwrap()
}

/// Short enough that leases run out while faults last, long enough that a busy machine alone is none.
pub fn settings() -> Settings {
    Settings {
        lease: Duration::from_millis(2_400),
        grace: Duration::from_millis(800),
        ping: Duration::from_millis(400),
        long_poll: Duration::from_millis(900),
        check: Duration::from_millis(500),
        ..Settings::default()
    }
}

/// So few that somebody who slept is left behind, and so many that the onlooker is not.
pub const LOG: usize = 400;

fn limits() -> Limits {
    Limits { log_entries: LOG, ..Limits::default() }
}

/// The logs of the room, by epoch and offset.
pub type Logs = HashMap<Epoch, BTreeMap<u64, String>>;

pub struct World {
    pub nodes: Vec<Place>,
    pub database: Arc<Database>,
    pub redis: Option<RedisServer>,
    /// The broker, as the onlooker reaches it: by no way that is ever cut.
    broker: watch::Sender<Arc<dyn Broker>>,
    pub logs: Arc<Mutex<Logs>>,
    looking: JoinHandle<()>,
}

/// Where a node is found, whether it lives or not.
pub struct Place {
    /// From the clients to the node.
    pub front: CuttingProxy,
    /// From the node to Redis.
    pub back: Option<CuttingProxy>,
    /// Where the node itself listens.
    pub port: u16,
    pub node: Option<Node>,
    runtime: Option<Runtime>,
}

impl World {
    /// Two nodes on one Redis.
    pub async fn on_redis() -> Self {
        let redis = RedisServer::start();
        let broker = Redis::connect(&redis.url(), limits()).await.unwrap();
        let mut world = Self::of(broker, Some(redis));
        for _ in 0..2 {
            world.add_place().await;
        }
        world
    }

    /// One node, which holds everything in its memory.
    pub async fn in_memory() -> Self {
        let mut world = Self::of(Memory::new(limits()), None);
        world.add_place().await;
        world
    }

    fn of(broker: Arc<dyn Broker>, redis: Option<RedisServer>) -> Self {
        let (broker, brokers) = watch::channel(broker);
        let logs = Arc::new(Mutex::default());
        let looking = tokio::spawn(look_on(brokers, Arc::clone(&logs)));
        Self { nodes: Vec::new(), database: Arc::default(), redis, broker, logs, looking }
    }

    async fn add_place(&mut self) {
        let back = match &self.redis {
            Some(redis) => Some(CuttingProxy::start(redis.port()).await),
            None => None,
        };
        self.nodes.push(Place { front: CuttingProxy::start(1).await, back, port: 0, node: None, runtime: None });
        self.start_node(self.nodes.len() - 1).await;
    }

    /// Starts a node at its place.
    pub async fn start_node(&mut self, at: usize) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let url = self.nodes[at].back.as_ref().map(CuttingProxy::url);
        let (database, broker) = (Arc::clone(&self.database), self.broker());
        let start = async move {
            let broker = match url {
                Some(url) => Redis::connect(&url, limits()).await.unwrap(),
                None => broker,
            };
            let node = Node::start(broker, database.clone(), database.clone(), settings()).await.unwrap();
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
            let port = listener.local_addr().unwrap().port();
            let routes = app::routes(&node, database);
            tokio::spawn(serve(listener, routes).into_future());
            (node, port)
        };
        let (node, port) = runtime.spawn(start).await.unwrap();
        self.nodes[at].node = Some(node);
        self.nodes[at].port = port;
        self.nodes[at].front.lead_to(port);
        self.nodes[at].runtime = Some(runtime);
    }

    /// Kills a node: no farewell, and nothing of it goes on. What is only in its memory is lost.
    pub fn kill(&mut self, at: usize) {
        let place = &mut self.nodes[at];
        if let Some(runtime) = place.runtime.take() {
            runtime.shutdown_background();
        }
        place.front.cut();
        if self.redis.is_none() {
            self.broker.send_replace(Memory::new(limits()));
        }
    }

    pub fn broker(&self) -> Arc<dyn Broker> {
        self.broker.borrow().clone()
    }

    pub fn sites(&self) -> Vec<String> {
        self.nodes.iter().map(|place| place.front.site()).collect()
    }

    /// Where the onlooker knows the log to stand.
    pub async fn top(&self) -> Option<Position> {
        Some(self.broker().check(&room()).await.ok()?.top)
    }

    /// Whether the onlooker has read the log up to here.
    pub fn has_read(&self, at: &Position) -> bool {
        let logs = self.logs.lock().unwrap_or_else(PoisonError::into_inner);
        let read = logs.get(&at.epoch).and_then(|log| log.last_key_value()).map_or(0, |(offset, _)| *offset);
        read >= at.offset
    }

    /// Says so much that whoever does not listen now is left behind; the onlooker is waited for.
    pub async fn flood(&self) {
        let broker = self.broker();
        let line = Entry::said(&"flood", None, sputnik::protocol::message::Audience::All, None).unwrap().to_json();
        for _ in 0..(LOG + 200) / 50 {
            let mut last = None;
            // Slowly enough that whoever listens keeps up.
            sleep(Duration::from_millis(40)).await;
            for _ in 0..50 {
                match broker.publish(&room(), line.clone().into(), None).await {
                    Ok(at) => last = Some(at),
                    Err(_) => return,
                }
            }
            let patience = tokio::time::Instant::now() + Duration::from_secs(2);
            while last.as_ref().is_some_and(|last| !self.has_read(last)) && tokio::time::Instant::now() < patience {
                sleep(Duration::from_millis(2)).await;
            }
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.looking.abort();
        for at in 0..self.nodes.len() {
            if let Some(runtime) = self.nodes[at].runtime.take() {
                runtime.shutdown_background();
            }
        }
    }
}

/// Reads the log from its beginning, whenever it begins anew.
async fn look_on(brokers: watch::Receiver<Arc<dyn Broker>>, logs: Arc<Mutex<Logs>>) {
    let mut at: Option<Position> = None;
    loop {
        let broker = brokers.borrow().clone();
        let since = match &at {
            Some(at) => broker.since(&room(), at, 1_000).await,
            None => Ok(Since::Gap),
        };
        match since {
            Ok(Since::Entries(entries)) => {
                let at = at.as_mut().expect("it was asked after a position");
                let mut logs = logs.lock().unwrap_or_else(PoisonError::into_inner);
                let log = logs.entry(at.epoch.clone()).or_default();
                for (offset, entry) in entries {
                    let entry: Entry = serde_json::from_slice(&entry).expect("an entry");
                    log.insert(offset, entry.to_json());
                    at.offset = offset;
                }
            }
            Ok(Since::Gap) => {
                if let Ok(check) = broker.check(&room()).await {
                    let beginning = Position::new(check.top.epoch, 0);
                    // Of a log it has read already it read too slowly: that there is a hole will be found.
                    at = Some(if at.as_ref().is_some_and(|at| at.epoch == beginning.epoch) {
                        Position::new(beginning.epoch, check.top.offset)
                    } else {
                        beginning
                    });
                }
            }
            Err(_) => {}
        }
        sleep(Duration::from_millis(10)).await;
    }
}

/// Asks again and again until the answer is yes.
pub async fn until(what: &str, time: Duration, mut is: impl AsyncFnMut() -> bool) {
    let patience = tokio::time::Instant::now() + time;
    while !is().await {
        assert!(tokio::time::Instant::now() < patience, "it never happened: {what}");
        sleep(Duration::from_millis(20)).await;
    }
}
