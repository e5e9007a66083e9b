//! What was sent to whom, and is not put away yet.

use serde::{Deserialize, Serialize};
use sputnik::{Fault, UserId, command};
#[cfg(feature = "ssr")]
use {
    sputnik::{
        ChannelName,
        server::{Caller, MemoryStore},
    },
    std::{
        collections::BTreeMap,
        sync::{Arc, LazyLock},
    },
};

/// How many people have something in their inbox.
#[cfg(feature = "ssr")]
const PEOPLE: usize = 1_000;
/// How much there is in one.
#[cfg(feature = "ssr")]
const NOTIFICATIONS: usize = 50;
/// How long a text may be, in characters.
#[cfg(feature = "ssr")]
const LENGTH: usize = 200;

/// Something that somebody is to know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Notification {
    /// Counted from 1.
    pub number: u64,
    /// Who sent it.
    pub by: UserId,
    /// The words.
    pub text: String,
}

/// What the channel of a person says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// Something came.
    Came(Notification),
    /// It was put away, on whichever device.
    PutAway(u64),
}

/// The inbox of whoever asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    /// Who that is. Their channel is `@user/` and this.
    pub me: UserId,
    /// What is in it, the oldest first.
    pub inbox: Vec<Notification>,
}

/// The inboxes, and beside them which commands were done.
#[cfg(feature = "ssr")]
pub static INBOXES: LazyLock<Arc<MemoryStore<Inboxes>>> = LazyLock::new(Arc::default);

/// What everybody has in their inbox.
#[cfg(feature = "ssr")]
#[derive(Debug, Clone, Default)]
pub struct Inboxes {
    sent: u64,
    of: BTreeMap<UserId, Vec<Notification>>,
}

/// What is in one's inbox. Refused for whoever is not signed in.
#[command]
pub async fn open_inbox() -> Result<Opened, Fault> {
    let caller = Caller::current().await?;
    let me = caller.require_user()?.id.clone();
    let inbox = INBOXES.state().of.get(&me).cloned().unwrap_or_default();
    Ok(Opened { me, inbox })
}

/// Has somebody know something, wherever they are.
#[command]
pub async fn notify(to: String, text: String) -> Result<(), Fault> {
    let caller = Caller::current().await?;
    let by = caller.require_user()?.id.clone();
    let to: UserId = to.trim().to_lowercase().parse()?;
    if text.trim().is_empty() || text.chars().count() > LENGTH {
        return Err(Fault::bad_request(format!("A notification has between 1 and {LENGTH} characters.")));
    }
    INBOXES
        .run(&caller, |inboxes, outbox| {
            if inboxes.of.len() >= PEOPLE && !inboxes.of.contains_key(&to) {
                return Err(Fault::bad_request("There is no room for another person here."));
            }
            inboxes.sent += 1;
            let notification = Notification { number: inboxes.sent, by, text };
            let inbox = inboxes.of.entry(to.clone()).or_default();
            inbox.push(notification.clone());
            let too_many = inbox.len().saturating_sub(NOTIFICATIONS);
            inbox.drain(..too_many);
            outbox.say(&ChannelName::of_user(&to), &News::Came(notification))
        })
        .await
}

/// Puts something away, on all devices.
#[command]
pub async fn put_away(number: u64) -> Result<(), Fault> {
    let caller = Caller::current().await?;
    let me = caller.require_user()?.id.clone();
    INBOXES
        .run(&caller, |inboxes, outbox| {
            if let Some(inbox) = inboxes.of.get_mut(&me) {
                inbox.retain(|notification| notification.number != number);
                if inbox.is_empty() {
                    inboxes.of.remove(&me);
                }
            }
            outbox.say(&ChannelName::of_user(&me), &News::PutAway(number))
        })
        .await
}
