//! What a node does when something goes wrong with Redis: it says so, it does not hammer at the door, and it goes on by
//! itself when Redis does. Attempts to connect are counted by the server itself.

use crate::{
    redis_only::{plain, recovers},
    support::{
        cutting_proxy::{CuttingProxy, Way},
        redis_server::RedisServer,
    },
    world::{LONG, book, channel, client, limits, next, said, until, who},
};
use redis::aio::MultiplexedConnection;
use sputnik::server::broker::{
    Answer, BrokerError, Claim, Liveness, Log, Presence, PubSub, Wake, Wakes, Watch, redis::Redis,
};
use std::{
    fs,
    sync::Arc,
    time::{Duration, Instant},
};

/// A node: its broker, and its ear on one book.
struct Node {
    broker: Arc<Redis>,
    watch: Box<dyn Watch>,
    wakes: Wakes,
}

impl Node {
    async fn start(url: &str) -> Self {
        let broker = Redis::connect(url, limits()).await.unwrap();
        let (watch, mut wakes) = broker.wakes().await.unwrap();
        watch.watch(&book()).await.unwrap();
        broker.publish(&book(), said(0), None).await.unwrap();
        assert!(matches!(next(&mut wakes).await, Wake::Entry { .. }));
        Self { broker, watch, wakes }
    }

    async fn publish(&self) -> Answer<()> {
        self.broker.publish(&book(), said(1), None).await.map(drop)
    }

    /// Why a call fails: it must, and for now only.
    async fn trouble(&self) -> String {
        match self.publish().await {
            Err(BrokerError::Unreachable(why)) => why,
            other => panic!("it was to fail for now: {other:?}"),
        }
    }

    /// All that a node does with Redis works: being told, and telling.
    async fn recovers(&mut self) {
        while self.wakes.try_recv().is_ok() {}
        until("wakes come again", || {
            let woken = std::iter::from_fn(|| self.wakes.try_recv().ok())
                .filter(|wake| matches!(wake, Wake::Entry { .. }))
                .count();
            let broker = Arc::clone(&self.broker);
            async move {
                let _ = broker.publish(&book(), said(1), None).await;
                woken > 0
            }
        })
        .await;
        self.watch.watch(&channel("other")).await.unwrap();
        self.watch.unwatch(&channel("other")).await.unwrap();
        self.broker.join(&book(), &who("c1"), &Claim::default(), None, LONG).await.unwrap();
        self.broker.renew(&[(book(), client("c1"))], LONG).await.unwrap();
    }

    /// Calls all the time, as busy people do, until it is dropped.
    fn is_busy(&self) -> Busy {
        let broker = Arc::clone(&self.broker);
        Busy(tokio::spawn(async move {
            loop {
                let _ = broker.publish(&channel("busy"), said(2), None).await;
                tokio::task::yield_now().await;
            }
        }))
    }
}

struct Busy(tokio::task::JoinHandle<()>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// How many connections a server has accepted since it started, or turned away.
async fn connections(redis: &mut MultiplexedConnection) -> usize {
    let stats: String = redis::cmd("INFO").arg("stats").query_async(redis).await.unwrap();
    let count = |name: &str| stats.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<usize>().ok());
    count("total_connections_received:").unwrap() + count("rejected_connections:").unwrap()
}

/// A connection to a server that asks for this password.
async fn with_password(server: &RedisServer, password: &str) -> MultiplexedConnection {
    let url = format!("redis://:{password}@127.0.0.1:{}/", server.port());
    redis::Client::open(url).unwrap().get_multiplexed_async_connection().await.unwrap()
}

async fn configure(redis: &mut MultiplexedConnection, name: &str, value: &str) {
    redis::cmd("CONFIG").arg("SET").arg(name).arg(value).exec_async(redis).await.unwrap();
}

async fn refusal(url: &str) -> String {
    match Redis::connect(url, limits()).await {
        Err(BrokerError::Unfit(words)) => words,
        other => panic!("{url} is not fit: {:?}", other.map(drop)),
    }
}

#[tokio::test]
async fn a_redis_that_restarts_with_another_password_for_seconds_is_found_again_after_few_attempts() {
    let mut server = RedisServer::start_with(&["--requirepass", "one"]);
    let mut node = Node::start(&format!("redis://:one@127.0.0.1:{}/", server.port())).await;
    let busy = node.is_busy();
    let start = Instant::now();
    server.start_again_with(&["--requirepass", "other"]);
    let mut redis = with_password(&server, "other").await;
    // Our own, and seven attempts: the waits before those come to two seconds at the very least.
    while connections(&mut redis).await < 8 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let took = start.elapsed();
    assert!(took > Duration::from_millis(1_500), "seven attempts within {took:?}");
    let why = node.trouble().await;
    assert!(why.contains("WRONGPASS") && !why.contains("one@"), "{why}");

    server.start_again_with(&["--requirepass", "one"]);
    node.recovers().await;
    drop(busy);
    let received = connections(&mut with_password(&server, "one").await).await;
    assert!(received <= 12, "{received} connections until all was well");
}

#[tokio::test]
async fn a_master_that_lives_on_as_a_replica_is_left_for_the_new_one() {
    let (old, new) = (RedisServer::start(), RedisServer::start());
    let name = CuttingProxy::start(old.port()).await;
    let mut node = Node::start(&name.url()).await;
    // Whoever asks for the name now is led elsewhere. Who is connected stays, until it leaves by itself.
    name.lead_to(new.port());
    let mut replica = plain(&old).await;
    redis::cmd("REPLICAOF").arg("127.0.0.1").arg(new.port()).exec_async(&mut replica).await.unwrap();
    let busy = node.is_busy();
    node.recovers().await;
    drop(busy);
    until("it listens there as well", || async {
        let mut master = plain(&new).await;
        let (_, ears): (String, usize) =
            redis::cmd("PUBSUB").arg("NUMSUB").arg("sp:{book/7}:wake").query_async(&mut master).await.unwrap();
        ears == 1
    })
    .await;
    let (_, ears): (String, usize) =
        redis::cmd("PUBSUB").arg("NUMSUB").arg("sp:{book/7}:wake").query_async(&mut replica).await.unwrap();
    assert_eq!(ears, 0, "and no longer where it was");
    let received = connections(&mut replica).await;
    assert!(received <= 10, "{received} connections to the old one");
}

#[tokio::test]
async fn a_master_that_became_a_replica_is_noticed_while_nobody_asks_it_anything() {
    let (old, new) = (RedisServer::start(), RedisServer::start());
    let name = CuttingProxy::start(old.port()).await;
    let mut node = Node::start(&name.url()).await;
    name.lead_to(new.port());
    let mut replica = plain(&old).await;
    redis::cmd("REPLICAOF").arg("127.0.0.1").arg(new.port()).exec_async(&mut replica).await.unwrap();
    assert!(matches!(next(&mut node.wakes).await, Wake::Lost));
    recovers_elsewhere(&node, &new).await;
}

async fn recovers_elsewhere(node: &Node, new: &RedisServer) {
    let mut master = plain(new).await;
    until("what is said arrives at the new master", || async { node.publish().await.is_ok() }).await;
    let there: usize = redis::cmd("EXISTS").arg("sp:{book/7}:log").query_async(&mut master).await.unwrap();
    assert_eq!(there, 1);
}

#[tokio::test]
async fn while_only_a_replica_answers_attempts_are_few_and_end_when_it_becomes_the_master() {
    let (one, other) = (RedisServer::start(), RedisServer::start());
    let mut node = Node::start(&one.url()).await;
    let mut redis = plain(&one).await;
    let before = connections(&mut redis).await;
    let start = Instant::now();
    redis::cmd("REPLICAOF").arg("127.0.0.1").arg(other.port()).exec_async(&mut redis).await.unwrap();
    let busy = node.is_busy();
    while connections(&mut redis).await < before + 7 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let took = start.elapsed();
    assert!(took > Duration::from_millis(1_500), "seven attempts within {took:?}");
    let why = node.trouble().await;
    assert!(why.contains("It is a replica of 127.0.0.1:"), "{why}");
    redis::cmd("REPLICAOF").arg("NO").arg("ONE").exec_async(&mut redis).await.unwrap();
    node.recovers().await;
    drop(busy);
}

#[tokio::test]
async fn a_node_does_not_start_on_a_replica() {
    let (master, replica) = (RedisServer::start(), RedisServer::start());
    let mut redis = plain(&replica).await;
    redis::cmd("REPLICAOF").arg("127.0.0.1").arg(master.port()).exec_async(&mut redis).await.unwrap();
    let words = refusal(&replica.url()).await;
    assert!(words.contains(&format!("It is a replica of 127.0.0.1:{}", master.port())), "{words}");
}

#[tokio::test]
async fn a_redis_cluster_is_refused_at_the_start_with_a_sentence() {
    let server = RedisServer::start_with(&["--cluster-enabled", "yes"]);
    let words = refusal(&server.url()).await;
    assert!(words.contains("a Redis Cluster, which is not supported"), "{words}");
}

#[tokio::test]
async fn a_wrong_password_is_refused_at_the_start_and_not_repeated() {
    let server = RedisServer::start_with(&["--requirepass", "s3cr3t"]);
    for who in ["", ":wr0ng@", "ann:wr0ng@"] {
        let words = refusal(&format!("redis://{who}127.0.0.1:{}/", server.port())).await;
        assert!(words.contains("does not take the user and the password"), "{words}");
        assert!(!words.contains("wr0ng"), "{words}");
    }
}

#[tokio::test]
async fn a_right_that_a_user_lacks_is_named_at_the_start() {
    let server = RedisServer::start();
    let mut redis = plain(&server).await;
    for (rights, named) in [
        ("~sp:* &sp:* +@all -xadd", "XADD"),
        ("~sp:* &sp:* +@all -zrem -hmget", "HMGET"),
        ("~sp:* &sp:* +@all -evalsha", "evalsha"),
        ("~sp:* &sp:* +@all -script|load", "SCRIPT LOAD"),
        ("~sp:* &sp:* +@all -info", "INFO"),
        ("~sp:* &sp:* +@all -publish", "PUBLISH"),
        ("~sp:* &sp:* +@all -subscribe", "SUBSCRIBE"),
        ("~sp:* &sp:* +@all -unsubscribe", "UNSUBSCRIBE"),
        ("~other:* &sp:* +@all", "keys"),
        ("%R~sp:* &sp:* +@all", "keys"),
        ("~sp:* &other:* +@all", "channel"),
    ] {
        let mut user = redis::cmd("ACL");
        user.arg("SETUSER").arg("ann").arg("reset").arg("on").arg(">pw").arg(rights.split(' ').collect::<Vec<_>>());
        user.exec_async(&mut redis).await.unwrap();
        let words = refusal(&format!("redis://ann:pw@127.0.0.1:{}/", server.port())).await;
        assert!(words.contains("does not let this user do all that is needed"), "{rights}: {words}");
        assert!(words.contains(named), "{rights}: {words}");
    }
}

#[tokio::test]
async fn the_rights_that_the_handbook_names_are_enough() {
    let handbook = include_str!("../../../../docs/handbook/08-several-nodes.md");
    let line = handbook.lines().find_map(|line| line.strip_prefix("ACL SETUSER ")).expect("the line with the rights");
    let server = RedisServer::start();
    let mut user = redis::cmd("ACL");
    user.arg("SETUSER").arg(line.split(' ').collect::<Vec<_>>());
    user.exec_async(&mut plain(&server).await).await.unwrap();
    let mut node = Node::start(&format!("redis://sputnik:PASSWORD@127.0.0.1:{}/", server.port())).await;
    for kind in ["normal", "pubsub"] {
        let mut kill = redis::cmd("CLIENT");
        kill.arg("KILL").arg("TYPE").arg(kind).arg("SKIPME").arg("yes");
        kill.exec_async(&mut plain(&server).await).await.unwrap();
    }
    node.recovers().await;
    node.broker.whisper(&book(), &client("c1"), said(1)).await.unwrap();
    node.broker.note_clients(&client("n1"), &[], &[], LONG).await.unwrap();
    node.broker.idle(&client("c1")).await.unwrap();
}

#[tokio::test]
async fn a_right_that_is_taken_away_and_given_back_costs_few_connections() {
    let server = RedisServer::start();
    let mut redis = plain(&server).await;
    let mut user = redis::cmd("ACL");
    user.arg("SETUSER").arg("ann").arg("on").arg(">pw").arg("~*").arg("&*").arg("+@all");
    user.exec_async(&mut redis).await.unwrap();
    let node = Node::start(&format!("redis://ann:pw@127.0.0.1:{}/", server.port())).await;
    let before = connections(&mut redis).await;
    redis::cmd("ACL").arg("SETUSER").arg("ann").arg("-evalsha").exec_async(&mut redis).await.unwrap();
    for _ in 0..100 {
        let why = node.trouble().await;
        assert!(why.contains("NOPERM"), "{why}");
    }
    redis::cmd("ACL").arg("SETUSER").arg("ann").arg("+evalsha").exec_async(&mut redis).await.unwrap();
    node.publish().await.unwrap();
    assert_eq!(connections(&mut redis).await, before);
}

#[tokio::test]
async fn a_full_redis_says_so_keeps_what_it_has_and_goes_on_when_there_is_room() {
    let server = RedisServer::start();
    let node = Node::start(&server.url()).await;
    let mut redis = plain(&server).await;
    let before = connections(&mut redis).await;
    let top = node.broker.check(&book()).await.unwrap().top;
    configure(&mut redis, "maxmemory", "1").await;
    for _ in 0..50 {
        let why = node.trouble().await;
        assert!(why.contains("OOM"), "{why}");
    }
    assert_eq!(node.broker.check(&book()).await.unwrap().top, top, "nothing was done by halves");
    let starts = Redis::connect(&server.url(), limits()).await.map(drop);
    assert!(matches!(&starts, Err(BrokerError::Unreachable(why)) if why.contains("OOM")), "{starts:?}");
    configure(&mut redis, "maxmemory", "0").await;
    node.publish().await.unwrap();
    assert_eq!(node.broker.check(&book()).await.unwrap().top.offset, top.offset + 1);
    assert_eq!(connections(&mut redis).await, before + 1, "that one start");
}

#[tokio::test]
async fn a_redis_that_cannot_save_says_so_and_goes_on_when_it_can() {
    let server = RedisServer::start_with(&["--save", "3600 1"]);
    let node = Node::start(&server.url()).await;
    let mut redis = plain(&server).await;
    let before = connections(&mut redis).await;
    // Where there is no folder nothing can be saved.
    fs::remove_dir_all(server.folder()).unwrap();
    redis::cmd("BGSAVE").exec_async(&mut redis).await.unwrap();
    until("writing is refused", || async { node.publish().await.is_err() }).await;
    let why = node.trouble().await;
    assert!(why.contains("MISCONF"), "{why}");
    configure(&mut redis, "stop-writes-on-bgsave-error", "no").await;
    node.publish().await.unwrap();
    assert_eq!(connections(&mut redis).await, before);
}

#[tokio::test]
async fn a_redis_that_stands_still_is_waited_for_with_few_connections() {
    for stand_still in ["CLIENT PAUSE 6000 ALL", "CLIENT PAUSE 6000 WRITE", "DEBUG SLEEP 6"] {
        let server = RedisServer::start();
        let mut node = Node::start(&server.url()).await;
        let before = connections(&mut plain(&server).await).await;
        server.tell(stand_still);
        let busy = node.is_busy();
        let why = node.trouble().await;
        assert!(why.contains("in time"), "{stand_still}: {why}");
        node.recovers().await;
        drop(busy);
        let received = connections(&mut plain(&server).await).await - before;
        assert!(received <= 12, "{stand_still}: {received} connections");
    }
}

#[tokio::test]
async fn a_way_on_which_nothing_passes_any_more_is_given_up_and_another_found() {
    let server = RedisServer::start();
    let way = CuttingProxy::start(server.port()).await;
    let mut node = Node::start(&way.url()).await;
    way.set(Way::Held);
    let start = Instant::now();
    let why = node.trouble().await;
    assert!(why.contains("in time") && start.elapsed() < Duration::from_secs(5), "{why} after {:?}", start.elapsed());
    assert!(matches!(next(&mut node.wakes).await, Wake::Lost), "the node is told");
    way.set(Way::Open);
    node.recovers().await;
}

#[tokio::test]
async fn a_port_that_takes_connections_and_never_answers_ends_the_start_within_seconds() {
    let server = RedisServer::start();
    let way = CuttingProxy::start(server.port()).await;
    way.set(Way::Held);
    let start = Instant::now();
    let refused = Redis::connect(&way.url(), limits()).await.map(drop);
    assert!(matches!(refused, Err(BrokerError::Unreachable(_))), "{refused:?}");
    assert!(start.elapsed() < Duration::from_secs(6), "it took {:?}", start.elapsed());
}

#[tokio::test]
async fn a_redis_that_closes_idle_connections_is_no_trouble() {
    let server = RedisServer::start();
    let mut redis = plain(&server).await;
    let mut node = Node::start(&server.url()).await;
    let mut before = connections(&mut redis).await;
    configure(&mut redis, "timeout", "1").await;
    for _ in 0..3 {
        // Closed for being idle, and there again.
        until("another connection comes", || async {
            let mut redis = redis.clone();
            connections(&mut redis).await > before
        })
        .await;
        node.recovers().await;
        before = connections(&mut redis).await;
    }
}

#[tokio::test]
async fn a_redis_that_takes_nobody_more_is_asked_now_and_then() {
    let server = RedisServer::start();
    let mut redis = plain(&server).await;
    let mut node = Node::start(&server.url()).await;
    configure(&mut redis, "maxclients", "1").await;
    let before = connections(&mut redis).await;
    let start = Instant::now();
    for kind in ["normal", "pubsub"] {
        let mut kill = redis::cmd("CLIENT");
        kill.arg("KILL").arg("TYPE").arg(kind).arg("SKIPME").arg("yes").exec_async(&mut redis).await.unwrap();
    }
    let busy = node.is_busy();
    while connections(&mut redis).await < before + 7 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let took = start.elapsed();
    assert!(took > Duration::from_millis(1_500), "seven attempts within {took:?}");
    configure(&mut redis, "maxclients", "100").await;
    node.recovers().await;
    drop(busy);
}

#[tokio::test]
async fn a_redis_that_is_emptied_under_load_answers_everybody() {
    let server = RedisServer::start();
    let mut node = Node::start(&server.url()).await;
    let mut redis = plain(&server).await;
    let publishing: Vec<_> = (0..8)
        .map(|writer| {
            let broker = Arc::clone(&node.broker);
            tokio::spawn(async move {
                for number in 0..100 {
                    broker.publish(&channel(&format!("book/{writer}")), said(number), None).await?;
                }
                Answer::Ok(())
            })
        })
        .collect();
    for flush in ["FLUSHALL", "SCRIPT FLUSH", "FLUSHALL", "SCRIPT FLUSH"] {
        let mut words = flush.split(' ');
        redis::cmd(words.next().unwrap()).arg(words.collect::<Vec<_>>()).exec_async(&mut redis).await.unwrap();
    }
    for published in publishing {
        published.await.unwrap().unwrap();
    }
    node.publish().await.unwrap();
    assert!(matches!(next(&mut node.wakes).await, Wake::Entry { .. } | Wake::Lost));
}

#[tokio::test]
async fn hundreds_of_channels_are_heard_again_after_a_cut() {
    let server = RedisServer::start();
    let mut node = Node::start(&server.url()).await;
    for number in 0..300 {
        node.watch.watch(&channel(&format!("many/{number}"))).await.unwrap();
    }
    let mut kill = redis::cmd("CLIENT");
    kill.arg("KILL").arg("TYPE").arg("pubsub").exec_async(&mut plain(&server).await).await.unwrap();
    recovers(&node.broker, &mut node.wakes).await;
    for number in [0, 150, 299] {
        let channel_there = channel(&format!("many/{number}"));
        node.broker.publish(&channel_there, said(number), None).await.unwrap();
        while !matches!(next(&mut node.wakes).await, Wake::Entry { channel, .. } if channel == channel_there) {}
    }
}
