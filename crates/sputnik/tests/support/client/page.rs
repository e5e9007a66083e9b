//! One document in one tab.

use super::{Browser, Channel, PATIENCE, Seen, Socket, Transport, lock, open_socket, post_call, read_part, text};
use futures::{SinkExt, StreamExt};
use serde::de::DeserializeOwned;
use serde_json::Value;
use sputnik::{
    ChannelName, ClientId, Fault, Position, Uid,
    client::inbox::Inbox,
    protocol::{
        fragment::Gathered,
        frame::{Ask, ClientFrame, Follow, Hello, ServerFrame},
    },
};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    sync::{Notify, mpsc, watch},
    task::JoinHandle,
    time::{Instant, sleep, timeout, timeout_at},
};
use tokio_tungstenite::tungstenite::Message;

struct Shared {
    browser: Arc<Browser>,
    seen: Mutex<Seen>,
    changed: watch::Sender<u64>,
    /// What a poll takes along.
    to_say: Mutex<Vec<ClientFrame>>,
    /// A waiting poll is to be asked anew.
    again: Notify,
}

impl Shared {
    fn take(&self, frames: impl IntoIterator<Item = ServerFrame>) {
        let mut seen = lock(&self.seen);
        frames.into_iter().for_each(|frame| seen.take(frame));
        drop(seen);
        self.changed.send_modify(|n| *n += 1);
    }
}

/// One document in one tab.
pub struct Page {
    pub browser: Arc<Browser>,
    /// The node it speaks to. Any will do.
    pub site: String,
    pub transport: Transport,
    shared: Arc<Shared>,
    was: Option<ClientId>,
    uid: u64,
    task: Option<JoinHandle<()>>,
    socket: Option<mpsc::UnboundedSender<Message>>,
}

impl Page {
    /// A page of this browser that is not connected yet.
    pub fn new(browser: &Arc<Browser>, site: &str, transport: Transport) -> Self {
        let shared = Arc::new(Shared {
            browser: Arc::clone(browser),
            seen: Mutex::default(),
            changed: watch::Sender::new(0),
            to_say: Mutex::default(),
            again: Notify::new(),
        });
        let (browser, site) = (Arc::clone(browser), site.to_owned());
        Self { browser, site, transport, shared, was: None, uid: 0, task: None, socket: None }
    }

    /// Opens a page and connects it.
    pub async fn open(browser: &Arc<Browser>, site: &str, transport: Transport) -> Self {
        browser.visit(site).await;
        let mut page = Self::new(browser, site, transport);
        page.connect().await;
        page
    }

    /// The tab is closed, or another page comes into it: a socket ends by itself, who polls says it.
    pub async fn leave(&mut self) {
        self.cut();
        if self.transport != Transport::Socket {
            let hello = Hello { client: Some(self.client()), was: None };
            let ask = Ask { hello, follow: self.seen(|seen| seen.follows(true)), frames: Vec::new(), last: true };
            self.browser.ask(&self.site, false, &ask).await.expect("it is answered");
        }
    }

    /// The same tab, loaded anew: the old document leaves, the new one says whom it was.
    pub async fn reload(mut self) -> Self {
        self.leave().await;
        let mut page = Self::new(&self.browser, &self.site, self.transport);
        page.was = Some(self.client());
        page.connect().await;
        page
    }

    /// Says, before it connects, which client its tab was before.
    pub fn was(mut self, client: ClientId) -> Self {
        self.was = Some(client);
        self
    }

    pub fn client(&self) -> ClientId {
        self.seen(|seen| seen.client.clone()).expect("it is connected")
    }

    pub fn is_connected(&self) -> bool {
        self.task.as_ref().is_some_and(|task| !task.is_finished())
    }

    /// Connects, or connects again, as the client it is, and follows everything again from where it stands.
    pub async fn connect(&mut self) {
        self.cut();
        let hello = Hello { client: self.seen(|seen| seen.client.clone()), was: self.was.clone() };
        if self.transport == Transport::Socket {
            let mut socket = open_socket(&self.browser, &self.site, &[]).await.expect("a socket opens");
            let mut frames = vec![ClientFrame::Hello(hello)];
            frames.extend(self.seen(|seen| seen.follows(false)).into_iter().map(ClientFrame::Follow));
            let before: usize = self.seen(|seen| seen.channels.values().map(|channel| channel.following).sum());
            let follows = frames.len() - 1;
            for frame in &frames {
                socket.send(text(frame)).await.expect("it can be said");
            }
            let (sender, receiver) = mpsc::unbounded_channel();
            self.socket = Some(sender);
            self.task = Some(tokio::spawn(listen(Arc::clone(&self.shared), socket, receiver)));
            self.until("it follows again", |seen| {
                let following: usize = seen.channels.values().map(|channel| channel.following).sum();
                seen.client.is_some()
                    && (following >= before + follows
                        || seen.channels.values().any(|c| c.ended.is_some() || !c.gaps.is_empty()))
            })
            .await;
        } else {
            let long = self.transport == Transport::LongPoll;
            self.task = Some(tokio::spawn(poll(Arc::clone(&self.shared), self.site.clone(), hello, long)));
            self.until("it is welcome", |seen| seen.client.is_some()).await;
        }
    }

    /// The network is cut: no word of farewell.
    pub fn cut(&mut self) {
        self.socket = None;
        if let Some(task) = self.task.take() {
            task.abort();
        }
        lock(&self.shared.seen).ended = None;
    }

    /// The connection stays open, but nothing is read or said here any more. What holds it open is returned.
    pub fn freeze(&mut self) -> Frozen {
        let task = self.task.take().expect("it is connected");
        let socket = self.socket.take().expect("a socket");
        let _ = socket.send(Message::Text(FREEZE.into()));
        Frozen(task, socket)
    }

    /// Goes on by another transport, from where it stands.
    pub async fn switch(&mut self, transport: Transport) {
        self.cut();
        self.transport = transport;
        self.connect().await;
    }

    pub fn seen<T>(&self, look: impl FnOnce(&Seen) -> T) -> T {
        look(&lock(&self.shared.seen))
    }

    /// Waits until a page sees what it is to see.
    pub async fn until(&self, what: &str, mut is: impl FnMut(&Seen) -> bool) {
        let patience = Instant::now() + PATIENCE;
        let mut changed = self.shared.changed.subscribe();
        loop {
            if self.seen(&mut is) {
                return;
            }
            if !matches!(timeout_at(patience, changed.changed()).await, Ok(Ok(()))) {
                self.seen(|seen| panic!("it never happened: {what}\n{seen:#?}"));
            }
        }
    }

    /// Waits until exactly this was said on a channel, in this order.
    pub async fn until_said(&self, channel: &str, said: &[&str]) {
        self.until(&format!("{said:?} is said"), |seen| seen.said(channel).len() >= said.len()).await;
        assert_eq!(self.seen(|seen| seen.said(channel)), said);
    }

    /// Waits until the answer to one more whole poll, or a ping after this, came: what happened before was told.
    pub async fn until_told_all(&self) {
        let (pings, polls) = self.seen(|seen| (seen.pings, seen.polls));
        self.until("it is told all", |seen| seen.pings >= pings + 2 || seen.polls >= polls + 2).await;
    }

    /// Follows a channel from now on, with its roster.
    pub async fn follow(&self, channel: &str) {
        self.start_following(channel, None, None);
        self.until(&format!("it follows {channel}"), |seen| {
            let channel = seen.channel(channel);
            channel.following > 0 || channel.ended.is_some()
        })
        .await;
        if let Some(fault) = self.seen(|seen| seen.channel(channel).ended.clone()) {
            panic!("{channel}: {fault:?}");
        }
    }

    /// Follows a channel and is present there, showing `state`.
    pub async fn join(&self, channel: &str, state: Value) {
        self.start_following(channel, None, Some(state));
        self.until(&format!("it is present in {channel}"), |seen| {
            let (channel, me) = (seen.channel(channel), seen.client.as_ref());
            me.is_some_and(|me| channel.is_here(me)) || channel.ended.is_some()
        })
        .await;
    }

    /// Follows a channel from a position.
    pub fn follow_from(&self, channel: &str, after: &Position) {
        self.start_following(channel, Some(after.clone()), None);
    }

    /// Follows a channel as this says, and waits for nothing.
    pub fn start_following(&self, channel: &str, after: Option<Position>, present: Option<Value>) {
        self.start_following_as(channel, after, present, None);
    }

    /// The same, with a snapshot that was fetched as somebody within, or as somebody who is not.
    pub fn start_following_as(
        &self,
        channel: &str,
        after: Option<Position>,
        present: Option<Value>,
        within: Option<bool>,
    ) {
        let name: ChannelName = channel.parse().unwrap();
        let (channel, roster) = (name.clone(), true);
        let follow = Follow { channel, after: after.clone(), present: present.clone(), roster, within };
        let inbox = after.map(|after| Inbox::new(after, 0));
        let channel = Channel { present, wants_roster: true, inbox, within, ..Channel::default() };
        lock(&self.shared.seen).channels.insert(name, channel);
        match &self.socket {
            Some(socket) => socket.send(text(&ClientFrame::Follow(follow))).expect("it is connected"),
            None => self.shared.again.notify_one(),
        }
    }

    /// Says a frame: now over a socket, with the next poll otherwise.
    pub fn say(&self, frame: ClientFrame) {
        match &self.socket {
            Some(socket) => socket.send(text(&frame)).expect("it is connected"),
            None => {
                lock(&self.shared.to_say).push(frame);
                self.shared.again.notify_one();
            }
        }
    }

    /// Sends anything at all over the socket.
    pub fn send_raw(&self, message: Message) {
        self.socket.as_ref().expect("a socket").send(message).expect("it is connected");
    }

    pub fn unfollow(&self, channel: &str) {
        let channel: ChannelName = channel.parse().unwrap();
        lock(&self.shared.seen).channels.remove(&channel);
        self.say(ClientFrame::Unfollow { channel });
    }

    pub fn whisper(&self, channel: &str, body: Value) {
        self.say(ClientFrame::Whisper { channel: channel.parse().unwrap(), body });
    }

    pub fn show(&self, channel: &str, state: Value) {
        let channel: ChannelName = channel.parse().unwrap();
        if let Some(channel) = lock(&self.shared.seen).channels.get_mut(&channel) {
            channel.present = Some(state.clone());
        }
        self.say(ClientFrame::Show { channel, state });
    }

    /// The UID for the next command.
    pub fn next_uid(&mut self) -> Uid {
        self.uid += 1;
        Uid(self.uid)
    }

    /// Runs a command and waits for its answer.
    pub async fn call<T: DeserializeOwned>(&mut self, path: &str, args: Value) -> Result<T, Fault> {
        let uid = self.next_uid();
        self.call_as(uid, false, path, args).await
    }

    /// Runs a command under this UID, perhaps again.
    pub async fn call_as<T: DeserializeOwned>(
        &self,
        uid: Uid,
        again: bool,
        path: &str,
        args: Value,
    ) -> Result<T, Fault> {
        self.start_call(uid, again, path, &args);
        let value = self.reply(uid, path, again, args).await?;
        Ok(serde_json::from_value(value).expect("the answer is what it should be"))
    }

    /// Sends a command over the socket and does not wait. By POST nothing happens before the answer is waited for.
    pub fn start_call(&self, uid: Uid, again: bool, path: &str, args: &Value) {
        if let Some(socket) = &self.socket {
            lock(&self.shared.seen).replies.remove(&uid);
            let call = ClientFrame::Call { uid, path: path.into(), body: args.to_string(), again };
            socket.send(text(&call)).expect("it is connected");
        }
    }

    async fn reply(&self, uid: Uid, path: &str, again: bool, args: Value) -> Result<Value, Fault> {
        if self.socket.is_some() {
            self.until(&format!("{path} is answered"), |seen| seen.replies.contains_key(&uid)).await;
            return self.seen(|seen| seen.replies[&uid].clone());
        }
        let client = self.client();
        let post = post_call(&self.browser, &self.site, &client, uid, again, path, args);
        timeout(PATIENCE, post).await.expect("an answer in time")
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.cut();
    }
}

/// An open connection at whose other end nobody is.
pub struct Frozen(JoinHandle<()>, mpsc::UnboundedSender<Message>);

impl Drop for Frozen {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Not a frame: it tells the listening task to stop listening.
const FREEZE: &str = "freeze";

async fn listen(shared: Arc<Shared>, mut socket: Socket, mut to_say: mpsc::UnboundedReceiver<Message>) {
    let mut gathered = Gathered::default();
    let why = loop {
        tokio::select! {
            heard = socket.next() => match heard {
                Some(Ok(Message::Text(message))) => {
                    let frame = read_part(&mut gathered, &message);
                    // To a part, too: so far both ends live.
                    if matches!(frame, None | Some(ServerFrame::Ping)) && socket.send(text(&ClientFrame::Pong)).await.is_err() {
                        break "it could not be ponged".into();
                    }
                    shared.take(frame);
                }
                Some(Ok(Message::Close(_))) => break "closed".into(),
                Some(Ok(_)) => {}
                Some(Err(error)) => break error.to_string(),
                None => break "cut".into(),
            },
            message = to_say.recv() => match message {
                Some(Message::Text(frozen)) if frozen.as_str() == FREEZE => std::future::pending().await,
                Some(message) => if let Err(error) = socket.send(message).await {
                    break error.to_string();
                },
                None => std::future::pending().await,
            }
        }
    };
    lock(&shared.seen).ended = Some(why);
    shared.take([]);
}

async fn poll(shared: Arc<Shared>, site: String, mut hello: Hello, long: bool) {
    loop {
        let follow = lock(&shared.seen).follows(true);
        let frames = std::mem::take(&mut *lock(&shared.to_say));
        let ask = Ask { hello: hello.clone(), follow, frames, last: false };
        let answer = tokio::select! {
            answer = shared.browser.ask(&site, long, &ask) => answer,
            () = shared.again.notified() => {
                // Whether it was heard is not known: it is said again.
                lock(&shared.to_say).splice(0..0, ask.frames);
                continue;
            }
        };
        match answer {
            Ok(mail) => {
                lock(&shared.seen).polls += 1;
                shared.take(mail.frames);
                hello.client.clone_from(&lock(&shared.seen).client);
            }
            Err(fault) => {
                lock(&shared.seen).ended = Some(format!("{fault:?}"));
                lock(&shared.seen).faults.push(fault);
                shared.take([]);
                return;
            }
        }
        if !long {
            sleep(Duration::from_millis(20)).await;
        }
    }
}
