//! Whether a node hears what it says: an entry goes the way every entry goes, through the broker and back.
//!
//! That the broker answers is not enough to know: a connection by which wakes should come can be dead while the one by
//! which entries go is well, and then everybody here is deaf and nothing looks wrong.

use crate::{
    protocol::{
        fault::Fault,
        message::{Audience, Entry},
        names::{ChannelName, ClientId},
    },
    server::{
        broker::Log,
        channels::{hub::Hub, reader::News},
    },
};
use bytes::Bytes;
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;

/// How long an entry may take from here to here.
const PATIENCE: Duration = Duration::from_secs(2);

/// Has a node say something to itself through the broker, and waits until it hears it. The channel is the node's alone:
/// nodes do not wake each other by their probes.
///
/// # Errors
/// When the broker is out of reach, or what it was told does not come back within two seconds.
pub(crate) async fn probe(node: &ClientId, log: &dyn Log, hub: &Arc<Hub>) -> Result<(), Fault> {
    let name = format!("@probe/{node}");
    let channel: ChannelName = name.parse().unwrap_or_else(|_| unreachable!("a node's id is a word"));
    let news = Arc::new(News::default());
    let feed = hub.follow(&channel, &news).await?;
    let entry = Entry::said(&(), None, Audience::All, None).map_err(|_| Fault::internal())?;
    let at = log.publish(&channel, Bytes::from(entry.to_json()), None).await?;
    let heard = async {
        while feed.top().is_none_or(|top| top.epoch == at.epoch && top.offset < at.offset) {
            news.wait().await;
        }
    };
    let deaf = "What this node says to the broker does not come back.";
    timeout(PATIENCE, heard).await.map_err(|_| Fault::temporary(deaf))
}
