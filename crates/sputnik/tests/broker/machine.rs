//! Any sequence of operations: what must hold after each, and that both brokers do the same.

use crate::{
    support::redis_server::RedisServer,
    world::{book, client, entries, limits, said},
};
use proptest::{collection::vec, prelude::*, test_runner::Config};
use serde_json::json;
use sputnik::{
    ClientId, LockName, Position, Present, Roster,
    protocol::message::Entry,
    server::broker::{
        Broker, Claim, Limits, Log, Party,
        memory::Memory,
        redis::{Options, Redis},
    },
};
use std::{collections::HashMap, time::Duration};

/// The lease of every join and renewal, and one of the graces.
const LEASE: Duration = Duration::from_secs(60);

/// One operation; clients, locks and states go by small numbers, so that they meet often.
#[derive(Debug, Clone)]
enum Op {
    Publish(Option<u64>),
    Join {
        who: u8,
        shows: u8,
        rank: u8,
        browser: u8,
        replaces: Option<u8>,
    },
    Show(u8, u8),
    Renew(Vec<u8>),
    Part(u8, bool),
    Acquire {
        lock: u8,
        who: u8,
        wait: bool,
        floor: u64,
    },
    Release(u8, u8),
    HandOver {
        lock: u8,
        from: u8,
        to: u8,
        floor: u64,
    },
    TakeOver {
        lock: u8,
        by: u8,
        floor: u64,
    },
    Check,
    /// Lets so many seconds pass.
    Wait(u64),
}

fn op() -> impl Strategy<Value = Op> {
    // Seven clients for five places, four locks for three.
    let (who, lock, shows, floor) = (0..7_u8, 0..4_u8, 0..2_u8, 0..30_u64);
    prop_oneof![
        1 => proptest::option::of(0..8_u64).prop_map(Op::Publish),
        5 => (who.clone(), shows.clone(), 0..3_u8, 0..4_u8, proptest::option::of(who.clone()))
            .prop_map(|(who, shows, rank, browser, replaces)| Op::Join { who, shows, rank, browser, replaces }),
        1 => (who.clone(), shows).prop_map(|(who, shows)| Op::Show(who, shows)),
        2 => vec(who.clone(), 0..4).prop_map(Op::Renew),
        3 => (who.clone(), prop::bool::weighted(0.7)).prop_map(|(who, grace)| Op::Part(who, grace)),
        6 => (lock.clone(), who.clone(), prop::bool::weighted(0.8), floor.clone())
            .prop_map(|(lock, who, wait, floor)| Op::Acquire { lock, who, wait, floor }),
        2 => (lock.clone(), who.clone()).prop_map(|(lock, who)| Op::Release(lock, who)),
        1 => (lock.clone(), who.clone(), who.clone(), floor.clone())
            .prop_map(|(lock, from, to, floor)| Op::HandOver { lock, from, to, floor }),
        1 => (lock, who, floor).prop_map(|(lock, by, floor)| Op::TakeOver { lock, by, floor }),
        1 => Just(Op::Check),
        2 => (1..70_u64).prop_map(Op::Wait),
    ]
}

fn name(number: u8) -> ClientId {
    client(&format!("c{number}"))
}

fn lock(number: u8) -> LockName {
    format!("lock{number}").parse().unwrap()
}

fn generous() -> Limits {
    Limits { log_entries: 10_000, ..limits() }
}

/// Does it, and says what the broker answered, but for what differs between any two brokers: epochs and clocks.
async fn perform(broker: &dyn Broker, op: &Op) -> String {
    let book = book();
    let state = |shows: u8| json!([shows]);
    match op {
        Op::Publish(version) => {
            let at = broker.publish(&book, said(version.unwrap_or(99) as usize), *version).await;
            format!("{:?}", at.map(|at| at.offset))
        }
        Op::Join { who, shows, rank, browser, replaces } => {
            let card = Present { client: name(*who), user: None, name: "A".into(), state: state(*shows) };
            let claim = Claim { rank: *rank, parties: vec![Party::Browser(browser.to_string().into())] };
            format!("{:?}", broker.join(&book, &card, &claim, replaces.map(name).as_ref(), LEASE).await)
        }
        Op::Show(who, shows) => format!("{:?}", broker.show(&book, &name(*who), &state(*shows)).await),
        Op::Renew(clients) => {
            let leases: Vec<_> = clients.iter().map(|who| (book.clone(), name(*who))).collect();
            format!("{:?}", broker.renew(&leases, LEASE).await)
        }
        Op::Part(who, grace) => {
            let grace = if *grace { LEASE / 2 } else { Duration::ZERO };
            format!("{:?}", broker.part(&book, &name(*who), grace).await)
        }
        Op::Acquire { lock: on, who, wait, floor } => {
            format!("{:?}", broker.acquire(&book, &lock(*on), &name(*who), *wait, *floor).await)
        }
        Op::Release(on, who) => format!("{:?}", broker.release(&book, &lock(*on), &name(*who)).await),
        Op::HandOver { lock: on, from, to, floor } => {
            format!("{:?}", broker.hand_over(&book, &lock(*on), &name(*from), &name(*to), *floor).await)
        }
        Op::TakeOver { lock: on, by, floor } => {
            format!("{:?}", broker.take_over(&book, &lock(*on), &name(*by), *floor).await)
        }
        Op::Check => format!("{:?}", broker.check(&book).await.map(|check| check.next_due.is_some())),
        Op::Wait(seconds) => {
            tokio::time::advance(Duration::from_secs(*seconds)).await;
            String::new()
        }
    }
}

/// Follows a log as a client does, and checks what every reader may rely on.
struct Reader {
    roster: Roster,
    /// Each lock's holding, to see that a fence means one holder.
    holdings: HashMap<LockName, (u64, ClientId)>,
    highest_fence: u64,
}

impl Reader {
    fn read(&mut self, offset: u64, entry: &[u8]) {
        assert_eq!(offset, self.roster.at.offset + 1, "offsets are contiguous");
        let entry: Entry = serde_json::from_slice(entry).unwrap();
        match &entry {
            Entry::Joined { who, replaces } => {
                let before = self.roster.find(&who.client);
                assert!(before.is_none() || replaces.is_some(), "a client joins once");
                if let Some(old) = replaces {
                    assert!(self.roster.find(old).is_some(), "{old} was here and gave its place");
                    for (_, holder) in self.holdings.values_mut().filter(|(_, holder)| holder == old) {
                        *holder = who.client.clone();
                    }
                }
            }
            Entry::Moved { client, state } => {
                assert_ne!(&self.roster.find(client).expect("only the present move").state, state);
            }
            Entry::Left { client } => assert!(self.roster.find(client).is_some(), "{client} leaves once"),
            Entry::Lock(lock) => {
                assert_ne!(self.roster.lock(&lock.name), Some(lock), "a lock entry says something new");
                for client in lock.holder.iter().chain(&lock.queue) {
                    assert!(self.roster.find(client).is_some(), "{client} is not here, in {lock:?}");
                }
                let mut ones = lock.queue.clone();
                ones.extend(lock.holder.clone());
                ones.sort();
                ones.dedup();
                assert_eq!(ones.len(), lock.queue.len() + usize::from(lock.holder.is_some()), "nobody stands twice");
                let held = lock.holder.clone().map(|holder| (lock.fence, holder));
                if let Some(held) = held.filter(|held| self.holdings.get(&lock.name) != Some(held)) {
                    assert!(held.0 > self.highest_fence, "every new holding has a higher fence: {lock:?}");
                    self.highest_fence = held.0;
                    self.holdings.insert(lock.name.clone(), held);
                }
            }
            Entry::Said(_) | Entry::Recheck | Entry::Unknown(_) => {}
        }
        let at = Position::new(self.roster.at.epoch.clone(), offset);
        self.roster.apply(&at, &entry);
    }

    /// What the log says is what the broker says, within its bounds.
    async fn agrees_with(&mut self, broker: &dyn Broker) {
        for (offset, entry) in entries(broker, &self.roster.at).await {
            self.read(offset, &entry);
        }
        let roster = broker.roster(&book()).await.unwrap();
        for (offset, entry) in entries(broker, &self.roster.at).await {
            self.read(offset, &entry);
        }
        self.roster.locks.sort_by(|one, other| one.name.cmp(&other.name));
        assert_eq!(self.roster, roster, "the log, folded, is the roster");
        assert!(roster.here.len() <= limits().present && roster.locks.len() <= limits().locks);
        for lock in roster.locks {
            assert!(lock.queue.len() <= limits().waiters, "{lock:?}");
            assert!(lock.holder.is_some(), "nobody waits for a free lock: {lock:?}");
        }
    }
}

fn paused() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap()
}

fn cases(cases: u32) -> Config {
    Config { cases, failure_persistence: None, ..Config::default() }
}

#[test]
fn whatever_happens_every_reader_can_rely_on_the_log() {
    let runtime = paused();
    proptest!(cases(400), |(ops in vec(op(), 1..80))| {
        runtime.block_on(async {
            let memory = Memory::new(generous());
            let at = memory.check(&book()).await.unwrap().top;
            let mut reader = Reader { roster: Roster::empty(at), holdings: HashMap::new(), highest_fence: 0 };
            for op in &ops {
                perform(&*memory, op).await;
                reader.agrees_with(&*memory).await;
            }
        });
    });
}

#[test]
fn both_brokers_answer_the_same_and_write_the_same_log() {
    let server = RedisServer::start();
    let (quick, real) = (paused(), tokio::runtime::Runtime::new().unwrap());
    let case = std::cell::Cell::new(0);
    // Redis's clock cannot be moved, so no time passes here.
    let ops = vec(op().prop_filter("no time passes", |op| !matches!(op, Op::Wait(_))), 1..80);
    proptest!(cases(60), |(ops in ops)| {
        case.set(case.get() + 1);
        let (expected, log) = quick.block_on(run(&*Memory::new(generous()), &ops));
        let (answers, redis_log) = real.block_on(async {
            let options = Options { prefix: format!("{}:", case.get()), ..Options::default() };
            let redis = Redis::connect_with(&server.url(), options, generous()).await.unwrap();
            run(&*redis, &ops).await
        });
        for ((op, expected), answer) in ops.iter().zip(expected).zip(answers) {
            prop_assert_eq!(answer, expected, "{:?}", op);
        }
        prop_assert_eq!(redis_log, log);
    });
}

/// The answers, and the log as text.
async fn run(broker: &dyn Broker, ops: &[Op]) -> (Vec<String>, Vec<String>) {
    let start = broker.check(&book()).await.unwrap().top;
    let mut answers = Vec::new();
    for op in ops {
        answers.push(perform(broker, op).await);
    }
    (answers, crate::world::texts(&entries(broker, &start).await))
}
