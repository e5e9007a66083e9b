//! How long things take on the server. A measurement, to be run by itself in a release build:
//! `cargo test --release --features ssr --test editor pace -- --ignored --nocapture`

use crate::{support::postgres_server::PostgresServer, world::World};
use sputnik::book::{
    chapter::Splice,
    commands::chapter::{OpenChapter, SaveChapter, TypeText},
};
use std::time::{Duration, Instant};

/// The median and the slowest of twenty.
fn shown(mut times: Vec<Duration>) -> String {
    times.sort();
    format!("median {:.2?}, 95 of 100 within {:.2?}", times[times.len() / 2], times[times.len() * 95 / 100])
}

async fn measure(world: &World, what: &str) {
    let ann = world.person("ann").await;
    let book = ann.create_book("Seas").await;
    let part = ann.add_chapter(&book, "Tides").await;
    let fence = ann.take_pen(&book, &part).await.fence;
    let paragraph = "Twice a day the sea comes up the beach, looks around, and goes back to where it was before. ";
    let text = paragraph.repeat(104_852 / paragraph.len() + 1);
    let typed = |draft, at, insert: &str| {
        let splice = Splice { at, remove: 0, insert: insert.to_owned() };
        TypeText { book: book.clone(), part: part.clone(), fence, draft, splice }
    };
    ann.ask(typed(0, 0, &text)).await.unwrap();
    let mut times = Vec::new();
    for n in 0..300 {
        let start = Instant::now();
        ann.ask(typed(n + 1, 50_000, "word ")).await.unwrap();
        times.push(start.elapsed());
    }
    println!("{what}: one change typed into {} kB: {}", text.len() / 1_000, shown(times));
    let (mut opened, mut saved) = (Vec::new(), Vec::new());
    for base in 0..40 {
        let start = Instant::now();
        let draft = ann.ask(OpenChapter { book: book.clone(), part: part.clone() }).await.unwrap().state.draft;
        opened.push(start.elapsed());
        let (book, part, comment) = (book.clone(), part.clone(), String::new());
        ann.ask(typed(draft, 0, "x")).await.unwrap();
        let start = Instant::now();
        ann.ask(SaveChapter { book, part, fence, base, draft: draft + 1, comment }).await.unwrap();
        saved.push(start.elapsed());
    }
    println!("{what}: opened: {}", shown(opened));
    println!("{what}: saved: {}", shown(saved));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement"]
async fn pace_on_sqlite() {
    measure(&World::new().await, "SQLite").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement"]
async fn pace_on_postgresql() {
    let server = PostgresServer::start().expect("a PostgreSQL server is installed");
    measure(&World::on(&server.new_database("pace").await).await, "PostgreSQL").await;
}
