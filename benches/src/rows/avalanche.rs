//! A server is killed and started again under many clients.

use super::{Run, line};
use crate::{
    publisher::Publisher,
    report::Findings,
    samples::Samples,
    servers::{SOCKET_IO, SOCKET_IO_STREAMS, SOCKETIOXIDE, SPUTNIK_REDIS, WS},
};
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until, timeout};

/// How long they may take to come back.
const PATIENCE: Duration = Duration::from_secs(15);
const PAUSE: Duration = Duration::from_millis(500);
/// After so many messages of all of them the server is killed.
const BEFORE: u32 = 8;
const MESSAGES: u32 = 28;

pub async fn measure(run: Run) -> Result<Findings, String> {
    let clients = run.clients(5_000);
    let head = ["server", "back", "back p50", "back p99", "last", "start", "delivered", "doubles"];
    let mut table = vec![line(head)];
    let mut found = String::new();
    for kind in [SPUTNIK_REDIS, SOCKET_IO_STREAMS, SOCKET_IO, WS, SOCKETIOXIDE] {
        let (mut server, mut crowd) = run.start(kind).await?;
        crowd.grow(clients, clients, None).await?;
        // A session is written down some time after it begins, by those who write it down.
        sleep(Duration::from_secs(2)).await;
        let tally = &crowd.tally;
        let (start, mut publisher) = (Instant::now(), Publisher::of_few(server.at));
        let mut listens = (0, Duration::ZERO);
        for number in 0..MESSAGES {
            sleep_until(start + PAUSE * number).await;
            if number == BEFORE {
                server.kill();
                let down = Instant::now();
                server.start_again().await?;
                listens = (tally.now(), down.elapsed());
            }
            publisher.publish_now(tally).await;
        }
        let all = clients as u64 * u64::from(MESSAGES);
        drop(timeout(PATIENCE, tally.heard(all)).await);
        let (mut back, mut took) = (tally.returned.borrow_mut(), Samples::default());
        back.iter().for_each(|at| took.add(at.saturating_sub(listens.0)));
        let share = tally.ready.get() as f64 / clients as f64 * 100.0;
        let delivered = tally.heard.get() as f64 / all as f64 * 100.0;
        let times = [0.5, 0.99, 1.0].map(|share| format!("{:.2} s", took.percentile(share) / 1_000.0));
        let doubles = tally.doubles.get();
        if kind == SPUTNIK_REDIS {
            found = format!("{share:.1} % back, p50 {}, {delivered:.2} % delivered, {doubles} doubles", times[0]);
        }
        table.push(line([
            kind.name,
            &format!("{share:.1} %"),
            &times[0],
            &times[1],
            &times[2],
            &format!("{:.2} s", listens.1.as_secs_f64()),
            &format!("{delivered:.2} %"),
            &doubles.to_string(),
        ]));
        back.clear();
    }
    Ok(Findings {
        goal: "all back with nothing lost, p50 ≤ 1 s after the node listens",
        found,
        how: format!(
            "{clients} clients in one room, {MESSAGES} messages at 2 a second; after {BEFORE} of them the server is \
             killed and at once started again. Who lost the connection tries again after a random time below 1 s, and \
             so on, with every server. Counted from when the server listens to when the client hears its room again. \
             A message that no server took is published again until one does."
        ),
        table,
    })
}
