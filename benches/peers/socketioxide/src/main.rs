//! socketioxide: rooms, and a way in to publish.

use axum::{
    Router,
    extract::{Path, State},
    routing::post,
};
use socketioxide::{
    SocketIo,
    extract::{AckSender, Data, SocketRef},
};

#[tokio::main]
async fn main() {
    let port: u16 = std::env::var("PORT").expect("PORT").parse().expect("a port");
    let (layer, io) = SocketIo::new_layer();
    io.ns("/", async |socket: SocketRef| {
        socket.on("join", async |socket: SocketRef, Data::<String>(room), ack: AckSender| {
            socket.join(room);
            ack.send(&()).ok();
        });
        socket.on("echo", async |Data::<String>(text), ack: AckSender| {
            ack.send(&text).ok();
        });
    });
    let app = Router::new().route("/publish/{room}", post(publish)).layer(layer).with_state(io);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.expect("the port is free");
    axum::serve(listener, app).await.expect("it serves");
}

async fn publish(State(io): State<SocketIo>, Path(room): Path<String>, body: String) {
    io.to(room).emit("said", &body).await.ok();
}
