//! The smallest application on the layer: everybody may enter, nothing is kept. `PORT` says where it listens,
//! `REDIS_URL` that the broker is Redis.

use axum::{
    Extension, Router,
    extract::Path,
    routing::{get, post},
};
use http::{header, request::Parts};
use sputnik::{
    ChannelName, Fault, UserId, command,
    protocol::message::{Audience, Entry},
    server::{
        Gate, MemoryStore, Node, Pass, Settings, User, around,
        broker::{Broker, Limits, memory::Memory, redis::Redis},
        promptly,
        rate_limit::Rate,
    },
};
use std::{env, error::Error, net::Ipv4Addr, sync::Arc};
use tokio::net::TcpListener;

/// A gate that stands open.
struct Open;

#[async_trait::async_trait]
impl Gate for Open {
    /// A user is whoever the cookie `user` names.
    async fn who(&self, request: &Parts) -> Result<Option<User>, Fault> {
        let cookies = request.headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        let name = cookies.flat_map(|line| line.split("; ")).find_map(|pair| pair.strip_prefix("user="));
        let user = name.and_then(|name| Some((name.parse::<UserId>().ok()?, name)));
        Ok(user.map(|(id, name)| User { id, name: name.into() }))
    }

    async fn admit(&self, _: Option<&User>, _: &ChannelName) -> Result<Pass, Fault> {
        Ok(Pass { present: true, whisper: true, ..Pass::default() })
    }
}

/// A command that writes nothing.
#[command]
async fn echo(text: String) -> Result<String, Fault> {
    Ok(text)
}

async fn publish(Extension(node): Extension<Node>, Path(room): Path<ChannelName>, text: String) -> Result<(), Fault> {
    let entry = Entry::said(&text, None, Audience::All, None).map_err(|_| Fault::internal())?;
    node.publish(&room, &entry).await.map(drop)
}

/// The application's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // All that is measured comes from this one machine, and nobody is signed in.
    let limits = Limits { present_an_address: usize::MAX, present_a_user: usize::MAX, ..Limits::default() };
    let broker: Arc<dyn Broker> = match env::var("REDIS_URL") {
        Ok(url) => Redis::connect(&url, limits).await?,
        Err(_) => Memory::new(limits),
    };
    // What is measured is how fast it can, not how fast it lets one client go.
    let commands = Rate { a_second: u32::MAX, at_once: u32::MAX };
    let settings = Settings { commands, signs: commands, ..Settings::default() };
    let node = Node::start(broker, Arc::new(Open), Arc::new(MemoryStore::<()>::default()), settings).await?;
    let routes = Router::new().route("/", get(|| async { "a page" })).route("/publish/{room}", post(publish));
    let routes = around(&node, routes, Extension(node.clone()));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, env::var("PORT")?.parse()?)).await?;
    axum::serve(promptly(listener), routes).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use leptos::server_fn::ServerFn;

    #[test]
    fn the_command_is_where_the_generator_calls_it() {
        assert_eq!(Echo::PATH, "/command/echo");
    }
}
