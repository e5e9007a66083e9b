//! The server: one process, and a file. `DATABASE` says which; `board.db`, where it is started, unless it does.

use axum::{Extension, Router};
use board::{
    page::{App, shell},
    people::Door,
    store::Store,
};
use leptos::prelude::*;
use leptos_axum::{ErrorHandler, LeptosRoutes, generate_route_list, site_pkg_dir_service};
use sputnik::server::{
    Node, Settings, around,
    broker::{Limits, memory::Memory},
    serve,
};
use std::{env, error::Error, path::Path, sync::Arc};
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
    let file = env::var_os("DATABASE").unwrap_or_else(|| "board.db".into());
    let store = Store::open(Path::new(&file)).await?;
    let (broker, settings) = (Memory::new(Limits::default()), Settings::default());
    let node = Node::start(broker, Arc::new(Door), Arc::new((*store).clone()), settings).await?;
    println!("Point the browser at http://{address}");
    serve(TcpListener::bind(address).await?, around(&node, pages, Extension(store))).await?;
    Ok(())
}
