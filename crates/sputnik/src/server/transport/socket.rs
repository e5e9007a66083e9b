//! The WebSocket transport: `GET /sputnik/socket`.
//!
//! One task a connection, which reads, writes and waits in one place. Nothing is queued for a slow client: while a
//! write waits for it, its position stays where it is, and it goes on from there.

use super::listener::{Listener, frame};
use crate::{
    protocol::{
        fault::Fault,
        fragment::{Gathered, PART, TooLong, split},
        frame::{ClientFrame, ServerFrame},
        names::{ClientId, Uid},
    },
    server::{
        address::Address,
        command::{
            over_socket::{Opened, Runner, as_json},
            queue::{Call, CommandQueue},
        },
        gate::User,
        handles::{CommandHandles, ConnectionHandles},
        inbound::{self, InboundShare},
        metrics::{Connected, Transport},
        node::closed,
        once::reply_cache::Reply,
        presence::leases::End,
        settings::UNANSWERED,
    },
};
use axum::{
    extract::{
        State, WebSocketUpgrade,
        ws::{Message, Utf8Bytes, WebSocket},
    },
    response::Response,
};
use futures::{
    FutureExt, SinkExt,
    future::{BoxFuture, pending},
};
use http::request::Parts;
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout, timeout_at};

/// How long a client may take to say hello.
const HELLO: Duration = Duration::from_secs(10);
/// How many bytes are read at once, of which an idle connection keeps the room. Larger frames take more reads.
const READ_BUFFER: usize = 512;
/// How many bytes of frames are gathered before they are written. A connection keeps the room for them and one frame
/// more, rounded up to twice a size it had before: a little below 1 KiB costs half of what a little above does.
const WRITE_BUFFER: usize = 768;
/// The most bytes that wait to be written: a message, and what was gathered before it.
const MOST_WAITING: usize = 2 * PART;
/// How long the other end has to read why its connection ends.
const LAST_WORDS: Duration = Duration::from_secs(3);
/// Over how long the clients of a node that goes down come back.
const BYE: Duration = Duration::from_secs(2);
/// How many times between two pings of a connection others are pinged. Everyone whose turn it is is pinged at once, so
/// that a node with nothing else to do wakes up this often, and not for every connection: waking up costs more than a
/// ping.
const BEATS: u32 = 32;
/// How many unreadable frames a connection may bring before it ends.
const UNREADABLE: u32 = 16;

/// What sockets are served with, and the commands that come over them.
pub(crate) type Handles = (Arc<ConnectionHandles>, Arc<CommandHandles>);

/// Opens a socket.
pub(crate) async fn socket(
    State(handles): State<Handles>,
    upgrade: WebSocketUpgrade,
    request: http::Request<axum::body::Body>,
) -> Response {
    let (parts, _) = request.into_parts();
    // A message is a frame or a part of one. Until it is whole it is here, and its address is not known to have it.
    let bound = handles.0.settings.reads_at_most().min(4 * PART);
    upgrade
        // Tungstenite's defaults cost 128 KiB a connection before a byte is sent.
        .read_buffer_size(READ_BUFFER)
        // Several frames go out in one write; a single one does not wait.
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(MOST_WAITING)
        .max_message_size(bound)
        .max_frame_size(bound)
        .on_upgrade(async move |socket| {
            // What an idle connection does not need stands in futures and tasks of their own, which go when they are done:
            // room in the connection's task is room for as long as it lives. So the task that upgrades ends here.
            let greeted = Box::pin(Connection::greet(handles, socket, parts));
            tokio::spawn(async move {
                if let Some(mut connection) = greeted.await {
                    connection.talk().await;
                }
            });
        })
}

fn too_large() -> Fault {
    Fault::too_large("This frame is larger than the server takes.")
}

struct Connection {
    handles: Arc<ConnectionHandles>,
    socket: WebSocket,
    listener: Listener,
    opened_with: Arc<Opened>,
    turns: CommandQueue,
    /// Of a long frame, what came of it so far.
    gathered: Gathered,
    inbound: InboundShare,
    out: Vec<Utf8Bytes>,
    unreadable: u32,
    /// Since when it is known who is at the other end.
    known: Instant,
    /// While it is asked.
    asking: Option<BoxFuture<'static, Result<Option<User>, Fault>>>,
    _counted: Connected,
}

impl Connection {
    /// Waits for the hello and answers it; nothing when it was none to be answered.
    async fn greet((handles, commands): Handles, mut socket: WebSocket, request: Parts) -> Option<Box<Self>> {
        let hello = match timeout(HELLO, socket.recv()).await {
            Ok(Some(Ok(Message::Text(text)))) => match serde_json::from_str(&text) {
                Ok(ClientFrame::Hello(hello)) => hello,
                _ => {
                    refuse(socket, Fault::bad_request("The first frame must be a hello.")).await;
                    return None;
                }
            },
            Ok(Some(Ok(Message::Binary(_)))) => {
                refuse(socket, Fault::bad_request("The first frame must be a hello, as text.")).await;
                return None;
            }
            _ => return None,
        };
        if hello.client.is_some() {
            handles.metrics.reconnects.inc();
        }
        let counted = handles.metrics.connected(Transport::Socket);
        let known = Instant::now();
        let (listener, welcome) = match Listener::greet(&handles, &request, hello, End::Cut).await {
            Ok(greeted) => greeted,
            Err(fault) => {
                refuse(socket, fault).await;
                return None;
            }
        };
        let out = vec![frame(&ServerFrame::Welcome(welcome))];
        let inbound = handles.inbound.from(Address::of(&request.extensions));
        Some(Box::new(Self {
            handles,
            socket,
            listener,
            opened_with: Arc::new(Opened::with(&request, commands)),
            turns: CommandQueue::default(),
            gathered: Gathered::default(),
            inbound,
            out,
            unreadable: 0,
            known,
            asking: None,
            _counted: counted,
        }))
    }

    async fn talk(&mut self) {
        let ping = self.handles.settings.ping;
        let mut pings = interval_at(first_ping(self.handles.began, ping), ping);
        // A late one does not move those after it off the beat.
        pings.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut closing = self.handles.closing.subscribe();
        let mut unanswered = 0;
        let news = self.listener.news().clone();
        loop {
            if self.flush().await.is_err() || news.is_signed_out() || news.is_asked_anew() {
                return;
            }
            tokio::select! {
                heard = self.socket.recv() => {
                    unanswered = 0;
                    match heard {
                        Some(Ok(Message::Text(text))) => {
                            // What is too large for a command is refused where commands are: by its UID.
                            match self.gathered.take(&text, self.handles.settings.reads_at_most()) {
                                Ok(Some(text)) => self.read(&text).await,
                                Ok(None) => {}
                                Err(TooLong) => return Box::pin(self.end_with(too_large())).await,
                            }
                            if let Err(fault) = self.note_inbound() {
                                return Box::pin(self.end_with(fault)).await;
                            }
                        }
                        Some(Ok(Message::Binary(_))) => self.not_understood("Frames are text."),
                        Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                        Some(Ok(Message::Close(_))) | None => return,
                        Some(Err(error)) => return Box::pin(self.cannot_go_on(&error)).await,
                    }
                    if self.unreadable > UNREADABLE {
                        return Box::pin(self.end()).await;
                    }
                }
                () = news.wait() => self.collect().await,
                (uid, reply) = self.turns.next(Runner::new(self.listener.client(), &self.opened_with)) => {
                    self.reply(uid, &reply);
                    self.reply_to_all_answered();
                    // Less waits than before: that always may.
                    drop(self.note_inbound());
                }
                _ = pings.tick() => {
                    // Counted by pings and not by the clock: while a write waits for a slow client, nothing of it is read.
                    if unanswered >= UNANSWERED {
                        return;
                    }
                    if !self.gathered.is_empty() && self.inbound.is_stuck(&self.handles.settings) {
                        return Box::pin(self.end_with(inbound::too_slow())).await;
                    }
                    unanswered += 1;
                    self.out.push(frame(&ServerFrame::Ping));
                    if self.is_another() {
                        return;
                    }
                    Box::pin(self.listener.claim()).await;
                    self.collect().await;
                }
                who = answered(&mut self.asking) => match who {
                    Ok(who) if who.as_ref() == self.listener.user() => {}
                    // It comes back, and is asked who it is.
                    Ok(_) => return,
                    Err(fault) => tracing::warn!(%fault, "who has a connection open cannot be found out; it is tried again"),
                },
                () = closed(&mut closing) => return Box::pin(self.say_goodbye()).await,
            }
        }
    }

    /// Whether somebody else is at the other end by now, as far as is known; where that was not asked for long, it is now.
    fn is_another(&mut self) -> bool {
        let opened_with = &self.opened_with;
        if let Some((asked, same)) = opened_with.sender().last(self.listener.user()) {
            if !same {
                return true;
            }
            self.known = asked;
        }
        let again = self.handles.settings.asks_after(share(self.listener.client()));
        if self.asking.is_none() && self.known.elapsed() >= again {
            let opened_with = Arc::clone(opened_with);
            self.asking = Some(Box::pin(async move { opened_with.who().await }));
        }
        false
    }

    async fn read(&mut self, text: &str) {
        match serde_json::from_str(text) {
            Ok(ClientFrame::Call { uid, path, body, again }) => self.call(Call { uid, path, body, again }),
            Ok(heard) => Box::pin(self.hear(heard)).await,
            Err(error) => self.not_understood(&format!("This frame could not be read: {error}.")),
        }
    }

    /// Notes what is here of frames that are not whole yet, and of commands that wait for their turn.
    fn note_inbound(&mut self) -> Result<(), Fault> {
        self.inbound.is(self.gathered.len() + self.turns.waiting_bytes())
    }

    fn call(&mut self, call: Call) {
        let (uid, bytes) = (call.uid, call.body.len());
        let settings = &self.handles.settings;
        if bytes > settings.frame_bytes {
            return self.reply(uid, &Reply::fault(&inbound::too_large(settings)));
        }
        let fits = self.inbound.is(self.turns.waiting_bytes() + bytes);
        match fits.and_then(|()| self.turns.add(call, self.handles.settings.commands_waiting)) {
            Ok(()) => self.reply_to_all_answered(),
            Err(fault) => self.reply(uid, &Reply::fault(&fault)),
        }
    }

    async fn hear(&mut self, frame: ClientFrame) {
        self.listener.hear(frame, &mut self.out).await;
        // What followed a new position may be there already.
        self.collect().await;
    }

    /// Takes what there is to send, and not all of it at once: between two batches the connection is read and pinged.
    async fn collect(&mut self) {
        if self.listener.collect(&mut self.out).await {
            self.listener.news().ring();
        }
    }

    /// The node goes down: what runs is answered, what waits for its turn the client sends again elsewhere.
    async fn say_goodbye(&mut self) {
        self.turns.begin_no_more();
        let until = Instant::now() + self.handles.settings.farewell;
        while self.turns.are_under_way()
            && let Ok((uid, reply)) =
                timeout_at(until, self.turns.next(Runner::new(self.listener.client(), &self.opened_with))).await
        {
            self.reply(uid, &reply);
        }
        let after = BYE.mul_f64(share(self.listener.client()));
        let after_ms = u32::try_from(after.as_millis()).unwrap_or(u32::MAX);
        self.out.push(frame(&ServerFrame::Bye { after_ms }));
        _ = self.flush().await;
    }

    fn not_understood(&mut self, why: &str) {
        self.unreadable += 1;
        self.out.push(frame(&ServerFrame::Fault(Fault::bad_request(why))));
    }

    /// A frame above the bound cannot be read past: that is said, and the end.
    async fn cannot_go_on(&mut self, error: &axum::Error) {
        // The error's type is tungstenite's, which only axum knows.
        if error.to_string().starts_with("Space limit exceeded") {
            self.end_with(too_large()).await;
        }
    }

    async fn end_with(&mut self, fault: Fault) {
        self.out.push(frame(&ServerFrame::Fault(fault)));
        self.end().await;
    }

    /// Sends what there is to be sent, and ends.
    async fn end(&mut self) {
        _ = self.flush().await;
        last_words(&mut self.socket).await;
    }

    fn reply(&mut self, uid: Uid, reply: &Reply) {
        let (status, body) = as_json(reply);
        self.out.push(frame(&ServerFrame::Reply { uid, status, body }));
    }

    /// Those that were stored together are answered together, in one write; and what waits for nothing at once.
    fn reply_to_all_answered(&mut self) {
        while let Some((uid, reply)) =
            self.turns.next(Runner::new(self.listener.client(), &self.opened_with)).now_or_never()
        {
            self.reply(uid, &reply);
        }
    }

    async fn flush(&mut self) -> Result<(), ()> {
        // Taken, so that whoever once heard much at once does not keep the room for it.
        let out = std::mem::take(&mut self.out);
        if out.is_empty() {
            return Ok(());
        }
        for text in out {
            if text.len() > PART {
                Box::pin(self.send_in_parts(&text)).await?;
            } else {
                in_time(&self.handles, self.socket.feed(Message::Text(text))).await?;
            }
        }
        in_time(&self.handles, self.socket.flush()).await
    }

    async fn send_in_parts(&mut self, text: &str) -> Result<(), ()> {
        for part in split(text) {
            in_time(&self.handles, self.socket.send(Message::Text(part.into_owned().into()))).await?;
            // Over a slow line a long frame takes minutes.
            if self.listener.news().is_signed_out() {
                return Err(());
            }
        }
        Ok(())
    }
}

/// What was asked for; for ever, while nothing is.
async fn answered<T>(asking: &mut Option<BoxFuture<'static, T>>) -> T {
    let Some(asked) = asking else { return pending().await };
    let answer = asked.await;
    *asking = None;
    answer
}

/// When a connection that is opened now is pinged first: within `ping`, at a beat that all connections of a node have
/// in common.
fn first_ping(began: Instant, ping: Duration) -> Instant {
    let beat = (ping / BEATS).max(Duration::from_millis(1));
    let passed = began.elapsed().as_nanos() / beat.as_nanos();
    began + beat * u32::try_from(passed).unwrap_or(0) + ping
}

/// Whoever reads nothing for too long is cut. It comes back and goes on from where it stood.
async fn in_time(handles: &ConnectionHandles, write: impl Future<Output = Result<(), axum::Error>>) -> Result<(), ()> {
    match timeout(handles.settings.stuck, write).await {
        Ok(written) => written.map_err(drop),
        Err(_) => {
            handles.metrics.slow_clients.inc();
            Err(())
        }
    }
}

async fn refuse(mut socket: WebSocket, fault: Fault) {
    drop(timeout(LAST_WORDS, socket.send(Message::Text(frame(&ServerFrame::Fault(fault))))).await);
    last_words(&mut socket).await;
}

/// Gives the other end time to read why the connection ends: what it sent and nobody read would make the end a reset,
/// which may overtake what was just said.
async fn last_words(socket: &mut WebSocket) {
    let unread = async {
        drop(socket.send(Message::Close(None)).await);
        loop {
            match socket.recv().await {
                Some(Ok(_)) => {}
                // A frame that cannot be read past.
                Some(Err(_)) => std::future::pending().await,
                None => return,
            }
        }
    };
    drop(timeout(LAST_WORDS, unread).await);
}

/// From 0 to 1, to spread over a time what all clients do: by their ids, which are random.
fn share(client: &ClientId) -> f64 {
    let sum: u32 = client.as_str().bytes().map(u32::from).sum();
    f64::from(sum % 101) / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::advance;

    #[tokio::test(start_paused = true)]
    async fn connections_are_pinged_in_time_and_together() {
        let (began, ping) = (Instant::now(), Duration::from_secs(8));
        let mut firsts = Vec::new();
        for _ in 0..100 {
            advance(Duration::from_millis(7)).await;
            let first = first_ping(began, ping);
            assert!(first <= Instant::now() + ping, "the client was promised a ping by then");
            firsts.push(first);
        }
        firsts.dedup();
        assert_eq!(firsts.len(), 3, "700 ms have three beats");
    }
}
