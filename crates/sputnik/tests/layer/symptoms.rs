//! What went wrong elsewhere, each by the name of what people saw. What has a test of its own under another name:
//!
//! | symptom | where | here |
//! | --- | --- | --- |
//! | a change between page and subscription is never seen | `ActionCable` | `messages::nothing_falls_between_a_page_and_its_live_connection` |
//! | an unknown last id waits for ever | Mercure | `gaps::a_position_of_another_epoch_is_a_gap` |
//! | an old connection's timeout ends the new one | Socket.IO | `presence::an_old_socket_that_closes_late_does_not_end_the_new_one` |
//! | ghosts after a server was killed | Phoenix, Sockudo | `presence::the_clients_of_a_killed_node_leave_within_a_lease` |
//! | one join and leave a tab | Reverb | `presence::two_tabs_are_two_clients_and_one_person` |
//! | messages of a poll in reverse order | the ancestor | `messages::messages_reach_every_client_in_one_order` |
//! | a lost answer loses what was in it | the ancestor | `messages::reading_from_a_position_again_gives_the_same_again` |
//! | two who open at once both hold the lock | the ancestor | `of_many_who_ask_at_once_one_holds_it` of the brokers |
//! | deaf after the broker came back, and healthy | Centrifugo | `a_node_whose_wakes_were_ended_is_not_deaf` under fault |

use crate::{
    support::client::{Page, Transport},
    world::{ROOM, World, pen, settings, until},
};
use serde_json::json;
use tokio::time::sleep;

promises!(
    recovers_when_nothing_was_ever_sent,
    recovers_a_second_time_as_the_first,
    follow_unfollow_follow_ends_following,
    the_same_person_in_two_tabs_holds_a_lock_once,
    a_lock_taken_from_one_who_left_does_not_throw_them_out_later,
    a_woken_laptop_is_not_silently_deaf,
);

// Socket.IO: the state of a connection was only recoverable after the server had sent an event.
async fn recovers_when_nothing_was_ever_sent(world: &mut World) {
    let mut page = world.page("ann").await;
    page.follow(ROOM).await;
    let me = page.client();
    page.cut();
    world.announce("the first ever").await;
    page.connect().await;
    page.until_said(ROOM, &["the first ever"]).await;
    assert!(page.seen(|seen| seen.channel(ROOM).gaps.is_empty()));
    assert_eq!(page.client(), me);
}

// Socket.IO: the timeout of the first, lost connection wiped what the second had recovered.
async fn recovers_a_second_time_as_the_first(world: &mut World) {
    let (onlooker, mut ann) = (world.onlooker().await, world.joined("ann").await);
    let mut said = Vec::new();
    for text in ["one", "two"] {
        let old = (world.transport == Transport::Socket).then(|| ann.freeze());
        ann.cut();
        world.announce(text).await;
        said.push(text);
        ann.connect().await;
        ann.until_said(ROOM, &said).await;
        // Until the server has given up the old connection, and anything that might do has been done.
        sleep(settings().ping * 4 + settings().grace).await;
        drop(old);
    }
    world.announce("three").await;
    said.push("three");
    ann.until_said(ROOM, &said).await;
    onlooker.until_told_all().await;
    assert_eq!(onlooker.seen(|seen| seen.channel(ROOM).comings_and_goings(&ann.client())), (1, 0));
}

// ActionCable: of a quick unsubscribe and subscribe the unsubscribe won, and the page was a ghost.
async fn follow_unfollow_follow_ends_following(world: &mut World) {
    let page = world.page("ann").await;
    page.follow(ROOM).await;
    for _ in 0..5 {
        page.unfollow(ROOM);
        page.start_following(ROOM, None, None);
    }
    page.until("it follows", |seen| seen.channel(ROOM).at().is_some()).await;
    page.until_told_all().await;
    world.announce("heard once").await;
    page.until_said(ROOM, &["heard once"]).await;
    page.until_told_all().await;
    assert_eq!(page.seen(|seen| seen.channel(ROOM).came.len()), 1);
}

// The ancestor: the holder was a user's name, so the same person in a second tab wrote as well.
async fn the_same_person_in_two_tabs_holds_a_lock_once(world: &mut World) {
    let mut first = world.joined("ann").await;
    let mut second = Page::open(&first.browser, world.site(0), world.transport).await;
    second.join(ROOM, json!({})).await;
    let held = pen(&mut first, "take", None).await.unwrap();
    let asked = pen(&mut second, "take", None).await.unwrap();
    assert!(held.is_held_by(&first.client()));
    assert_eq!(asked, held, "it is the other tab's");
}

// The ancestor: a lock that was killed left a mark, which threw its holder out the next time they took it.
async fn a_lock_taken_from_one_who_left_does_not_throw_them_out_later(world: &mut World) {
    let (mut ann, mut bob) = (world.joined("ann").await, world.joined("bob").await);
    pen(&mut ann, "take", None).await.unwrap();
    let me = ann.client();
    ann.unfollow(ROOM);
    bob.until("ann has left", |seen| !seen.channel(ROOM).is_here(&me)).await;
    pen(&mut bob, "take over", None).await.unwrap();
    pen(&mut bob, "release", None).await.unwrap();
    ann.join(ROOM, json!({})).await;
    let held = pen(&mut ann, "take", None).await.unwrap();
    bob.until("ann holds it", |seen| seen.channel(ROOM).lock("pen").is_some_and(|pen| pen.is_held_by(&me))).await;
    sleep(settings().lease).await;
    assert_eq!(world.pen().await, held, "and goes on holding it");
}

// The ancestor: a client that slept for more than two minutes was in no channel any more, polled happily, and heard
// nothing until it was reloaded.
async fn a_woken_laptop_is_not_silently_deaf(world: &mut World) {
    let mut ann = world.joined("ann").await;
    let onlooker = world.onlooker().await;
    let held = pen(&mut ann, "take", None).await.unwrap();
    let me = ann.client();
    let asleep = (world.transport == Transport::Socket).then(|| ann.freeze());
    ann.cut();
    // Longer than its lease, and than the log reaches back.
    onlooker.until("the sleeper has left", |seen| !seen.channel(ROOM).is_here(&me)).await;
    assert_eq!(world.pen().await.holder, None, "and holds nothing");
    for number in 0..300 {
        world.announce(&number.to_string()).await;
    }
    // While the node itself still hears of it, a reader might keep up.
    onlooker.until("the node has heard all", |seen| seen.said(ROOM).len() == 300).await;
    ann.connect().await;
    drop(asleep);
    ann.until("it is told that it missed something", |seen| !seen.channel(ROOM).gaps.is_empty()).await;
    until("it is here again", async || {
        world.node(0).broker().roster(&ROOM.parse().unwrap()).await.unwrap().find(&me).is_some()
    })
    .await;
    // From a new snapshot it hears all.
    ann.join(ROOM, json!({})).await;
    world.announce("good morning").await;
    ann.until_said(ROOM, &["good morning"]).await;
    assert!(pen(&mut ann, "take", None).await.unwrap().fence > held.fence, "what it wrote under the old one is stale");
}
