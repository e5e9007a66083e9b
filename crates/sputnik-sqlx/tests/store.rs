//! What the command store promises, on SQLite and on PostgreSQL alike.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the answer")]

#[path = "../../../tests/support/postgres_server.rs"]
#[allow(dead_code, reason = "it is shared with the application's tests")]
mod postgres_server;

use futures::future::join_all;
use postgres_server::PostgresServer;
use sputnik::{
    ChannelName, Code, Fault, Position, Uid,
    protocol::message::Entry,
    server::{
        Asked, CallKey, Caller, CommandStore, Gate, Node, Pass, QueueSlot, Settings, User,
        broker::{Limits, Log, Since, memory::Memory},
        once::command_store::Digest,
    },
};
use sputnik_sqlx::{Connection, Connections, Failed, SqlStore, Value};
use sqlx::{
    PgPool, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions},
};
use std::{
    future::pending,
    sync::Arc,
    time::{Duration, Instant},
};

/// Makes a test on SQLite of each promise, and one test on PostgreSQL of them all, on one server.
macro_rules! promises {
    ($($promise:ident),+ $(,)?) => {
        mod on_sqlite {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $promise() {
                    let folder = tempfile::tempdir().unwrap();
                    super::$promise(super::World::new(super::sqlite(folder.path()).await).await).await;
                }
            )+
        }

        #[tokio::test(flavor = "multi_thread")]
        async fn all_this_holds_on_postgresql() {
            let Some(server) = PostgresServer::start() else {
                eprintln!("skipped: no PostgreSQL server is installed (package postgresql)");
                return;
            };
            $(
                eprintln!("… {}", stringify!($promise));
                let url = server.new_database(stringify!($promise)).await;
                $promise(World::new(PgPool::connect(&url).await.unwrap()).await).await;
            )+
        }
    };
}

promises!(
    a_command_takes_effect_once_however_often_it_is_sent,
    a_retry_that_runs_at_the_same_time_on_another_node_runs_once,
    whatever_else_comes_under_a_uid_that_was_used_is_a_conflict,
    a_command_that_is_refused_leaves_no_trace,
    one_that_is_given_up_half_way_leaves_no_trace,
    what_was_committed_is_published_by_another_node_though_its_own_died,
    messages_stand_in_the_log_in_the_order_of_their_versions,
    a_version_that_was_not_used_is_given_back,
    many_channels_are_rechecked_in_one_change,
    a_group_is_done_as_a_whole_or_says_which_of_it_cannot_be,
    a_snapshot_holds_the_messages_up_to_its_version,
    a_reply_is_forgotten_after_its_time,
    nodes_that_start_together_make_the_tables_once,
    tables_that_stand_there_already_go_on,
);

async fn sqlite(folder: &std::path::Path) -> SqlitePool {
    let file = SqliteConnectOptions::new().filename(folder.join("test.db")).create_if_missing(true);
    let file = file.journal_mode(SqliteJournalMode::Wal).busy_timeout(Duration::from_secs(20));
    SqlitePoolOptions::new().max_connections(8).connect_with(file).await.unwrap()
}

/// Nobody is known, and nobody let in.
struct Closed;

#[async_trait::async_trait]
impl Gate for Closed {
    async fn who(&self, _: &http::request::Parts) -> Result<Option<User>, Fault> {
        Ok(None)
    }

    async fn admit(&self, _: Option<&User>, _: &ChannelName) -> Result<Pass, Fault> {
        Err(Fault::not_found("channel"))
    }
}

/// A database with a table of the application, and nodes on it.
struct World<C: Connections> {
    connections: C,
    store: SqlStore<C>,
    broker: Arc<Memory>,
    node: Node,
}

impl<C: Connections> World<C> {
    async fn new(connections: C) -> Self {
        let store = SqlStore::new(connections.clone());
        store.migrate().await.unwrap();
        let create = "CREATE TABLE notes (number BIGINT NOT NULL, text TEXT NOT NULL)";
        connections.lend_to_write().await.unwrap().execute(create, &[]).await.unwrap();
        let broker = Memory::new(Limits::default());
        let node = Self::start(&broker, &store).await;
        Self { connections, store, broker, node }
    }

    async fn start(broker: &Arc<Memory>, store: &SqlStore<C>) -> Node {
        Node::start(broker.clone(), Arc::new(Closed), Arc::new(store.clone()), Settings::default()).await.unwrap()
    }

    async fn another_node(&self) -> Node {
        Self::start(&self.broker, &self.store).await
    }

    fn caller(&self, call: Option<Asked>) -> Caller {
        Caller { node: self.node.clone(), user: None, address: None, call, slot: QueueSlot::default() }
    }

    /// Notes something, and says so.
    async fn note(&self, caller: &Caller, text: &str) -> Result<u64, Fault> {
        note(&self.store, caller, text).await
    }

    async fn notes(&self) -> Vec<String> {
        let select = "SELECT number, text, CAST(NULL AS TEXT) FROM notes ORDER BY number";
        let rows = self.connections.lend_to_read().await.unwrap().fetch(select, &[]).await.unwrap();
        rows.into_iter().map(|(_, text, _)| text).collect()
    }

    /// What was said on a channel.
    async fn log(&self, channel: &ChannelName) -> Vec<Entry> {
        let start = Position::new(self.broker.check(channel).await.unwrap().top.epoch, 0);
        let Since::Entries(entries) = self.broker.since(channel, &start, 10_000).await.unwrap() else {
            panic!("the log begins later")
        };
        entries.into_iter().map(|(_, entry)| serde_json::from_slice(&entry).unwrap()).collect()
    }

    async fn said(&self) -> Vec<(Option<u64>, String)> {
        let said = self.log(&channel()).await.into_iter().map(|entry| match entry {
            Entry::Said(said) => (said.version, serde_json::from_str(said.body.get()).unwrap()),
            other => panic!("{other:?}"),
        });
        said.collect()
    }
}

async fn note<C: Connections>(store: &SqlStore<C>, caller: &Caller, text: &str) -> Result<u64, Fault> {
    store
        .run(caller, async |change| {
            let version = change.say(&channel(), &text).await?;
            let values = [Value::Number(version.cast_signed()), Value::Text(text)];
            change.sql().execute("INSERT INTO notes (number, text) VALUES ($1, $2)", &values).await.map_err(Failed)?;
            Ok(version)
        })
        .await
}

fn channel() -> ChannelName {
    "notes".parse().unwrap()
}

fn asked(uid: u64, path: &str) -> Asked {
    let key = CallKey { client: "c1".parse().unwrap(), uid: Uid(uid) };
    Asked { key, digest: Digest::of(None, path, b"{}"), before: None }
}

async fn until<F: Future<Output = bool>>(what: &str, mut ask: impl FnMut() -> F) {
    let began = Instant::now();
    while !ask().await {
        assert!(began.elapsed() < Duration::from_secs(30), "it never happened: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn a_command_takes_effect_once_however_often_it_is_sent<C: Connections>(world: World<C>) {
    let caller = world.caller(Some(asked(1, "/note")));
    for _ in 0..3 {
        assert_eq!(world.note(&caller, "once").await, Ok(1));
    }
    assert_eq!(world.notes().await, ["once"]);
    assert_eq!(world.said().await, [(Some(1), "once".to_owned())]);
    let recorded = world.store.recorded(&asked(1, "/note").key).await.unwrap().unwrap();
    assert_eq!(recorded.reply, "1");
    // A form that is posted by a page that is not live has no number: each is one of its own.
    for version in 2..4 {
        assert_eq!(world.note(&world.caller(None), "again").await, Ok(version));
    }
}

async fn a_retry_that_runs_at_the_same_time_on_another_node_runs_once<C: Connections>(world: World<C>) {
    let other = world.another_node().await;
    for uid in 1..=15 {
        let caller = world.caller(Some(asked(uid, "/note")));
        let elsewhere = Caller { node: other.clone(), ..caller.clone() };
        let replies = join_all([&caller, &elsewhere, &caller].map(|caller| world.note(caller, "once"))).await;
        assert!(replies.iter().all(|reply| *reply == Ok(uid)), "{replies:?}");
    }
    assert_eq!(world.notes().await.len(), 15);
    assert_eq!(world.said().await.len(), 15);
}

async fn whatever_else_comes_under_a_uid_that_was_used_is_a_conflict<C: Connections>(world: World<C>) {
    world.note(&world.caller(Some(asked(1, "/note"))), "mine").await.unwrap();
    let other = world.note(&world.caller(Some(asked(1, "/another"))), "another's").await;
    assert_eq!(other.map_err(|fault| fault.code), Err(Code::Conflict));
    assert_eq!(world.notes().await, ["mine"]);
    // What was another path before is the same command.
    let renamed = Asked { before: Some(asked(1, "/note").digest), ..asked(1, "/new") };
    assert_eq!(world.note(&world.caller(Some(renamed)), "mine").await, Ok(1));
}

async fn a_command_that_is_refused_leaves_no_trace<C: Connections>(world: World<C>) {
    let caller = world.caller(Some(asked(1, "/note")));
    let refused: Result<(), Fault> = world
        .store
        .run(&caller, async |change| {
            change.say(&channel(), &"never").await?;
            change.sql().execute("INSERT INTO notes (number, text) VALUES (1, 'never')", &[]).await.map_err(Failed)?;
            Err(Fault::forbidden("No."))
        })
        .await;
    assert_eq!(refused, Err(Fault::forbidden("No.")));
    assert_eq!(world.store.recorded(&asked(1, "/note").key).await, Ok(None));
    assert_eq!(world.store.behind().await, Ok(Vec::new()));
    assert_eq!(world.note(&caller, "now").await, Ok(1), "it can be tried again, and its version is the first");
    assert_eq!(world.notes().await, ["now"]);
    assert_eq!(world.said().await, [(Some(1), "now".to_owned())]);
}

async fn one_that_is_given_up_half_way_leaves_no_trace<C: Connections>(world: World<C>) {
    let caller = world.caller(Some(asked(1, "/note")));
    let run = world.store.run(&caller, async |change| -> Result<(), Fault> {
        change.say(&channel(), &"never").await?;
        pending().await
    });
    assert!(tokio::time::timeout(Duration::from_millis(300), run).await.is_err(), "it hangs");
    assert_eq!(world.note(&caller, "now").await, Ok(1));
    assert_eq!(world.said().await, [(Some(1), "now".to_owned())]);
}

/// Connections of a node that dies right after it committed.
#[derive(Clone)]
struct Dying<C>(C);

impl<C: Connections> Connections for Dying<C> {
    type Connection = C::Connection;
    type Lent = C::Lent;
    type Transaction = C::Transaction;

    fn lend_to_read(&self) -> impl Future<Output = sqlx::Result<C::Lent>> + Send {
        self.0.lend_to_read()
    }

    fn lend_to_write(&self) -> impl Future<Output = sqlx::Result<C::Lent>> + Send {
        self.0.lend_to_write()
    }

    fn begin_to_read(&self) -> impl Future<Output = sqlx::Result<C::Transaction>> + Send {
        self.0.begin_to_read()
    }

    fn begin_to_write(&self) -> impl Future<Output = sqlx::Result<C::Transaction>> + Send {
        self.0.begin_to_write()
    }

    async fn commit(transaction: C::Transaction) -> sqlx::Result<()> {
        C::commit(transaction).await?;
        pending().await
    }

    fn undo(transaction: C::Transaction) -> impl Future<Output = ()> + Send {
        C::undo(transaction)
    }
}

async fn what_was_committed_is_published_by_another_node_though_its_own_died<C: Connections>(world: World<C>) {
    let dying = SqlStore::new(Dying(world.connections.clone()));
    let caller = world.caller(Some(asked(1, "/note")));
    tokio::select! {
        reply = note(&dying, &caller, "acknowledged to nobody") => panic!("{reply:?}"),
        () = until("it is committed", async || !world.notes().await.is_empty()) => {}
    }
    let other = world.another_node().await;
    until("it is published", async || !world.said().await.is_empty()).await;
    let elsewhere = Caller { node: other, ..caller };
    assert_eq!(world.note(&elsewhere, "acknowledged to nobody").await, Ok(1), "and it is answered");
    assert_eq!(world.said().await, [(Some(1), "acknowledged to nobody".to_owned())]);
    until("nothing is left to be published", async || world.store.behind().await == Ok(Vec::new())).await;
}

async fn messages_stand_in_the_log_in_the_order_of_their_versions<C: Connections>(world: World<C>) {
    let other = world.another_node().await;
    let callers: Vec<Caller> = (1..=20)
        .map(|uid| {
            let caller = world.caller(Some(asked(uid, "/note")));
            if uid % 2 == 0 { Caller { node: other.clone(), ..caller } } else { caller }
        })
        .collect();
    for reply in join_all(callers.iter().map(|caller| world.note(caller, "one of many"))).await {
        reply.unwrap();
    }
    let versions: Vec<u64> = world.said().await.into_iter().filter_map(|(version, _)| version).collect();
    assert_eq!(versions, (1..=20).collect::<Vec<u64>>());
}

async fn a_version_that_was_not_used_is_given_back<C: Connections>(world: World<C>) {
    for _ in 0..3 {
        let version = world.store.run(&world.caller(None), async |change| change.lock(&channel()).await).await;
        assert_eq!(version, Ok(1));
    }
}

async fn many_channels_are_rechecked_in_one_change<C: Connections>(world: World<C>) {
    let channels: Vec<ChannelName> = (0..250).map(|n| format!("notes/{n}").parse().unwrap()).collect();
    for _ in 0..2 {
        world.store.run(&world.caller(None), async |change| change.recheck_many(&channels).await).await.unwrap();
    }
    for channel in &channels {
        let log = world.log(channel).await;
        assert!(matches!(log[..], [Entry::Recheck, Entry::Recheck]), "{log:?}");
    }
}

async fn a_group_is_done_as_a_whole_or_says_which_of_it_cannot_be<C: Connections>(world: World<C>) {
    world.note(&world.caller(Some(asked(2, "/note"))), "alone").await.unwrap();
    let store_all = async |calls: &[Asked]| {
        let mut group = world.store.begin_group(&world.node).await.unwrap();
        group.say(&channel(), &"together").await.unwrap();
        for call in calls {
            group.done(Some(call));
        }
        group.finish().await
    };
    let calls = [asked(1, "/edit"), asked(2, "/edit"), asked(3, "/edit")];
    assert_eq!(store_all(&calls).await, Ok(vec![asked(2, "/edit").key]));
    assert_eq!(world.store.recorded(&calls[0].key).await, Ok(None));
    assert_eq!(world.said().await.len(), 1, "nothing of it was done");
    let without = [calls[0].clone(), calls[2].clone()];
    assert_eq!(store_all(&without).await, Ok(Vec::new()));
    for call in &without {
        assert_eq!(world.store.recorded(&call.key).await.unwrap().unwrap().reply, "null");
    }
    assert_eq!(world.said().await.len(), 2);
}

async fn a_snapshot_holds_the_messages_up_to_its_version<C: Connections>(world: World<C>) {
    let caller = world.caller(None);
    let count = async |sql: &mut C::Connection| {
        // Long enough for others to commit in between.
        tokio::time::sleep(Duration::from_millis(20)).await;
        let select = "SELECT COUNT(*), 'notes', CAST(NULL AS TEXT) FROM notes";
        Ok(sql.fetch(select, &[]).await.map_err(Failed)?[0].0.cast_unsigned())
    };
    let looking = async {
        for _ in 0..10 {
            let snapshot = world.store.snapshot(&caller, &channel(), count).await.unwrap();
            assert_eq!(snapshot.state, snapshot.version);
        }
    };
    let noting = async {
        for _ in 0..40 {
            world.note(&caller, "meanwhile").await.unwrap();
        }
    };
    tokio::join!(looking, noting);
    assert_eq!(world.store.snapshot(&caller, &channel(), count).await.unwrap().version, 40);
}

async fn a_reply_is_forgotten_after_its_time<C: Connections>(world: World<C>) {
    let (young, old) = (asked(1, "/note"), asked(2, "/note"));
    for call in [&young, &old] {
        world.note(&world.caller(Some(call.clone())), "noted").await.unwrap();
    }
    let age = "UPDATE sputnik_commands SET at = at - 7200000 WHERE call = $1";
    let values = old.key.to_string();
    world.connections.lend_to_write().await.unwrap().execute(age, &[Value::Text(&values)]).await.unwrap();
    world.store.forget_old().await.unwrap();
    assert!(world.store.recorded(&old.key).await.unwrap().is_some(), "a day has not gone by");
    let store = world.store.clone().remembering(Duration::from_secs(3_600));
    store.forget_old().await.unwrap();
    assert_eq!(store.recorded(&old.key).await, Ok(None));
    assert!(store.recorded(&young.key).await.unwrap().is_some());
}

async fn nodes_that_start_together_make_the_tables_once<C: Connections>(world: World<C>) {
    let store = world.store.clone().with_prefix("other_");
    for done in join_all((0..6).map(|_| store.migrate())).await {
        done.unwrap();
    }
    assert_eq!(note(&store, &world.caller(None), "in tables of its own").await, Ok(1));
    let select = "SELECT step, 'step', CAST(NULL AS TEXT) FROM other_store_steps";
    assert_eq!(world.connections.lend_to_read().await.unwrap().fetch(select, &[]).await.unwrap().len(), 1);
}

async fn tables_that_stand_there_already_go_on<C: Connections>(world: World<C>) {
    let mut sql = world.connections.lend_to_write().await.unwrap();
    for statement in [
        "CREATE TABLE commands (call TEXT PRIMARY KEY, reply TEXT NOT NULL, at BIGINT NOT NULL)",
        "CREATE INDEX commands_by_age ON commands (at)",
        "ALTER TABLE commands ADD COLUMN digest TEXT",
        "CREATE TABLE channels (name TEXT PRIMARY KEY, version BIGINT NOT NULL)",
        "CREATE TABLE outbox (channel TEXT NOT NULL, version BIGINT NOT NULL, entry TEXT NOT NULL,
         PRIMARY KEY (channel, version))",
        "INSERT INTO channels (name, version) VALUES ('notes', 7)",
        "INSERT INTO commands (call, reply, at, digest) VALUES ('c1:1', '7', 9000000000000, NULL)",
    ] {
        sql.execute(statement, &[]).await.unwrap();
    }
    drop(sql);
    let store = world.store.clone().with_prefix("");
    for _ in 0..2 {
        store.migrate().await.unwrap();
    }
    assert_eq!(note(&store, &world.caller(Some(asked(1, "/note"))), "once").await, Ok(7), "as was recorded");
    assert_eq!(note(&store, &world.caller(Some(asked(2, "/note"))), "next").await, Ok(8));
}
