//! Locks: one holder a fence number, and an orderly queue.

use crate::world::{LONG, SHORT, World, book, client, pen, until, who};
use futures::future::join_all;
use sputnik::{
    LockName, LockState,
    protocol::message::Entry,
    server::broker::{Answer, BrokerError, Claim},
};
use std::time::Duration;

promises!(
    a_free_lock_is_given_and_said,
    asking_for_what_one_has_or_waits_for_changes_nothing,
    whoever_does_not_wait_is_told_who_holds_it,
    of_many_who_ask_at_once_one_holds_it,
    whoever_waits_gets_it_in_turn,
    every_holding_has_a_higher_fence,
    a_fence_is_above_what_the_database_has_seen,
    large_fences_are_told_apart,
    a_lock_nobody_waits_for_becomes_free,
    releasing_what_one_does_not_have_is_nothing,
    whoever_gives_up_waiting_is_out_of_the_queue,
    when_its_holder_leaves_it_goes_to_the_first_who_waits,
    when_its_holders_lease_runs_out_it_goes_to_the_first_who_is_alive,
    a_waiter_that_leaves_is_out_of_the_queue,
    all_locks_of_one_who_leaves_are_passed_on,
    only_the_present_hold_or_wait,
    a_reload_keeps_lock_fence_and_place,
    the_holder_may_hand_it_over,
    only_the_holder_may_hand_it_over,
    it_can_be_taken_over_from_whoever_holds_it,
    as_many_wait_as_may_and_no_more,
    as_many_locks_are_held_as_may_and_no_more,
);

fn lock(name: &str) -> LockName {
    name.parse().unwrap()
}

fn stands(fence: u64, holder: Option<&str>, queue: &[&str]) -> LockState {
    LockState { name: pen(), fence, holder: holder.map(client), queue: queue.iter().map(|name| client(name)).collect() }
}

fn said(state: &LockState) -> String {
    Entry::Lock(state.clone()).to_json()
}

impl World {
    async fn ask(&self, name: &str) -> Answer<LockState> {
        self.a.acquire(&book(), &pen(), &client(name), true, 0).await
    }

    async fn release(&self, name: &str) -> LockState {
        self.b.release(&book(), &pen(), &client(name)).await.unwrap()
    }

    /// How the pen stands, to both nodes and in the roster.
    async fn pen(&self) -> LockState {
        let state = self.b.lock(&book(), &pen()).await.unwrap();
        assert_eq!(self.a.lock(&book(), &pen()).await.unwrap(), state);
        let listed = self.roster().await.lock(&pen()).cloned();
        assert_eq!(listed, state.holder.is_some().then(|| state.clone()), "the roster lists it while it is held");
        state
    }
}

async fn a_free_lock_is_given_and_said(world: &World) {
    world.join(&["c1"]).await;
    let start = world.top().await;
    assert_eq!(world.pen().await, stands(0, None, &[]));
    let got = world.a.acquire(&book(), &pen(), &client("c1"), false, 0).await.unwrap();
    assert_eq!(got, stands(1, Some("c1"), &[]));
    assert_eq!(world.after(&start).await, [said(&got)]);
    assert_eq!(world.pen().await, got);
}

async fn asking_for_what_one_has_or_waits_for_changes_nothing(world: &World) {
    world.join(&["c1", "c2"]).await;
    world.ask("c1").await.unwrap();
    let state = world.ask("c2").await.unwrap();
    let start = world.top().await;
    for (name, wait) in [("c1", true), ("c1", false), ("c2", true), ("c2", false)] {
        assert_eq!(world.b.acquire(&book(), &pen(), &client(name), wait, 50).await.unwrap(), state);
    }
    assert!(world.after(&start).await.is_empty());
}

async fn whoever_does_not_wait_is_told_who_holds_it(world: &World) {
    world.join(&["c1", "c2"]).await;
    let held = world.ask("c1").await.unwrap();
    let start = world.top().await;
    assert_eq!(world.b.acquire(&book(), &pen(), &client("c2"), false, 0).await.unwrap(), held);
    assert!(world.after(&start).await.is_empty());
}

async fn of_many_who_ask_at_once_one_holds_it(world: &World) {
    let names = ["c1", "c2", "c3", "c4", "c5"];
    world.join(&names).await;
    let ask = names.map(|name| async move { world.a.acquire(&book(), &pen(), &client(name), false, 0).await });
    let answers: Vec<LockState> = join_all(ask).await.into_iter().map(Result::unwrap).collect();
    assert!(answers.iter().all(|state| *state == answers[0] && state.fence == 1), "{answers:?}");
}

async fn whoever_waits_gets_it_in_turn(world: &World) {
    world.join(&["c1", "c2", "c3"]).await;
    let start = world.top().await;
    let mut states = Vec::new();
    for name in ["c1", "c2", "c3"] {
        states.push(world.ask(name).await.unwrap());
    }
    for name in ["c1", "c2", "c3"] {
        states.push(world.release(name).await);
    }
    let expected = [
        stands(1, Some("c1"), &[]),
        stands(1, Some("c1"), &["c2"]),
        stands(1, Some("c1"), &["c2", "c3"]),
        stands(2, Some("c2"), &["c3"]),
        stands(3, Some("c3"), &[]),
        stands(0, None, &[]),
    ];
    assert_eq!(states, expected);
    assert_eq!(world.after(&start).await, expected.map(|state| said(&state)));
}

async fn every_holding_has_a_higher_fence(world: &World) {
    world.join(&["c1", "c2"]).await;
    let mut highest = 0;
    for round in 0..6 {
        let name = ["c1", "c2"][round % 2];
        for lock in [pen(), lock("ink")] {
            let state = world.a.acquire(&book(), &lock, &client(name), false, 0).await.unwrap();
            assert!(state.fence > highest, "fence {} after {highest}", state.fence);
            highest = state.fence;
        }
        for lock in [pen(), lock("ink")] {
            world.b.release(&book(), &lock, &client(name)).await.unwrap();
        }
    }
}

async fn a_fence_is_above_what_the_database_has_seen(world: &World) {
    world.join(&["c1", "c2"]).await;
    assert_eq!(world.a.acquire(&book(), &pen(), &client("c1"), false, 40).await.unwrap().fence, 41);
    assert_eq!(world.a.take_over(&book(), &pen(), &client("c2"), 3).await.unwrap().fence, 42);
    assert_eq!(world.a.take_over(&book(), &pen(), &client("c1"), 100).await.unwrap().fence, 101);
    assert_eq!(world.a.hand_over(&book(), &pen(), &client("c1"), &client("c2"), 200).await.unwrap().fence, 201);
}

async fn large_fences_are_told_apart(world: &World) {
    world.join(&["c1", "c2"]).await;
    let large = 1 << 60;
    assert_eq!(world.a.acquire(&book(), &pen(), &client("c1"), false, large).await.unwrap().fence, large + 1);
    assert_eq!(world.a.take_over(&book(), &pen(), &client("c2"), large).await.unwrap().fence, large + 2);
    assert_eq!(world.pen().await.fence, large + 2);
}

async fn a_lock_nobody_waits_for_becomes_free(world: &World) {
    world.join(&["c1", "c2"]).await;
    world.ask("c1").await.unwrap();
    assert_eq!(world.release("c1").await, stands(0, None, &[]));
    assert_eq!(world.pen().await, stands(0, None, &[]));
    assert_eq!(world.ask("c2").await.unwrap(), stands(2, Some("c2"), &[]));
}

async fn releasing_what_one_does_not_have_is_nothing(world: &World) {
    world.join(&["c1", "c2"]).await;
    let start = world.top().await;
    assert_eq!(world.release("c1").await, stands(0, None, &[]));
    assert!(world.after(&start).await.is_empty());
    let held = world.ask("c1").await.unwrap();
    assert_eq!(world.release("c2").await, held);
    assert_eq!(world.release("nobody").await, held);
    assert_eq!(world.after(&start).await, [said(&held)]);
}

async fn whoever_gives_up_waiting_is_out_of_the_queue(world: &World) {
    world.join(&["c1", "c2", "c3"]).await;
    for name in ["c1", "c2", "c3"] {
        world.ask(name).await.unwrap();
    }
    let start = world.top().await;
    let state = world.release("c2").await;
    assert_eq!(state, stands(1, Some("c1"), &["c3"]));
    assert_eq!(world.after(&start).await, [said(&state)]);
}

async fn when_its_holder_leaves_it_goes_to_the_first_who_waits(world: &World) {
    world.join(&["c1", "c2", "c3"]).await;
    for name in ["c1", "c2", "c3"] {
        world.ask(name).await.unwrap();
    }
    let start = world.top().await;
    world.a.part(&book(), &client("c1"), Duration::ZERO).await.unwrap();
    let state = stands(2, Some("c2"), &["c3"]);
    assert_eq!(world.pen().await, state);
    assert_eq!(world.after(&start).await, [Entry::Left { client: client("c1") }.to_json(), said(&state)]);
}

async fn when_its_holders_lease_runs_out_it_goes_to_the_first_who_is_alive(world: &World) {
    world.join(&["c3", "c4"]).await;
    let lease = SHORT * 2;
    for name in ["c1", "c2"] {
        world.a.join(&book(), &who(name), &Claim::default(), None, lease).await.unwrap();
    }
    for name in ["c1", "c2", "c3"] {
        world.ask(name).await.unwrap();
    }
    tokio::time::sleep(lease * 2).await;
    let start = world.top().await;
    assert_eq!(world.pen().await, stands(2, Some("c3"), &[]), "both dead are passed over in one step");
    assert_eq!(world.top().await, start);
}

async fn a_waiter_that_leaves_is_out_of_the_queue(world: &World) {
    world.join(&["c1", "c2", "c3"]).await;
    for name in ["c1", "c2", "c3"] {
        world.ask(name).await.unwrap();
    }
    let start = world.top().await;
    world.a.part(&book(), &client("c2"), Duration::ZERO).await.unwrap();
    let state = stands(1, Some("c1"), &["c3"]);
    assert_eq!(world.pen().await, state);
    assert_eq!(world.after(&start).await[1..], [said(&state)]);
}

async fn all_locks_of_one_who_leaves_are_passed_on(world: &World) {
    world.join(&["c1", "c2"]).await;
    for name in ["pen", "ink", "paper"] {
        world.a.acquire(&book(), &lock(name), &client("c1"), true, 0).await.unwrap();
        world.a.acquire(&book(), &lock(name), &client("c2"), true, 0).await.unwrap();
    }
    world.a.part(&book(), &client("c1"), Duration::ZERO).await.unwrap();
    let locks = world.roster().await.locks;
    assert_eq!(locks.len(), 3);
    assert!(locks.iter().all(|lock| lock.is_held_by(&client("c2")) && lock.queue.is_empty()), "{locks:?}");
}

async fn only_the_present_hold_or_wait(world: &World) {
    world.join(&["c1"]).await;
    let absent = client("absent");
    let start = world.top().await;
    let refused = |answer: Answer<LockState>| assert!(matches!(answer, Err(BrokerError::NotPresent)), "{answer:?}");
    refused(world.a.acquire(&book(), &pen(), &absent, true, 0).await);
    refused(world.a.take_over(&book(), &pen(), &absent, 0).await);
    let held = world.ask("c1").await.unwrap();
    refused(world.a.acquire(&book(), &pen(), &absent, true, 0).await);
    refused(world.a.take_over(&book(), &pen(), &absent, 0).await);
    refused(world.a.hand_over(&book(), &pen(), &client("c1"), &absent, 0).await);
    assert_eq!(world.after(&start).await, [said(&held)]);
}

async fn a_reload_keeps_lock_fence_and_place(world: &World) {
    world.join(&["c1", "c2", "c3"]).await;
    for name in ["c1", "c2", "c3"] {
        world.ask(name).await.unwrap();
    }
    let start = world.top().await;
    for (old, new) in [("c1", "d1"), ("c2", "d2")] {
        world.a.part(&book(), &client(old), LONG).await.unwrap();
        assert!(world.b.join(&book(), &who(new), &Claim::default(), Some(&client(old)), LONG).await.unwrap().took());
    }
    assert_eq!(world.pen().await, stands(1, Some("d1"), &["d2", "c3"]));
    assert_eq!(world.after(&start).await.len(), 2, "the two joins say it all");
    assert_eq!(world.release("c1").await.fence, 1, "who was replaced has nothing to release");
    assert_eq!(world.release("d1").await, stands(2, Some("d2"), &["c3"]));
}

async fn the_holder_may_hand_it_over(world: &World) {
    world.join(&["c1", "c2", "c3"]).await;
    for name in ["c1", "c2", "c3"] {
        world.ask(name).await.unwrap();
    }
    let start = world.top().await;
    for _ in 0..2 {
        let state = world.b.hand_over(&book(), &pen(), &client("c1"), &client("c3"), 0).await.unwrap();
        assert_eq!(state, stands(2, Some("c3"), &["c2"]), "and the same again answers the same");
    }
    assert_eq!(world.after(&start).await, [said(&stands(2, Some("c3"), &["c2"]))]);
}

async fn only_the_holder_may_hand_it_over(world: &World) {
    world.join(&["c1", "c2", "c3"]).await;
    let hand_over = async || world.b.hand_over(&book(), &pen(), &client("c2"), &client("c3"), 0).await;
    assert!(matches!(hand_over().await, Err(BrokerError::NotHolder)), "nobody holds it");
    world.ask("c1").await.unwrap();
    world.ask("c2").await.unwrap();
    assert!(matches!(hand_over().await, Err(BrokerError::NotHolder)), "c2 only waits");
    assert_eq!(world.pen().await, stands(1, Some("c1"), &["c2"]));
}

async fn it_can_be_taken_over_from_whoever_holds_it(world: &World) {
    world.join(&["c1", "c2", "c3"]).await;
    for name in ["c1", "c2", "c3"] {
        world.ask(name).await.unwrap();
    }
    let start = world.top().await;
    let state = stands(2, Some("c3"), &["c2"]);
    for _ in 0..2 {
        assert_eq!(world.b.take_over(&book(), &pen(), &client("c3"), 0).await.unwrap(), state);
    }
    assert_eq!(world.after(&start).await, [said(&state)], "taking what one has is nothing");
    let ink = world.b.take_over(&book(), &lock("ink"), &client("c1"), 0).await.unwrap();
    assert_eq!((ink.holder, ink.fence), (Some(client("c1")), 3), "a free one can be taken too");
}

async fn as_many_wait_as_may_and_no_more(world: &World) {
    world.join(&["c1", "c2", "c3", "c4"]).await;
    for name in ["c1", "c2", "c3"] {
        world.ask(name).await.unwrap();
    }
    let start = world.top().await;
    let refused = world.ask("c4").await;
    assert!(matches!(refused, Err(BrokerError::Full(_))), "{refused:?}");
    assert!(world.after(&start).await.is_empty());
    world.release("c1").await;
    assert_eq!(world.ask("c4").await.unwrap(), stands(2, Some("c2"), &["c3", "c4"]));
}

async fn as_many_locks_are_held_as_may_and_no_more(world: &World) {
    world.join(&["c1", "c2"]).await;
    for name in ["a", "b", "c"] {
        world.a.acquire(&book(), &lock(name), &client("c1"), false, 0).await.unwrap();
    }
    let full = |answer: Answer<LockState>| assert!(matches!(answer, Err(BrokerError::Full(_))), "{answer:?}");
    full(world.a.acquire(&book(), &lock("d"), &client("c2"), false, 0).await);
    full(world.a.take_over(&book(), &lock("d"), &client("c2"), 0).await);
    world.a.take_over(&book(), &lock("a"), &client("c2"), 0).await.unwrap();
    world.a.release(&book(), &lock("b"), &client("c1")).await.unwrap();
    world.a.acquire(&book(), &lock("d"), &client("c2"), false, 0).await.unwrap();
    until("they stand in the roster", || async { world.roster().await.locks.len() == 3 }).await;
}
