//! Sleeps until the next lease in a followed channel runs out, and then lets leave whoever is due.
//!
//! There is no index of all channels and no scan: a channel is looked at when its next deadline comes, and at the
//! latest after the check interval, which also finds a lost wake. Channels nobody follows need no janitor: every
//! operation of the [broker](crate::server::broker) lets leave whoever is due before it looks.

use crate::{protocol::names::ChannelName, server::channels::hub::Hub};
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};
use tokio::time::Instant;

/// How long after a deadline a channel is looked at: one look then finds all that run out together.
const SLACK: Duration = Duration::from_millis(20);
/// How long it takes at most until a newly followed channel is known here.
const NEWCOMERS: Duration = Duration::from_secs(1);

/// Runs until it is dropped.
pub(crate) async fn run(hub: Arc<Hub>, check_every: Duration) {
    let mut due: BTreeSet<(Instant, ChannelName)> = BTreeSet::new();
    let mut known: HashMap<ChannelName, Instant> = HashMap::new();
    loop {
        let now = Instant::now();
        for channel in hub.channels() {
            known.entry(channel).or_insert_with_key(|channel| {
                due.insert((now, channel.clone()));
                now
            });
        }
        while let Some((at, channel)) = due.first().cloned()
            && at <= Instant::now()
        {
            due.pop_first();
            let next = match hub.check(&channel).await {
                None => {
                    known.remove(&channel);
                    continue;
                }
                Some(Ok(check)) => check.next_due.map_or(check_every, |next| (next + SLACK).min(check_every)),
                Some(Err(error)) => {
                    tracing::warn!(%channel, %error, "cannot check the channel; it is tried again");
                    check_every
                }
            };
            let at = Instant::now() + next;
            known.insert(channel.clone(), at);
            due.insert((at, channel));
        }
        let next = due.first().map_or(NEWCOMERS, |(at, _)| at.saturating_duration_since(Instant::now()));
        tokio::time::sleep(next.min(NEWCOMERS)).await;
    }
}
