//! Who is let in without being within: hears what is left of messages, and of nobody.

use crate::{
    app,
    support::client::{Browser, Page, Seen, Transport},
    world::{World, said, settings},
};
use leptos::server_fn::ServerFn;
use serde_json::json;
use sputnik::{ChannelName, Position, protocol::message::Entry};

promises!(
    whoever_is_outside_hears_what_is_left_of_messages_and_of_nobody,
    whoever_comes_in_or_goes_out_begins_anew_at_once,
    whoever_came_in_or_went_out_while_away_begins_anew,
    from_outside_nothing_is_read_of_the_time_before_rights_changed,
    an_entry_of_a_kind_this_node_does_not_know_is_hidden_from_outside,
);

const HALL: &str = "hall/1";

fn hall() -> ChannelName {
    HALL.parse().unwrap()
}

async fn announce(world: &World, texts: &[&str]) -> Position {
    let mut at = None;
    for text in texts {
        at = Some(world.node(0).publish(&hall(), &said(text)).await.unwrap());
    }
    at.unwrap()
}

/// How many entries came that say nothing.
fn hidden(page: &Page) -> usize {
    page.seen(|seen| seen.channel(HALL).entries.iter().filter(|(_, entry)| matches!(entry, Entry::Recheck)).count())
}

async fn whoever_is_outside_hears_what_is_left_of_messages_and_of_nobody(world: &mut World) {
    world.database.let_in("ann");
    let second = world.start_node(settings()).await;
    let mut ann = world.page("ann").await;
    ann.join(HALL, json!({ "shows": "secret" })).await;
    let lock = json!({ "room": HALL, "name": "pen", "what": "take", "to": null });
    ann.call::<serde_json::Value>(app::Lock::PATH, lock).await.unwrap();
    let pages = [
        world.page("bob").await,
        Page::open(&Browser::new(), world.site(0), world.transport).await,
        world.page_at(second, "cid").await,
    ];
    for page in &pages {
        page.start_following(HALL, None, Some(json!({})));
        page.until("it follows", |seen| seen.channel(HALL).following > 0).await;
    }
    ann.whisper(HALL, json!("secret"));
    announce(world, &["secret", "aloud: one", "secret too", "aloud: two"]).await;
    ann.until_said(HALL, &["secret", "aloud: one", "secret too", "aloud: two"]).await;
    for page in &pages {
        page.until_said(HALL, &["one", "two"]).await;
        page.until_told_all().await;
        page.seen(|seen| {
            let channel = seen.channel(HALL);
            assert!(!format!("{channel:?}").contains("secret"), "{channel:?}");
            assert!(!format!("{channel:?}").contains("ANN"), "{channel:?}");
            let roster = channel.roster.as_ref().unwrap();
            assert!(roster.here.is_empty() && roster.locks.is_empty(), "{roster:?}");
            assert!(channel.whispers.is_empty() && channel.holes.is_empty() && channel.gaps.is_empty());
        });
        assert!(hidden(page) >= 2, "nothing is missing in the log");
    }
    let here = world.node(0).broker().roster(&hall()).await.unwrap().here;
    assert_eq!(here.len(), 1, "nobody outside is present: {here:?}");
}

async fn whoever_comes_in_or_goes_out_begins_anew_at_once(world: &mut World) {
    let bob = world.page("bob").await;
    let start = world.node(0).broker().check(&hall()).await.unwrap().top;
    bob.start_following_as(HALL, Some(start), None, Some(false));
    announce(world, &["secret", "aloud: one"]).await;
    bob.until_said(HALL, &["one"]).await;
    // Rights change, but not his. (To polls it is not known whose did: between two of them nobody listens.)
    if world.transport == Transport::Socket {
        world.database.let_in("ann");
        world.node(0).recheck(&hall()).await.unwrap();
        announce(world, &["aloud: two"]).await;
        bob.until_said(HALL, &["one", "two"]).await;
        assert!(bob.seen(|seen| seen.channel(HALL).gaps.is_empty()));
    }

    world.database.let_in("bob");
    world.node(0).recheck(&hall()).await.unwrap();
    bob.until("a gap", |seen| !seen.channel(HALL).gaps.is_empty()).await;
    let at = bob.seen(|seen| seen.channel(HALL).gaps[0].clone());
    announce(world, &["for those within"]).await;
    bob.start_following_as(HALL, Some(at), Some(json!({})), Some(true));
    bob.until_said(HALL, &["for those within"]).await;
    let client = bob.client();
    bob.until("he is here", |seen| seen.channel(HALL).is_here(&client)).await;

    world.database.put_out("bob");
    world.node(0).recheck(&hall()).await.unwrap();
    let at = announce(world, &["secret"]).await;
    bob.until("another gap", |seen| !seen.channel(HALL).gaps.is_empty()).await;
    bob.until_told_all().await;
    assert_eq!(bob.seen(|seen| seen.said(HALL)), ["for those within"], "nothing that came later was told");
    bob.start_following_as(HALL, Some(at), Some(json!({})), Some(false));
    announce(world, &["aloud: three"]).await;
    bob.until_said(HALL, &["three"]).await;
    // Whoever polls from outside renews nothing, and is gone within a lease.
    world.database.let_in("eve");
    let eve = world.page("eve").await;
    let top = world.node(0).broker().check(&hall()).await.unwrap().top;
    eve.start_following_as(HALL, Some(top), Some(json!({})), Some(true));
    let here = |seen: &Seen, client| seen.channel(HALL).is_here(client);
    let hers = eve.client();
    eve.until("only she is here", |seen| here(seen, &hers) && !here(seen, &client)).await;
}

async fn whoever_came_in_or_went_out_while_away_begins_anew(world: &mut World) {
    world.database.let_in("bob");
    let mut bob = world.page("bob").await;
    let at = announce(world, &["before"]).await;
    bob.start_following_as(HALL, Some(at), None, Some(true));
    announce(world, &["within"]).await;
    bob.until_said(HALL, &["within"]).await;
    for (within, said) in [(false, "one"), (true, "aloud: two")] {
        bob.cut();
        if within {
            world.database.let_in("bob");
        } else {
            world.database.put_out("bob");
        }
        world.node(0).recheck(&hall()).await.unwrap();
        let at = announce(world, &["meanwhile"]).await;
        assert!(bob.seen(|seen| seen.channel(HALL).gaps.is_empty()));
        bob.connect().await;
        bob.until("a gap", |seen| !seen.channel(HALL).gaps.is_empty()).await;
        assert!(!bob.seen(|seen| seen.said(HALL)).contains(&"meanwhile".to_owned()));
        bob.start_following_as(HALL, Some(at), None, Some(within));
        announce(world, &["aloud: one", "aloud: two"]).await;
        bob.until(said, |seen| seen.said(HALL).iter().any(|heard| heard == said)).await;
        assert!(bob.seen(|seen| seen.channel(HALL).gaps.is_empty()));
    }
}

async fn from_outside_nothing_is_read_of_the_time_before_rights_changed(world: &mut World) {
    let start = world.node(0).broker().check(&hall()).await.unwrap().top;
    announce(world, &["aloud: of old times"]).await;
    world.node(0).recheck(&hall()).await.unwrap();
    let at = announce(world, &["aloud: one"]).await;
    let mut bob = world.page("bob").await;
    bob.follow_from(HALL, &start);
    bob.until("a gap", |seen| !seen.channel(HALL).gaps.is_empty()).await;
    bob.until_told_all().await;
    assert!(bob.seen(|seen| seen.said(HALL).is_empty()));
    bob.follow_from(HALL, &at);
    announce(world, &["aloud: two"]).await;
    bob.until_said(HALL, &["two"]).await;
    // What he missed after that, he hears.
    bob.cut();
    announce(world, &["aloud: three"]).await;
    bob.connect().await;
    bob.until_said(HALL, &["two", "three"]).await;
    // Whoever is within reads from wherever they stand.
    world.database.let_in("ann");
    let ann = world.page("ann").await;
    ann.follow_from(HALL, &start);
    ann.until_said(HALL, &["aloud: of old times", "aloud: one", "aloud: two", "aloud: three"]).await;
}

async fn an_entry_of_a_kind_this_node_does_not_know_is_hidden_from_outside(world: &mut World) {
    let bob = world.page("bob").await;
    bob.follow(HALL).await;
    let future = br#"{"foretold":{"secret":"of a newer node"}}"#.as_slice();
    world.node(0).broker().publish(&hall(), future.into(), None).await.unwrap();
    announce(world, &["aloud: one"]).await;
    bob.until_said(HALL, &["one"]).await;
    assert_eq!((hidden(&bob), bob.seen(|seen| seen.channel(HALL).holes.len())), (1, 0));
}
