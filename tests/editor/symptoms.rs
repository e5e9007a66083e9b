//! What went wrong with the ancestor, each by the name of what people saw. What has a test of its own under another
//! name: two editors at once, one of whom lost what they wrote (`writing`), a push before the commit that made receivers read
//! the old state (`database::a_snapshot_and_the_messages_after_it_make_the_state`), commands nobody checked the rights of
//! (`rights`).

use crate::{
    support::client,
    world::{Browser, PASSWORD, Site, World, text},
};
use axum::body::Body;
use http::{Request, header};
use leptos::server_fn::ServerFn;
use sputnik::{
    Code, Fault,
    server::{
        CommandStore, Settings,
        broker::{Locks, Presence},
        promptly,
    },
};
use sputnik_editor::{
    book::{
        channels::{BookChannel, pen},
        commands::{chapter::OpenChapter, chat::Say, history::NameVersion, pen::TakeOverPen, shelf::OpenShelf},
        model::Role,
    },
    boot,
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::net::TcpListener;

// Locks were found by a pattern that ended at a dot: those of john.doe could neither be taken from him nor run out.
#[tokio::test(flavor = "multi_thread")]
async fn a_name_with_a_dot_gets_and_loses_the_pen_like_any_other() {
    let world = World::new().await;
    let (ann, john) = (world.person("ann").await, world.person("john.doe").await);
    let book = ann.create_book("Seas").await;
    ann.let_in(&book, &john, Role::Editor).await;
    let part = ann.add_chapter(&book, "Tides").await;
    john.take_pen(&book, &part).await;
    john.write(&book, &part, "mine").await.unwrap();
    ann.come(&book).await;
    let taken = ann.ask(TakeOverPen { book: book.clone(), part: part.clone() }).await.unwrap();
    assert!(taken.is_held_by(&ann.client));
    assert_eq!(john.write(&book, &part, "!").await.unwrap_err().code, Code::LockHeld);
}

// Whoever looked at a chapter locked it.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_only_reads_locks_nothing() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    let book = ann.create_book("Seas").await;
    let part = ann.add_chapter(&book, "Tides").await;
    ann.come(&book).await;
    ann.text(&book, &part).await;
    let lock = world.broker.lock(&BookChannel(book).name(), &pen(&part)).await.unwrap();
    assert_eq!(lock.holder, None);
}

// The list of who is there carried everybody's session keys.
#[tokio::test(flavor = "multi_thread")]
async fn what_others_are_told_of_a_client_lets_nobody_act_as_it() {
    let world = World::new().await;
    let (ann, ben) = (world.person("ann").await, world.person("ben").await);
    let book = ann.create_book("Seas").await;
    ann.let_in(&book, &ben, Role::Editor).await;
    ann.come(&book).await;
    ann.ask(Say { book: book.clone(), text: "hello".into() }).await.unwrap();
    let roster = world.broker.roster(&BookChannel(book.clone()).name()).await.unwrap();
    let log = world.log(&BookChannel(book.clone()).name()).await;
    let told = serde_json::to_string(&(roster, log, ben.book(&book).await)).unwrap();
    assert!(told.contains(ann.client.as_str()), "it is told which client it was");
    for cookie in ann.cookies.split("; ") {
        let secret = cookie.split_once('=').unwrap().1;
        assert!(!told.contains(secret), "{cookie} is told to others");
    }
}

// After Ann signed out, whoever signed in in the same browser sent her client's id and a UID of hers, and got the text of
// her private chapter: with any command's path.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_uses_a_browser_after_somebody_gets_nothing_that_was_answered_to_them() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    world.person("ben").await;
    let book = ann.create_book("Seas").await;
    let part = ann.add_chapter(&book, "Tides").await;
    ann.write(&book, &part, "a secret").await.unwrap();
    let (key, open) = (ann.key(), OpenChapter { book: book.clone(), part: part.clone() });
    assert!(ann.ask_as(&key, &open, false).await.unwrap().state.html.contains("a secret"));
    let out = ann.submit("sign_out", &[]).await;
    let nobody = ann.with_cookies_of(&out);
    let into = nobody.submit("sign_in", &[("name", "ben"), ("password", PASSWORD)]).await;
    let ben = nobody.with_cookies_of(&into);
    let visit = |browser: &Browser| -> String {
        browser.cookies.split("; ").find(|cookie| cookie.contains("sputnik_visit=")).unwrap().to_owned()
    };
    assert!(visit(&ann) != visit(&nobody) && visit(&nobody) != visit(&ben), "each has a visit of their own");
    // Even with the cookie of the visit that was hers.
    let kept = ben.cookies.split("; ").filter(|cookie| !cookie.contains("sputnik_visit="));
    let cookies = kept.map(str::to_owned).chain([visit(&ann)]).collect::<Vec<_>>().join("; ");
    for (who, code) in [(ben.clone(), Code::UnknownClient), (Browser { cookies, ..ben.clone() }, Code::Conflict)] {
        for (path, json) in
            [(OpenChapter::PATH, serde_json::to_string(&open).unwrap()), (OpenShelf::PATH, "{}".to_owned())]
        {
            for again in [true, false] {
                let (status, body) = who.ask_json(&key, path, &json, again).await;
                let fault: Fault = serde_json::from_str(&body).unwrap_or_else(|_| panic!("{status} {body}"));
                assert_eq!(fault.code, code, "{path} {again}");
            }
        }
    }
}

// A socket went on hearing, for as long as it was open, after its session's row was gone.
#[tokio::test(flavor = "multi_thread")]
async fn a_socket_whose_session_is_gone_from_the_database_ends_within_the_bound() {
    let world = World::new().await;
    let (ann, ben) = (world.person("ann").await, world.person("ben").await);
    let book = ann.create_book("Seas").await;
    ann.let_in(&book, &ben, Role::Editor).await;
    let settings =
        Settings { ask_again: Duration::from_secs(2), ping: Duration::from_millis(200), ..Settings::default() };
    let (gate, store) = (boot::gate(&world.database, &[]), Arc::new(world.database.command_store()));
    let site = Site::start_set(&world.database, &world.broker, gate, store, settings).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let routes = site.routes.clone();
    tokio::spawn(async move { axum::serve(promptly(listener), routes).await });
    let open = async |who: &Browser| {
        let browser = client::Browser::new();
        for (name, value) in who.cookies.split("; ").filter_map(|cookie| cookie.split_once('=')) {
            browser.set_cookie(name, value);
        }
        let page = client::Page::open(&browser, &address, client::Transport::Socket).await;
        page.follow(BookChannel(book.clone()).name().as_str()).await;
        page
    };
    let (anns, bens) = (open(&ann).await, open(&ben).await);
    // Ben signed in last.
    let mut sql = world.database.write().await.unwrap();
    sqlx::query("DELETE FROM sessions WHERE expires = (SELECT MAX(expires) FROM sessions)")
        .execute(&mut *sql)
        .await
        .unwrap();
    sql.commit().await.unwrap();
    let gone = Instant::now();
    bens.until("it ends", |seen| seen.ended.is_some()).await;
    assert!(gone.elapsed() < Duration::from_secs(3), "{:?}", gone.elapsed());
    assert!(anns.is_connected(), "whoever has a session goes on");
}

// A node's clock is its own affair: what it deletes as old must not be young to any other.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_whose_clock_is_an_hour_off_forgets_no_reply() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    let book = ann.create_book("Seas").await;
    for off in ["at - 3600000", "at + 3600000"] {
        let (key, say) = (ann.key(), Say { book: book.clone(), text: off.into() });
        ann.ask_as(&key, &say, false).await.unwrap();
        // Seen from a clock that is an hour ahead, or behind, it was done an hour earlier, or later.
        let mut sql = world.database.write().await.unwrap();
        sqlx::query(&format!("UPDATE commands SET at = {off}")).execute(&mut *sql).await.unwrap();
        sql.commit().await.unwrap();
        world.database.command_store().forget_old().await.unwrap();
        assert!(world.database.command_store().recorded(&key).await.unwrap().is_some());
        ann.ask_as(&key, &say, true).await.unwrap();
    }
    assert_eq!(ann.book(&book).await.chat.len(), 2, "each once");
}

// Now and then a page never came: between two questions to the database its state was gone, and the answer with it.
#[tokio::test(flavor = "multi_thread")]
async fn a_version_compared_with_now_always_comes() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    let book = ann.create_book("Seas").await;
    let part = ann.add_chapter(&book, "Tides").await;
    ann.write(&book, &part, "mine").await.unwrap();
    let name = NameVersion { book: book.clone(), part: part.clone(), name: "First".parse().unwrap() };
    ann.ask(name).await.unwrap();
    ann.write(&book, &part, "more").await.unwrap();
    let path = format!("/book/{book}/{part}/history?version=1&compare=now");
    let asked = (0..24).map(|_| {
        let page = Request::get(&path).header(header::COOKIE, &ann.cookies).body(Body::empty()).unwrap();
        let site = ann.site.clone();
        tokio::spawn(async move { text(site.send(page).await).await })
    });
    let all = futures::future::join_all(asked.collect::<Vec<_>>());
    for page in tokio::time::timeout(Duration::from_secs(60), all).await.expect("all pages come") {
        let page = page.unwrap();
        assert!(page.contains("mine") && page.contains("struck through") && !page.contains("went wrong"));
    }
}
