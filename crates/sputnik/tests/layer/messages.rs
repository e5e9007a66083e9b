//! Messages: one order for everyone, none lost, none doubled.

use crate::{
    app::{self, Mention},
    support::client::{Browser, Transport, next_frame, open_socket, text},
    world::{ROOM, World, room, said, say, settings},
};
use futures::{SinkExt, future::join_all};
use leptos::server_fn::ServerFn;
use serde_json::json;
use sputnik::{
    ClientId, Position,
    protocol::{
        frame::{Ask, ClientFrame, Follow, Hello, ServerFrame},
        message::Entry,
    },
};

promises!(
    messages_reach_every_client_in_one_order,
    what_is_for_the_others_is_passed_over_by_whoever_caused_it,
    a_message_says_which_command_of_which_client_caused_it,
    reading_from_a_position_again_gives_the_same_again,
    what_was_said_while_a_client_was_cut_off_reaches_it_once,
    a_client_goes_on_at_another_node_where_it_stood,
    a_client_goes_on_by_another_transport_where_it_stood,
    nothing_falls_between_a_page_and_its_live_connection,
    one_client_follows_many_channels,
    what_is_no_longer_followed_is_no_longer_sent,
);

async fn messages_reach_every_client_in_one_order(world: &mut World) {
    let second = world.start_node(settings()).await;
    let mut pages =
        [world.page("ann").await, world.page_at(second, "bob").await, world.page("cid").await, world.onlooker().await];
    for page in &pages {
        page.follow(ROOM).await;
    }
    let authors = pages.iter_mut().take(3).enumerate().map(|(author, page)| async move {
        for number in 0..5 {
            say(page, &format!("{author}.{number}")).await.unwrap();
        }
    });
    join_all(authors).await;
    let mut orders = Vec::new();
    for page in &pages {
        page.until("everything is told", |seen| seen.said(ROOM).len() >= 15).await;
        orders.push(page.seen(|seen| seen.said(ROOM)));
        page.seen(|seen| {
            let offsets: Vec<u64> = seen.channel(ROOM).entries.iter().map(|(offset, _)| *offset).collect();
            assert!(offsets.windows(2).all(|pair| pair[1] == pair[0] + 1), "{offsets:?}");
            assert!(seen.channel(ROOM).holes.is_empty());
        });
    }
    assert_eq!(orders[0], world.database.effects(), "in the order in which it was committed");
    assert!(orders.iter().all(|order| *order == orders[0]), "{orders:#?}");
}

async fn what_is_for_the_others_is_passed_over_by_whoever_caused_it(world: &mut World) {
    let (mut ann, bob) = (world.page("ann").await, world.page("bob").await);
    ann.follow(ROOM).await;
    bob.follow(ROOM).await;
    for (text, to) in [("for all", "all"), ("for others", "others"), ("the end", "all")] {
        ann.call::<()>(Mention::PATH, json!({ "room": ROOM, "text": text, "to": to })).await.unwrap();
    }
    bob.until_said(ROOM, &["for all", "for others", "the end"]).await;
    ann.until_said(ROOM, &["for all", "the end"]).await;
}

/// Everything after a position, as one connection is told it: raw, whatever the client knows already.
async fn after(world: &World, browser: &Browser, client: &ClientId, position: &Position, count: usize) -> Vec<String> {
    let follow = Follow { channel: room(), after: Some(position.clone()), present: None, roster: false, within: None };
    let hello = Hello { client: Some(client.clone()), was: None };
    let mut frames = Vec::new();
    if world.transport == Transport::Socket {
        let mut socket = open_socket(browser, world.site(0), &[]).await.unwrap();
        for frame in [ClientFrame::Hello(hello), ClientFrame::Follow(follow)] {
            socket.send(text(&frame)).await.unwrap();
        }
        while frames.len() < count {
            let frame = next_frame(&mut socket).await.expect("the socket lives");
            frames.extend(matches!(frame, ServerFrame::Entry { .. }).then_some(frame));
        }
    } else {
        let ask = Ask { hello, follow: vec![follow], frames: Vec::new(), last: false };
        let mail = browser.ask(world.site(0), world.transport == Transport::LongPoll, &ask).await.unwrap();
        frames.extend(mail.frames.into_iter().filter(|frame| matches!(frame, ServerFrame::Entry { .. })));
    }
    frames.iter().map(|frame| serde_json::to_string(frame).unwrap()).collect()
}

/// By that a page knows the message that it showed before it came.
async fn a_message_says_which_command_of_which_client_caused_it(world: &mut World) {
    let (mut ann, bob) = (world.page("ann").await, world.page("bob").await);
    ann.follow(ROOM).await;
    bob.follow(ROOM).await;
    say(&mut ann, "first").await.unwrap();
    let uid = ann.next_uid();
    let args = json!({ "room": ROOM, "text": "second", "to": "all" });
    for again in [false, true] {
        ann.call_as::<()>(uid, again, Mention::PATH, args.clone()).await.unwrap();
    }
    for page in [&ann, &bob] {
        page.until_said(ROOM, &["first", "second"]).await;
        let by = page.seen(|seen| match &seen.channel(ROOM).entries.last() {
            Some((_, Entry::Said(said))) => (said.from.clone(), said.uid),
            other => panic!("this came last: {other:?}"),
        });
        assert_eq!(by, (Some(ann.client()), Some(uid)));
    }
}

async fn reading_from_a_position_again_gives_the_same_again(world: &mut World) {
    let page = world.page("ann").await;
    let start = world.top().await;
    world.announce_all(&["one", "two", "three"]).await;
    // The first answer is lost on its way, and the second, and nobody knows at the server.
    let client = page.client();
    let first = after(world, &page.browser, &client, &start, 3).await;
    assert_eq!(first.len(), 3);
    for _ in 0..2 {
        assert_eq!(after(world, &page.browser, &client, &start, 3).await, first);
    }
    // One who read on may go back as well.
    let middle = Position::new(start.epoch.clone(), start.offset + 2);
    assert_eq!(after(world, &page.browser, &client, &middle, 1).await, first[2..]);
}

async fn what_was_said_while_a_client_was_cut_off_reaches_it_once(world: &mut World) {
    let mut page = world.page("ann").await;
    page.follow(ROOM).await;
    world.announce("before").await;
    page.until_said(ROOM, &["before"]).await;
    let me = page.client();
    page.cut();
    world.announce_all(&["meanwhile", "and more"]).await;
    page.connect().await;
    world.announce("after").await;
    page.until_said(ROOM, &["before", "meanwhile", "and more", "after"]).await;
    page.until_told_all().await;
    page.seen(|seen| {
        let channel = seen.channel(ROOM);
        let mut came = channel.came.clone();
        came.dedup();
        assert_eq!(came, channel.came, "nothing came twice");
        assert!(channel.holes.is_empty() && channel.gaps.is_empty());
    });
    assert_eq!(page.client(), me, "it is the client it was");
}

async fn a_client_goes_on_at_another_node_where_it_stood(world: &mut World) {
    let second = world.start_node(settings()).await;
    let mut page = world.page("ann").await;
    page.follow(ROOM).await;
    world.announce("at the first").await;
    page.until_said(ROOM, &["at the first"]).await;
    page.cut();
    world.announce("between").await;
    page.site = world.site(second).into();
    page.connect().await;
    world.announce("at the second").await;
    page.until_said(ROOM, &["at the first", "between", "at the second"]).await;
    page.site = world.site(0).into();
    page.connect().await;
    world.node(second).publish(&room(), &said("at the first again")).await.unwrap();
    page.until_said(ROOM, &["at the first", "between", "at the second", "at the first again"]).await;
}

async fn a_client_goes_on_by_another_transport_where_it_stood(world: &mut World) {
    let mut page = world.page("ann").await;
    page.follow(ROOM).await;
    let mut said = Vec::new();
    for (round, transport) in
        [Transport::Poll, Transport::Socket, Transport::LongPoll, Transport::Socket, Transport::Poll]
            .into_iter()
            .enumerate()
    {
        said.push(format!("before change {round}"));
        world.announce(&said[said.len() - 1]).await;
        page.switch(transport).await;
        said.push(format!("after change {round}"));
        world.announce(&said[said.len() - 1]).await;
        if round % 2 == 0 {
            page.until("it is told", |seen| seen.said(ROOM).len() == said.len()).await;
        }
    }
    page.until_said(ROOM, &said.iter().map(String::as_str).collect::<Vec<_>>()).await;
    page.until_told_all().await;
    assert_eq!(page.seen(|seen| seen.said(ROOM)), said);
}

async fn nothing_falls_between_a_page_and_its_live_connection(world: &mut World) {
    world.announce("in the snapshot").await;
    let at = world.node(0).position(&room()).await;
    world.announce("while the page is on its way").await;
    let page = world.page("ann").await;
    page.follow_from(ROOM, &at);
    world.announce("when it is live").await;
    page.until_said(ROOM, &["while the page is on its way", "when it is live"]).await;
}

async fn one_client_follows_many_channels(world: &mut World) {
    let mut page = world.page("ann").await;
    let rooms: Vec<String> = (0..6).map(|number| format!("room/{number}")).collect();
    for room in &rooms {
        page.follow(room).await;
    }
    for round in ["one", "two"] {
        for room in &rooms {
            world.node(0).publish(&room.parse().unwrap(), &said(round)).await.unwrap();
        }
        page.connect().await;
    }
    for room in &rooms {
        page.until_said(room, &["one", "two"]).await;
    }
}

async fn what_is_no_longer_followed_is_no_longer_sent(world: &mut World) {
    let mut page = world.page("ann").await;
    page.follow(ROOM).await;
    page.follow("room/8").await;
    world.announce("one").await;
    page.until_said(ROOM, &["one"]).await;
    page.unfollow("room/8");
    // An answer says that all before it was heard.
    page.call::<String>(app::Note::PATH, json!({ "text": "heard?" })).await.unwrap();
    page.until_told_all().await;
    world.node(0).publish(&"room/8".parse().unwrap(), &said("unheard")).await.unwrap();
    world.announce("two").await;
    page.until_said(ROOM, &["one", "two"]).await;
    page.until_told_all().await;
    assert!(page.seen(|seen| !seen.channels.contains_key(&"room/8".parse().unwrap())));
}
