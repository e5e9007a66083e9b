//! The server: one process, nothing to install.

use axum::Router;
use counter::{App, COUNT, shell};
use leptos::prelude::*;
use leptos_axum::{ErrorHandler, LeptosRoutes, generate_route_list, site_pkg_dir_service};
use sputnik::server::{Node, OpenGate, Settings, around, broker, serve};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let options = get_configuration(None)?.leptos_options;
    let (address, for_pages) = (options.site_addr, options.clone());
    let files = site_pkg_dir_service(&options).fallback(ErrorHandler::new(shell, options.clone()));
    let pages = Router::new()
        .leptos_routes(&options, generate_route_list(App), move || shell(for_pages.clone()))
        .fallback_service(files)
        .with_state(options);
    let broker = broker::memory::Memory::new(broker::Limits::default());
    let node = Node::start(broker, std::sync::Arc::new(OpenGate), COUNT.clone(), Settings::default()).await?;
    println!("Point the browser at http://{address}");
    Ok(serve(tokio::net::TcpListener::bind(address).await?, around(&node, pages, ())).await?)
}
