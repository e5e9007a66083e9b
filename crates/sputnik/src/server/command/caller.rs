//! What a command's author has at hand: who asks, from which client, and the means to answer everybody else.

use super::{context::CommandContext, queue::QueueSlot};
use crate::{
    protocol::{
        fault::Fault,
        message::{Audience, Entry},
        names::{ChannelName, ClientId, LockName, UserId},
        position::Position,
        roster::{LockState, Roster},
    },
    server::{address::Address, gate::User, node::Node, once::command_store::Asked},
};
use serde::Serialize;
use std::{sync::Arc, time::Duration};

/// Who runs this command, and from where. Every server function gets one with [`Caller::current`].
#[derive(Clone)]
pub struct Caller {
    /// The node that answers.
    pub node: Node,
    /// The signed-in person.
    pub user: Option<User>,
    /// Where the command comes from; `None` where it came over no connection.
    pub address: Option<Address>,
    /// The command's client and UID, and what it is; `None` for a plain form post, or while a page is rendered.
    pub call: Option<Asked>,
    /// To be released when the next command of the same client may begin; most keep it until they are answered.
    pub slot: QueueSlot,
}

impl Caller {
    /// The caller of the server function that is running. What else it needs of its request it takes before this: while a
    /// page is rendered, what the request brought may be gone when the caller is known, and the part of the page with it.
    ///
    /// # Errors
    /// When called outside a server function, or when who they are cannot be found out.
    pub async fn current() -> Result<Self, Fault> {
        let Some(parts) = leptos::prelude::use_context::<http::request::Parts>() else {
            tracing::error!("a caller was asked for outside a request");
            return Err(Fault::internal());
        };
        Self::of(&parts).await
    }

    /// The caller of a request that is no server function: a file that is fetched or sent.
    ///
    /// # Errors
    /// When who they are cannot be found out.
    pub async fn of(parts: &http::request::Parts) -> Result<Self, Fault> {
        let Some(node) = parts.extensions.get::<Node>().cloned() else {
            tracing::error!("the node is not among the request's extensions");
            return Err(Fault::internal());
        };
        let address = Address::of(&parts.extensions);
        let Some(sent) = parts.extensions.get::<Arc<CommandContext>>() else {
            let user = node.gate().who(parts).await?;
            return Ok(Self { node, user, address, call: None, slot: QueueSlot::default() });
        };
        Ok(Self { node, user: sent.user().cloned(), address, call: sent.asked().cloned(), slot: sent.slot.clone() })
    }

    /// The client that sent the command.
    #[must_use]
    pub fn client(&self) -> Option<&ClientId> {
        self.call.as_ref().map(|call| &call.key.client)
    }

    /// The client that sent the command, where it must have one: to hold a lock, say.
    ///
    /// # Errors
    /// When it was a plain form post.
    pub fn require_client(&self) -> Result<&ClientId, Fault> {
        self.client().ok_or_else(|| Fault::bad_request("This needs a live page: please switch JavaScript on."))
    }

    /// The signed-in person, where there must be one.
    ///
    /// # Errors
    /// When nobody is signed in.
    pub fn require_user(&self) -> Result<&User, Fault> {
        self.user.as_ref().ok_or_else(Fault::not_signed_in)
    }

    /// Says something on a channel that is not bound to any change of the database. What is, goes through the
    /// application's [`CommandStore`](crate::server::once::command_store::CommandStore) instead, in the change's own transaction.
    ///
    /// # Errors
    /// When the broker is out of reach.
    pub async fn publish<M: Serialize>(
        &self,
        channel: &ChannelName,
        message: &M,
        to: Audience,
    ) -> Result<Position, Fault> {
        let entry =
            Entry::said(message, self.call.as_ref().map(|call| &call.key), to, None).map_err(|_| Fault::internal())?;
        self.node.publish(channel, &entry).await
    }

    /// Says something to one client, if it is there to hear.
    ///
    /// # Errors
    /// When the broker is out of reach.
    pub async fn tell_client<M: Serialize>(&self, client: &ClientId, message: &M) -> Result<Position, Fault> {
        self.publish(&ChannelName::of_client(client), message, Audience::All).await
    }

    /// Says something to every client of one user.
    ///
    /// # Errors
    /// When the broker is out of reach.
    pub async fn tell_user<M: Serialize>(&self, user: &UserId, message: &M) -> Result<Position, Fault> {
        self.publish(&ChannelName::of_user(user), message, Audience::All).await
    }

    /// Who is in a channel, and who holds what there.
    ///
    /// # Errors
    /// When the broker is out of reach.
    pub async fn roster(&self, channel: &ChannelName) -> Result<Roster, Fault> {
        Ok(self.node.broker().roster(channel).await?)
    }

    /// Whether a client is connected, and if so, how long ago its last command was.
    ///
    /// # Errors
    /// When the broker is out of reach.
    pub async fn idle(&self, client: &ClientId) -> Result<Option<Duration>, Fault> {
        self.node.idle(client).await
    }

    /// Takes a lock for this client, or stands it in the queue where `wait` is set. `floor` is the highest fence the
    /// application's database has seen.
    ///
    /// # Errors
    /// When the client is not present in the channel, the queue is full, or the broker is out of reach.
    pub async fn acquire(
        &self,
        channel: &ChannelName,
        lock: &LockName,
        wait: bool,
        floor: u64,
    ) -> Result<LockState, Fault> {
        Ok(self.node.broker().acquire(channel, lock, self.require_client()?, wait, floor).await?)
    }

    /// Gives a lock up, or the place in its queue.
    ///
    /// # Errors
    /// When the broker is out of reach.
    pub async fn release(&self, channel: &ChannelName, lock: &LockName) -> Result<LockState, Fault> {
        Ok(self.node.broker().release(channel, lock, self.require_client()?).await?)
    }

    /// Passes a lock this client holds to another client in the channel.
    ///
    /// # Errors
    /// When this client does not hold it, the other is not present, or the broker is out of reach.
    pub async fn hand_over(
        &self,
        channel: &ChannelName,
        lock: &LockName,
        to: &ClientId,
        floor: u64,
    ) -> Result<LockState, Fault> {
        Ok(self.node.broker().hand_over(channel, lock, self.require_client()?, to, floor).await?)
    }

    /// Takes a lock for this client, whoever holds it. Whether it may is the command's to ask first.
    ///
    /// # Errors
    /// When this client is not present in the channel, or the broker is out of reach.
    pub async fn take_over(&self, channel: &ChannelName, lock: &LockName, floor: u64) -> Result<LockState, Fault> {
        Ok(self.node.broker().take_over(channel, lock, self.require_client()?, floor).await?)
    }

    /// How a lock stands.
    ///
    /// # Errors
    /// When the broker is out of reach.
    pub async fn lock(&self, channel: &ChannelName, lock: &LockName) -> Result<LockState, Fault> {
        Ok(self.node.broker().lock(channel, lock).await?)
    }
}
