//! The pen, by which one writes alone for a while, and closed chapters: nobody else's words come into the text.

use crate::{
    page::Page,
    world::{Browser, World},
};
use sputnik::Code;
use sputnik_editor::book::{
    channels::ChapterChannel,
    chapter::ChapterEvent,
    commands::{
        chapter::OpenChapter,
        contents::{CloseChapter, OpenToWriting, RemovePart},
        pen::{HandOverPen, PutDownPen, TakeOverPen, TakePen},
        people::SetMember,
    },
    model::{BookId, Closing, Kind, PartId, Role},
};
use std::time::Duration;

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
    ann.let_in(&book, &ben, Role::Editor).await;
    let part = ann.add_chapter(&book, "Tides").await;
    Fixture { world, ann, ben, book, part }
}

impl Fixture {
    fn take(&self, ask: bool) -> TakePen {
        TakePen { book: self.book.clone(), part: self.part.clone(), ask, why: String::new() }
    }
    fn take_over(&self) -> TakeOverPen {
        TakeOverPen { book: self.book.clone(), part: self.part.clone() }
    }
    fn put_down(&self) -> PutDownPen {
        PutDownPen { book: self.book.clone(), part: self.part.clone() }
    }
    async fn page(&self, browser: &Browser) -> Page {
        Page::open(browser, &self.book, &self.part).await
    }
    async fn text(&self) -> String {
        self.ann.text(&self.book, &self.part).await
    }
    async fn set_fence(&self, fence: i64) {
        let mut sql = self.world.database.write().await.unwrap();
        sqlx::query("UPDATE chapters SET fence = $1").bind(fence).execute(&mut *sql).await.unwrap();
        sql.commit().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_the_pen_writes_alone_and_everybody_knows_why() {
    let fixture = fixture().await;
    let (hers, his) = (fixture.page(&fixture.ann).await, fixture.page(&fixture.ben).await);
    his.say("Together.").await.unwrap();
    fixture.ben.come(&fixture.book).await;
    let take = TakePen { why: "  I put it   in order ".into(), ..fixture.take(false) };
    assert!(fixture.ben.ask(take).await.unwrap().is_held_by(&fixture.ben.client));
    let refused = hers.say("Not now.").await.unwrap_err();
    assert_eq!(refused.code, Code::LockHeld);
    assert!(refused.words.contains("ben writes alone"), "{refused}");
    his.say("Alone.").await.unwrap();
    let open = OpenChapter { book: fixture.book.clone(), part: fixture.part.clone() };
    let seen = fixture.ann.ask(open).await.unwrap().state;
    assert!(seen.html.contains("Together.") && seen.html.contains("Alone.") && !seen.html.contains("Not now."));
    let pen = seen.pen.unwrap();
    assert_eq!((pen.by, &pen.why[..]), (fixture.ben.me(), "I put it in order"));
    let log = fixture.world.log(&ChapterChannel(fixture.book.clone(), fixture.part.clone()).name()).await;
    let given =
        log.iter().filter(|(_, news)| matches!(serde_json::from_str(news).unwrap(), ChapterEvent::PenGiven { .. }));
    assert_eq!(given.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_pen_is_put_down_what_was_refused_can_be_written() {
    let fixture = fixture().await;
    let hers = fixture.page(&fixture.ann).await;
    fixture.ben.take_pen(&fixture.book, &fixture.part).await;
    let edit = hers.type_paragraph("Later.");
    assert_eq!(hers.write(edit.clone()).await.unwrap_err().code, Code::LockHeld);
    fixture.ben.ask(fixture.put_down()).await.unwrap();
    hers.write(edit).await.unwrap();
    assert!(fixture.text().await.contains("Later."));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pen_ends_with_its_holders_page() {
    let fixture = fixture().await;
    fixture.ben.take_pen(&fixture.book, &fixture.part).await;
    let channel = sputnik_editor::book::channels::BookChannel(fixture.book.clone()).name();
    fixture.world.site.node.broker().part(&channel, &fixture.ben.client, Duration::ZERO).await.unwrap();
    fixture.ann.write(&fixture.book, &fixture.part, "Free again.").await.unwrap();
    fixture.ben.write(&fixture.book, &fixture.part, "For both.").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_takes_the_pen_over_and_nobody_else() {
    let fixture = fixture().await;
    let old = fixture.ben.take_pen(&fixture.book, &fixture.part).await.fence;
    let his = fixture.page(&fixture.ben).await;
    fixture.ann.come(&fixture.book).await;
    assert_eq!(fixture.ben.ask(fixture.take_over()).await.unwrap_err().code, Code::Forbidden);
    let new = fixture.ann.ask(fixture.take_over()).await.unwrap();
    assert!(new.is_held_by(&fixture.ann.client) && new.fence > old);
    assert_eq!(his.say("Too late.").await.unwrap_err().code, Code::LockHeld);
    fixture.ann.write(&fixture.book, &fixture.part, "Hers.").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pen_passes_to_whoever_waits() {
    let fixture = fixture().await;
    let first = fixture.ben.take_pen(&fixture.book, &fixture.part).await.fence;
    fixture.ann.come(&fixture.book).await;
    let waiting = fixture.ann.ask(fixture.take(true)).await.unwrap();
    assert_eq!(waiting.queue, std::slice::from_ref(&fixture.ann.client));
    fixture.ben.ask(fixture.put_down()).await.unwrap();
    // Also before her page has taken it.
    let his = fixture.page(&fixture.ben).await;
    assert_eq!(his.say("His.").await.unwrap_err().code, Code::LockHeld);
    assert!(fixture.ann.write(&fixture.book, &fixture.part, "Hers.").await.is_ok());
    let held = fixture.ann.ask(fixture.take(false)).await.unwrap();
    assert!(held.is_held_by(&fixture.ann.client) && held.fence > first);
    assert_eq!(fixture.ann.ask(fixture.take(false)).await.unwrap(), held, "asking again changes nothing");
    assert_eq!(his.say("His.").await.unwrap_err().code, Code::LockHeld);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handed_over_pen_writes_at_once_and_the_old_one_no_more() {
    let fixture = fixture().await;
    fixture.ben.take_pen(&fixture.book, &fixture.part).await;
    let his = fixture.page(&fixture.ben).await;
    fixture.ann.come(&fixture.book).await;
    let to = fixture.ann.client.clone();
    fixture.ben.ask(HandOverPen { book: fixture.book.clone(), part: fixture.part.clone(), to }).await.unwrap();
    assert_eq!(his.say("His.").await.unwrap_err().code, Code::LockHeld);
    fixture.ann.write(&fixture.book, &fixture.part, "Hers.").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_lost_its_memory_starts_above_what_the_database_saw() {
    let fixture = fixture().await;
    fixture.set_fence(40).await;
    assert!(fixture.ben.take_pen(&fixture.book, &fixture.part).await.fence > 40);
    // And one that went back to an older holding: the same client gets a new one.
    fixture.set_fence(90).await;
    assert!(fixture.ben.take_pen(&fixture.book, &fixture.part).await.fence > 90);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chapter_somebody_writes_alone_is_not_deleted_under_their_hands() {
    let fixture = fixture().await;
    let section = fixture.ann.add(&fixture.book, Kind::Section, "Water", None).await.unwrap();
    let inner = fixture.ann.add(&fixture.book, Kind::Chapter, "Waves", Some(&section)).await.unwrap();
    fixture.ben.take_pen(&fixture.book, &inner).await;
    let remove = || RemovePart { book: fixture.book.clone(), part: section.clone() };
    let fault = fixture.ann.ask(remove()).await.unwrap_err();
    assert_eq!(fault.code, Code::LockHeld);
    assert!(fault.words.contains("ben is writing “Waves”"), "{fault}");
    fixture.ben.ask(remove()).await.unwrap();
    let parts = fixture.ann.book(&fixture.book).await.parts;
    assert_eq!(parts.iter().map(|part| part.title.as_str()).collect::<Vec<_>>(), ["Tides"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_no_longer_an_editor_writes_no_more_and_blocks_nobody() {
    let fixture = fixture().await;
    fixture.ben.take_pen(&fixture.book, &fixture.part).await;
    let his = fixture.page(&fixture.ben).await;
    his.say("Mine.").await.unwrap();
    fixture.ann.ask(SetMember { book: fixture.book.clone(), name: "ben".into(), role: Role::Reader }).await.unwrap();
    assert_eq!(his.say("!").await.unwrap_err().code, Code::Forbidden);
    fixture.ben.ask(fixture.put_down()).await.unwrap();
    fixture.ann.write(&fixture.book, &fixture.part, "Hers.").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_locked_chapter_only_owners_write_and_in_a_final_one_nobody() {
    let fixture = fixture().await;
    let (hers, his) = (fixture.page(&fixture.ann).await, fixture.page(&fixture.ben).await);
    let close = |how| CloseChapter {
        book: fixture.book.clone(),
        part: fixture.part.clone(),
        how,
        why: "It is  printed.".into(),
    };
    let open = || OpenToWriting { book: fixture.book.clone(), part: fixture.part.clone() };
    assert_eq!(fixture.ben.ask(close(Closing::Locked)).await.unwrap_err().code, Code::Forbidden);
    fixture.ann.ask(close(Closing::Locked)).await.unwrap();
    let edit = his.type_paragraph("His.");
    let refused = his.write(edit.clone()).await.unwrap_err();
    assert!(refused.code == Code::Forbidden && refused.words.contains("locked"), "{refused}");
    assert_eq!(fixture.ben.ask(fixture.take(false)).await.unwrap_err().code, Code::Forbidden);
    hers.say("Hers.").await.unwrap();
    fixture.ann.ask(close(Closing::Final)).await.unwrap();
    let refused = hers.say("Not hers either.").await.unwrap_err();
    assert!(refused.code == Code::Forbidden && refused.words.contains("final"), "{refused}");
    let closed = fixture.ben.book(&fixture.book).await.parts.remove(0).closed.unwrap();
    assert_eq!((closed.how, &closed.why[..], closed.by), (Closing::Final, "It is printed.", fixture.ann.me()));
    assert_eq!(fixture.ben.ask(open()).await.unwrap_err().code, Code::Forbidden);
    fixture.ann.ask(open()).await.unwrap();
    his.write(edit).await.unwrap();
    assert_eq!(fixture.ben.book(&fixture.book).await.parts.remove(0).closed, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reason_has_two_hundred_characters_and_a_section_is_not_closed() {
    let fixture = fixture().await;
    fixture.ann.come(&fixture.book).await;
    let take = TakePen { why: "x".repeat(201), ..fixture.take(false) };
    assert_eq!(fixture.ann.ask(take).await.unwrap_err().code, Code::TooLarge);
    let close = |part: &PartId, why: String| CloseChapter {
        book: fixture.book.clone(),
        part: part.clone(),
        how: Closing::Final,
        why,
    };
    assert_eq!(fixture.ann.ask(close(&fixture.part, "x".repeat(201))).await.unwrap_err().code, Code::TooLarge);
    let section = fixture.ann.add(&fixture.book, Kind::Section, "Water", None).await.unwrap();
    assert_eq!(fixture.ann.ask(close(&section, String::new())).await.unwrap_err().code, Code::BadRequest);
}
