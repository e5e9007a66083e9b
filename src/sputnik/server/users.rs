//! Which connections belong to which user, so that signing out anywhere ends them everywhere.

use super::hub::{Hub, News, Reading};
use crate::sputnik::{
    frame::ServerFrame,
    message::Entry,
    names::{ChannelName, UserId},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

/// The channel on which nodes tell each other who signed out.
pub(super) fn signed_out() -> ChannelName {
    "@signed-out".parse().unwrap_or_else(|_| unreachable!("it is a channel's name"))
}

/// This node's connections, by user.
#[derive(Default)]
pub struct Users(Mutex<HashMap<UserId, Vec<Weak<News>>>>);

impl Users {
    /// Notes a connection of a user; forgotten when `news` is dropped.
    pub(super) fn connected(&self, user: &UserId, news: &Arc<News>) {
        let mut users = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let connections = users.entry(user.clone()).or_default();
        connections.retain(|other| other.strong_count() > 0);
        connections.push(Arc::downgrade(news));
    }

    fn sign_out(&self, user: &UserId) {
        let mut users = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for news in users.remove(user).into_iter().flatten().filter_map(|news| news.upgrade()) {
            news.sign_out();
        }
        users.retain(|_, connections| connections.iter().any(|news| news.strong_count() > 0));
    }

    /// Hears from all nodes who signed out, until it is dropped.
    pub(super) async fn hear(self: Arc<Self>, hub: Arc<Hub>) {
        const RETRY: Duration = Duration::from_secs(1);
        let (channel, news) = (signed_out(), Arc::new(News::default()));
        let feed = loop {
            match hub.follow(&channel, &news).await {
                Ok(feed) => break feed,
                Err(error) => tracing::warn!(%error, "cannot hear of sign-outs; it is tried again"),
            }
            tokio::time::sleep(RETRY).await;
        };
        let mut at = feed.top();
        loop {
            let Some(after) = at.clone() else { return };
            match hub.read(&feed, &after, 100).await {
                Ok(Reading::Lines(lines)) => {
                    for line in lines {
                        at = Some(super::Position::new(after.epoch.clone(), line.offset));
                        if let Ok(ServerFrame::Entry { entry: Entry::Said(said), .. }) =
                            serde_json::from_str(&line.frame)
                            && let Ok(user) = serde_json::from_str(said.body.get())
                        {
                            self.sign_out(&user);
                        }
                    }
                }
                Ok(Reading::UpToDate) => news.wait().await,
                Ok(Reading::Gap(top)) => at = Some(top),
                Err(error) => {
                    tracing::warn!(%error, "cannot hear of sign-outs; it is tried again");
                    tokio::time::sleep(RETRY).await;
                }
            }
        }
    }
}
