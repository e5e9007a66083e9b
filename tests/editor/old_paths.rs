//! Pages that were open when the server was replaced ask under the paths of the release before.

use crate::world::World;
use axum::body::Body;
use http::{Method, Request, StatusCode, header};
use leptos::server_fn::axum::server_fn_paths;
use serde_json::json;
use server_fn::ServerFn;
use sputnik::server::once::command_store::Digest;
use sputnik::{
    Code, Fault,
    server::{Asked, Caller, QueueSlot, User},
};
use sputnik_editor::{
    book::commands::shelf::{CreateBook, OpenBook, RenameBook},
    database::Change,
    old_paths::old_paths,
};
use std::collections::BTreeSet;

#[tokio::test]
async fn every_command_of_the_release_before_is_answered_under_its_path_of_then() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    let there: BTreeSet<&str> =
        server_fn_paths().filter(|(_, method)| *method == Method::POST).map(|(path, _)| path).collect();
    let mut led_to = BTreeSet::new();
    for (before, now) in old_paths() {
        assert!(!there.contains(&before[..]), "{before} is a path of now");
        assert!(there.contains(&now[..]), "{before} leads to {now}, which is none");
        // Not as the command's arguments are: read, and refused, but known.
        for path in [&before, &now] {
            let (status, answer) = ann.ask_json(&ann.key(), path, "{\"no\": ", false).await;
            let fault = serde_json::from_str::<Fault>(&answer).map(|fault| fault.code);
            assert!(fault.as_ref().map_or(true, |code| *code != Code::UnknownCommand), "{path}: {status} {answer}");
            assert!(
                ![StatusCode::NOT_FOUND, StatusCode::METHOD_NOT_ALLOWED].contains(&status),
                "{path}: {status} {answer}"
            );
        }
        led_to.insert(now);
    }
    assert_eq!(led_to.len(), 55, "53 commands, and both polls");
}

#[tokio::test]
async fn a_form_of_a_page_of_the_release_before_is_answered() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    let answer = ann.submit_to("/command/sputnik/book/commands/shelf/create_book", &[("title", "Seas")]).await;
    assert_eq!(answer.status(), StatusCode::FOUND);
    let place = answer.headers()[header::LOCATION].to_str().unwrap();
    assert!(place.starts_with("/book/"), "{place}");
    assert_eq!(CreateBook::PATH, "/command/create_book");
}

/// The server before this one did the command and died before it answered. What it recorded is under the path of then.
#[tokio::test]
async fn what_the_server_before_did_is_not_done_again() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    let book = ann.create_book("Seas").await;
    let was = "/command/sputnik/book/commands/shelf/rename_book";
    let arguments = json!({ "book": book, "title": "Oceans" }).to_string();
    for path in [was, RenameBook::PATH] {
        let key = ann.key();
        let me = User { id: ann.me().id, name: ann.me().name };
        let digest = Digest::of(Some(&me.id), was, arguments.as_bytes());
        let asked = Asked { key: key.clone(), digest, before: None };
        let caller = Caller {
            node: ann.site.node.clone(),
            user: Some(me),
            address: None,
            call: Some(asked),
            slot: QueueSlot::default(),
        };
        let done = async |_: &mut Change| Ok("done then".to_owned());
        world.database.command_store().run(&caller, done).await.unwrap();
        let (status, answer) = ann.ask_json(&key, path, &arguments, true).await;
        assert_eq!((status, &answer[..]), (StatusCode::OK, "\"done then\""), "{path}");
    }
    assert_eq!(ann.ask(OpenBook { book }).await.unwrap().snapshot.state.title.as_str(), "Seas");
}

#[tokio::test]
async fn a_poll_is_answered_under_its_path_of_then_too() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    for path in ["/sputnik/poll", "/sputnik/sputnik/sputnik/wire/poll"] {
        let ask = json!({ "ask": { "hello": {}, "follow": [], "frames": [], "last": false } });
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
        let answer = ann.send(request.body(Body::from(ask.to_string())).unwrap()).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
    }
}
