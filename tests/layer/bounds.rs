//! What one client may ask for, and what it hears at the bound.

use crate::{
    app,
    support::client::{Browser, Page, Transport},
    world::{ROOM, World, said, settings},
};
use leptos::server_fn::ServerFn;
use serde_json::{Value, json};
use sputnik::sputnik::{
    fault::{Code, Fault},
    frame::{Ask, Hello},
    names::ChannelName,
    server::{Settings, pace::Pace},
};
use std::time::Duration;

promises!(
    whoever_commands_too_fast_is_told_when_to_come_back_and_then_let,
    another_client_is_not_slowed_by_one_that_is_too_fast,
    a_channel_with_much_to_say_does_not_silence_another,
    what_is_waiting_for_a_client_is_bounded_and_nothing_of_it_is_lost,
);

async fn note(page: &mut Page, text: &str) -> Result<Value, Fault> {
    page.call(app::Note::PATH, json!({ "text": text })).await
}

fn hasty() -> Settings {
    Settings { commands: Pace { a_second: 4, at_once: 3 }, ..settings() }
}

async fn whoever_commands_too_fast_is_told_when_to_come_back_and_then_let(world: &mut World) {
    let node = world.start_node(hasty()).await;
    let mut ann = world.page_at(node, "ann").await;
    let mut answers = Vec::new();
    for number in 0..10 {
        answers.push(note(&mut ann, &number.to_string()).await);
    }
    let refused: Vec<&Fault> = answers.iter().filter_map(|answer| answer.as_ref().err()).collect();
    assert!(!refused.is_empty() && refused.len() < 8, "{refused:?}");
    for fault in &refused {
        assert_eq!((fault.code, fault.status()), (Code::TooMany, 429));
        assert!(fault.retry_ms.is_some_and(|ms| (1..=250).contains(&ms)), "{fault:?}");
    }
    assert_eq!(world.database.effects().len(), answers.len() - refused.len(), "what was refused had no effect");
    tokio::time::sleep(Duration::from_millis(300)).await;
    note(&mut ann, "later").await.unwrap();
}

async fn another_client_is_not_slowed_by_one_that_is_too_fast(world: &mut World) {
    let node = world.start_node(hasty()).await;
    let (mut ann, mut bob) = (world.page_at(node, "ann").await, world.page_at(node, "bob").await);
    while note(&mut ann, "more").await.is_ok() {}
    for _ in 0..3 {
        note(&mut bob, "mine").await.unwrap();
    }
}

async fn a_channel_with_much_to_say_does_not_silence_another(world: &mut World) {
    let node = world.start_node(Settings { waiting_bytes: 1_000, ..settings() }).await;
    let ann = world.page_at(node, "ann").await;
    let loud: ChannelName = "open/loud".parse().unwrap();
    let quiet: ChannelName = "open/quiet".parse().unwrap();
    for channel in [&loud, &quiet] {
        ann.follow(channel.as_str()).await;
    }
    for number in 0..15 {
        world.node(node).publish(&loud, &said(&format!("{number} {}", "x".repeat(2_000)))).await.unwrap();
    }
    world.node(node).publish(&quiet, &said("psst")).await.unwrap();
    ann.until_said(quiet.as_str(), &["psst"]).await;
    ann.until("all is heard", |seen| seen.said(loud.as_str()).len() == 15).await;
}

async fn what_is_waiting_for_a_client_is_bounded_and_nothing_of_it_is_lost(world: &mut World) {
    let much: Vec<String> = (0..15).map(|number| format!("{number} {}", "x".repeat(1_000))).collect();
    let node = world.start_node(Settings { waiting_bytes: 3_000, ..settings() }).await;
    let mut ann = world.page_at(node, "ann").await;
    ann.follow(ROOM).await;
    ann.cut();
    for text in &much {
        world.announce(text).await;
    }
    if world.transport != Transport::Socket {
        let follow = ann.seen(|seen| seen.channel(ROOM).at().cloned());
        let follow = sputnik::sputnik::frame::Follow {
            channel: ROOM.parse().unwrap(),
            after: follow,
            present: None,
            roster: false,
            within: None,
        };
        let hello = Hello { client: Some(ann.client()), was: None };
        let ask = Ask { hello, follow: vec![follow], ..Ask::default() };
        // What another node published is here in a moment.
        let come = async || {
            let mail = ann.browser.ask(&ann.site, world.transport == Transport::LongPoll, &ask).await.unwrap();
            let bytes = serde_json::to_string(&mail).unwrap().len();
            assert!(bytes < 6_000, "{bytes} bytes came at once");
            bytes > 2_000
        };
        crate::world::until("as much comes as may", come).await;
    }
    ann.connect().await;
    let much: Vec<&str> = much.iter().map(String::as_str).collect();
    ann.until_said(ROOM, &much).await;
}

mod of_sockets {
    use super::*;

    promises_of_sockets!(one_browser_has_so_many_clients_and_a_closed_one_makes_room);

    async fn one_browser_has_so_many_clients_and_a_closed_one_makes_room(world: &mut World) {
        let node = world.start_node(Settings { clients: 3, ..settings() }).await;
        let browser = Browser::of("ann");
        browser.visit(world.site(node)).await;
        let mut pages = Vec::new();
        for _ in 0..3 {
            let mut page = Page::new(&browser, world.site(node), world.transport);
            page.connect().await;
            pages.push(page);
        }
        let ask = Ask::default();
        let fault = browser.ask(world.site(node), false, &ask).await.unwrap_err();
        assert_eq!(fault.code, Code::TooMany);
        assert!(fault.can_retry());
        // The bound is of one browser: another has its own.
        world.page_at(node, "bob").await.follow(ROOM).await;
        // Who is there stays, and may come back.
        pages[0].connect().await;
        pages[0].follow(ROOM).await;
        drop(pages.pop());
        // One that went is remembered for a lease, in case it comes back.
        tokio::time::sleep(settings().lease).await;
        browser.ask(world.site(node), false, &ask).await.unwrap();
    }
}
