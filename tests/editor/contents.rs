//! The contents of a book: adding, moving, deleting, and their bounds.

use crate::{
    page::Page,
    world::{Browser, World, title},
};
use sputnik::Code;
use sputnik_editor::book::{
    channels::BookChannel,
    commands::{
        contents::{MovePart, RemovePart, RenamePart, SetGoal, SetStatus},
        shelf::OpenBook,
    },
    events::{BookEvent, EventKind},
    import::Choices,
    model::{BookId, Kind, PartId, Place, Status},
    state::Book,
};
use std::time::Duration;

async fn ann() -> (World, Browser, BookId) {
    let world = World::new().await;
    let ann = world.person("ann").await;
    let book = ann.create_book("Seas").await;
    (world, ann, book)
}

fn to(book: &BookId, part: &PartId, parent: Option<&PartId>, before: Option<&PartId>) -> MovePart {
    let place = Place { parent: parent.cloned(), before: before.cloned() };
    MovePart { book: book.clone(), part: part.clone(), place }
}

/// The contents as one line: `A[B C] D`.
fn outline(book: &Book) -> String {
    fn within(book: &Book, parent: Option<&PartId>) -> String {
        let lines = book.children(parent).map(|part| match part.kind {
            Kind::Chapter => part.title.to_string(),
            Kind::Section => format!("{}[{}]", part.title, within(book, Some(&part.id))),
        });
        lines.collect::<Vec<_>>().join(" ")
    }
    within(book, None)
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_are_added_moved_renamed_and_deleted_and_every_page_sees_the_same() {
    let (world, ann, book) = ann().await;
    let start = ann.ask(OpenBook { book: book.clone() }).await.unwrap().snapshot;
    let a = ann.add(&book, Kind::Section, "A", None).await.unwrap();
    let b = ann.add(&book, Kind::Chapter, "B", Some(&a)).await.unwrap();
    let c = ann.add(&book, Kind::Chapter, "C", Some(&a)).await.unwrap();
    let d = ann.add_chapter(&book, "D").await;
    let mut pages = start.state.clone();
    let mut seen = start.version;
    let expected = [
        (None, "A[B C] D"),
        (Some(to(&book, &c, Some(&a), Some(&b))), "A[C B] D"),
        (Some(to(&book, &d, None, Some(&a))), "D A[C B]"),
        (Some(to(&book, &b, None, Some(&a))), "D B A[C]"),
        (Some(to(&book, &d, Some(&a), None)), "B A[C D]"),
        // Its neighbour is somewhere else by now: it goes to the end.
        (Some(to(&book, &b, Some(&a), Some(&b))), "refused"),
        (Some(to(&book, &b, Some(&a), Some(&"gone".parse().unwrap()))), "A[C D B]"),
        (Some(to(&book, &a, None, None)), "A[C D B]"),
    ];
    for (step, line) in expected {
        if let Some(step) = step {
            let refused = ann.ask(step).await.is_err();
            assert_eq!(refused, line == "refused");
            if refused {
                continue;
            }
        }
        let now = ann.book(&book).await;
        assert_eq!(outline(&now), line);
        for (version, told) in world.log(&BookChannel(book.clone()).name()).await {
            if version.unwrap() > seen {
                pages.apply(&serde_json::from_str::<BookEvent>(&told).unwrap());
                seen = version.unwrap();
            }
        }
        assert_eq!(outline(&pages), line, "a page that was open all the time");
    }
    ann.ask(RenamePart { book: book.clone(), part: b.clone(), title: title("<b>B</b> & more") }).await.unwrap();
    ann.ask(SetStatus { book: book.clone(), part: b.clone(), status: Status::ToBeProofed }).await.unwrap();
    let part = ann.book(&book).await.part(&b).unwrap().clone();
    assert_eq!((part.title.as_str(), part.status), ("<b>B</b> & more", Status::ToBeProofed));
    ann.ask(RemovePart { book: book.clone(), part: a }).await.unwrap();
    assert_eq!(ann.book(&book).await.parts, []);
    let activity = ann.book(&book).await.activity;
    assert_eq!(activity.last().unwrap().what.words(), "deleted “A”");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_section_is_not_moved_into_itself_and_sections_nest_four_deep() {
    let (_world, ann, book) = ann().await;
    let mut nest = vec![ann.add(&book, Kind::Section, "1", None).await.unwrap()];
    for n in 2..=4 {
        nest.push(ann.add(&book, Kind::Section, &n.to_string(), nest.last()).await.unwrap());
    }
    assert_eq!(ann.add(&book, Kind::Section, "5", nest.last()).await.unwrap_err().code, Code::BadRequest);
    let chapter = ann.add(&book, Kind::Chapter, "deep", nest.last()).await.unwrap();
    assert_eq!(ann.add(&book, Kind::Chapter, "in a chapter", Some(&chapter)).await.unwrap_err().code, Code::BadRequest);
    for into in &nest {
        let fault = ann.ask(to(&book, &nest[0], Some(into), None)).await.unwrap_err();
        assert!(fault.words.contains("into itself"), "{fault}");
    }
    let other = ann.add(&book, Kind::Section, "other", None).await.unwrap();
    let fault = ann.ask(to(&book, &nest[0], Some(&other), None)).await.unwrap_err();
    assert!(fault.words.contains("four deep"), "{fault}");
    ann.ask(to(&book, &nest[1], Some(&other), None)).await.unwrap();
    assert_eq!(outline(&ann.book(&book).await), "1[] other[2[3[4[deep]]]]");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_parts_find_room_before_one() {
    let (_world, ann, book) = ann().await;
    let last = ann.add_chapter(&book, "last").await;
    let first = ann.add_chapter(&book, "first").await;
    ann.ask(to(&book, &first, None, Some(&last))).await.unwrap();
    let mut before = Vec::new();
    for n in 0..60 {
        let part = ann.add_chapter(&book, &n.to_string()).await;
        ann.ask(to(&book, &part, None, Some(&last))).await.unwrap();
        before.push(n.to_string());
    }
    assert_eq!(outline(&ann.book(&book).await), format!("first {} last", before.join(" ")));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_chapters_brought_in_before_a_section_stand_in_their_order() {
    let (_world, ann, book) = ann().await;
    ann.add_chapter(&book, "first").await;
    let section = ann.add(&book, Kind::Section, "section", None).await.unwrap();
    for n in 0..10 {
        ann.add(&book, Kind::Chapter, &format!("s{n}"), Some(&section)).await.unwrap();
    }
    let markdown: String = (0..30).map(|n| format!("# {n}\n\n")).collect();
    let place = Some(Place { parent: None, before: Some(section) });
    let choices = Choices { place, ..Choices::default() };
    ann.import_file(Some(&book), "many.md", markdown.as_bytes(), &choices).await.unwrap();
    let names = |prefix: &str, count| (0..count).map(|n| format!("{prefix}{n}")).collect::<Vec<_>>().join(" ");
    assert_eq!(outline(&ann.book(&book).await), format!("first {} section[{}]", names("", 30), names("s", 10)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_of_another_book_is_out_of_reach() {
    let (_world, ann, book) = ann().await;
    let other = ann.create_book("Skies").await;
    let section = ann.add(&other, Kind::Section, "Clouds", None).await.unwrap();
    let chapter = ann.add_chapter(&book, "Tides").await;
    for command in [to(&book, &section, None, None), to(&book, &chapter, Some(&section), None)] {
        assert_eq!(ann.ask(command).await.unwrap_err().code, Code::NotFound);
    }
    let remove = RemovePart { book: book.clone(), part: section };
    assert_eq!(ann.ask(remove).await.unwrap_err().code, Code::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_goal_is_from_one_word_to_a_million() {
    let (world, ann, book) = ann().await;
    let chapter = ann.add_chapter(&book, "Tides").await;
    let section = ann.add(&book, Kind::Section, "Sea", None).await.unwrap();
    let set = |part: &PartId, goal| SetGoal { book: book.clone(), part: part.clone(), goal };
    let told = world.log(&BookChannel(book.clone()).name()).await.len();
    for goal in [0, 1_000_001, u32::MAX] {
        let fault = ann.ask(set(&chapter, Some(goal))).await.unwrap_err();
        assert_eq!(fault.code, Code::BadRequest, "{goal}");
        assert!(fault.words.contains("from 1 to 1,000,000"), "{goal}: {fault}");
    }
    let fault = ann.ask(set(&section, Some(1_000))).await.unwrap_err();
    assert!(fault.words.contains("Only a chapter"), "{fault}");
    assert_eq!(ann.book(&book).await.part(&chapter).unwrap().goal, None);
    assert_eq!(world.log(&BookChannel(book.clone()).name()).await.len(), told, "nothing was told");
    for goal in [Some(1), Some(1_000_000), None] {
        ann.ask(set(&chapter, goal)).await.unwrap();
        assert_eq!(ann.book(&book).await.part(&chapter).unwrap().goal, goal);
    }
}

/// What was told of how many words a chapter has.
async fn counted(world: &World, book: &BookId) -> Vec<u32> {
    let log = world.log(&BookChannel(book.clone()).name()).await;
    let words = log.iter().filter_map(|(_, body)| match serde_json::from_str::<BookEvent>(body).unwrap().what {
        EventKind::WordsCounted { words, .. } => Some(words),
        _ => None,
    });
    words.collect()
}

/// Lets so many seconds pass for what waits in the server.
async fn later(seconds: u64) {
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(seconds)).await;
    tokio::time::resume();
}

#[tokio::test]
async fn how_many_words_a_chapter_has_is_told_while_it_is_written() {
    let (world, ann, book) = ann().await;
    let part = ann.add_chapter(&book, "Tides").await;
    let mut page = ann.book(&book).await;
    let writer = Page::open(&ann.another_tab(), &book, &part).await;
    let told = async |times: usize| {
        while counted(&world, &book).await.len() < times {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        counted(&world, &book).await
    };
    for _ in 0..5 {
        writer.say("Three more words.").await.unwrap();
        later(1).await;
    }
    assert!(counted(&world, &book).await.is_empty(), "not with each edit");
    later(6).await;
    assert_eq!(told(1).await, [15], "at most once in ten seconds, and all that was written is counted");
    writer.say("Two more.").await.unwrap();
    later(11).await;
    assert_eq!(told(2).await, [15, 17], "the last edit is counted too");
    for (_, told) in world.log(&BookChannel(book.clone()).name()).await {
        page.apply(&serde_json::from_str(&told).unwrap());
    }
    let now = ann.book(&book).await;
    for book in [page, now] {
        assert_eq!(book.part(&part).unwrap().words, 17);
        assert!(book.activity.iter().all(|told| !matches!(told.what, EventKind::WordsCounted { .. })));
    }
    // Another server, where nothing was counted yet: what is the same is not told again.
    let elsewhere = ann.at(&world.another_site().await);
    let writer = Page::open(&elsewhere.another_tab(), &book, &part).await;
    writer.say("\u{2014}").await.unwrap();
    later(11).await;
    writer.say("Last.").await.unwrap();
    later(11).await;
    assert_eq!(told(3).await, [15, 17, 18]);
}
