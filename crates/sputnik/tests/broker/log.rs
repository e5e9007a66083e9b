//! The log: order, positions, gaps, versions.

use crate::world::{World, book, channel, entries, said, texts};
use bytes::Bytes;
use futures::future::join_all;
use sputnik::{Epoch, Position, server::broker::Since};

promises!(
    a_channel_never_written_to_has_a_position_with_nothing_after_it,
    offsets_count_up_from_one_without_a_hole,
    what_one_node_publishes_the_other_reads_in_order,
    reading_removes_nothing,
    a_reader_may_take_a_few_at_a_time,
    a_position_of_another_epoch_is_a_gap,
    a_position_in_a_channel_that_does_not_exist_is_a_gap,
    a_position_ahead_of_the_log_is_a_gap,
    a_position_the_log_was_trimmed_past_is_a_gap,
    a_log_keeps_so_many_bytes_and_its_newest_entry_whatever_that_has,
    a_version_is_published_once_whoever_offers_it_however_often,
    a_version_below_one_already_published_is_passed_over,
    entries_without_a_version_leave_versions_alone,
    large_versions_are_told_apart,
    nodes_that_publish_at_once_get_each_an_offset_of_their_own,
    channels_share_nothing,
    an_entry_is_kept_byte_for_byte,
);

async fn publish(world: &World, count: usize) -> Position {
    let start = world.top().await;
    for number in 0..count {
        world.a.publish(&book(), said(number), None).await.unwrap();
    }
    start
}

async fn a_channel_never_written_to_has_a_position_with_nothing_after_it(world: &World) {
    let check = world.a.check(&book()).await.unwrap();
    assert_eq!(check.top.offset, 0);
    assert_eq!(check.next_due, None);
    assert_eq!(world.b.check(&book()).await.unwrap(), check, "and both nodes are told the same one");
    assert!(entries(&*world.b, &check.top).await.is_empty());
}

async fn offsets_count_up_from_one_without_a_hole(world: &World) {
    let epoch = world.top().await.epoch;
    for offset in 1..=5 {
        let broker = if offset % 2 == 0 { &world.a } else { &world.b };
        let at = broker.publish(&book(), said(0), None).await.unwrap();
        assert_eq!(at, Position::new(epoch.clone(), offset));
    }
    assert_eq!(world.top().await.offset, 5);
}

async fn what_one_node_publishes_the_other_reads_in_order(world: &World) {
    let start = publish(world, 10).await;
    let read = entries(&*world.b, &start).await;
    assert_eq!(read, (0..10).map(|number| (number as u64 + 1, said(number))).collect::<Vec<_>>());
}

async fn reading_removes_nothing(world: &World) {
    let start = publish(world, 3).await;
    let first = entries(&*world.a, &start).await;
    assert_eq!(first.len(), 3);
    assert_eq!(entries(&*world.a, &start).await, first);
}

async fn a_reader_may_take_a_few_at_a_time(world: &World) {
    let mut at = publish(world, 7).await;
    let mut read = Vec::new();
    for expected in [3, 3, 1, 0] {
        let Since::Entries(some) = world.b.since(&book(), &at, 3).await.unwrap() else { panic!("a gap") };
        assert_eq!(some.len(), expected);
        at.offset = some.last().map_or(at.offset, |(offset, _)| *offset);
        read.extend(texts(&some));
    }
    assert_eq!(read, (0..7).map(|number| String::from_utf8(said(number).to_vec()).unwrap()).collect::<Vec<_>>());
}

async fn a_position_of_another_epoch_is_a_gap(world: &World) {
    publish(world, 3).await;
    let elsewhere = Position::new(Epoch::of(7), 3);
    assert_eq!(world.a.since(&book(), &elsewhere, 10).await.unwrap(), Since::Gap);
}

async fn a_position_in_a_channel_that_does_not_exist_is_a_gap(world: &World) {
    let nowhere = Position::new(Epoch::of(7), 0);
    assert_eq!(world.a.since(&book(), &nowhere, 10).await.unwrap(), Since::Gap);
}

async fn a_position_ahead_of_the_log_is_a_gap(world: &World) {
    let mut at = publish(world, 3).await;
    at.offset = 4;
    assert_eq!(world.a.since(&book(), &at, 10).await.unwrap(), Since::Gap);
}

async fn a_position_the_log_was_trimmed_past_is_a_gap(world: &World) {
    let start = publish(world, 350).await;
    assert_eq!(world.a.since(&book(), &start, 10).await.unwrap(), Since::Gap);
    let kept = Position::new(start.epoch, 250);
    assert_eq!(entries(&*world.a, &kept).await.len(), 100, "what may be kept is kept");
}

async fn a_log_keeps_so_many_bytes_and_its_newest_entry_whatever_that_has(world: &World) {
    let start = world.top().await;
    let large = |bytes: usize| Bytes::from(format!("\"{}\"", "x".repeat(bytes)));
    for number in 0..60 {
        world.a.publish(&book(), large(20_000 + number), None).await.unwrap();
        world.a.publish(&book(), said(number), None).await.unwrap();
    }
    assert_eq!(world.a.since(&book(), &start, 10).await.unwrap(), Since::Gap);
    let lately = Position::new(start.epoch.clone(), 120 - 16);
    assert_eq!(entries(&*world.a, &lately).await.len(), 16, "what has room is kept");
    let earlier = Position::new(start.epoch.clone(), 120 - 24);
    assert_eq!(world.a.since(&book(), &earlier, 10).await.unwrap(), Since::Gap, "and no more");
    world.b.publish(&book(), large(300_000), None).await.unwrap();
    let last = Position::new(start.epoch, 120);
    assert_eq!(entries(&*world.a, &last).await, [(121, large(300_000))]);
}

async fn a_version_is_published_once_whoever_offers_it_however_often(world: &World) {
    let start = world.top().await;
    let offers = (1..=5).flat_map(|version| [(&world.a, version), (&world.b, version), (&world.a, version)]);
    for (broker, version) in offers {
        let at = broker.publish(&book(), said(version as usize), Some(version)).await.unwrap();
        assert_eq!(at.offset, version, "an entry that was there already answers the top");
    }
    assert_eq!(entries(&*world.a, &start).await.len(), 5);
}

async fn a_version_below_one_already_published_is_passed_over(world: &World) {
    let start = world.top().await;
    for version in [7, 6, 7, 1, 8] {
        world.a.publish(&book(), said(version), Some(version as u64)).await.unwrap();
    }
    let read = entries(&*world.a, &start).await;
    assert_eq!(read, [(1, said(7)), (2, said(8))]);
}

async fn entries_without_a_version_leave_versions_alone(world: &World) {
    let start = world.top().await;
    for version in [Some(2), None, Some(1), None, Some(3)] {
        world.a.publish(&book(), said(0), version).await.unwrap();
    }
    assert_eq!(entries(&*world.a, &start).await.len(), 4);
}

async fn large_versions_are_told_apart(world: &World) {
    let start = world.top().await;
    let large = 1 << 60;
    for version in [99, 100, large, large, large + 1, large] {
        world.a.publish(&book(), said(0), Some(version)).await.unwrap();
    }
    assert_eq!(entries(&*world.a, &start).await.len(), 4);
}

async fn nodes_that_publish_at_once_get_each_an_offset_of_their_own(world: &World) {
    let start = world.top().await;
    let publish = |number| {
        let broker = if number % 2 == 0 { world.a.clone() } else { world.b.clone() };
        tokio::spawn(async move { (broker.publish(&book(), said(number), None).await.unwrap().offset, said(number)) })
    };
    let mut published: Vec<_> = join_all((0..100).map(publish)).await.into_iter().map(Result::unwrap).collect();
    published.sort();
    assert_eq!(entries(&*world.a, &start).await, published, "each stands where its publisher was told");
}

async fn channels_share_nothing(world: &World) {
    world.a.publish(&book(), said(1), Some(9)).await.unwrap();
    let other = channel("book/8");
    let at = world.a.publish(&other, said(2), Some(3)).await.unwrap();
    assert_eq!(at.offset, 1);
    assert_ne!(at.epoch, world.top().await.epoch);
}

async fn an_entry_is_kept_byte_for_byte(world: &World) {
    let start = world.top().await;
    let odd = ["", ":", "a:b:1:{}", "line\nline\r\n", "\u{0}\u{1F680}é", &"x".repeat(100_000)];
    for entry in odd {
        world.a.publish(&book(), Bytes::copy_from_slice(entry.as_bytes()), None).await.unwrap();
    }
    assert_eq!(world.after(&start).await, odd);
}
