//! Who may listen: asked at every follow, and again whenever rights changed.

use crate::{
    app,
    support::client::{Browser, Page, Transport, next_frame, open_socket, text},
    world::{ROOM, World, pen, room, settings, until},
};
use futures::SinkExt;
use leptos::server_fn::ServerFn;
use serde_json::{Value, json};
use sputnik::{
    ChannelName, Code, Position,
    protocol::frame::{ClientFrame, Hello, ServerFrame},
    server::Settings,
};
use std::time::Duration;

promises!(
    a_refused_follow_is_ended_with_the_reason,
    a_right_withdrawn_ends_the_following_at_once,
    whoever_loses_the_right_to_listen_is_no_longer_present,
    whoever_may_only_listen_from_now_on_is_no_longer_present,
    a_right_withdrawn_while_away_is_not_there_after_a_reconnect,
    the_channel_of_one_client_or_user_is_nobody_elses,
    what_is_told_to_one_client_or_one_user_arrives_there_and_nowhere_else,
    whoever_signs_out_is_no_longer_connected_nor_present,
    whoever_has_no_session_any_more_hears_nothing_after_the_bound,
    nobody_is_cut_off_while_who_they_are_cannot_be_found_out,
);

async fn ended(page: &Page, channel: &str) -> Code {
    page.until(&format!("{channel} is ended"), |seen| seen.channel(channel).ended.is_some()).await;
    page.seen(|seen| seen.channel(channel).ended.clone().unwrap().code)
}

async fn a_refused_follow_is_ended_with_the_reason(world: &mut World) {
    let visitor = Page::open(&Browser::new(), world.site(0), world.transport).await;
    visitor.start_following(ROOM, None, Some(json!({})));
    assert_eq!(ended(&visitor, ROOM).await, Code::NotSignedIn);
    visitor.follow("open/1").await;

    let ann = world.page("ann").await;
    for channel in ["private/bob", "nowhere", "private/ann/1"] {
        ann.start_following(channel, None, Some(json!({})));
        assert_eq!(ended(&ann, channel).await, Code::NotFound, "{channel}");
    }
    ann.follow("private/ann").await;
    ann.follow(ROOM).await;
    world.announce("heard").await;
    ann.until_said(ROOM, &["heard"]).await;
    visitor.until_told_all().await;
    assert!(visitor.seen(|seen| seen.channel(ROOM).came.is_empty()));
}

async fn a_right_withdrawn_ends_the_following_at_once(world: &mut World) {
    let second = world.start_node(settings()).await;
    let (ann, bob, cid) = (world.page("ann").await, world.page_at(second, "bob").await, world.page("cid").await);
    for page in [&ann, &bob, &cid] {
        page.follow(ROOM).await;
    }
    world.announce("one").await;
    for page in [&ann, &bob, &cid] {
        page.until_said(ROOM, &["one"]).await;
    }
    world.database.banish("ann", &room());
    world.database.banish("bob", &room());
    world.node(0).recheck(&room()).await.unwrap();
    world.announce_all(&["two", "three"]).await;
    assert_eq!(ended(&ann, ROOM).await, Code::Forbidden);
    assert_eq!(ended(&bob, ROOM).await, Code::Forbidden);
    cid.until_said(ROOM, &["one", "two", "three"]).await;
    for page in [&ann, &bob] {
        page.until_told_all().await;
        assert!(page.is_connected(), "the connection itself lives on");
        assert_eq!(page.seen(|seen| seen.said(ROOM)), ["one"], "nothing that came later was told");
    }
}

async fn whoever_loses_the_right_to_listen_is_no_longer_present(world: &mut World) {
    let (onlooker, mut ann) = (world.onlooker().await, world.joined("ann").await);
    pen(&mut ann, "take", None).await.unwrap();
    world.database.banish("ann", &room());
    world.node(0).recheck(&room()).await.unwrap();
    let client = ann.client();
    onlooker.until("ann leaves", |seen| seen.channel(ROOM).comings_and_goings(&client) == (1, 1)).await;
    assert_eq!(world.pen().await.holder, None);
    assert!(ann.is_connected());
    assert_eq!(pen(&mut ann, "take", None).await.unwrap_err().code, Code::LockHeld);
}

async fn whoever_may_only_listen_from_now_on_is_no_longer_present(world: &mut World) {
    let (onlooker, mut ann) = (world.onlooker().await, world.joined("ann").await);
    pen(&mut ann, "take", None).await.unwrap();
    world.database.hush("ann");
    world.node(0).recheck(&room()).await.unwrap();
    let client = ann.client();
    onlooker.until("ann leaves", |seen| seen.channel(ROOM).comings_and_goings(&client) == (1, 1)).await;
    world.announce("still heard").await;
    ann.until_said(ROOM, &["still heard"]).await;
    assert_eq!(onlooker.seen(|seen| seen.channel(ROOM).comings_and_goings(&client)), (1, 1));
    // Her page goes on saying where she is, and whispers, for all that it knows. That is neither seen nor refused.
    ann.show(ROOM, json!({"at": "the window"}));
    ann.whisper(ROOM, json!("psst"));
    ann.until_told_all().await;
    assert!(ann.seen(|seen| seen.faults.is_empty()));
    assert!(onlooker.seen(|seen| seen.channel(ROOM).whispers.is_empty()));
    assert_eq!(onlooker.seen(|seen| seen.channel(ROOM).comings_and_goings(&client)), (1, 1));
}

async fn a_right_withdrawn_while_away_is_not_there_after_a_reconnect(world: &mut World) {
    let mut ann = world.page("ann").await;
    ann.follow(ROOM).await;
    ann.cut();
    world.database.banish("ann", &room());
    world.announce("unheard").await;
    ann.connect().await;
    assert_eq!(ended(&ann, ROOM).await, Code::Forbidden);
    assert_eq!(ann.seen(|seen| seen.said(ROOM).len()), 0);
}

async fn the_channel_of_one_client_or_user_is_nobody_elses(world: &mut World) {
    let (ann, bob) = (world.page("ann").await, world.page("bob").await);
    let others = [
        ChannelName::of_client(&bob.client()).to_string(),
        ChannelName::of_user(&"bob".parse().unwrap()).to_string(),
        "@signed-out".to_owned(),
        "@anything".to_owned(),
    ];
    for channel in &others {
        ann.start_following(channel, None, None);
        assert_eq!(ended(&ann, channel).await, Code::NotFound, "{channel}");
    }
}

async fn what_is_told_to_one_client_or_one_user_arrives_there_and_nowhere_else(world: &mut World) {
    let mut ann = world.page("ann").await;
    let ann_too = Page::open(&ann.browser, world.site(0), world.transport).await;
    let bob = world.page("bob").await;
    for page in [&ann, &ann_too, &bob] {
        page.follow(ChannelName::of_client(&page.client()).as_str()).await;
    }
    let (to_ann, to_bob) =
        (ChannelName::of_user(&"ann".parse().unwrap()), ChannelName::of_user(&"bob".parse().unwrap()));
    ann.follow(to_ann.as_str()).await;
    ann_too.follow(to_ann.as_str()).await;
    bob.follow(to_bob.as_str()).await;

    let tell = async |from: &mut Page, args: Value| from.call::<()>(app::Tell::PATH, args).await.unwrap();
    tell(&mut ann, json!({ "client": bob.client(), "user": null, "text": "to this bob" })).await;
    tell(&mut ann, json!({ "client": null, "user": "ann", "text": "to all of ann" })).await;
    bob.until_said(ChannelName::of_client(&bob.client()).as_str(), &["to this bob"]).await;
    ann.until_said(to_ann.as_str(), &["to all of ann"]).await;
    ann_too.until_said(to_ann.as_str(), &["to all of ann"]).await;
    for page in [&ann, &ann_too, &bob] {
        page.until_told_all().await;
        let told: usize = page.seen(|seen| seen.channels.values().map(|channel| channel.entries.len()).sum());
        assert_eq!(told, 1);
    }
}

async fn whoever_signs_out_is_no_longer_connected_nor_present(world: &mut World) {
    let second = world.start_node(settings()).await;
    let onlooker = world.onlooker().await;
    let ann = world.joined("ann").await;
    let ann_elsewhere = world.page_at(second, "ann").await;
    ann_elsewhere.join(ROOM, json!({})).await;
    let bob = world.joined("bob").await;
    if world.transport == Transport::Poll {
        // A poll says with each request who it is: there is no connection to end.
        return;
    }
    // Nodes may hear of it a little later than they start.
    until("ann is disconnected", async || {
        world.node(0).reconnect_user(&"ann".parse().unwrap()).await.unwrap();
        tokio::time::sleep(settings().ping).await;
        !ann.is_connected() && !ann_elsewhere.is_connected()
    })
    .await;
    for gone in [ann.client(), ann_elsewhere.client()] {
        onlooker.until("ann leaves", |seen| seen.channel(ROOM).comings_and_goings(&gone) == (1, 1)).await;
    }
    assert!(bob.is_connected());
    assert_eq!(onlooker.seen(|seen| seen.channel(ROOM).comings_and_goings(&bob.client())), (1, 0));
}

async fn whoever_has_no_session_any_more_hears_nothing_after_the_bound(world: &mut World) {
    let ask_again = Duration::from_secs(2);
    let node = world.start_node(Settings { ask_again, ..settings() }).await;
    let onlooker = Page::open(&Browser::of("onlooker"), world.site(node), Transport::Socket).await;
    onlooker.follow(ROOM).await;
    let ann = world.page_at(node, "ann").await;
    ann.join(ROOM, json!({})).await;
    world.announce("before").await;
    ann.until_said(ROOM, &["before"]).await;
    world.database.delete_sessions("ann");
    tokio::time::sleep(ask_again).await;
    world.announce("after").await;
    onlooker.until_said(ROOM, &["before", "after"]).await;
    if world.transport == Transport::Socket {
        ann.until("it ends", |seen| seen.ended.is_some()).await;
    } else {
        assert_eq!(ended(&ann, ROOM).await, Code::NotSignedIn);
    }
    assert_eq!(ann.seen(|seen| seen.said(ROOM)), ["before"]);
    let client = ann.client();
    onlooker.until("ann leaves", |seen| seen.channel(ROOM).comings_and_goings(&client) == (1, 1)).await;
    assert!(onlooker.is_connected(), "whoever has a session goes on");
}

async fn nobody_is_cut_off_while_who_they_are_cannot_be_found_out(world: &mut World) {
    if world.transport != Transport::Socket {
        // A poll that cannot be answered is tried again.
        return;
    }
    let ask_again = Duration::from_secs(1);
    let node = world.start_node(Settings { ask_again, ..settings() }).await;
    let ann = world.page_at(node, "ann").await;
    ann.follow(ROOM).await;
    world.database.sessions_out_of_reach(true);
    let asked = world.database.asked_unprompted();
    until("it was asked in vain", async || world.database.asked_unprompted() > asked + 1).await;
    world.announce("meanwhile").await;
    ann.until_said(ROOM, &["meanwhile"]).await;
    world.database.sessions_out_of_reach(false);
    world.database.delete_sessions("ann");
    ann.until("it ends", |seen| seen.ended.is_some()).await;
}

mod of_sockets {
    use super::*;

    promises_of_sockets!(
        sockets_and_commands_are_only_for_pages_of_this_site,
        a_right_withdrawn_ends_a_following_that_met_a_gap,
        what_is_said_before_one_hears_that_a_following_ended_is_no_mistake,
        whoever_never_might_whisper_is_told_so,
    );

    async fn what_is_said_before_one_hears_that_a_following_ended_is_no_mistake(world: &mut World) {
        let ann = world.joined("ann").await;
        let other = "room/other";
        ann.follow(other).await;
        for channel in [room(), other.parse().unwrap()] {
            world.database.banish("ann", &channel);
            world.node(0).recheck(&channel).await.unwrap();
        }
        for channel in [ROOM, other] {
            assert_eq!(ended(&ann, channel).await, Code::Forbidden);
        }
        // As if it had been on its way.
        for channel in [ROOM, other] {
            ann.whisper(channel, json!("psst"));
            ann.show(channel, json!({"at": "the window"}));
        }
        ann.until_told_all().await;
        assert!(ann.seen(|seen| seen.faults.is_empty()));
    }

    async fn whoever_never_might_whisper_is_told_so(world: &mut World) {
        world.database.hush("ann");
        let ann = world.page("ann").await;
        ann.follow(ROOM).await;
        ann.whisper(ROOM, json!("psst"));
        ann.until("it is refused", |seen| seen.faults.iter().any(|fault| fault.code == Code::Forbidden)).await;
        ann.whisper("another-room", json!("psst"));
        ann.until("that too", |seen| seen.faults.len() == 2).await;
    }

    async fn a_right_withdrawn_ends_a_following_that_met_a_gap(world: &mut World) {
        let ann = world.page("ann").await;
        ann.follow_from(ROOM, &Position::new("another".parse().unwrap(), 3));
        ann.until("a gap is told", |seen| !seen.channel(ROOM).gaps.is_empty()).await;
        world.database.banish("ann", &room());
        world.node(0).recheck(&room()).await.unwrap();
        assert_eq!(ended(&ann, ROOM).await, Code::Forbidden);
    }

    async fn sockets_and_commands_are_only_for_pages_of_this_site(world: &mut World) {
        let ann = Browser::of("ann");
        ann.visit(world.site(0)).await;
        for origin in ["http://elsewhere.example", "null", "http://127.0.0.1:1", "nonsense"] {
            let refused = open_socket(&ann, world.site(0), &[("origin", origin)]).await;
            let error = refused.err().unwrap_or_else(|| panic!("{origin} was let in"));
            assert!(error.to_string().contains("403"), "{origin}: {error}");
        }
        // Nor is a command, which a form on another page could post.
        let path = format!("{}{}", world.site(0), app::Note::PATH);
        let note = json!({ "text": "from elsewhere" }).to_string();
        for headers in [[("origin", "http://elsewhere.example")], [("sec-fetch-site", "cross-site")]] {
            for poll in ["/sputnik/poll", "/sputnik/long-poll"] {
                let ask = json!({ "ask": { "hello": {} } }).to_string();
                let (status, _) = ann.post(&format!("{}{poll}", world.site(0)), &headers, ask).await.unwrap();
                assert_eq!(status, 403, "{poll}: {headers:?}");
            }
        }
        let (status, _) = ann.post(&path, &[("origin", "http://elsewhere.example")], note).await.unwrap();
        assert_eq!((status, world.database.effects().len()), (403, 0));
        for origin in [world.site(0).to_owned(), world.site(0).replace("http:", "https:")] {
            let mut socket = open_socket(&ann, world.site(0), &[("origin", &origin)]).await.unwrap();
            socket.send(text(&ClientFrame::Hello(Hello::default()))).await.unwrap();
            assert!(matches!(next_frame(&mut socket).await, Some(ServerFrame::Welcome(_))), "{origin}");
        }
    }
}
