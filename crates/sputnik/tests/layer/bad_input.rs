//! What is no input is refused clearly, and harms nothing else.

use crate::{
    app,
    support::client::{Browser, Page, Transport, next_frame, open_socket, read, text},
    world::{ROOM, World, room, say, settings},
};
use futures::{SinkExt, StreamExt, future::join_all};
use leptos::server_fn::ServerFn;
use serde_json::{Value, json};
use sputnik::{
    ClientId, Code, Fault,
    protocol::frame::{Ask, ClientFrame, Follow, Hello, ServerFrame},
    server::Settings,
};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_tungstenite::tungstenite::Message;

promises!(
    a_forged_client_id_is_worth_nothing,
    whoever_whispers_or_shows_too_much_is_told_so,
    a_client_that_follows_too_much_is_told_so,
    whoever_is_not_there_neither_whispers_nor_shows,
);

async fn a_forged_client_id_is_worth_nothing(world: &mut World) {
    let ann = world.joined("ann").await;
    let mallory = Browser::of("mallory");
    mallory.visit(world.site(0)).await;
    let random: ClientId = "x".repeat(43).parse().unwrap();
    for forged in [ann.client(), random, "c1".parse().unwrap()] {
        // To listen as that client.
        let hello = Hello { client: Some(forged.clone()), was: None };
        let fault = if world.transport == Transport::Socket {
            let mut socket = open_socket(&mallory, world.site(0), &[]).await.unwrap();
            socket.send(text(&ClientFrame::Hello(hello))).await.unwrap();
            let Some(ServerFrame::Fault(fault)) = next_frame(&mut socket).await else { panic!("a fault") };
            assert!(next_frame(&mut socket).await.is_none(), "the connection ends");
            fault
        } else {
            let ask = Ask { hello, ..Ask::default() };
            mallory.ask(world.site(0), world.transport == Transport::LongPoll, &ask).await.unwrap_err()
        };
        assert_eq!(fault.code, Code::UnknownClient, "{forged}");
        // To command as that client.
        let headers = [("x-sputnik-client", forged.as_str()), ("x-sputnik-uid", "1")];
        let url = format!("{}{}", world.site(0), app::WhoAmI::PATH);
        let answer = mallory.post(&url, &headers, "{}".into()).await.unwrap();
        assert_eq!(read::<Value>(&answer).unwrap_err().code, Code::UnknownClient, "{forged}");
        // To take that client's place.
        let mut thief = Page::new(&mallory, world.site(0), world.transport).was(forged);
        thief.connect().await;
        thief.join(ROOM, json!({})).await;
    }
    let roster = world.node(0).broker().roster(&room()).await.unwrap();
    assert!(roster.find(&ann.client()).is_some(), "ann is where she was");
    assert!(ann.is_connected());
}

async fn whoever_whispers_or_shows_too_much_is_told_so(world: &mut World) {
    let (ann, bob) = (world.joined("ann").await, world.joined("bob").await);
    let much = json!("x".repeat(1_025));
    ann.whisper(ROOM, much.clone());
    ann.until("it is refused", |seen| !seen.faults.is_empty()).await;
    ann.show(ROOM, much);
    ann.until("it is refused", |seen| seen.faults.len() > 1 || seen.channel(ROOM).ended.is_some()).await;
    ann.seen(|seen| assert!(seen.faults.iter().all(|fault| fault.code == Code::TooLarge), "{:?}", seen.faults));
    bob.until_told_all().await;
    assert!(bob.seen(|seen| seen.channel(ROOM).whispers.is_empty()));
    assert!(ann.is_connected());
}

async fn a_client_that_follows_too_much_is_told_so(world: &mut World) {
    let ann = world.page("ann").await;
    let may = settings().follows;
    for number in 0..may {
        ann.follow(&format!("room/{number}")).await;
    }
    ann.start_following("room/many", None, None);
    // Polls name their channels in another order: whichever comes last is refused.
    ann.until("one is refused", |seen| seen.channels.values().any(|channel| channel.ended.is_some())).await;
    ann.seen(|seen| {
        let refused: Vec<&Fault> = seen.channels.values().filter_map(|channel| channel.ended.as_ref()).collect();
        assert_eq!(refused.len(), 1);
        assert_eq!(refused[0].code, Code::TooMany);
    });
    ann.unfollow("room/0");
    ann.until_told_all().await;
    ann.follow("room/other").await;
}

async fn whoever_is_not_there_neither_whispers_nor_shows(world: &mut World) {
    let (ann, bob) = (world.page("ann").await, world.joined("bob").await);
    ann.whisper(ROOM, json!("psst"));
    ann.until("it is refused", |seen| !seen.faults.is_empty()).await;
    ann.say(ClientFrame::Show { channel: room(), state: json!(1) });
    ann.until("it is refused", |seen| seen.faults.len() > 1).await;
    ann.seen(|seen| assert!(seen.faults.iter().all(|fault| fault.code == Code::Forbidden), "{:?}", seen.faults));
    bob.until_told_all().await;
    bob.seen(|seen| {
        assert!(seen.channel(ROOM).whispers.is_empty());
        assert_eq!(seen.channel(ROOM).roster.as_ref().unwrap().here.len(), 1);
    });
}

mod of_sockets {
    use super::*;

    promises_of_sockets!(
        a_frame_that_is_none_is_a_fault_and_the_connection_lives_on,
        a_connection_that_sends_only_nonsense_ends,
        the_first_frame_must_be_a_hello,
        a_frame_far_too_large_ends_its_connection_and_no_other,
        whoever_listens_while_it_sends_is_told_that_a_frame_is_too_large,
        arguments_that_are_too_large_are_refused_and_the_connection_lives_on,
    );

    async fn a_frame_that_is_none_is_a_fault_and_the_connection_lives_on(world: &mut World) {
        let (mut ann, bob) = (world.joined("ann").await, world.joined("bob").await);
        let frames = [
            "",
            "nonsense",
            "{",
            "[]",
            "{}",
            r#"{"unheard":{}}"#,
            r#"{"follow":{"channel":"no channel"}}"#,
            r#"{"follow":{"channel":"room/7","after":{"epoch":"x","offset":-1}}}"#,
            r#"{"call":{"uid":-1,"path":"/command/x","body":"{}"}}"#,
            r#"{"call":{"uid":"x","path":"/command/x","body":"{}"}}"#,
            r#"{"whisper":{"channel":"room/7"}}"#,
        ];
        for frame in frames {
            ann.send_raw(Message::Text(frame.into()));
        }
        ann.send_raw(Message::Binary(b"\0\x01".as_slice().into()));
        ann.say(ClientFrame::Hello(Hello::default()));
        let all = frames.len() + 2;
        ann.until("each is a fault", |seen| seen.faults.len() == all).await;
        ann.seen(|seen| assert!(seen.faults.iter().all(|fault| fault.code == Code::BadRequest), "{:?}", seen.faults));
        say(&mut ann, "on").await.unwrap();
        ann.until_said(ROOM, &["on"]).await;
        bob.until_said(ROOM, &["on"]).await;
        assert_eq!(bob.seen(|seen| seen.channel(ROOM).comings_and_goings(&ann.client()).1), 0);
    }

    async fn a_connection_that_sends_only_nonsense_ends(world: &mut World) {
        let (ann, bob) = (world.page("ann").await, world.page("bob").await);
        for _ in 0..20 {
            ann.send_raw(Message::Text("nonsense".into()));
        }
        ann.until("it ends", |seen| seen.ended.is_some()).await;
        assert!(ann.seen(|seen| seen.faults.len() >= 16));
        bob.until_told_all().await;
    }

    async fn the_first_frame_must_be_a_hello(world: &mut World) {
        for first in [
            Message::Text("nonsense".into()),
            Message::Text(r#""pong""#.into()),
            Message::Text(r#"{"follow":{"channel":"room/7"}}"#.into()),
            Message::Text(r#"{"hello":{"client":"not a client"}}"#.into()),
            Message::Binary(b"{\"hello\":{}}".as_slice().into()),
        ] {
            let mut socket = open_socket(&Browser::of("ann"), world.site(0), &[]).await.unwrap();
            socket.send(first.clone()).await.unwrap();
            let Some(ServerFrame::Fault(fault)) = next_frame(&mut socket).await else { panic!("a fault: {first:?}") };
            assert_eq!(fault.code, Code::BadRequest);
            assert!(next_frame(&mut socket).await.is_none(), "the connection ends");
        }
    }

    async fn a_frame_far_too_large_ends_its_connection_and_no_other(world: &mut World) {
        let (mut ann, bob) = (world.joined("ann").await, world.joined("bob").await);
        let body = json!({ "room": ROOM, "text": "x".repeat(6 * settings().frame_bytes) });
        let uid = ann.next_uid();
        ann.start_call(uid, false, app::Say::PATH, &body);
        ann.until("it ends", |seen| seen.ended.is_some()).await;
        assert!(bob.is_connected());
        assert!(world.database.effects().is_empty());
        ann.connect().await;
        say(&mut ann, "on").await.unwrap();
        bob.until_said(ROOM, &["on"]).await;
    }

    async fn whoever_listens_while_it_sends_is_told_that_a_frame_is_too_large(world: &mut World) {
        let browser = Browser::of("ann");
        browser.visit(world.site(0)).await;
        let mut socket = open_socket(&browser, world.site(0), &[]).await.unwrap();
        socket.send(text(&ClientFrame::Hello(Hello::default()))).await.unwrap();
        assert!(matches!(next_frame(&mut socket).await, Some(ServerFrame::Welcome(_))));
        let (mut say, mut hear) = socket.split();
        // It is never read to its end: that sending it fails, late, is no news.
        let sending = tokio::spawn(async move { drop(say.send(Message::Text("x".repeat(64 << 20).into())).await) });
        let fault = loop {
            if let Message::Text(frame) = hear.next().await.expect("it is told").expect("it is told")
                && let ServerFrame::Fault(fault) = serde_json::from_str(&frame).unwrap()
            {
                break fault;
            }
        };
        assert!(fault.code == Code::TooLarge && !fault.can_retry(), "{fault:?}");
        sending.abort();
    }

    async fn arguments_that_are_too_large_are_refused_and_the_connection_lives_on(world: &mut World) {
        let mut ann = world.joined("ann").await;
        let body = json!({ "room": ROOM, "text": "\n".repeat(settings().frame_bytes / 2) });
        let fault = ann.call::<u64>(app::Say::PATH, body).await.unwrap_err();
        assert!(fault.code == Code::TooLarge && !fault.can_retry(), "{fault:?}");
        say(&mut ann, "on").await.unwrap();
        assert_eq!(world.database.effects(), ["on"]);
    }
}

mod of_posts {
    use super::*;

    promises_of_sockets!(
        a_body_that_is_too_large_is_refused,
        bodies_that_never_end_fill_no_node_and_are_given_up,
        a_call_needs_a_whole_number_and_a_client_that_can_be_one,
        a_poll_that_is_none_is_refused,
        a_poll_that_asks_too_much_is_refused,
    );

    async fn post(world: &World, browser: &Browser, path: &str, headers: &[(&str, &str)], body: String) -> Fault {
        let answer = browser.post(&format!("{}{path}", world.site(0)), headers, body).await.unwrap();
        read::<Value>(&answer).unwrap_err()
    }

    async fn a_body_that_is_too_large_is_refused(world: &mut World) {
        let mut ann = world.page("ann").await;
        let client = ann.client();
        let much = "x".repeat(settings().frame_bytes);
        let say_much = json!({ "room": ROOM, "text": much }).to_string();
        for headers in [vec![], vec![("x-sputnik-client", client.as_str()), ("x-sputnik-uid", "1")]] {
            let fault = post(world, &ann.browser, app::Say::PATH, &headers, say_much.clone()).await;
            assert!(fault.code == Code::TooLarge && !fault.can_retry(), "{fault:?}");
        }
        for path in ["/sputnik/poll", "/sputnik/long-poll"] {
            let ask = json!({ "ask": { "hello": {}, "frames": [{ "whisper": { "channel": ROOM, "body": much } }] } });
            let fault = post(world, &ann.browser, path, &[], ask.to_string()).await;
            assert_eq!(fault.code, Code::TooLarge);
        }
        assert!(world.database.effects().is_empty());
        say(&mut ann, "on").await.unwrap();
    }

    async fn bodies_that_never_end_fill_no_node_and_are_given_up(world: &mut World) {
        let stuck = Duration::from_secs(1);
        let node = world.start_node(Settings { stuck, ..settings() }).await;
        let host = world.site(node).trim_start_matches("http://").to_owned();
        let bytes = settings().frame_bytes;
        let head = format!(
            "POST {} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\ncontent-length: {bytes}\r\n\r\n",
            app::Note::PATH
        );
        let begin = async |_: usize| {
            let mut line = TcpStream::connect(&host).await.unwrap();
            line.write_all(head.as_bytes()).await.unwrap();
            // All but the last byte. Whoever is refused meanwhile may meet a line that is cut.
            drop(line.write_all(" ".repeat(bytes - 1).as_bytes()).await);
            let mut answer = String::new();
            drop(line.read_to_string(&mut answer).await);
            answer.lines().next().unwrap_or_default().to_owned()
        };
        let answers = join_all((0..60).map(begin)).await;
        let count = |status: &str| answers.iter().filter(|line| line.contains(status)).count();
        // As many as fit into 32 times the bound wait until they are given up, their first 4 KiB not counted; those
        // beyond are refused at once.
        assert!((1..=32 * bytes / (bytes - 4_096)).contains(&count(" 400 ")), "{answers:?}");
        assert_eq!(count(" 200 "), 0, "{answers:?}");
        assert!(count(" 429 ") >= 1, "{answers:?}");
        let mut ann = world.page_at(node, "ann").await;
        let noted: String = ann.call(app::Note::PATH, json!({ "text": "on" })).await.unwrap();
        assert!(!noted.is_empty());
    }

    async fn a_call_needs_a_whole_number_and_a_client_that_can_be_one(world: &mut World) {
        let ann = world.page("ann").await;
        let client = ann.client();
        for uid in ["", "x", "-1", "1.5", "99999999999999999999"] {
            let headers = [("x-sputnik-client", client.as_str()), ("x-sputnik-uid", uid)];
            let fault = post(world, &ann.browser, app::WhoAmI::PATH, &headers, "{}".into()).await;
            assert_eq!(fault.code, Code::BadRequest, "{uid:?}");
        }
        let no_uid = [("x-sputnik-client", client.as_str())];
        assert_eq!(post(world, &ann.browser, app::WhoAmI::PATH, &no_uid, "{}".into()).await.code, Code::BadRequest);
        for client in ["", "no client", "ä", &"x".repeat(65)] {
            let headers = [("x-sputnik-client", client), ("x-sputnik-uid", "1")];
            let fault = post(world, &ann.browser, app::WhoAmI::PATH, &headers, "{}".into()).await;
            assert_eq!(fault.code, Code::BadRequest, "{client:?}");
        }
    }

    async fn a_poll_that_is_none_is_refused(world: &mut World) {
        let ann = world.page("ann").await;
        for body in [
            "",
            "nonsense",
            "{}",
            r#"{"ask":{}}"#,
            r#"{"ask":{"hello":{"client":"not a client"}}}"#,
            r#"{"ask":{"hello":{},"follow":[{"channel":"no channel"}]}}"#,
            r#"{"ask":{"hello":{},"frames":["nonsense"]}}"#,
        ] {
            for path in ["/sputnik/poll", "/sputnik/long-poll"] {
                let fault = post(world, &ann.browser, path, &[], body.into()).await;
                assert!(fault.code == Code::BadRequest && !fault.can_retry(), "{body}: {fault:?}");
            }
        }
    }

    async fn a_poll_that_asks_too_much_is_refused(world: &mut World) {
        let ann = world.page("ann").await;
        let follow = |number: usize| Follow {
            channel: format!("room/{number}").parse().unwrap(),
            after: None,
            present: None,
            roster: false,
            within: None,
        };
        let hello = Hello { client: Some(ann.client()), was: None };
        let ask = Ask { hello, follow: (0..1_000).map(follow).collect(), frames: Vec::new(), last: false };
        let fault = ann.browser.ask(world.site(0), false, &ask).await.unwrap_err();
        assert_eq!(fault.code, Code::TooLarge);
    }
}
