//! Presence: one join and one leave a client, and nothing at all for a reload or a short cut.

use crate::{
    support::client::{Browser, Page, Transport, next_frame, open_socket, text},
    world::{ROOM, World, limits, said, settings},
};
use futures::SinkExt;
use serde_json::json;
use sputnik::{
    ChannelName,
    protocol::{
        frame::{ClientFrame, Follow, Hello, ServerFrame},
        message::Entry,
    },
    server::broker::Limits,
};
use std::time::Duration;
use tokio::time::{Instant, sleep};

promises!(
    two_tabs_are_two_clients_and_one_person,
    a_reload_shows_nothing_but_who_took_the_place,
    a_closed_tab_leaves_once,
    whoever_stays_connected_stays_present,
    a_short_cut_shows_nothing,
    whoever_stops_following_leaves_at_once,
    what_a_client_shows_is_told,
    whoever_has_nothing_to_show_is_present_all_the_same,
    the_clients_of_a_killed_node_leave_within_a_lease,
    clients_that_move_from_a_killed_node_never_left,
    a_full_channel_is_followed_all_the_same_and_whoever_waits_for_a_seat_gets_it,
    strangers_who_fill_a_channel_keep_nobody_out_who_belongs_there,
    one_browser_has_so_many_seats_and_hears_in_all_its_pages,
    one_user_has_so_many_seats_whatever_browsers_they_bring,
);

const PUBLIC: &str = "public/1";

async fn stranger(world: &World) -> Page {
    Page::open(&Browser::new(), world.site(0), world.transport).await
}

/// Follows to be present, and is let listen whether or not there is a seat.
async fn comes(page: &Page) -> bool {
    page.start_following(PUBLIC, None, Some(json!({})));
    page.until("it follows", |seen| seen.channel(PUBLIC).following > 0).await;
    let me = page.client();
    page.seen(|seen| {
        assert_eq!(seen.channel(PUBLIC).ended, None);
        seen.channel(PUBLIC).is_here(&me)
    })
}

async fn announce(world: &World, text: &str) {
    world.node(0).publish(&PUBLIC.parse().unwrap(), &said(text)).await.unwrap();
}

async fn a_full_channel_is_followed_all_the_same_and_whoever_waits_for_a_seat_gets_it(world: &mut World) {
    world.start_over(Limits { present: 2, ..limits() }).await;
    let (one, mut two, three) = (stranger(world).await, stranger(world).await, stranger(world).await);
    assert!(comes(&one).await && comes(&two).await);
    assert!(!comes(&three).await, "there is no seat");
    announce(world, "heard").await;
    for page in [&one, &two, &three] {
        page.until_said(PUBLIC, &["heard"]).await;
    }
    three.show(PUBLIC, json!("something"));
    three.whisper(PUBLIC, json!("psst"));
    one.until("three is heard", |seen| !seen.channel(PUBLIC).whispers.is_empty()).await;
    assert!(three.seen(|seen| seen.faults.is_empty()), "that there is no seat is no fault of anybody");
    let waits = three.client();
    assert!(!one.seen(|seen| seen.channel(PUBLIC).is_here(&waits)));
    two.leave().await;
    one.until("three has a seat", |seen| seen.channel(PUBLIC).is_here(&waits)).await;
    let shown = one.seen(|seen| seen.channel(PUBLIC).roster.as_ref().unwrap().find(&waits).unwrap().state.clone());
    assert_eq!(shown, json!("something"), "and shows what it last showed");
}

async fn strangers_who_fill_a_channel_keep_nobody_out_who_belongs_there(world: &mut World) {
    world.start_over(Limits { present: 2, ..limits() }).await;
    let (one, two) = (stranger(world).await, stranger(world).await);
    assert!(comes(&one).await && comes(&two).await);
    let (owner, ann) = (world.page("owner").await, world.page("ann").await);
    assert!(comes(&owner).await && comes(&ann).await, "each takes a stranger's seat");
    let (one_is, two_is) = (one.client(), two.client());
    ann.until("the strangers left", |seen| {
        let channel = seen.channel(PUBLIC);
        !channel.is_here(&one_is) && !channel.is_here(&two_is)
    })
    .await;
    announce(world, "heard").await;
    for page in [&one, &two, &owner, &ann] {
        page.until_said(PUBLIC, &["heard"]).await;
    }
    // And they stay away, however often their node would have them back.
    sleep(settings().lease).await;
    announce(world, "later").await;
    owner.until_said(PUBLIC, &["heard", "later"]).await;
    for client in [one_is, two_is] {
        assert_eq!(owner.seen(|seen| seen.channel(PUBLIC).comings_and_goings(&client).0), 0);
    }
}

async fn one_browser_has_so_many_seats_and_hears_in_all_its_pages(world: &mut World) {
    world.start_over(Limits { present_a_browser: 2, ..limits() }).await;
    let browser = Browser::new();
    let mut pages = Vec::new();
    for number in 0..4 {
        let page = Page::open(&browser, world.site(0), world.transport).await;
        assert_eq!(comes(&page).await, number < 2, "{number}");
        pages.push(page);
    }
    let other = stranger(world).await;
    assert!(comes(&other).await, "another browser has its own");
    announce(world, "heard").await;
    for page in pages.iter().chain([&other]) {
        page.until_said(PUBLIC, &["heard"]).await;
    }
}

async fn one_user_has_so_many_seats_whatever_browsers_they_bring(world: &mut World) {
    world.start_over(Limits { present_a_user: 2, ..limits() }).await;
    let mut pages = Vec::new();
    for number in 0..4 {
        // Each time with a browser that was never here.
        let page = world.page("ann").await;
        assert_eq!(comes(&page).await, number < 2, "{number}");
        pages.push(page);
    }
    assert!(comes(&world.page("ben").await).await);
    announce(world, "heard").await;
    for page in &pages {
        page.until_said(PUBLIC, &["heard"]).await;
    }
}

mod of_sockets {
    use super::*;

    promises_of_sockets!(
        a_closed_tab_is_present_for_the_grace,
        an_old_socket_that_closes_late_does_not_end_the_new_one,
        an_old_socket_at_another_node_that_closes_late_does_not_end_the_new_one,
        a_reload_claims_its_place_even_when_the_old_socket_is_noticed_as_gone_later,
        a_duplicated_tab_is_a_tab_of_its_own,
        a_duplicated_tab_does_not_take_the_place_of_the_other_when_that_is_cut,
        whoever_stops_following_and_follows_at_once_is_present,
        a_socket_that_answers_no_pings_is_gone,
    );

    async fn a_closed_tab_is_present_for_the_grace(world: &mut World) {
        let (onlooker, ann) = (world.onlooker().await, world.joined("ann").await);
        let client = ann.client();
        onlooker.until("ann comes", |seen| seen.channel(ROOM).is_here(&client)).await;
        let cut = Instant::now();
        drop(ann);
        onlooker.until("ann leaves", |seen| !seen.channel(ROOM).is_here(&client)).await;
        assert!(cut.elapsed() >= settings().grace, "she might have come back");
    }

    async fn an_old_socket_that_closes_late_does_not_end_the_new_one(world: &mut World) {
        closes_late(world, 0).await;
    }

    async fn an_old_socket_at_another_node_that_closes_late_does_not_end_the_new_one(world: &mut World) {
        let second = world.start_node(settings()).await;
        closes_late(world, second).await;
    }

    async fn closes_late(world: &World, then_at: usize) {
        let (onlooker, mut ann) = (world.onlooker().await, world.joined("ann").await);
        let old = ann.freeze();
        ann.site = world.site(then_at).into();
        ann.connect().await;
        drop(old);
        sleep(settings().grace + settings().lease).await;
        onlooker.until_told_all().await;
        assert_eq!(onlooker.seen(|seen| seen.channel(ROOM).comings_and_goings(&ann.client())), (1, 0));
    }

    async fn a_reload_claims_its_place_even_when_the_old_socket_is_noticed_as_gone_later(world: &mut World) {
        let (onlooker, mut ann) = (world.onlooker().await, world.joined("ann").await);
        let (before, old) = (ann.client(), ann.freeze());
        let ann = Page::new(&ann.browser, &ann.site, Transport::Socket).was(before.clone());
        let mut ann = ann;
        ann.connect().await;
        ann.join(ROOM, json!({})).await;
        drop(old);
        let claimed = |entry: &Entry| matches!(entry, Entry::Joined { replaces: Some(old), .. } if *old == before);
        let is_claimed = |entries: &[(u64, Entry)]| entries.iter().any(|(_, entry)| claimed(entry));
        onlooker.until("the place is claimed", |seen| is_claimed(&seen.channel(ROOM).entries)).await;
        onlooker.seen(|seen| {
            assert_eq!(seen.channel(ROOM).comings_and_goings(&before), (1, 0));
            assert!(seen.channel(ROOM).is_here(&ann.client()));
        });
    }

    async fn a_duplicated_tab_is_a_tab_of_its_own(world: &mut World) {
        let (onlooker, ann) = (world.onlooker().await, world.joined("ann").await);
        let mut copy = Page::new(&ann.browser, &ann.site, Transport::Socket).was(ann.client());
        copy.connect().await;
        copy.join(ROOM, json!({})).await;
        copy.until_told_all().await;
        onlooker.until_told_all().await;
        onlooker.seen(|seen| {
            let roster = seen.channel(ROOM).roster.as_ref().unwrap();
            assert_eq!((roster.here.len(), roster.people().len()), (2, 1));
        });
    }

    async fn a_duplicated_tab_does_not_take_the_place_of_the_other_when_that_is_cut(world: &mut World) {
        let (onlooker, mut ann) = (world.onlooker().await, world.joined("ann").await);
        let mut copy = Page::new(&ann.browser, &ann.site, Transport::Socket).was(ann.client());
        copy.connect().await;
        copy.join(ROOM, json!({})).await;
        // Longer than it could take to notice that the page before a reload is gone.
        sleep(settings().ping * 4 + settings().grace * 2).await;
        ann.cut();
        onlooker.until("ann leaves", |seen| !seen.channel(ROOM).is_here(&ann.client())).await;
        onlooker.seen(|seen| {
            assert_eq!(seen.channel(ROOM).comings_and_goings(&ann.client()), (1, 1), "nobody took her place");
            assert!(seen.channel(ROOM).is_here(&copy.client()));
        });
    }

    async fn whoever_stops_following_and_follows_at_once_is_present(world: &mut World) {
        let ann = Browser::of("ann");
        ann.visit(world.site(0)).await;
        let mut socket = open_socket(&ann, world.site(0), &[]).await.unwrap();
        let channel: ChannelName = ROOM.parse().unwrap();
        let follow =
            Follow { channel: channel.clone(), after: None, present: Some(json!({})), roster: false, within: None };
        socket.send(text(&ClientFrame::Hello(Hello::default()))).await.unwrap();
        let Some(ServerFrame::Welcome(welcome)) = next_frame(&mut socket).await else { panic!("welcome") };
        for _ in 0..5 {
            socket.send(text(&ClientFrame::Follow(follow.clone()))).await.unwrap();
            while !matches!(next_frame(&mut socket).await, Some(ServerFrame::Following { .. })) {}
            sleep(Duration::from_millis(50)).await;
            let roster = world.node(0).broker().roster(&channel).await.unwrap();
            assert!(roster.find(&welcome.client).is_some());
            // In one write with what comes next.
            socket.feed(text(&ClientFrame::Unfollow { channel: channel.clone() })).await.unwrap();
        }
    }

    async fn a_socket_that_answers_no_pings_is_gone(world: &mut World) {
        let (onlooker, mut ann) = (world.onlooker().await, world.joined("ann").await);
        let (client, _frozen) = (ann.client(), ann.freeze());
        onlooker.until("ann leaves", |seen| seen.channel(ROOM).comings_and_goings(&client) == (1, 1)).await;
    }
}

async fn two_tabs_are_two_clients_and_one_person(world: &mut World) {
    let onlooker = world.onlooker().await;
    let first = world.joined("ann").await;
    let second = Page::open(&first.browser, world.site(0), world.transport).await;
    second.join(ROOM, json!({})).await;
    let here = |clients: usize, people: usize| {
        let onlooker = &onlooker;
        async move {
            onlooker
                .until(&format!("{clients} clients are there"), |seen| {
                    seen.channel(ROOM).roster.as_ref().is_some_and(|roster| roster.here.len() == clients)
                })
                .await;
            assert_eq!(onlooker.seen(|seen| seen.channel(ROOM).roster.as_ref().unwrap().people().len()), people);
        }
    };
    here(2, 1).await;
    let bob = world.joined("bob").await;
    here(3, 2).await;
    drop(first);
    here(2, 2).await;
    drop(bob);
    here(1, 1).await;
    drop(second);
    here(0, 0).await;
}

async fn a_reload_shows_nothing_but_who_took_the_place(world: &mut World) {
    let (onlooker, ann) = (world.onlooker().await, world.joined("ann").await);
    let before = ann.client();
    let ann = ann.reload().await;
    ann.join(ROOM, json!({})).await;
    sleep(settings().grace + settings().lease).await;
    onlooker.until_told_all().await;
    onlooker.seen(|seen| {
        let joins = seen.channel(ROOM).entries.iter().filter_map(|(_, entry)| match entry {
            Entry::Joined { who, replaces } => Some((who.client.clone(), replaces.clone())),
            Entry::Left { client } => panic!("{client} left"),
            _ => None,
        });
        let joins: Vec<_> = joins.collect();
        assert_eq!(joins.first(), Some(&(before.clone(), None)));
        assert_eq!(joins.last(), Some(&(ann.client(), Some(before.clone()))));
        assert_eq!(seen.channel(ROOM).roster.as_ref().unwrap().here.len(), 1);
    });
}

async fn a_closed_tab_leaves_once(world: &mut World) {
    let (onlooker, ann) = (world.onlooker().await, world.joined("ann").await);
    let client = ann.client();
    drop(ann);
    onlooker.until("ann leaves", |seen| seen.channel(ROOM).comings_and_goings(&client) == (1, 1)).await;
    sleep(settings().lease / 2).await;
    onlooker.until_told_all().await;
    assert_eq!(onlooker.seen(|seen| seen.channel(ROOM).comings_and_goings(&client)), (1, 1));
}

async fn whoever_stays_connected_stays_present(world: &mut World) {
    let (onlooker, ann) = (world.onlooker().await, world.joined("ann").await);
    sleep(settings().lease * 2).await;
    onlooker.until_told_all().await;
    assert_eq!(onlooker.seen(|seen| seen.channel(ROOM).comings_and_goings(&ann.client())), (1, 0));
}

async fn a_short_cut_shows_nothing(world: &mut World) {
    let (onlooker, mut ann) = (world.onlooker().await, world.joined("ann").await);
    for _ in 0..2 {
        ann.cut();
        sleep(settings().grace / 4).await;
        ann.connect().await;
    }
    sleep(settings().grace + settings().lease).await;
    onlooker.until_told_all().await;
    assert_eq!(onlooker.seen(|seen| seen.channel(ROOM).comings_and_goings(&ann.client())), (1, 0));
}

async fn whoever_stops_following_leaves_at_once(world: &mut World) {
    let (onlooker, ann) = (world.onlooker().await, world.joined("ann").await);
    let client = ann.client();
    let start = Instant::now();
    ann.unfollow(ROOM);
    onlooker.until("ann leaves", |seen| seen.channel(ROOM).comings_and_goings(&client) == (1, 1)).await;
    assert!(ann.is_connected());
    if world.transport == Transport::Socket {
        assert!(start.elapsed() < Duration::from_secs(5));
    }
}

async fn whoever_has_nothing_to_show_is_present_all_the_same(world: &mut World) {
    let (onlooker, ann) = (world.onlooker().await, world.page("ann").await);
    ann.join(ROOM, serde_json::Value::Null).await;
    onlooker.until("ann comes", |seen| seen.channel(ROOM).is_here(&ann.client())).await;
}

async fn what_a_client_shows_is_told(world: &mut World) {
    let (onlooker, ann) = (world.onlooker().await, world.joined("ann").await);
    let client = ann.client();
    for state in [json!({ "part": 1 }), json!({ "part": 2 })] {
        ann.show(ROOM, state.clone());
        onlooker
            .until("what ann shows", |seen| {
                let roster = seen.channel(ROOM).roster.as_ref();
                roster.and_then(|roster| roster.find(&client)).is_some_and(|who| who.state == state)
            })
            .await;
    }
    assert_eq!(onlooker.seen(|seen| seen.channel(ROOM).comings_and_goings(&client)), (1, 0));
}

async fn the_clients_of_a_killed_node_leave_within_a_lease(world: &mut World) {
    let onlooker = world.onlooker().await;
    let doomed = world.start_node(settings()).await;
    let ann = world.page_at(doomed, "ann").await;
    ann.join(ROOM, json!({})).await;
    let bob = world.joined("bob").await;
    let client = ann.client();
    onlooker.until("ann comes", |seen| seen.channel(ROOM).is_here(&client)).await;
    let killed = Instant::now();
    world.kill(doomed);
    onlooker.until("ann leaves", |seen| seen.channel(ROOM).comings_and_goings(&client) == (1, 1)).await;
    assert!(killed.elapsed() < settings().lease + Duration::from_secs(2), "{:?}", killed.elapsed());
    onlooker.until_told_all().await;
    onlooker.seen(|seen| {
        assert_eq!(seen.channel(ROOM).comings_and_goings(&client), (1, 1));
        assert_eq!(seen.channel(ROOM).comings_and_goings(&bob.client()), (1, 0), "bob is at another node");
    });
}

async fn clients_that_move_from_a_killed_node_never_left(world: &mut World) {
    let onlooker = world.onlooker().await;
    let doomed = world.start_node(settings()).await;
    let browser = Browser::of("ann");
    let mut ann = Page::open(&browser, world.site(doomed), world.transport).await;
    ann.join(ROOM, json!({})).await;
    world.kill(doomed);
    ann.site = world.site(0).into();
    ann.connect().await;
    sleep(settings().lease + settings().grace).await;
    onlooker.until_told_all().await;
    assert_eq!(onlooker.seen(|seen| seen.channel(ROOM).comings_and_goings(&ann.client())), (1, 0));
}
