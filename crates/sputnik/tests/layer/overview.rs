//! How the nodes stand, for whoever looks after them.

use crate::{
    support::client::{Browser, Page, Transport},
    world::{ROOM, World, pen, settings, until},
};
use serde_json::json;
use sputnik::{
    ChannelName, ClientId, Code,
    protocol::{
        frame::{Ask, Hello},
        overview::{self, NodeOverview, SiteOverview},
    },
    server::Settings,
};
use std::{collections::HashMap, time::Duration};

promises!(
    the_overview_tells_of_the_clients_of_every_node,
    a_client_that_is_ended_leaves_at_once_wherever_it_is,
    a_lock_that_is_freed_passes_to_who_waits,
);
pub const OVERVIEW: &str = "@overview";

/// Whoever looks after the nodes, with the overview open.
pub async fn watcher(world: &World) -> Page {
    let page = Page::open(&Browser::of("admin"), world.site(0), Transport::Socket).await;
    page.join(OVERVIEW, json!({})).await;
    page
}

/// The newest of what each node told.
fn told(page: &Page) -> HashMap<ClientId, NodeOverview> {
    page.seen(|seen| {
        let whispers = seen.channel(OVERVIEW).whispers.iter();
        whispers.map(|(from, body)| (from.clone(), serde_json::from_value(body.clone()).unwrap())).collect()
    })
}

pub async fn until_told(page: &Page, what: &str, is: impl Fn(&SiteOverview) -> bool) -> SiteOverview {
    let site = || SiteOverview::of(told(page).into_values());
    until(what, || async { is(&site()) }).await;
    site()
}

async fn the_overview_tells_of_the_clients_of_every_node(world: &mut World) {
    let second = world.start_node(settings()).await;
    let mut ann = world.joined("ann").await;
    let mut bob = world.page_at(second, "bob").await;
    bob.join(ROOM, json!({})).await;
    pen(&mut ann, "take", None).await.unwrap();
    pen(&mut bob, "ask", None).await.unwrap();
    let watcher = watcher(world).await;
    let (a, b) = (ann.client(), bob.client());
    let site = until_told(&watcher, "both nodes tell of the lock and of the clients", |site| {
        let listed = [&a, &b].iter().all(|client| site.clients.contains_key(client));
        site.nodes.len() == 2 && listed && site.locks.values().any(|lock| lock.queue.len() == 1)
    })
    .await;

    let (anns, ann) = &site.clients[&a];
    let (bobs, _) = &site.clients[&b];
    assert_ne!(anns, bobs, "each on its node");
    assert_eq!(ann.user.as_ref().map(|user| user.name.as_str()), Some("ANN"));
    assert_eq!(ann.follows.listed, [ROOM.parse().unwrap()]);
    let transport = match world.transport {
        Transport::Socket => overview::Transport::Socket,
        Transport::LongPoll => overview::Transport::LongPoll,
        Transport::Poll => overview::Transport::Poll,
    };
    assert_eq!(ann.transport, transport);
    let room = &site.channels[&ROOM.parse::<ChannelName>().unwrap()];
    assert_eq!(room.followers, 2);
    assert_eq!(room.offset, world.top().await.offset);
    assert_eq!(site.locks.len(), 1, "what both nodes tell of is one lock");
    let lock = site.locks.values().next().unwrap();
    assert_eq!(lock.holder.as_ref().map(|party| (&party.client, party.name.as_str())), Some((&a, "ANN")));
    assert_eq!(lock.queue.iter().map(|party| &party.client).collect::<Vec<_>>(), [&b]);
}

async fn a_client_that_is_ended_leaves_at_once_wherever_it_is(world: &mut World) {
    // Were it only cut off, it would be here for as long as this test is waited for.
    let patient = Settings { lease: Duration::from_secs(60), grace: Duration::from_secs(60), ..settings() };
    let second = world.start_node(patient).await;
    let mut bob = world.joined("bob").await;
    let mut ann = world.page_at(second, "ann").await;
    ann.join(ROOM, json!({})).await;
    let taken = pen(&mut ann, "take", None).await.unwrap();
    pen(&mut bob, "ask", None).await.unwrap();
    let (old, me) = (ann.client(), bob.client());

    world.node(0).end_client(&old).await.unwrap();
    ann.until("its connection ends", |seen| seen.ended.is_some()).await;
    bob.until("the lock passes on", |seen| seen.channel(ROOM).lock("pen").is_some_and(|pen| pen.is_held_by(&me))).await;
    bob.until("it is gone", |seen| !seen.channel(ROOM).is_here(&old)).await;
    assert!(world.pen().await.fence > taken.fence);
    for node in [0, second] {
        let ask = Ask { hello: Hello { client: Some(old.clone()), was: None }, ..Ask::default() };
        let fault = ann.browser.ask(world.site(node), false, &ask).await.unwrap_err();
        assert_eq!(fault.code, Code::UnknownClient, "it does not come back under its old id");
    }
    let new = Page::open(&ann.browser, world.site(second), world.transport).await;
    new.join(ROOM, json!({})).await;
    assert_ne!(new.client(), old);
}

async fn a_lock_that_is_freed_passes_to_who_waits(world: &mut World) {
    let second = world.start_node(settings()).await;
    let (mut ann, mut bob) = (world.joined("ann").await, world.joined("bob").await);
    pen(&mut ann, "take", None).await.unwrap();
    pen(&mut bob, "ask", None).await.unwrap();
    let (room, name) = (ROOM.parse().unwrap(), "pen".parse().unwrap());
    let not_bobs = world.node(second).free_lock(&room, &name, &bob.client()).await.unwrap_err();
    assert_eq!(not_bobs.code, Code::Stale);
    assert_eq!(world.pen().await.queue, [bob.client()], "who waits goes on waiting");

    let freed = world.node(second).free_lock(&room, &name, &ann.client()).await.unwrap();
    let me = bob.client();
    assert!(freed.is_held_by(&me));
    ann.until("the old holder is told", |seen| seen.channel(ROOM).lock("pen").is_some_and(|pen| pen.is_held_by(&me)))
        .await;
}
