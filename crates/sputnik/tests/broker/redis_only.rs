//! What only the broker in Redis can show: what it costs, and what it survives.

use crate::{
    support::{redis_server::RedisServer, slow_proxy::SlowProxy},
    world::{LONG, SHORT, book, channel, client, entries, limits, next, pen, said, until, who},
};
use redis::AsyncTypedCommands;
use serde_json::json;
use sputnik::{
    Position,
    server::broker::{
        BrokerError, Claim, Limits, Liveness, Locks, Log, Party, Presence, PubSub, Since, Wake, Wakes,
        redis::{Options, Redis},
    },
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    net::TcpStream,
};

async fn connect(server: &RedisServer) -> Arc<Redis> {
    Redis::connect(&server.url(), limits()).await.unwrap()
}

/// A plain connection, beside the broker's.
pub async fn plain(server: &RedisServer) -> redis::aio::MultiplexedConnection {
    redis::Client::open(server.url()).unwrap().get_multiplexed_async_connection().await.unwrap()
}

/// Everything Redis is told.
struct Monitor(Lines<BufReader<TcpStream>>);

impl Monitor {
    async fn start(server: &RedisServer) -> Self {
        let mut stream = TcpStream::connect(("127.0.0.1", server.port())).await.unwrap();
        stream.write_all(b"MONITOR\r\n").await.unwrap();
        let mut lines = BufReader::new(stream).lines();
        assert_eq!(lines.next_line().await.unwrap().unwrap(), "+OK");
        Self(lines)
    }

    /// What clients (not scripts) asked so far.
    async fn commands(&mut self, server: &RedisServer) -> Vec<String> {
        let _: String = redis::cmd("ECHO").arg("that is all").query_async(&mut plain(server).await).await.unwrap();
        let mut commands = Vec::new();
        loop {
            let line = self.0.next_line().await.unwrap().unwrap();
            if line.contains("that is all") {
                let ours = |line: &String| !line.contains("CLIENT") && !line.contains("\"INFO\"");
                return commands.into_iter().filter(ours).collect();
            }
            if !line.contains(" lua] ") {
                commands.push(line);
            }
        }
    }
}

/// Publishes until an entry wakes the node again, which must have been told before that it missed some.
pub async fn recovers(broker: &Redis, wakes: &mut Wakes) {
    let mut lost = false;
    until("wakes come again", || {
        let mut woken = false;
        while let Ok(wake) = wakes.try_recv() {
            lost |= matches!(wake, Wake::Lost);
            woken |= matches!(wake, Wake::Entry { .. });
        }
        assert!(lost || !woken, "the node was not told");
        async move {
            let _ = broker.publish(&book(), said(0), None).await;
            woken
        }
    })
    .await;
}

#[tokio::test]
async fn publishing_is_one_command_however_many_listen() {
    let server = RedisServer::start();
    let broker = connect(&server).await;
    let mut nodes = Vec::new();
    for _ in 0..20 {
        let (watch, wakes) = broker.wakes().await.unwrap();
        watch.watch(&book()).await.unwrap();
        nodes.push((watch, wakes));
    }
    broker.publish(&book(), said(0), None).await.unwrap();
    let mut monitor = Monitor::start(&server).await;
    for number in 1..=10 {
        broker.publish(&book(), said(number), None).await.unwrap();
    }
    let commands = monitor.commands(&server).await;
    assert_eq!(commands.len(), 10, "{commands:#?}");
    assert!(commands.iter().all(|command| command.contains("\"EVALSHA\"")), "{commands:#?}");
    for (_, wakes) in &mut nodes {
        for number in 0..=10 {
            assert!(matches!(next(wakes).await, Wake::Entry { entry, .. } if entry == said(number)));
        }
    }
}

#[tokio::test]
async fn renewing_a_hundred_leases_is_one_round_trip() {
    let server = RedisServer::start();
    let near = connect(&server).await;
    let leases: Vec<_> =
        (0..100).map(|number| (channel(&format!("book/{}", number / 2)), client(&format!("c{number}")))).collect();
    for (channel, client) in &leases {
        near.join(channel, &who(client.as_str()), &Claim::default(), None, LONG).await.unwrap();
    }
    let way = Duration::from_millis(30);
    let proxy = SlowProxy::start(server.port(), way).await;
    let far = Redis::connect(&proxy.url(), limits()).await.unwrap();
    far.renew(&leases, LONG).await.unwrap();
    let mut monitor = Monitor::start(&server).await;
    let start = Instant::now();
    assert_eq!(far.renew(&leases, LONG).await.unwrap(), [true; 100]);
    let took = start.elapsed();
    assert!(took >= 2 * way && took < 10 * way, "there and back takes {:?}, it took {took:?}", 2 * way);
    assert_eq!(monitor.commands(&server).await.len(), 50, "one script a channel");
}

#[tokio::test]
async fn everything_is_kept_under_the_channels_hash_tag_and_none_of_it_for_ever() {
    let server = RedisServer::start();
    let broker = connect(&server).await;
    broker.check(&channel("quiet")).await.unwrap();
    broker.join(&channel("brief"), &who("c1"), &Claim::default(), None, LONG).await.unwrap();
    for name in ["c1", "c2", "c3"] {
        let claim = Claim { rank: 1, parties: vec![Party::Browser(name.into())] };
        broker.join(&book(), &who(name), &claim, None, LONG).await.unwrap();
        broker.acquire(&book(), &pen(), &client(name), true, 0).await.unwrap();
        broker.part(&book(), &client(name), LONG).await.unwrap();
    }
    broker.publish(&book(), said(1), Some(1)).await.unwrap();
    broker.note_clients(&client("n1"), &[(client("c1"), Duration::ZERO)], &[], LONG).await.unwrap();
    let mut redis = plain(&server).await;
    let keys = redis.keys("*").await.unwrap();
    assert_eq!(keys.iter().filter(|key| key.starts_with("sp:{book/7}:")).count(), 8, "{keys:?}");
    for key in keys {
        assert!(key.starts_with("sp:{"), "{key}");
        let left: i64 = redis::cmd("PTTL").arg(&key).query_async(&mut redis).await.unwrap();
        assert!(left > 0, "{key} would be kept for ever");
    }
}

#[tokio::test]
async fn a_channel_nobody_uses_is_forgotten_and_its_positions_are_gaps() {
    let server = RedisServer::start();
    let brief = Limits { log_age: SHORT, ..limits() };
    let broker = Redis::connect(&server.url(), brief).await.unwrap();
    let at = broker.publish(&book(), said(1), None).await.unwrap();
    until("it is forgotten", || async { broker.since(&book(), &at, 10).await.unwrap() == Since::Gap }).await;
    assert!(plain(&server).await.keys("*").await.unwrap().is_empty());
    assert_ne!(broker.check(&book()).await.unwrap().top.epoch, at.epoch);
}

#[tokio::test]
async fn another_prefix_is_another_world() {
    let server = RedisServer::start();
    let broker = connect(&server).await;
    let options = Options { prefix: "test:".to_owned(), ..Options::default() };
    let other = Redis::connect_with(&server.url(), options, limits()).await.unwrap();
    let (watch, mut wakes) = other.wakes().await.unwrap();
    watch.watch(&book()).await.unwrap();
    let at = broker.publish(&book(), said(1), None).await.unwrap();
    assert_eq!(other.since(&book(), &at, 10).await.unwrap(), Since::Gap);
    other.publish(&book(), said(2), None).await.unwrap();
    assert!(matches!(next(&mut wakes).await, Wake::Entry { entry, .. } if entry == said(2)));
}

#[tokio::test]
async fn when_redis_was_emptied_positions_are_gaps_and_nobody_is_present() {
    let server = RedisServer::start();
    let broker = connect(&server).await;
    broker.join(&book(), &who("c1"), &Claim::default(), None, LONG).await.unwrap();
    let held = broker.acquire(&book(), &pen(), &client("c1"), false, 0).await.unwrap();
    let before = broker.check(&book()).await.unwrap().top;
    plain(&server).await.flushall().await.unwrap();

    assert_eq!(broker.since(&book(), &before, 10).await.unwrap(), Since::Gap);
    assert_eq!(broker.renew(&[(book(), client("c1"))], LONG).await.unwrap(), [false]);
    let after = broker.check(&book()).await.unwrap().top;
    assert_ne!(after.epoch, before.epoch);
    assert_eq!(after.offset, 0, "what nobody knows of is not said to have left");
    broker.join(&book(), &who("c1"), &Claim::default(), None, LONG).await.unwrap();
    let again = broker.acquire(&book(), &pen(), &client("c1"), false, held.fence).await.unwrap();
    assert!(again.fence > held.fence, "the fence the database saw is the floor");
}

#[tokio::test]
async fn a_redis_that_comes_back_with_what_it_had_saved_gives_no_offset_twice() {
    let mut server = RedisServer::start();
    let (broker, other) = (connect(&server).await, connect(&server).await);
    let (watch, mut wakes) = broker.wakes().await.unwrap();
    watch.watch(&book()).await.unwrap();
    let saved = broker.publish(&book(), said(1), None).await.unwrap();
    redis::cmd("SAVE").exec_async(&mut plain(&server).await).await.unwrap();
    broker.publish(&book(), said(2), None).await.unwrap();
    let read = broker.publish(&book(), said(3), None).await.unwrap();
    for _ in 0..3 {
        assert!(matches!(next(&mut wakes).await, Wake::Entry { .. }));
    }
    server.start_again();
    recovers(&broker, &mut wakes).await;
    for number in 4..9 {
        for broker in [&broker, &other] {
            broker.publish(&book(), said(number), None).await.unwrap();
        }
    }
    for broker in [&broker, &other] {
        for position in [&saved, &read] {
            assert_eq!(broker.since(&book(), position, 10).await.unwrap(), Since::Gap, "{position:?}");
        }
    }
    let start = Position::new(broker.check(&book()).await.unwrap().top.epoch, 0);
    assert_eq!(other.check(&book()).await.unwrap().top.epoch, start.epoch, "all know one life");
    entries(&*other, &start).await;
}

#[tokio::test]
async fn what_is_left_of_a_channel_without_its_epoch_is_not_trusted() {
    let server = RedisServer::start();
    let broker = connect(&server).await;
    broker.join(&book(), &who("c1"), &Claim::default(), None, LONG).await.unwrap();
    broker.publish(&book(), said(1), None).await.unwrap();
    plain(&server).await.del("sp:{book/7}:meta").await.unwrap();
    let start = broker.check(&book()).await.unwrap().top;
    assert!(broker.roster(&book()).await.unwrap().here.is_empty());
    let at = broker.publish(&book(), said(2), None).await.unwrap();
    assert_eq!(at, Position::new(start.epoch.clone(), 1));
    assert_eq!(entries(&*broker, &start).await, [(1, said(2))]);
}

#[tokio::test]
async fn scripts_that_redis_forgot_are_loaded_again() {
    let server = RedisServer::start();
    let broker = connect(&server).await;
    broker.join(&book(), &who("c1"), &Claim::default(), None, LONG).await.unwrap();
    let leases = [(book(), client("c1")), (channel("other"), client("c1"))];
    for _ in 0..2 {
        let flush = redis::cmd("SCRIPT").arg("FLUSH").exec_async(&mut plain(&server).await).await;
        flush.unwrap();
        assert_eq!(broker.renew(&leases, LONG).await.unwrap(), [true, false]);
        broker.publish(&book(), said(1), None).await.unwrap();
    }
}

#[tokio::test]
async fn after_a_crash_of_redis_everything_goes_on_by_itself() {
    let mut server = RedisServer::start();
    let broker = connect(&server).await;
    let (watch, mut wakes) = broker.wakes().await.unwrap();
    watch.watch(&book()).await.unwrap();
    let before = broker.publish(&book(), said(1), None).await.unwrap();
    assert!(matches!(next(&mut wakes).await, Wake::Entry { .. }));

    server.kill();
    let start = Instant::now();
    for _ in 0..3 {
        let refused = broker.publish(&book(), said(2), None).await;
        assert!(matches!(refused, Err(BrokerError::Unreachable(_))), "{refused:?}");
        let refused = broker.renew(&[(book(), client("c1"))], LONG).await;
        assert!(matches!(refused, Err(BrokerError::Unreachable(_))), "{refused:?}");
    }
    assert!(start.elapsed() < Duration::from_secs(10), "it took {:?} to say so", start.elapsed());
    assert!(matches!(next(&mut wakes).await, Wake::Lost), "the node is told at once");
    let refused = watch.watch(&channel("other")).await;
    assert!(matches!(refused, Err(BrokerError::Unreachable(_))), "{refused:?}");
    watch.watch(&book()).await.unwrap();
    watch.unwatch(&channel("other")).await.unwrap();

    server.start_again();
    recovers(&broker, &mut wakes).await;
    assert_eq!(broker.since(&book(), &before, 10).await.unwrap(), Since::Gap);
    watch.watch(&channel("other")).await.unwrap();
}

#[tokio::test]
async fn a_cut_connection_is_made_again_and_the_node_told_to_look() {
    let server = RedisServer::start();
    let broker = connect(&server).await;
    let (watch, mut wakes) = broker.wakes().await.unwrap();
    watch.watch(&book()).await.unwrap();
    for _ in 0..3 {
        for kind in ["normal", "pubsub"] {
            let mut redis = plain(&server).await;
            let mut kill = redis::cmd("CLIENT");
            kill.arg("KILL").arg("TYPE").arg(kind).arg("SKIPME").arg("yes").exec_async(&mut redis).await.unwrap();
        }
        recovers(&broker, &mut wakes).await;
        while wakes.try_recv().is_ok() {}
    }
    let shows = broker
        .join(&book(), &who("c1"), &Claim::default(), None, LONG)
        .await
        .and(broker.show(&book(), &client("c1"), &json!(1)).await);
    assert!(shows.unwrap());
}

#[tokio::test]
async fn an_address_where_nobody_answers_is_an_error_and_so_is_none() {
    let mut server = RedisServer::start();
    server.kill();
    let refused = Redis::connect(&server.url(), limits()).await.map(drop);
    assert!(matches!(refused, Err(BrokerError::Unreachable(_))), "{refused:?}");
    for url in ["not an address", "http://127.0.0.1/"] {
        let refused = Redis::connect(url, limits()).await.map(drop);
        assert!(matches!(refused, Err(BrokerError::Unfit(_))), "{url}: {refused:?}");
    }
}
