//! Presence: exactly one join and one leave a client, in the log, in order with everything else.

use crate::world::{LONG, SHORT, World, book, channel, client, pen, texts, until, who};
use futures::future::join_all;
use serde_json::{Value, json};
use sputnik::{
    Position, Present, Roster,
    protocol::message::Entry,
    server::broker::{BrokerError, Claim, Joined, Party, Since},
};
use std::time::Duration;

promises!(
    whoever_joins_stands_in_the_log_and_the_roster,
    joining_again_the_same_is_not_said,
    joining_again_with_something_new_to_show_is_moving,
    joining_again_as_somebody_else_is_joining,
    the_roster_lists_clients_in_the_order_they_came,
    the_log_folded_is_the_roster,
    showing_something_new_is_said_once,
    whoever_is_absent_cannot_show,
    what_is_shown_is_kept_as_it_was_given,
    a_lease_that_runs_out_is_one_leave_whoever_notices,
    every_look_at_presence_or_locks_lets_the_dead_leave_first,
    check_tells_when_the_next_lease_runs_out,
    a_renewed_lease_does_not_run_out,
    renewing_answers_for_each_in_order_who_is_still_present,
    parting_without_grace_is_leaving_at_once,
    parting_with_grace_is_leaving_after_it,
    coming_back_within_grace_shows_nothing,
    grace_never_lengthens_a_lease,
    parting_when_absent_is_nothing,
    a_leaving_client_is_replaced_in_one_entry,
    a_client_that_still_lives_is_not_replaced,
    a_client_that_has_gone_is_not_replaced,
    nobody_replaces_twice_or_themselves,
    a_place_can_be_claimed_by_who_is_here_already,
    as_many_may_be_present_as_may_and_no_more,
    whoever_replaces_needs_no_free_place,
    joining_tells_what_others_hear_of_it,
    a_browser_a_user_an_address_each_has_so_many_seats_and_no_more,
    a_seat_counts_until_its_client_leaves_however_it_does,
    in_a_full_channel_the_more_important_take_the_seats_of_whoever_is_least_so_and_came_last,
    nobody_loses_a_seat_to_somebody_as_important,
    whoever_loses_a_seat_gives_back_what_they_held,
    the_rank_that_counts_is_that_of_the_last_joining,
);

fn joined(who: &Present, replaces: Option<&str>) -> String {
    Entry::Joined { who: who.clone(), replaces: replaces.map(client) }.to_json()
}

fn left(name: &str) -> String {
    Entry::Left { client: client(name) }.to_json()
}

fn showing(name: &str, state: Value) -> Present {
    Present { state, ..who(name) }
}

async fn here(world: &World) -> Vec<String> {
    world.roster().await.here.into_iter().map(|who| who.client.into()).collect()
}

async fn whoever_joins_stands_in_the_log_and_the_roster(world: &World) {
    let start = world.top().await;
    let ann = Present { user: Some("u1".parse().unwrap()), name: "Ann \"é\" \\ \n".into(), ..who("c1") };
    assert!(!world.a.join(&book(), &ann, &Claim::default(), None, LONG).await.unwrap().took());
    assert_eq!(world.after(&start).await, [joined(&ann, None)]);
    let roster = world.roster().await;
    assert_eq!(roster.here, [ann]);
    assert_eq!(roster.at, world.top().await);
    assert!(roster.locks.is_empty());
}

async fn joining_again_the_same_is_not_said(world: &World) {
    let start = world.top().await;
    for broker in [&world.a, &world.b, &world.a] {
        broker.join(&book(), &showing("c1", json!({"b": [], "a": {}})), &Claim::default(), None, LONG).await.unwrap();
    }
    assert_eq!(world.after(&start).await.len(), 1);
}

async fn joining_again_with_something_new_to_show_is_moving(world: &World) {
    world.join(&["c1", "c2"]).await;
    let start = world.top().await;
    let now = showing("c1", json!("page 3"));
    world.b.join(&book(), &now, &Claim::default(), None, LONG).await.unwrap();
    assert_eq!(world.after(&start).await, [Entry::Moved { client: client("c1"), state: now.state.clone() }.to_json()]);
    assert_eq!(world.roster().await.here, [now, who("c2")]);
}

async fn joining_again_as_somebody_else_is_joining(world: &World) {
    world.join(&["c1", "c2"]).await;
    let start = world.top().await;
    let now = Present { user: Some("u1".parse().unwrap()), ..who("c1") };
    world.b.join(&book(), &now, &Claim::default(), None, LONG).await.unwrap();
    assert_eq!(world.after(&start).await, [joined(&now, None)]);
    assert_eq!(world.roster().await.here, [who("c2"), now]);
}

async fn the_roster_lists_clients_in_the_order_they_came(world: &World) {
    world.join(&["c3", "c1", "c5", "c2"]).await;
    world.a.part(&book(), &client("c1"), Duration::ZERO).await.unwrap();
    world.join(&["c4", "c3", "c1"]).await;
    assert_eq!(here(world).await, ["c3", "c5", "c2", "c4", "c1"]);
}

async fn the_log_folded_is_the_roster(world: &World) {
    let start = world.top().await;
    world.join(&["c1", "c2", "c3"]).await;
    world.a.acquire(&book(), &pen(), &client("c1"), true, 0).await.unwrap();
    world.a.acquire(&book(), &pen(), &client("c2"), true, 0).await.unwrap();
    world.a.show(&book(), &client("c2"), &json!([1])).await.unwrap();
    world.a.part(&book(), &client("c1"), LONG).await.unwrap();
    world.a.join(&book(), &who("c9"), &Claim::default(), Some(&client("c1")), LONG).await.unwrap();
    world.a.part(&book(), &client("c3"), Duration::ZERO).await.unwrap();
    let mut folded = Roster::empty(start.clone());
    for (offset, entry) in (1..).zip(world.after(&start).await) {
        let at = Position::new(start.epoch.clone(), offset);
        folded.apply(&at, &serde_json::from_str(&entry).unwrap());
    }
    assert_eq!(folded, world.roster().await);
}

async fn showing_something_new_is_said_once(world: &World) {
    world.join(&["c1"]).await;
    let start = world.top().await;
    for state in [json!({"page": 1}), json!({"page": 1}), json!(null)] {
        assert!(world.a.show(&book(), &client("c1"), &state).await.unwrap());
    }
    let moved = |state| Entry::Moved { client: client("c1"), state }.to_json();
    assert_eq!(world.after(&start).await, [moved(json!({"page": 1})), moved(json!(null))]);
}

async fn whoever_is_absent_cannot_show(world: &World) {
    let start = world.top().await;
    assert!(!world.a.show(&book(), &client("c1"), &json!(1)).await.unwrap());
    assert!(world.after(&start).await.is_empty());
}

async fn what_is_shown_is_kept_as_it_was_given(world: &World) {
    for state in [json!([]), json!({}), json!({"a": [], "b": {}}), json!(9_007_199_254_740_993_u64), json!("\n\" |:")] {
        world.a.join(&book(), &showing("c1", state.clone()), &Claim::default(), None, LONG).await.unwrap();
        assert_eq!(world.roster().await.here[0].state, state);
        world.a.show(&book(), &client("c1"), &json!([state])).await.unwrap();
        assert_eq!(world.roster().await.here, [showing("c1", json!([state]))]);
    }
}

async fn a_lease_that_runs_out_is_one_leave_whoever_notices(world: &World) {
    let start = world.top().await;
    world.a.join(&book(), &who("c1"), &Claim::default(), None, SHORT).await.unwrap();
    until("both nodes see it go", || async {
        let book = book();
        let looks = join_all([&world.a, &world.b, &world.a, &world.b].map(|broker| broker.check(&book))).await;
        looks.into_iter().all(|look| look.unwrap().next_due.is_none())
    })
    .await;
    assert_eq!(world.after(&start).await, [joined(&who("c1"), None), left("c1")]);
    assert!(here(world).await.is_empty());
}

async fn every_look_at_presence_or_locks_lets_the_dead_leave_first(world: &World) {
    let a = &world.a;
    let mut looks = Vec::new();
    for look in 0..8 {
        let at = channel(&format!("look/{look}"));
        a.join(&at, &who("alive"), &Claim::default(), None, LONG).await.unwrap();
        a.join(&at, &who("dead"), &Claim::default(), None, SHORT * 2).await.unwrap();
        a.acquire(&at, &pen(), &client("dead"), false, 0).await.unwrap();
        looks.push((look, a.check(&at).await.unwrap().top, at));
    }
    tokio::time::sleep(SHORT * 2 + Duration::from_millis(30)).await;
    for (look, start, at) in looks {
        match look {
            0 => assert_eq!(a.roster(&at).await.unwrap().here, [who("alive")]),
            1 => assert_eq!(a.lock(&at, &pen()).await.unwrap().holder, None),
            2 => drop(a.check(&at).await.unwrap()),
            3 => drop(a.show(&at, &client("alive"), &Value::Null).await.unwrap()),
            4 => a.part(&at, &client("nobody"), LONG).await.unwrap(),
            5 => assert_eq!(a.renew(&[(at.clone(), client("dead"))], LONG).await.unwrap(), [false]),
            6 => assert!(
                !a.join(&at, &who("alive"), &Claim::default(), Some(&client("dead")), LONG).await.unwrap().took()
            ),
            _ => drop(a.release(&at, &pen(), &client("dead")).await.unwrap()),
        }
        let Since::Entries(logged) = world.b.since(&at, &start, 10).await.unwrap() else { panic!("a gap") };
        let logged = texts(&logged);
        assert_eq!(logged.len(), 2, "by look {look} it left and the lock is free: {logged:?}");
        assert_eq!(logged[0], left("dead"));
    }
}

async fn check_tells_when_the_next_lease_runs_out(world: &World) {
    world.a.join(&book(), &who("c1"), &Claim::default(), None, LONG).await.unwrap();
    world.a.join(&book(), &who("c2"), &Claim::default(), None, LONG * 10).await.unwrap();
    let due = world.b.check(&book()).await.unwrap().next_due.unwrap();
    assert!(due <= LONG && due > LONG - Duration::from_secs(5), "{due:?}");
    world.a.renew(&[(book(), client("c1"))], LONG * 20).await.unwrap();
    let due = world.b.check(&book()).await.unwrap().next_due.unwrap();
    assert!(due <= LONG * 10 && due > LONG * 9, "{due:?}");
}

async fn a_renewed_lease_does_not_run_out(world: &World) {
    let start = world.top().await;
    let lease = SHORT * 3;
    world.a.join(&book(), &who("c1"), &Claim::default(), None, lease).await.unwrap();
    for _ in 0..8 {
        tokio::time::sleep(lease / 4).await;
        assert_eq!(world.b.renew(&[(book(), client("c1"))], lease).await.unwrap(), [true]);
    }
    assert_eq!(world.after(&start).await.len(), 1);
}

async fn renewing_answers_for_each_in_order_who_is_still_present(world: &World) {
    let other = channel("book/8");
    world.join(&["c1", "c2"]).await;
    world.a.join(&other, &who("c3"), &Claim::default(), None, LONG).await.unwrap();
    let ask = [(&book(), "c1"), (&other, "c1"), (&other, "c3"), (&book(), "c3"), (&book(), "c2"), (&book(), "c1")];
    let ask = ask.map(|(channel, name)| (channel.clone(), client(name)));
    assert_eq!(world.b.renew(&ask, LONG).await.unwrap(), [true, false, true, false, true, true]);
    assert!(world.b.renew(&[], LONG).await.unwrap().is_empty());
}

async fn parting_without_grace_is_leaving_at_once(world: &World) {
    world.join(&["c1", "c2"]).await;
    let start = world.top().await;
    world.a.part(&book(), &client("c1"), Duration::ZERO).await.unwrap();
    assert_eq!(world.after(&start).await, [left("c1")]);
    assert_eq!(here(world).await, ["c2"]);
}

async fn parting_with_grace_is_leaving_after_it(world: &World) {
    world.join(&["c1"]).await;
    let start = world.top().await;
    world.a.part(&book(), &client("c1"), SHORT * 2).await.unwrap();
    assert_eq!(here(world).await, ["c1"]);
    until("it leaves", || async { world.b.check(&book()).await.unwrap().next_due.is_none() }).await;
    assert_eq!(world.after(&start).await, [left("c1")]);
}

async fn coming_back_within_grace_shows_nothing(world: &World) {
    world.join(&["c1", "c2"]).await;
    let start = world.top().await;
    for name in ["c1", "c2"] {
        world.a.part(&book(), &client(name), SHORT * 2).await.unwrap();
    }
    assert!(!world.b.join(&book(), &who("c1"), &Claim::default(), None, LONG).await.unwrap().took());
    assert_eq!(world.b.renew(&[(book(), client("c2"))], LONG).await.unwrap(), [true]);
    tokio::time::sleep(SHORT * 3).await;
    assert_eq!(here(world).await, ["c1", "c2"]);
    for name in ["c1", "c2"] {
        let claimed =
            world.a.join(&book(), &who("c3"), &Claim::default(), Some(&client(name)), LONG).await.unwrap().took();
        assert!(!claimed, "{name} is not leaving any more");
        world.a.part(&book(), &client("c3"), Duration::ZERO).await.unwrap();
    }
    assert_eq!(world.after(&start).await.len(), 4, "but for the one who tried to take their places");
}

async fn grace_never_lengthens_a_lease(world: &World) {
    world.a.join(&book(), &who("c1"), &Claim::default(), None, SHORT).await.unwrap();
    world.a.part(&book(), &client("c1"), LONG).await.unwrap();
    until("it leaves", || async { world.b.check(&book()).await.unwrap().next_due.is_none() }).await;
}

async fn parting_when_absent_is_nothing(world: &World) {
    let start = world.top().await;
    world.a.part(&book(), &client("c1"), Duration::ZERO).await.unwrap();
    world.a.part(&book(), &client("c1"), LONG).await.unwrap();
    assert!(world.after(&start).await.is_empty());
    assert_eq!(world.a.check(&book()).await.unwrap().next_due, None);
}

async fn a_leaving_client_is_replaced_in_one_entry(world: &World) {
    world.join(&["c1", "c2"]).await;
    world.a.part(&book(), &client("c1"), SHORT).await.unwrap();
    let start = world.top().await;
    assert!(world.b.join(&book(), &who("c9"), &Claim::default(), Some(&client("c1")), LONG).await.unwrap().took());
    tokio::time::sleep(SHORT * 2).await;
    assert_eq!(here(world).await, ["c2", "c9"]);
    assert_eq!(world.after(&start).await, [joined(&who("c9"), Some("c1"))], "and the old one never leaves");
}

async fn a_client_that_still_lives_is_not_replaced(world: &World) {
    world.join(&["c1"]).await;
    let start = world.top().await;
    assert!(!world.b.join(&book(), &who("c9"), &Claim::default(), Some(&client("c1")), LONG).await.unwrap().took());
    assert_eq!(world.after(&start).await, [joined(&who("c9"), None)]);
    assert_eq!(here(world).await, ["c1", "c9"]);
}

async fn a_client_that_has_gone_is_not_replaced(world: &World) {
    world.join(&["c1"]).await;
    world.a.part(&book(), &client("c1"), Duration::ZERO).await.unwrap();
    let start = world.top().await;
    assert!(!world.b.join(&book(), &who("c9"), &Claim::default(), Some(&client("c1")), LONG).await.unwrap().took());
    assert_eq!(world.after(&start).await, [joined(&who("c9"), None)]);
}

async fn nobody_replaces_twice_or_themselves(world: &World) {
    world.join(&["c1", "c2"]).await;
    world.a.part(&book(), &client("c1"), LONG).await.unwrap();
    world.a.part(&book(), &client("c2"), LONG).await.unwrap();
    let start = world.top().await;
    assert!(!world.b.join(&book(), &who("c2"), &Claim::default(), Some(&client("c2")), LONG).await.unwrap().took());
    assert!(world.b.join(&book(), &who("c9"), &Claim::default(), Some(&client("c1")), LONG).await.unwrap().took());
    assert!(!world.a.join(&book(), &who("c9"), &Claim::default(), Some(&client("c1")), LONG).await.unwrap().took());
    assert_eq!(world.after(&start).await, [joined(&who("c9"), Some("c1"))]);
    assert_eq!(here(world).await, ["c2", "c9"]);
}

/// A page was reloaded, and the server noticed only then that the old one is gone.
async fn a_place_can_be_claimed_by_who_is_here_already(world: &World) {
    world.join(&["c1", "c2", "c3"]).await;
    let pen = "pen".parse().unwrap();
    let held = world.a.acquire(&book(), &pen, &client("c1"), false, 0).await.unwrap();
    world.a.acquire(&book(), &pen, &client("c3"), true, 0).await.unwrap();
    world.a.acquire(&book(), &pen, &client("c2"), true, 0).await.unwrap();
    assert!(
        !world.a.join(&book(), &who("c2"), &Claim::default(), Some(&client("c1")), LONG).await.unwrap().took(),
        "c1 still lives"
    );
    world.a.part(&book(), &client("c1"), LONG).await.unwrap();
    let start = world.top().await;
    assert!(world.b.join(&book(), &who("c2"), &Claim::default(), Some(&client("c1")), LONG).await.unwrap().took());
    assert_eq!(world.after(&start).await, [joined(&who("c2"), Some("c1"))]);
    let now = world.a.lock(&book(), &pen).await.unwrap();
    assert_eq!((now.holder, now.fence, now.queue), (Some(client("c2")), held.fence, vec![client("c3")]));
}

async fn as_many_may_be_present_as_may_and_no_more(world: &World) {
    world.join(&["c1", "c2", "c3", "c4", "c5"]).await;
    let start = world.top().await;
    let refused = world.a.join(&book(), &who("c6"), &Claim::default(), None, LONG).await;
    assert!(matches!(refused, Err(BrokerError::Full(_))), "{refused:?}");
    world.join(&["c1"]).await;
    assert!(world.after(&start).await.is_empty());
    world.a.part(&book(), &client("c1"), Duration::ZERO).await.unwrap();
    world.join(&["c6"]).await;
    assert_eq!(here(world).await, ["c2", "c3", "c4", "c5", "c6"]);
}

async fn whoever_replaces_needs_no_free_place(world: &World) {
    world.join(&["c1", "c2", "c3", "c4", "c5"]).await;
    world.a.part(&book(), &client("c3"), LONG).await.unwrap();
    assert!(world.a.join(&book(), &who("c6"), &Claim::default(), Some(&client("c3")), LONG).await.unwrap().took());
    assert_eq!(here(world).await, ["c1", "c2", "c4", "c5", "c6"]);
}

async fn joining_tells_what_others_hear_of_it(world: &World) {
    let join = async |who: &Present, replaces: Option<&str>| {
        let replaces = replaces.map(client);
        world.a.join(&book(), who, &Claim::default(), replaces.as_ref(), LONG).await.unwrap()
    };
    assert_eq!(join(&who("c1"), None).await, Joined::Said);
    assert_eq!(join(&who("c1"), None).await, Joined::Already);
    assert_eq!(join(&showing("c1", json!(1)), None).await, Joined::Said);
    assert_eq!(join(&showing("c1", json!(1)), None).await, Joined::Already);
    world.a.part(&book(), &client("c1"), LONG).await.unwrap();
    assert_eq!(join(&who("c2"), Some("c1")).await, Joined::Replaced);
    assert_eq!(join(&who("c2"), Some("c1")).await, Joined::Already);
}

fn of(parties: &[Party]) -> Claim {
    Claim { rank: 0, parties: parties.to_vec() }
}

fn ranked(rank: u8) -> Claim {
    Claim { rank, parties: Vec::new() }
}

async fn is_refused(world: &World, name: &str, claim: &Claim) -> bool {
    match world.b.join(&book(), &who(name), claim, None, LONG).await {
        Ok(_) => false,
        Err(BrokerError::Full(_)) => true,
        Err(error) => panic!("{error}"),
    }
}

async fn a_browser_a_user_an_address_each_has_so_many_seats_and_no_more(world: &World) {
    let browser = |name: &str| Party::Browser(name.into());
    let ann = Party::User("ann".parse().unwrap());
    let place = Party::Address("2001:db8::1".parse().unwrap());
    // As the world's limits say: two a browser, three a user, four an address.
    for (number, parties) in
        [[browser("one"), ann.clone()], [browser("one"), ann.clone()], [browser("two"), ann.clone()]].iter().enumerate()
    {
        assert!(!is_refused(world, &format!("c{number}"), &of(parties)).await, "{number}");
    }
    assert!(is_refused(world, "c8", &of(&[browser("one")])).await, "the browser has two");
    assert!(is_refused(world, "c8", &of(&[browser("three"), ann])).await, "the user has three");
    assert!(!is_refused(world, "c8", &of(&[browser("on"), place.clone()])).await, "that is another browser");
    assert!(!is_refused(world, "c9", &of(&[browser("four"), place])).await);
    assert_eq!(here(world).await, ["c0", "c1", "c2", "c8", "c9"]);
    // Who is there may show something else, and comes back as often as they like.
    assert!(!is_refused(world, "c1", &of(&[browser("one")])).await);
}

async fn a_seat_counts_until_its_client_leaves_however_it_does(world: &World) {
    let mine = of(&[Party::Browser("mine".into())]);
    let start = world.top().await;
    // It goes at once.
    for name in ["c1", "c2"] {
        assert!(!is_refused(world, name, &mine).await);
    }
    world.a.part(&book(), &client("c1"), Duration::ZERO).await.unwrap();
    assert!(!is_refused(world, "c3", &mine).await);
    // Its lease runs out.
    world.a.part(&book(), &client("c2"), SHORT).await.unwrap();
    // Asked of one node: between two it may be over for the second alone.
    let only = |roster: Roster| roster.here.iter().all(|who| who.client == client("c3"));
    until("c2 has left", || async { only(world.b.roster(&book()).await.unwrap()) }).await;
    assert!(!is_refused(world, "c4", &mine).await);
    assert!(is_refused(world, "c5", &mine).await);
    // Another takes its place, which is counted to it.
    world.a.part(&book(), &client("c4"), LONG).await.unwrap();
    assert!(world.a.join(&book(), &who("c5"), &mine, Some(&client("c4")), LONG).await.unwrap().took());
    assert!(is_refused(world, "c6", &mine).await);
    assert_eq!(here(world).await, ["c3", "c5"]);
    assert!(!world.after(&start).await.is_empty());
}

async fn in_a_full_channel_the_more_important_take_the_seats_of_whoever_is_least_so_and_came_last(world: &World) {
    for (name, rank) in [("c1", 1), ("c2", 0), ("c3", 0), ("c4", 1), ("c5", 0)] {
        assert!(!is_refused(world, name, &ranked(rank)).await);
    }
    let start = world.top().await;
    for (name, gone) in [("m1", "c5"), ("m2", "c3"), ("m3", "c2"), ("m4", "c4"), ("m5", "c1")] {
        let at = world.top().await;
        assert!(!is_refused(world, name, &ranked(2)).await, "{name} gets a seat");
        assert_eq!(world.after(&at).await, [left(gone), joined(&who(name), None)], "in one step");
    }
    assert!(is_refused(world, "m6", &ranked(2)).await, "all seats are of members now");
    assert_eq!(here(world).await, ["m1", "m2", "m3", "m4", "m5"]);
    assert_eq!(world.after(&start).await.len(), 10);
    assert_eq!(world.b.renew(&[(book(), client("c5"))], LONG).await.unwrap(), [false], "its node is told");
}

async fn nobody_loses_a_seat_to_somebody_as_important(world: &World) {
    for name in ["c1", "c2", "c3", "c4", "c5"] {
        assert!(!is_refused(world, name, &ranked(7)).await);
    }
    for rank in [0, 6, 7] {
        assert!(is_refused(world, "c6", &ranked(rank)).await, "{rank}");
    }
    assert!(!is_refused(world, "c6", &ranked(8)).await);
}

async fn whoever_loses_a_seat_gives_back_what_they_held(world: &World) {
    world.join(&["c1", "c2", "c3", "c4", "c5"]).await;
    world.a.acquire(&book(), &pen(), &client("c5"), false, 0).await.unwrap();
    world.a.acquire(&book(), &pen(), &client("c1"), true, 0).await.unwrap();
    assert!(!is_refused(world, "m1", &ranked(1)).await);
    assert_eq!(world.roster().await.locks[0].holder, Some(client("c1")));
}

async fn the_rank_that_counts_is_that_of_the_last_joining(world: &World) {
    for name in ["c1", "c2", "c3", "c4", "c5"] {
        assert!(!is_refused(world, name, &ranked(1)).await);
    }
    // One became a member, another is none any more.
    for (name, rank) in [("c5", 2), ("c2", 0)] {
        assert!(!is_refused(world, name, &ranked(rank)).await);
    }
    for name in ["m1", "m2"] {
        assert!(!is_refused(world, name, &ranked(2)).await);
    }
    assert_eq!(here(world).await, ["c1", "c3", "c5", "m1", "m2"]);
}
