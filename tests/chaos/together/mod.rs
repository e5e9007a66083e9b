//! No word is lost. People write in one chapter with the editor's own documents, at random from a printed seed, while
//! their connections are cut, answers are lost and servers are killed. In the end all have the same text, and the
//! database too; every word that was acknowledged is there unless somebody removed it, and none is there twice.

mod writer;
mod yjs;

use self::{
    writer::{Place, Record, Stage, Writer, state},
    yjs::Yjs,
};
use crate::{
    processes::Server,
    random::rounds,
    support::{
        client::{Browser, read},
        cutting_proxy::{CuttingProxy, Way},
        dice::Dice,
        redis_server::RedisServer,
    },
};
use leptos::server_fn::ServerFn;
use serde::{Serialize, de::DeserializeOwned};
use sputnik_editor::book::{
    channels::ChapterChannel,
    commands::{
        contents::AddPart,
        people::{AcceptInvitation, SetMember},
        shelf::{CreateBook, OpenShelf},
    },
    model::{Kind, Place as InBook, Role},
    shelf::Shelf,
};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, sleep},
};

/// How long things go wrong in a round.
const ROUND: Duration = Duration::from_secs(12);
/// How long it may take until all have the same.
const PATIENCE: Duration = Duration::from_secs(30);
const WRITERS: u64 = 5;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_goes_wrong_on_two_nodes_no_word_is_lost() {
    rounds(ROUND, async |seed| round(seed, 2).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_goes_wrong_on_one_node_no_word_is_lost() {
    rounds(ROUND, async |seed| round(seed, 1).await).await;
}

/// Servers on one database, each behind a way that can be cut.
struct World {
    servers: Vec<Server>,
    ways: Vec<CuttingProxy>,
    redis: Option<RedisServer>,
    folder: tempfile::TempDir,
    faults: Vec<String>,
}

impl World {
    async fn new(nodes: usize) -> Self {
        let redis = (nodes > 1).then(RedisServer::start);
        let folder = tempfile::tempdir().unwrap();
        let mut world = Self { servers: Vec::new(), ways: Vec::new(), redis, folder, faults: Vec::new() };
        for _ in 0..nodes {
            let server = world.start();
            world.ways.push(CuttingProxy::start(server.port()).await);
            world.servers.push(server);
        }
        world
    }

    fn start(&self) -> Server {
        let redis = self.redis.as_ref().map(RedisServer::url);
        // What it says when it started is waited for.
        tokio::task::block_in_place(|| Server::start(&self.folder, redis.as_deref(), None))
    }

    /// `kill -9`, and another one in its place.
    async fn kill(&mut self, number: usize, rest: Duration) {
        self.servers[number].kill();
        sleep(rest).await;
        self.servers[number] = self.start();
        self.ways[number].lead_to(self.servers[number].port());
        self.ways[number].cut();
    }

    async fn go_wrong(&mut self, dice: &mut Dice, records: &[Arc<Mutex<Record>>]) {
        let number = dice.below(self.ways.len());
        let time = dice.ms(50..900);
        match dice.below(12) {
            0..=3 => self.ways[number].cut(),
            4..=6 => {
                self.ways[number].set(Way::LosesAnswers);
                sleep(time / 2).await;
                self.ways[number].set(Way::Open);
            }
            7..=8 => {
                self.ways[number].set(Way::Held);
                sleep(time).await;
                self.ways[number].set(Way::Open);
            }
            9 => match &mut self.redis {
                Some(redis) if dice.below(3) == 0 => {
                    redis.start_again();
                    self.faults.push("Redis emptied".into());
                }
                _ => self.ways[number].cut(),
            },
            _ => {
                self.faults.push(format!("server {number} killed"));
                // Pages that stay would write again what the server lost. So some are closed in the same moment.
                for record in records {
                    record.lock().unwrap_or_else(PoisonError::into_inner).close |= dice.below(2) == 0;
                }
                self.kill(number, time / 2).await;
            }
        }
    }
}

/// Sends a command without a client.
async fn command<F>(browser: &Browser, site: &str, command: F) -> F::Output
where
    F: ServerFn + Serialize,
    F::Output: DeserializeOwned,
{
    let url = format!("{site}{}", F::PATH);
    let answer = browser.post(&url, &[], serde_json::to_string(&command).unwrap()).await.unwrap();
    read(&answer).unwrap()
}

/// A browser in which a new person is signed in.
async fn person(site: &str, name: &str) -> Arc<Browser> {
    let browser = Browser::new();
    browser.visit(site).await;
    let form = format!("name={name}&password=five+warm+pears");
    browser.submit(site, "/command/sign_up", form).await;
    browser
}

async fn round(seed: u64, nodes: usize) {
    let mut world = World::new(nodes).await;
    let site = world.servers[0].site.clone();
    let (ann, ben) = (person(&site, "ann").await, person(&site, "ben").await);
    ann.submit(&site, CreateBook::PATH, "title=Seas".into()).await;
    let shelf: Shelf = command(&ann, &site, OpenShelf {}).await;
    let book = shelf.mine[0].id.clone();
    command(&ann, &site, SetMember { book: book.clone(), name: "ben".into(), role: Role::Editor }).await;
    ben.submit(&site, AcceptInvitation::PATH, format!("book={book}")).await;
    let at_end = InBook { parent: None, before: None };
    let add = AddPart { book: book.clone(), kind: Kind::Chapter, title: "Tides".parse().unwrap(), place: at_end };
    let part = command(&ann, &site, add).await;
    let channel = ChapterChannel(book.clone(), part.clone()).name();
    let place = Place { book, part, channel, sites: world.ways.iter().map(CuttingProxy::site).collect() };

    let (dice, yjs, stage) = (Dice::new(seed), Yjs::start(), watch::Sender::new(Stage::Busy));
    let (mut records, mut running) = (Vec::new(), JoinSet::new());
    for number in 0..WRITERS {
        let browser = Arc::clone(if number % 2 == 0 { &ann } else { &ben });
        let dice = dice.fork(number + 1);
        let (writer, record) = Writer::new(number, browser, place.clone(), yjs.clone(), dice, stage.subscribe());
        running.spawn(writer.run());
        records.push(record);
    }
    let mut throws = dice.fork(0);
    let end = Instant::now() + ROUND;
    while Instant::now() < end {
        sleep(throws.ms(50..600)).await;
        world.go_wrong(&mut throws, &records).await;
    }
    stage.send_replace(Stage::Quiet);

    // What others write comes by messages; nobody asks for it.
    let kept = all_have_the_same(&world, &records, &yjs, &place, &ann).await;
    let wrong = yjs.wrong(&kept).await;
    println!(
        "{} words, {} acknowledged; {}; {:?}\n{}",
        wrong.words,
        wrong.must,
        wrong.done,
        world.faults,
        each(&records, |record| format!("{record:?}")).join("\n")
    );
    assert_eq!(wrong.wrongs, Vec::<String>::new(), "after {:?}", world.faults);
    assert!(wrong.must > 50, "or nothing was tried");
    let broken: Vec<_> = each(&records, |record| record.broken.clone()).concat();
    assert_eq!(broken, Vec::<String>::new(), "after {:?}", world.faults);
    stage.send_replace(Stage::Gone);
    while let Some(ended) = running.join_next().await {
        ended.unwrap();
    }

    // It is in the database, and not in anybody's memory.
    for number in 0..nodes {
        world.kill(number, Duration::ZERO).await;
        let again = state(&ann, &world.servers[number].site, &place).await.expect("it serves");
        let documents = each(&records, |record| record.document);
        assert_eq!(yjs.same(&documents, &again).await.others, Vec::<u64>::new(), "after a restart");
    }
}

fn each<T>(records: &[Arc<Mutex<Record>>], look: impl Fn(&Record) -> T) -> Vec<T> {
    records.iter().map(|record| look(&record.lock().unwrap_or_else(PoisonError::into_inner))).collect()
}

/// Waits until all is acknowledged and everybody has what every server has; returns that.
async fn all_have_the_same(
    world: &World,
    records: &[Arc<Mutex<Record>>],
    yjs: &Yjs,
    place: &Place,
    ann: &Browser,
) -> Vec<u8> {
    let until = Instant::now() + PATIENCE;
    let mut last = String::new();
    loop {
        sleep(Duration::from_millis(100)).await;
        if !each(records, |record| record.waits).contains(&true) {
            let documents = each(records, |record| record.document);
            let mut states = Vec::new();
            for server in &world.servers {
                states.extend(state(ann, &server.site, place).await);
            }
            let mut all_same = states.len() == world.servers.len();
            for state in &states {
                let same = yjs.same(&documents, state).await;
                all_same &= same.others.is_empty();
                last = format!("{:?} differ from {}", same.others, same.text);
            }
            if all_same {
                return states.remove(0);
            }
        }
        assert!(
            Instant::now() < until,
            "all have the same: {last}\n{:#?}\nafter {:?}",
            each(records, |record| format!("{record:?}")),
            world.faults
        );
    }
}
