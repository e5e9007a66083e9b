//! What one client may ask for, and what it hears at the bound.

use crate::{
    app,
    support::client::{Browser, Page, Transport, read},
    world::{ROOM, World, said, settings, until},
};
use leptos::server_fn::ServerFn;
use serde_json::{Value, json};
use sputnik::{
    ChannelName, Code, Fault,
    protocol::{
        frame::{Ask, ClientFrame, Hello},
        message::Entry,
    },
    server::{Settings, rate_limit::Rate},
};
use std::time::{Duration, Instant};

promises!(
    whoever_commands_too_fast_is_told_when_to_come_back_and_then_let,
    another_client_is_not_slowed_by_one_that_is_too_fast,
    all_pages_of_one_user_have_one_pace_together,
    all_pages_of_one_browser_have_one_pace_together_where_nobody_is_signed_in,
    commands_without_a_client_have_the_pace_of_whoever_sends_them,
    all_browsers_of_one_address_have_the_pace_of_a_few_where_nobody_is_signed_in,
    whoever_shows_themselves_too_fast_is_told_so_and_others_do_not_hear_it,
    a_channel_with_much_to_say_does_not_silence_another,
    what_is_waiting_for_a_client_is_bounded_and_nothing_of_it_is_lost,
);

async fn note(page: &mut Page, text: &str) -> Result<Value, Fault> {
    page.call(app::Note::PATH, json!({ "text": text })).await
}

fn hasty() -> Settings {
    Settings { commands: Rate { a_second: 4, at_once: 3 }, ..settings() }
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

async fn all_pages_of_one_user_have_one_pace_together(world: &mut World) {
    let node = world.start_node(hasty()).await;
    let mut pages = Vec::new();
    for _ in 0..4 {
        let browser = Browser::of("ann");
        for _ in 0..2 {
            pages.push(Page::open(&browser, world.site(node), world.transport).await);
        }
    }
    let began = Instant::now();
    let mut done = 0;
    for page in &mut pages {
        done += usize::from(note(page, "more").await.is_ok());
    }
    // What they have at once, and what came while this ran.
    assert!(done <= 3 + 1 + 4 * began.elapsed().as_secs() as usize, "{done}");
    note(&mut world.page_at(node, "ben").await, "mine").await.unwrap();
}

async fn all_pages_of_one_browser_have_one_pace_together_where_nobody_is_signed_in(world: &mut World) {
    let node = world.start_node(hasty()).await;
    let browser = Browser::new();
    let mut pages = Vec::new();
    for _ in 0..8 {
        pages.push(Page::open(&browser, world.site(node), world.transport).await);
    }
    let began = Instant::now();
    let mut done = 0;
    for page in &mut pages {
        done += usize::from(note(page, "more").await.is_ok());
    }
    assert!(done <= 3 + 1 + 4 * began.elapsed().as_secs() as usize, "{done}");
    let mut other = Page::open(&Browser::new(), world.site(node), world.transport).await;
    note(&mut other, "mine").await.unwrap();
}

/// Posts a command as a program does that never said hello.
async fn note_without_client(world: &World, node: usize, browser: &Browser) -> Result<Value, Fault> {
    let url = format!("{}{}", world.site(node), app::Note::PATH);
    read(&browser.post(&url, &[], json!({ "text": "more" }).to_string()).await.unwrap())
}

async fn commands_without_a_client_have_the_pace_of_whoever_sends_them(world: &mut World) {
    let node = world.start_node(hasty()).await;
    for browser in [Browser::of("ann"), Browser::new()] {
        browser.visit(world.site(node)).await;
        let began = Instant::now();
        let mut refused = None;
        let mut done = 0;
        for _ in 0..10 {
            match note_without_client(world, node, &browser).await {
                Ok(_) => done += 1,
                Err(fault) => refused = Some(fault),
            }
        }
        let refused = refused.expect("ten are too many at once");
        assert!(refused.code == Code::TooMany && refused.can_retry(), "{refused:?}");
        assert!(done <= 3 + 1 + 4 * began.elapsed().as_secs() as usize, "{done}");
    }
}

async fn all_browsers_of_one_address_have_the_pace_of_a_few_where_nobody_is_signed_in(world: &mut World) {
    let node = world.start_node(Settings { browsers_an_address: 2, ..hasty() }).await;
    let began = Instant::now();
    let mut done = 0;
    for _ in 0..16 {
        // Each time with a browser that was never here: cookies cost nothing.
        done += usize::from(note_without_client(world, node, &Browser::new()).await.is_ok());
    }
    assert!(done <= 2 * (3 + 1 + 4 * began.elapsed().as_secs() as usize), "{done}");
    note(&mut world.page_at(node, "ann").await, "mine").await.expect("whoever is signed in has their own");
}

async fn whoever_shows_themselves_too_fast_is_told_so_and_others_do_not_hear_it(world: &mut World) {
    let node = world.start_node(Settings { signs: Rate { a_second: 1, at_once: 4 }, ..settings() }).await;
    let (ann, bob) = (world.page_at(node, "ann").await, world.page_at(node, "bob").await);
    for page in [&ann, &bob] {
        page.join(ROOM, json!(0)).await;
    }
    for number in 1..=12 {
        if number % 2 == 0 {
            ann.say(ClientFrame::Show { channel: ROOM.parse().unwrap(), state: json!(number) });
        } else {
            ann.whisper(ROOM, json!(number));
        }
    }
    ann.until("she is told", |seen| seen.faults.len() >= 5).await;
    ann.seen(|seen| {
        assert!(seen.faults.iter().all(|fault| fault.code == Code::TooMany && fault.can_retry()), "{:?}", seen.faults);
    });
    let client = ann.client();
    bob.until_told_all().await;
    bob.seen(|seen| {
        let moved = |entry: &Entry| matches!(entry, Entry::Moved { client: moved, .. } if *moved == client);
        let moved = seen.channel(ROOM).entries.iter().filter(|(_, entry)| moved(entry)).count();
        assert!(moved < 6, "{moved}");
    });
    assert!(ann.is_connected());
    bob.whisper(ROOM, json!("mine"));
    ann.until("he is heard", |seen| !seen.channel(ROOM).whispers.is_empty()).await;
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
        let follow = sputnik::protocol::frame::Follow {
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
        until("as much comes as may", come).await;
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
        until("there is room", async || browser.ask(world.site(node), false, &ask).await.is_ok()).await;
    }
}
