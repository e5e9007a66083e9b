//! The server: reads what it is told, puts itself together, serves until it is told to stop.

use clap::Parser;
use mimalloc::MiMalloc;
use sputnik_editor::{
    boot::{self, BootError},
    config::{Config, Invocation, Task},
};
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// Of what a command costs with the C library's allocator, a third is memory taken and given back.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    let told = Invocation::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match run(&told).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sputnik: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(told: &Invocation) -> Result<(), BootError> {
    match &told.task {
        None => serve(&told.config).await,
        Some(Task::Backup { file }) => {
            let bytes = boot::backup(&told.config, file).await?.bytes;
            println!("The books are in {} too now ({bytes} bytes).", file.display());
            Ok(())
        }
        Some(Task::RebuildSearch) => {
            let chapters = boot::rebuild_search(&told.config).await?;
            println!("What is searched was made anew. Chapters: {chapters}.");
            Ok(())
        }
        Some(Task::Restore { file }) => {
            let copied = boot::restore(&told.config, file).await?;
            println!("The books are those of {} now ({} bytes).", file.display(), copied.bytes);
            if let Some(aside) = copied.aside {
                println!("What was there before is kept in {}.", aside.display());
            }
            Ok(())
        }
    }
}

async fn serve(config: &Config) -> Result<(), BootError> {
    let site = boot::start(config).await?;
    // Before anybody hears that it runs, so that whoever then stops it is heard.
    let told = told_to_stop();
    println!("Point the browser at {}", Config { address: site.address, ..config.clone() }.url());
    if let Some(demo) = &site.demo {
        println!("{demo}");
    }
    site.serve(told).await
}

/// Ctrl-C, or SIGTERM from whatever looks after services: heard from when this returns.
#[cfg(unix)]
fn told_to_stop() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let signals = [SignalKind::interrupt(), SignalKind::terminate()].map(signal);
    async move {
        let told = signals.into_iter().map(|signal| {
            Box::pin(async move {
                match signal {
                    Ok(mut signal) => drop(signal.recv().await),
                    // Where it cannot be heard of, the server is stopped in other ways.
                    Err(_) => std::future::pending().await,
                }
            })
        });
        futures::future::select_all(told).await;
    }
}

/// Ctrl-C.
#[cfg(not(unix))]
async fn told_to_stop() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
