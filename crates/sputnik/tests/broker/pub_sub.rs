//! Publish and subscribe: whom an entry or a whisper reaches at once.

use crate::world::{LONG, World, book, channel, client, next, next_entry, pen, said, until, who};
use bytes::Bytes;
use serde_json::json;
use sputnik::server::broker::{Claim, Wake};
use std::time::Duration;

promises!(
    every_watching_node_is_woken_with_the_entry_and_its_position,
    wakes_come_in_the_order_of_the_log,
    a_node_is_not_woken_for_what_it_does_not_watch,
    watching_twice_wakes_once,
    a_node_that_unwatches_is_not_woken_again,
    whatever_is_logged_wakes,
    what_is_not_logged_does_not_wake,
    a_whisper_reaches_those_who_watch_and_no_log,
    a_node_that_does_not_keep_up_is_told_and_nothing_waits_without_bound,
    dropping_the_watch_ends_the_wakes,
);

async fn every_watching_node_is_woken_with_the_entry_and_its_position(world: &World) {
    let (watch_a, mut wakes_a) = world.a.wakes().await.unwrap();
    let (watch_b, mut wakes_b) = world.b.wakes().await.unwrap();
    watch_a.watch(&book()).await.unwrap();
    watch_b.watch(&book()).await.unwrap();
    let at = world.a.publish(&book(), said(1), None).await.unwrap();
    for wakes in [&mut wakes_a, &mut wakes_b] {
        let Wake::Entry { channel, at: woken, entry } = next(wakes).await else { panic!("not an entry") };
        assert_eq!((channel, woken, entry), (book(), at.clone(), said(1)));
    }
}

async fn wakes_come_in_the_order_of_the_log(world: &World) {
    let (watch, mut wakes) = world.b.wakes().await.unwrap();
    watch.watch(&book()).await.unwrap();
    let publish = |broker: &std::sync::Arc<dyn sputnik::server::broker::Broker>| {
        let broker = broker.clone();
        tokio::spawn(async move {
            for number in 0..50 {
                broker.publish(&book(), said(number), None).await.unwrap();
            }
        })
    };
    let (one, two) = (publish(&world.a), publish(&world.b));
    for offset in 1..=100 {
        assert_eq!(next_entry(&mut wakes).await.0.offset, offset);
    }
    one.await.unwrap();
    two.await.unwrap();
}

async fn a_node_is_not_woken_for_what_it_does_not_watch(world: &World) {
    let (watch, mut wakes) = world.b.wakes().await.unwrap();
    watch.watch(&book()).await.unwrap();
    for name in ["book/70", "book", "book/8"] {
        world.a.publish(&channel(name), said(0), None).await.unwrap();
    }
    world.a.publish(&book(), said(1), None).await.unwrap();
    assert_eq!(next_entry(&mut wakes).await.1.as_bytes(), said(1));
}

async fn watching_twice_wakes_once(world: &World) {
    let (watch, mut wakes) = world.b.wakes().await.unwrap();
    watch.watch(&book()).await.unwrap();
    watch.watch(&book()).await.unwrap();
    world.a.publish(&book(), said(1), None).await.unwrap();
    world.a.publish(&book(), said(2), None).await.unwrap();
    assert_eq!(next_entry(&mut wakes).await.0.offset, 1);
    assert_eq!(next_entry(&mut wakes).await.0.offset, 2);
}

async fn a_node_that_unwatches_is_not_woken_again(world: &World) {
    let (watch, mut wakes) = world.b.wakes().await.unwrap();
    watch.watch(&book()).await.unwrap();
    watch.watch(&channel("end")).await.unwrap();
    world.a.publish(&book(), said(1), None).await.unwrap();
    assert_eq!(next_entry(&mut wakes).await.0.offset, 1);
    watch.unwatch(&book()).await.unwrap();
    world.a.publish(&book(), said(2), None).await.unwrap();
    world.a.publish(&channel("end"), said(3), None).await.unwrap();
    assert_eq!(next_entry(&mut wakes).await.1.as_bytes(), said(3));
}

async fn whatever_is_logged_wakes(world: &World) {
    let (watch, mut wakes) = world.b.wakes().await.unwrap();
    watch.watch(&book()).await.unwrap();
    let start = world.top().await;
    world.join(&["c1", "c2"]).await;
    world.a.show(&book(), &client("c1"), &json!({"at": 3})).await.unwrap();
    world.a.acquire(&book(), &pen(), &client("c1"), false, 0).await.unwrap();
    world.a.part(&book(), &client("c1"), Duration::ZERO).await.unwrap();
    let logged = world.after(&start).await;
    assert_eq!(logged.len(), 6, "two come, one moves, takes the lock, leaves, the lock is free: {logged:?}");
    for (offset, entry) in (1..).zip(logged) {
        let (at, woken) = next_entry(&mut wakes).await;
        assert_eq!((at.offset, woken), (offset, entry));
    }
}

async fn what_is_not_logged_does_not_wake(world: &World) {
    world.join(&["c1"]).await;
    world.a.publish(&book(), said(0), Some(5)).await.unwrap();
    let (watch, mut wakes) = world.b.wakes().await.unwrap();
    watch.watch(&book()).await.unwrap();
    world.join(&["c1"]).await;
    world.a.show(&book(), &client("c1"), &json!(null)).await.unwrap();
    world.a.renew(&[(book(), client("c1"))], LONG).await.unwrap();
    world.a.release(&book(), &pen(), &client("c1")).await.unwrap();
    world.a.publish(&book(), said(0), Some(5)).await.unwrap();
    world.a.publish(&book(), said(1), Some(6)).await.unwrap();
    assert_eq!(next_entry(&mut wakes).await.1.as_bytes(), said(1));
}

async fn a_whisper_reaches_those_who_watch_and_no_log(world: &World) {
    let (watch, mut wakes) = world.b.wakes().await.unwrap();
    watch.watch(&book()).await.unwrap();
    let start = world.top().await;
    let body = Bytes::from_static(br#"{"caret":[1,":",2]}"#);
    world.a.whisper(&book(), &client("c1"), body.clone()).await.unwrap();
    let Wake::Whisper { channel, from, body: heard } = next(&mut wakes).await else { panic!("not a whisper") };
    assert_eq!((channel, from, heard), (book(), client("c1"), body));
    assert_eq!(world.top().await, start);
}

async fn a_node_that_does_not_keep_up_is_told_and_nothing_waits_without_bound(world: &World) {
    let (watch, mut wakes) = world.b.wakes().await.unwrap();
    watch.watch(&book()).await.unwrap();
    for round in 0..5 {
        let (book, from) = (book(), client("c1"));
        let burst = (0..1_000).map(|_| world.a.whisper(&book, &from, Bytes::from_static(b"1")));
        futures::future::try_join_all(burst).await.unwrap();
        assert!(wakes.len() <= 4_096, "after {round} bursts {} wakes wait", wakes.len());
    }
    until("the node is told", || std::future::ready(wakes.len() == 4_096)).await;
    let mut told = 0;
    while let Ok(wake) = wakes.try_recv() {
        told += usize::from(matches!(wake, Wake::Lost));
    }
    assert_eq!(told, 1);
    // Whatever of the bursts was still under way may come first.
    world.a.publish(&book(), said(9), None).await.unwrap();
    loop {
        if let Wake::Entry { entry, .. } = next(&mut wakes).await {
            assert_eq!(entry, said(9), "and it goes on");
            break;
        }
    }
}

async fn dropping_the_watch_ends_the_wakes(world: &World) {
    let (watch, mut wakes) = world.b.wakes().await.unwrap();
    watch.watch(&book()).await.unwrap();
    drop(watch);
    world.a.join(&book(), &who("c1"), &Claim::default(), None, LONG).await.unwrap();
    until("the wakes end", || std::future::ready(wakes.try_recv().is_err() && wakes.is_closed())).await;
}
