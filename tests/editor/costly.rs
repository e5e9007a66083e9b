//! What takes long for a long text is done a few at a time; the rest wait, and are told so.

use crate::{
    page::Page,
    world::{Browser, World},
    writing::chapter,
};
use axum::body::Body;
use futures::FutureExt;
use http::{Request, StatusCode, header};
use sputnik::{Code, Fault};
use sputnik_editor::{
    book::{
        commands::{
            chapter::OpenChapter,
            chat::Say,
            files::ImportChapter,
            history::{CompareVersions, NameVersion, ReadVersion, RestoreRevision, ShowAuthors},
            people::RemoveMember,
            shelf::{OpenShelf, SetVisibility},
        },
        history::Moment,
        import::{Choices, How},
        model::{BookId, PartId, Role, Visibility},
    },
    config::Bounded,
    costly::{Bounds, Costly, RateLimit, Who},
};
use std::time::Duration;
use tokio::task::JoinSet;

/// A world in which nobody waits long for costly work, and that work's room.
async fn hurried() -> (World, Costly) {
    let patience = Duration::from_millis(50);
    let costly = Costly::new(Bounds { at_once: 1, patience, ..Bounds::default() });
    let world = World::bounded(Bounded { costly: costly.clone(), ..Bounded::default() }).await;
    (world, costly)
}

/// A chapter of more than a page, with a version.
async fn long(world: &World) -> (Browser, BookId, PartId) {
    let (ann, book, part) = chapter(world).await;
    let markdown = "The tide comes in, and goes out again.\n\n".repeat(3_000);
    let how = How::Append;
    ann.ask(ImportChapter { book: book.clone(), part: part.clone(), markdown, how }).await.unwrap();
    (ann, book, part)
}

async fn export(who: &Browser, path: String) -> Result<(), Fault> {
    let request = Request::get(path).header(header::COOKIE, &who.cookies).body(Body::empty()).unwrap();
    let answer = who.site.send(request).await;
    let status = answer.status();
    let body = axum::body::to_bytes(answer.into_body(), 64 << 20).await.unwrap();
    if status == StatusCode::OK { Ok(()) } else { Err(serde_json::from_slice(&body).unwrap()) }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_takes_long_waits_for_its_turn_and_says_so() {
    let (world, costly) = hurried().await;
    let (ann, book, part) = long(&world).await;
    let (b, p) = (|| book.clone(), || part.clone());
    let markdown = || "A word.".to_owned();
    let (now, before) = (Moment::Now, Moment::Revision(0));
    let place = costly.enter(Who::default()).await.unwrap();
    let refused = [
        ann.ask(ImportChapter { book: b(), part: p(), markdown: markdown(), how: How::Append }).await,
        ann.ask(ReadVersion { book: b(), part: p(), moment: now }).await.map(drop),
        ann.ask(CompareVersions { book: b(), part: p(), old: before, new: now }).await.map(drop),
        ann.ask(ShowAuthors { book: b(), part: p() }).await.map(drop),
        ann.ask(RestoreRevision { book: b(), part: p(), number: 1 }).await.map(drop),
        ann.ask(OpenChapter { book: b(), part: p() }).await.map(drop),
        export(&ann, format!("/book/{book}/chapter/{part}.md")).await,
    ];
    for (number, refused) in refused.into_iter().enumerate() {
        let fault = refused.expect_err(&format!("number {number} passes by"));
        assert_eq!(fault.code, Code::TooMany, "{number}: {fault}");
        assert!(fault.words.contains("you were number 1 "), "{number}: {fault}");
        assert!(fault.can_retry(), "{number}");
    }
    drop(place);
    ann.ask(CompareVersions { book: b(), part: p(), old: before, new: now }).await.unwrap();
    ann.ask(CompareVersions { book: b(), part: p(), old: now, new: now }).await.unwrap();
    assert!(ann.ask(OpenChapter { book: b(), part: p() }).await.unwrap().state.html.contains("tide"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_chapter_waits_for_nobody() {
    let (world, costly) = hurried().await;
    let (ann, book, part) = chapter(&world).await;
    Page::open(&ann, &book, &part).await.say("A word.").await.unwrap();
    let _place = costly.enter(Who::default()).await.unwrap();
    assert!(ann.text(&book, &part).await.contains("A word."));
    export(&ann, format!("/book/{book}/chapter/{part}.md")).await.unwrap();
}

// On one thread, so that nothing comes between while it is looked whether there is room.
#[tokio::test]
async fn whoever_loses_their_right_while_they_wait_is_refused_when_it_is_their_turn() {
    let patience = Duration::from_secs(30);
    let costly = Costly::new(Bounds { at_once: 1, patience, waiting_of_one: 6, ..Bounds::default() });
    let world = World::bounded(Bounded { costly: costly.clone(), ..Bounded::default() }).await;
    let (ann, book, part) = long(&world).await;
    let ben = world.person("ben").await;
    ann.let_in(&book, &ben, Role::Editor).await;
    let before = ann.text(&book, &part).await;
    let place = costly.enter(Who::default()).await.unwrap();

    let (b, p) = (|| book.clone(), || part.clone());
    let (markdown, how) = (|| "A word.".to_owned(), How::Append);
    let (now, old) = (Moment::Now, Moment::Revision(0));
    let mut waiting = JoinSet::new();
    /// Sends one of his commands, from a tab of its own.
    macro_rules! wait {
        ($command:expr) => {{
            let (ben, command) = (ben.another_tab(), $command);
            waiting.spawn(async move { ben.ask(command).await.map(drop) });
        }};
    }
    wait!(ImportChapter { book: b(), part: p(), markdown: markdown(), how });
    wait!(ReadVersion { book: b(), part: p(), moment: now });
    wait!(CompareVersions { book: b(), part: p(), old, new: now });
    wait!(ShowAuthors { book: b(), part: p() });
    wait!(RestoreRevision { book: b(), part: p(), number: 1 });
    let (reader, path) = (ben.another_tab(), format!("/book/{book}/chapter/{part}.md"));
    waiting.spawn(async move { export(&reader, path).await });
    // All six wait as soon as there is no room for one more of his.
    let of_ben = Who::of(Some(&ben.me().id), None);
    let all_wait = async {
        while !matches!(costly.enter(of_ben.clone()).now_or_never(), Some(Err(_))) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(patience, all_wait).await.expect("all of them wait");

    ann.ask(RemoveMember { book: b(), person: ben.me().id }).await.unwrap();
    drop(place);
    while let Some(answer) = waiting.join_next().await {
        assert_eq!(answer.unwrap().unwrap_err().code, Code::NotFound, "as for everybody who has no right in the book");
    }
    assert_eq!(ann.text(&book, &part).await, before);
}

// The places of those who wait were filled by nine accounts of one address: everybody else was refused.
#[tokio::test(flavor = "multi_thread")]
async fn one_address_with_nine_accounts_keeps_everybody_from_costly_work() {
    let costly = Costly::new(Bounds { at_once: 1, patience: Duration::from_secs(20), ..Bounds::default() });
    let world = World::bounded(Bounded { costly: costly.clone(), ..Bounded::default() }).await;
    let place = costly.enter(Who::default()).await.unwrap();
    let bring = |book: &BookId, part: &PartId| ImportChapter {
        book: book.clone(),
        part: part.clone(),
        markdown: "A word.".into(),
        how: How::Append,
    };
    let mut many = JoinSet::new();
    for number in 0..9 {
        let mallory = world.person(&format!("mallory{number}")).await.come_from_address("203.0.113.9");
        let book = mallory.create_book("Many").await;
        let part = mallory.add_chapter(&book, "One").await;
        for _ in 0..17 {
            let (mallory, command) = (mallory.another_tab(), bring(&book, &part));
            many.spawn(async move { mallory.ask(command).await.map(drop) });
        }
    }
    // Until as many wait as may, of whomever.
    for _ in 0..(9 * 17 - Bounds::default().waiting) {
        let fault = many.join_next().await.unwrap().unwrap().unwrap_err();
        assert_eq!(fault.code, Code::TooMany);
    }
    let mut others = Vec::new();
    for (name, address) in [("ann", "203.0.113.10"), ("ben", "203.0.113.9")] {
        let other = world.person(name).await.come_from_address(address);
        let book = other.create_book("One").await;
        let command = bring(&book, &other.add_chapter(&book, "One").await);
        others.push(tokio::spawn(async move { other.ask(command).await.map(drop) }));
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    drop(place);
    for other in others {
        other.await.unwrap().unwrap();
    }
}

// 80 kB of Markdown took 1.1 GB; with rows shorter than their header, 4.6 GB and 49 s.
#[tokio::test(flavor = "multi_thread")]
async fn a_small_file_of_huge_tables_takes_gigabytes() {
    let world = World::new().await;
    let (ann, book, part) = chapter(&world).await;
    let table = |columns: usize, rows: usize| {
        format!("{}|\n{}|\n{}\n", "|a".repeat(columns), "|-".repeat(columns), "b\n".repeat(rows))
    };
    for markdown in [
        table(5_000, 100).repeat(4),
        table(3_000, 750).repeat(2),
        format!("> {}", table(60_000, 9).replace('\n', "\n> ")),
    ] {
        let bring =
            ImportChapter { book: book.clone(), part: part.clone(), markdown: markdown.clone(), how: How::Append };
        let fault = ann.ask(bring).await.unwrap_err();
        assert_eq!(fault.code, Code::TooLarge);
        assert!(fault.words.contains("Nothing was changed"), "{fault}");
        let faults = [
            ann.preview_file("huge.md", markdown.as_bytes()).await.map(drop),
            ann.import_file(Some(&book), "huge.md", markdown.as_bytes(), &Choices::default()).await.map(drop),
        ];
        for fault in faults.map(Result::unwrap_err) {
            assert_eq!(fault.code, Code::TooLarge);
            assert!(fault.words.contains("Nothing was imported"), "{fault}");
        }
    }
    // A table that is as large as it looks comes in.
    let rows = "| one | two | three |\n".repeat(500);
    let markdown = format!("| a | b | c |\n|---|---|---|\n{rows}");
    ann.ask(ImportChapter { book: book.clone(), part: part.clone(), markdown, how: How::Append }).await.unwrap();
    assert_eq!(ann.text(&book, &part).await.matches("<tr>").count(), 501);
}

#[tokio::test]
async fn whoever_fetches_very_many_files_is_slowed_down_and_nobody_else() {
    let world = World::bounded(Bounded { files: RateLimit::new(60, 3), ..Bounded::default() }).await;
    let (ann, book, part) = chapter(&world).await;
    ann.ask(SetVisibility { book: book.clone(), visibility: Visibility::Public }).await.unwrap();
    let chapter = format!("/book/{book}/chapter/{part}.md");
    let stranger = world.site.browser().await;
    for path in [&chapter, &format!("/book/{book}/book.md"), &chapter] {
        export(&stranger, path.clone()).await.unwrap();
    }
    let fault = export(&stranger, chapter.clone()).await.unwrap_err();
    assert_eq!((fault.code, fault.retry_ms), (Code::TooMany, Some(1_000)));
    export(&ann, chapter).await.unwrap();
}

#[tokio::test]
async fn a_person_has_so_much_room_for_texts_and_a_deleted_book_gives_its_room_back() {
    let world = World::with_quota(100_000).await;
    let (ann, book, part) = chapter(&world).await;
    let page = Page::open(&ann, &book, &part).await;
    let refused = loop {
        // Each stretch of 20 kB is noted as hers.
        if let Err(fault) = page.say(&"tide ".repeat(4_000)).await {
            break fault;
        }
    };
    assert_eq!(refused.code, Code::TooLarge);
    assert!(refused.words.contains("room"), "{refused}");
    let taken = ann.ask(OpenShelf {}).await.unwrap().taken.unwrap();
    assert!((100_000..150_000).contains(&taken.bytes), "{taken:?}");
    assert!(taken.to_string().contains("1 MB"), "{taken}");
    // Nor by another way.
    let markdown = "A word.".to_owned();
    let refused = ann.import_file(Some(&book), "a.md", markdown.as_bytes(), &Choices::default()).await;
    assert_eq!(refused.unwrap_err().code, Code::TooLarge);
    let how = How::Replace;
    let refused = ann.ask(ImportChapter { book: book.clone(), part: part.clone(), markdown, how }).await;
    assert_eq!(refused.unwrap_err().code, Code::TooLarge);
    let version = NameVersion { book: book.clone(), part: part.clone(), name: "One".parse().unwrap() };
    assert_eq!(ann.ask(version).await.unwrap_err().code, Code::TooLarge);
    let another = ann.create_book("Waves").await;
    ann.delete_for_good(&book, "Winds").await;
    assert_eq!(ann.ask(OpenShelf {}).await.unwrap().taken.unwrap().bytes, 0);
    let part = ann.add_chapter(&another, "Ebb").await;
    let version = NameVersion { book: another, part, name: "One".parse().unwrap() };
    ann.ask(version).await.unwrap();
}

#[tokio::test]
async fn versions_of_a_chapter_take_up_room_too() {
    let world = World::with_quota(400_000).await;
    let (ann, book, part) = chapter(&world).await;
    Page::open(&ann, &book, &part).await.say(&"tide ".repeat(8_000)).await.unwrap();
    // Each is a copy of the whole chapter.
    let mut named = 0;
    let refused = loop {
        named += 1;
        let name = format!("Version {named}").parse().unwrap();
        if let Err(fault) = ann.ask(NameVersion { book: book.clone(), part: part.clone(), name }).await {
            break fault;
        }
        assert!(named < 20, "a few of them fill the room");
    };
    assert_eq!(refused.code, Code::TooLarge);
}

#[tokio::test]
async fn what_is_said_in_the_chat_takes_up_room_too() {
    let world = World::with_quota(5_000).await;
    let ann = world.person("ann").await;
    let book = ann.create_book("Seas").await;
    let say = async || ann.ask(Say { book: book.clone(), text: "x".repeat(2_000) }).await;
    say().await.unwrap();
    say().await.unwrap();
    assert_eq!(say().await.unwrap_err().code, Code::TooLarge);
    ann.ask(Say { book, text: "Short.".into() }).await.unwrap();
}
