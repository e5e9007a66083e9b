//! The layer's server half.
//!
//! | room | what happens there |
//! | --- | --- |
//! | `transport` | how a connection talks: a socket or polls, and what it listens to either way |
//! | [`command`] | a command, from its request to its reply, in its turn; what its author has at hand |
//! | [`node`] | one running server: start here |
//! | `handles` | what of a node those are handed who run commands, and those who serve connections |
//! | [`watch`] | how a node stands, and whether it hears what it says |
//! | `presence` | who is kept present, who is let leave, and whose connections end at a sign-out |
//! | `channels` | the channels followed here, and the newest entries of each |
//! | [`metrics`] | what a node counts, for whoever operates it |
//! | [`broker`] | what a broker guarantees; its `memory` and `redis` do it |
//! | [`once`] | that a command takes effect once: what the application stores, and what a node remembers |
//! | [`memory_store`] | the store of an application that has no database |
//! | [`gate`] | the application's say: who is it, and may they listen |
//! | [`browser`], [`address`] | which browser a request is of, and where it comes from, behind whichever proxies; `origin`, from whose page |
//! | [`settings`], [`rate_limit`] | what is bounded, and how fast a client may go; `inbound`, how much may be under way to here |
//! | `old_paths` | paths that were others in the release before |
//! | `write_timeout` | connections that take nothing of what is sent to them |

pub mod address;
pub mod broker;
pub mod browser;
pub(crate) mod channels;
pub mod command;
pub mod gate;
pub(crate) mod handles;
pub(crate) mod inbound;
pub mod memory_store;
pub mod metrics;
pub mod node;
pub(crate) mod old_paths;
pub mod once;
pub(crate) mod origin;
pub(crate) mod presence;
pub mod rate_limit;
pub mod settings;
pub(crate) mod transport;
pub mod watch;
pub(crate) mod write_timeout;

pub use crate::protocol::names::CallKey;
use crate::{
    polls::{LongPoll, Poll},
    protocol::paths::SOCKET,
};
pub use async_trait::async_trait;
use axum::{
    Router,
    extract::{ConnectInfo, Request, State, connect_info::IntoMakeServiceWithConnectInfo},
    middleware::{self, AddExtension, Next},
    response::{IntoResponse, Response},
    routing::{Route, any, get},
    serve::{ListenerExt, Serve, TapIo},
};
pub use command::{caller::Caller, queue::QueueSlot};
pub use gate::{Gate, OpenGate, Pass, Unprompted, User};
use http::Method;
use leptos::server_fn::{ServerFnTraitObj, axum::register_explicit, inventory};
pub use memory_store::{MemoryLimits, MemoryStore, Outbox};
pub use node::Node;
pub use once::command_store::{Asked, CommandStore, Recorded, Unsent};
pub use origin::same_origin;
pub use settings::Settings;
use std::{collections::HashSet, convert::Infallible, net::SocketAddr, sync::Arc};
use tokio::net::{TcpListener, TcpStream};
use tower::{Layer, Service};
use write_timeout::{TimedConnection, WriteTimeout};

/// Puts the layer around the application's routes and its own layers, its sessions among them: the live socket, all
/// commands, and what every request meets first: its [`address`](address::Address), and the browser's session. Tells the
/// node how commands are answered. [`serve`] serves what comes of it.
///
/// A command needs no route. What it needs of the application it finds in its request, where a layer put it, such as an
/// [`Extension`](axum::Extension); of the routes it passes none, and so has none of their context.
///
/// Several layers are a tuple, the outermost first. It is one layer then, and a request passes it at once: a router
/// boxes what it is given at each [`Router::layer`], and copies all of these boxes for every request.
///
/// # Panics
/// When two commands have one path.
pub fn around<L>(node: &Node, routes: Router, layers: L) -> Router
where
    L: Layer<Route> + Clone + Send + Sync + 'static,
    L::Service: Service<Request> + Clone + Send + Sync + 'static,
    <L::Service as Service<Request>>::Response: IntoResponse + 'static,
    <L::Service as Service<Request>>::Error: Into<Infallible> + 'static,
    <L::Service as Service<Request>>::Future: Send + 'static,
{
    no_two_share_a_path(
        inventory::iter::<ServerFnTraitObj<Request, Response>>
            .into_iter()
            .map(|function| (function.path(), function.method())),
    );
    // Registered by hand: a program that never names them would be linked without them.
    register_explicit::<Poll>();
    register_explicit::<LongPoll>();
    let handles = (Arc::clone(node.connection_handles()), Arc::clone(node.command_handles()));
    let routes = routes
        .route(SOCKET, get(transport::socket::socket).with_state(handles))
        .layer(middleware::from_fn_with_state(node.clone(), command::dispatch::dispatch))
        .layer(layers.clone());
    // For those that come over a socket, and bring its browser session. The state is given once and for all: without it, every
    // request would put the layers together anew.
    node.answer_commands_with(any(command::dispatch::command).with_state(node.clone()).layer(layers));
    routes.layer(middleware::from_fn_with_state(node.clone(), note_whence))
}

/// Notes where a request comes from, and of which browser it is. Before anything else, and together: a request is boxed
/// and its routes are copied at each layer it meets.
async fn note_whence(State(node): State<Node>, mut request: Request, next: Next) -> Response {
    let settings = node.settings();
    address::note(&mut request, &settings.trusted_proxies);
    browser::recognise(request, next, settings.secure_cookies).await
}

/// A registry would answer one of them, and nobody could say which.
///
/// # Panics
/// When two do.
fn no_two_share_a_path<'a>(functions: impl Iterator<Item = (&'a str, Method)>) {
    let mut known = HashSet::new();
    for (path, method) in functions {
        let is_new = known.insert((path, method));
        assert!(
            is_new,
            "two functions are called {path}: give one of them another name, or a path: #[command(path = \"…\")]"
        );
    }
}

/// What [`serve`] gives: a server that is to be awaited, or told first when to end.
pub type Serving = Serve<
    TapIo<WriteTimeout<TcpListener>, fn(&mut TimedConnection<TcpStream>)>,
    IntoMakeServiceWithConnectInfo<Router, SocketAddr>,
    AddExtension<Router, ConnectInfo<SocketAddr>>,
>;

/// Serves routes that the layer was put [around]: [`promptly`], and so that the address of whoever asks is known, without
/// which nobody could be bounded by it. Awaited, it serves until the process ends; `with_graceful_shutdown(…)` says when
/// to end before: have [`Node::close`] tell the clients then.
pub fn serve(listener: TcpListener, routes: Router) -> Serving {
    axum::serve(promptly(listener), routes.into_make_service_with_connect_info::<SocketAddr>())
}

/// Has connections ended whose other end takes nothing of what is sent for half a minute; and what is written to one sent
/// at once, as `axum::serve(promptly(listener), routes)`. Otherwise a small frame waits while the one before it is not
/// acknowledged, and for that the other end may take 40 ms (RFC 896, and RFC 1122, 4.2.3.2).
pub fn promptly(listener: TcpListener) -> TapIo<WriteTimeout<TcpListener>, fn(&mut TimedConnection<TcpStream>)> {
    WriteTimeout(listener).tap_io(|timed: &mut TimedConnection<TcpStream>| {
        if let Err(error) = timed.connection.set_nodelay(true) {
            // It ended already, say: slow at worst.
            tracing::debug!(%error, "a connection sends with delay");
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::serve::Listener;

    #[test]
    fn two_commands_of_one_name_are_found_when_the_server_starts() {
        let found = |paths: &[&'static str]| {
            let functions: Vec<_> = paths.iter().map(|path| (*path, Method::POST)).collect();
            std::panic::catch_unwind(|| no_two_share_a_path(functions.into_iter()))
        };
        assert!(found(&["/command/say", "/command/tell", "/command/chat/say"]).is_ok());
        let words = found(&["/command/say", "/command/tell", "/command/say"]).expect_err("there are two");
        assert!(words.downcast_ref::<String>().expect("words").contains("two functions are called /command/say"));
        no_two_share_a_path([("/command/say", Method::POST), ("/command/say", Method::GET)].into_iter());
    }

    #[tokio::test]
    async fn no_frame_waits_for_the_one_before_it() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let mut prompt = promptly(listener);
        let (client, (connection, _)) = tokio::join!(TcpStream::connect(address), prompt.accept());
        client.expect("it connects");
        assert!(connection.connection.nodelay().expect("it is open"));
    }
}
