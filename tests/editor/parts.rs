//! Chapters that are split in two, joined, and made once more.

use crate::{
    page::Page,
    world::{Browser, World, title},
    writing::chapter,
};
use sputnik::{Code, Fault};
use sputnik_editor::{
    book::{
        commands::{
            contents::{BringBack, CloseChapter},
            history::ChapterHistory,
            parts::{DuplicateChapter, JoinChapters, SplitChapter},
        },
        model::{BookId, Closing, PartId, Role},
        place::TextPlace,
    },
    document::tree::plain,
};

async fn text(world: &World, book: &BookId, part: &PartId) -> String {
    let mut sql = world.database.read().await.unwrap();
    let stored = sputnik_editor::book::store::writing::document(&mut sql, book, part).await.unwrap();
    plain(&stored.unwrap().load().unwrap().nodes()).trim().to_owned()
}

async fn split(who: &Browser, book: &BookId, part: &PartId, block: u32, at: u32) -> Result<PartId, Fault> {
    let place = TextPlace { block, at };
    who.ask(SplitChapter { book: book.clone(), part: part.clone(), place, title: title("Behind") }).await
}

/// The titles, in the order of reading, and the words of each.
async fn contents(who: &Browser, book: &BookId) -> Vec<(String, u32)> {
    who.book(book).await.parts.into_iter().map(|part| (part.title.to_string(), part.words)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chapter_is_split_where_the_caret_is_and_joined_again_word_for_word() {
    let world = World::new().await;
    let (ann, book, part) = chapter(&world).await;
    let last = ann.add_chapter(&book, "Last").await;
    let page = Page::open(&ann, &book, &part).await;
    page.say("One two three.").await.unwrap();
    page.say("Four.").await.unwrap();
    let before = text(&world, &book, &part).await;
    // The first block is the empty one a chapter begins with.
    let behind = split(&ann, &book, &part, 1, 8).await.unwrap();
    assert_eq!(text(&world, &book, &part).await, "One two");
    assert_eq!(text(&world, &book, &behind).await, "three.\nFour.");
    let titles: Vec<String> = contents(&ann, &book).await.into_iter().map(|(title, _)| title).collect();
    assert_eq!(&titles[1..], ["Behind", "Last"], "right behind it");
    let history = async |part: &PartId| {
        let history = ChapterHistory { book: book.clone(), part: part.clone(), before: None };
        ann.ask(history).await.unwrap().revisions[0].name.clone()
    };
    assert_eq!(history(&part).await, "Split: “Behind” begins here");
    assert!(history(&behind).await.starts_with("Split off from"), "{}", history(&behind).await);

    ann.ask(JoinChapters { book: book.clone(), part: part.clone(), other: behind.clone() }).await.unwrap();
    assert_eq!(
        text(&world, &book, &part).await.split_whitespace().collect::<Vec<_>>(),
        before.split_whitespace().collect::<Vec<_>>()
    );
    assert_eq!(contents(&ann, &book).await.len(), 2);
    assert_eq!(history(&part).await, "Joined with “Behind”");
    // What was joined can be brought back.
    ann.ask(BringBack { book: book.clone(), part: behind.clone(), place: None }).await.unwrap();
    assert_eq!(text(&world, &book, &behind).await, "three.\nFour.");
    let nothing = split(&ann, &book, &part, 99, 0).await.unwrap_err();
    assert_eq!(nothing.code, Code::BadRequest);
    assert!(split(&ann, &book, &last, 0, 0).await.is_err(), "an empty chapter has nothing behind");
    let same = JoinChapters { book: book.clone(), part: part.clone(), other: part.clone() };
    assert_eq!(ann.ask(same).await.unwrap_err().code, Code::BadRequest);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chapter_that_is_closed_or_held_is_neither_split_nor_joined() {
    let world = World::new().await;
    let (ann, book, part) = chapter(&world).await;
    let (ben, next) = (world.person("ben").await, ann.add_chapter(&book, "Next").await);
    ann.let_in(&book, &ben, Role::Editor).await;
    ann.write(&book, &part, "One two.").await.unwrap();
    ann.write(&book, &next, "Three.").await.unwrap();
    let join = || JoinChapters { book: book.clone(), part: part.clone(), other: next.clone() };
    ann.take_pen(&book, &next).await;
    ben.come(&book).await;
    assert_eq!(ben.ask(join()).await.unwrap_err().code, Code::LockHeld);
    let close = CloseChapter { book: book.clone(), part: part.clone(), how: Closing::Final, why: String::new() };
    ann.ask(close).await.unwrap();
    assert_eq!(split(&ben, &book, &part, 1, 3).await.unwrap_err().code, Code::Forbidden);
    assert_eq!(ann.ask(join()).await.unwrap_err().code, Code::Forbidden);
    assert_eq!(text(&world, &book, &part).await, "One two.");
    assert_eq!(contents(&ann, &book).await.len(), 2, "nothing was done by halves");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chapter_is_made_once_more_right_behind_itself() {
    let world = World::new().await;
    let (ann, book, part) = chapter(&world).await;
    ann.add_chapter(&book, "Last").await;
    ann.write(&book, &part, "One two.").await.unwrap();
    let copy = ann.ask(DuplicateChapter { book: book.clone(), part: part.clone() }).await.unwrap();
    assert_eq!(text(&world, &book, &copy).await, "One two.");
    let all = contents(&ann, &book).await;
    assert!(all[1].0.ends_with(" (copy)") && all[1].1 == 2, "{all:?}");
    ann.write(&book, &copy, "More.").await.unwrap();
    assert_eq!(text(&world, &book, &part).await, "One two.", "each is its own");
}
