//! What went wrong with the ancestor, each by the name of what people saw. What has a test of its own under another
//! name: two editors at once, one of whom lost what they wrote (`writing`), a push before the commit that made receivers read
//! the old state (`database::a_snapshot_and_the_messages_after_it_make_the_state`), commands nobody checked the rights of
//! (`rights`).

use crate::world::{World, text};
use axum::body::Body;
use http::{Request, header};
use sputnik::{
    book::{
        channels::{BookChannel, pen},
        commands::{history::NameVersion, pen::TakeOverPen, talk::Say},
        model::Role,
    },
    sputnik::{
        channel::Channel,
        fault::Code,
        server::{Ledger, broker::Broker},
    },
};
use std::time::Duration;

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
        world.database.delete_old().await.unwrap();
        assert!(world.database.recorded(&key).await.unwrap().is_some());
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
