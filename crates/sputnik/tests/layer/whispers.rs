//! Whispers: hot and forgettable.

use crate::{
    support::client::Transport,
    world::{ROOM, World, settings},
};
use serde_json::json;

promises!(whispers_reach_the_others_and_stand_in_no_log, of_many_whispers_the_newest_arrives);

async fn whispers_reach_the_others_and_stand_in_no_log(world: &mut World) {
    let second = world.start_node(settings()).await;
    let (ann, bob) = (world.joined("ann").await, world.joined("bob").await);
    let cid = world.page_at(second, "cid").await;
    cid.follow(ROOM).await;
    bob.until_told_all().await;
    let top = world.top().await;
    let from = ann.client();
    let whispered = (from.clone(), json!({ "caret": 7 }));
    ann.whisper(ROOM, whispered.1.clone());
    for page in [&bob, &cid] {
        page.until("the whisper comes", |seen| seen.channel(ROOM).whispers.contains(&whispered)).await;
    }
    assert_eq!(world.top().await, top, "it stands in no log");
}

async fn of_many_whispers_the_newest_arrives(world: &mut World) {
    let (ann, bob) = (world.joined("ann").await, world.joined("bob").await);
    bob.until_told_all().await;
    let count = if world.transport == Transport::Socket { 200 } else { 10 };
    for number in 0..count {
        ann.whisper(ROOM, json!(number));
    }
    bob.until("the newest comes", |seen| seen.channel(ROOM).whispers.iter().any(|(_, body)| *body == json!(count - 1)))
        .await;
    bob.seen(|seen| {
        let numbers: Vec<u64> = seen.channel(ROOM).whispers.iter().filter_map(|(_, body)| body.as_u64()).collect();
        let last = numbers[numbers.len() - 1];
        assert_eq!(last, count - 1, "an older one never comes after the newest: {numbers:?}");
    });
}
