//! Nodes that share a database must share a broker too: otherwise pages on different nodes do not hear each other, and
//! nothing looks wrong. Each node notes in the database by which broker it talks, and one that would be deaf to those
//! that are there does not start.

use crate::database::{Database, Noted, Stranger};
use sputnik::{
    ChannelName, Fault,
    server::{Node, broker::BrokerError},
};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::time::{Instant, sleep, timeout};

/// How often a node notes that it is there.
const BEAT: Duration = Duration::from_secs(5);
/// How long after its last note a node is taken for gone.
const GONE: Duration = Duration::from_secs(15);
/// How often one that waits to come in looks whether it may.
const LOOK: Duration = Duration::from_millis(500);
/// How often in a row another broker must be met before it is said to be another. When a broker has lost what it knew,
/// nodes learn that within a beat of each other.
const SURE: u32 = 3;
/// How long noting that a node goes may take.
const FAREWELL: Duration = Duration::from_secs(2);

/// Why a node may not share a database with those that are there.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Another node talks by another broker.
    #[error(
        "another node ({0}) uses this database and talks by another broker, so pages on the two would not hear each \
         other. Give both the same Redis (--redis or REDIS_URL), or stop the other one"
    )]
    Stranger(String),
    /// The broker does not say which it is.
    #[error("{0}")]
    Broker(#[from] BrokerError),
    /// The database cannot be asked or written.
    #[error("{0}")]
    Database(#[from] Fault),
}

/// A node among those that share its database. With a database of its own it is alone, and all of this does nothing.
#[derive(Clone)]
pub struct Neighbours {
    database: Database,
    node: Node,
    place: String,
    /// Since how many beats a stranger is met, and who it is.
    met: Arc<Mutex<(u32, String)>>,
}

impl Neighbours {
    /// Comes in. Waits for a node that may be gone without a word, for up to a quarter of a minute.
    ///
    /// # Errors
    /// When there is a node that talks by another broker. When the database or the broker is out of reach.
    pub async fn enter(database: &Database, node: &Node, place: String) -> Result<Self, Refused> {
        let neighbours = Self { database: database.clone(), node: node.clone(), place, met: Arc::default() };
        if !database.is_shared() {
            return Ok(neighbours);
        }
        let mut before: Option<Stranger> = None;
        let begun = Instant::now();
        loop {
            let noted = neighbours.noted().await?;
            let Some(stranger) = database.note_node(&noted, GONE).await? else { return Ok(neighbours) };
            match &before {
                // It noted itself again since, and still talks by another.
                Some(before) if before.id == stranger.id && before.seen < stranger.seen => {
                    return Err(Refused::Stranger(stranger.place));
                }
                // Many that come and go one after the other are no better than one that stays.
                Some(_) if begun.elapsed() > 2 * GONE => return Err(Refused::Stranger(stranger.place)),
                Some(before) if before.id == stranger.id => {}
                _ => {
                    tracing::warn!(
                        place = stranger.place,
                        "a node with another broker was here lately; looking whether it still is"
                    );
                    before = Some(stranger);
                }
            }
            sleep(LOOK).await;
        }
    }

    /// Notes again and again that this node is there. Never returns.
    pub async fn keep(self) {
        if !self.database.is_shared() {
            return std::future::pending().await;
        }
        // What it was when it was last asked serves while it is out of reach.
        let mut last: Option<Noted> = None;
        loop {
            sleep(BEAT).await;
            match self.noted().await {
                Ok(noted) => last = Some(noted),
                Err(error) => tracing::debug!(%error, "the broker does not say which it is"),
            }
            let Some(noted) = &last else { continue };
            match self.database.note_node(noted, GONE).await {
                Ok(stranger) => self.look(stranger),
                Err(fault) => tracing::warn!(%fault, "that this node is here could not be noted"),
            }
        }
    }

    fn look(&self, stranger: Option<Stranger>) {
        let mut met = self.met.lock().unwrap_or_else(PoisonError::into_inner);
        *met = match stranger {
            None => (0, String::new()),
            Some(stranger) => (met.0.saturating_add(1), stranger.place),
        };
        if met.0 >= SURE {
            tracing::error!(place = met.1, "another node uses this database and talks by another broker");
        }
    }

    /// Who shares the database and does not hear this node, if anybody.
    #[must_use]
    pub fn stranger(&self) -> Option<String> {
        let met = self.met.lock().unwrap_or_else(PoisonError::into_inner);
        (met.0 >= SURE).then(|| met.1.clone())
    }

    /// Notes that this node is no longer there.
    pub async fn leave(&self) {
        if self.database.is_shared()
            && timeout(FAREWELL, self.database.forget_node(self.node.id().as_str())).await.is_err()
        {
            tracing::debug!("that this node goes could not be noted; it will be missed");
        }
    }

    async fn noted(&self) -> Result<Noted, BrokerError> {
        // Every channel's epoch is chosen by the broker, so whoever sees the same epoch talks by the same broker.
        let channel: ChannelName = "@broker".parse().unwrap_or_else(|_| unreachable!("it is a good name"));
        let broker = self.node.broker().check(&channel).await?.top.epoch.to_string();
        Ok(Noted { id: self.node.id().to_string(), place: self.place.clone(), broker })
    }
}
