//! Whether a node hears what it says: an entry goes the way every entry goes, through the broker and back.
//!
//! That the broker answers is not enough to know: a connection by which wakes should come can be dead while the one by
//! which entries go is well, and then everybody here is deaf and nothing looks wrong.

use super::{hub::News, node::Node};
use crate::sputnik::{
    fault::Fault,
    message::{Audience, Entry},
    names::ChannelName,
};
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;

/// How long an entry may take from here to here.
const PATIENCE: Duration = Duration::from_secs(2);

impl Node {
    /// Says something to itself through the broker, and waits until it hears it.
    ///
    /// # Errors
    /// When the broker is out of reach, or what it was told does not come back within two seconds.
    pub async fn probe(&self) -> Result<(), Fault> {
        let channel = self.probe_channel();
        let news = Arc::new(News::default());
        let feed = self.hub().follow(&channel, &news).await?;
        let entry = Entry::said(&(), None, Audience::All, None).map_err(|_| Fault::internal())?;
        let at = self.publish(&channel, &entry).await?;
        let heard = async {
            while feed.top().is_none_or(|top| top.epoch == at.epoch && top.offset < at.offset) {
                news.wait().await;
            }
        };
        let deaf = "What this node says to the broker does not come back.";
        timeout(PATIENCE, heard).await.map_err(|_| Fault::temporary(deaf))
    }

    /// A channel of this node alone: nodes do not wake each other by their probes.
    fn probe_channel(&self) -> ChannelName {
        let name = format!("@probe/{}", self.id());
        name.parse().unwrap_or_else(|_| unreachable!("a node's id is a word"))
    }
}
