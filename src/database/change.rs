//! The unit of work of a command.

use super::{Database, Telling, ledger};
use serde::{Serialize, de::DeserializeOwned};
use sputnik::{
    ChannelName, Fault,
    server::{Node, command::caller::Caller, once::command_store::CommandStore},
};
use std::ops::{Deref, DerefMut};

/// What a command changes, that it was done, and what it says: one transaction.
///
/// ```ignore
/// let mut change = Change::begin(&database, &caller).await?;
/// let outcome = async {
///     rename(change.sql(), &book, &title).await?;
///     change.say(&channel, &Renamed { title }).await.map(drop)
/// };
/// let outcome = outcome.await;
/// change.finish(outcome).await
/// ```
/// Dropped without [`finish`](Change::finish), it leaves no trace. What it can say, and where, is a [`Telling`]'s.
pub struct Change {
    database: Database,
    caller: Caller,
    telling: Telling,
}

impl Deref for Change {
    type Target = Telling;

    fn deref(&self) -> &Telling {
        &self.telling
    }
}

impl DerefMut for Change {
    fn deref_mut(&mut self) -> &mut Telling {
        &mut self.telling
    }
}

impl Change {
    /// Begins a change on behalf of a caller.
    ///
    /// # Errors
    /// When the database is out of reach.
    pub async fn begin(database: &Database, caller: &Caller) -> Result<Self, Fault> {
        let telling = Telling::begin(database, caller.client().cloned()).await?;
        Ok(Self { database: database.clone(), caller: caller.clone(), telling })
    }

    /// Ends the change. A reply is recorded and all is committed, then what was said is published; a fault undoes
    /// everything. Should the same command have been done meanwhile (a retry that ran at the same time), this one
    /// changes nothing and answers what that one answered.
    ///
    /// # Errors
    /// The fault it was given, or that of the database; a conflict, where another command was done under its UID. Not being able to publish is no error: it is done later.
    pub async fn finish<T>(self, outcome: Result<T, Fault>) -> Result<T, Fault>
    where
        T: Serialize + DeserializeOwned,
    {
        match outcome {
            Ok(reply) => self.done(reply).await,
            Err(fault) => match self.undone().await? {
                Some(reply) => Ok(reply),
                None => Err(fault),
            },
        }
    }

    async fn done<T>(mut self, reply: T) -> Result<T, Fault>
    where
        T: Serialize + DeserializeOwned,
    {
        self.telling.give_back().await?;
        if let Some(call) = &self.caller.call {
            let json = serde_json::to_string(&reply).map_err(|error| {
                tracing::error!(%error, "a reply cannot be written as JSON");
                Fault::internal()
            })?;
            if ledger::record(self.telling.sql(), &[call], &json).await? == 0 {
                return self.undone().await?.ok_or_else(Fault::internal);
            }
        }
        let speaks = self.telling.commit().await?;
        publish(self.caller.node, speaks).await;
        Ok(reply)
    }

    /// Undoes everything, and looks whether the same command was done by another run of it.
    async fn undone<T: DeserializeOwned>(self) -> Result<Option<T>, Fault> {
        self.telling.undo().await;
        let Some(call) = &self.caller.call else {
            return Ok(None);
        };
        let Some(recorded) = self.database.recorded(&call.key).await? else {
            return Ok(None);
        };
        let reply = recorded.reply_to(call)?;
        serde_json::from_str(&reply).map(Some).map_err(|error| {
            // A newer node did it, and answered what this one cannot read. The caller can: the retry that this asks for is
            // answered with what is recorded, as it stands.
            tracing::warn!(%error, call = %call.key, "a recorded reply is not understood here");
            Fault::temporary("It was done, and its answer is fetched once more.")
        })
    }
}

/// Publishes what was committed on these channels. Not being able to is no error: it is done later.
pub(super) async fn publish(node: Node, channels: Vec<ChannelName>) {
    // On a task of its own: it goes on even if whoever asked hangs up now.
    let published = tokio::spawn(async move {
        for channel in channels {
            if let Err(fault) = node.publish_committed(&channel).await {
                tracing::warn!(%channel, %fault, "committed messages wait to be published");
            }
        }
    });
    if published.await.is_err() {
        tracing::error!("publishing committed messages broke off; it is taken up again");
    }
}
