//! What cannot be continued is told.

use crate::{
    support::client::{Page, Transport},
    world::{ROOM, World, said, until},
};
use sputnik::{Epoch, Position};

promises!(
    a_position_the_log_was_trimmed_past_is_a_gap,
    a_position_of_another_epoch_is_a_gap,
    a_position_ahead_of_the_log_is_a_gap,
    after_a_gap_nothing_comes_until_one_follows_anew,
);

/// A page at this position meets a gap there, is told where the log stands, and nothing else.
async fn is_a_gap(world: &World, at: &Position) -> Page {
    let page = world.page("ann").await;
    page.follow_from(ROOM, at);
    page.until("a gap is told", |seen| !seen.channel(ROOM).gaps.is_empty()).await;
    let top = world.top().await;
    page.seen(|seen| {
        assert_eq!(seen.channel(ROOM).gaps, [top]);
        assert!(seen.channel(ROOM).came.is_empty(), "nothing after a gap");
    });
    page
}

async fn a_position_the_log_was_trimmed_past_is_a_gap(world: &mut World) {
    let start = world.top().await;
    // More than the log and the node's ring keep.
    for number in 0..300 {
        world.announce(&number.to_string()).await;
    }
    let page = is_a_gap(world, &start).await;
    // With a new snapshot it goes on.
    page.follow_from(ROOM, &world.top().await);
    world.announce("on").await;
    page.until_said(ROOM, &["on"]).await;
}

async fn a_position_of_another_epoch_is_a_gap(world: &mut World) {
    world.announce("something").await;
    let other: Epoch = "another".parse().unwrap();
    is_a_gap(world, &Position::new(other.clone(), 0)).await;
    is_a_gap(world, &Position::new(other, 1)).await;
}

async fn a_position_ahead_of_the_log_is_a_gap(world: &mut World) {
    let top = world.announce("something").await;
    is_a_gap(world, &Position::new(top.epoch.clone(), top.offset + 1)).await;
    is_a_gap(world, &Position::new(top.epoch, u64::MAX)).await;
}

async fn after_a_gap_nothing_comes_until_one_follows_anew(world: &mut World) {
    let elsewhere = Position::new("another".parse().unwrap(), 7);
    let page = is_a_gap(world, &elsewhere).await;
    page.follow("room/8").await;
    world.announce("unheard").await;
    world.node(0).publish(&"room/8".parse().unwrap(), &said("heard")).await.unwrap();
    page.until_said("room/8", &["heard"]).await;
    page.until_told_all().await;
    assert!(page.seen(|seen| seen.channel(ROOM).came.is_empty()));
    page.follow(ROOM).await;
    world.announce("heard again").await;
    page.until_said(ROOM, &["heard again"]).await;
}

mod lost {
    use super::*;

    tests!(redis_socket, Redis, Socket, a_log_that_was_lost_is_a_gap_while_one_listens);
    tests!(redis_long_poll, Redis, LongPoll, a_log_that_was_lost_is_a_gap_while_one_listens);

    async fn a_log_that_was_lost_is_a_gap_while_one_listens(world: &mut World) {
        let mut page = world.page("ann").await;
        page.follow(ROOM).await;
        world.announce("kept nowhere").await;
        page.until_said(ROOM, &["kept nowhere"]).await;
        world.lose_everything();
        until("the node speaks with Redis again", async || {
            world.node(0).publish(&ROOM.parse().unwrap(), &said("anew")).await.is_ok()
        })
        .await;
        if world.transport == Transport::Socket {
            // Nobody knows who signed out meanwhile: everybody is asked anew who they are.
            until("she is asked who she is", async || !page.is_connected()).await;
            page.connect().await;
        }
        page.until("a gap is told", |seen| !seen.channel(ROOM).gaps.is_empty()).await;
        page.follow(ROOM).await;
        world.announce("and on").await;
        page.until("it goes on", |seen| seen.said(ROOM).last().is_some_and(|said| said == "and on")).await;
    }
}
