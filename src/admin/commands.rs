//! What administrators ask of the site. To everybody else there is no such thing.

#[cfg(feature = "ssr")]
use sputnik::server::{Caller, command::audit};
use sputnik::{ChannelName, ClientId, Fault, LockName, command, protocol::overview::NodeOverview};

/// How the node that answers stands; the others tell by themselves.
#[command]
pub async fn look() -> Result<NodeOverview, Fault> {
    let Admin(caller) = Admin::current().await?;
    Ok(caller.node.overview().await)
}

/// Ends a client: its connections close, and its page comes back by itself as a new one.
#[command]
pub async fn end_client(client: ClientId) -> Result<(), Fault> {
    let Admin(caller) = Admin::current().await?;
    let ended = caller.node.end_client(&client).await;
    audit::act("end_client").of(&caller).about(&client).ended(&ended);
    ended
}

/// Takes a lock from the client that holds it.
#[command]
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
