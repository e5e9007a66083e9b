//! Words put in the place of others in the whole book.

use crate::{
    page::Page,
    world::{Browser, World},
};
use sputnik::{Code, Fault};
use sputnik_editor::{
    book::{
        commands::{
            contents::{CloseChapter, RemovePart},
            history::ChapterHistory,
            replace::{FindToReplace, ReplaceInChapter, TakeBackReplacement},
        },
        indexer::Indexer,
        model::{BookId, Closing, PartId, Role},
        replace::{ChapterToReplace, PlaceToken, Replaced, Replacing, ToReplace},
    },
    document::tree::plain,
};

fn replacing(find: &str, with: &str) -> Replacing {
    Replacing { find: find.parse().unwrap(), with: with.parse().unwrap(), cased: false, whole: false }
}

async fn places(who: &Browser, book: &BookId, replacing: &Replacing) -> ToReplace {
    who.ask(FindToReplace { book: book.clone(), replacing: replacing.clone() }).await.unwrap()
}

async fn replace(
    who: &Browser,
    book: &BookId,
    replacing: &Replacing,
    chapter: &ChapterToReplace,
) -> Result<Replaced, Fault> {
    let places = chapter.places.iter().map(|place| place.key).collect();
    replace_these(who, book, replacing, &chapter.part, places).await
}

async fn replace_these(
    who: &Browser,
    book: &BookId,
    replacing: &Replacing,
    part: &PartId,
    places: Vec<PlaceToken>,
) -> Result<Replaced, Fault> {
    let (book, part, replacing) = (book.clone(), part.clone(), replacing.clone());
    who.ask(ReplaceInChapter { book, part, replacing, places }).await
}

async fn text(world: &World, book: &BookId, part: &PartId) -> String {
    let mut sql = world.database.read().await.unwrap();
    let stored = sputnik_editor::book::store::writing::document(&mut sql, book, part).await.unwrap();
    plain(&stored.unwrap().load().unwrap().nodes()).trim().to_owned()
}

/// A book of three chapters with whales, by ann, in which ben writes too.
async fn whales(world: &World) -> (Browser, Browser, BookId, [PartId; 3]) {
    let (ann, ben) = (world.person("ann").await, world.person("ben").await);
    let book = ann.create_book("Seas").await;
    ann.let_in(&book, &ben, Role::Editor).await;
    let mut parts = Vec::new();
    for (title, words) in [("One", "A whale."), ("Two", "Whale and whale."), ("Three", "No whaler.")] {
        let part = ann.add_chapter(&book, title).await;
        ann.write(&book, &part, words).await.unwrap();
        parts.push(part);
    }
    (ann, ben, book, parts.try_into().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_replaced_is_what_was_shown_and_one_version_in_each_chapter() {
    let world = World::new().await;
    let (ann, _, book, [one, two, three]) = whales(&world).await;
    let wanted = Replacing { whole: true, ..replacing("whale", "squid") };
    // Before anything was indexed, and after.
    for _ in 0..2 {
        let found = places(&ann, &book, &wanted).await;
        let told: Vec<_> = found.chapters.iter().map(|chapter| (&chapter.part, chapter.places.len())).collect();
        assert_eq!(told, [(&one, 1), (&two, 2)]);
        assert_eq!(found.chapters[0].places[0].around.text, "A whale.");
        Indexer::new(world.database.clone()).catch_up().await.unwrap();
    }
    let found = places(&ann, &book, &wanted).await;
    let replaced = replace(&ann, &book, &wanted, &found.chapters[0]).await.unwrap();
    assert_eq!((replaced.places, replaced.gone), (1, 0));
    // The second place is left out.
    let first = vec![found.chapters[1].places[0].key];
    assert_eq!(replace_these(&ann, &book, &wanted, &two, first).await.unwrap().places, 1);
    assert_eq!(text(&world, &book, &one).await, "A squid.");
    assert_eq!(text(&world, &book, &two).await, "squid and whale.");
    assert_eq!(text(&world, &book, &three).await, "No whaler.");
    let history = ann.ask(ChapterHistory { book: book.clone(), part: one.clone(), before: None }).await.unwrap();
    assert_eq!(history.revisions[0].name, "Replaced “whale” with “squid”");
    assert_eq!(history.revisions[0].number, replaced.revision);
    // Once more changes nothing, and makes no version.
    let again = replace(&ann, &book, &wanted, &found.chapters[0]).await.unwrap();
    assert_eq!((again.places, again.gone, again.revision), (0, 1, replaced.revision));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chapter_that_is_closed_or_held_by_a_pen_is_named_and_left_alone() {
    let world = World::new().await;
    let (ann, ben, book, [one, two, _]) = whales(&world).await;
    ann.take_pen(&book, &one).await;
    ben.come(&book).await;
    let close = CloseChapter { book: book.clone(), part: two.clone(), how: Closing::Locked, why: String::new() };
    ann.ask(close).await.unwrap();
    let wanted = replacing("whale", "squid");
    let found = places(&ben, &book, &wanted).await;
    let held: Vec<_> = found.chapters.iter().map(|chapter| chapter.held.as_deref()).collect();
    assert_eq!(held, [Some("ann has the pen of this chapter."), Some("This chapter is locked."), None]);
    assert_eq!(replace(&ben, &book, &wanted, &found.chapters[0]).await.unwrap_err().code, Code::LockHeld);
    assert_eq!(replace(&ben, &book, &wanted, &found.chapters[1]).await.unwrap_err().code, Code::Forbidden);
    assert_eq!(replace(&ben, &book, &wanted, &found.chapters[2]).await.unwrap().places, 1);
    assert_eq!(text(&world, &book, &one).await, "A whale.");
    assert_eq!(text(&world, &book, &two).await, "Whale and whale.");
    // For whoever has the pen, and for owners of a chapter that is locked, they are open.
    assert!(places(&ann, &book, &wanted).await.chapters.iter().all(|chapter| chapter.held.is_none()));
    assert_eq!(replace(&ann, &book, &wanted, &found.chapters[1]).await.unwrap().places, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_write_meanwhile_stays_and_places_they_changed_are_left_alone() {
    let world = World::new().await;
    let (ann, ben, book, [_, two, _]) = whales(&world).await;
    let page = Page::open(&ben, &book, &two).await;
    page.say("Another whale.").await.unwrap();
    let wanted = replacing("whale", "squid");
    let found = places(&ann, &book, &wanted).await;
    let chapter = found.chapters.iter().find(|chapter| chapter.part == two).unwrap();
    assert_eq!(chapter.places.len(), 3);
    // Ben changes the paragraph of the first two, and adds one before the third is replaced.
    let edit = {
        use yrs::{Text, Transact, XmlFragment, XmlOut};
        let mut txn = page.doc.transact_mut();
        let all: Vec<XmlOut> = page.root.children(&txn).collect();
        let paragraph = all.iter().find_map(|one| match one {
            XmlOut::Element(element) => match element.get(&txn, 0) {
                Some(XmlOut::Text(text)) if text.len(&txn) == 16 => Some(text),
                _ => None,
            },
            _ => None,
        });
        paragraph.unwrap().insert(&mut txn, 0, "See! ");
        txn.encode_update_v1()
    };
    page.write(edit).await.unwrap();
    page.say("The end.").await.unwrap();
    let replaced = replace(&ann, &book, &wanted, chapter).await.unwrap();
    assert_eq!((replaced.places, replaced.gone), (1, 2));
    assert_eq!(text(&world, &book, &two).await, "See! Whale and whale.\nAnother squid.\nThe end.");
    // What was replaced is taken back, and what was written since stays.
    page.exchange().await.unwrap();
    page.say("Really the end.").await.unwrap();
    let take_back = TakeBackReplacement { book: book.clone(), part: two.clone(), revision: replaced.revision };
    ann.ask(take_back).await.unwrap();
    assert_eq!(text(&world, &book, &two).await, "See! Whale and whale.\nAnother whale.\nThe end.\nReally the end.");
    let history = ann.ask(ChapterHistory { book, part: two, before: None }).await.unwrap();
    assert_eq!(history.revisions[0].name, "Took back: Replaced “whale” with “squid”");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_makes_no_sense_is_refused_in_words_and_chapters_that_are_gone_are_not_touched() {
    let world = World::new().await;
    let (ann, _, book, [one, ..]) = whales(&world).await;
    for (wanted, words) in [(replacing("", "x"), "say what"), (replacing("x", "x"), "with itself")] {
        let fault = ann.ask(FindToReplace { book: book.clone(), replacing: wanted }).await.unwrap_err();
        assert!(fault.words.contains(words), "{fault:?}");
    }
    let wanted = replacing("whale", "squid");
    let found = places(&ann, &book, &wanted).await;
    ann.ask(RemovePart { book: book.clone(), part: one.clone() }).await.unwrap();
    assert_eq!(replace(&ann, &book, &wanted, &found.chapters[0]).await.unwrap_err().code, Code::NotFound);
    assert!(places(&ann, &book, &wanted).await.chapters.iter().all(|chapter| chapter.part != one));
    // Signs alone, which no index knows.
    ann.write(&book, &found.chapters[1].part, "Well... so.").await.unwrap();
    Indexer::new(world.database.clone()).catch_up().await.unwrap();
    let dots = replacing("...", "…");
    let found = places(&ann, &book, &dots).await;
    assert_eq!(found.chapters.len(), 1);
    assert_eq!(replace(&ann, &book, &dots, &found.chapters[0]).await.unwrap().places, 1);
    assert!(text(&world, &book, &found.chapters[0].part).await.ends_with("Well… so."));
}
