//! What connections cost that do nothing: memory, and CPU.

use super::{Run, line};
use crate::{
    process::Busy,
    report::Findings,
    servers::{CHANNELS, FLOOR, Kind, SOCKET_IO, SOCKETIOXIDE, SPUTNIK_PRESENT, WS},
};
use std::time::Duration;
use tokio::time::sleep;

/// How many people are in a room: each sees all of them come.
const IN_ROOM: usize = 50;
const SERVERS: [Kind; 6] = [SPUTNIK_PRESENT, FLOOR, WS, SOCKET_IO, SOCKETIOXIDE, CHANNELS];
/// Until what came with a newcomer is done and the memory for it given back.
const SETTLE: Duration = Duration::from_secs(3);

pub async fn memory(run: Run) -> Result<Findings, String> {
    let (few, many) = (run.clients(1_000), run.clients(10_000));
    let mut table = vec![line(["server", "kB a connection", "times Sputnik", "MB before the first"])];
    let mut ours = None;
    for kind in SERVERS {
        let (server, mut crowd) = run.start(kind).await?;
        let before = server.memory();
        crowd.grow(few, IN_ROOM, None).await?;
        sleep(SETTLE).await;
        let at_few = server.memory();
        crowd.grow(many, IN_ROOM, None).await?;
        sleep(SETTLE).await;
        let each = (server.memory() as f64 - at_few as f64) / (many - few) as f64 / 1_000.0;
        let ours = *ours.get_or_insert(each);
        let before = before as f64 / 1e6;
        table.push(line([kind.name, &format!("{each:.1}"), &format!("{:.1}", each / ours), &format!("{before:.0}")]));
    }
    Ok(Findings {
        goal: "≤ 8 kB",
        found: format!("{:.1} kB", ours.unwrap_or(f64::NAN)),
        how: format!(
            "How much the memory in RAM grows from {few} to {many} idle connections, divided by their difference. In \
             rooms of {IN_ROOM}. With Sputnik each has its session, its subscription and its presence, and has seen \
             the others of its room come; with the others it is in a room and no more. The kernel's own memory for \
             sockets is not in it."
        ),
        table,
    })
}

pub async fn cpu(run: Run) -> Result<Findings, String> {
    let (clients, time) = (run.clients(5_000), run.seconds(30));
    let mut table = vec![line(["server", "% of a core", "pings a client", "µs a ping"])];
    let mut found = String::new();
    for kind in SERVERS {
        let (server, mut crowd) = run.start(kind).await?;
        crowd.grow(clients, IN_ROOM, None).await?;
        sleep(SETTLE).await;
        let busy = Busy::watch(server.pid());
        sleep(time).await;
        let share = busy.shares().server;
        let every = match kind {
            SPUTNIK_PRESENT => Some(8),
            WS => Some(30),
            SOCKET_IO | SOCKETIOXIDE => Some(25),
            CHANNELS => Some(20),
            _ => None,
        };
        let [pings, each] = every.map_or(["none".into(), "–".into()], |every| {
            let each = share / 100.0 * f64::from(every) / clients as f64 * 1e6;
            [format!("every {every} s"), format!("{each:.0}")]
        });
        table.push(line([kind.name, &format!("{share:.1}"), &pings, &each]));
        if kind == SPUTNIK_PRESENT {
            found = format!("{share:.1} % of a core");
        }
    }
    Ok(Findings {
        goal: "lowest of all",
        found,
        how: format!(
            "CPU of {clients} idle clients over {} s, in rooms of {IN_ROOM}. Most of it is pings, so how often there \
             is one decides: with Sputnik as often as it takes to notice a dead line within ten seconds. Therefore also \
             what each costs with its answer.",
            time.as_secs()
        ),
        table,
    })
}
