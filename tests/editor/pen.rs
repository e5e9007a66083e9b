//! Writing under the pen: nothing typed is lost, and nobody writes without it.

use crate::world::{Browser, World};
use sputnik::{
    book::{
        channels::ChapterChannel,
        chapter::{Splice, TextNews},
        commands::{
            chapter::{DropKeptText, KeptText, SaveChapter, TypeText},
            contents::RemovePart,
            history::ChapterHistory,
            pen::{HandOverPen, PutDownPen, TakeOverPen, TakePen},
            people::SetMember,
        },
        model::{BookId, Kind, PartId, Role},
    },
    sputnik::{channel::Channel, fault::Code},
};

struct Desk {
    world: World,
    ann: Browser,
    ben: Browser,
    book: BookId,
    part: PartId,
}

async fn desk() -> Desk {
    let world = World::new().await;
    let (ann, ben) = (world.person("ann").await, world.person("ben").await);
    let book = ann.create_book("Seas").await;
    ann.let_in(&book, &ben, Role::Editor).await;
    let part = ann.add_chapter(&book, "Tides").await;
    Desk { world, ann, ben, book, part }
}

impl Desk {
    fn take(&self, ask: bool) -> TakePen {
        TakePen { book: self.book.clone(), part: self.part.clone(), ask }
    }
    fn take_over(&self) -> TakeOverPen {
        TakeOverPen { book: self.book.clone(), part: self.part.clone() }
    }
    fn put_down(&self) -> PutDownPen {
        PutDownPen { book: self.book.clone(), part: self.part.clone() }
    }
    fn kept(&self) -> KeptText {
        KeptText { book: self.book.clone(), part: self.part.clone() }
    }
    async fn text(&self) -> String {
        self.ann.chapter(&self.book, &self.part).await.text
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_writes_and_everybody_can_read_along() {
    let desk = desk().await;
    let fence = desk.ben.take_pen(&desk.book, &desk.part).await.fence;
    assert_eq!(desk.ben.write(&desk.book, &desk.part, fence, "The moon").await.unwrap(), 1);
    assert_eq!(desk.ben.write(&desk.book, &desk.part, fence, " pulls.").await.unwrap(), 2);
    assert_eq!(desk.ben.save(&desk.book, &desk.part, fence).await.unwrap(), 1);
    let now = desk.ann.chapter(&desk.book, &desk.part).await;
    assert_eq!((&now.text[..], now.draft, now.revision, now.unsaved), ("The moon pulls.", 2, 1, false));
    assert_eq!(now.last.unwrap().0, desk.ben.me());
    let part = desk.ann.book(&desk.book).await.parts.remove(0);
    assert_eq!((part.words, part.revision), (3, 1));
    let log = desk.world.log(&ChapterChannel(desk.book.clone(), desk.part.clone()).name()).await;
    assert_eq!(log.iter().map(|(version, _)| version.unwrap()).collect::<Vec<_>>(), [1, 2, 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_pen_nothing_is_written() {
    let desk = desk().await;
    let fence = desk.ben.take_pen(&desk.book, &desk.part).await.fence;
    desk.ann.come(&desk.book).await;
    let state = desk.ann.ask(desk.take(false)).await.unwrap();
    assert_eq!(state.holder.as_ref(), Some(&desk.ben.client));
    // Also with the fence that ben holds, which everybody can see, and with one that nobody was given.
    for stolen in [fence, fence + 1, u64::MAX, 0] {
        let fault = desk.ann.write(&desk.book, &desk.part, stolen, "mine").await.unwrap_err();
        assert_eq!(fault.code, Code::Stale, "{stolen}");
        assert!(fault.words.contains("pen"), "{fault}");
        assert_eq!(desk.ann.save(&desk.book, &desk.part, stolen).await.unwrap_err().code, Code::Stale);
    }
    assert_eq!(desk.text().await, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_is_kept_for_whoever_loses_the_pen() {
    let desk = desk().await;
    let old = desk.ben.take_pen(&desk.book, &desk.part).await.fence;
    desk.ben.write(&desk.book, &desk.part, old, "saved").await.unwrap();
    desk.ben.save(&desk.book, &desk.part, old).await.unwrap();
    desk.ben.write(&desk.book, &desk.part, old, " and not saved").await.unwrap();
    desk.ann.come(&desk.book).await;
    assert_eq!(desk.ben.ask(desk.take_over()).await.unwrap_err().code, Code::Forbidden, "only an owner");
    let new = desk.ann.ask(desk.take_over()).await.unwrap();
    assert!(new.is_held_by(&desk.ann.client) && new.fence > old);
    let now = desk.ann.chapter(&desk.book, &desk.part).await;
    assert_eq!((&now.text[..], now.unsaved, now.revision), ("saved", false, 1));
    assert_eq!(desk.ben.write(&desk.book, &desk.part, old, "!").await.unwrap_err().code, Code::Stale);
    assert_eq!(desk.ben.ask(desk.kept()).await.unwrap().unwrap().text, "saved and not saved");
    assert_eq!(desk.ann.ask(desk.kept()).await.unwrap(), None, "for ben alone");
    desk.ann.write(&desk.book, &desk.part, new.fence, "!").await.unwrap();
    let drop = || DropKeptText { book: desk.book.clone(), part: desk.part.clone() };
    desk.ann.ask(drop()).await.unwrap();
    assert!(desk.ben.ask(desk.kept()).await.unwrap().is_some(), "only ben lets go of it");
    desk.ben.ask(drop()).await.unwrap();
    assert_eq!(desk.ben.ask(desk.kept()).await.unwrap(), None);
    let log = desk.world.log(&ChapterChannel(desk.book.clone(), desk.part.clone()).name()).await;
    let replaced = log.iter().filter(
        |(_, news)| matches!(serde_json::from_str(news).unwrap(), TextNews::Replaced { text, .. } if text == "saved"),
    );
    assert_eq!(replaced.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn losing_the_pen_twice_keeps_both_texts() {
    let desk = desk().await;
    desk.ann.come(&desk.book).await;
    for text in ["first", "second"] {
        let fence = desk.ben.take_pen(&desk.book, &desk.part).await.fence;
        desk.ben.write(&desk.book, &desk.part, fence, text).await.unwrap();
        desk.ann.ask(desk.take_over()).await.unwrap();
        desk.ann.ask(desk.put_down()).await.unwrap();
    }
    for text in ["first", "second"] {
        assert_eq!(desk.ben.ask(desk.kept()).await.unwrap().unwrap().text, text);
        desk.ben.ask(DropKeptText { book: desk.book.clone(), part: desk.part.clone() }).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ones_own_draft_goes_on_where_it_was() {
    let desk = desk().await;
    let fence = desk.ben.take_pen(&desk.book, &desk.part).await.fence;
    desk.ben.write(&desk.book, &desk.part, fence, "half a sen").await.unwrap();
    desk.ben.ask(desk.put_down()).await.unwrap();
    let tab = desk.ben.another_tab();
    let again = tab.take_pen(&desk.book, &desk.part).await;
    assert!(again.fence > fence);
    tab.write(&desk.book, &desk.part, again.fence, "tence").await.unwrap();
    assert_eq!(desk.text().await, "half a sentence");
    assert_eq!(desk.ben.write(&desk.book, &desk.part, fence, "?").await.unwrap_err().code, Code::Stale);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pen_passes_to_whoever_waits_and_writes_once_it_is_noted() {
    let desk = desk().await;
    let first = desk.ben.take_pen(&desk.book, &desk.part).await.fence;
    desk.ann.come(&desk.book).await;
    let waiting = desk.ann.ask(desk.take(true)).await.unwrap();
    assert_eq!(waiting.queue, std::slice::from_ref(&desk.ann.client));
    desk.ben.ask(desk.put_down()).await.unwrap();
    let held = desk.ann.ask(desk.take(false)).await.unwrap();
    assert!(held.is_held_by(&desk.ann.client) && held.fence > first);
    assert_eq!(desk.ann.ask(desk.take(false)).await.unwrap(), held, "asking again changes nothing");
    desk.ann.write(&desk.book, &desk.part, held.fence, "mine").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handed_over_pen_writes_at_once_and_the_old_one_no_more() {
    let desk = desk().await;
    let old = desk.ben.take_pen(&desk.book, &desk.part).await.fence;
    desk.ben.write(&desk.book, &desk.part, old, "unsaved").await.unwrap();
    desk.ann.come(&desk.book).await;
    let to = desk.ann.client.clone();
    desk.ben.ask(HandOverPen { book: desk.book.clone(), part: desk.part.clone(), to }).await.unwrap();
    assert_eq!(desk.ben.write(&desk.book, &desk.part, old, "!").await.unwrap_err().code, Code::Stale);
    assert_eq!(desk.ben.ask(desk.kept()).await.unwrap().unwrap().text, "unsaved");
    let held = desk.ann.ask(desk.take(false)).await.unwrap();
    desk.ann.write(&desk.book, &desk.part, held.fence, "ann's").await.unwrap();
    assert_eq!(desk.text().await, "ann's");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_lost_its_memory_starts_above_what_the_database_saw() {
    let desk = desk().await;
    let mut sql = desk.world.database.write().await.unwrap();
    let lift = "UPDATE chapters SET fence = 40";
    sqlx::query(lift).execute(&mut *sql).await.unwrap();
    sql.commit().await.unwrap();
    assert!(desk.ben.take_pen(&desk.book, &desk.part).await.fence > 40);
    // And one that went back to an older holding: the same client gets a new one.
    let mut sql = desk.world.database.write().await.unwrap();
    let lift = "UPDATE chapters SET fence = 90";
    sqlx::query(lift).execute(&mut *sql).await.unwrap();
    sql.commit().await.unwrap();
    let fence = desk.ben.take_pen(&desk.book, &desk.part).await.fence;
    assert!(fence > 90);
    desk.ben.write(&desk.book, &desk.part, fence, "on").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_an_old_draft_or_an_old_revision_is_refused_and_loses_nothing() {
    let desk = desk().await;
    let fence = desk.ben.take_pen(&desk.book, &desk.part).await.fence;
    desk.ben.write(&desk.book, &desk.part, fence, "one").await.unwrap();
    let (book, part) = (desk.book.clone(), desk.part.clone());
    let splice = Splice { at: 0, remove: 0, insert: "zero ".into() };
    let old = TypeText { book: book.clone(), part: part.clone(), fence, draft: 0, splice };
    assert_eq!(desk.ben.ask(old).await.unwrap_err().code, Code::Stale);
    let save = |base, draft| {
        let (book, part) = (book.clone(), part.clone());
        SaveChapter { book, part, fence, base, draft, comment: " two  words ".into() }
    };
    assert_eq!(desk.ben.ask(save(0, 0)).await.unwrap_err().code, Code::Stale, "an old draft");
    assert_eq!(desk.ben.ask(save(3, 1)).await.unwrap_err().code, Code::Stale, "another revision");
    assert_eq!(desk.ben.ask(save(0, 1)).await.unwrap(), 1);
    assert_eq!(desk.ben.ask(save(1, 1)).await.unwrap(), 1, "nothing new to save");
    let history = ChapterHistory { book: book.clone(), part: part.clone(), before: None };
    let revisions = desk.ann.ask(history).await.unwrap().revisions;
    assert_eq!(revisions.len(), 1);
    assert_eq!(revisions[0].name, "two words");
    assert_eq!(desk.text().await, "one");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chapter_somebody_writes_in_is_not_deleted_under_their_hands() {
    let desk = desk().await;
    let section = desk.ann.add(&desk.book, Kind::Section, "Water", None).await.unwrap();
    let inner = desk.ann.add(&desk.book, Kind::Chapter, "Waves", Some(&section)).await.unwrap();
    desk.ben.take_pen(&desk.book, &inner).await;
    let remove = || RemovePart { book: desk.book.clone(), part: section.clone() };
    let fault = desk.ann.ask(remove()).await.unwrap_err();
    assert_eq!(fault.code, Code::LockHeld);
    assert!(fault.words.contains("ben is writing “Waves”"), "{fault}");
    desk.ben.ask(remove()).await.unwrap();
    let parts = desk.ann.book(&desk.book).await.parts;
    assert_eq!(parts.iter().map(|part| part.title.as_str()).collect::<Vec<_>>(), ["Tides"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_no_longer_an_editor_writes_no_more() {
    let desk = desk().await;
    let fence = desk.ben.take_pen(&desk.book, &desk.part).await.fence;
    desk.ben.write(&desk.book, &desk.part, fence, "mine").await.unwrap();
    desk.ann.ask(SetMember { book: desk.book.clone(), name: "ben".into(), role: Role::Reader }).await.unwrap();
    assert_eq!(desk.ben.write(&desk.book, &desk.part, fence, "!").await.unwrap_err().code, Code::Forbidden);
    desk.ben.ask(desk.put_down()).await.unwrap();
    desk.ann.take_pen(&desk.book, &desk.part).await;
    assert_eq!(desk.ben.ask(desk.kept()).await.unwrap().unwrap().text, "mine", "a reader still gets what they typed");
}
