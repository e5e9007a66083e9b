//! Commands: each takes effect once and is answered, whatever happens to its connection, its node or its neighbours.

use crate::{
    app,
    support::client::{Browser, Page, Transport, next_frame, open_socket, post_call, text},
    world::{ROOM, World, room, say, settings, until},
};
use futures::{SinkExt, future::join_all};
use leptos::server_fn::ServerFn;
use serde_json::{Value, json};
use sputnik::{
    Code, Fault, Uid,
    protocol::frame::{Ask, ClientFrame, Hello, ServerFrame},
};
use std::time::Duration;

promises!(
    a_command_knows_who_asks,
    a_command_knows_from_which_address_it_comes,
    a_retry_gets_the_reply_of_the_first_time,
    a_retry_at_another_node_gets_the_reply_of_the_first_time,
    a_retry_is_the_same_command_under_the_path_of_now_and_of_before,
    a_retry_while_the_command_still_runs_waits_for_it,
    whatever_else_comes_under_a_uid_that_was_used_is_a_conflict_and_hears_nothing_of_it,
    nobody_gets_the_reply_of_whoever_was_signed_in_before_them,
    another_command_under_the_uid_of_one_that_still_runs_is_a_conflict_at_once,
    uids_counted_from_1_again_are_conflicts_at_every_node,
    whoever_signs_in_or_out_has_none_of_the_clients_from_before,
    what_a_node_committed_before_it_died_is_answered_and_published_by_another,
    what_was_refused_for_the_moment_can_be_tried_again,
    a_command_that_began_is_finished_though_its_connection_was_cut,
    a_command_that_panics_harms_nothing_else,
    an_unknown_command_is_said_to_be_unknown,
    arguments_that_are_none_are_refused,
    a_large_answer_comes_whole,
    how_long_a_client_has_been_idle_is_known_at_every_node,
);

fn text_of(text: &str) -> Value {
    json!({ "room": ROOM, "text": text })
}

async fn a_command_knows_who_asks(world: &mut World) {
    let mut ann = world.page("ann").await;
    let me: Value = ann.call(app::WhoAmI::PATH, json!({})).await.unwrap();
    assert_eq!(me, json!({ "user": "ANN", "client": ann.client() }));
    let mut visitor = Page::open(&Browser::new(), world.site(0), world.transport).await;
    assert_eq!(say(&mut visitor, "unheard").await.unwrap_err().code, Code::NotSignedIn);
}

async fn a_command_knows_from_which_address_it_comes(world: &mut World) {
    let mut ann = world.page("ann").await;
    let address: Option<String> = ann.call(app::Whence::PATH, json!({})).await.unwrap();
    assert_eq!(address.as_deref(), Some("127.0.0.1"));
}

async fn a_retry_gets_the_reply_of_the_first_time(world: &mut World) {
    let mut ann = world.page("ann").await;
    ann.follow(ROOM).await;
    let uid = ann.next_uid();
    let first: u64 = ann.call_as(uid, false, app::Say::PATH, text_of("once")).await.unwrap();
    let again: u64 = ann.call_as(uid, true, app::Say::PATH, text_of("once")).await.unwrap();
    ann.connect().await;
    let later: u64 = ann.call_as(uid, true, app::Say::PATH, text_of("once")).await.unwrap();
    assert_eq!((first, again, later), (1, 1, 1));
    assert_eq!(say(&mut ann, "another").await.unwrap(), 2);
    assert_eq!(world.database.effects(), ["once", "another"]);
    ann.until_said(ROOM, &["once", "another"]).await;

    // Not even what the layer knows nothing of is done twice by one node.
    let uid = ann.next_uid();
    for again in [false, true] {
        ann.call_as::<String>(uid, again, app::Note::PATH, json!({ "text": "noted" })).await.unwrap();
    }
    assert_eq!(world.database.effects(), ["once", "another", "noted"]);
}

async fn a_retry_at_another_node_gets_the_reply_of_the_first_time(world: &mut World) {
    let second = world.start_node(settings()).await;
    let mut ann = world.page("ann").await;
    ann.follow(ROOM).await;
    let uid = ann.next_uid();
    let first: u64 = ann.call_as(uid, false, app::Say::PATH, text_of("once")).await.unwrap();
    ann.site = world.site(second).into();
    ann.connect().await;
    let again: u64 = ann.call_as(uid, true, app::Say::PATH, text_of("once")).await.unwrap();
    assert_eq!(first, again);
    assert_eq!(world.database.effects(), ["once"]);
    ann.until_said(ROOM, &["once"]).await;
}

async fn a_retry_is_the_same_command_under_the_path_of_now_and_of_before(world: &mut World) {
    let second = world.start_node(settings()).await;
    let mut ann = world.page("ann").await;
    ann.follow(ROOM).await;
    let sites = [world.site(0).to_owned(), world.site(second).to_owned()];
    let paths = [app::WAS_SAY, app::Say::PATH];
    for (number, (first, again)) in [(0, 0), (0, 1), (1, 0)].into_iter().enumerate() {
        let (uid, text) = (ann.next_uid(), format!("number {number}"));
        let said: u64 = ann.call_as(uid, false, paths[first], text_of(&text)).await.unwrap();
        for site in [&sites[1], &sites[0]] {
            ann.site = site.clone();
            ann.connect().await;
            let reply: u64 = ann.call_as(uid, true, paths[again], text_of(&text)).await.unwrap();
            assert_eq!(reply, said, "{first} and {again}");
        }
    }
    assert_eq!(world.database.effects(), ["number 0", "number 1", "number 2"]);
    ann.until_said(ROOM, &["number 0", "number 1", "number 2"]).await;
}

async fn a_retry_while_the_command_still_runs_waits_for_it(world: &mut World) {
    let mut ann = world.page("ann").await;
    let (uid, args) = (ann.next_uid(), json!({ "name": "a" }));
    let client = ann.client();
    let calls = (0..4).map(|number| {
        let (ann, client, args) = (&ann, &client, args.clone());
        post_call(&ann.browser, &ann.site, client, uid, number > 0, app::Slow::PATH, args)
    });
    let release = async {
        until("it begins", async || world.database.effects().len() == 1).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        world.database.release("a");
    };
    let (replies, ()) = tokio::join!(join_all(calls), release);
    assert!(replies.iter().all(|reply| *reply == Ok(json!("a"))), "{replies:?}");
    // Over the live connection as well.
    assert_eq!(ann.call_as::<String>(uid, true, app::Slow::PATH, args).await.unwrap(), "a");
    assert_eq!(world.database.effects(), ["a begins", "a ends"]);
}

async fn whatever_else_comes_under_a_uid_that_was_used_is_a_conflict_and_hears_nothing_of_it(world: &mut World) {
    let elsewhere = world.start_node(settings()).await;
    let mut ann = world.page("ann").await;
    let uid = ann.next_uid();
    ann.call_as::<u64>(uid, false, app::Say::PATH, text_of("secret")).await.unwrap();
    for node in [0, elsewhere] {
        ann.site = world.site(node).into();
        ann.connect().await;
        for (path, args) in [
            (app::Say::PATH, text_of("another")),
            (app::Say::PATH, json!({ "text": "secret", "room": "room/8" })),
            (app::SayAndHang::PATH, text_of("secret")),
            (app::WhoAmI::PATH, json!({})),
        ] {
            let fault = ann.call_as::<Value>(uid, true, path, args.clone()).await.unwrap_err();
            assert!(fault.code == Code::Conflict && !fault.can_retry(), "{path} {args}: {fault:?}");
            assert!(!fault.words.contains("secret"));
        }
        // The command itself is answered as ever.
        assert_eq!(ann.call_as::<u64>(uid, true, app::Say::PATH, text_of("secret")).await, Ok(1));
    }
    // Nor is it in the way of its retry what only read under its UID, at a node that knew of neither.
    let third = world.start_node(settings()).await;
    ann.site = world.site(third).into();
    ann.connect().await;
    ann.call_as::<Value>(uid, false, app::WhoAmI::PATH, json!({})).await.unwrap();
    assert_eq!(ann.call_as::<u64>(uid, true, app::Say::PATH, text_of("secret")).await, Ok(1));
    assert_eq!(world.database.effects(), ["secret"]);
}

async fn nobody_gets_the_reply_of_whoever_was_signed_in_before_them(world: &mut World) {
    let elsewhere = world.start_node(settings()).await;
    let ann = world.page("ann").await;
    let uid = Uid(41);
    ann.call_as::<u64>(uid, false, app::Say::PATH, text_of("secret")).await.unwrap();
    // The browser is another's now, and even has the session of before.
    let client = ann.client();
    for (node, who) in [(0, "ben"), (elsewhere, "ben"), (0, "")] {
        ann.browser.set_cookie(if who.is_empty() { "nobody" } else { "user" }, who);
        if who.is_empty() {
            ann.browser.forget_cookie("user");
        }
        for (path, args) in [(app::Say::PATH, text_of("secret")), (app::WhoAmI::PATH, json!({}))] {
            for again in [true, false] {
                if !again && node == elsewhere && path == app::WhoAmI::PATH {
                    // What changes nothing, and was never sent before as far as anyone says, is done as what it is.
                    continue;
                }
                let site = world.site(node);
                let answer = post_call(&ann.browser, site, &client, uid, again, path, args.clone()).await;
                let code = answer.unwrap_err().code;
                assert_eq!(code, Code::Conflict, "{who} {path} {again}");
            }
        }
    }
    assert_eq!(world.database.effects(), ["secret"]);
}

async fn another_command_under_the_uid_of_one_that_still_runs_is_a_conflict_at_once(world: &mut World) {
    let ann = world.page("ann").await;
    let (uid, client) = (Uid(1), ann.client());
    let call = |path, args| post_call(&ann.browser, &ann.site, &client, uid, false, path, args);
    let other = async {
        until("it begins", async || world.database.effects().len() == 1).await;
        for (path, args) in [(app::Slow::PATH, json!({ "name": "b" })), (app::Note::PATH, json!({ "text": "b" }))] {
            assert_eq!(call(path, args).await.unwrap_err().code, Code::Conflict);
        }
        world.database.release("a");
    };
    let (reply, ()) = tokio::join!(call(app::Slow::PATH, json!({ "name": "a" })), other);
    assert_eq!(reply, Ok(json!("a")));
    assert_eq!(world.database.effects(), ["a begins", "a ends"]);
}

async fn uids_counted_from_1_again_are_conflicts_at_every_node(world: &mut World) {
    let elsewhere = world.start_node(settings()).await;
    let mut ann = world.page("ann").await;
    for text in ["one", "two"] {
        say(&mut ann, text).await.unwrap();
    }
    for node in [0, elsewhere] {
        ann.site = world.site(node).into();
        ann.connect().await;
        for uid in [Uid(1), Uid(2)] {
            let fault = ann.call_as::<u64>(uid, false, app::Say::PATH, text_of("anew")).await.unwrap_err();
            assert_eq!(fault.code, Code::Conflict, "it is not answered 200 while nothing is done");
        }
    }
    say(&mut ann, "three").await.unwrap();
    assert_eq!(world.database.effects(), ["one", "two", "three"]);
}

async fn whoever_signs_in_or_out_has_none_of_the_clients_from_before(world: &mut World) {
    let ann = world.page("ann").await;
    let (client, session) = (ann.client(), ann.browser.cookies());
    let url = format!("{}{}", world.site(0), app::SignInOrOut::PATH);
    let (status, _) = ann.browser.post(&url, &[], "{}".into()).await.unwrap();
    assert_eq!(status, 200);
    assert_ne!(ann.browser.cookies(), session, "the session is a new one");
    let call = post_call(&ann.browser, world.site(0), &client, Uid(1), false, app::WhoAmI::PATH, json!({}));
    assert_eq!(call.await.unwrap_err().code, Code::UnknownClient);
    let hello = Hello { client: Some(client), was: None };
    let fault = if world.transport == Transport::Socket {
        let mut socket = open_socket(&ann.browser, world.site(0), &[]).await.unwrap();
        socket.send(text(&ClientFrame::Hello(hello))).await.unwrap();
        let Some(ServerFrame::Fault(fault)) = next_frame(&mut socket).await else { panic!("a fault") };
        fault
    } else {
        let ask = Ask { hello, ..Ask::default() };
        ann.browser.ask(world.site(0), world.transport == Transport::LongPoll, &ask).await.unwrap_err()
    };
    assert_eq!(fault.code, Code::UnknownClient);
    // As a new client it goes on.
    Page::open(&ann.browser, world.site(0), world.transport).await.follow(ROOM).await;
}

async fn what_a_node_committed_before_it_died_is_answered_and_published_by_another(world: &mut World) {
    let onlooker = world.onlooker().await;
    let doomed = world.start_node(settings()).await;
    let mut ann = world.page_at(doomed, "ann").await;
    ann.follow(ROOM).await;
    let uid = ann.next_uid();
    let hangs = text_of("acknowledged to nobody");
    let hanging = async {
        // By POST nothing is sent unless it is waited for.
        let _: Result<u64, Fault> = ann.call_as(uid, false, app::SayAndHang::PATH, hangs.clone()).await;
    };
    let committed = until("it is committed", async || !world.database.effects().is_empty());
    tokio::select! {
        () = hanging => panic!("it hangs"),
        () = committed => {}
    }
    world.kill(doomed);
    ann.site = world.site(0).into();
    ann.connect().await;
    let reply: u64 = ann.call_as(uid, true, app::SayAndHang::PATH, hangs).await.unwrap();
    assert_eq!(reply, 1);
    assert_eq!(world.database.effects(), ["acknowledged to nobody"]);
    // The next who publishes in the room publishes it first. Were there none, every node looks now and then.
    if world.transport == Transport::Socket {
        onlooker.until_said(ROOM, &["acknowledged to nobody"]).await;
    } else {
        say(&mut ann, "next").await.unwrap();
        onlooker.until_said(ROOM, &["acknowledged to nobody", "next"]).await;
        ann.until_said(ROOM, &["acknowledged to nobody", "next"]).await;
    }
    world.node(0).publish_committed(&room()).await.unwrap();
    onlooker.until_told_all().await;
    assert!(onlooker.seen(|seen| seen.said(ROOM).len()) <= 2, "and nothing twice");
}

async fn what_was_refused_for_the_moment_can_be_tried_again(world: &mut World) {
    let mut ann = world.page("ann").await;
    let uid = ann.next_uid();
    let path = app::WorksTheSecondTime::PATH;
    let refused = ann.call_as::<()>(uid, false, path, json!({})).await.unwrap_err();
    assert!(refused.can_retry() && refused.code == Code::Temporary, "{refused:?}");
    ann.call_as::<()>(uid, true, path, json!({})).await.unwrap();
    ann.call_as::<()>(uid, true, path, json!({})).await.unwrap();
    assert_eq!(world.database.effects(), ["tried", "tried"]);
}

async fn a_command_that_began_is_finished_though_its_connection_was_cut(world: &mut World) {
    let mut ann = world.page("ann").await;
    let (uid, args) = (ann.next_uid(), json!({ "name": "a" }));
    let call = ann.call_as::<String>(uid, false, app::Slow::PATH, args.clone());
    let begun = until("it begins", async || world.database.effects().len() == 1);
    tokio::select! {
        reply = call => panic!("it waits: {reply:?}"),
        () = begun => {}
    }
    ann.cut();
    tokio::time::sleep(Duration::from_millis(100)).await;
    world.database.release("a");
    until("it ends", async || world.database.effects() == ["a begins", "a ends"]).await;
    ann.connect().await;
    assert_eq!(ann.call_as::<String>(uid, true, app::Slow::PATH, args).await.unwrap(), "a");
    assert_eq!(world.database.effects(), ["a begins", "a ends"]);
}

async fn a_command_that_panics_harms_nothing_else(world: &mut World) {
    let (mut ann, mut bob) = (world.page("ann").await, world.page("bob").await);
    for _ in 0..2 {
        let fault = ann.call::<()>(app::Panics::PATH, json!({})).await.unwrap_err();
        assert_eq!(fault.code, Code::Internal);
        assert!(!fault.words.contains("as the test wants"), "the cause is not told: {fault:?}");
    }
    for page in [&mut ann, &mut bob] {
        say(page, "on").await.unwrap();
        assert!(page.is_connected());
    }
    // Nor where no client is named, as a form does.
    let (status, body) =
        bob.browser.post(&format!("{}{}", bob.site, app::Panics::PATH), &[], "{}".into()).await.unwrap();
    assert_eq!((status, serde_json::from_str::<Fault>(&body).unwrap().code), (500, Code::Internal));
}

async fn a_large_answer_comes_whole(world: &mut World) {
    let mut ann = world.page("ann").await;
    let count = 12 << 20;
    let letters: String = ann.call(app::Letters::PATH, json!({ "count": count })).await.unwrap();
    assert_eq!(letters.len(), count);
    assert!(ann.is_connected());
}

async fn an_unknown_command_is_said_to_be_unknown(world: &mut World) {
    let mut ann = world.page("ann").await;
    let long = format!("/command/{}", "x".repeat(1_000));
    let mut paths = vec!["/command/layer/app/nothing", "/command/", "/command//", &long];
    if world.transport == Transport::Socket {
        // No request could be made of these.
        paths.extend([
            "",
            "/",
            "no path",
            "/command/..",
            "/sputnik/poll",
            "/sputnik/socket",
            "/command/ä ö",
            "http://x/command/y",
        ]);
    }
    for path in paths {
        let fault = ann.call::<Value>(path, json!({})).await.unwrap_err();
        assert_eq!(fault.code, Code::UnknownCommand, "{path}");
    }
    say(&mut ann, "on").await.unwrap();
}

async fn arguments_that_are_none_are_refused(world: &mut World) {
    let mut ann = world.page("ann").await;
    let long = "x".repeat(129);
    for args in [
        json!({}),
        json!(null),
        json!([]),
        json!({ "room": 7, "text": "x" }),
        json!({ "room": "no channel", "text": "x" }),
        json!({ "room": long, "text": "x" }),
        json!({ "room": ROOM, "text": { "not": "text" } }),
    ] {
        let fault = ann.call::<u64>(app::Say::PATH, args.clone()).await.unwrap_err();
        assert_eq!(fault.code, Code::BadRequest, "{args}: {fault:?}");
        assert!(!fault.can_retry(), "{args}: {fault:?}");
    }
    assert!(world.database.effects().is_empty());
    say(&mut ann, "on").await.unwrap();
}

async fn how_long_a_client_has_been_idle_is_known_at_every_node(world: &mut World) {
    let second = world.start_node(settings()).await;
    let (mut ann, mut bob) = (world.joined("ann").await, world.page_at(second, "bob").await);
    let client = ann.client();
    let mut idle = async || bob.call::<Option<u64>>(app::Idle::PATH, json!({ "client": client })).await.unwrap();
    let patience = tokio::time::Instant::now() + Duration::from_secs(10);
    while idle().await.is_none_or(|idle| idle < 300) {
        assert!(tokio::time::Instant::now() < patience, "it never is idle");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    say(&mut ann, "not idle").await.unwrap();
    while idle().await.is_none_or(|idle| idle > 300) {
        assert!(tokio::time::Instant::now() < patience, "it is idle for ever");
        say(&mut ann, "not idle").await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    ann.cut();
    while idle().await.is_some() {
        assert!(tokio::time::Instant::now() < patience, "it is connected for ever");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[test]
fn the_protocols_text_lists_every_code_there_is_and_its_status() {
    // Whoever reads a code that is none is told all there are.
    let refused = serde_json::from_str::<Code>("\"none\"").expect_err("no such code").to_string();
    let names: Vec<&str> = refused.split('`').skip(3).step_by(2).collect();
    assert!(names.len() > 10, "{refused}");
    let text = include_str!("../../../../docs/handbook/09-protocol.md");
    for name in names {
        let fault: Fault = serde_json::from_value(json!({ "code": name, "words": "" })).expect("a fault");
        let row = format!("| `{name}` | {} |", fault.status());
        assert!(text.contains(&row), "{row}");
    }
}
