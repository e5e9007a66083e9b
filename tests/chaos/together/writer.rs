//! One who writes in a chapter, as a page does: over any transport, to any node. It exchanges when it comes, writes one
//! edit after the other, writes again what was not answered, and takes in what the channel says.

#[path = "commanding.rs"]
mod commanding;

pub use self::commanding::state;
use self::commanding::{Batch, Call};
use super::yjs::Yjs;
use crate::support::{
    client::{Browser, Socket, open_socket, post_call, read, read_part, text},
    dice::Dice,
};
use futures::{SinkExt, StreamExt};
use serde_json::Value;
use sputnik::{
    ChannelName, ClientId, Fault, Position, Uid,
    client::inbox::{Inbox, Take},
    protocol::{
        fragment::Gathered,
        frame::{Ask, ClientFrame, Follow, Hello, ServerFrame},
        message::Entry,
    },
};
use sputnik_editor::book::{
    chapter::ChapterEvent,
    model::{BookId, PartId},
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
    /// Whether the page is to be closed: what it alone still knows is forgotten, and cannot be written once more.
    pub close: bool,
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
            let close = self.record().close || self.dice.below(10) == 0;
            if self.is(Stage::Busy) && close {
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
        record.close = false;
        record.closed += 1;
    }

    fn is_tired(&self, at: Instant) -> bool {
        self.is(Stage::Gone) || (self.is(Stage::Busy) && (Instant::now() >= at || self.record().close))
    }

    fn tires_at(&mut self) -> Instant {
        Instant::now() + self.dice.ms(400..4_000)
    }

    fn follow(&self) -> Follow {
        let after = self.inbox.as_ref().map(|inbox| inbox.at().clone());
        Follow { channel: self.place.channel.clone(), after, present: None, roster: false, within: None }
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
                Err(_) if long && self.inbox.is_some() => sputnik::protocol::frame::Mail::default(),
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
            ServerFrame::Whisper { .. } | ServerFrame::Unknown(_) => {}
        }
        Ok(Heard::Nothing)
    }

    async fn take(&mut self, at: &Position, entry: &Entry) {
        let said = if let Entry::Said(said) = entry { Some(said) } else { None };
        let Some(inbox) = &mut self.inbox else { return };
        match (inbox.take(at, said.and_then(|said| said.version)), said) {
            (Take::Fold, Some(said)) => {
                if let ChapterEvent::Edited { edits, .. } = serde_json::from_str(said.body.get()).expect("news") {
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
    let mut gathered = Gathered::default();
    loop {
        // The server pings every eight seconds.
        match timeout(4 * SILENCE, socket.next()).await {
            Ok(Some(Ok(Message::Text(message)))) => {
                if let Some(frame) = read_part(&mut gathered, &message) {
                    return Ok(frame);
                }
                say(socket, &ClientFrame::Pong).await?;
            }
            Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => {}
            _ => return Err(Over),
        }
    }
}
