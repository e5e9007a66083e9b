//! Connected clients, and how long ago each last asked for anything.

use crate::world::{LONG, SHORT, World, client, until};
use std::time::Duration;

promises!(
    a_client_never_noted_is_not_connected,
    a_noted_clients_idle_time_goes_on_counting,
    a_later_note_counts,
    a_client_not_noted_again_is_forgotten,
);

const MINUTE: Duration = Duration::from_secs(60);

async fn a_client_never_noted_is_not_connected(world: &World) {
    assert_eq!(world.a.idle(&client("c1")).await.unwrap(), None);
    world.a.note_clients(&[], LONG).await.unwrap();
}

async fn a_noted_clients_idle_time_goes_on_counting(world: &World) {
    let notes = [(client("c1"), Duration::ZERO), (client("c2"), MINUTE)];
    world.a.note_clients(&notes, LONG).await.unwrap();
    tokio::time::sleep(SHORT).await;
    let slack = Duration::from_secs(5);
    for (name, noted) in notes {
        let idle = world.b.idle(&name).await.unwrap().unwrap();
        // Redis counts in whole milliseconds.
        assert!(idle + Duration::from_millis(2) >= noted + SHORT && idle < noted + slack, "{name}: {idle:?}");
    }
}

async fn a_later_note_counts(world: &World) {
    world.a.note_clients(&[(client("c1"), MINUTE * 5)], LONG).await.unwrap();
    world.b.note_clients(&[(client("c1"), MINUTE)], LONG).await.unwrap();
    let idle = world.a.idle(&client("c1")).await.unwrap().unwrap();
    assert!(idle >= MINUTE && idle < MINUTE * 2, "{idle:?}");
}

async fn a_client_not_noted_again_is_forgotten(world: &World) {
    world.a.note_clients(&[(client("c1"), MINUTE)], SHORT).await.unwrap();
    until("it is forgotten", || async { world.b.idle(&client("c1")).await.unwrap().is_none() }).await;
}
