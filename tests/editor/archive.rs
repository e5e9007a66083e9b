//! Books in the archive: everybody reads them as before, and nobody changes them, on SQLite and on PostgreSQL alike.

use crate::{
    page::Page,
    promises::promises,
    world::{Browser, World, location, title},
};
use server_fn::ServerFn;
use sputnik::{Code, server::User};
use sputnik_editor::book::{
    channels::{BookChannel, ChapterChannel},
    commands::{
        chat::Say,
        contents::RenamePart,
        exports::StartExport,
        people::{LeaveBook, SetMember},
        search::SearchBook,
        shelf::{ArchiveBook, DeleteBook, OpenShelf, RenameBook, SetVisibility, UnarchiveBook},
    },
    events::EventKind,
    format::Format,
    model::{BookId, PartId, Role, Visibility},
};

promises!(
    the_archive_keeps_its_promises_on_postgresql:
    in_the_archive_everybody_reads_and_nobody_writes,
    an_owner_brings_a_book_back_and_all_is_as_it_was,
    it_stands_apart_on_the_shelves_of_those_who_belong_to_it,
    whoever_writes_while_it_is_archived_is_told_at_once,
    every_page_knows_at_once_and_folds_to_what_a_new_one_is_given,
);

struct Fixture {
    world: World,
    ann: Browser,
    ben: Browser,
    nobody: Browser,
    book: BookId,
    part: PartId,
}

impl Fixture {
    /// A public book that Ann owns and Ben edits.
    async fn of(world: World) -> Self {
        let (ann, ben, nobody) = (world.person("ann").await, world.person("ben").await, world.site.browser().await);
        let book = ann.create_book("Seas").await;
        let part = ann.add_chapter(&book, "Tides").await;
        ann.let_in(&book, &ben, Role::Editor).await;
        ann.ask(SetVisibility { book: book.clone(), visibility: Visibility::Public }).await.unwrap();
        ben.write(&book, &part, "The moon pulls.").await.unwrap();
        Self { world, ann, ben, nobody, book, part }
    }

    async fn archive(&self) {
        self.ann.ask(ArchiveBook { book: self.book.clone() }).await.unwrap();
    }

    async fn bring_back(&self, who: &Browser) -> String {
        who.answer::<UnarchiveBook>(&self.book).await
    }
}

async fn in_the_archive_everybody_reads_and_nobody_writes(world: World) {
    let all = Fixture::of(world).await;
    let (book, part) = (|| all.book.clone(), || all.part.clone());
    assert_eq!(all.ben.ask(ArchiveBook { book: book() }).await.unwrap_err().code, Code::Forbidden);
    all.archive().await;
    for who in [&all.ann, &all.ben, &all.nobody] {
        assert!(who.book(&all.book).await.archived);
        assert!(who.text(&all.book, &all.part).await.contains("The moon pulls."));
        let words = "moon".parse().unwrap();
        assert!(who.ask(SearchBook { book: book(), words }).await.is_ok());
    }
    // Its owner neither; each is told why.
    for who in [&all.ann, &all.ben] {
        let written = who.write(&all.book, &all.part, "More.").await.unwrap_err();
        assert_eq!(written.code, Code::Forbidden, "{written}");
        let renamed = who.ask(RenamePart { book: book(), part: part(), title: title("Ebb") }).await.unwrap_err();
        assert!(renamed.code == Code::Forbidden && renamed.words.contains("in the archive"), "{renamed}");
        let said = who.ask(Say { book: book(), text: "Hello?".into() }).await.unwrap_err();
        assert!(said.words.contains("in the archive"), "{said}");
        let export = StartExport { book: book(), format: Format::Html, version: None };
        assert!(who.ask(export).await.unwrap_err().words.contains("in the archive"));
    }
    let ann = &all.ann;
    for refused in [
        ann.ask(RenameBook { book: book(), title: title("Lakes") }).await.unwrap_err(),
        ann.ask(SetMember { book: book(), name: "ben".into(), role: Role::Owner }).await.map(drop).unwrap_err(),
        ann.ask(SetVisibility { book: book(), visibility: Visibility::Private }).await.unwrap_err(),
        ann.ask(DeleteBook { book: book(), title: "Seas".into() }).await.unwrap_err(),
        ann.ask(ArchiveBook { book: book() }).await.unwrap_err(),
    ] {
        assert!(refused.code == Code::Forbidden && refused.words.contains("in the archive"), "{refused}");
    }
    // Whoever does not belong to it is told what they always are.
    let renamed = all.world.person("cleo").await.ask(RenameBook { book: book(), title: title("Mine") }).await;
    assert!(!renamed.unwrap_err().words.contains("archive"));
    for path in ["book.md", "book.epub"] {
        assert!(all.ben.get(&format!("/book/{}/{path}", all.book), &[]).await.status().is_success(), "{path}");
    }
    // Leaving is still theirs to decide.
    assert_eq!(location(&all.ben.submit_to(LeaveBook::PATH, &[("book", all.book.as_str())]).await), "/shelf");
    let gate = all.world.site.node.gate();
    let me = User { id: ann.me().id, name: ann.me().name };
    for channel in [BookChannel(book()).name(), ChapterChannel(book(), part()).name()] {
        let pass = gate.admit(Some(&me), &channel).await.unwrap();
        assert!(pass.present && !pass.whisper);
    }
}

async fn an_owner_brings_a_book_back_and_all_is_as_it_was(world: World) {
    let all = Fixture::of(world).await;
    let before = all.ann.book(&all.book).await;
    all.archive().await;
    for who in [&all.ben, &all.nobody, &all.world.person("cleo").await] {
        assert!(all.bring_back(who).await.contains("__err="), "it is not theirs");
        assert!(all.ann.book(&all.book).await.archived);
    }
    let site = all.world.another_site().await;
    assert_eq!(all.bring_back(&all.ann.at(&site)).await, format!("/book/{}", all.book));
    let after = all.ann.book(&all.book).await;
    assert_eq!((&after.members, &after.parts, after.visibility), (&before.members, &before.parts, before.visibility));
    let told: Vec<_> = after.activity.iter().rev().take(2).map(|told| told.what.clone()).collect();
    assert_eq!(told, [EventKind::BookUnarchived, EventKind::BookArchived]);
    all.ben.write(&all.book, &all.part, "It pulls again.").await.unwrap();
    // Pressed once more, nothing is left to do.
    assert!(!all.bring_back(&all.ann).await.contains("__err="));
    assert_eq!(all.ann.book(&all.book).await.activity.len(), after.activity.len());
}

async fn it_stands_apart_on_the_shelves_of_those_who_belong_to_it(world: World) {
    let all = Fixture::of(world).await;
    let counts = async |who: &Browser| {
        let shelf = who.ask(OpenShelf {}).await.unwrap();
        (shelf.mine.len(), shelf.shared.len(), shelf.public.len(), shelf.archived.len())
    };
    let cleo = all.world.person("cleo").await;
    assert_eq!(counts(&cleo).await, (0, 0, 1, 0));
    all.archive().await;
    for who in [&all.ann, &all.ben] {
        assert_eq!(counts(who).await, (0, 0, 0, 1));
    }
    for who in [&cleo, &all.nobody] {
        assert_eq!(counts(who).await, (0, 0, 0, 0), "who has its address reads it");
    }
    all.bring_back(&all.ann).await;
    assert_eq!((counts(&all.ann).await, counts(&all.ben).await), ((1, 0, 0, 0), (0, 1, 0, 0)));
}

async fn whoever_writes_while_it_is_archived_is_told_at_once(world: World) {
    let all = Fixture::of(world).await;
    let page = Page::open(&all.ben, &all.book, &all.part).await;
    page.say("One more.").await.unwrap();
    all.archive().await;
    // The server knew that he wrote there a moment ago, and asks all the same.
    let refused = page.say("And one more.").await.unwrap_err();
    assert!(refused.code == Code::Forbidden && refused.words.contains("not lost"), "{refused}");
    assert!(!all.ann.text(&all.book, &all.part).await.contains("And one more."));
    all.bring_back(&all.ann).await;
    page.exchange().await.unwrap();
    assert!(all.ann.text(&all.book, &all.part).await.contains("And one more."), "what was kept goes in then");
}

async fn every_page_knows_at_once_and_folds_to_what_a_new_one_is_given(world: World) {
    let all = Fixture::of(world).await;
    let channel = BookChannel(all.book.clone()).name();
    let mut page = all.ben.book(&all.book).await;
    let mut known = all.world.log(&channel).await.len();
    for archived in [true, false] {
        match archived {
            true => all.archive().await,
            false => drop(all.bring_back(&all.ann).await),
        }
        let log = all.world.log(&channel).await;
        for (_, event) in log.iter().skip(known) {
            page.apply(&serde_json::from_str(event).unwrap());
        }
        known = log.len();
        assert_eq!(page.archived, archived);
        assert_eq!(page.role_left(Role::Owner), if archived { Role::Reader } else { Role::Owner });
        assert_eq!(page, all.ben.at(&all.world.another_site().await).book(&all.book).await);
    }
}
