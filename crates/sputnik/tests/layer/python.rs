//! A client in another language, written from the protocol's text alone.

use crate::{
    app,
    support::client::Transport,
    world::{ROOM, World},
};
use leptos::server_fn::ServerFn;
use tokio::process::Command;

promises_of_sockets!(whoever_reads_the_protocol_can_write_a_client_of_sockets);
promises_of_long_polls!(whoever_reads_the_protocol_can_write_a_client_of_polls);

async fn whoever_reads_the_protocol_can_write_a_client_of_sockets(world: &mut World) {
    runs(world).await;
}

async fn whoever_reads_the_protocol_can_write_a_client_of_polls(world: &mut World) {
    runs(world).await;
}

async fn runs(world: &World) {
    let transport = if world.transport == Transport::Socket { "socket" } else { "poll" };
    let commands = app::Say::PATH.strip_suffix("say_in_room").unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/client.py");
    let mut python = Command::new("python3");
    python.args([script, world.site(0), transport, "user", commands, ROOM]).kill_on_drop(true);
    let Ok(ran) = python.output().await else {
        eprintln!("skipped: no Python is installed (package python3)");
        return;
    };
    let (out, error) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success() && out.contains("all is as the text says"), "{out}\n{error}");
}
