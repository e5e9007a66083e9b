//! The layer's server half.
//!
//! | room | what happens there |
//! | --- | --- |
//! | [`broker`] | what a broker guarantees; [`memory`] and [`redis`] do it |
//! | [`node`] | one running server: start here |
//! | [`hub`], [`feed`] | the channels followed here, and the newest entries of each |
//! | [`listener`] | what one connection listens to, whatever carries it: [`socket`] or [`poll`] |
//! | [`dispatch`], [`turns`], [`calls`], [`ledger`] | a command, from its frame to its reply, in its turn and once |
//! | [`caller`] | what a command's author has at hand |
//! | [`connections`], [`overview`] | which clients are here, and how the node stands, for whoever looks after it |
//! | [`leases`], [`janitor`] | who is kept present, and who is let leave |
//! | [`gate`], `sender`, [`visit`], [`users`] | who it is and may listen, which browser, and whose connections end at a sign-out |
//! | [`address`] | where a request comes from, behind whichever proxies |
//! | [`settings`], [`pace`], `arriving` | what is bounded, how fast a client may go, and how much may be under way to here |
//! | [`metrics`], `record`, [`probe`], [`audit`] | what a node counts and notes, and whether it hears what it says |
//! | `taken` | connections that take nothing of what is sent to them |

pub mod address;
mod arriving;
pub mod audit;
pub mod broker;
pub mod caller;
pub mod calls;
pub mod connections;
pub mod dispatch;
pub mod feed;
pub mod gate;
pub mod hub;
pub mod janitor;
pub mod leases;
pub mod ledger;
pub mod listener;
pub mod memory;
pub mod metrics;
pub mod node;
pub mod overview;
pub mod pace;
pub mod poll;
pub mod probe;
mod record;
pub mod redis;
mod sender;
mod sent;
pub mod settings;
pub mod socket;
mod taken;
pub mod turns;
pub mod users;
pub mod visit;
mod wakes;

use crate::sputnik::{position::Position, wire};
use axum::{
    Router,
    extract::Request,
    middleware,
    response::{IntoResponse, Response},
    routing::{Route, any, get, post},
    serve::{ListenerExt, TapIo},
};
pub use caller::Caller;
pub use gate::{Gate, Pass, Unprompted, User};
use http::Uri;
pub use ledger::{Asked, CallKey, Ledger, Recorded, Unsent};
use leptos::server_fn::ServerFn;
pub use node::Node;
pub use settings::Settings;
use std::convert::Infallible;
use taken::{Taken, TakenFrom};
use tokio::net::{TcpListener, TcpStream};
use tower::{Layer, Service};
pub use turns::Turn;

/// Puts the layer around the application's routes and its own layers, its sessions among them: the live socket, all
/// commands, and what every request meets first: its [`address`](address::Address), and the browser's visit. Tells the
/// node how commands are answered. Addresses are known where the routes are served with them, as
/// `routes.into_make_service_with_connect_info::<SocketAddr>()`.
///
/// A command needs no route. What it needs of the application it finds in its request, where a layer put it, such as an
/// [`Extension`](axum::Extension); of the routes it passes none, and so has none of their context.
///
/// Several layers are a tuple, the outermost first. It is one layer then, and a request passes it at once: a router
/// boxes what it is given at each [`Router::layer`], and copies all of these boxes for every request.
pub fn around<L>(node: &Node, routes: Router, layers: L) -> Router
where
    L: Layer<Route> + Clone + Send + Sync + 'static,
    L::Service: Service<Request> + Clone + Send + Sync + 'static,
    <L::Service as Service<Request>>::Response: IntoResponse + 'static,
    <L::Service as Service<Request>>::Error: Into<Infallible> + 'static,
    <L::Service as Service<Request>>::Future: Send + 'static,
{
    let routes = routes
        .route("/sputnik/socket", get(socket::socket).with_state(node.clone()))
        .route("/sputnik/poll", post(under_its_own_name::<wire::Poll>))
        .route("/sputnik/long-poll", post(under_its_own_name::<wire::LongPoll>))
        .layer(middleware::from_fn_with_state(node.clone(), dispatch::dispatch))
        .layer(layers.clone());
    // For those that come over a socket, and bring its visit. The state is given once and for all: without it, every
    // request would put the layers together anew.
    node.answer_commands_with(any(dispatch::command).with_state(node.clone()).layer(layers));
    routes.layer((
        middleware::from_fn_with_state(node.clone(), address::note),
        middleware::from_fn_with_state(node.clone(), visit::visit),
    ))
}

/// Answers a server function of the layer at a path that does not follow the folders of its code: what the protocol
/// promises to other languages stays when a file moves.
async fn under_its_own_name<F: ServerFn>(mut request: Request) -> Response {
    *request.uri_mut() = Uri::from_static(F::PATH);
    dispatch::run_alone(request).await
}

/// Has connections ended whose other end takes nothing of what is sent for half a minute; and what is written to one sent
/// at once, as `axum::serve(promptly(listener), routes)`. Otherwise a small frame waits while the one before it is not
/// acknowledged, and for that the other end may take 40 ms (RFC 896, and RFC 1122, 4.2.3.2).
pub fn promptly(listener: TcpListener) -> TapIo<Taken<TcpListener>, fn(&mut TakenFrom<TcpStream>)> {
    Taken(listener).tap_io(|taken: &mut TakenFrom<TcpStream>| {
        if let Err(error) = taken.connection.set_nodelay(true) {
            // It ended already, say: slow at worst.
            tracing::debug!(%error, "a connection sends with delay");
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::serve::Listener;

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
