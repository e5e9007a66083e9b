//! The contents of a book: adding, moving, deleting, and their bounds.

use crate::world::{Browser, World, title};
use sputnik::{
    book::{
        channels::BookChannel,
        commands::{
            contents::{MovePart, RemovePart, RenamePart, SetStatus},
            shelf::OpenBook,
        },
        model::{Book, BookId, Kind, PartId, Place, Status},
        news::Told,
    },
    sputnik::{channel::Channel, fault::Code},
};

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
                pages.apply(&serde_json::from_str::<Told>(&told).unwrap());
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
