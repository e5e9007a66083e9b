//! Liveness: which clients are connected, and how long ago each last asked for anything.

use crate::world::{LONG, SHORT, World, client, until};
use sputnik::ClientId;
use std::time::Duration;

promises!(
    a_client_never_noted_is_not_connected,
    a_noted_clients_idle_time_goes_on_counting,
    a_later_note_counts,
    a_client_is_noted_until_something_else_is_noted_of_it,
    a_client_that_is_gone_is_not_connected,
    the_clients_of_a_node_that_notes_nothing_are_forgotten,
);

const MINUTE: Duration = Duration::from_secs(60);

async fn a_client_never_noted_is_not_connected(world: &World) {
    assert_eq!(world.a.idle(&client("c1")).await.unwrap(), None);
    world.a.note_clients(&node("n1"), &[], &[], LONG).await.unwrap();
    assert_eq!(world.b.idle(&client("c1")).await.unwrap(), None);
}

async fn a_noted_clients_idle_time_goes_on_counting(world: &World) {
    let notes = [(client("c1"), Duration::ZERO), (client("c2"), MINUTE)];
    world.a.note_clients(&node("n1"), &notes, &[], LONG).await.unwrap();
    tokio::time::sleep(SHORT).await;
    let slack = Duration::from_secs(5);
    for (name, noted) in notes {
        let idle = world.b.idle(&name).await.unwrap().unwrap();
        // Redis counts in whole milliseconds.
        assert!(idle + Duration::from_millis(2) >= noted + SHORT && idle < noted + slack, "{name}: {idle:?}");
    }
}

async fn a_later_note_counts(world: &World) {
    world.a.note_clients(&node("n1"), &[(client("c1"), MINUTE * 5)], &[], LONG).await.unwrap();
    world.b.note_clients(&node("n2"), &[(client("c1"), MINUTE)], &[], LONG).await.unwrap();
    let idle = world.a.idle(&client("c1")).await.unwrap().unwrap();
    assert!(idle >= MINUTE && idle < MINUTE * 2, "{idle:?}");
}

async fn a_client_is_noted_until_something_else_is_noted_of_it(world: &World) {
    let keep = SHORT * 3;
    world.a.note_clients(&node("n1"), &[(client("c1"), MINUTE)], &[], keep).await.unwrap();
    for _ in 0..5 {
        tokio::time::sleep(SHORT).await;
        assert!(world.a.note_clients(&node("n1"), &[], &[], keep).await.unwrap(), "it still stands");
    }
    assert!(world.b.idle(&client("c1")).await.unwrap().unwrap() >= MINUTE + SHORT * 5);
}

async fn a_client_that_is_gone_is_not_connected(world: &World) {
    let both = [(client("c1"), MINUTE), (client("c2"), MINUTE)];
    world.a.note_clients(&node("n1"), &both, &[], LONG).await.unwrap();
    world.a.note_clients(&node("n1"), &[], &[client("c1")], LONG).await.unwrap();
    assert_eq!(world.b.idle(&client("c1")).await.unwrap(), None);
    assert!(world.b.idle(&client("c2")).await.unwrap().is_some());
    // It moved: the node it left says so after the node it came to.
    world.b.note_clients(&node("n2"), &[(client("c2"), Duration::ZERO)], &[], LONG).await.unwrap();
    world.a.note_clients(&node("n1"), &[], &[client("c2")], LONG).await.unwrap();
    assert!(world.a.idle(&client("c2")).await.unwrap().unwrap() < MINUTE);
}

async fn the_clients_of_a_node_that_notes_nothing_are_forgotten(world: &World) {
    assert!(!world.a.note_clients(&node("n1"), &[(client("c1"), MINUTE)], &[], SHORT).await.unwrap());
    until("it is forgotten", || async { world.b.idle(&client("c1")).await.unwrap().is_none() }).await;
    let stands = world.a.note_clients(&node("n1"), &[(client("c2"), MINUTE)], &[], LONG).await.unwrap();
    assert!(!stands, "and the node is told");
    assert_eq!(world.b.idle(&client("c1")).await.unwrap(), None);
}

fn node(name: &str) -> ClientId {
    client(name)
}
