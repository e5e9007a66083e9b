//! Books that were deleted: nobody gets to them, and their owners bring them back.

use crate::world::{Browser, World};
use http::StatusCode;
use server_fn::ServerFn;
use sputnik::Code;
use sputnik_editor::book::{
    commands::{
        account_deletion::{DeleteAccount, OpenLeaving},
        chapter::OpenChapter,
        chat::Say,
        contents::RenamePart,
        search::SearchMyBooks,
        shelf::{BringBookBack, DeleteBook, DeleteBookForGood, OpenBook, OpenShelf, RenameBook, SetVisibility},
    },
    events::EventKind,
    model::{BookId, PartId, Role, Visibility},
};
use std::collections::BTreeSet;

struct Deleted {
    world: World,
    ann: Browser,
    ben: Browser,
    cleo: Browser,
    nobody: Browser,
    book: BookId,
    part: PartId,
}

/// A public book that Ann and Cleo own and Ben edits, which Ann deleted.
async fn deleted() -> Deleted {
    let world = World::new().await;
    let (ann, ben, cleo) = (world.person("ann").await, world.person("ben").await, world.person("cleo").await);
    let nobody = world.site.browser().await;
    let book = ann.create_book("Seas").await;
    let part = ann.add_chapter(&book, "Tides").await;
    ann.let_in(&book, &ben, Role::Editor).await;
    ann.let_in(&book, &cleo, Role::Owner).await;
    ann.ask(SetVisibility { book: book.clone(), visibility: Visibility::Public }).await.unwrap();
    ben.write(&book, &part, "The moon pulls.").await.unwrap();
    ann.ask(DeleteBook { book: book.clone(), title: "Seas".into() }).await.unwrap();
    Deleted { world, ann, ben, cleo, nobody, book, part }
}

impl Deleted {
    async fn code_of_opening(&self, who: &Browser) -> Option<Code> {
        who.ask(OpenBook { book: self.book.clone() }).await.err().map(|fault| fault.code)
    }

    async fn in_bin_of(&self, who: &Browser) -> Vec<String> {
        who.ask(OpenShelf {}).await.unwrap().bin.into_iter().map(|book| book.title.to_string()).collect()
    }

    /// Where the form leads that brings it back.
    async fn bring_back(&self, who: &Browser) -> String {
        who.answer::<BringBookBack>(&self.book).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_to_a_book_in_the_bin() {
    let all = deleted().await;
    let (book, part) = (|| all.book.clone(), || all.part.clone());
    for who in [&all.ann, &all.ben, &all.cleo, &all.nobody] {
        assert_eq!(all.code_of_opening(who).await, Some(Code::NotFound));
        let opened = who.ask(OpenChapter { book: book(), part: part() }).await;
        assert_eq!(opened.unwrap_err().code, Code::NotFound);
        let shelf = who.ask(OpenShelf {}).await.unwrap();
        assert_eq!((shelf.mine.len(), shelf.shared.len(), shelf.public.len()), (0, 0, 0));
        for path in [String::new(), format!("/{}", part()), "/book.html".into(), "/book.zip".into(), "/settings".into()]
        {
            assert_eq!(
                who.get(&format!("/book/{}{path}", book()), &[]).await.status(),
                StatusCode::NOT_FOUND,
                "{path}"
            );
        }
    }
    for who in [&all.ann, &all.ben] {
        let renamed = who.ask(RenameBook { book: book(), title: "Mine".parse().unwrap() }).await;
        assert_eq!(renamed.unwrap_err().code, Code::NotFound);
        let renamed = who.ask(RenamePart { book: book(), part: part(), title: "Mine".parse().unwrap() }).await;
        assert_eq!(renamed.unwrap_err().code, Code::NotFound);
        let said = who.ask(Say { book: book(), text: "Where is it?".into() }).await;
        assert_eq!(said.unwrap_err().code, Code::NotFound);
        assert!(who.ask(SearchMyBooks { words: "moon".parse().unwrap() }).await.unwrap().is_empty());
    }
    // Who belonged to it is told what became of it; nobody else is told that there is such a book.
    let words = async |who: &Browser| who.ask(OpenBook { book: book() }).await.unwrap_err().words;
    assert!(words(&all.ann).await.contains("on your shelf"));
    assert!(words(&all.ben).await.contains("Its owners can bring it back"));
    let nowhere = all.nobody.ask(OpenBook { book: "nosuchbook".parse().unwrap() }).await.unwrap_err();
    assert_eq!(words(&all.nobody).await, nowhere.words);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_brings_a_book_back_as_it_was() {
    let all = deleted().await;
    assert_eq!(all.in_bin_of(&all.ann).await, ["Seas"]);
    assert_eq!(all.in_bin_of(&all.cleo).await, ["Seas"], "whoever else owns it");
    assert!(all.in_bin_of(&all.ben).await.is_empty() && all.in_bin_of(&all.nobody).await.is_empty());
    for who in [&all.ben, &all.nobody, &all.world.person("dora").await] {
        assert!(all.bring_back(who).await.contains("__err="), "it is not theirs");
    }
    assert_eq!(all.bring_back(&all.cleo).await, format!("/book/{}", all.book));
    for who in [&all.ann, &all.ben, &all.cleo, &all.nobody] {
        assert_eq!(all.code_of_opening(who).await, None);
    }
    assert!(all.ben.text(&all.book, &all.part).await.contains("The moon pulls."));
    all.ben.write(&all.book, &all.part, "It pulls again.").await.unwrap();
    let members: BTreeSet<_> =
        all.ann.book(&all.book).await.members.into_iter().map(|member| (member.person.name, member.role)).collect();
    let before = [("ann", Role::Owner), ("ben", Role::Editor), ("cleo", Role::Owner)];
    assert_eq!(members, before.map(|(name, role)| (name.to_owned(), role)).into());
    let activity = all.ann.book(&all.book).await.activity;
    let told = activity.iter().find(|told| told.what == EventKind::BookBroughtBack).unwrap();
    assert_eq!(told.by.name, "cleo");
    assert!(all.in_bin_of(&all.ann).await.is_empty());
    assert!(all.bring_back(&all.ann).await.contains("__err="), "it is not in the bin");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_owner_ends_a_book_for_good_and_only_from_the_bin() {
    let all = deleted().await;
    let end = || DeleteBookForGood { book: all.book.clone() };
    assert_eq!(all.ben.ask(end()).await.unwrap_err().code, Code::Forbidden);
    assert_eq!(all.nobody.ask(end()).await.unwrap_err().code, Code::NotSignedIn);
    all.bring_back(&all.ann).await;
    assert_eq!(all.ann.ask(end()).await.unwrap_err().code, Code::NotFound, "it is not in the bin");
    all.ann.ask(DeleteBook { book: all.book.clone(), title: "Seas".into() }).await.unwrap();
    // Asked again by a client that heard no answer, it is answered as before.
    let key = all.ann.key();
    all.ann.ask_as(&key, &end(), false).await.unwrap();
    all.ann.ask_as(&key, &end(), true).await.unwrap();
    assert!(all.bring_back(&all.cleo).await.contains("__err="));
    assert_eq!(rows(&all.world).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_thirty_days_a_book_goes_for_good_and_not_before() {
    const DAY: i64 = 24 * 60 * 60 * 1_000;
    let all = deleted().await;
    let left = all.ann.ask(OpenShelf {}).await.unwrap().bin.remove(0);
    assert_eq!(left.until - left.at, 30 * DAY);
    clock_has_gone_on(&all.world, 2 * DAY).await;
    for (days, books) in [(29, 1), (31, 0)] {
        let mut sql = all.world.database.write().await.unwrap();
        let set = sqlx::query("UPDATE books SET deleted = $1").bind(left.at - days * DAY);
        set.execute(&mut *sql).await.unwrap();
        sql.commit().await.unwrap();
        all.world.database.delete_old().await.unwrap();
        assert_eq!(rows(&all.world).await, books, "{days} days");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_its_only_owner_a_book_in_the_bin_goes_and_another_owner_keeps_it() {
    let all = deleted().await;
    for (who, books) in [(&all.ann, 1), (&all.cleo, 0)] {
        assert!(who.ask(OpenLeaving {}).await.unwrap().alone.is_empty(), "nothing of it is asked");
        let fields = [("password", crate::world::PASSWORD), ("sure", "true")];
        assert_eq!(crate::world::location(&who.submit_to(DeleteAccount::PATH, &fields).await), "/");
        assert_eq!(rows(&all.world).await, books);
    }
}

/// As if it was looked again and again for so long.
async fn clock_has_gone_on(world: &World, long: i64) {
    world.database.delete_old().await.unwrap();
    let mut sql = world.database.write().await.unwrap();
    let set = sqlx::query("UPDATE clock SET even_since = even_since - $1").bind(long);
    set.execute(&mut *sql).await.unwrap();
    sql.commit().await.unwrap();
}

/// A server whose clock is set a month ahead would otherwise end every book in the bin at once.
#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_leaps_ends_no_book() {
    const DAY: i64 = 24 * 60 * 60 * 1_000;
    let all = deleted().await;
    clock_has_gone_on(&all.world, 2 * DAY).await;
    // To the clock it is as if both had been a month earlier.
    for set in
        ["UPDATE books SET deleted = deleted - $1", "UPDATE clock SET seen = seen - $1, even_since = even_since - $1"]
    {
        let mut sql = all.world.database.write().await.unwrap();
        sqlx::query(set).bind(31 * DAY).execute(&mut *sql).await.unwrap();
        sql.commit().await.unwrap();
    }
    for _ in 0..3 {
        all.world.database.delete_old().await.unwrap();
        assert_eq!(rows(&all.world).await, 1);
    }
    clock_has_gone_on(&all.world, 2 * DAY).await;
    all.world.database.delete_old().await.unwrap();
    assert_eq!(rows(&all.world).await, 0, "a day later it is believed");
}

async fn rows(world: &World) -> i64 {
    let mut sql = world.database.read().await.unwrap();
    sqlx::query_scalar("SELECT COUNT(*) FROM books").fetch_one(&mut *sql).await.unwrap()
}
