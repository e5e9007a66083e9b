//! Clients whose connections are cut again and again: what do they hear?

use super::{Run, line};
use crate::{
    crowd::Cuts,
    publisher::Publisher,
    report::Findings,
    servers::{SOCKET_IO, SOCKET_IO_RECOVERY, SOCKETIOXIDE, SPUTNIK, SPUTNIK_REDIS, WS},
};
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until};

const CUTS: Cuts = Cuts { about: Duration::from_secs(15), away: Duration::from_secs(2) };
const MESSAGES: u32 = 120;
const PAUSE: Duration = Duration::from_millis(500);

pub async fn measure(run: Run) -> Result<Findings, String> {
    let clients = run.clients(2_000);
    let messages = if run.quick { MESSAGES / 3 } else { MESSAGES };
    let head = ["server", "delivered", "doubles", "cuts", "replayed", "replay p50", "replay p99", "live p99"];
    let mut table = vec![line(head)];
    let mut found = Vec::new();
    for kind in [SPUTNIK, SPUTNIK_REDIS, SOCKET_IO, SOCKET_IO_RECOVERY, WS, SOCKETIOXIDE] {
        let (server, mut crowd) = run.start(kind).await?;
        crowd.grow(clients, clients, Some(CUTS)).await?;
        let tally = &crowd.tally;
        tally.timed.set(true);
        let (start, mut publisher) = (Instant::now(), Publisher::of_few(server.at));
        for number in 0..messages {
            sleep_until(start + PAUSE * number).await;
            publisher.publish_now(tally).await;
        }
        // Everyone who is away comes back once more.
        sleep(CUTS.away * 3).await;
        let delivered = tally.heard.get() as f64 / (clients as f64 * f64::from(messages)) * 100.0;
        let (mut replayed, mut live) = (tally.replayed.borrow_mut(), tally.live.borrow_mut());
        let (p50, p99) = (replayed.percentile(0.5), replayed.percentile(0.99));
        let seconds = |ms: f64| if ms.is_nan() { "–".into() } else { format!("{:.2} s", ms / 1_000.0) };
        table.push(line([
            kind.name,
            &format!("{delivered:.2} %"),
            &tally.doubles.get().to_string(),
            &tally.cuts.get().to_string(),
            &replayed.len().to_string(),
            &seconds(p50),
            &seconds(p99),
            &format!("{:.0} ms", live.percentile(0.99)),
        ]));
        if [SPUTNIK, SPUTNIK_REDIS].contains(&kind) {
            let doubles = tally.doubles.get();
            found.push(format!("{}: {delivered:.2} %, {doubles} doubles, p99 {}", kind.name, seconds(p99)));
        }
    }
    Ok(Findings {
        goal: "100 % delivered, no doubles, replay p99 ≤ 2.5 s",
        found: found.join("; "),
        how: format!(
            "{clients} clients in one room, {messages} messages at 2 a second. Each client's TCP connection ends without \
             a word after 7.5 to 22.5 s, and the client stays away for exactly 2 s. Replay: from publishing to delivery \
             over a connection that was opened after it. Django Channels is not here: with connections cut again and \
             again, it did not answer a publisher any more."
        ),
        table,
    })
}
