//! Whole books that are made into files beside all else, on SQLite and on PostgreSQL alike.

use crate::{
    page::Page,
    pictures::png,
    promises::promises,
    support::postgres_server::PostgresServer,
    world::{Browser, World},
};
use axum::body::Body;
use http::{Request, StatusCode, header};
use sputnik::{Code, Fault};
use sputnik_editor::{
    book::{
        channels::BookChannel,
        commands::{
            contents::RemovePart,
            exports::{NamedVersions, RemoveExport, StartExport},
            files::ImportChapter,
            history::NameBookVersion,
            people::RemoveMember,
            shelf::SetVisibility,
        },
        events::{BookEvent, EventKind},
        exports::{
            ExportState,
            queue::{Bounds, Exports},
        },
        files::{self, exporter::Exporter, press::Press},
        format::Format,
        import::How,
        model::{BookId, ExportId, PartId, Role, Visibility},
        state::Book,
        store::exports,
    },
    costly::RateLimit,
    database::{Database, now},
};
use std::{
    future::{pending, ready},
    io::Cursor,
    time::Duration,
};

promises!(
    exports_keep_their_promises_on_postgresql:
    a_file_is_asked_for_by_one_seen_by_another_and_fetched_by_whoever_belongs_to_the_book,
    every_format_is_made_as_it_is_sent_at_once,
    a_named_version_has_the_text_of_then_and_no_chapter_begun_since,
    what_a_dead_server_left_is_made_anew_by_another,
    over_what_two_servers_died_a_third_does_not,
    a_server_that_wakes_up_late_writes_nothing_any_more,
    a_node_that_stops_hands_its_file_back_at_once_and_that_counts_for_nothing,
    what_is_cancelled_while_it_is_made_leaves_nothing,
    what_was_asked_for_by_one_who_was_taken_out_is_not_made,
    nobody_fetches_what_is_not_theirs_and_no_address_harms,
    what_is_past_its_time_goes_with_its_bytes,
    files_are_bounded_by_book_by_person_and_by_size,
    what_is_to_be_known_of_a_pdf_stands_beside_it,
    a_deleted_book_takes_its_files_with_it,
);

/// A book of two chapters and a picture that is some pieces long, and somebody else who writes it.
struct Fixture {
    world: World,
    ann: Browser,
    ben: Browser,
    book: BookId,
    ebb: PartId,
}

impl Fixture {
    async fn of(world: World) -> Self {
        let (ann, ben) = (world.person("ann").await, world.person("ben").await);
        let book = ann.create_book("Seas").await;
        let ebb = ann.add_chapter(&book, "Ebb").await;
        ann.add_chapter(&book, "Flood").await;
        let bytes: Vec<u8> = (0..600_000_u32).flat_map(|at| at.wrapping_mul(2_654_435_761).to_be_bytes()).collect();
        let picture = ann.send_picture(&book, png(&bytes[..1_000_000])).await.unwrap().src;
        let fixture = Self { world, ann, ben, book, ebb };
        fixture.bring(&format!("It goes.\n\n![A sea]({picture})")).await;
        fixture.ann.let_in(&fixture.book, &fixture.ben, Role::Editor).await;
        fixture
    }

    async fn bring(&self, markdown: &str) {
        let (book, part, markdown) = (self.book.clone(), self.ebb.clone(), markdown.to_owned());
        self.ann.ask(ImportChapter { book, part, markdown, how: How::Replace }).await.unwrap();
    }

    async fn start(&self, who: &Browser, format: Format, version: Option<&str>) -> Result<ExportId, Fault> {
        let version = version.map(|name| name.parse().unwrap());
        who.ask(StartExport { book: self.book.clone(), format, version }).await
    }

    fn worker(&self) -> Exporter {
        self.worker_with(Bounds::default())
    }

    fn worker_with(&self, bounds: Bounds) -> Exporter {
        let exports = Exports::new(bounds, RateLimit::new(60, 60));
        Exporter::new(self.world.database.clone(), self.world.site.node.clone(), exports, Press::default())
    }

    /// Makes all there is to make.
    async fn make(&self) {
        while self.worker().make_next(pending()).await.unwrap() {}
    }

    /// Takes one on as a server does that dies before it is done, so long ago that nobody waits for it any more.
    async fn die_over(&self, id: &ExportId) -> String {
        let holder = format!("dead{}", now());
        let mut sql = self.world.database.write().await.unwrap();
        let claimed = exports::claim(&mut sql, id, &holder, (now(), now() - 1)).await.unwrap();
        assert!(claimed.is_some(), "it is taken on");
        exports::add_piece(&mut sql, id, 0, b"half".to_vec()).await.unwrap();
        sql.commit().await.unwrap();
        tokio::time::sleep(Duration::from_millis(5)).await;
        holder
    }

    async fn states(&self) -> Vec<ExportState> {
        self.ann.book(&self.book).await.exports.into_iter().map(|export| export.state).collect()
    }

    async fn fetch(&self, who: &Browser, id: &str) -> (StatusCode, Vec<u8>) {
        fetch(who, &self.book, id).await
    }

    /// How many pieces of files the database has.
    async fn pieces(&self) -> i64 {
        pieces(&self.world.database).await
    }

    /// The book as a page has it that was open since the beginning.
    async fn folded(&self, mut page: Book, known: usize) -> Book {
        for (_, event) in self.world.log(&BookChannel(self.book.clone()).name()).await.iter().skip(known) {
            page.apply(&serde_json::from_str(event).unwrap());
        }
        page
    }
}

async fn pieces(database: &Database) -> i64 {
    let count = sqlx::query_scalar("SELECT COUNT(*) FROM export_pieces");
    count.fetch_one(&mut *database.glance().await.unwrap()).await.unwrap()
}

async fn fetch(who: &Browser, book: &BookId, id: &str) -> (StatusCode, Vec<u8>) {
    let request = Request::get(format!("/book/{book}/export/{id}")).header(header::COOKIE, &who.cookies);
    let answer = who.site.send(request.body(Body::empty()).unwrap()).await;
    let status = answer.status();
    if status.is_success() {
        let length = answer.headers()[header::CONTENT_LENGTH].to_str().unwrap().parse::<usize>().unwrap();
        assert!(answer.headers()[header::CONTENT_DISPOSITION].to_str().unwrap().starts_with("attachment; "));
        let bytes = axum::body::to_bytes(answer.into_body(), 64 << 20).await.unwrap().to_vec();
        assert_eq!(bytes.len(), length);
        return (status, bytes);
    }
    (status, Vec::new())
}

async fn a_file_is_asked_for_by_one_seen_by_another_and_fetched_by_whoever_belongs_to_the_book(world: World) {
    let all = Fixture::of(world).await;
    let page = all.ben.book(&all.book).await;
    let known = all.world.log(&BookChannel(all.book.clone()).name()).await.len();
    let id = all.start(&all.ann, Format::Epub, None).await.unwrap();
    let seen = all.folded(page.clone(), known).await.exports;
    assert_eq!((seen.len(), &seen[0].id, &seen[0].by, &seen[0].state), (1, &id, &all.ann.me(), &ExportState::Waiting));
    assert_eq!(all.fetch(&all.ben, id.as_str()).await.0, StatusCode::CONFLICT, "it is not made yet");

    all.make().await;
    let seen = all.folded(page, known).await;
    assert_eq!(seen, all.ben.at(&all.world.another_site().await).book(&all.book).await);
    let ExportState::Ready { bytes, made, until, .. } = seen.exports[0].state else { panic!("{:?}", seen.exports) };
    assert_eq!(until - made, 7 * 24 * 60 * 60 * 1_000);
    let reader = all.world.person("reader").await;
    all.ann.let_in(&all.book, &reader, Role::Reader).await;
    for who in [&all.ann, &all.ben, &reader] {
        let (status, file) = all.fetch(who, id.as_str()).await;
        assert_eq!((status, file.len() as u64), (StatusCode::OK, bytes));
        let mut archive = zip::ZipArchive::new(Cursor::new(file)).unwrap();
        let largest = (0..archive.len()).map(|at| archive.by_index(at).unwrap().size()).max();
        assert!(largest > Some(1_000_000), "its picture is in it");
    }
}

async fn every_format_is_made_as_it_is_sent_at_once(world: World) {
    let all = Fixture::of(world).await;
    for format in Format::ALL {
        let id = all.start(&all.ann, format, None).await.unwrap();
        all.make().await;
        if format.is_pressed() {
            // There is no press beside the tests: the same is said as at once.
            let is_said = |state: &ExportState| matches!(state, ExportState::Failed { why, .. } if why.contains("needs the press"));
            assert!(all.states().await.iter().any(is_said), "{format:?}");
            continue;
        }
        let made = all.fetch(&all.ann, id.as_str()).await.1;
        let path = format!("/book/{}/book.{}", all.book, format.kind().0);
        let sent =
            all.ann.site.send(Request::get(path).header(header::COOKIE, &all.ann.cookies).body(Body::empty()).unwrap());
        let sent = axum::body::to_bytes(sent.await.into_body(), 64 << 20).await.unwrap();
        assert!(made.len() > 1_000_000 && made == sent, "{format:?}: {} and {} bytes", made.len(), sent.len());
    }
}

async fn a_named_version_has_the_text_of_then_and_no_chapter_begun_since(world: World) {
    let all = Fixture::of(world).await;
    let book = || all.book.clone();
    let gone = all.ann.add_chapter(&all.book, "Gone").await;
    all.ann.ask(NameBookVersion { book: book(), name: "First".parse().unwrap() }).await.unwrap();
    // One that nobody changed has both names.
    all.ann.ask(NameBookVersion { book: book(), name: "Second".parse().unwrap() }).await.unwrap();
    all.bring("It was rewritten.").await;
    all.ann.add_chapter(&all.book, "Late").await;
    all.ann.ask(RemovePart { book: book(), part: gone }).await.unwrap();

    let names = all.ben.ask(NamedVersions { book: book() }).await.unwrap();
    assert_eq!(names.iter().map(|named| named.name.as_str()).collect::<Vec<_>>(), ["Second", "First"]);
    let text = async |version: Option<&str>| {
        let id = all.start(&all.ben, Format::Html, version).await.unwrap();
        all.make().await;
        let text = String::from_utf8(all.fetch(&all.ann, id.as_str()).await.1).unwrap();
        ["It goes.", "It was rewritten.", "Flood", "Late", "Gone"].map(|words| text.contains(words))
    };
    for version in ["First", "Second"] {
        assert_eq!(text(Some(version)).await, [true, false, true, false, false], "{version}");
    }
    assert_eq!(text(None).await, [false, true, true, true, false]);
    let fault = all.start(&all.ann, Format::Html, Some("Third")).await.unwrap_err();
    assert_eq!(fault.code, Code::NotFound);
}

async fn what_a_dead_server_left_is_made_anew_by_another(world: World) {
    let all = Fixture::of(world).await;
    let id = all.start(&all.ann, Format::Epub, None).await.unwrap();
    all.die_over(&id).await;
    assert_eq!((all.pieces().await, all.states().await), (1, vec![ExportState::Making { percent: 0 }]));
    all.make().await;
    let (status, file) = all.fetch(&all.ann, id.as_str()).await;
    assert_eq!(status, StatusCode::OK);
    assert!(zip::ZipArchive::new(Cursor::new(file)).is_ok(), "nothing of the dead one's is in it");
}

async fn over_what_two_servers_died_a_third_does_not(world: World) {
    let all = Fixture::of(world).await;
    let page = all.ann.book(&all.book).await;
    let known = all.world.log(&BookChannel(all.book.clone()).name()).await.len();
    let id = all.start(&all.ann, Format::Epub, None).await.unwrap();
    all.die_over(&id).await;
    all.die_over(&id).await;
    assert!(!all.worker().make_next(pending()).await.unwrap());
    let [ExportState::Failed { why }] = &all.states().await[..] else { panic!("{:?}", all.states().await) };
    assert!(why.contains("more than once"), "{why}");
    assert_eq!(all.pieces().await, 0);
    assert_eq!(all.folded(page, known).await.exports, all.ann.book(&all.book).await.exports);
}

async fn a_server_that_wakes_up_late_writes_nothing_any_more(world: World) {
    let all = Fixture::of(world).await;
    let id = all.start(&all.ann, Format::Epub, None).await.unwrap();
    let late = all.die_over(&id).await;
    all.make().await;
    let whole = all.fetch(&all.ann, id.as_str()).await.1;
    let mut sql = all.world.database.write().await.unwrap();
    assert!(!exports::hold(&mut sql, &id, &late, (now(), 50)).await.unwrap());
    assert!(!exports::finish(&mut sql, &id, &late, (4, 1, ""), (now(), now())).await.unwrap());
    assert!(!exports::fail(&mut sql, &id, &late, "late", now()).await.unwrap());
    assert!(!exports::hand_back(&mut sql, &id, &late).await.unwrap());
    assert_eq!(exports::claim(&mut sql, &id, "again", (now(), now())).await.unwrap(), None, "it is made");
    sql.commit().await.unwrap();
    assert_eq!(all.fetch(&all.ann, id.as_str()).await.1, whole);
}

async fn a_node_that_stops_hands_its_file_back_at_once_and_that_counts_for_nothing(world: World) {
    let all = Fixture::of(world).await;
    let id = all.start(&all.ann, Format::Epub, None).await.unwrap();
    for _ in 0..4 {
        assert!(all.worker().make_next(ready(())).await.unwrap());
        assert_eq!((all.states().await, all.pieces().await), (vec![ExportState::Waiting], 0));
    }
    all.make().await;
    assert_eq!(all.fetch(&all.ann, id.as_str()).await.0, StatusCode::OK);
}

async fn what_is_cancelled_while_it_is_made_leaves_nothing(world: World) {
    let all = Fixture::of(world).await;
    let id = all.start(&all.ann, Format::Epub, None).await.unwrap();
    // It is thrown away when it is about to be written, and the node does not hear of it before it writes.
    let remove = async {
        while all.states().await != [ExportState::Making { percent: 0 }] {
            tokio::task::yield_now().await;
        }
        all.ben.ask(RemoveExport { book: all.book.clone(), export: id.clone() }).await.unwrap();
        pending::<()>().await;
    };
    assert!(all.worker().make_next(remove).await.unwrap());
    assert_eq!((all.states().await, all.pieces().await), (Vec::new(), 0));
    // Once more is no error.
    all.ben.ask(RemoveExport { book: all.book.clone(), export: id.clone() }).await.unwrap();
    assert_eq!(all.fetch(&all.ann, id.as_str()).await.0, StatusCode::NOT_FOUND);
}

async fn what_was_asked_for_by_one_who_was_taken_out_is_not_made(world: World) {
    let all = Fixture::of(world).await;
    all.start(&all.ben, Format::Epub, None).await.unwrap();
    all.ann.ask(RemoveMember { book: all.book.clone(), person: all.ben.me().id }).await.unwrap();
    all.make().await;
    let [ExportState::Failed { why }] = &all.states().await[..] else { panic!("{:?}", all.states().await) };
    assert!(why.contains("does not write in this book any more"), "{why}");
    assert_eq!(all.pieces().await, 0);
}

async fn nobody_fetches_what_is_not_theirs_and_no_address_harms(world: World) {
    let all = Fixture::of(world).await;
    let id = all.start(&all.ann, Format::Markdown, None).await.unwrap();
    all.make().await;
    let (stranger, nobody) = (all.world.person("stranger").await, all.world.site.browser().await);
    for who in [&stranger, &nobody] {
        assert_eq!(all.fetch(who, id.as_str()).await.0, StatusCode::NOT_FOUND, "it is private");
    }
    all.ann.ask(SetVisibility { book: all.book.clone(), visibility: Visibility::Public }).await.unwrap();
    assert_eq!(all.fetch(&stranger, id.as_str()).await.0, StatusCode::FORBIDDEN);
    assert_eq!(all.fetch(&nobody, id.as_str()).await.0, StatusCode::UNAUTHORIZED);
    // By another book, or by what is no id.
    let own = stranger.create_book("Own").await;
    assert_eq!(fetch(&stranger, &own, id.as_str()).await.0, StatusCode::NOT_FOUND);
    let remove = RemoveExport { book: own, export: id.clone() };
    stranger.ask(remove).await.unwrap();
    let hostile = ["x", "..%2f..%2fetc", "%00", "'%20OR%201=1--", &"a".repeat(33), "%f0%9f%90%8b"];
    for id in hostile {
        assert_eq!(all.fetch(&all.ann, id).await.0, StatusCode::NOT_FOUND, "{id}");
    }
    assert_eq!(all.fetch(&all.ben, id.as_str()).await.0, StatusCode::OK);
    all.ann.ask(RemoveMember { book: all.book.clone(), person: all.ben.me().id }).await.unwrap();
    assert_eq!(all.fetch(&all.ben, id.as_str()).await.0, StatusCode::FORBIDDEN, "the right is asked for anew");
}

async fn what_is_past_its_time_goes_with_its_bytes(world: World) {
    let all = Fixture::of(world).await;
    let id = all.start(&all.ann, Format::Epub, None).await.unwrap();
    all.make().await;
    all.worker().sweep().await.unwrap();
    assert!(all.pieces().await > 1, "its time is not up");
    let past = Bounds { kept: Duration::ZERO, ..Bounds::default() };
    let other = all.start(&all.ann, Format::Html, None).await.unwrap();
    assert!(all.worker_with(past).make_next(pending()).await.unwrap());
    tokio::time::sleep(Duration::from_millis(5)).await;
    let before = all.pieces().await;
    all.worker().sweep().await.unwrap();
    assert!(all.pieces().await < before);
    let left: Vec<ExportId> = all.ann.book(&all.book).await.exports.into_iter().map(|export| export.id).collect();
    assert_eq!(left, [id]);
    let log = all.world.log(&BookChannel(all.book.clone()).name()).await;
    let last: BookEvent = serde_json::from_str(&log.last().unwrap().1).unwrap();
    assert_eq!(last.what, EventKind::ExportRemoved { id: other });
}

async fn files_are_bounded_by_book_by_person_and_by_size(world: World) {
    let all = Fixture::of(world).await;
    let small = Bounds { bytes: 1_000, ..Bounds::default() };
    all.start(&all.ann, Format::Epub, None).await.unwrap();
    assert!(all.worker_with(small).make_next(pending()).await.unwrap());
    let [ExportState::Failed { why }] = &all.states().await[..] else { panic!("{:?}", all.states().await) };
    assert!(why.starts_with("The file would have more than"), "{why}");
    assert_eq!(all.pieces().await, 0);
    for _ in 0..5 {
        all.start(&all.ann, Format::Html, None).await.unwrap();
    }
    let refused = all.start(&all.ann, Format::Html, None).await.unwrap_err();
    assert!(refused.words.starts_with("You wait for 5 files already."), "{}", refused.words);
    for _ in 0..2 {
        all.start(&all.ben, Format::Html, None).await.unwrap();
    }
    let refused = all.start(&all.ben, Format::Html, None).await.unwrap_err();
    assert!(refused.words.starts_with("This book has 8 files already"), "{}", refused.words);
    // And so fast.
    let mut refused = None;
    for _ in 0..20 {
        refused =
            all.start(&all.ann, Format::Html, None).await.err().filter(|why| why.code == Code::TooMany).or(refused);
    }
    assert!(refused.is_some_and(|why| why.retry_ms.is_some()));
}

async fn a_deleted_book_takes_its_files_with_it(world: World) {
    let all = Fixture::of(world).await;
    all.start(&all.ann, Format::Epub, None).await.unwrap();
    all.make().await;
    all.start(&all.ann, Format::Epub, None).await.unwrap();
    all.ann.delete_for_good(&all.book, "Seas").await;
    all.make().await;
    assert_eq!(all.pieces().await, 0);
}

/// What is written of a file when the database refuses the next piece goes, and is told.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_the_database_refuses_half_way_fails_in_words_and_leaves_nothing() {
    let all = Fixture::of(World::new().await).await;
    all.start(&all.ann, Format::Epub, None).await.unwrap();
    let refuse = "CREATE TRIGGER full BEFORE INSERT ON export_pieces WHEN NEW.number = 2
                  BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END";
    sqlx::query(refuse).execute(&mut *all.world.database.note().await.unwrap()).await.unwrap();
    assert!(all.worker().make_next(pending()).await.unwrap());
    let [ExportState::Failed { why }] = &all.states().await[..] else { panic!("{:?}", all.states().await) };
    assert!(!why.is_empty() && !why.contains("trigger"), "{why}");
    assert_eq!(all.pieces().await, 0);
    sqlx::query("DROP TRIGGER full").execute(&mut *all.world.database.note().await.unwrap()).await.unwrap();
    let id = all.start(&all.ann, Format::Epub, None).await.unwrap();
    all.make().await;
    assert_eq!(all.fetch(&all.ann, id.as_str()).await.0, StatusCode::OK);
}

/// What keeps it from being made for now is no reason to give it up at once.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_tried_again_when_the_database_was_out_of_reach_for_a_while() {
    let Some(server) = PostgresServer::start() else {
        eprintln!("skipped: no PostgreSQL server is installed (package postgresql)");
        return;
    };
    let all = Fixture::of(World::on(&server.new_database("tried_again").await).await).await;
    let id = all.start(&all.ann, Format::Epub, None).await.unwrap();
    let tell = async |statement: &str| {
        sqlx::query(statement).execute(&mut *all.world.database.note().await.unwrap()).await.unwrap();
    };
    tell(
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = '53100'; END $$",
    )
    .await;
    tell("CREATE TRIGGER full_disk BEFORE INSERT ON export_pieces EXECUTE FUNCTION full_disk()").await;
    assert!(all.worker().make_next(pending()).await.unwrap());
    assert!(matches!(all.states().await[..], [ExportState::Making { .. }]), "{:?}", all.states().await);
    assert!(!all.worker().make_next(pending()).await.unwrap(), "not at once");
    let its_lease_is_over = "UPDATE exports SET lease = 0";
    tell(its_lease_is_over).await;
    tell("DROP TRIGGER full_disk ON export_pieces").await;
    all.make().await;
    assert_eq!(all.fetch(&all.ann, id.as_str()).await.0, StatusCode::OK);

    // Not for ever: the second time it is told why.
    tell("CREATE TRIGGER full_disk BEFORE INSERT ON export_pieces EXECUTE FUNCTION full_disk()").await;
    all.start(&all.ann, Format::Epub, None).await.unwrap();
    for _ in 0..2 {
        assert!(all.worker().make_next(pending()).await.unwrap());
        tell(its_lease_is_over).await;
    }
    let states = all.states().await;
    let Some(ExportState::Failed { why }) = states.last() else { panic!("{states:?}") };
    assert!(why.contains("out of reach"), "{why}");
}

/// Nobody waits for what is made: what is written meanwhile is stored as ever, and in the next file.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_writes_while_a_file_is_made_waits_for_nothing() {
    let all = Fixture::of(World::new().await).await;
    all.start(&all.ann, Format::Html, None).await.unwrap();
    let worker = all.worker();
    let page = Page::open(&all.ben, &all.book, &all.ebb).await;
    let (made, said) = tokio::join!(worker.make_next(pending()), page.say("And comes back."));
    assert!(made.unwrap());
    said.unwrap();
    let id = all.start(&all.ann, Format::Html, None).await.unwrap();
    all.make().await;
    let text = String::from_utf8(all.fetch(&all.ann, id.as_str()).await.1).unwrap();
    assert!(text.contains("And comes back."));
}

#[cfg(not(unix))]
async fn what_is_to_be_known_of_a_pdf_stands_beside_it(_: World) {}

#[cfg(unix)]
async fn what_is_to_be_known_of_a_pdf_stands_beside_it(world: World) {
    use std::os::unix::fs::PermissionsExt;
    let all = Fixture::of(world).await;
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("sputnik-press");
    let says =
        r#"{"pages":3,"standard":null,"against":["expected link ancestor in logical tree"],"unknown":2,"broken":0}"#;
    std::fs::write(&program, format!("#!/bin/sh\necho pdf; echo '{says}' >&2\n")).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
    let press = Press::new(Some(program), files::press::Bounds::default());
    let exports = Exports::new(Bounds::default(), RateLimit::new(60, 60));
    let worker = Exporter::new(all.world.database.clone(), all.world.site.node.clone(), exports, press);
    all.start(&all.ann, Format::Epub, None).await.unwrap();
    all.start(&all.ann, Format::Pdf, None).await.unwrap();
    while worker.make_next(pending()).await.unwrap() {}
    // Whoever comes later is told as well.
    let notes = all.ben.at(&all.world.another_site().await).book(&all.book).await.exports.into_iter().map(|export| {
        let ExportState::Ready { note, .. } = export.state else { panic!("{export:?}") };
        note
    });
    let notes: Vec<String> = notes.collect();
    assert_eq!(notes[0], "", "of an EPUB there is nothing to be known");
    assert!(notes[1].contains("does not claim PDF/UA") && notes[1].contains("2 different characters"), "{}", notes[1]);
}
