//! A command that writes nothing: over the socket, and posted.

use super::{Run, line};
use crate::{
    http::Http,
    report::Findings,
    samples::Samples,
    servers::{FLOOR, Kind, SOCKET_IO, SPUTNIK, Server, WS},
    socket::{Outbox, Socket},
    wire::{Heard, Protocol, client, client_in, cookies, posted_call},
};
use std::{cell::Cell, io, rc::Rc, time::Duration};
use tokio::{
    task::JoinSet,
    time::{Instant, timeout_at},
};

/// Where samples of all who call are put together.
type Shared = Rc<std::cell::RefCell<Samples>>;

pub async fn measure(run: Run) -> Result<Findings, String> {
    let time = run.seconds(5);
    let mut table = vec![line(["over", "at once", "server", "mean", "p50", "p99", "calls/s", "times the floor"])];
    let mut found = Vec::new();
    for (over, kinds) in [("socket", &[FLOOR, SPUTNIK, SOCKET_IO, WS][..]), ("POST", &[FLOOR, SPUTNIK])] {
        for at_once in [1, 64] {
            let mut floor = None;
            for kind in kinds {
                let (server, _) = run.start(*kind).await?;
                // Warm, then measured.
                call(&server, over, at_once, time / 5).await?;
                let mut samples = call(&server, over, at_once, time).await?;
                let rate = samples.len() as f64 / time.as_secs_f64();
                let mean = 1_000.0 * at_once as f64 / rate;
                let times = mean / *floor.get_or_insert(mean);
                if *kind == SPUTNIK {
                    found.push(format!("{over} × {at_once}: {times:.2}"));
                }
                table.push(line([
                    over,
                    &at_once.to_string(),
                    kind.name,
                    &format!("{mean:.3} ms"),
                    &format!("{:.3} ms", samples.percentile(0.5)),
                    &format!("{:.3} ms", samples.percentile(0.99)),
                    &format!("{rate:.0}"),
                    &format!("{times:.2}"),
                ]));
            }
        }
    }
    Ok(Findings {
        goal: "≤ 1.5 × a bare axum handler over the same transport",
        found: found.join(", "),
        how: format!(
            "A command that answers with what it is given. So many clients, each with a connection of its own, call \
             again as soon as they are answered, over {} s. The floor answers a frame with the same frame, and a POST \
             with its body. How many commands a second a client may send is not bounded here.",
            time.as_secs()
        ),
        table,
    })
}

/// Calls for a while, so many at once.
async fn call(server: &Server, over: &str, at_once: usize, time: Duration) -> Result<Samples, String> {
    let samples = Shared::default();
    let end = Instant::now() + time;
    let mut callers = JoinSet::new();
    for number in 0..at_once {
        let (kind, to, samples) = (server.kind, server.at, Rc::clone(&samples));
        if over == "POST" {
            let client = client_id(kind, to).await.map_err(|error| error.to_string())?;
            callers.spawn_local(async move { post(kind, to, &client, &samples, end).await });
        } else {
            callers.spawn_local(async move { over_socket(kind, to, number, &samples, end).await });
        }
    }
    while let Some(ended) = callers.join_next().await {
        ended.map_err(|error| error.to_string())?.map_err(|error| format!("a call failed: {error}"))?;
    }
    Ok(samples.take())
}

/// A client of the layer has an id, which a socket gives it.
async fn client_id(kind: Kind, to: std::net::SocketAddr) -> io::Result<Option<String>> {
    if !matches!(kind.protocol, Protocol::Sputnik { .. }) {
        return Ok(None);
    }
    let mut socket = Socket::open(to, "/sputnik/socket", &format!("Cookie: {}\r\n", cookies(0))).await?;
    let mut out = Outbox::default();
    out.text(r#"{"hello":{}}"#);
    socket.send(&mut out).await?;
    let mut welcome = Vec::new();
    socket.next(&mut out, |frame, _| welcome.extend(frame)).await?;
    match client_in(&welcome) {
        Some(client) => Ok(Some(client.to_owned())),
        None => Err(io::Error::other(format!("no client id in {}", String::from_utf8_lossy(&welcome)))),
    }
}

async fn post(
    kind: Kind,
    to: std::net::SocketAddr,
    client: &Option<String>,
    samples: &Shared,
    end: Instant,
) -> io::Result<()> {
    let mut http = Http::open(to).await?;
    for number in 1.. {
        let (path, headers, body) = posted_call(kind.protocol, client.as_deref(), number);
        let start = Instant::now();
        http.post(path, &headers, &body).await?;
        samples.borrow_mut().add(start.elapsed().as_micros() as u64);
        if Instant::now() > end {
            break;
        }
    }
    Ok(())
}

async fn over_socket(
    kind: Kind,
    to: std::net::SocketAddr,
    number: usize,
    samples: &Shared,
    end: Instant,
) -> io::Result<()> {
    let mut wire = client(kind.protocol, number, format!("room-{number}"));
    let (path, headers) = wire.handshake();
    let mut socket = Socket::open(to, &path, &headers).await?;
    let (mut out, heard) = (Outbox::default(), Cell::new(Heard::Other));
    wire.opened(&mut out);
    let mut start = Instant::now();
    let mut calls = 0;
    while Instant::now() < end {
        socket.send(&mut out).await?;
        let hear = |frame: &[u8], out: &mut Outbox| match wire.hear(frame, out) {
            Heard::Other | Heard::Said(_) => {}
            news => heard.set(news),
        };
        let Ok(came) = timeout_at(end, socket.next(&mut out, hear)).await else { break };
        came?;
        let news = heard.replace(Heard::Other);
        if news == Heard::Reply {
            samples.borrow_mut().add(start.elapsed().as_micros() as u64);
        }
        if news != Heard::Other {
            calls += 1;
            wire.call(calls, &mut out);
            start = Instant::now();
        }
    }
    socket.cut();
    Ok(())
}
