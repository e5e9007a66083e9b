//! Real processes on one Redis and one database, killed or stopped at the moment that hurts.

use crate::{
    support::{
        client::{Browser, PATIENCE, Page, Transport, post_call},
        cutting_proxy::{CuttingProxy, Way},
        redis_server::RedisServer,
    },
    world::until,
};
use leptos::server_fn::ServerFn;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{json, to_value};
use sputnik::{Code, Fault, Snapshot};
use sputnik_editor::book::{
    channels::{BookChannel, pen},
    chapter::{ChapterText, Encoded},
    commands::{
        chapter::OpenChapter,
        chat::Say,
        contents::AddPart,
        exports::StartExport,
        files::ImportChapter,
        pen::TakePen,
        people::{AcceptInvitation, SetMember},
        shelf::{CreateBook, OpenBook, OpenShelf},
        writing::Write,
    },
    exports::ExportState,
    format::Format,
    import::How,
    model::{BookId, Kind, Opened, PartId, Place, Role},
    pictures::Uploaded,
    shelf::Shelf,
    state::Book,
};
use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};
use yrs::{Transact, XmlElementPrelim, XmlFragment, XmlTextPrelim};

/// Longer than a lease and a grace as they are set for people.
const LEASE: Duration = Duration::from_secs(40);

/// The program, as a process of its own. Killed when dropped.
pub struct Server {
    child: Child,
    pub site: String,
}

impl Server {
    pub fn start(folder: &tempfile::TempDir, redis: Option<&str>, clock: Option<&WrongClock>) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sputnik"));
        command.env_clear().env("RUST_LOG", "warn");
        if let Some(WrongClock { library, off }) = clock {
            command.env("LD_PRELOAD", library).env("CLOCK_OFF", off.to_string());
        }
        command.args(redis.map(|redis| ["--redis", redis]).into_iter().flatten());
        let mut child = command
            .args(["--address", "127.0.0.1:0", "--site", "nowhere", "--data"])
            .arg(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
        let site = said.trim().strip_prefix("Point the browser at ").expect("it says where it is").to_owned();
        Self { child, site }
    }

    pub fn port(&self) -> u16 {
        self.site.rsplit(':').next().unwrap().parse().unwrap()
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends a signal by its name.
    fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A clock that is so many seconds off.
pub struct WrongClock {
    library: PathBuf,
    off: i64,
}

impl WrongClock {
    fn new(folder: &tempfile::TempDir, off: i64) -> Self {
        let library = folder.path().join("clock.so");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/chaos/clock.c");
        // What Rust links with.
        let mut compile = Command::new("cc");
        compile.args(["-shared", "-fPIC", source, "-ldl", "-o"]).arg(&library);
        assert!(compile.status().unwrap().success());
        Self { library, off }
    }
}

/// Two servers; the way from the first to Redis can be cut.
struct World {
    first: Server,
    second: Server,
    way: CuttingProxy,
    _redis: RedisServer,
    _folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        Self::with_first_clock_off(0).await
    }

    async fn with_first_clock_off(seconds: i64) -> Self {
        let (redis, folder) = (RedisServer::start(), tempfile::tempdir().unwrap());
        let way = CuttingProxy::start(redis.port()).await;
        let (first_url, second_url) = (way.url(), redis.url());
        // What the program says when it started is waited for: not here, where the way to Redis is carried.
        let (first, second, folder) = tokio::task::spawn_blocking(move || {
            let clock = (seconds != 0).then(|| WrongClock::new(&folder, seconds));
            let first = Server::start(&folder, Some(&first_url), clock.as_ref());
            (first, Server::start(&folder, Some(&second_url), None), folder)
        })
        .await
        .unwrap();
        Self { first, second, way, _redis: redis, _folder: folder }
    }

    /// A browser in which a new person is signed in.
    async fn person(&self, name: &str) -> Arc<Browser> {
        let browser = Browser::new();
        browser.visit(&self.second.site).await;
        let form = format!("name={name}&password=five+warm+pears");
        let answer = browser.submit(&self.second.site, "/command/sign_up", form).await;
        assert_eq!(answer.0, 302, "{name} signs up: {}", answer.1);
        browser
    }

    /// A book with one chapter, which Ann made and Ben may write in too.
    async fn book(&self, ann: &mut Page, ben: &Browser) -> (BookId, PartId) {
        ann.browser.submit(&self.second.site, CreateBook::PATH, "title=Seas".into()).await;
        let shelf: Shelf = ask(ann, OpenShelf {}).await.unwrap();
        let book = shelf.mine[0].id.clone();
        ask(ann, SetMember { book: book.clone(), name: "ben".into(), role: Role::Editor }).await.unwrap();
        let accepted = ben.submit(&self.second.site, AcceptInvitation::PATH, format!("book={book}")).await;
        assert_eq!(accepted.0, 302, "{}", accepted.1);
        let place = Place { parent: None, before: None };
        let add = AddPart { book: book.clone(), kind: Kind::Chapter, title: "Tides".parse().unwrap(), place };
        let part = ask(ann, add).await.unwrap();
        (book, part)
    }
}

/// Sends a command from a page.
async fn ask<F>(page: &mut Page, command: F) -> Result<F::Output, Fault>
where
    F: ServerFn + Serialize,
    F::Output: DeserializeOwned,
{
    page.call(F::PATH, to_value(&command).unwrap()).await
}

async fn chat(page: &mut Page, book: &BookId) -> Vec<String> {
    let opened: Opened<Book> = ask(page, OpenBook { book: book.clone() }).await.unwrap();
    opened.snapshot.state.chat.into_iter().map(|line| line.text).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_whose_node_was_killed_between_commit_and_publish_takes_effect_once_and_is_heard_once() {
    let mut world = World::new().await;
    let (ann, ben) = (world.person("ann").await, world.person("ben").await);
    let mut ben = Page::open(&ben, &world.second.site, Transport::Socket).await;
    let mut ann = Page::open(&ann, &world.first.site, Transport::Socket).await;
    let (book, _) = world.book(&mut ann, &ben.browser).await;
    let room = BookChannel(book.clone()).name();
    ben.follow(room.as_str()).await;

    // What is committed cannot be published from here.
    world.way.set(Way::Held);
    let (uid, say) = (ann.next_uid(), to_value(Say { book: book.clone(), text: "once".into() }).unwrap());
    ann.start_call(uid, false, Say::PATH, &say);
    until("it is committed", PATIENCE, async || chat(&mut ben, &book).await == ["once"]).await;
    assert!(ben.seen(|seen| seen.channel(room.as_str()).entries.is_empty()), "it is not published");
    world.first.kill();

    ann.site = world.second.site.clone();
    ann.connect().await;
    ann.call_as::<()>(uid, true, Say::PATH, say).await.unwrap();
    ask(&mut ann, Say { book: book.clone(), text: "after".into() }).await.unwrap();
    ben.until("both are heard", |seen| seen.channel(room.as_str()).entries.len() >= 2).await;
    assert_eq!(ben.seen(|seen| seen.channel(room.as_str()).came.len()), 2, "and nothing twice");
    assert_eq!(chat(&mut ben, &book).await, ["once", "after"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poll_whose_node_was_killed_goes_on_at_another_where_it_stood() {
    let mut world = World::new().await;
    let (ann, ben) = (world.person("ann").await, world.person("ben").await);
    let mut ben = Page::open(&ben, &world.second.site, Transport::Socket).await;
    let mut ann = Page::open(&ann, &world.first.site, Transport::LongPoll).await;
    let (book, _) = world.book(&mut ann, &ben.browser).await;
    let room = BookChannel(book.clone()).name();
    ann.follow(room.as_str()).await;
    ask(&mut ben, Say { book: book.clone(), text: "before".into() }).await.unwrap();
    ann.until("it is heard", |seen| seen.channel(room.as_str()).entries.len() == 1).await;

    world.first.kill();
    ask(&mut ben, Say { book: book.clone(), text: "meanwhile".into() }).await.unwrap();
    ann.until("the poll is over", |seen| seen.ended.is_some()).await;
    ann.site = world.second.site.clone();
    ann.connect().await;
    ask(&mut ben, Say { book: book.clone(), text: "after".into() }).await.unwrap();
    ann.until("all is heard", |seen| seen.channel(room.as_str()).entries.len() >= 3).await;
    ann.seen(|seen| {
        let channel = seen.channel(room.as_str());
        assert_eq!(channel.came.len(), 3, "and nothing twice");
        assert!(channel.gaps.is_empty() && channel.holes.is_empty());
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_whose_node_was_stopped_past_the_lease_and_woken_is_refused_by_the_database() {
    let world = World::new().await;
    let (ann, ben) = (world.person("ann").await, world.person("ben").await);
    let mut ann = Page::open(&ann, &world.first.site, Transport::Socket).await;
    let mut ben = Page::open(&ben, &world.second.site, Transport::Socket).await;
    let (book, part) = world.book(&mut ann, &ben.browser).await;
    let room = BookChannel(book.clone()).name();
    ann.join(room.as_str(), json!({})).await;
    ben.join(room.as_str(), json!({})).await;
    let held = ask(&mut ann, TakePen { book: book.clone(), part: part.clone(), ask: false, why: String::new() })
        .await
        .unwrap();
    assert!(held.is_held_by(&ann.client()));
    let waits =
        ask(&mut ben, TakePen { book: book.clone(), part: part.clone(), ask: true, why: String::new() }).await.unwrap();
    assert_eq!(waits.queue, [ben.client()]);

    world.first.signal("STOP");
    // Ann still writes: her node has it, and will see to it when it can.
    let typed = |text| Write { book: book.clone(), part: part.clone(), edit: paragraph(text) };
    let hers = to_value(typed("ann's")).unwrap();
    let (browser, site, client, uid) = (Arc::clone(&ann.browser), ann.site.clone(), ann.client(), ann.next_uid());
    let late = tokio::spawn(async move { post_call(&browser, &site, &client, uid, false, Write::PATH, hers).await });
    let (lock, me) = (pen(&part), ben.client());
    until("the pen is ben's", LEASE, async || {
        ben.seen(|seen| seen.channel(room.as_str()).lock(lock.as_str()).is_some_and(|pen| pen.is_held_by(&me)))
    })
    .await;
    let mine = ask(&mut ben, TakePen { book: book.clone(), part: part.clone(), ask: false, why: String::new() })
        .await
        .unwrap();
    assert!(mine.is_held_by(&me) && mine.fence > held.fence);
    ask(&mut ben, typed("ben's")).await.unwrap();

    assert!(!late.is_finished(), "her node stands still");
    world.first.signal("CONT");
    let refused = late.await.unwrap().unwrap_err();
    assert_eq!(refused.code, Code::LockHeld, "{refused:?}");
    let chapter: Snapshot<ChapterText> = ask(&mut ben, OpenChapter { book, part }).await.unwrap();
    assert!(chapter.state.html.contains("ben's") && !chapter.state.html.contains("ann's"), "{}", chapter.state.html);
}

/// An edit that adds a paragraph.
fn paragraph(text: &str) -> Encoded {
    let doc = yrs::Doc::new();
    let root = doc.get_or_insert_xml_fragment("chapter");
    let mut txn = doc.transact_mut();
    root.push_back(&mut txn, XmlElementPrelim::new("paragraph", [XmlTextPrelim::new(text).into()]));
    Encoded(txn.encode_update_v1())
}

/// A picture of so many bytes, which no compression makes smaller.
fn noise(bytes: usize) -> Vec<u8> {
    let chunk = |name: &[u8], content: &[u8]| {
        [&u32::try_from(content.len()).unwrap().to_be_bytes(), name, content, b"sum!"].concat()
    };
    let mut state = 88_172_645_463_325_252_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    let content: Vec<u8> = (0..bytes).map(|_| next()).collect();
    let head = [5_u32.to_be_bytes(), 7_u32.to_be_bytes()].concat();
    let head = [&head[..], b"\x08\x06\0\0\0"].concat();
    [b"\x89PNG\r\n\x1a\n".as_slice(), &chunk(b"IHDR", &head), &chunk(b"IDAT", &content), &chunk(b"IEND", b"")].concat()
}

async fn exports(page: &mut Page, book: &BookId) -> Vec<ExportState> {
    let opened: Opened<Book> = ask(page, OpenBook { book: book.clone() }).await.unwrap();
    opened.snapshot.state.exports.into_iter().map(|export| export.state).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_whose_node_was_killed_in_the_midst_of_it_is_made_by_another() {
    let mut world = World::new().await;
    let (ann, ben) = (world.person("ann").await, world.person("ben").await);
    let mut ben = Page::open(&ben, &world.second.site, Transport::Socket).await;
    let mut ann = Page::open(&ann, &world.first.site, Transport::Socket).await;
    let (book, part) = world.book(&mut ann, &ben.browser).await;
    let mut markdown = String::from("Whole.");
    for number in 0..4 {
        let mut picture = noise(9_000_000);
        picture[1_000] = number;
        let url = format!("{}/book/{book}/pictures", world.second.site);
        let (status, said) = ann.browser.send(reqwest::Client::new().post(url).body(picture)).await.unwrap();
        assert_eq!(status, 200, "{said}");
        let sent: Uploaded = serde_json::from_str(&said).unwrap();
        markdown.push_str(&format!("\n\n![A sea]({})", sent.src));
    }
    ask(&mut ann, ImportChapter { book: book.clone(), part, markdown, how: How::Replace }).await.unwrap();

    // The other looks away, so that it is this node that makes it.
    world.second.signal("STOP");
    let start = StartExport { book: book.clone(), format: Format::Epub, version: None };
    let id = ask(&mut ann, start).await.unwrap();
    until(
        "its node is in the midst of it",
        PATIENCE,
        async || matches!(exports(&mut ann, &book).await[..], [ExportState::Making { percent }] if percent < 99),
    )
    .await;
    world.first.kill();
    world.second.signal("CONT");
    let killed = std::time::Instant::now();
    until("it is made all the same", LEASE * 2, async || {
        matches!(exports(&mut ben, &book).await[..], [ExportState::Ready { .. }])
    })
    .await;
    assert!(killed.elapsed() > Duration::from_secs(10), "it was not held any more, and another began anew");
    let fetch = reqwest::Client::new().get(format!("{}/book/{book}/export/{id}", world.second.site));
    let answer = fetch.header("cookie", ben.browser.cookies()).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    let file = answer.bytes().await.unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(file)).unwrap();
    let mut pictures = 0;
    for at in 0..archive.len() {
        let mut within = archive.by_index(at).unwrap();
        // Which also compares the sum that is noted of it.
        let bytes = std::io::copy(&mut within, &mut std::io::sink()).unwrap();
        pictures += u32::from(bytes > 9_000_000);
    }
    assert_eq!(pictures, 4, "all of it is there");
}

#[cfg(target_os = "linux")]
mod a_wrong_clock {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn an_hour_ahead_changes_nothing_but_the_times_that_are_shown() {
        serves_as_any_other(3_600).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_hour_behind_changes_nothing_but_the_times_that_are_shown() {
        serves_as_any_other(-3_600).await;
    }

    async fn serves_as_any_other(off: i64) {
        let world = World::with_first_clock_off(off).await;
        // Both are signed in by the clock of the second, and believed by the first.
        let (ann, ben) = (world.person("ann").await, world.person("ben").await);
        let mut ann = Page::open(&ann, &world.first.site, Transport::Socket).await;
        let mut ben = Page::open(&ben, &world.second.site, Transport::Socket).await;
        let (book, part) = world.book(&mut ann, &ben.browser).await;
        let room = BookChannel(book.clone()).name();
        ann.join(room.as_str(), json!({})).await;
        ben.join(room.as_str(), json!({})).await;

        // What is done is done once, at whichever node it is asked for again.
        let (uid, say) = (ann.next_uid(), to_value(Say { book: book.clone(), text: "ann's".into() }).unwrap());
        ann.call_as::<()>(uid, false, Say::PATH, say.clone()).await.unwrap();
        ann.site = world.second.site.clone();
        ann.connect().await;
        ann.call_as::<()>(uid, true, Say::PATH, say).await.unwrap();
        ann.site = world.first.site.clone();
        ann.connect().await;
        ask(&mut ben, Say { book: book.clone(), text: "ben's".into() }).await.unwrap();
        assert_eq!(chat(&mut ann, &book).await, ["ann's", "ben's"]);
        let opened: Opened<Book> = ask(&mut ben, OpenBook { book: book.clone() }).await.unwrap();
        let times: Vec<_> = opened.snapshot.state.chat.iter().map(|line| line.at).collect();
        let ahead = (times[0] - times[1]) / 1_000;
        assert!((ahead - off).abs() < 60, "its clock is off, by {ahead} s");

        // Nobody leaves early, and who goes leaves, and gives up the pen, in time.
        let held = ask(&mut ann, TakePen { book: book.clone(), part: part.clone(), ask: false, why: String::new() })
            .await
            .unwrap();
        assert!(held.is_held_by(&ann.client()));
        ask(&mut ben, TakePen { book: book.clone(), part: part.clone(), ask: true, why: String::new() }).await.unwrap();
        tokio::time::sleep(Duration::from_secs(17)).await;
        let (lock, gone, me) = (pen(&part), ann.client(), ben.client());
        ben.seen(|seen| {
            let room = seen.channel(room.as_str());
            assert!(room.is_here(&gone) && room.lock(lock.as_str()).is_some_and(|pen| pen.is_held_by(&gone)));
        });
        drop(ann);
        until("the pen is ben's", LEASE, async || {
            ben.seen(|seen| seen.channel(room.as_str()).lock(lock.as_str()).is_some_and(|pen| pen.is_held_by(&me)))
        })
        .await;
        ben.until("she is not here", |seen| !seen.channel(room.as_str()).is_here(&gone)).await;
        ben.seen(|seen| {
            let room = seen.channel(room.as_str());
            assert_eq!(room.comings_and_goings(&gone).1, 1);
            assert!(room.gaps.is_empty() && room.holes.is_empty());
        });
    }
}
