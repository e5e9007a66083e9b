//! The server: reads what it is told, puts itself together, serves until it is told to stop.

use clap::Parser;
use sputnik::{
    boot::{self, BootError},
    config::Config,
};
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let config = Config::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match run(&config).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sputnik: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(config: &Config) -> Result<(), BootError> {
    let site = boot::start(config).await?;
    println!("Point the browser at {}", Config { address: site.address, ..config.clone() }.url());
    if let Some(demo) = &site.demo {
        println!("{demo}");
    }
    site.serve(told_to_stop()).await
}

/// Ctrl-C, or SIGTERM from whatever looks after services.
async fn told_to_stop() {
    let ctrl_c = async {
        // Where it cannot be heard of, the server is stopped in other ways.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let term = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut term) => drop(term.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let term = std::future::pending();
    tokio::select! {
        () = ctrl_c => {}
        () = term => {}
    }
}
