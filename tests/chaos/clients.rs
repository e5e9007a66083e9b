//! Clients that command, listen, hold the pen and change their transport, their node and their mind, and write down
//! what they meet. Whatever goes wrong on the way, they come back from where they stand, as a page does.

#[path = "commanding.rs"]
mod commanding;

use self::commanding::Call;
use crate::{
    app,
    check::{Event, Told},
    support::{
        client::{Browser, Socket, open_socket, read_part, text},
        dice::Dice,
    },
    world::{ROOM, room},
};
use futures::{SinkExt, StreamExt};
use leptos::server_fn::ServerFn;
use serde_json::{Value, json};
use sputnik::{
    ClientId, Fault, Position, Roster, Snapshot, Uid,
    client::inbox::{Inbox, Take},
    protocol::{
        fragment::Gathered,
        frame::{Ask, ClientFrame, Follow, Hello, ServerFrame},
        message::Entry,
    },
};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::watch,
    time::{Instant, sleep, sleep_until, timeout},
};
use tokio_tungstenite::tungstenite::Message;

/// How long a client waits for an answer, or for any sign of life, before it tries anew.
const SILENCE: Duration = Duration::from_millis(2_500);

/// What the clients are at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// They command, and come and go.
    Busy,
    /// They finish what they began, and listen.
    Quiet,
    /// They leave.
    Gone,
}

/// What a client has met so far, and where it is.
#[derive(Default)]
pub struct Record {
    pub told: Told,
    pub client: Option<ClientId>,
    pub roster: Option<Roster>,
    /// Whether a command still waits for its answer.
    pub waits: bool,
    pub reconnects: usize,
    pub reloads: usize,
    pub retries: usize,
    pub gaps: usize,
}

/// One client.
pub struct Tab {
    browser: Arc<Browser>,
    sites: Vec<String>,
    dice: Dice,
    stage: watch::Receiver<Stage>,
    asleep: watch::Receiver<bool>,
    record: Arc<Mutex<Record>>,
    inbox: Option<Inbox>,
    call: Option<Call>,
    uid: u64,
    /// When to command next, or again.
    act_at: Instant,
    /// The fence under which it was last told that it holds the pen.
    fence: Option<u64>,
    /// What it was before it was loaded anew.
    was: Option<ClientId>,
}

/// The connection is over.
struct Over;

impl Tab {
    /// A page that was just loaded, and is not connected yet.
    pub async fn open(
        number: u64,
        sites: Vec<String>,
        dice: Dice,
        stage: watch::Receiver<Stage>,
        asleep: watch::Receiver<bool>,
    ) -> (Self, Arc<Mutex<Record>>) {
        let record = Record { told: Told { who: format!("tab{number}"), ..Told::default() }, ..Record::default() };
        let record = Arc::new(Mutex::new(record));
        let browser = Browser::of(&format!("tab{number}"));
        browser.visit(&sites[0]).await;
        let (act_at, kept) = (Instant::now(), Arc::clone(&record));
        let (inbox, call, uid, fence, was) = (None, None, 0, None, None);
        (Self { browser, sites, dice, stage, asleep, record, inbox, call, uid, act_at, fence, was }, kept)
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, event: Event) {
        self.record().told.events.push(event);
    }

    fn is(&self, stage: Stage) -> bool {
        *self.stage.borrow() == stage
    }

    fn client(&self) -> Option<ClientId> {
        self.record().client.clone()
    }

    /// Goes on until it is told to leave.
    pub async fn run(mut self) {
        while !self.is(Stage::Gone) {
            let site = self.dice.of(&self.sites).clone();
            let _over = match self.dice.below(4) {
                0 => self.by_polls(&site, false).await,
                1 => self.by_polls(&site, true).await,
                _ => self.by_socket(&site).await,
            };
            self.record().reconnects += 1;
            if self.is(Stage::Busy) && self.dice.below(5) == 0 {
                self.reload();
            }
            if !self.is(Stage::Gone) {
                sleep(self.dice.ms(10..250)).await;
            }
        }
        // Half of them say that they go, the other half are cut off.
        if self.client().is_some() && self.dice.below(2) == 0 {
            let ask = Ask {
                hello: self.hello(),
                follow: self.follow().into_iter().collect(),
                frames: Vec::new(),
                last: true,
            };
            let site = self.dice.of(&self.sites).clone();
            drop(timeout(SILENCE, self.browser.ask(&site, false, &ask)).await);
        }
    }

    /// The page is loaded anew: it knows nothing any more but which client the tab was.
    fn reload(&mut self) {
        let mut record = self.record();
        let was = record.client.take();
        record.roster = None;
        record.waits = false;
        record.reloads += 1;
        drop(record);
        (self.was, self.inbox, self.call, self.fence) = (was.or(self.was.take()), None, None, None);
    }

    fn hello(&self) -> Hello {
        Hello { client: self.client(), was: self.was.clone() }
    }

    /// While it sleeps it reads nothing and says nothing.
    async fn wake_up(&mut self) {
        // An error means that nobody is left to wake it.
        drop(self.asleep.wait_for(|asleep| !asleep).await);
    }

    /// When this connection is given up for no reason.
    fn tires_at(&mut self) -> Instant {
        Instant::now() + self.dice.ms(400..4_000)
    }

    fn is_tired(&self, at: Instant) -> bool {
        self.is(Stage::Gone) || (self.is(Stage::Busy) && Instant::now() >= at)
    }

    fn follow(&self) -> Option<Follow> {
        let inbox = self.inbox.as_ref().filter(|inbox| !inbox.waits_for_snapshot())?;
        let roster = self.record().roster.is_none();
        Some(Follow {
            channel: room(),
            after: Some(inbox.at().clone()),
            present: Some(json!({})),
            roster,
            within: None,
        })
    }

    /// Fetches a snapshot where there is none, and says from where it goes on.
    async fn ask_on(&mut self, site: &str) -> Result<Follow, Over> {
        if self.follow().is_none() {
            let url = format!("{site}{}", app::OpenRoom::PATH);
            let answer = timeout(SILENCE, self.browser.post(&url, &[], json!({ "room": ROOM }).to_string())).await;
            let Ok(Ok((200, body))) = answer else { return Err(Over) };
            let page: Snapshot<Vec<String>> = serde_json::from_str(&body).expect("a snapshot");
            let mut record = self.record();
            record.told.events.push(Event::Snapshot(page.at.clone()));
            record.told.texts = page.state;
            record.told.at = Some(page.at.clone());
            record.roster = None;
            drop(record);
            self.inbox = Some(Inbox::new(page.at, page.version));
        }
        let follow = self.follow().ok_or(Over)?;
        self.note(Event::Asked(follow.after.clone().expect("a snapshot has a position")));
        Ok(follow)
    }

    async fn by_socket(&mut self, site: &str) -> Result<(), Over> {
        let opened = timeout(SILENCE, open_socket(&self.browser, site, &[])).await;
        let mut socket = opened.ok().and_then(Result::ok).ok_or(Over)?;
        say(&mut socket, &ClientFrame::Hello(self.hello())).await?;
        while self.hear(next(&mut socket).await?) != Heard::Welcome {}
        // A new socket starts with the frames it sends: the follow, and what is unanswered.
        let mut follow = Some(self.ask_on(site).await?);
        self.act_at = Instant::now() + self.dice.ms(0..100);
        let (tires_at, mut stage) = (self.tires_at(), self.stage.clone());
        while !self.is_tired(tires_at) {
            self.wake_up().await;
            if let Some(follow) = follow.take() {
                say(&mut socket, &ClientFrame::Follow(follow)).await?;
            }
            tokio::select! {
                frame = next(&mut socket) => match self.hear(frame?) {
                    Heard::Ping => say(&mut socket, &ClientFrame::Pong).await?,
                    Heard::Gap => follow = Some(self.ask_on(site).await?),
                    Heard::Reply(uid, answer) => self.answered(uid, answer),
                    Heard::Bad => return Err(Over),
                    Heard::Welcome | Heard::Nothing => {}
                },
                () = sleep_until(self.act_at) => if let Some(call) = self.act() {
                    say(&mut socket, &call).await?;
                },
                _ = stage.changed() => {}
            }
        }
        Ok(())
    }

    async fn by_polls(&mut self, site: &str, long: bool) -> Result<(), Over> {
        let tires_at = self.tires_at();
        self.act_at = Instant::now() + self.dice.ms(0..100);
        while !self.is_tired(tires_at) {
            self.wake_up().await;
            let mut ask = Ask { hello: self.hello(), ..Ask::default() };
            if ask.hello.client.is_some() {
                ask.follow.push(self.ask_on(site).await?);
            }
            let mail = timeout(SILENCE, self.browser.ask(site, long, &ask)).await;
            for frame in mail.map_err(|_| Over)?.map_err(|_| Over)?.frames {
                if self.hear(frame) == Heard::Bad {
                    return Err(Over);
                }
            }
            if Instant::now() >= self.act_at && self.client().is_some() {
                self.act_by_post(site).await;
            }
            if !long {
                sleep(self.dice.ms(10..60)).await;
            }
        }
        Ok(())
    }

    fn hear(&mut self, frame: ServerFrame) -> Heard {
        match frame {
            ServerFrame::Welcome(welcome) => {
                let mut record = self.record();
                if !record.told.clients.contains(&welcome.client) {
                    record.told.clients.push(welcome.client.clone());
                }
                record.client = Some(welcome.client);
                Heard::Welcome
            }
            ServerFrame::Following { roster, .. } => {
                if roster.is_some() {
                    self.record().roster = roster;
                }
                Heard::Nothing
            }
            ServerFrame::Entry { epoch, offset, entry, .. } => {
                self.take(&Position::new(epoch, offset), &entry);
                Heard::Nothing
            }
            ServerFrame::Gap { .. } => {
                let mut record = self.record();
                record.told.events.push(Event::Gap);
                record.gaps += 1;
                drop(record);
                self.inbox.as_mut().map(Inbox::gap);
                Heard::Gap
            }
            ServerFrame::Reply { uid, status, body } => {
                Heard::Reply(uid, crate::support::client::read(&(status, body.get().to_owned())))
            }
            ServerFrame::Ping => Heard::Ping,
            ServerFrame::Ended { fault, .. } | ServerFrame::Fault(fault) => {
                assert!(fault.can_retry(), "only what passes is refused here: {fault:?}");
                Heard::Bad
            }
            ServerFrame::Bye { .. } => Heard::Bad,
            ServerFrame::Whisper { .. } | ServerFrame::Unknown(_) => Heard::Nothing,
        }
    }

    fn take(&mut self, at: &Position, entry: &Entry) {
        let said = match entry {
            Entry::Said(said) => Some(said),
            _ => None,
        };
        let Some(inbox) = &mut self.inbox else { return };
        let take = inbox.take(at, said.and_then(|said| said.version));
        let stands = inbox.at().clone();
        let mut record = self.record();
        record.told.events.push(Event::Came(at.clone(), entry.to_json()));
        record.told.at = Some(stands);
        if let Some(roster) = &mut record.roster {
            roster.apply(at, entry);
        }
        if let (Take::Fold, Some(said)) = (take, said.filter(|said| said.version.is_some())) {
            record.told.texts.push(serde_json::from_str(said.body.get()).expect("a text"));
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
    /// It is over.
    Bad,
    Nothing,
}

async fn say(socket: &mut Socket, frame: &ClientFrame) -> Result<(), Over> {
    timeout(SILENCE, socket.send(text(frame))).await.map_err(|_| Over)?.map_err(|_| Over)
}

async fn next(socket: &mut Socket) -> Result<ServerFrame, Over> {
    let mut gathered = Gathered::default();
    loop {
        match timeout(SILENCE, socket.next()).await {
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
