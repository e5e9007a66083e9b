//! Which connections belong to which user, so that signing out anywhere ends them everywhere.

use crate::{
    protocol::{
        frame::ServerFrame,
        message::{Audience, Entry},
        names::{ChannelName, UserId},
    },
    server::{
        broker::{Answer, Log},
        channels::{
            hub::Hub,
            reader::{News, Reading},
        },
    },
};
use bytes::Bytes;
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::time::{Instant, interval_at, timeout};

/// The channel on which nodes tell each other who signed out.
pub(crate) fn signed_out() -> ChannelName {
    "@signed-out".parse().unwrap_or_else(|_| unreachable!("it is a channel's name"))
}

/// How many sign-outs are remembered that the other nodes could not be told of.
const UNTOLD: usize = 10_000;
/// How long to wait before what failed is tried again.
const RETRY: Duration = Duration::from_secs(1);
/// How often something is said on the channel, so that its log does not go because nobody signed out for long: whoever
/// listens there would have to take that for a loss.
const ALIVE: Duration = Duration::from_secs(20);

/// This node's connections, by user.
#[derive(Default)]
pub struct Users {
    connections: Mutex<HashMap<UserId, Vec<Weak<News>>>>,
    /// Who signed out, and the other nodes do not know it.
    untold: Mutex<Vec<UserId>>,
    /// How often connections were ended here.
    ended: AtomicU64,
}

impl Users {
    /// Notes a connection of a user; forgotten when `news` is dropped.
    pub(crate) fn connected(&self, user: &UserId, news: &Arc<News>) {
        let mut users = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        let connections = users.entry(user.clone()).or_default();
        connections.retain(|other| other.strong_count() > 0);
        connections.push(Arc::downgrade(news));
    }

    /// Ends what is connected of a user: here at once, and on the other nodes as soon as they can be told.
    pub(crate) async fn tell_sign_out(&self, user: &UserId, log: &dyn Log) -> Answer<()> {
        self.sign_out(user);
        let told = tell(user, log).await;
        if told.is_err() {
            let mut untold = self.untold.lock().unwrap_or_else(PoisonError::into_inner);
            if untold.len() < UNTOLD {
                untold.push(user.clone());
            } else {
                tracing::error!(%user, "too many signed out while the other nodes cannot be told: this is forgotten");
            }
        }
        told
    }

    /// Tells the other nodes what they could not be told before, and keeps the log of the channel, until it is dropped.
    pub(crate) async fn tell_again(self: Arc<Self>, log: Arc<dyn Log>) {
        let mut alive = interval_at(Instant::now() + ALIVE, ALIVE);
        loop {
            let user = self.untold.lock().unwrap_or_else(PoisonError::into_inner).first().cloned();
            let Some(user) = user else {
                if timeout(RETRY, alive.tick()).await.is_ok() {
                    // Nobody is told anything by this. Where it fails, the next one does it.
                    drop(log.publish(&signed_out(), Bytes::from(Entry::Recheck.to_json()), None).await);
                }
                continue;
            };
            match tell(&user, &*log).await {
                Ok(()) => {
                    self.untold.lock().unwrap_or_else(PoisonError::into_inner).retain(|other| *other != user);
                }
                Err(error) => {
                    tracing::warn!(%user, %error, "cannot tell of a sign-out; it is tried again");
                    tokio::time::sleep(RETRY).await;
                }
            }
        }
    }

    /// Changes whenever connections are ended here. Whoever finds out who somebody is compares it before and after: they
    /// may have signed out meanwhile.
    pub(crate) fn ended(&self) -> u64 {
        self.ended.load(Ordering::SeqCst)
    }

    /// Ends what is connected here of a user.
    fn sign_out(&self, user: &UserId) {
        self.ended.fetch_add(1, Ordering::SeqCst);
        let mut users = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        for news in users.remove(user).into_iter().flatten().filter_map(|news| news.upgrade()) {
            news.sign_out();
        }
        users.retain(|_, connections| connections.iter().any(|news| news.strong_count() > 0));
    }

    /// Has everybody who is connected here asked anew who they are.
    fn ask_everyone(&self) {
        self.ended.fetch_add(1, Ordering::SeqCst);
        let users = std::mem::take(&mut *self.connections.lock().unwrap_or_else(PoisonError::into_inner));
        for news in users.into_values().flatten().filter_map(|news| news.upgrade()) {
            news.ask_anew();
        }
    }

    /// Hears from all nodes who signed out, until it is dropped.
    pub(crate) async fn hear(self: Arc<Self>, hub: Arc<Hub>) {
        let (channel, news) = (signed_out(), Arc::new(News::default()));
        let mut late = false;
        let feed = loop {
            match hub.follow(&channel, &news).await {
                Ok(feed) => break feed,
                Err(error) => tracing::warn!(%error, "cannot hear of sign-outs; it is tried again"),
            }
            late = true;
            tokio::time::sleep(RETRY).await;
        };
        if late {
            // Who signed out before this is not known either.
            self.ask_everyone();
        }
        let mut at = feed.top();
        loop {
            let Some(after) = at.clone() else { return };
            match hub.read(&feed, &after, 100).await {
                Ok(Reading::Lines(lines)) => {
                    for line in lines {
                        at = Some(crate::protocol::position::Position::new(after.epoch.clone(), line.offset));
                        if let Ok(ServerFrame::Entry { entry: Entry::Said(said), .. }) =
                            serde_json::from_str(&line.frame)
                            && let Ok(user) = serde_json::from_str(said.body.get())
                        {
                            self.sign_out(&user);
                        }
                    }
                }
                Ok(Reading::UpToDate) => news.wait().await,
                Ok(Reading::Gap(top)) => {
                    // Who signed out meanwhile is not known.
                    self.ask_everyone();
                    at = Some(top);
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot hear of sign-outs; it is tried again");
                    tokio::time::sleep(RETRY).await;
                }
            }
        }
    }
}

async fn tell(user: &UserId, log: &dyn Log) -> Answer<()> {
    let Ok(entry) = Entry::said(user, None, Audience::All, None) else { return Ok(()) };
    log.publish(&signed_out(), Bytes::from(entry.to_json()), None).await.map(drop)
}
