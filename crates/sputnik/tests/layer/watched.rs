//! When nodes tell how they stand, to whom, and how much.

use crate::{
    overview::{OVERVIEW, until_told, watcher},
    support::client::Browser,
    world::{World, say, until},
};
use serde_json::json;
use sputnik::{
    ChannelName, Code,
    protocol::{frame::Ask, overview::NodeOverview},
    server::broker::Wake,
};
use std::time::Duration;
use tokio::time::timeout;

promises_of_sockets!(
    a_node_nobody_watches_tells_nothing,
    the_overview_is_for_those_the_application_lets_in,
    the_overview_tells_how_much_is_done,
    however_many_clients_there_are_the_list_is_short,
);

async fn a_node_nobody_watches_tells_nothing(world: &mut World) {
    let (watch, mut wakes) = world.node(0).broker().wakes().await.unwrap();
    watch.watch(&ChannelName::overview()).await.unwrap();
    let mut whispered = async |time| {
        let whisper = async {
            while let Some(wake) = wakes.recv().await {
                if matches!(wake, Wake::Whisper { .. }) {
                    return;
                }
            }
        };
        timeout(time, whisper).await.is_ok()
    };
    let _ann = world.joined("ann").await;
    assert!(!whispered(Duration::from_millis(1_500)).await, "nobody watches");
    let mut watcher = watcher(world).await;
    assert!(whispered(Duration::from_secs(10)).await, "somebody watches");
    watcher.leave().await;
    let gone = || async { world.node(0).broker().roster(&ChannelName::overview()).await.unwrap().here.is_empty() };
    until("the watcher is gone", gone).await;
    // One may have been under way.
    whispered(Duration::from_millis(1_200)).await;
    assert!(!whispered(Duration::from_millis(1_500)).await, "nobody watches any more");
}

async fn the_overview_is_for_those_the_application_lets_in(world: &mut World) {
    let ann = world.page("ann").await;
    ann.start_following(OVERVIEW, None, Some(json!({})));
    ann.until("it is refused", |seen| seen.channel(OVERVIEW).ended.is_some()).await;
    assert_eq!(ann.seen(|seen| seen.channel(OVERVIEW).ended.clone().unwrap().code), Code::NotFound);
    assert!(world.node(0).broker().roster(&ChannelName::overview()).await.unwrap().here.is_empty());
}

async fn the_overview_tells_how_much_is_done(world: &mut World) {
    let mut ann = world.joined("ann").await;
    let watcher = watcher(world).await;
    // What a rate is measured from is known after the first second.
    let twice = || async { watcher.seen(|seen| seen.channel(OVERVIEW).whispers.len() >= 2) };
    until("it is told twice", twice).await;
    let done = || {
        let overviews = watcher.seen(|seen| {
            let whispers = seen.channel(OVERVIEW).whispers.iter();
            whispers.map(|(_, body)| serde_json::from_value::<NodeOverview>(body.clone()).unwrap()).collect::<Vec<_>>()
        });
        let sum = |of: fn(&NodeOverview) -> f32| overviews.iter().map(of).sum::<f32>();
        [sum(|it| it.rates.messages), sum(|it| it.rates.deliveries), sum(|it| it.rates.commands)]
    };
    let before = done();
    for number in 0..5 {
        say(&mut ann, &number.to_string()).await.unwrap();
    }
    // Each second tells how much was done in it: told for some seconds, they add up to all that was.
    until("five messages were counted, their deliveries and their commands", || async {
        done().iter().zip(before).all(|(now, before)| now - before > 3.0)
    })
    .await;
}

async fn however_many_clients_there_are_the_list_is_short(world: &mut World) {
    for _ in 0..2 {
        let browser = Browser::of("ann");
        browser.visit(world.site(0)).await;
        for _ in 0..115 {
            // A poll that was answered is a client for a lease.
            browser.ask(world.site(0), false, &Ask::default()).await.unwrap();
        }
    }
    let overview = world.node(0).overview().await;
    assert_eq!((overview.clients.listed.len(), overview.clients.all), (200, 230));
    let watcher = watcher(world).await;
    until_told(&watcher, "who was not heard for a lease is forgotten", |site| {
        site.nodes.values().all(|node| node.clients == 1) && !site.nodes.is_empty()
    })
    .await;
}
