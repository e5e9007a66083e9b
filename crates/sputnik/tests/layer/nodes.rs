//! Nodes that come and go.

use crate::{
    app,
    world::{ROOM, World, settings},
};
use leptos::server_fn::ServerFn;
use serde_json::json;
use std::time::Duration;

promises!(a_node_that_goes_down_says_when_to_come_back, a_node_that_goes_down_shows_nothing_of_its_clients);

async fn a_node_that_goes_down_says_when_to_come_back(world: &mut World) {
    let second = world.start_node(settings()).await;
    let mut ann = world.page("ann").await;
    ann.follow(ROOM).await;
    world.node(0).close();
    ann.until("it is told", |seen| seen.bye.is_some()).await;
    assert!(ann.seen(|seen| seen.bye < Some(10_000)));
    world.announce("meanwhile").await;
    ann.site = world.site(second).into();
    ann.connect().await;
    ann.until_said(ROOM, &["meanwhile"]).await;
}

async fn a_node_that_goes_down_shows_nothing_of_its_clients(world: &mut World) {
    let second = world.start_node(settings()).await;
    let mut ann = world.page_at(second, "ann").await;
    ann.join(ROOM, serde_json::json!({})).await;
    let onlooker = world.onlooker().await;
    world.node(second).close();
    ann.until("it is told", |seen| seen.bye.is_some()).await;
    ann.site = world.site(0).into();
    ann.connect().await;
    tokio::time::sleep(settings().grace + settings().lease + Duration::from_millis(100)).await;
    onlooker.until_told_all().await;
    assert_eq!(onlooker.seen(|seen| seen.channel(ROOM).comings_and_goings(&ann.client())), (0, 0));
}

mod of_sockets {
    use super::*;

    promises_of_sockets!(
        a_command_that_runs_is_answered_before_its_node_goes_down,
        a_command_that_waits_for_its_turn_is_done_elsewhere,
        a_node_hears_itself,
        what_a_node_did_is_counted,
        however_many_come_back_what_they_missed_is_read_once,
    );

    async fn a_command_that_runs_is_answered_before_its_node_goes_down(world: &mut World) {
        let mut ann = world.page("ann").await;
        let uid = ann.next_uid();
        ann.start_call(uid, false, app::Slow::PATH, &json!({ "name": "work" }));
        crate::world::until("it runs", async || !world.database.effects().is_empty()).await;
        world.node(0).close();
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(ann.seen(|seen| seen.bye.is_none()), "it waits for the command");
        world.database.release("work");
        ann.until("it is told to come back", |seen| seen.bye.is_some()).await;
        assert!(ann.seen(|seen| seen.replies.contains_key(&uid)), "the reply came first");
    }

    async fn a_command_that_waits_for_its_turn_is_done_elsewhere(world: &mut World) {
        let second = world.start_node(settings()).await;
        let mut ann = world.page("ann").await;
        let (first, next) = (ann.next_uid(), ann.next_uid());
        ann.start_call(first, false, app::Slow::PATH, &json!({ "name": "work" }));
        ann.start_call(next, false, app::Note::PATH, &json!({ "text": "next" }));
        crate::world::until("it runs", async || !world.database.effects().is_empty()).await;
        world.node(0).close();
        world.database.release("work");
        ann.until("it is told to come back", |seen| seen.bye.is_some()).await;
        assert!(ann.seen(|seen| !seen.replies.contains_key(&next)));
        ann.site = world.site(second).into();
        ann.connect().await;
        let _: String = ann.call_as(next, true, app::Note::PATH, json!({ "text": "next" })).await.unwrap();
        assert_eq!(world.database.effects(), ["work begins", "work ends", "next"]);
    }

    async fn a_node_hears_itself(world: &mut World) {
        let second = world.start_node(settings()).await;
        for node in [0, second] {
            world.node(node).probe().await.unwrap();
            world.node(node).probe().await.unwrap();
        }
    }

    async fn however_many_come_back_what_they_missed_is_read_once(world: &mut World) {
        let missed_from = world.announce("heard").await;
        let missed: Vec<_> = (0..15).map(|number| number.to_string()).collect();
        world.announce_all(&missed.iter().map(String::as_str).collect::<Vec<_>>()).await;
        // A node that was just started: its ring is empty.
        let second = world.start_node(settings()).await;
        let mut pages = Vec::new();
        for _ in 0..30 {
            pages.push(world.page_at(second, "ann").await);
        }
        for page in &pages {
            page.follow_from(ROOM, &missed_from);
        }
        for page in &pages {
            page.until("all came", |seen| seen.said(ROOM) == missed).await;
        }
        let text = world.node(second).measurements();
        let reads =
            text.lines().find_map(|line| line.strip_prefix("sputnik_broker_seconds_count{operation=\"since\"} "));
        // The janitor may look once by itself.
        assert!(reads.is_some_and(|reads| reads.parse::<u32>().unwrap() <= 2), "{reads:?}");
    }

    async fn what_a_node_did_is_counted(world: &mut World) {
        let mut ann = world.joined("ann").await;
        for text in ["one", "two"] {
            crate::world::say(&mut ann, text).await.unwrap();
        }
        ann.until_said(ROOM, &["one", "two"]).await;
        ann.connect().await;
        let _: Result<(), _> = ann.call(app::Panics::PATH, json!({})).await;
        // As a form does, without naming a client.
        let path = format!("{}{}", ann.site, app::Lock::PATH);
        let nonsense = json!({ "room": ROOM, "name": "pen", "what": "eat" });
        ann.browser.post(&path, &[], nonsense.to_string()).await.unwrap();
        let text = world.node(0).measurements();
        for line in [
            r#"sputnik_commands_total{name="lock",result="bad_request"} 1"#,
            r#"sputnik_connections{transport="Socket"} 1"#,
            "sputnik_clients 1",
            "sputnik_present 1",
            "sputnik_reconnects_total 1",
            r#"sputnik_recoveries_total{source="Ring"} 1"#,
            r#"result="ok"} 2"#,
            r#"result="internal"} 1"#,
            r#"sputnik_broker_seconds_count{operation="publish"} 2"#,
        ] {
            assert!(text.lines().any(|other| other.ends_with(line)), "{line} is missing in\n{text}");
        }
    }
}
