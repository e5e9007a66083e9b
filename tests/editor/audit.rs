//! Who did what, from where, is written down; what is secret is not.

use crate::world::{PASSWORD, World, told};
use axum::body::Body;
use http::{Request, StatusCode, header};
use server_fn::ServerFn;
use sputnik_editor::book::{
    commands::{
        people::SetMember,
        shelf::{DeleteBook, SetVisibility},
    },
    model::{Role, Visibility},
};
use std::{
    io,
    sync::{Arc, Mutex},
};
use tracing_subscriber::EnvFilter;

/// What was written.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Written {
    /// The lines so far that have all of these in them.
    fn lines_with(&self, parts: &[&str]) -> Vec<String> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        text.lines().filter(|line| parts.iter().all(|part| line.contains(part))).map(str::to_owned).collect()
    }
}

/// From now on the lines of this thread, on which all of a test runs, are kept.
fn written() -> (Written, tracing::subscriber::DefaultGuard) {
    let written = Written::default();
    let writer = written.clone();
    let lines = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new("sputnik::audit=info"))
        .with_writer(move || writer.clone())
        .with_ansi(false);
    (written, tracing::subscriber::set_default(lines.finish()))
}

#[tokio::test]
async fn whoever_signs_in_or_is_refused_leaves_a_line_with_name_and_address() {
    let world = World::new().await;
    let (written, _guard) = written();
    let browser = world.site.browser().await.come_from_address("203.0.113.9");
    told(&browser, "sign_up", &[("name", "ann"), ("password", PASSWORD)]).await;
    told(&browser, "sign_in", &[("name", "ann"), ("password", "five cold pears")]).await;
    told(&browser, "sign_in", &[("name", "five-warm-pears"), ("password", "ann")]).await;
    let ann = browser.sign_in("ann", PASSWORD).await.unwrap();
    told(&ann, "change_password", &[("old", "five cold pears"), ("new", PASSWORD)]).await;
    told(&ann, "end_other_sessions", &[]).await;
    ann.submit("sign_out", &[]).await;
    let from = "address=203.0.113.9";
    for parts in [
        ["act=\"sign_up\"", "outcome=\"done\"", "name=\"ann\""],
        ["act=\"sign_in\"", "outcome=\"forbidden\"", "name=\"ann\""],
        ["act=\"sign_in\"", "outcome=\"forbidden\"", "a name that nobody has"],
        ["act=\"sign_in\"", "outcome=\"done\"", "name=\"ann\""],
        ["act=\"change_password\"", "outcome=\"forbidden\"", "name=\"ann\""],
        ["act=\"end_other_sessions\"", "outcome=\"done\"", "name=\"ann\""],
        ["act=\"sign_out\"", "outcome=\"done\"", "name=\"ann\""],
    ] {
        let lines = written.lines_with(&[parts[0], parts[1], parts[2], from]);
        assert_eq!(lines.len(), 1, "{parts:?} in {:#?}", written.lines_with(&[]));
    }
    for secret in ["pears", "sputnik="] {
        assert_eq!(written.lines_with(&[secret]), Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_right_that_is_changed_or_refused_leaves_a_line() {
    let world = World::new().await;
    let (ann, ben) = (world.person("ann").await, world.person("ben").await);
    let book = ann.create_book("Tides").await;
    let (written, _guard) = written();
    ann.ask(SetMember { book: book.clone(), name: "ben".into(), role: Role::Editor }).await.unwrap();
    ann.ask(SetVisibility { book: book.clone(), visibility: Visibility::Public }).await.unwrap();
    ben.ask(SetVisibility { book: book.clone(), visibility: Visibility::Private }).await.unwrap_err();
    ann.ask(DeleteBook { book: book.clone(), title: "Tides".into() }).await.unwrap();
    for act in ["set_member", "set_visibility", "delete_book"] {
        let lines = written.lines_with(&[&format!("act=\"{act}\""), "done", "name=\"ann\"", book.as_str()]);
        assert_eq!(lines.len(), 1, "{act} in {:#?}", written.lines_with(&[]));
    }
    let refused = written.lines_with(&["act=\"command\"", "forbidden", "name=\"ben\"", "set_visibility"]);
    assert_eq!(refused.len(), 1, "{:#?}", written.lines_with(&[]));
}

#[tokio::test]
async fn a_page_of_another_site_leaves_a_line() {
    let world = World::new().await;
    let ann = world.person("ann").await.come_from_address("203.0.113.9");
    let (written, _guard) = written();
    let request = Request::post(SetMember::PATH)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::HOST, "books.example")
        .header(header::ORIGIN, "https://evil.example")
        .header(header::COOKIE, &ann.cookies);
    let answer = ann.send(request.body(Body::from("{}")).unwrap()).await;
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    let lines = written.lines_with(&["another origin", "https://evil.example", "address=203.0.113.9"]);
    assert_eq!(lines.len(), 1, "{:#?}", written.lines_with(&[]));
}
