//! One who writes in a chapter, as a page does: over any transport, to any node. It exchanges when it comes, writes one
//! edit after the other, writes again what was not answered, and takes in what the channel says.

use super::yjs::Yjs;
use crate::support::{
    client::{Browser, Socket, open_socket, post_call, read, text},
    dice::Dice,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use futures::{SinkExt, StreamExt};
use leptos::server_fn::ServerFn;
use serde_json::{Value, json};
use sputnik::{
    book::{
        chapter::{Exchanged, TextNews},
        commands::writing::{Exchange, Write},
        model::{BookId, PartId},
    },
    sputnik::{
        client::inbox::{Inbox, Take},
        fault::{Code, Fault},
        frame::{Ask, ClientFrame, Follow, Hello, ServerFrame},
        message::Entry,
        names::{ChannelName, ClientId, Uid},
        position::Position,
    },
};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::watch,
    time::{Instant, sleep, sleep_until, timeout},
};
use tokio_tungstenite::tungstenite::Message;

/// How long somebody waits for an answer, or for any sign of life, before they try anew.
const SILENCE: Duration = Duration::from_millis(2_500);
/// How many edits wait side by side.
const WAITING: usize = 6;

/// What they are at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// They write, and come and go.
    Busy,
    /// They finish what they began, and listen.
    Quiet,
    /// They are gone.
    Gone,
}

/// What somebody met so far.
#[derive(Debug, Default)]
pub struct Record {
    /// Their document.
    pub document: u64,
    /// Whether anything of it is not acknowledged.
    pub waits: bool,
    pub writes: usize,
    pub retries: usize,
    pub reconnects: usize,
    pub gaps: usize,
    pub stale: usize,
    pub closed: usize,
    /// What must never happen.
    pub broken: Vec<String>,
}

/// Where they write.
#[derive(Clone)]
pub struct Place {
    pub book: BookId,
    pub part: PartId,
    pub channel: ChannelName,
    pub sites: Vec<String>,
}

/// An edit that is not acknowledged, and the words that are new in it.
struct Batch {
    update: String,
    words: Vec<String>,
}

/// A command that is not answered.
struct Call {
    uid: Uid,
    path: &'static str,
    args: Value,
    sent: bool,
}

pub struct Writer {
    browser: Arc<Browser>,
    place: Place,
    yjs: Yjs,
    dice: Dice,
    stage: watch::Receiver<Stage>,
    record: Arc<Mutex<Record>>,
    document: u64,
    client: Option<ClientId>,
    inbox: Option<Inbox>,
    call: Option<Call>,
    uid: u64,
    waiting: VecDeque<Batch>,
    must_exchange: bool,
    /// Once all is quiet, what others write must come by messages alone.
    exchanged_in_quiet: bool,
    act_at: Instant,
}

/// The connection is over.
pub struct Over;

impl Writer {
    pub fn new(
        number: u64,
        browser: Arc<Browser>,
        place: Place,
        yjs: Yjs,
        dice: Dice,
        stage: watch::Receiver<Stage>,
    ) -> (Self, Arc<Mutex<Record>>) {
        let record = Arc::new(Mutex::new(Record { document: number, waits: true, ..Record::default() }));
        let (kept, act_at) = (Arc::clone(&record), Instant::now());
        let (inbox, call, waiting) = (None, None, VecDeque::new());
        let writer = Self {
            browser,
            place,
            yjs,
            dice,
            stage,
            record,
            document: number,
            client: None,
            inbox,
            call,
            uid: 0,
            waiting,
            must_exchange: true,
            exchanged_in_quiet: false,
            act_at,
        };
        (writer, kept)
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is(&self, stage: Stage) -> bool {
        *self.stage.borrow() == stage
    }

    fn note_whether_it_waits(&self) {
        self.record().waits = self.must_exchange || self.call.is_some() || !self.waiting.is_empty();
    }

    /// Goes on until all are gone.
    pub async fn run(mut self) {
        self.yjs.open(self.document, self.dice.next()).await;
        while !self.is(Stage::Gone) {
            let site = self.dice.of(&self.place.sites).clone();
            // As after every connection, unless what others write must come without.
            if !self.exchanged_in_quiet {
                self.must_exchange = true;
                // What was asked in an earlier connection is given up, or asked again.
                if self.dice.below(2) == 0 {
                    self.call = None;
                }
            }
            let _over = match self.dice.below(4) {
                0 => self.by_polls(&site, false).await,
                1 => self.by_polls(&site, true).await,
                _ => self.by_socket(&site).await,
            };
            self.record().reconnects += 1;
            if self.is(Stage::Busy) && self.dice.below(10) == 0 {
                self.close_the_page().await;
            }
            if !self.is(Stage::Gone) {
                sleep(self.dice.ms(10..250)).await;
            }
        }
    }

    /// The page is closed with all that was not acknowledged, and another one opened.
    async fn close_the_page(&mut self) {
        self.document += 100;
        self.client = None;
        self.inbox = None;
        self.call = None;
        self.uid = 0;
        self.waiting.clear();
        self.must_exchange = true;
        let seed = self.dice.next();
        self.yjs.open(self.document, seed).await;
        let mut record = self.record();
        record.document = self.document;
        record.waits = true;
        record.closed += 1;
    }

    fn is_tired(&self, at: Instant) -> bool {
        self.is(Stage::Gone) || (self.is(Stage::Busy) && Instant::now() >= at)
    }

    fn tires_at(&mut self) -> Instant {
        Instant::now() + self.dice.ms(400..4_000)
    }

    fn follow(&self) -> Follow {
        let after = self.inbox.as_ref().map(|inbox| inbox.at().clone());
        Follow { channel: self.place.channel.clone(), after, present: None, roster: false }
    }

    async fn by_socket(&mut self, site: &str) -> Result<(), Over> {
        let opened = timeout(SILENCE, open_socket(&self.browser, site, &[])).await;
        let mut socket = opened.ok().and_then(Result::ok).ok_or(Over)?;
        say(&mut socket, &ClientFrame::Hello(Hello { client: self.client.clone(), was: None })).await?;
        while self.hear(next(&mut socket).await?).await? != Heard::Welcome {}
        say(&mut socket, &ClientFrame::Follow(self.follow())).await?;
        while self.inbox.is_none() {
            self.hear(next(&mut socket).await?).await?;
        }
        self.act_at = Instant::now();
        let (tires_at, mut stage) = (self.tires_at(), self.stage.clone());
        while !self.is_tired(tires_at) {
            tokio::select! {
                frame = next(&mut socket) => match self.hear(frame?).await? {
                    Heard::Ping => say(&mut socket, &ClientFrame::Pong).await?,
                    Heard::Gap => say(&mut socket, &ClientFrame::Follow(self.follow())).await?,
                    Heard::Reply(uid, answer) => self.answered(uid, answer).await?,
                    Heard::Welcome | Heard::Nothing => {}
                },
                () = sleep_until(self.act_at) => if let Some(call) = self.act().await {
                    say(&mut socket, &call).await?;
                },
                _ = stage.changed() => {}
            }
        }
        Ok(())
    }

    async fn by_polls(&mut self, site: &str, long: bool) -> Result<(), Over> {
        let tires_at = self.tires_at();
        self.act_at = Instant::now();
        while !self.is_tired(tires_at) {
            let mut ask = Ask { hello: Hello { client: self.client.clone(), was: None }, ..Ask::default() };
            if ask.hello.client.is_some() {
                ask.follow.push(self.follow());
            }
            let answer = timeout(SILENCE, self.browser.ask(site, long, &ask)).await;
            let mail = match answer {
                Ok(Ok(mail)) => mail,
                Ok(Err(_)) => return Err(Over),
                // A long poll to which nothing came.
                Err(_) if long && self.inbox.is_some() => sputnik::sputnik::frame::Mail::default(),
                Err(_) => return Err(Over),
            };
            for frame in mail.frames {
                self.hear(frame).await?;
            }
            while self.inbox.is_some() && Instant::now() >= self.act_at {
                let Some(ClientFrame::Call { uid, path, body, again }) = self.act().await else { break };
                let (client, args) = (self.client.clone().ok_or(Over)?, serde_json::from_str(&body).unwrap());
                let post = post_call(&self.browser, site, &client, uid, again, &path, args);
                if let Ok(answer) = timeout(SILENCE, post).await {
                    self.answered(uid, answer).await?;
                }
                if self.dice.below(3) > 0 {
                    break;
                }
            }
            if !long {
                sleep(self.dice.ms(10..60)).await;
            }
        }
        Ok(())
    }

    /// The next command, or the one that is not answered once more.
    async fn act(&mut self) -> Option<ClientFrame> {
        if self.is(Stage::Busy) && self.waiting.len() < WAITING && self.dice.below(5) > 0 {
            let written = self.yjs.edit(self.document).await;
            self.waiting.extend(written.update.map(|update| Batch { update, words: written.words }));
        }
        if self.call.is_none() {
            let (book, part) = (&self.place.book, &self.place.part);
            let (path, args) = if self.must_exchange {
                let vector = self.yjs.vector(self.document).await;
                (Exchange::PATH, json!({ "book": book, "part": part, "state_vector": vector }))
            } else if let Some(batch) = self.waiting.front() {
                (Write::PATH, json!({ "book": book, "part": part, "edit": batch.update }))
            } else {
                self.note_whether_it_waits();
                self.act_at = Instant::now() + self.dice.ms(20..120);
                return None;
            };
            self.uid += 1;
            self.call = Some(Call { uid: Uid(self.uid), path, args, sent: false });
        }
        self.note_whether_it_waits();
        self.act_at = Instant::now() + SILENCE;
        let call = self.call.as_mut()?;
        let again = std::mem::replace(&mut call.sent, true);
        let frame = ClientFrame::Call { uid: call.uid, path: call.path.into(), body: call.args.to_string(), again };
        if again {
            self.record().retries += 1;
        }
        Some(frame)
    }

    async fn answered(&mut self, uid: Uid, answer: Result<Value, Fault>) -> Result<(), Over> {
        let Some(call) = self.call.take_if(|call| call.uid == uid) else { return Ok(()) };
        self.act_at = Instant::now() + self.dice.ms(5..80);
        match answer {
            Ok(value) if call.path == Exchange::PATH => {
                self.exchanged(&serde_json::from_value(value).expect("what each side has")).await;
            }
            Ok(_) => {
                let batch = self.waiting.pop_front().expect("it was written");
                self.yjs.acknowledged(&batch.words).await;
                self.record().writes += 1;
            }
            Err(fault) if fault.code == Code::UnknownClient => {
                self.client = None;
                return Err(Over);
            }
            Err(fault) if fault.code == Code::Stale => {
                self.record().stale += 1;
                self.must_exchange = true;
            }
            Err(fault) if fault.can_retry() => {
                self.act_at = Instant::now() + Duration::from_millis(fault.retry_ms.unwrap_or(0).min(500).into());
                self.call = Some(call);
            }
            Err(fault) => self.record().broken.push(format!("{} is refused: {fault:?}", call.path)),
        }
        self.note_whether_it_waits();
        Ok(())
    }

    async fn exchanged(&mut self, exchanged: &Exchanged) {
        self.must_exchange = false;
        self.exchanged_in_quiet = self.is(Stage::Quiet);
        self.receive(&[exchanged.update.0.clone()]).await;
        let lacks = self.yjs.lacks(self.document, &exchanged.state_vector.0).await;
        // One difference in place of all that waits; where only what was removed is lacking, that is in what waits.
        if lacks.adds || (!self.waiting.is_empty() && self.dice.below(2) == 0) {
            let words = self.waiting.drain(..).flat_map(|batch| batch.words).collect();
            self.waiting.push_back(Batch { update: lacks.update, words });
        }
    }

    async fn receive(&mut self, updates: &[Vec<u8>]) {
        let received = self.yjs.receive(self.document, updates).await;
        self.waiting.extend(received.update.map(|update| Batch { update, words: Vec::new() }));
        if !received.complete {
            self.must_exchange = true;
        }
        self.note_whether_it_waits();
    }

    async fn hear(&mut self, frame: ServerFrame) -> Result<Heard, Over> {
        match frame {
            ServerFrame::Welcome(welcome) => {
                if self.client.as_ref() != Some(&welcome.client) {
                    self.uid = 0;
                    self.call = None;
                }
                self.client = Some(welcome.client);
                return Ok(Heard::Welcome);
            }
            ServerFrame::Following { at, .. } => {
                self.inbox.get_or_insert_with(|| Inbox::new(at, 0));
            }
            ServerFrame::Entry { epoch, offset, entry, .. } => self.take(&Position::new(epoch, offset), &entry).await,
            ServerFrame::Gap { .. } => {
                self.record().gaps += 1;
                self.inbox = None;
                self.must_exchange = true;
                return Ok(Heard::Gap);
            }
            ServerFrame::Reply { uid, status, body } => {
                return Ok(Heard::Reply(uid, read(&(status, body.get().to_owned()))));
            }
            ServerFrame::Ping => return Ok(Heard::Ping),
            ServerFrame::Ended { fault, .. } | ServerFrame::Fault(fault) => {
                if !fault.can_retry() {
                    self.record().broken.push(format!("it is told {fault:?}"));
                }
                return Err(Over);
            }
            ServerFrame::Bye { .. } => return Err(Over),
            ServerFrame::Whisper { .. } => {}
        }
        Ok(Heard::Nothing)
    }

    async fn take(&mut self, at: &Position, entry: &Entry) {
        let said = if let Entry::Said(said) = entry { Some(said) } else { None };
        let Some(inbox) = &mut self.inbox else { return };
        match (inbox.take(at, said.and_then(|said| said.version)), said) {
            (Take::Fold, Some(said)) => {
                if let TextNews::Edited { edits, .. } = serde_json::from_str(said.body.get()).expect("news") {
                    let edits: Vec<_> = edits.into_iter().map(|edited| edited.edit.0).collect();
                    self.receive(&edits).await;
                }
            }
            (Take::Gap, _) => self.record().broken.push(format!("a hole before {at:?} that it was not told of")),
            _ => {}
        }
    }
}

/// What a frame means to the connection it came by.
#[derive(Debug, PartialEq)]
enum Heard {
    Welcome,
    Ping,
    Gap,
    Reply(Uid, Result<Value, Fault>),
    Nothing,
}

async fn say(socket: &mut Socket, frame: &ClientFrame) -> Result<(), Over> {
    timeout(SILENCE, socket.send(text(frame))).await.map_err(|_| Over)?.map_err(|_| Over)
}

async fn next(socket: &mut Socket) -> Result<ServerFrame, Over> {
    loop {
        // The server pings every eight seconds.
        match timeout(4 * SILENCE, socket.next()).await {
            Ok(Some(Ok(Message::Text(frame)))) => return Ok(serde_json::from_str(&frame).expect("a frame")),
            Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => {}
            _ => return Err(Over),
        }
    }
}

/// What the server has of a chapter, all of it.
pub async fn state(browser: &Browser, site: &str, place: &Place) -> Option<Vec<u8>> {
    let nothing = STANDARD.encode([0]);
    let args = json!({ "book": place.book, "part": place.part, "state_vector": nothing });
    let answer = timeout(SILENCE, browser.post(&format!("{site}{}", Exchange::PATH), &[], args.to_string())).await;
    let exchanged: Exchanged = read(&answer.ok()?.ok()?).ok()?;
    Some(exchanged.update.0)
}
