//! What only the broker in memory can show: how it forgets, on a clock that the test moves.

use crate::world::{LONG, book, channel, client, entries, limits, pen, said, who};
use sputnik::server::broker::{Claim, Liveness, Locks, Log, Presence, Since, memory::Memory};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test(start_paused = true)]
async fn a_channel_nobody_uses_is_forgotten_and_its_positions_are_gaps() {
    let memory = Memory::new(limits());
    let at = memory.publish(&book(), said(1), None).await.unwrap();
    tokio::time::advance(limits().log_age - MINUTE).await;
    assert!(entries(&*memory, &at).await.is_empty());
    tokio::time::advance(2 * MINUTE).await;
    memory.check(&channel("other")).await.unwrap();
    assert_eq!(memory.channels(), 1, "only the other one is left");
    assert_eq!(memory.since(&book(), &at, 10).await.unwrap(), Since::Gap);
    assert_ne!(memory.check(&book()).await.unwrap().top.epoch, at.epoch);
}

#[tokio::test(start_paused = true)]
async fn a_channel_that_is_written_to_is_kept_from_its_last_entry_on() {
    let memory = Memory::new(limits());
    let start = memory.check(&book()).await.unwrap().top;
    for number in 0..10 {
        tokio::time::advance(limits().log_age - MINUTE).await;
        memory.publish(&book(), said(number), None).await.unwrap();
    }
    assert_eq!(entries(&*memory, &start).await.len(), 10);
}

#[tokio::test(start_paused = true)]
async fn a_channel_somebody_is_present_in_is_kept_however_quiet() {
    let memory = Memory::new(limits());
    memory.join(&book(), &who("c1"), &Claim::default(), None, 10 * limits().log_age).await.unwrap();
    memory.acquire(&book(), &pen(), &client("c1"), false, 0).await.unwrap();
    tokio::time::advance(5 * limits().log_age).await;
    memory.check(&channel("other")).await.unwrap();
    assert_eq!(memory.roster(&book()).await.unwrap().here, [who("c1")]);
    tokio::time::advance(6 * limits().log_age).await;
    memory.check(&channel("another")).await.unwrap();
    memory.check(&channel("another")).await.unwrap();
    assert!(memory.roster(&book()).await.unwrap().here.is_empty());
}

#[tokio::test(start_paused = true)]
async fn channels_and_clients_come_and_go_without_anything_growing() {
    let memory = Memory::new(limits());
    for number in 0..5_000_u64 {
        memory.publish(&channel(&format!("book/{number}")), said(1), None).await.unwrap();
        let node = client(&format!("n{number}"));
        memory.note_clients(&node, &[(client(&format!("c{number}")), Duration::ZERO)], &[], MINUTE).await.unwrap();
        tokio::time::advance(MINUTE).await;
    }
    assert!(memory.channels() < 20, "{} channels for ten minutes' work", memory.channels());
}

#[tokio::test(start_paused = true)]
async fn a_lease_runs_out_at_its_deadline_and_not_before() {
    let memory = Memory::new(limits());
    memory.join(&book(), &who("c1"), &Claim::default(), None, LONG).await.unwrap();
    tokio::time::advance(LONG - Duration::from_millis(1)).await;
    assert_eq!(memory.check(&book()).await.unwrap().next_due, Some(Duration::from_millis(1)));
    tokio::time::advance(Duration::from_millis(1)).await;
    let check = memory.check(&book()).await.unwrap();
    assert_eq!((check.next_due, check.top.offset), (None, 2));
}

#[tokio::test(start_paused = true)]
async fn waiting_lock_seekers_do_not_keep_a_dead_holder_alive() {
    let memory = Memory::new(limits());
    memory.join(&book(), &who("c1"), &Claim::default(), None, LONG).await.unwrap();
    memory.join(&book(), &who("c2"), &Claim::default(), None, 2 * LONG).await.unwrap();
    memory.acquire(&book(), &pen(), &client("c1"), true, 0).await.unwrap();
    memory.acquire(&book(), &pen(), &client("c2"), true, 0).await.unwrap();
    tokio::time::advance(LONG).await;
    let pen = memory.lock(&book(), &pen()).await.unwrap();
    assert_eq!((pen.holder, pen.fence), (Some(client("c2")), 2));
}
