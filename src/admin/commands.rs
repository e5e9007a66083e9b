//! What administrators ask of the site. To everybody else there is no such thing.

#![expect(missing_docs, reason = "the fields of what the macro makes of a server function's arguments")]

#[cfg(feature = "ssr")]
use crate::sputnik::server::{Caller, audit};
use crate::sputnik::{
    client::Sputnik,
    fault::Fault,
    names::{ChannelName, ClientId, LockName},
    overview::NodeOverview,
};
use leptos::{prelude::*, server_fn::codec::Json};

/// How the node that answers stands; the others tell by themselves.
#[server(prefix = "/command", input = Json, client = Sputnik)]
pub async fn look() -> Result<NodeOverview, Fault> {
    let Admin(caller) = Admin::current().await?;
    Ok(caller.node.overview().await)
}

/// Ends a client: its connections close, and its page comes back by itself as a new one.
#[server(prefix = "/command", input = Json, client = Sputnik)]
pub async fn end_client(client: ClientId) -> Result<(), Fault> {
    let Admin(caller) = Admin::current().await?;
    let ended = caller.node.end_client(&client).await;
    audit::act("end_client").of(&caller).about(&client).ended(&ended);
    ended
}

/// Takes a lock from the client that holds it.
#[server(prefix = "/command", input = Json, client = Sputnik)]
pub async fn free_lock(channel: ChannelName, lock: LockName, holder: ClientId) -> Result<(), Fault> {
    let Admin(caller) = Admin::current().await?;
    let freed = caller.node.free_lock(&channel, &lock, &holder).await;
    audit::act("free_lock").of(&caller).about(format_args!("{lock} in {channel}, held by {holder}")).ended(&freed);
    freed.map(drop)
}

/// A caller who may do all of this.
#[cfg(feature = "ssr")]
struct Admin(Caller);

#[cfg(feature = "ssr")]
impl Admin {
    /// Whoever may see the overview is an administrator: the gate says it once for both.
    async fn current() -> Result<Self, Fault> {
        let caller = Caller::current().await?;
        let admitted = caller.node.gate().admit(caller.user.as_ref(), &ChannelName::overview()).await;
        if admitted.is_err() {
            audit::act("administer").of(&caller).ended(&admitted);
        }
        admitted?;
        Ok(Self(caller))
    }
}
