//! The server: one process, nothing to install.

use axum::Router;
use chat::{
    page::{App, shell},
    people::Door,
    room::TALK,
};
use leptos::prelude::*;
use leptos_axum::{ErrorHandler, LeptosRoutes, generate_route_list, site_pkg_dir_service};
use sputnik::server::{
    Node, Settings, around,
    broker::{Limits, memory::Memory},
    serve,
};
use std::{error::Error, sync::Arc};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = get_configuration(None)?.leptos_options;
    let (address, for_pages) = (options.site_addr, options.clone());
    let files = site_pkg_dir_service(&options).fallback(ErrorHandler::new(shell, options.clone()));
    let pages = Router::new()
        .leptos_routes(&options, generate_route_list(App), move || shell(for_pages.clone()))
        .fallback_service(files)
        .with_state(options);
    let node = Node::start(Memory::new(Limits::default()), Arc::new(Door), TALK.clone(), Settings::default()).await?;
    println!("Point the browser at http://{address}");
    serve(TcpListener::bind(address).await?, around(&node, pages, ())).await?;
    Ok(())
}
