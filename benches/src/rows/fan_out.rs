//! One room, many subscribers: how many deliveries a second there can be.

use super::{Run, line};
use crate::{
    crowd::Crowd,
    process::{Busy, Shares},
    publisher::Publisher,
    report::Findings,
    servers::{CHANNELS, FLOOR, SOCKET_IO, SOCKETIOXIDE, SPUTNIK, Server, WS},
};
use std::{cell::Cell, rc::Rc, time::Duration};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

/// How many publish at once: while one waits for the server's answer, the server has others to go on with.
const PUBLISHERS: u64 = 8;
/// How many messages are on their way to somebody at once.
const WINDOW: u64 = 16;
/// Who has not heard a message by then never will.
const LOST: Duration = Duration::from_secs(3);

/// What a server can do.
pub struct Limit {
    /// Deliveries a second.
    pub rate: f64,
    /// Deliveries that never came.
    pub lost: u64,
    /// How busy both ends were.
    pub shares: Shares,
}

/// What was published so far, and how many deliveries of it never came.
#[derive(Default)]
struct Course {
    published: Cell<u64>,
    lost: Cell<u64>,
}

/// Publishes for a while as fast as everyone hears it.
pub async fn flood(server: &Server, crowd: &Crowd, clients: usize, time: Duration) -> Limit {
    let (tally, each) = (&crowd.tally, clients as u64);
    let course = Rc::new(Course::default());
    let begin = tally.heard.get();
    let busy = Busy::watch(server.pid());
    let start = Instant::now();
    let mut publishers = JoinSet::new();
    for _ in 0..PUBLISHERS {
        let (tally, course, mut publisher) = (Rc::clone(tally), Rc::clone(&course), Publisher::of_many(server.at));
        publishers.spawn_local(async move {
            while start.elapsed() < time {
                let published = course.published.get() + 1;
                course.published.set(published);
                let due = (published * each).saturating_sub(WINDOW * each + course.lost.get());
                if timeout(LOST, tally.heard(begin + due)).await.is_err() {
                    course.lost.set(course.published.get() * each - (tally.heard.get() - begin));
                }
                publisher.publish_now(&tally).await;
            }
        });
    }
    sleep(time).await;
    let rate = (tally.heard.get() - begin) as f64 / start.elapsed().as_secs_f64();
    let shares = busy.shares();
    drop(publishers.join_all().await);
    // The rest, so that what comes next finds the server idle.
    let all = course.published.get() * each;
    drop(timeout(LOST, tally.heard(begin + all)).await);
    Limit { rate, lost: (begin + all).saturating_sub(tally.heard.get()), shares }
}

pub async fn measure(run: Run) -> Result<Findings, String> {
    let time = run.seconds(10);
    let head =
        ["server", "subscribers", "deliveries/s", "of Sputnik's", "lost", "server busy", "generator busy", "limit"];
    let mut table = vec![line(head)];
    let mut found = Vec::new();
    for clients in [1_000, 5_000].map(|clients| run.clients(clients)) {
        let mut rates = Vec::new();
        for kind in [SPUTNIK, FLOOR, WS, SOCKET_IO, SOCKETIOXIDE, CHANNELS] {
            let (server, mut crowd) = run.start(kind).await?;
            crowd.grow(clients, clients, None).await?;
            sleep(Duration::from_secs(1)).await;
            flood(&server, &crowd, clients, time / 5).await;
            let limit = flood(&server, &crowd, clients, time).await;
            rates.push(limit.rate);
            let Shares { server, generator } = limit.shares;
            table.push(line([
                kind.name,
                &clients.to_string(),
                &format!("{:.0}", limit.rate),
                &format!("{:.2}", limit.rate / rates[0]),
                &limit.lost.to_string(),
                &format!("{server:.0} %"),
                &format!("{generator:.0} %"),
                limit.shares.limit(),
            ]));
        }
        let (socket_io, floor) = (rates[0] / rates[3], rates[0] / rates[1]);
        found.push(format!("{clients}: {socket_io:.1} × Socket.IO, {floor:.2} × floor"));
    }
    Ok(Findings {
        goal: "≥ 4 × Socket.IO, ≥ 0.8 × the floor",
        found: found.join("; "),
        how: format!(
            "{PUBLISHERS} connections publish, the next message as soon as fewer than {WINDOW} are still on their way to \
             somebody; all subscribers in one room, over {} s after a warm-up. Nobody is present, everybody listens.",
            time.as_secs()
        ),
        table,
    })
}
