//! What happens when the database's file cannot be written for a while: what is tried meanwhile is `temporary`, what
//! can be read is read, and all is well again by itself.

use crate::{
    page::Page,
    support::small_disk::SmallDisk,
    world::{Browser, World, title},
};
use sputnik::Code;
use sputnik_editor::{
    book::{
        commands::{chat::Say, contents::RenamePart},
        model::{BookId, PartId},
    },
    database::Database,
};
use std::{fs, path::Path};

struct Fixture {
    world: World,
    ann: Browser,
    book: BookId,
    part: PartId,
}

impl Fixture {
    async fn of(world: World) -> Self {
        let ann = world.person("ann").await;
        let book = ann.create_book("Seas").await;
        let part = ann.add_chapter(&book, "Tides").await;
        Self { world, ann, book, part }
    }

    async fn in_folder(folder: &Path) -> Self {
        Self::of(World::on(&Database::file(&folder.join("books.db"))).await).await
    }

    /// Writes in each of the ways in which somebody writes.
    async fn write(&self, words: &str) -> [Result<(), Code>; 3] {
        let say = Say { book: self.book.clone(), text: "hello".into() };
        let rename = RenamePart { book: self.book.clone(), part: self.part.clone(), title: title("Ebb") };
        [
            self.ann.ask(say).await.map(drop),
            self.ann.write(&self.book, &self.part, words).await,
            self.ann.ask(rename).await.map(drop),
        ]
        .map(|outcome| outcome.map_err(|fault| fault.code))
    }

    async fn must_be_well(&self) {
        for n in 0..4 {
            assert_eq!(self.write(&format!("well {n}")).await, [Ok(()); 3], "the {n}th time");
        }
    }

    async fn must_be_readable(&self) {
        assert_eq!(self.ann.book(&self.book).await.title, title("Seas"));
        Page::open(&self.ann, &self.book, &self.part).await;
    }

    /// Fails every time, in a way that passes, while everything can be read.
    async fn must_wait(&self) {
        for n in 0..6 {
            for outcome in self.write(&format!("lost {n} {}", "and ".repeat(4_000))).await {
                assert_eq!(outcome, Err(Code::Temporary), "the {n}th time");
            }
            self.must_be_readable().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_was_full_is_written_again_as_soon_as_there_is_room() {
    let Some(disk) = SmallDisk::mount(6 << 20) else { return };
    let fixture = Fixture::in_folder(disk.path()).await;
    fixture.must_be_well().await;
    for _ in 0..3 {
        disk.fill();
        // There may be room left within the log that SQLite writes; then that is full too.
        while fixture.write(&"and ".repeat(4_000)).await.iter().any(Result::is_ok) {}
        fixture.must_wait().await;
        disk.make_room();
        fixture.must_be_well().await;
    }
    let text = fixture.ann.text(&fixture.book, &fixture.part).await;
    assert_eq!((text.matches("well 3").count(), text.matches("lost").count()), (4, 0), "what was taken is there, once");
}

/// Has the one connection that writes fail in the way of this statement, until another takes its place.
async fn harm(world: &World, pragma: &str) {
    let mut sql = world.database.note().await.unwrap();
    sqlx::query(pragma).execute(&mut *sql).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_whose_transaction_was_undone_by_the_database_is_not_used_again() {
    let fixture = Fixture::of(World::new().await).await;
    // It cannot grow: "database or disk is full" (13). It cannot be written: "attempt to write a readonly database" (8).
    for pragma in ["PRAGMA max_page_count = 1", "PRAGMA query_only = ON"] {
        for n in 0..3 {
            harm(&fixture.world, pragma).await;
            let long = format!("lost {n} {}", "and ".repeat(20_000));
            let outcome = fixture.ann.write(&fixture.book, &fixture.part, &long).await;
            assert_eq!(outcome.map_err(|fault| fault.code), Err(Code::Temporary), "{pragma}");
            fixture.must_be_well().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_transaction_stays_that_the_database_undid_half_way() {
    let world = World::new().await;
    let mut sql = world.database.write().await.unwrap();
    sqlx::query("INSERT INTO trials (id, at) VALUES ('first', 1)").execute(&mut *sql).await.unwrap();
    sqlx::query("PRAGMA max_page_count = 1").execute(&mut *sql).await.unwrap();
    let long = "x".repeat(1 << 20);
    let full = sqlx::query("INSERT INTO trials (id, at) VALUES ($1, 2)").bind(long).execute(&mut *sql).await;
    assert!(full.unwrap_err().to_string().contains("full"));
    // Whoever goes on all the same would now write outside of any transaction.
    let after = sqlx::query("INSERT INTO trials (id, at) VALUES ('after', 3)").execute(&mut *sql).await;
    assert!(after.is_err());
    assert!(sql.commit().await.is_err());
    let left: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM trials")
        .fetch_one(&mut *world.database.glance().await.unwrap())
        .await
        .unwrap();
    assert_eq!(left, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_acknowledged_while_the_file_is_elsewhere_and_all_goes_on_when_it_is_back() {
    let above = tempfile::tempdir().unwrap();
    let (folder, elsewhere) = (above.path().join("data"), above.path().join("elsewhere"));
    fs::create_dir(&folder).unwrap();
    let fixture = Fixture::in_folder(&folder).await;
    fixture.must_be_well().await;
    for replaced in [false, true] {
        fs::rename(&folder, &elsewhere).unwrap();
        if replaced {
            fs::create_dir(&folder).unwrap();
            fs::write(folder.join("books.db"), b"").unwrap();
        }
        assert_eq!(fixture.write("lost").await, [Err(Code::Temporary); 3], "replaced: {replaced}");
        if replaced {
            fs::remove_dir_all(&folder).unwrap();
        }
        fs::rename(&elsewhere, &folder).unwrap();
        fixture.must_be_well().await;
    }
    let text = fixture.ann.text(&fixture.book, &fixture.part).await;
    assert_eq!((text.matches("well 3").count(), text.matches("lost").count()), (3, 0));
}
