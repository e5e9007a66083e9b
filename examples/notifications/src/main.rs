//! The server: one process, nothing to install. It serves files, and answers commands.

use axum::Router;
use leptos::prelude::*;
use notifications::{inbox::INBOXES, people::Door};
use sputnik::server::{
    Node, Settings, around,
    broker::{Limits, memory::Memory},
    serve,
};
use std::{error::Error, sync::Arc};
use tokio::net::TcpListener;
use tower_http::services::ServeDir;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let LeptosOptions { site_root, site_addr, .. } = get_configuration(None)?.leptos_options;
    let files = Router::new().fallback_service(ServeDir::new(&*site_root));
    let node =
        Node::start(Memory::new(Limits::default()), Arc::new(Door), INBOXES.clone(), Settings::default()).await?;
    println!("Point the browser at http://{site_addr}");
    serve(TcpListener::bind(site_addr).await?, around(&node, files, ())).await?;
    Ok(())
}
