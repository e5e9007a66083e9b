//! Nodes that come and go.

use crate::world::{ROOM, World, settings};
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
