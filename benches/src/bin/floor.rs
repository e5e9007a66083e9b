//! The floor: what axum's WebSocket alone costs, with the layer's buffers. Rooms, and a way in to publish; no sessions,
//! no log, no presence, no pings. The path is the room.

use axum::{
    Router,
    extract::{
        Path, State, WebSocketUpgrade,
        ws::{Message, Utf8Bytes, WebSocket},
    },
    response::Response,
    routing::{get, post},
};
use sputnik::server::promptly;
use std::{
    collections::HashMap,
    env,
    error::Error,
    net::Ipv4Addr,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::{net::TcpListener, sync::broadcast};

/// How many messages a room keeps for whoever is slow.
const KEPT: usize = 256;

#[derive(Clone, Default)]
struct Rooms(Arc<Mutex<HashMap<String, broadcast::Sender<Utf8Bytes>>>>);

impl Rooms {
    fn room(&self, name: String) -> broadcast::Sender<Utf8Bytes> {
        let mut rooms = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        rooms.entry(name).or_insert_with(|| broadcast::Sender::new(KEPT)).clone()
    }
}

async fn socket(State(rooms): State<Rooms>, Path(room): Path<String>, upgrade: WebSocketUpgrade) -> Response {
    let upgrade = upgrade.read_buffer_size(512).write_buffer_size(0);
    upgrade.on_upgrade(move |socket| serve(socket, rooms.room(room).subscribe()))
}

async fn serve(mut socket: WebSocket, mut said: broadcast::Receiver<Utf8Bytes>) {
    let mut sent = socket.send(Message::Text("ready".into())).await;
    while sent.is_ok() {
        tokio::select! {
            Ok(text) = said.recv() => sent = socket.send(Message::Text(text)).await,
            heard = socket.recv() => match heard {
                Some(Ok(Message::Text(text))) => sent = socket.send(Message::Text(text)).await,
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return,
            },
        }
    }
}

async fn publish(State(rooms): State<Rooms>, Path(room): Path<String>, text: String) {
    // An error means that nobody is there.
    drop(rooms.room(room).send(text.into()));
}

/// The application's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let routes = Router::new()
        .route("/{room}", get(socket))
        .route("/publish/{room}", post(publish))
        .route("/echo", post(|text: String| async { text }))
        .with_state(Rooms::default());
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, env::var("PORT")?.parse()?)).await?;
    axum::serve(promptly(listener), routes).await?;
    Ok(())
}
