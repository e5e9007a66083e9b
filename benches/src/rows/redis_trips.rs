//! How often a node asks Redis.

use super::{Run, line};
use crate::{
    http::Http,
    publisher::Publisher,
    report::Findings,
    servers::{Redis, SPUTNIK_REDIS},
    wire::{client_in, cookies},
};
use std::{cell::Cell, net::SocketAddr, rc::Rc, time::Duration};
use tokio::{task::JoinSet, time::sleep};

const PUBLISHES: u32 = 1_000;
/// What a node sends by itself: everything else in Redis' statistics was called by a script.
const TOP_LEVEL: [&str; 8] = ["evalsha", "eval", "set", "get", "mget", "ping", "subscribe", "unsubscribe"];

pub async fn measure(run: Run) -> Result<Findings, String> {
    let head = ["subscribers", "a publish", "all idle sockets, a second", "an idle long poll", "long polls"];
    let mut table = vec![line(head)];
    let mut found = Vec::new();
    for clients in [1_000, 5_000].map(|clients| run.clients(clients)) {
        let (publish, idle) = sockets(run, clients).await?;
        let (poll, polls) = long_polls(run, clients).await?;
        found.push(format!("{clients}: {publish:.2} / {:.4} a second / {poll:.2}", idle / clients as f64));
        table.push(line([
            &clients.to_string(),
            &format!("{publish:.3}"),
            &format!("{idle:.2}"),
            &format!("{poll:.3}"),
            &polls.to_string(),
        ]));
    }
    Ok(Findings {
        goal: "a publish / an idle socket / an idle long poll: 1 / 0 / ≤ 1, flat",
        found: found.join("; "),
        how: format!(
            "What Redis counts as called ({}), while all subscribers follow one channel. A publish: {PUBLISHES} of \
             them, without what the node asks meanwhile anyway. Idle sockets: all together, over {} s: the janitor and \
             the leases. Long polls: over {} s, per answered poll.",
            TOP_LEVEL.join(", "),
            run.seconds(30).as_secs(),
            POLLING.as_secs(),
        ),
        table,
    })
}

/// So that each poll, which lasts 25 s, ends twice.
const POLLING: Duration = Duration::from_secs(55);

async fn calls(redis: &Redis) -> Result<f64, String> {
    let words = |error: redis::RedisError| error.to_string();
    let client = redis::Client::open(redis.url()).map_err(words)?;
    let mut connection = client.get_multiplexed_async_connection().await.map_err(words)?;
    let info: String = redis::cmd("INFO").arg("commandstats").query_async(&mut connection).await.map_err(words)?;
    let count = |line: &str| {
        let (name, rest) = line.strip_prefix("cmdstat_")?.split_once(":calls=")?;
        TOP_LEVEL.contains(&name).then_some(rest.split(',').next()?.parse::<f64>().ok()?)
    };
    Ok(info.lines().filter_map(count).sum())
}

/// Calls of a publish, and a second while all are idle.
async fn sockets(run: Run, clients: usize) -> Result<(f64, f64), String> {
    let (server, mut crowd) = run.start(SPUTNIK_REDIS).await?;
    let redis = server.redis.as_ref().ok_or("it has a Redis")?;
    crowd.grow(clients, clients, None).await?;
    sleep(Duration::from_secs(3)).await;
    let (time, before) = (run.seconds(30), calls(redis).await?);
    sleep(time).await;
    let idle = (calls(redis).await? - before) / time.as_secs_f64();
    let (before, began) = (calls(redis).await?, tokio::time::Instant::now());
    let mut publisher = Publisher::of_many(server.at);
    let heard = crowd.tally.heard.get();
    for number in 0..u64::from(PUBLISHES) {
        publisher.publish_now(&crowd.tally).await;
        crowd.tally.heard(heard + (number + 1) * clients as u64).await;
    }
    let meanwhile = idle * began.elapsed().as_secs_f64();
    Ok(((calls(redis).await? - before - meanwhile) / f64::from(PUBLISHES), idle))
}

/// Calls of an idle long poll, and how many were answered.
async fn long_polls(run: Run, clients: usize) -> Result<(f64, usize), String> {
    let (server, _) = run.start(SPUTNIK_REDIS).await?;
    let redis = server.redis.as_ref().ok_or("it has a Redis")?;
    let answered = Rc::new(Cell::new(0));
    let mut polling = JoinSet::new();
    for number in 0..clients {
        polling.spawn_local(poll(server.at, number, Rc::clone(&answered)));
        if number % 100 == 99 {
            sleep(Duration::from_millis(100)).await;
        }
    }
    while answered.get() < clients {
        sleep(Duration::from_millis(50)).await;
    }
    let (begin, before) = (answered.get(), calls(redis).await?);
    sleep(POLLING).await;
    let polls = answered.get() - begin;
    Ok(((calls(redis).await? - before) / polls as f64, polls))
}

/// Polls for ever. The first is answered at once: with the client's name, and where the channel stands.
async fn poll(to: SocketAddr, number: usize, answered: Rc<Cell<usize>>) {
    let headers =
        format!("Content-Type: application/json\r\nAccept: application/json\r\nCookie: {}\r\n", cookies(number));
    let mut ask = r#"{"ask":{"hello":{},"follow":[{"channel":"room-0"}]}}"#.to_owned();
    let Ok(mut http) = Http::open(to).await else { return };
    while let Ok(mail) = http.post("/sputnik/long-poll", &headers, &ask).await {
        answered.set(answered.get() + 1);
        let at = mail.split_once(r#""at":"#).and_then(|(_, rest)| Some(&rest[..=rest.find('}')?]));
        if let (Some(client), Some(at)) = (client_in(mail.as_bytes()), at) {
            let follow = format!(r#"{{"channel":"room-0","after":{at}}}"#);
            ask = format!(r#"{{"ask":{{"hello":{{"client":"{client}"}},"follow":[{follow}]}}}}"#);
        }
    }
}
