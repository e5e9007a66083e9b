//! What only administrators may see and do.

use crate::world::{Browser, Site, World, text};
use axum::body::Body;
use http::{Request, StatusCode, header};
use sputnik::{ChannelName, Code};
use sputnik_editor::{
    admin::commands::{EndClient, FreeLock, Look},
    boot,
};
use std::{sync::Arc, time::Duration};

/// A world in which ann is an administrator, however her name is written.
async fn world() -> World {
    let mut world = World::new().await;
    let gate = boot::gate(&world.database, &["ANN".to_owned()]);
    let store = Arc::new(world.database.command_store());
    world.site = Site::start_with(&world.database, &world.broker, gate, store).await;
    world
}

/// The status of a page, and what of it does not change from one rendering to the next.
async fn page(who: &Browser, path: &str) -> (StatusCode, String) {
    let request = Request::get(path).header(header::COOKIE, &who.cookies).header(header::ACCEPT, "text/html");
    let answer = who.site.send(request.body(Body::empty()).unwrap()).await;
    (answer.status(), text(answer).await)
}

#[tokio::test]
async fn for_everyone_but_administrators_there_is_no_such_page() {
    let world = world().await;
    let (ann, ben) = (world.person("ann").await, world.person("ben").await);
    let nobody = world.site.browser().await;
    let (status, body) = page(&ann, "/admin/live").await;
    assert_eq!(status, StatusCode::OK);
    assert!(body.contains("Clients") && body.contains("Locks"), "{body}");
    for who in [&ben, &nobody] {
        let (status, body) = page(who, "/admin/live").await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert!(body.contains("There is no such page") && !body.contains("Locks"), "{body}");
    }
}

#[tokio::test]
async fn a_page_does_not_stand_still_because_another_site_is_put_together_meanwhile() {
    let world = world().await;
    let ann = world.person("ann").await;
    let putting = {
        let world = World::new().await;
        tokio::task::spawn_blocking(move || {
            let here = tokio::runtime::Handle::current();
            for _ in 0..300 {
                here.block_on(world.another_site());
            }
        })
    };
    while !putting.is_finished() {
        let page = tokio::time::timeout(Duration::from_secs(20), page(&ann, "/admin/live")).await;
        assert_eq!(page.expect("the page is there").0, StatusCode::OK);
    }
    putting.await.unwrap();
}

#[tokio::test]
async fn for_everyone_but_administrators_there_are_no_such_commands() {
    let world = world().await;
    let (ann, ben) = (world.person("ann").await, world.person("ben").await);
    let nobody = world.site.browser().await;
    let book = ben.create_book("Seas").await;
    let part = ben.add_chapter(&book, "Tides").await;
    ben.take_pen(&book, &part).await;
    let channel: ChannelName = format!("book/{book}").parse().unwrap();
    let free =
        || FreeLock { channel: channel.clone(), lock: part.to_string().parse().unwrap(), holder: ben.client.clone() };
    for who in [&ben, &nobody] {
        assert_eq!(who.ask(Look {}).await.unwrap_err().code, Code::NotFound);
        assert_eq!(who.ask(EndClient { client: ann.client.clone() }).await.unwrap_err().code, Code::NotFound);
        assert_eq!(who.ask(free()).await.unwrap_err().code, Code::NotFound);
    }
    assert!(world.site.node.broker().lock(&channel, &free().lock).await.unwrap().is_held_by(&ben.client));

    ann.ask(Look {}).await.unwrap();
    ann.ask(EndClient { client: ben.client.clone() }).await.unwrap();
    ann.ask(free()).await.unwrap();
    assert_eq!(world.site.node.broker().lock(&channel, &free().lock).await.unwrap().holder, None);
}

#[tokio::test]
async fn where_nobody_is_named_nobody_is_an_administrator() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    assert_eq!(page(&ann, "/admin/live").await.0, StatusCode::NOT_FOUND);
}
