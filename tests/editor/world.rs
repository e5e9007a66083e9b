//! A site of a test's own, and browsers that use it.

use crate::page::Page;
use axum::{Router, body::Body, extract::ConnectInfo};
use http::{HeaderMap, Request, Response, StatusCode, header};
use serde::{Serialize, de::DeserializeOwned};
use server_fn::ServerFn;
use sputnik::{
    ChannelName, ClientId, Fault, LockState, Position, Present, Uid,
    protocol::message::Entry,
    protocol::paths,
    server::{
        CallKey, CommandStore, Gate, Node, Settings,
        broker::{Broker, Claim, Limits, Log, Since, memory::Memory},
        browser::BrowserSession,
        rate_limit::Rate,
    },
};
use sputnik_editor::{
    account::{bounds::Bounds, commands::Me, people::Accounts, person::Person},
    book::{
        channels::BookChannel,
        commands::{
            chapter::OpenChapter,
            contents::AddPart,
            pen::TakePen,
            people::{AcceptInvitation, SetMember},
            shelf::{CreateBook, DeleteBook, DeleteBookForGood, OpenBook},
        },
        model::{BookId, Kind, PartId, Place, Role, Title},
        quota::Quota,
        state::Book,
    },
    boot,
    config::Bounded,
    database::{Database, OpenError, Terms},
};
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tower::ServiceExt;

pub const PASSWORD: &str = "five warm pears";

/// After this time a test fails instead of standing still, whoever runs it.
const PATIENCE: Duration = Duration::from_secs(60);

/// A database, a broker, and one server on them.
pub struct World {
    pub url: String,
    /// Whether a pooler stands before the database.
    pub is_pooled: bool,
    pub database: Database,
    pub broker: Arc<Memory>,
    pub site: Site,
    pub _folder: Option<tempfile::TempDir>,
}

/// One server.
#[derive(Clone)]
pub struct Site {
    pub node: Node,
    pub routes: Router,
}

impl World {
    /// On a new SQLite file.
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = Database::file(&folder.path().join("books.db"));
        Self { _folder: Some(folder), ..Self::on(&url).await }
    }

    /// On any database that is empty.
    pub async fn on(url: &str) -> Self {
        Self::at(url, false).await
    }

    /// On any database that is empty, with a pooler before it or without one.
    pub async fn at(url: &str, is_pooled: bool) -> Self {
        let database = open(url, is_pooled).await.unwrap();
        let broker = Memory::new(Limits::default());
        let site = Site::start(&database, &broker, Arc::new(database.command_store())).await;
        Self { url: url.to_owned(), is_pooled, database, broker, site, _folder: None }
    }

    /// The same, where each person has so much room, in bytes.
    pub async fn with_quota(bytes: u64) -> Self {
        Self::bounded(Bounded { quota: Quota(bytes), ..Bounded::default() }).await
    }

    /// The same, bounded otherwise.
    pub async fn bounded(bounded: Bounded) -> Self {
        let mut world = Self::new().await;
        let store = Arc::new(world.database.command_store());
        let gate = boot::gate(&world.database, &[]);
        let broker = Arc::<Memory>::clone(&world.broker);
        let bounds = (Bounds::default(), bounded);
        world.site = Site::put_together(&world.database, broker, gate, store, bounds, Settings::default()).await;
        world
    }

    /// Another server on the same database and broker.
    pub async fn another_site(&self) -> Site {
        Site::start(&self.database, &self.broker, Arc::new(self.database.command_store())).await
    }

    /// Another process's way to the same database. A file is one process's alone, so the first lets go of it.
    pub async fn open_again(&self) -> Result<Database, OpenError> {
        if self.url.starts_with("sqlite:") {
            self.database.close().await;
        }
        open(&self.url, self.is_pooled).await
    }

    /// A new person, signed up and signed in.
    pub async fn person(&self, name: &str) -> Browser {
        let browser = self.site.browser().await;
        let answer = browser.submit("sign_up", &[("name", name), ("password", PASSWORD)]).await;
        assert_eq!(answer.status(), StatusCode::FOUND, "{name} signs up");
        let mut browser = browser.with_cookies_of(&answer);
        browser.me = browser.ask(Me {}).await.unwrap();
        browser
    }

    /// What stands in a channel's log: the version of each message, and its body as JSON.
    pub async fn log(&self, channel: &ChannelName) -> Vec<(Option<u64>, String)> {
        let start = Position::new(self.broker.check(channel).await.unwrap().top.epoch, 0);
        let Since::Entries(entries) = self.broker.since(channel, &start, 10_000).await.unwrap() else {
            panic!("the log begins later")
        };
        let said = entries.into_iter().filter_map(|(_, entry)| match serde_json::from_slice(&entry).unwrap() {
            Entry::Said(said) => Some((said.version, said.body.get().to_owned())),
            _ => None,
        });
        said.collect()
    }

    /// What stands in a channel's log, as it is.
    pub async fn entries(&self, channel: &ChannelName) -> Vec<String> {
        let start = Position::new(self.broker.check(channel).await.unwrap().top.epoch, 0);
        let Since::Entries(entries) = self.broker.since(channel, &start, 10_000).await.unwrap() else {
            panic!("the log begins later")
        };
        entries.into_iter().map(|(_, entry)| String::from_utf8_lossy(&entry).into_owned()).collect()
    }

    /// How often everybody was asked for their right to a channel again.
    pub async fn rechecks(&self, channel: &ChannelName) -> usize {
        let start = Position::new(self.broker.check(channel).await.unwrap().top.epoch, 0);
        let Since::Entries(entries) = self.broker.since(channel, &start, 10_000).await.unwrap() else { return 0 };
        entries.iter().filter(|(_, entry)| &entry[..] == b"\"recheck\"").count()
    }
}

async fn open(url: &str, is_pooled: bool) -> Result<Database, OpenError> {
    Database::open_on(url, Terms { is_pooled, ..Terms::default() }).await
}

impl Site {
    pub async fn start(database: &Database, broker: &Arc<Memory>, store: Arc<dyn CommandStore>) -> Self {
        Self::start_with(database, broker, boot::gate(database, &[]), store).await
    }

    /// With other bounds of accounts than the usual ones.
    pub async fn bounded(world: &World, bounds: Bounds) -> Self {
        let gate = boot::gate(&world.database, &[]);
        let (store, broker) = (Arc::new(world.database.command_store()), Arc::<Memory>::clone(&world.broker));
        let bounds = (bounds, Bounded::default());
        Self::put_together(&world.database, broker, gate, store, bounds, Settings::default()).await
    }

    pub async fn start_with(
        database: &Database,
        broker: &Arc<Memory>,
        gate: Arc<dyn Gate>,
        store: Arc<dyn CommandStore>,
    ) -> Self {
        Self::start_set(database, broker, gate, store, Settings::default()).await
    }

    pub async fn start_set(
        database: &Database,
        broker: &Arc<Memory>,
        gate: Arc<dyn Gate>,
        store: Arc<dyn CommandStore>,
        settings: Settings,
    ) -> Self {
        let broker = Arc::<Memory>::clone(broker) as Arc<dyn Broker>;
        let bounds = (Bounds::default(), Bounded::default());
        Self::put_together(database, broker, gate, store, bounds, settings).await
    }

    async fn put_together(
        database: &Database,
        broker: Arc<dyn Broker>,
        gate: Arc<dyn Gate>,
        store: Arc<dyn CommandStore>,
        (bounds, bounded): (Bounds, Bounded),
        settings: Settings,
    ) -> Self {
        // One person does in a second what takes people minutes.
        let commands = Rate { a_second: 10_000, at_once: 10_000 };
        let settings = Settings { commands, ..settings };
        let node = Node::start(broker, gate, store, settings).await.unwrap();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let accounts = Accounts::new(database.clone(), bounds);
        let routes = boot::routes(&node, database, &accounts, &bounded, "/nowhere", address);
        Self { node, routes }
    }

    pub async fn send(&self, request: Request<Body>) -> Response<Body> {
        let answer = tokio::time::timeout(PATIENCE, self.routes.clone().oneshot(request)).await;
        answer.expect("every request is answered").unwrap()
    }

    /// A browser that was never here before: any request gives it its visit.
    pub async fn browser(&self) -> Browser {
        let answer = self.send(Request::get("/sputnik/socket").body(Body::empty()).unwrap()).await;
        let cookies = with_cookies_set("", &answer);
        let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0".to_owned();
        Browser {
            site: self.clone(),
            client: new_client(&cookies),
            cookies,
            uid: Arc::default(),
            me: None,
            address: None,
            agent,
            forwarded_for: None,
        }
    }
}

/// A browser's cookies after this answer.
fn with_cookies_set(cookies: &str, answer: &Response<Body>) -> String {
    let set = answer.headers().get_all(header::SET_COOKIE).iter();
    let set: Vec<_> = set.map(|line| line.to_str().unwrap().split(';').next().unwrap()).collect();
    let name = |pair: &str| pair.split_once('=').unwrap().0.to_owned();
    let kept = cookies.split("; ").filter(|pair| !pair.is_empty() && set.iter().all(|new| name(new) != name(pair)));
    // One that is set to nothing is taken away.
    let set = set.iter().copied().filter(|pair| !pair.ends_with('='));
    kept.chain(set).collect::<Vec<_>>().join("; ")
}

/// A page that connects gets a client of its browser's visit.
fn new_client(cookies: &str) -> ClientId {
    let mut headers = HeaderMap::new();
    headers.insert(header::COOKIE, cookies.parse().unwrap());
    BrowserSession::of(&headers, false).expect("every browser gets a visit").issue_client().unwrap()
}

/// One tab of a browser.
#[derive(Clone)]
pub struct Browser {
    pub site: Site,
    pub cookies: String,
    pub client: ClientId,
    pub uid: Arc<AtomicU64>,
    pub me: Option<Person>,
    /// From where it connects, where that matters.
    pub address: Option<IpAddr>,
    /// What it says of itself.
    pub agent: String,
    /// For whom it says that it speaks.
    pub forwarded_for: Option<String>,
}

impl Browser {
    /// Who is signed in.
    pub fn me(&self) -> Person {
        self.me.clone().expect("somebody is signed in")
    }

    /// The same browser at another server.
    pub fn at(&self, site: &Site) -> Self {
        Self { site: site.clone(), ..self.clone() }
    }

    /// Another tab of the same browser.
    pub fn another_tab(&self) -> Self {
        Self { client: new_client(&self.cookies), uid: Arc::default(), ..self.clone() }
    }

    /// The browser after this answer, in a page that was loaded then.
    pub fn with_cookies_of(&self, answer: &Response<Body>) -> Self {
        let cookies = with_cookies_set(&self.cookies, answer);
        Self { client: new_client(&cookies), uid: Arc::default(), cookies, ..self.clone() }
    }

    /// The next command's key.
    pub fn key(&self) -> CallKey {
        CallKey { client: self.client.clone(), uid: Uid(self.uid.fetch_add(1, Ordering::Relaxed) + 1) }
    }

    /// Sends a command.
    pub async fn ask<F>(&self, command: F) -> Result<F::Output, Fault>
    where
        F: ServerFn + Serialize,
        F::Output: DeserializeOwned,
    {
        self.ask_as(&self.key(), &command, false).await
    }

    /// Sends a command under a key, perhaps not for the first time.
    pub async fn ask_as<F>(&self, key: &CallKey, command: &F, again: bool) -> Result<F::Output, Fault>
    where
        F: ServerFn + Serialize,
        F::Output: DeserializeOwned,
    {
        let (status, body) = self.ask_json(key, F::PATH, &serde_json::to_string(command).unwrap(), again).await;
        match status {
            StatusCode::OK => Ok(serde_json::from_str(&body).unwrap_or_else(|_| panic!("{body} is the answer"))),
            status => {
                let fault: Fault = serde_json::from_str(&body).unwrap_or_else(|_| panic!("{body} is a fault"));
                assert_eq!(status.as_u16(), fault.status());
                Err(fault)
            }
        }
    }

    /// Sends any JSON to a path.
    pub async fn ask_json(&self, key: &CallKey, path: &str, json: &str, again: bool) -> (StatusCode, String) {
        let mut request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::COOKIE, &self.cookies)
            .header(paths::CLIENT, key.client.as_str())
            .header(paths::UID, key.uid.0);
        if again {
            request = request.header(paths::AGAIN, "1");
        }
        let answer = self.send(request.body(Body::from(json.to_owned())).unwrap()).await;
        let status = answer.status();
        (status, text(answer).await)
    }

    /// Posts one of the account's forms, as a browser without JavaScript does.
    pub async fn submit(&self, form: &str, fields: &[(&str, &str)]) -> Response<Body> {
        self.submit_to(&format!("/command/{form}"), fields).await
    }

    /// Posts any form.
    pub async fn submit_to(&self, path: &str, fields: &[(&str, &str)]) -> Response<Body> {
        let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "text/html")
            .header(header::REFERER, "http://localhost/sign-in")
            .header(header::COOKIE, &self.cookies);
        self.send(request.body(Body::from(body.join("&"))).unwrap()).await
    }

    /// Sends a request from where this browser is.
    pub async fn send(&self, mut request: Request<Body>) -> Response<Body> {
        if let Some(ip) = self.address {
            request.extensions_mut().insert(ConnectInfo(SocketAddr::from((ip, 1_024))));
        }
        if let Ok(agent) = self.agent.parse() {
            request.headers_mut().insert(header::USER_AGENT, agent);
        }
        if let Some(others) = &self.forwarded_for {
            request.headers_mut().insert("x-forwarded-for", others.parse().unwrap());
        }
        self.site.send(request).await
    }

    /// The same browser somewhere else.
    pub fn come_from_address(&self, ip: &str) -> Self {
        Self { address: Some(ip.parse().unwrap()), ..self.clone() }
    }

    /// Signs in. Tells whether it worked, and what the browser is then.
    pub async fn sign_in(&self, name: &str, password: &str) -> Option<Self> {
        let answer = self.submit("sign_in", &[("name", name), ("password", password)]).await;
        if location(&answer) != "/shelf" {
            return None;
        }
        let mut browser = self.with_cookies_of(&answer);
        browser.me = browser.ask(Me {}).await.unwrap();
        Some(browser)
    }

    /// Becomes present in a book's channel, as its page does.
    pub async fn come(&self, book: &BookId) {
        let who = Present {
            client: self.client.clone(),
            user: self.me.as_ref().map(|me| me.id.clone()),
            name: self.me.as_ref().map_or("somebody", |me| &me.name).to_owned(),
            state: serde_json::Value::Null,
        };
        let channel = BookChannel(book.clone()).name();
        self.site.node.broker().join(&channel, &who, &Claim::default(), None, Duration::from_secs(600)).await.unwrap();
    }

    pub async fn create_book(&self, title: &str) -> BookId {
        let answer = self.submit_to(CreateBook::PATH, &[("title", title)]).await;
        assert_eq!(answer.status(), StatusCode::FOUND);
        location(&answer).strip_prefix("/book/").expect("it leads to the book").parse().unwrap()
    }

    /// Deletes a book, and takes it out of the bin too.
    pub async fn delete_for_good(&self, book: &BookId, title: &str) {
        self.ask(DeleteBook { book: book.clone(), title: title.into() }).await.unwrap();
        self.ask(DeleteBookForGood { book: book.clone() }).await.unwrap();
    }

    pub async fn book(&self, book: &BookId) -> Book {
        self.ask(OpenBook { book: book.clone() }).await.unwrap().snapshot.state
    }

    /// Invites somebody who accepts; or gives a member another role.
    pub async fn let_in(&self, book: &BookId, who: &Browser, role: Role) {
        self.invite(book, who, role).await.unwrap();
        let answer = who.answer::<AcceptInvitation>(book).await;
        assert!(!answer.contains("__err="), "{} belongs to the book: {answer}", who.me().name);
    }

    /// Invites somebody.
    pub async fn invite(&self, book: &BookId, who: &Browser, role: Role) -> Result<Person, Fault> {
        self.ask(SetMember { book: book.clone(), name: who.me().name, role }).await
    }

    /// Answers an invitation as its form does; tells where that leads.
    pub async fn answer<F: ServerFn>(&self, book: &BookId) -> String {
        let answer = self.submit_to(F::PATH, &[("book", book.as_str())]).await;
        location(&answer).to_owned()
    }

    pub async fn add(&self, book: &BookId, kind: Kind, title: &str, parent: Option<&PartId>) -> Result<PartId, Fault> {
        let place = Place { parent: parent.cloned(), before: None };
        self.ask(AddPart { book: book.clone(), kind, title: self::title(title), place }).await
    }

    pub async fn add_chapter(&self, book: &BookId, title: &str) -> PartId {
        self.add(book, Kind::Chapter, title, None).await.unwrap()
    }

    /// The text of a chapter, as its page is rendered.
    pub async fn text(&self, book: &BookId, part: &PartId) -> String {
        self.ask(OpenChapter { book: book.clone(), part: part.clone() }).await.unwrap().state.html
    }

    /// Writes a paragraph at the end of a chapter.
    pub async fn write(&self, book: &BookId, part: &PartId, text: &str) -> Result<(), Fault> {
        Page::open(&self.another_tab(), book, part).await.say(text).await
    }

    pub async fn take_pen(&self, book: &BookId, part: &PartId) -> LockState {
        self.come(book).await;
        let (book, part, why) = (book.clone(), part.clone(), String::new());
        self.ask(TakePen { book, part, ask: false, why }).await.unwrap()
    }
}

pub fn title(text: &str) -> Title {
    text.parse().unwrap()
}

/// The status and the words with which one of the account's forms is answered, asked as a program does.
pub async fn told(browser: &Browser, form: &str, fields: &[(&str, &str)]) -> (StatusCode, String) {
    let path = format!("/command/{form}");
    let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::COOKIE, &browser.cookies);
    let answer = browser.send(request.body(Body::from(body.join("&"))).unwrap()).await;
    (answer.status(), text(answer).await)
}

/// A field of a form as it is sent.
pub fn escaped(text: &str) -> String {
    let escape = |b: u8| if b.is_ascii_alphanumeric() { char::from(b).into() } else { format!("%{b:02X}") };
    text.bytes().map(escape).collect()
}

pub fn location(answer: &Response<Body>) -> &str {
    answer.headers()[header::LOCATION].to_str().unwrap()
}

pub async fn text(answer: Response<Body>) -> String {
    let all = tokio::time::timeout(PATIENCE, axum::body::to_bytes(answer.into_body(), 64 << 20)).await;
    String::from_utf8(all.expect("every answer ends").unwrap().to_vec()).unwrap()
}
