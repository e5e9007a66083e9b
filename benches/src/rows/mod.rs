//! What is measured, one file a piece of work.

mod avalanche;
mod chapters;
mod fan_out;
mod idle;
mod jitter;
mod latency;
mod phone;
mod redis_trips;
mod redis_writes;
mod round_trip;
mod screen;
mod trace;
mod typing;
mod whole_books;

use crate::{
    crowd::Crowd,
    report::Findings,
    servers::{Kind, Server},
};
use futures::future::LocalBoxFuture;
use std::time::Duration;

/// How a run is made.
#[derive(Clone, Copy)]
pub struct Run {
    /// Smaller and shorter: to see that it works, not to be believed.
    pub quick: bool,
    /// What chance is made of.
    pub seed: u64,
}

/// A piece of work.
pub struct Row {
    /// What it is called on the command line.
    pub name: &'static str,
    /// What it is called on the page.
    pub title: &'static str,
    /// How it is measured.
    pub measure: fn(Run) -> LocalBoxFuture<'static, Result<Findings, String>>,
}

/// In the order of the page.
pub const ROWS: [Row; 18] = [
    Row { name: "memory", title: "Memory a connection", measure: |run| Box::pin(idle::memory(run)) },
    Row { name: "fan-out", title: "Fan-out at the limit", measure: |run| Box::pin(fan_out::measure(run)) },
    Row { name: "latency", title: "Latency at half the limit", measure: |run| Box::pin(latency::measure(run)) },
    Row { name: "round-trip", title: "Round trip of a command", measure: |run| Box::pin(round_trip::measure(run)) },
    Row { name: "jitter", title: "Delivery under jitter", measure: |run| Box::pin(jitter::measure(run)) },
    Row { name: "avalanche", title: "Avalanche after a restart", measure: |run| Box::pin(avalanche::measure(run)) },
    Row { name: "redis-trips", title: "Round trips to Redis", measure: |run| Box::pin(redis_trips::measure(run)) },
    Row { name: "redis-writes", title: "Publishing to Redis", measure: |run| Box::pin(redis_writes::measure(run)) },
    Row { name: "idle", title: "CPU of idle clients", measure: |run| Box::pin(idle::cpu(run)) },
    Row { name: "typing", title: "Typing together", measure: |run| Box::pin(typing::measure(run)) },
    Row { name: "screen", title: "From a key to the other's screen", measure: |run| Box::pin(screen::typed(run)) },
    Row { name: "trace", title: "A paper, key by key", measure: |run| Box::pin(trace::paper(run)) },
    Row { name: "concurrent-trace", title: "Two friends, key by key", measure: |run| Box::pin(trace::friends(run)) },
    Row { name: "open", title: "Opening a long chapter", measure: |run| Box::pin(chapters::opened(run)) },
    Row { name: "page", title: "Opening a long chapter in a browser", measure: |run| Box::pin(screen::opened(run)) },
    Row { name: "phone", title: "Pages on a phone", measure: |run| Box::pin(phone::measure(run)) },
    Row { name: "whole-books", title: "Whole books", measure: |run| Box::pin(whole_books::measure(run)) },
    Row { name: "chapters", title: "Memory of many chapters", measure: |run| Box::pin(chapters::memory(run)) },
];

impl Run {
    /// How long something takes.
    fn seconds(self, seconds: u64) -> Duration {
        Duration::from_secs(if self.quick { seconds.div_ceil(5) } else { seconds })
    }

    /// How many take part.
    fn clients(self, clients: usize) -> usize {
        if self.quick { clients.div_ceil(10) } else { clients }
    }

    /// Starts a server, and says so.
    async fn start(self, kind: Kind) -> Result<(Server, Crowd), String> {
        println!("  {}", kind.name);
        let server = Server::start(kind).await?;
        let crowd = Crowd::new(server.at, kind.protocol, self.seed);
        Ok((server, crowd))
    }
}

fn line<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(String::from).into()
}
