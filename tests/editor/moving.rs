//! A chapter is moved to another book, on SQLite and on PostgreSQL alike.

use crate::{
    page::Page,
    pictures::png,
    promises::promises,
    world::{Browser, World},
};
use http::StatusCode;
use sputnik::{Code, Fault};
use sputnik_editor::book::{
    channels::{BookChannel, ChapterChannel},
    commands::{
        contents::{BringBack, CloseChapter, DeletedParts, RemovePart, SetGoal, SetStatus},
        files::ImportChapter,
        history::ChapterHistory,
        parts::{FindMoved, MoveChapter},
        shelf::{ArchiveBook, SetVisibility},
    },
    events::BookEvent,
    import::How,
    model::{BookId, Closing, Kind, PartId, Role, Status, Visibility},
    state::Book,
};

promises!(
    moving_keeps_its_promises_on_postgresql:
    a_chapter_goes_to_another_book_with_what_stands_in_it,
    what_it_was_stays_with_those_who_wrote_it_and_can_be_brought_back,
    both_books_need_a_right_to_write,
    what_somebody_writes_alone_does_not_go,
    what_is_closed_to_all_does_not_go_either,
    its_old_address_leads_on_for_whoever_may_know,
    pages_of_both_books_see_it_at_once,
    what_is_asked_again_is_done_once,
    two_who_move_both_ways_at_once_do_not_wait_for_each_other,
);

struct Fixture {
    world: World,
    ann: Browser,
    ben: Browser,
    seas: BookId,
    lakes: BookId,
    ebb: PartId,
    picture: String,
}

impl Fixture {
    /// Two books of Ann's, of which Ben edits the first; a chapter with a picture in it that leads to itself.
    async fn of(world: World) -> Self {
        let (ann, ben) = (world.person("ann").await, world.person("ben").await);
        let (seas, lakes) = (ann.create_book("Seas").await, ann.create_book("Lakes").await);
        ann.let_in(&seas, &ben, Role::Editor).await;
        let tides = ann.add_chapter(&seas, "Tides").await;
        let ebb = ann.add_chapter(&seas, "Ebb").await;
        ann.add_chapter(&lakes, "Depth").await;
        let picture = ann.send_picture(&seas, png(b"a sea")).await.unwrap().src;
        let markdown = format!(
            "It goes.[^1] See [above](/book/{seas}/{ebb}#x) and [tides](/book/{seas}/{tides}).\n\n![A sea]({picture})\n\n\
             [^1]: By the moon."
        );
        let bring = ImportChapter { book: seas.clone(), part: ebb.clone(), markdown, how: How::Replace };
        ann.ask(bring).await.unwrap();
        Self { world, ann, ben, seas, lakes, ebb, picture }
    }

    fn moving(&self) -> MoveChapter {
        MoveChapter { book: self.seas.clone(), part: self.ebb.clone(), target: self.lakes.clone() }
    }

    async fn move_it(&self, who: &Browser) -> Result<PartId, Fault> {
        who.ask(self.moving()).await
    }

    async fn titles(&self, book: &BookId) -> Vec<String> {
        self.ann.book(book).await.parts.into_iter().map(|part| part.title.to_string()).collect()
    }

    /// That nothing has changed anywhere.
    async fn is_as_it_was(&self) {
        assert_eq!(self.titles(&self.seas).await, ["Tides", "Ebb"]);
        assert_eq!(self.titles(&self.lakes).await, ["Depth"]);
        assert_eq!(self.count("importing").await, 0);
        assert_eq!(self.count("pictures").await, 1);
    }

    async fn count(&self, table: &str) -> i64 {
        let count = format!("SELECT COUNT(*) FROM {table}");
        sqlx::query_scalar(&count).fetch_one(&mut *self.world.database.glance().await.unwrap()).await.unwrap()
    }
}

async fn a_chapter_goes_to_another_book_with_what_stands_in_it(world: World) {
    let all = Fixture::of(world).await;
    let (seas, ebb) = (|| all.seas.clone(), || all.ebb.clone());
    all.ann.ask(SetStatus { book: seas(), part: ebb(), status: Status::ToBeProofed }).await.unwrap();
    all.ann.ask(SetGoal { book: seas(), part: ebb(), goal: Some(300) }).await.unwrap();
    all.ben.write(&all.seas, &all.ebb, "Ben's last words.").await.unwrap();
    let new = all.move_it(&all.ann).await.unwrap();
    assert_eq!(all.titles(&all.seas).await, ["Tides"]);
    assert_eq!(all.titles(&all.lakes).await, ["Depth", "Ebb"]);
    let book = all.ann.book(&all.lakes).await;
    let there = book.part(&new).unwrap();
    assert_eq!((there.status, there.goal, there.revision), (Status::ToBeProofed, Some(300), 1));
    let html = all.ann.text(&all.lakes, &new).await;
    for stands in ["It goes.", "By the moon.", "Ben's last words.", &format!("/book/{}/{new}#x", all.lakes)] {
        assert!(html.contains(stands), "{stands}: {html}");
    }
    assert!(
        html.contains(&format!("/book/{}/", all.seas)),
        "what leads to the others of the old book leads there still"
    );
    // The picture is one of the new book's, for whoever reads that.
    let dora = all.world.person("dora").await;
    all.ann.let_in(&all.lakes, &dora, Role::Reader).await;
    let at = html.find(&format!("/book/{}/picture/", all.lakes)).unwrap();
    let src: String = html[at..].chars().take_while(|letter| *letter != '"').collect();
    assert_eq!(dora.get(&src, &[]).await.status(), StatusCode::OK);
    assert_eq!(dora.get(&all.picture, &[]).await.status(), StatusCode::NOT_FOUND);
    all.ann.write(&all.lakes, &new, "It is written on.").await.unwrap();
    assert_eq!(all.count("importing").await, 0);
}

async fn what_it_was_stays_with_those_who_wrote_it_and_can_be_brought_back(world: World) {
    let all = Fixture::of(world).await;
    all.ben.write(&all.seas, &all.ebb, "Words that go later.").await.unwrap();
    let new = all.move_it(&all.ann).await.unwrap();
    let history = ChapterHistory { book: all.lakes.clone(), part: new.clone(), before: None };
    let versions = all.ann.ask(history).await.unwrap().revisions;
    assert_eq!(versions.iter().map(|version| version.name.as_str()).collect::<Vec<_>>(), ["Moved from “Seas”"]);
    let deleted = all.ben.ask(DeletedParts { book: all.seas.clone() }).await.unwrap();
    assert_eq!(deleted.iter().map(|deleted| &deleted.part).collect::<Vec<_>>(), [&all.ebb]);
    all.ben.ask(BringBack { book: all.seas.clone(), part: all.ebb.clone(), place: None }).await.unwrap();
    assert_eq!(all.titles(&all.seas).await, ["Tides", "Ebb"]);
    assert!(all.ben.text(&all.seas, &all.ebb).await.contains("Words that go later."));
    let history = ChapterHistory { book: all.seas.clone(), part: all.ebb.clone(), before: None };
    assert!(!all.ben.ask(history).await.unwrap().revisions.is_empty());
    let found = FindMoved { book: all.seas.clone(), part: all.ebb.clone() };
    assert_eq!(all.ann.ask(found).await.unwrap(), None, "it is there");
}

async fn both_books_need_a_right_to_write(world: World) {
    let all = Fixture::of(world).await;
    let refused = all.move_it(&all.ben).await.unwrap_err();
    assert_eq!(refused.code, Code::NotFound, "the other book is none of his");
    all.ann.let_in(&all.lakes, &all.ben, Role::Reader).await;
    assert_eq!(all.move_it(&all.ben).await.unwrap_err().code, Code::Forbidden);
    let dora = all.world.person("dora").await;
    all.ann.let_in(&all.lakes, &dora, Role::Owner).await;
    assert_eq!(all.move_it(&dora).await.unwrap_err().code, Code::NotFound);
    all.ann.let_in(&all.seas, &dora, Role::Reader).await;
    assert_eq!(all.move_it(&dora).await.unwrap_err().code, Code::Forbidden);
    let nobody = all.world.site.browser().await;
    assert_eq!(all.move_it(&nobody).await.unwrap_err().code, Code::NotFound);
    let nowhere = MoveChapter { target: all.seas.clone(), ..all.moving() };
    assert_eq!(all.ann.ask(nowhere).await.unwrap_err().code, Code::BadRequest);
    let section = all.ann.add(&all.seas, Kind::Section, "Water", None).await.unwrap();
    let of_section = MoveChapter { part: section.clone(), ..all.moving() };
    assert!(all.ann.ask(of_section).await.is_err());
    all.ann.ask(RemovePart { book: all.seas.clone(), part: section }).await.unwrap();
    all.ann.ask(ArchiveBook { book: all.lakes.clone() }).await.unwrap();
    assert!(all.move_it(&all.ann).await.unwrap_err().words.contains("in the archive"));
    all.is_as_it_was().await;
}

async fn what_somebody_writes_alone_does_not_go(world: World) {
    let all = Fixture::of(world).await;
    all.ben.take_pen(&all.seas, &all.ebb).await;
    all.ann.come(&all.seas).await;
    assert_eq!(all.move_it(&all.ann).await.unwrap_err().code, Code::LockHeld);
    all.is_as_it_was().await;
}

async fn what_is_closed_to_all_does_not_go_either(world: World) {
    let all = Fixture::of(world).await;
    let (book, part) = (all.seas.clone(), all.ebb.clone());
    all.ann.ask(CloseChapter { book, part, how: Closing::Final, why: String::new() }).await.unwrap();
    assert_eq!(all.move_it(&all.ann).await.unwrap_err().code, Code::Forbidden, "not even by its owner");
    all.is_as_it_was().await;
}

async fn its_old_address_leads_on_for_whoever_may_know(world: World) {
    let all = Fixture::of(world).await;
    let find = |part: &PartId| FindMoved { book: all.seas.clone(), part: part.clone() };
    assert_eq!(all.ann.ask(find(&all.ebb)).await.unwrap(), None);
    let new = all.move_it(&all.ann).await.unwrap();
    let to = all.ann.ask(find(&all.ebb)).await.unwrap().unwrap().to.unwrap();
    assert_eq!((&to.book, &to.part, to.title.as_str(), to.chapter.as_str()), (&all.lakes, &new, "Lakes", "Ebb"));
    let page = |who: &Browser| {
        let (who, path) = (who.clone(), format!("/book/{}/{}", all.seas, all.ebb));
        async move { crate::world::text(who.get(&path, &[]).await).await }
    };
    assert!(page(&all.ann).await.contains(&format!("/book/{}/{new}", all.lakes)));
    // Ben is told that it went, and not where to.
    assert_eq!(all.ben.ask(find(&all.ebb)).await.unwrap().unwrap().to, None);
    let told = page(&all.ben).await;
    assert!(told.contains("moved to another book") && !told.contains("Lakes"), "{told}");
    all.ann.ask(SetVisibility { book: all.seas.clone(), visibility: Visibility::Public }).await.unwrap();
    let nobody = all.world.site.browser().await;
    assert_eq!(nobody.ask(find(&all.ebb)).await.unwrap(), None, "outsiders are told nothing");
    all.ann.ask(SetVisibility { book: all.lakes.clone(), visibility: Visibility::Public }).await.unwrap();
    assert!(nobody.ask(find(&all.ebb)).await.unwrap().unwrap().to.is_some(), "but where they may read it");
    // Moved on, it is followed; deleted there, it is nowhere.
    let ponds = all.ann.create_book("Ponds").await;
    let on = MoveChapter { book: all.lakes.clone(), part: new, target: ponds.clone() };
    let last = all.ann.ask(on).await.unwrap();
    assert_eq!(all.ann.ask(find(&all.ebb)).await.unwrap().unwrap().to.unwrap().part, last);
    all.ann.ask(RemovePart { book: ponds, part: last }).await.unwrap();
    assert_eq!(all.ann.ask(find(&all.ebb)).await.unwrap().unwrap().to, None);
}

async fn pages_of_both_books_see_it_at_once(world: World) {
    let all = Fixture::of(world).await;
    let books = [&all.seas, &all.lakes];
    let mut pages: Vec<(Book, usize)> = Vec::new();
    for book in books {
        pages.push((all.ann.book(book).await, all.world.log(&BookChannel(book.clone()).name()).await.len()));
    }
    let asked = all.world.rechecks(&ChapterChannel(all.seas.clone(), all.ebb.clone()).name()).await;
    all.move_it(&all.ann).await.unwrap();
    let mut said = Vec::new();
    for (book, (mut page, known)) in books.into_iter().zip(pages) {
        for (_, event) in all.world.log(&BookChannel(book.clone()).name()).await.iter().skip(known) {
            let event: BookEvent = serde_json::from_str(event).unwrap();
            page.apply(&event);
            said.push(event.words());
        }
        assert_eq!(page, all.ann.at(&all.world.another_site().await).book(book).await);
    }
    assert_eq!(said, ["moved “Ebb” to another book", "moved “Ebb” here from another book"]);
    let again = all.world.rechecks(&ChapterChannel(all.seas.clone(), all.ebb.clone()).name()).await;
    assert!(again > asked, "who listened to it there is asked for their right again");
}

async fn what_is_asked_again_is_done_once(world: World) {
    let all = Fixture::of(world).await;
    let key = all.ann.key();
    let new = all.ann.ask_as(&key, &all.moving(), false).await.unwrap();
    let again = all.ann.at(&all.world.another_site().await).ask_as(&key, &all.moving(), true).await.unwrap();
    assert_eq!(new, again);
    assert_eq!(all.titles(&all.lakes).await, ["Depth", "Ebb"]);
    assert_eq!(all.move_it(&all.ann).await.unwrap_err().code, Code::NotFound, "it is not there any more");
}

async fn two_who_move_both_ways_at_once_do_not_wait_for_each_other(world: World) {
    let all = Fixture::of(world).await;
    for round in 0..5 {
        let titles = [format!("There {round}"), format!("Back {round}")];
        let (there, back) =
            (all.ann.add_chapter(&all.seas, &titles[0]).await, all.ann.add_chapter(&all.lakes, &titles[1]).await);
        let there = MoveChapter { book: all.seas.clone(), part: there, target: all.lakes.clone() };
        let back = MoveChapter { book: all.lakes.clone(), part: back, target: all.seas.clone() };
        let other = all.ann.another_tab();
        let (there, back) = tokio::join!(all.ann.ask(there), other.ask(back));
        there.unwrap();
        back.unwrap();
        assert!(all.titles(&all.lakes).await.contains(&titles[0]) && all.titles(&all.seas).await.contains(&titles[1]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_takes_up_room_of_whoever_moves_it() {
    let all = Fixture::of(World::with_quota(20_000).await).await;
    let large = all.ann.send_picture(&all.seas, png(&[7; 12_000])).await.unwrap().src;
    let markdown = format!("![Large]({large})");
    let bring = ImportChapter { book: all.seas.clone(), part: all.ebb.clone(), markdown, how: How::Append };
    all.ann.ask(bring).await.unwrap();
    let refused = all.move_it(&all.ann).await.unwrap_err();
    assert_eq!(refused.code, Code::TooLarge, "{refused}");
    assert_eq!(all.titles(&all.lakes).await, ["Depth"]);
    assert_eq!((all.count("pictures").await, all.count("importing").await), (2, 0), "and nothing of it stays");
    let page = Page::open(&all.ann, &all.seas, &all.ebb).await;
    assert!(page.text().contains("It goes."));
}
