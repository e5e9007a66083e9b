//! How long a message takes, at a rate the other server can well keep up with.

use super::{Run, fan_out::flood, line};
use crate::{
    process::Busy,
    publisher::Publisher,
    report::Findings,
    servers::{CHANNELS, FLOOR, Kind, SOCKET_IO, SOCKETIOXIDE, SPUTNIK, WS},
};
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until};

/// Percentiles in milliseconds, and how busy the server was.
struct Times {
    p50: f64,
    p99: f64,
    busy: f64,
}

pub async fn measure(run: Run) -> Result<Findings, String> {
    let clients = run.clients(1_000);
    let head =
        ["peer", "messages/s", "peer p50", "peer p99", "peer busy", "Sputnik p50", "Sputnik p99", "Sputnik busy"];
    let mut table = vec![line(head)];
    let mut lower = 0;
    let peers = [WS, SOCKET_IO, SOCKETIOXIDE, CHANNELS, FLOOR];
    for peer in peers {
        let (theirs, messages) = at_half_of(run, peer, None, clients).await?;
        let (ours, _) = at_half_of(run, SPUTNIK, Some(messages), clients).await?;
        lower += usize::from(ours.p99 <= theirs.p99);
        let ms = |time: f64| format!("{time:.2} ms");
        let busy = |times: &Times| format!("{:.0} %", times.busy);
        table.push(line([
            peer.name,
            &format!("{messages:.1}"),
            &ms(theirs.p50),
            &ms(theirs.p99),
            &busy(&theirs),
            &ms(ours.p50),
            &ms(ours.p99),
            &busy(&ours),
        ]));
    }
    Ok(Findings {
        goal: "lowest of all",
        found: format!("p99 no higher than that of {lower} of {}", peers.len()),
        how: format!(
            "From when a message was due to be published to its delivery, {clients} subscribers in one room, all \
             deliveries of {} s. Each peer at half its own limit, and Sputnik at the same rate.",
            run.seconds(8).as_secs()
        ),
        table,
    })
}

/// Measures at that many messages a second, or at half of what the server can do; tells how many those were.
async fn at_half_of(run: Run, kind: Kind, messages: Option<f64>, clients: usize) -> Result<(Times, f64), String> {
    let (server, mut crowd) = run.start(kind).await?;
    crowd.grow(clients, clients, None).await?;
    let limit = flood(&server, &crowd, clients, run.seconds(4)).await;
    let messages = messages.unwrap_or(limit.rate / clients as f64 / 2.0);
    sleep(Duration::from_secs(1)).await;
    let tally = &crowd.tally;
    tally.timed.set(true);
    tally.live.borrow_mut().clear();
    let mut publisher = Publisher::of_many(server.at);
    let busy = Busy::watch(server.pid());
    let (start, began) = (Instant::now(), tally.now());
    let pause = Duration::from_secs_f64(1.0 / messages);
    let count = (run.seconds(8).as_secs_f64() * messages).ceil() as u32;
    for number in 0..count {
        let due = pause * number;
        sleep_until(start + due).await;
        // When it was due, not when it could be sent: a server that holds up the publisher does not look better.
        publisher.publish(began + due.as_micros() as u64).await;
    }
    let busy = busy.shares().server;
    sleep(Duration::from_secs(2)).await;
    let mut live = tally.live.borrow_mut();
    Ok((Times { p50: live.percentile(0.5), p99: live.percentile(0.99), busy }, messages))
}
