//! Locks, as commands use them.

use crate::world::{ROOM, World, pen, settings};
use serde_json::json;
use sputnik::{Code, LockState};
use tokio::time::sleep;

promises!(
    a_lock_goes_from_hand_to_hand_with_rising_fences,
    whoever_is_not_present_holds_nothing,
    a_lock_whose_holder_leaves_goes_to_the_first_who_waits,
    a_reload_keeps_the_lock_and_its_fence,
    a_reload_keeps_the_place_in_the_queue,
);

async fn a_lock_goes_from_hand_to_hand_with_rising_fences(world: &mut World) {
    let onlooker = world.onlooker().await;
    let (mut ann, mut bob, mut cid) = (world.joined("ann").await, world.joined("bob").await, world.joined("cid").await);
    let [a, b, c] = [ann.client(), bob.client(), cid.client()];
    let state = |fence: u64, holder, queue: &[_]| LockState {
        name: "pen".parse().unwrap(),
        fence,
        holder,
        queue: queue.to_vec(),
    };

    let taken = pen(&mut ann, "take", None).await.unwrap();
    let first = taken.fence;
    assert_eq!(taken, state(first, Some(a.clone()), &[]));
    assert_eq!(pen(&mut bob, "take", None).await.unwrap(), taken, "it is ann's");
    pen(&mut cid, "ask", None).await.unwrap();
    let waited = pen(&mut bob, "ask", None).await.unwrap();
    assert_eq!(waited, state(first, Some(a.clone()), &[c.clone(), b.clone()]), "in the order they asked");

    let handed = pen(&mut ann, "hand over", Some(&bob)).await.unwrap();
    let second = handed.fence;
    assert!(second > first);
    assert_eq!(handed, state(second, Some(b.clone()), std::slice::from_ref(&c)));
    let not_hers = pen(&mut ann, "hand over", Some(&cid)).await.unwrap_err();
    assert_eq!(not_hers.code, Code::Stale);

    let over = pen(&mut ann, "take over", None).await.unwrap();
    let third = over.fence;
    assert!(third > second);
    assert_eq!(over, state(third, Some(a.clone()), std::slice::from_ref(&c)));
    let released = pen(&mut ann, "release", None).await.unwrap();
    let fourth = released.fence;
    assert!(fourth > third);
    assert_eq!(released, state(fourth, Some(c.clone()), &[]), "it passes to who waits");
    assert_eq!(pen(&mut cid, "release", None).await.unwrap(), state(0, None, &[]));
    assert!(pen(&mut bob, "take", None).await.unwrap().fence > fourth, "free or not, fences rise");

    onlooker.until("bob holds it", |seen| seen.channel(ROOM).lock("pen").is_some_and(|lock| lock.fence > fourth)).await;
    onlooker.until_told_all().await;
    let pen = world.pen().await;
    assert_eq!(onlooker.seen(|seen| seen.channel(ROOM).lock("pen")), Some(pen), "what was told is how it stands");
}

async fn whoever_is_not_present_holds_nothing(world: &mut World) {
    let mut ann = world.page("ann").await;
    ann.follow(ROOM).await;
    for what in ["take", "ask", "take over"] {
        assert_eq!(pen(&mut ann, what, None).await.unwrap_err().code, Code::LockHeld, "{what}");
    }
    assert_eq!(world.pen().await.holder, None);
}

async fn a_lock_whose_holder_leaves_goes_to_the_first_who_waits(world: &mut World) {
    let (mut ann, mut bob) = (world.joined("ann").await, world.joined("bob").await);
    let first = pen(&mut ann, "take", None).await.unwrap();
    pen(&mut bob, "ask", None).await.unwrap();
    drop(ann);
    let me = bob.client();
    bob.until("the pen is bob's", |seen| seen.channel(ROOM).lock("pen").is_some_and(|pen| pen.is_held_by(&me))).await;
    assert!(world.pen().await.fence > first.fence);
    let onlooker = world.onlooker().await;
    drop(bob);
    onlooker.until("nobody holds it", |seen| seen.channel(ROOM).lock("pen").is_none()).await;
    assert_eq!(world.pen().await.holder, None);
}

async fn a_reload_keeps_the_lock_and_its_fence(world: &mut World) {
    let (mut ann, mut bob) = (world.joined("ann").await, world.joined("bob").await);
    let before = pen(&mut ann, "take", None).await.unwrap();
    pen(&mut bob, "ask", None).await.unwrap();
    let ann = ann.reload().await;
    ann.join(ROOM, json!({})).await;
    let client = ann.client();
    bob.until("the reloaded page holds it", |seen| {
        seen.channel(ROOM).lock("pen").is_some_and(|pen| pen.is_held_by(&client))
    })
    .await;
    sleep(settings().grace + settings().lease).await;
    let now = world.pen().await;
    assert_eq!((now.holder, now.fence), (Some(client), before.fence));
    assert_eq!(now.queue, [bob.client()]);
}

async fn a_reload_keeps_the_place_in_the_queue(world: &mut World) {
    let (mut ann, mut bob, mut cid) = (world.joined("ann").await, world.joined("bob").await, world.joined("cid").await);
    pen(&mut ann, "take", None).await.unwrap();
    pen(&mut bob, "ask", None).await.unwrap();
    pen(&mut cid, "ask", None).await.unwrap();
    let bob = bob.reload().await;
    bob.join(ROOM, json!({})).await;
    let queue = [bob.client(), cid.client()];
    ann.until("the reloaded page waits", |seen| seen.channel(ROOM).lock("pen").is_some_and(|pen| pen.queue == queue))
        .await;
}
