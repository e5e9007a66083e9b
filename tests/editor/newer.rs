//! While nodes are replaced one after the other, a newer one writes what an older one has no word for. The older one
//! passes it over, or takes it for what is safe, and goes on.

use crate::{
    page::Page,
    world::{Browser, World, text},
};
use axum::body::Body;
use http::{Request, StatusCode, header};
use sputnik::{Code, server::CommandStore};
use sputnik_editor::book::{
    channels::BookChannel,
    commands::{
        chat::Say,
        contents::{DeletedParts, RemovePart},
        history::{ChapterHistory, NameVersion, ReadVersion},
        people::MyInvitations,
        shelf::{OpenBook, OpenShelf},
    },
    events::EventKind,
    history::Moment,
    model::{BookId, Closing, Kind, Opened, PartId, Role, Sees, Status, Visibility},
    state::Book,
};

struct Fixture {
    world: World,
    ann: Browser,
    ben: Browser,
    book: BookId,
    part: PartId,
}

async fn fixture() -> Fixture {
    let world = World::new().await;
    let (ann, ben) = (world.person("ann").await, world.person("ben").await);
    let book = ann.create_book("Seas").await;
    let part = ann.add_chapter(&book, "Tides").await;
    ann.let_in(&book, &ben, Role::Editor).await;
    Fixture { world, ann, ben, book, part }
}

impl Fixture {
    /// What a newer node writes.
    async fn newer(&self, change: &str) {
        let done = sqlx::query(change).execute(&mut *self.world.database.note().await.unwrap()).await.unwrap();
        assert!(done.rows_affected() > 0, "{change}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_book_opens_with_an_activity_that_a_newer_node_noted() {
    let fixture = fixture().await;
    let before = fixture.ann.book(&fixture.book).await.activity.len();
    let future = r#"{"by":{"id":"x","name":"x"},"at":7,"what":{"book_printed":{"copies":3}}}"#;
    for (version, told) in [(1_000, future), (1_001, "no JSON at all"), (1_002, "{}")] {
        let note = sqlx::query("INSERT INTO activity (book, version, told) VALUES ($1, $2, $3)");
        let note = note.bind(fixture.book.as_str()).bind(i64::from(version)).bind(told);
        note.execute(&mut *fixture.world.database.note().await.unwrap()).await.unwrap();
    }
    let book = fixture.ann.book(&fixture.book).await;
    assert_eq!(book.activity.len(), before, "what is understood is shown");
    assert!(book.activity.iter().any(|told| matches!(told.what, EventKind::PartAdded { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_reads_a_book_with_an_activity_that_it_has_no_word_for() {
    let fixture = fixture().await;
    let opened = fixture.ann.ask(OpenBook { book: fixture.book.clone() }).await.unwrap();
    let mut json = serde_json::to_value(&opened).unwrap();
    let future = serde_json::json!({ "by": { "id": "x", "name": "x" }, "at": 7, "what": { "book_printed": {} } });
    json["snapshot"]["state"]["activity"].as_array_mut().unwrap().push(future);
    json["snapshot"]["state"]["printed"] = true.into();
    let read: Opened<Book> = serde_json::from_str(&json.to_string()).unwrap();
    assert_eq!(read, opened);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chapter_of_a_status_a_kind_or_a_closing_from_the_future_breaks_no_book() {
    let fixture = fixture().await;
    let (ann, book) = (&fixture.ann, &fixture.book);
    let other = ann.add_chapter(book, "Winds").await;
    fixture.newer("UPDATE parts SET status = 'illustrated' WHERE title = 'Tides'").await;
    let parts = ann.book(book).await.parts;
    assert_eq!((parts.len(), parts[0].status), (2, Status::New));

    fixture.newer("UPDATE parts SET closed = 'embargoed', closed_why = '', closed_at = 1, closed_by = (SELECT id FROM people WHERE name = 'ann') WHERE title = 'Tides'").await;
    let closed = ann.book(book).await.parts[0].closed.clone().unwrap();
    assert_eq!(closed.how, Closing::Final, "nobody writes where it is not known who may");
    assert_eq!(ann.write(book, &fixture.part, "x").await.unwrap_err().code, Code::Forbidden);

    fixture.newer("UPDATE parts SET kind = 'appendix' WHERE title = 'Winds'").await;
    let parts = ann.book(book).await.parts;
    assert!(parts.iter().all(|part| part.id != other), "it is passed over");
    ann.add(book, Kind::Chapter, "Moons", None).await.unwrap();
    fixture.newer("UPDATE parts SET kind = 'chapter' WHERE title = 'Winds'").await;
    assert!(ann.book(book).await.parts.iter().any(|part| part.id == other), "and there again afterwards");

    let long = "x".repeat(300);
    fixture.newer(&format!("UPDATE parts SET title = '{long}' WHERE title = 'Winds'")).await;
    assert_eq!(ann.book(book).await.part(&other).unwrap().title.as_str().len(), 200);
    ann.ask(RemovePart { book: book.clone(), part: other.clone() }).await.unwrap();
    fixture.newer("UPDATE parts SET status = 'illustrated' WHERE deleted IS NOT NULL").await;
    assert_eq!(ann.ask(DeletedParts { book: book.clone() }).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visibility_or_a_role_from_the_future_lets_nobody_in_and_nobody_out() {
    let fixture = fixture().await;
    let anybody = fixture.world.site.browser().await;
    fixture.newer("UPDATE books SET visibility = 'school', readers_see = 'covers'").await;
    assert_eq!(anybody.ask(OpenBook { book: fixture.book.clone() }).await.unwrap_err().code, Code::NotFound);
    let book = fixture.ann.book(&fixture.book).await;
    assert_eq!((book.visibility, book.readers_see), (Visibility::Private, Sees::Text));
    assert_eq!(fixture.ann.ask(OpenShelf {}).await.unwrap().mine.len(), 1);
    assert!(anybody.ask(OpenShelf {}).await.unwrap().public.is_empty());
    fixture.ann.ask(Say { book: fixture.book.clone(), text: "still here".into() }).await.unwrap();

    fixture.newer("UPDATE books SET visibility = 'public'").await;
    let book = anybody.book(&fixture.book).await;
    assert_eq!((book.chat.len(), book.members.len()), (0, 0), "what is shown is not known: the text only");

    let cleo = fixture.world.person("cleo").await;
    fixture.ann.invite(&fixture.book, &cleo, Role::Editor).await.unwrap();
    fixture.newer("UPDATE invitations SET role = 0").await;
    assert_eq!(cleo.ask(MyInvitations {}).await.unwrap().state[0].role, Role::Reader);
    fixture.newer("UPDATE members SET role = 0 WHERE person = (SELECT id FROM people WHERE name = 'ben')").await;
    assert_eq!(fixture.ann.book(&fixture.book).await.role_of(&fixture.ben.me().id), Some(Role::Reader));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_or_a_picture_from_the_future_is_said_to_come_back_and_the_others_are_shown() {
    let fixture = fixture().await;
    let (ann, book, part) = (&fixture.ann, &fixture.book, &fixture.part);
    let name = |name: &str| NameVersion { book: book.clone(), part: part.clone(), name: name.parse().unwrap() };
    for words in ["one", "two"] {
        ann.write(book, part, words).await.unwrap();
        ann.ask(name(words)).await.unwrap();
    }
    fixture.newer(r#"UPDATE revisions SET content = '{"layers":[]}' WHERE number = 1"#).await;
    let history = ChapterHistory { book: book.clone(), part: part.clone(), before: None };
    assert_eq!(ann.ask(history).await.unwrap().revisions.len(), 2);
    let read = |number| ReadVersion { book: book.clone(), part: part.clone(), moment: Moment::Revision(number) };
    let fault = ann.ask(read(1)).await.unwrap_err();
    assert!(fault.code == Code::Temporary && fault.words.contains("newer release"), "{fault}");
    assert!(ann.ask(read(2)).await.unwrap().contains("two"));

    fixture
        .newer(&format!(
            "INSERT INTO pictures (id, book, person, at, hash, type, width, height, size, bytes)
         VALUES ('future', '{book}', '{}', 1, 'x', 'image/jxl', 1, 1, 1, x'00')",
            ann.me().id
        ))
        .await;
    let picture = Request::get(format!("/book/{book}/picture/future")).header(header::COOKIE, &ann.cookies);
    let answer = ann.site.send(picture.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE, "{}", text(answer).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_newer_node_left_to_be_published_goes_out_and_holds_up_nothing() {
    let fixture = fixture().await;
    let channel = BookChannel(fixture.book.clone()).name();
    let version: i64 = sqlx::query_scalar("SELECT version FROM channels WHERE name = $1")
        .bind(channel.as_str())
        .fetch_one(&mut *fixture.world.database.glance().await.unwrap())
        .await
        .unwrap();
    fixture.newer(&format!("UPDATE channels SET version = version + 2 WHERE name = '{channel}'")).await;
    for (version, entry) in [
        (
            version + 1,
            r#"{"said":{"version":VERSION,"body":{"by":{"id":"x","name":"x"},"at":7,"what":{"book_printed":{}}}}}"#,
        ),
        (version + 2, r#"{"foretold":{"version":VERSION}}"#),
    ] {
        let entry = entry.replace("VERSION", &version.to_string());
        fixture
            .newer(&format!("INSERT INTO outbox (channel, version, entry) VALUES ('{channel}', {version}, '{entry}')"))
            .await;
    }
    fixture.ann.ask(Say { book: fixture.book.clone(), text: "after it".into() }).await.unwrap();
    assert_eq!(fixture.world.database.command_store().behind().await.unwrap(), []);
    let all = fixture.world.entries(&channel).await;
    assert!(
        all.iter().any(|entry| entry.contains("book_printed")) && all.last().unwrap().contains("after it"),
        "{all:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_a_newer_node_wrote_breaks_no_page_of_its_browser() {
    let fixture = fixture().await;
    for data in [r#"{"person":{"key":7}}"#, "no JSON at all", r#"{"person":"ann","prolonged":"yes"}"#] {
        fixture.newer(&format!("UPDATE sessions SET data = '{data}'")).await;
        fixture.ann.ask(OpenShelf {}).await.unwrap_or_else(|fault| panic!("{data}: {fault}"));
    }
    // And signing in goes on.
    let answer = fixture.ann.submit("sign_in", &[("name", "ann"), ("password", crate::world::PASSWORD)]).await;
    let ann = fixture.ann.with_cookies_of(&answer);
    assert_eq!(ann.ask(OpenShelf {}).await.unwrap().mine.len(), 1);
    let _ = Page::open(&ann, &fixture.book, &fixture.part).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_gets_what_a_newer_node_answered_as_it_stands() {
    let fixture = fixture().await;
    let key = fixture.ann.key();
    let say = Say { book: fixture.book.clone(), text: "once".into() };
    fixture.ann.ask_as(&key, &say, false).await.unwrap();
    fixture.newer(r#"UPDATE commands SET reply = '{"line":7}'"#).await;
    let site = fixture.world.another_site().await;
    let body = serde_json::to_string(&say).unwrap();
    for again in [true, false] {
        let path = <Say as server_fn::ServerFn>::PATH;
        let (status, answer) = fixture.ann.at(&site).ask_json(&key, path, &body, again).await;
        assert!(status == StatusCode::OK || status == StatusCode::SERVICE_UNAVAILABLE, "{status}: {answer}");
    }
    assert_eq!(fixture.ann.book(&fixture.book).await.chat.len(), 1, "it was done once");
}
