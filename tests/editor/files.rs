//! What is fetched as a file is sent for as long as whoever fetches it may read it, and nobody has all the places.

use crate::{
    world::{Browser, World},
    writing::chapter,
};
use axum::body::Body;
use futures::StreamExt;
use http::{Request, StatusCode, header};
use sputnik_editor::book::{
    commands::{files::ImportChapter, people::RemoveMember, shelf::SetVisibility},
    import::How,
    model::{BookId, PartId, Role, Visibility},
    pictures::Uploaded,
};
use std::time::Duration;
use tokio::time::timeout;

/// An answer that is read piece by piece.
struct Reading(axum::body::BodyDataStream);

impl Reading {
    async fn begin(who: &Browser, path: &str) -> Self {
        let answer = ask(who, path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        let mut reading = Self(answer.into_body().into_data_stream());
        reading.0.next().await.expect("it begins").expect("it is sent");
        reading
    }

    /// What more is sent, and whether it ends as what is whole does.
    async fn rest(mut self) -> (String, bool) {
        let mut rest = Vec::new();
        while let Some(piece) = self.0.next().await {
            let Ok(piece) = piece else { return (String::from_utf8_lossy(&rest).into_owned(), false) };
            rest.extend_from_slice(&piece);
        }
        (String::from_utf8_lossy(&rest).into_owned(), true)
    }
}

async fn ask(who: &Browser, path: &str) -> http::Response<Body> {
    who.send(Request::get(path).header(header::COOKIE, &who.cookies).body(Body::empty()).unwrap()).await
}

async fn fill(ann: &Browser, book: &BookId, part: &PartId, markdown: String) {
    let (book, part, how) = (book.clone(), part.clone(), How::Replace);
    ann.ask(ImportChapter { book, part, markdown, how }).await.unwrap();
}

/// A book of a long chapter and a short one.
async fn long(world: &World) -> (Browser, BookId, PartId, PartId) {
    let (ann, book, part) = chapter(world).await;
    let last = ann.add_chapter(&book, "Last").await;
    fill(&ann, &book, &part, "tide ".repeat(130_000)).await;
    (ann, book, part, last)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_book_that_became_private_is_sent_on_to_whoever_had_begun_to_fetch_it() {
    let world = World::new().await;
    let (ann, book, part, last) = long(&world).await;
    let show = |visibility| SetVisibility { book: book.clone(), visibility };
    for path in [format!("/book/{book}/book.md"), format!("/book/{book}/chapter/{part}.md")] {
        ann.ask(show(Visibility::Public)).await.unwrap();
        let stranger = world.site.browser().await;
        let (whole, cut) = (Reading::begin(&stranger, &path).await, Reading::begin(&stranger, &path).await);
        assert!(whole.rest().await.1, "{path}");
        ann.ask(show(Visibility::Private)).await.unwrap();
        fill(&ann, &book, &last, "Written when it was private.".to_owned()).await;
        assert_eq!(cut.rest().await, (String::new(), false), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_book_is_sent_on_to_whoever_belongs_to_it_no_more_or_is_signed_out() {
    let world = World::new().await;
    let (ann, book, ..) = long(&world).await;
    let path = format!("/book/{book}/book.md");
    for (name, signs_out) in [("ben", false), ("cleo", true)] {
        let member = world.person(name).await;
        ann.let_in(&book, &member, Role::Reader).await;
        let reading = Reading::begin(&member, &path).await;
        if signs_out {
            member.submit("sign_out", &[]).await;
        } else {
            ann.ask(RemoveMember { book: book.clone(), person: member.me().id }).await.unwrap();
        }
        assert_eq!(reading.rest().await, (String::new(), false), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_of_a_book_that_became_private_is_sent_on() {
    let world = World::new().await;
    let (ann, book, ..) = long(&world).await;
    let send = Request::post(format!("/book/{book}/pictures"))
        .header(header::COOKIE, &ann.cookies)
        .header(header::HOST, "here")
        .body(Body::from(crate::pictures::png(&[7; 1 << 20])));
    let kept: Uploaded = serde_json::from_str(&crate::world::text(ann.send(send.unwrap()).await).await).unwrap();
    ann.ask(SetVisibility { book: book.clone(), visibility: Visibility::Public }).await.unwrap();
    let stranger = world.site.browser().await;
    let (whole, cut) = (Reading::begin(&stranger, &kept.src).await, Reading::begin(&stranger, &kept.src).await);
    assert!(whole.rest().await.1);
    ann.ask(SetVisibility { book: book.clone(), visibility: Visibility::Private }).await.unwrap();
    assert_eq!(cut.rest().await, (String::new(), false));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_begins_to_fetch_many_files_and_reads_none_is_in_nobodys_way() {
    let world = World::new().await;
    let (ann, book, ..) = long(&world).await;
    let path = format!("/book/{book}/book.md");
    ann.ask(SetVisibility { book: book.clone(), visibility: Visibility::Public }).await.unwrap();
    let stranger = world.site.browser().await.come_from_address("203.0.113.9");
    let mut begun = Vec::new();
    for _ in 0..4 {
        begun.push(Reading::begin(&stranger, &path).await);
    }
    let fifth = tokio::spawn({
        let (stranger, path) = (stranger.clone(), path.clone());
        async move { ask(&stranger, &path).await.status() }
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!fifth.is_finished(), "it waits for one of theirs");
    for other in [ann.come_from_address("203.0.113.9"), world.site.browser().await.come_from_address("203.0.113.10")] {
        let status = timeout(Duration::from_secs(10), ask(&other, &path)).await.unwrap().status();
        assert_eq!(status, StatusCode::OK);
    }
    begun.pop();
    assert_eq!(timeout(Duration::from_secs(10), fifth).await.unwrap().unwrap(), StatusCode::OK);
}
