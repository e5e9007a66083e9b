//! A client of the layer, as a browser is one: the same positions, the same retries, over the same transports.
//!
//! A [`Browser`] keeps cookies and opens [`Page`]s. What a page was told stands in [`Seen`], and a test waits until it
//! sees what it waits for.

use futures::{SinkExt, StreamExt};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sputnik::sputnik::{
    client::inbox::{Inbox, Take},
    fault::{Code, Fault},
    frame::{Ask, ClientFrame, Follow, Hello, Mail, ServerFrame},
    message::{Audience, Entry},
    names::{ChannelName, ClientId, LockName, Uid},
    position::Position,
    roster::{LockState, Roster},
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    net::TcpStream,
    sync::{Notify, mpsc, watch},
    task::JoinHandle,
    time::{Instant, sleep, timeout, timeout_at},
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{self, Message, client::IntoClientRequest},
};

/// How long anything that must happen may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(15);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What carries the frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    Socket,
    LongPoll,
    Poll,
}

/// Cookies, and what sends them.
pub struct Browser {
    http: reqwest::Client,
    cookies: Mutex<BTreeMap<String, String>>,
}

impl Browser {
    /// One that was never anywhere.
    pub fn new() -> Arc<Self> {
        Arc::new(Self { http: reqwest::Client::new(), cookies: Mutex::default() })
    }

    /// One in which that user is signed in.
    pub fn of(user: &str) -> Arc<Self> {
        let browser = Self::new();
        browser.set_cookie("user", user);
        browser
    }

    pub fn set_cookie(&self, name: &str, value: &str) {
        lock(&self.cookies).insert(name.into(), value.into());
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        lock(&self.cookies).get(name).cloned()
    }

    pub fn cookies(&self) -> String {
        let cookies = lock(&self.cookies);
        cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// Asks, keeps the cookies of the answer, and returns its status and text. An error when there is no answer.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Result<(u16, String), reqwest::Error> {
        let response = request.header("cookie", self.cookies()).send().await?;
        for line in response.headers().get_all("set-cookie") {
            let pair = line.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.set_cookie(name, value);
        }
        let status = response.status().as_u16();
        Ok((status, response.text().await?))
    }

    /// Looks at a page, by which a browser gets its visit.
    pub async fn visit(&self, site: &str) {
        self.send(self.http.get(site)).await.expect("the site answers");
    }

    /// Posts JSON, with more headers.
    pub async fn post(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Result<(u16, String), reqwest::Error> {
        let mut request = self.http.post(url).header("content-type", "application/json").body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request).await
    }

    /// One poll.
    pub async fn ask(&self, site: &str, long: bool, ask: &Ask) -> Result<Mail, Fault> {
        let path = if long { "long-poll" } else { "poll" };
        let answer = self.post(&format!("{site}/sputnik/{path}"), &[], json!({ "ask": ask }).to_string()).await;
        read(&answer.map_err(|error| Fault::temporary(format!("{error:?}")))?)
    }
}

/// The value or the fault that an answer holds.
pub fn read<T: DeserializeOwned>((status, body): &(u16, String)) -> Result<T, Fault> {
    if *status < 400 {
        return Ok(serde_json::from_str(body).unwrap_or_else(|error| panic!("{error} in the answer {body}")));
    }
    let fault: Fault = serde_json::from_str(body).unwrap_or_else(|_| panic!("{status} without a fault: {body:?}"));
    assert_eq!(fault.status(), *status, "the fault's own status: {body}");
    Err(fault)
}

/// What a page was told of one channel it follows.
#[derive(Debug, Default)]
pub struct Channel {
    present: Option<Value>,
    wants_roster: bool,
    inbox: Option<Inbox>,
    /// How often it was told that it follows.
    pub following: usize,
    /// Who is here and who holds what: what was told at first, and every entry folded in.
    pub roster: Option<Roster>,
    /// Every entry, once and in order, as a browser folds them in.
    pub entries: Vec<(u64, Entry)>,
    /// Every offset that came, doubles and all.
    pub came: Vec<u64>,
    /// Every gap it was told of, with where the log stood.
    pub gaps: Vec<Position>,
    /// Every hole it found that it was not told of: never one.
    pub holes: Vec<u64>,
    pub ended: Option<Fault>,
    pub whispers: Vec<(ClientId, Value)>,
}

impl Channel {
    pub fn at(&self) -> Option<&Position> {
        self.inbox.as_ref().map(Inbox::at)
    }

    /// What was said, in order, without what was for everyone but `me`.
    fn said(&self, me: Option<&ClientId>) -> Vec<String> {
        let said = self.entries.iter().filter_map(|(_, entry)| match entry {
            Entry::Said(said) if said.to == Audience::Others && said.from.as_ref() == me => None,
            Entry::Said(said) => serde_json::from_str(said.body.get()).ok(),
            _ => None,
        });
        said.collect()
    }

    /// How often a client is told to have joined, and to have left.
    pub fn comings_and_goings(&self, of: &ClientId) -> (usize, usize) {
        let count = |is: &dyn Fn(&Entry) -> bool| self.entries.iter().filter(|(_, entry)| is(entry)).count();
        (
            count(&|entry| matches!(entry, Entry::Joined { who, .. } if who.client == *of)),
            count(&|entry| matches!(entry, Entry::Left { client } if client == of)),
        )
    }

    pub fn is_here(&self, client: &ClientId) -> bool {
        self.roster.as_ref().is_some_and(|roster| roster.find(client).is_some())
    }

    pub fn lock(&self, name: &str) -> Option<LockState> {
        let name: LockName = name.parse().unwrap();
        self.roster.as_ref()?.lock(&name).cloned()
    }
}

/// Everything a page was told.
#[derive(Debug, Default)]
pub struct Seen {
    pub client: Option<ClientId>,
    pub channels: BTreeMap<ChannelName, Channel>,
    pub replies: BTreeMap<Uid, Result<Value, Fault>>,
    /// In the order in which they came.
    pub reply_order: Vec<u64>,
    pub faults: Vec<Fault>,
    pub bye: Option<u32>,
    pub pings: usize,
    /// How many polls were answered.
    pub polls: usize,
    /// Why the connection ended, if it did by itself.
    pub ended: Option<String>,
}

impl Seen {
    pub fn channel(&self, name: &str) -> &Channel {
        let name: ChannelName = name.parse().unwrap();
        self.channels.get(&name).unwrap_or_else(|| panic!("{name} was never followed"))
    }

    /// What was said on a channel, in order.
    pub fn said(&self, name: &str) -> Vec<String> {
        self.channel(name).said(self.client.as_ref())
    }

    fn take(&mut self, frame: ServerFrame) {
        match frame {
            ServerFrame::Welcome(welcome) => self.client = Some(welcome.client),
            ServerFrame::Following { channel, at, roster } => {
                let channel = self.channels.entry(channel).or_default();
                channel.following += 1;
                channel.inbox.get_or_insert_with(|| Inbox::new(at, 0));
                if roster.is_some() {
                    channel.roster = roster;
                }
            }
            ServerFrame::Entry { channel, epoch, offset, entry } => {
                // What was on its way when the page stopped following.
                let Some(channel) = self.channels.get_mut(&channel) else { return };
                channel.came.push(offset);
                let at = Position::new(epoch, offset);
                if let Some(roster) = &mut channel.roster {
                    roster.apply(&at, &entry);
                }
                let inbox = channel.inbox.as_mut().expect("an entry comes after where it follows is known");
                match inbox.take(&at, None) {
                    Take::Fold => channel.entries.push((offset, entry)),
                    Take::PassOver => {}
                    Take::Gap => channel.holes.push(offset),
                }
            }
            ServerFrame::Gap { channel, at } => {
                let channel = self.channels.entry(channel).or_default();
                channel.gaps.push(at);
                channel.inbox.as_mut().map(Inbox::gap);
            }
            ServerFrame::Ended { channel, fault } => self.channels.entry(channel).or_default().ended = Some(fault),
            ServerFrame::Reply { uid, status, body } => {
                self.reply_order.push(uid.0);
                self.replies.insert(uid, read(&(status, body.get().to_owned())));
            }
            ServerFrame::Whisper { channel, from, body } => {
                self.channels.entry(channel).or_default().whispers.push((from, body));
            }
            ServerFrame::Ping => self.pings += 1,
            ServerFrame::Bye { after_ms } => self.bye = Some(after_ms),
            ServerFrame::Fault(fault) => self.faults.push(fault),
        }
    }

    /// What to follow, from where. Polls ask for the roster only where it is not known.
    fn follows(&self, polls: bool) -> Vec<Follow> {
        let live = self.channels.iter().filter(|(_, channel)| channel.ended.is_none());
        let live = live.filter(|(_, channel)| channel.inbox.as_ref().is_none_or(|inbox| !inbox.waits_for_snapshot()));
        live.map(|(name, channel)| Follow {
            channel: name.clone(),
            after: channel.at().cloned(),
            present: channel.present.clone(),
            roster: channel.wants_roster && !(polls && channel.roster.is_some()),
        })
        .collect()
    }
}

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
                    && (following >= before + follows || seen.channels.values().any(|c| c.ended.is_some()))
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
        let name: ChannelName = channel.parse().unwrap();
        let follow = Follow { channel: name.clone(), after: after.clone(), present: present.clone(), roster: true };
        let inbox = after.map(|after| Inbox::new(after, 0));
        let channel = Channel { present, wants_roster: true, inbox, ..Channel::default() };
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

/// A command by POST.
pub async fn post_call(
    browser: &Browser,
    site: &str,
    client: &ClientId,
    uid: Uid,
    again: bool,
    path: &str,
    args: Value,
) -> Result<Value, Fault> {
    let uid = uid.to_string();
    let mut headers = vec![("x-sputnik-client", client.as_str()), ("x-sputnik-uid", &uid)];
    if again {
        headers.push(("x-sputnik-again", "1"));
    }
    let answer = browser.post(&format!("{site}{path}"), &headers, args.to_string()).await;
    read(&answer.map_err(|error| Fault { code: Code::TimedOut, ..Fault::temporary(format!("{error:?}")) })?)
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

pub type Socket = WebSocketStream<TcpStream>;

/// Opens a socket with a browser's cookies and more headers. Nothing is said on it yet.
pub async fn open_socket(
    browser: &Browser,
    site: &str,
    headers: &[(&'static str, &str)],
) -> Result<Socket, tungstenite::Error> {
    let host = site.strip_prefix("http://").unwrap();
    let mut request = format!("ws://{host}/sputnik/socket").into_client_request()?;
    request.headers_mut().insert("cookie", browser.cookies().parse().unwrap());
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    let stream = TcpStream::connect(host).await.map_err(tungstenite::Error::Io)?;
    Ok(client_async(request, stream).await?.0)
}

/// A frame as it is sent.
pub fn text(frame: &ClientFrame) -> Message {
    Message::Text(serde_json::to_string(frame).unwrap().into())
}

/// The next frame on a socket, pings passed over; `None` when it was closed.
pub async fn next_frame(socket: &mut Socket) -> Option<ServerFrame> {
    loop {
        match timeout(PATIENCE, socket.next()).await.expect("something comes") {
            Some(Ok(Message::Text(frame))) => match serde_json::from_str(&frame).unwrap() {
                ServerFrame::Ping => {}
                frame => return Some(frame),
            },
            Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
            Some(Ok(_)) => {}
        }
    }
}

async fn listen(shared: Arc<Shared>, mut socket: Socket, mut to_say: mpsc::UnboundedReceiver<Message>) {
    let why = loop {
        tokio::select! {
            heard = socket.next() => match heard {
                Some(Ok(Message::Text(frame))) => {
                    let frame: ServerFrame = serde_json::from_str(&frame).expect("a frame");
                    if matches!(frame, ServerFrame::Ping) && socket.send(text(&ClientFrame::Pong)).await.is_err() {
                        break "it could not be ponged".into();
                    }
                    shared.take([frame]);
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
