//! What the database promises, on SQLite and on PostgreSQL alike.

use crate::{
    page::Page,
    support::{pgbouncer::PgBouncer, postgres_server::PostgresServer},
    world::{Browser, PASSWORD, Site, World, location, title, told},
};
use server_fn::ServerFn;
use sputnik::{
    ChannelName, Code, Fault,
    server::{Asked, CallKey, Caller, CommandStore, Recorded, Turn, Unsent, once::command_store::Digest},
};
use sputnik_editor::{
    account::{bounds::Bounds, commands::OpenAccount},
    book::{
        channels::{BookChannel, ChapterChannel},
        chapter::{Encoded, Pen},
        commands::{
            account_deletion::{DeleteAccount, OpenLeaving},
            chapter::OpenChapter,
            chat::Say,
            contents::{AddPart, RenamePart},
            shelf::OpenBook,
            writing::Write,
        },
        events::BookEvent,
        model::{Kind, Place, Role},
        store::{books, pen},
    },
    database::{Change, Database, OpenError},
};
use std::{sync::Arc, time::Duration};

/// Makes a test on SQLite of each promise, and one test on PostgreSQL of them all, on one server.
macro_rules! promises {
    ($($promise:ident),+ $(,)?) => {
        #[tokio::test(flavor = "multi_thread")]
        async fn all_this_holds_behind_pgbouncer_in_transaction_mode() {
            let Some(server) = PostgresServer::start() else {
                eprintln!("skipped: no PostgreSQL server is installed (package postgresql)");
                return;
            };
            let Some(bouncer) = PgBouncer::start(server.port()) else {
                eprintln!("skipped: PgBouncer is not installed (package pgbouncer)");
                return;
            };
            $(
                eprintln!("… {}", stringify!($promise));
                let url = bouncer.before(&server.new_database(stringify!($promise)).await);
                $promise(World::at(&url, true).await).await;
            )+
        }

        mod on_sqlite {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $promise() {
                    super::$promise(World::new().await).await;
                }
            )+

            use crate::world::World;
        }

        #[tokio::test(flavor = "multi_thread")]
        async fn all_this_holds_on_postgresql() {
            let Some(server) = PostgresServer::start() else {
                eprintln!("skipped: no PostgreSQL server is installed (package postgresql)");
                return;
            };
            $(
                eprintln!("… {}", stringify!($promise));
                $promise(World::on(&server.new_database(stringify!($promise)).await).await).await;
            )+
        }
    };
}

promises!(
    a_retry_gets_the_recorded_reply_and_runs_once,
    a_retry_that_runs_at_the_same_time_runs_once,
    a_retry_is_never_refused_because_of_its_own_success,
    whatever_else_comes_under_a_uid_that_was_used_is_a_conflict,
    an_edit_under_a_uid_that_was_another_commands_is_refused_and_those_beside_it_are_stored,
    what_was_answered_before_digests_were_noted_is_answered_still,
    what_was_committed_is_published_though_its_node_died,
    messages_stand_in_the_log_in_the_order_of_their_versions,
    a_snapshot_and_the_messages_after_it_make_the_state,
    the_database_refuses_an_old_fence_and_whoever_has_not_the_newest,
    the_rights_of_many_are_those_of_each,
    a_change_that_fails_leaves_no_trace,
    a_version_that_was_not_used_is_given_back,
    many_channels_are_rechecked_in_one_change,
    sessions_survive_a_restart,
    accounts_are_made_guessed_at_changed_and_deleted,
    old_replies_and_sessions_are_deleted,
    a_database_from_a_newer_version_is_refused,
);

async fn a_retry_gets_the_recorded_reply_and_runs_once(world: World) {
    let ann = world.person("ann").await;
    let book = ann.create_book("Seas").await;
    let place = Place { parent: None, before: None };
    let command = AddPart { book: book.clone(), kind: Kind::Chapter, title: title("Tides"), place };
    let key = ann.key();
    let first = ann.ask_as(&key, &command, false).await.unwrap();
    // The node that did it is gone, and with it what it remembered.
    let ann = ann.at(&world.another_site().await);
    assert_eq!(ann.ask_as(&key, &command, true).await.unwrap(), first);
    assert_eq!(ann.book(&book).await.parts.len(), 1);
}

async fn a_retry_that_runs_at_the_same_time_runs_once(world: World) {
    let ann = world.person("ann").await;
    let book = ann.create_book("Seas").await;
    let elsewhere = ann.at(&world.another_site().await);
    for n in 1..=15 {
        let place = Place { parent: None, before: None };
        let command = AddPart { book: book.clone(), kind: Kind::Chapter, title: title("Tides"), place };
        let key = ann.key();
        let (one, other) = tokio::join!(ann.ask_as(&key, &command, false), elsewhere.ask_as(&key, &command, false));
        assert_eq!(one.unwrap(), other.unwrap());
        assert_eq!(ann.book(&book).await.parts.len(), n);
    }
    assert_eq!(world.log(&BookChannel(book).name()).await.len(), 15);
}

async fn a_retry_is_never_refused_because_of_its_own_success(world: World) {
    let ann = world.person("ann").await;
    let book = ann.create_book("Seas").await;
    let part = ann.add_chapter(&book, "Tides").await;
    let page = Page::open(&ann, &book, &part).await;
    let elsewhere = ann.at(&world.another_site().await);
    for number in 0..15 {
        let edit = Encoded(page.type_paragraph(&format!("Line {number}.")));
        let command = Write { book: book.clone(), part: part.clone(), edit };
        let key = ann.key();
        let (one, other) = tokio::join!(ann.ask_as(&key, &command, false), elsewhere.ask_as(&key, &command, false));
        assert!(one.is_ok() && other.is_ok());
    }
    assert_eq!(Page::open(&ann, &book, &part).await.text(), page.text());
    assert_eq!(page.text().matches("Line").count(), 15);
}

async fn whatever_else_comes_under_a_uid_that_was_used_is_a_conflict(world: World) {
    let (ann, ben) = (world.person("ann").await, world.person("ben").await);
    let book = ann.create_book("Seas").await;
    ann.let_in(&book, &ben, Role::Editor).await;
    let (key, say) = (ann.key(), |text: &str| Say { book: book.clone(), text: text.into() });
    ann.ask_as(&key, &say("mine"), false).await.unwrap();
    // Another node, which knows what the database knows.
    let elsewhere = world.another_site().await;
    let (ann, ben) = (ann.at(&elsewhere), Browser { client: ann.client.clone(), ..ben.at(&elsewhere) });
    let place = Place { parent: None, before: None };
    let add = AddPart { book: book.clone(), kind: Kind::Chapter, title: title("Tides"), place };
    for again in [false, true] {
        for (number, code) in
            [ann.ask_as(&key, &say("another"), again).await.map(drop), ann.ask_as(&key, &add, again).await.map(drop)]
                .into_iter()
                .enumerate()
        {
            assert_eq!(code.unwrap_err().code, Code::Conflict, "{number} {again}");
        }
        // A client of another browser's is not even asked about.
        assert_eq!(ben.ask_as(&key, &say("mine"), again).await.unwrap_err().code, Code::UnknownClient);
    }
    ann.ask_as(&key, &say("mine"), true).await.unwrap();
    let now = ann.book(&book).await;
    assert_eq!((now.chat.len(), now.parts.len()), (1, 0));
}

async fn an_edit_under_a_uid_that_was_another_commands_is_refused_and_those_beside_it_are_stored(world: World) {
    let (ann, ben) = (world.person("ann").await, world.person("ben").await);
    let book = ann.create_book("Seas").await;
    ann.let_in(&book, &ben, Role::Editor).await;
    let part = ann.add_chapter(&book, "Tides").await;
    let used = ann.key();
    ann.ask_as(&used, &Say { book: book.clone(), text: "before".into() }, false).await.unwrap();
    let elsewhere = world.another_site().await;
    let (ann, ben) = (ann.at(&elsewhere), ben.at(&elsewhere));
    let (anns, bens) = (Page::open(&ann, &book, &part).await, Page::open(&ben, &book, &part).await);
    for number in 0..5 {
        let edit = Encoded(anns.type_paragraph(&format!("Anns {number}")));
        let write = Write { book: book.clone(), part: part.clone(), edit };
        let (refused, taken) =
            tokio::join!(ann.ask_as(&used, &write, false), async { bens.say(&format!("Bens {number}")).await });
        assert_eq!(refused.unwrap_err().code, Code::Conflict);
        taken.unwrap();
        // Under a UID of its own it is taken.
        ann.ask(write).await.unwrap();
    }
    let text = Page::open(&ann, &book, &part).await.text();
    assert_eq!((text.matches("Anns").count(), text.matches("Bens").count()), (5, 5), "{text}");
}

async fn what_was_answered_before_digests_were_noted_is_answered_still(world: World) {
    let ann = world.person("ann").await;
    let book = ann.create_book("Seas").await;
    let (key, say) = (ann.key(), Say { book: book.clone(), text: "mine".into() });
    ann.ask_as(&key, &say, false).await.unwrap();
    let mut sql = world.database.write().await.unwrap();
    sqlx::query("UPDATE commands SET digest = NULL").execute(&mut *sql).await.unwrap();
    sql.commit().await.unwrap();
    ann.at(&world.another_site().await).ask_as(&key, &say, true).await.unwrap();
    assert_eq!(ann.book(&book).await.chat.len(), 1);
}

/// The command store of a node that is killed after each commit, before it can publish.
struct Killed(Database);

#[async_trait::async_trait]
impl CommandStore for Killed {
    async fn recorded(&self, call: &CallKey) -> Result<Option<Recorded>, Fault> {
        self.0.command_store().recorded(call).await
    }
    async fn unsent(&self, _: &ChannelName) -> Result<Vec<Unsent>, Fault> {
        Err(Fault::internal())
    }
    async fn sent(&self, _: &ChannelName, _: u64) -> Result<(), Fault> {
        Err(Fault::internal())
    }
    async fn behind(&self) -> Result<Vec<ChannelName>, Fault> {
        Err(Fault::internal())
    }
}

async fn what_was_committed_is_published_though_its_node_died(world: World) {
    let ann = world.person("ann").await;
    let book = ann.create_book("Seas").await;
    let channel = BookChannel(book.clone()).name();
    let dying = Site::start(&world.database, &world.broker, Arc::new(Killed(world.database.clone()))).await;
    let at_dying = ann.at(&dying);
    for n in 0..120 {
        at_dying.ask(Say { book: book.clone(), text: format!("line {n}") }).await.unwrap();
    }
    drop((at_dying, dying));
    // Any living node publishes what it finds, at its start and every few seconds.
    let _heir = world.another_site().await;
    let published = async {
        while !world.database.command_store().behind().await.unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), published).await.expect("a living node publishes what is left");
    let log = world.log(&channel).await;
    let versions: Vec<Option<u64>> = log.iter().map(|(version, _)| *version).collect();
    assert_eq!(versions, (1..=120).map(Some).collect::<Vec<_>>());
}

/// Many people change one book through two servers at once.
async fn change_much(world: &World, ann: &Browser, book: &sputnik_editor::book::model::BookId) {
    let other = ann.at(&world.another_site().await);
    let mut parts = Vec::new();
    for n in 0..4 {
        parts.push(ann.add_chapter(book, &format!("Chapter {n}")).await);
    }
    let mut tasks = tokio::task::JoinSet::new();
    for (n, part) in parts.into_iter().enumerate() {
        let tab = if n % 2 == 0 { ann.another_tab() } else { other.another_tab() };
        let book = book.clone();
        tasks.spawn(async move {
            for m in 0..10 {
                let (book, part) = (book.clone(), part.clone());
                tab.ask(RenamePart { book: book.clone(), part, title: title(&format!("{n} {m}")) }).await.unwrap();
                tab.ask(Say { book, text: format!("{n} {m}") }).await.unwrap();
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
}

async fn messages_stand_in_the_log_in_the_order_of_their_versions(world: World) {
    let ann = world.person("ann").await;
    let book = ann.create_book("Seas").await;
    change_much(&world, &ann, &book).await;
    let log = world.log(&BookChannel(book).name()).await;
    let versions: Vec<Option<u64>> = log.iter().map(|(version, _)| *version).collect();
    assert_eq!(versions, (1..=84).map(Some).collect::<Vec<_>>());
}

async fn a_snapshot_and_the_messages_after_it_make_the_state(world: World) {
    let ann = world.person("ann").await;
    let book = ann.create_book("Seas").await;
    let looking = async {
        let mut snapshots = Vec::new();
        for _ in 0..25 {
            snapshots.push(ann.ask(OpenBook { book: book.clone() }).await.unwrap().snapshot);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        snapshots
    };
    let (snapshots, ()) = tokio::join!(looking, change_much(&world, &ann, &book));
    let end = ann.ask(OpenBook { book: book.clone() }).await.unwrap().snapshot;
    assert_eq!(end.version, 84);
    let log = world.log(&BookChannel(book).name()).await;
    for snapshot in snapshots {
        assert!(snapshot.at.offset <= snapshot.version, "the position was read before the state");
        let mut state = snapshot.state;
        for (version, told) in &log {
            if version.unwrap() > snapshot.version {
                state.apply(&serde_json::from_str::<BookEvent>(told).unwrap());
            }
        }
        assert_eq!(state, end.state, "from version {}", snapshot.version);
    }
}

async fn the_database_refuses_an_old_fence_and_whoever_has_not_the_newest(world: World) {
    let (ann, ben) = (world.person("ann").await, world.person("ben").await);
    let book = ann.create_book("Seas").await;
    ann.let_in(&book, &ben, Role::Editor).await;
    let part = ann.add_chapter(&book, "Tides").await;
    ann.come(&book).await;
    ben.come(&book).await;
    assert!(ann.take_pen(&book, &part).await.is_held_by(&ann.client));
    let pen = |by: &Browser| Pen { by: by.me(), since: 1, why: String::new() };
    let mut sql = world.database.write().await.unwrap();
    let rules = pen::rules(&mut sql, &book, &part).await.unwrap();
    assert_eq!(rules.holder, Some(ann.me().id));
    assert!(!pen::give(&mut sql, &part, rules.fence - 1, &pen(&ben)).await.unwrap(), "an older holding");
    pen::put_down(&mut sql, &part, &ben.me().id, rules.fence).await.unwrap();
    pen::put_down(&mut sql, &part, &ann.me().id, rules.fence - 1).await.unwrap();
    assert_eq!(pen::rules(&mut sql, &book, &part).await.unwrap().holder, Some(ann.me().id), "who has it, has it");
    sql.commit().await.unwrap();
    assert_eq!(ben.write(&book, &part, "his").await.unwrap_err().code, Code::LockHeld);
    ann.write(&book, &part, "hers").await.unwrap();
}

async fn the_rights_of_many_are_those_of_each(world: World) {
    let (ann, ben, cat) = (world.person("ann").await, world.person("ben").await, world.person("cat").await);
    let dan = world.person("dan").await;
    let book = ann.create_book("Seas").await;
    ann.let_in(&book, &ben, Role::Editor).await;
    ann.let_in(&book, &cat, Role::Reader).await;
    let people = [ann.me().id, ben.me().id, cat.me().id, dan.me().id];
    let mut sql = world.database.read().await.unwrap();
    for count in 1..=people.len() {
        let rights = books::rights(&mut sql, &book, &people[..count].iter().collect()).await.unwrap();
        assert_eq!(rights.len(), count);
        for who in &people[..count] {
            let right = books::right(&mut sql, &book, Some(who)).await.unwrap();
            assert_eq!(rights[who], right.map(|right| right.role), "{who} among {count}");
        }
    }
    let nowhere = "0123456789abcdef".to_owned().try_into().unwrap();
    assert_eq!(books::rights(&mut sql, &nowhere, &[&people[0]].into()).await.unwrap()[&people[0]], None);
}

fn caller(ann: &Browser, key: Option<CallKey>) -> Caller {
    let user = sputnik::server::User { id: ann.me().id, name: ann.me().name };
    let call = key.map(|key| Asked { key, digest: Digest::of(Some(&user.id), "/command/x", b"{}"), before: None });
    Caller { node: ann.site.node.clone(), user: Some(user), address: None, call, turn: Turn::default() }
}

async fn a_change_that_fails_leaves_no_trace(world: World) {
    let ann = world.person("ann").await;
    let channel: ChannelName = "book/7".parse().unwrap();
    let key = ann.key();
    let (store, caller) = (world.database.command_store(), caller(&ann, Some(key.clone())));
    let refused = async |change: &mut Change| {
        change.say(&channel, &"hello").await?;
        Err::<(), _>(Fault::conflict("no"))
    };
    assert_eq!(store.run(&caller, refused).await, Err(Fault::conflict("no")));
    assert_eq!(world.database.command_store().recorded(&key).await.unwrap(), None);
    assert_eq!(world.database.command_store().behind().await.unwrap(), []);
    let done = async |change: &mut Change| {
        assert_eq!(change.say(&channel, &"hello").await?, 1);
        Ok(5)
    };
    assert_eq!(store.run(&caller, done).await, Ok(5));
    assert_eq!(world.database.command_store().recorded(&key).await.unwrap().unwrap().reply, "5");
    assert_eq!(world.log(&channel).await, [(Some(1), "\"hello\"".to_owned())]);
}

async fn a_version_that_was_not_used_is_given_back(world: World) {
    let ann = world.person("ann").await;
    let channel: ChannelName = "book/7".parse().unwrap();
    for _ in 0..3 {
        let lock = async |change: &mut Change| change.lock(&channel).await;
        assert_eq!(world.database.command_store().run(&caller(&ann, None), lock).await, Ok(1));
    }
}

async fn many_channels_are_rechecked_in_one_change(world: World) {
    let ann = world.person("ann").await;
    let channels: Vec<ChannelName> = (0..250).map(|n| format!("chapter/7/{n}").parse().unwrap()).collect();
    for _ in 0..2 {
        let recheck = async |change: &mut Change| change.recheck_many(&channels).await;
        world.database.command_store().run(&caller(&ann, None), recheck).await.unwrap();
    }
    for channel in &channels {
        assert_eq!(world.rechecks(channel).await, 2);
    }
}

async fn accounts_are_made_guessed_at_changed_and_deleted(world: World) {
    let bounds = Bounds { guesses_a_name: 2, guesses_an_address: 3, sign_ups_at_once: 1, ..Bounds::default() };
    let ann = world.person("ann").await;
    let site = Site::bounded(&world, bounds).await;
    let stranger = site.browser().await.come_from_address("203.0.113.9");
    for (name, words) in [("ann", "together"), ("nobody", "together"), ("ann", "together"), ("ann", "again in")] {
        let heard = told(&stranger, "sign_in", &[("name", name), ("password", "five cold pears")]).await.1;
        assert!(heard.contains(words), "{name}: {heard}");
    }
    assert!(ann.at(&site).come_from_address("203.0.113.9").sign_in("ann", PASSWORD).await.is_some());
    for (name, words) in [("ben", "null"), ("cleo", "again in")] {
        let heard = told(&stranger, "sign_up", &[("name", name), ("password", PASSWORD)]).await.1;
        assert!(heard.contains(words), "{name}: {heard}");
    }
    let unknown = site.browser().await;
    assert!(unknown.sign_in("ann", PASSWORD).await.is_none(), "it has to wait: no one knows that browser");
    let ann = ann.sign_in("ann", PASSWORD).await.unwrap();
    assert_eq!(location(&ann.submit("change_name", &[("shown", "Ann Lee")]).await), "/account?done=name");
    let elsewhere = site.browser().await.come_from_address("203.0.113.10");
    let again = told(&elsewhere, "sign_up", &[("name", "ANN"), ("password", PASSWORD)]).await.1;
    assert!(again.contains("taken"), "{again}");
    let third = ann.at(&site).sign_in("ann", PASSWORD).await.unwrap();
    let sessions = third.ask(OpenAccount {}).await.unwrap().sessions;
    let old = sessions.iter().find(|line| !line.is_current).expect("the first, which she left open");
    assert_eq!(location(&third.submit("end_session", &[("session", &old.id)]).await), "/account?done=session");
    assert!(third.ask(OpenAccount {}).await.unwrap().sessions.len() < sessions.len());
    let fields = [("old", PASSWORD), ("new", "six purple kettles")];
    assert_eq!(location(&third.submit("change_password", &fields).await), "/account?done=password");
    third.create_book("Tides").await;
    let refused = third.submit_to(DeleteAccount::PATH, &[("password", "six purple kettles"), ("sure", "true")]).await;
    assert!(location(&refused).contains("__err="));
    let alone = third.ask(OpenLeaving {}).await.unwrap().alone;
    let fate = format!("{} delete", alone[0].id);
    let gone = third
        .submit_to(DeleteAccount::PATH, &[("books[]", &fate), ("password", "six purple kettles"), ("sure", "true")])
        .await;
    assert_eq!(location(&gone), "/");
    world.database.delete_old().await.unwrap();
}

async fn sessions_survive_a_restart(world: World) {
    let ann = world.person("ann").await;
    let book = ann.create_book("Seas").await;
    world.database.close().await;
    let again = world.open_again().await.unwrap();
    let site = Site::start(&again, &world.broker, Arc::new(again.command_store())).await;
    assert_eq!(ann.at(&site).book(&book).await.title, title("Seas"));
    again.close().await;
}

async fn old_replies_and_sessions_are_deleted(world: World) {
    let ann = world.person("ann").await;
    let book = ann.create_book("Seas").await;
    let key = ann.key();
    ann.ask_as(&key, &Say { book: book.clone(), text: "hello".into() }, false).await.unwrap();
    let store = world.database.command_store();
    store.forget_old().await.unwrap();
    assert!(store.recorded(&key).await.unwrap().is_some(), "it is young");
    let mut sql = world.database.write().await.unwrap();
    for age in ["UPDATE commands SET at = at - 90000000", "UPDATE sessions SET expires = 1"] {
        sqlx::query(age).execute(&mut *sql).await.unwrap();
    }
    sql.commit().await.unwrap();
    store.forget_old().await.unwrap();
    world.database.delete_old().await.unwrap();
    assert_eq!(store.recorded(&key).await.unwrap(), None);
    assert_eq!(ann.ask(OpenBook { book }).await.unwrap_err().code, Code::NotFound, "the session is gone");
}

async fn a_database_from_a_newer_version_is_refused(world: World) {
    let mut sql = world.database.write().await.unwrap();
    let newer =
        "UPDATE _sqlx_migrations SET version = 9999 WHERE version = (SELECT MAX(version) FROM _sqlx_migrations)";
    sqlx::query(newer).execute(&mut *sql).await.unwrap();
    sql.commit().await.unwrap();
    let refused = world.open_again().await.unwrap_err();
    assert!(matches!(refused, OpenError::Newer), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chapters_snapshot_and_the_messages_after_it_make_the_text() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    let book = ann.create_book("Seas").await;
    let part = ann.add_chapter(&book, "Tides").await;
    let writing = async {
        for n in 0..20 {
            ann.write(&book, &part, &format!("Line {n}.")).await.unwrap();
        }
    };
    let reader = ann.another_tab();
    let reading = async {
        let mut pages = Vec::new();
        for _ in 0..20 {
            let open = OpenChapter { book: book.clone(), part: part.clone() };
            pages.push((reader.ask(open).await.unwrap(), Page::open(&reader, &book, &part).await));
        }
        pages
    };
    let (pages, ()) = tokio::join!(reading, writing);
    let log = world.log(&ChapterChannel(book.clone(), part.clone()).name()).await;
    let end = Page::open(&ann, &book, &part).await.text();
    for (snapshot, page) in pages {
        let mut state = snapshot.state;
        for (version, news) in &log {
            if version.unwrap() > snapshot.version {
                state.apply(&serde_json::from_str(news).unwrap());
            }
        }
        for edit in &state.fresh {
            page.receive(&edit.0);
        }
        assert_eq!((state.edits, page.text()), (20, end.clone()));
        assert_eq!(state.html.matches("Line").count() + state.fresh.len(), 20, "none twice");
    }
}
