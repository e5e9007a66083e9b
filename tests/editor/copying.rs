//! A new book of another one: the same once more, or its contents as a pattern, on SQLite and on PostgreSQL alike.

use crate::{
    page::Page,
    pictures::png,
    promises::promises,
    world::{Browser, World, location},
};
use http::StatusCode;
use server_fn::ServerFn;
use sputnik_editor::{
    book::{
        commands::{
            chat::Say,
            contents::{SetGoal, SetStatus},
            files::ImportChapter,
            history::ChapterHistory,
            people::RemoveMember,
            publishing::{SetMetadata, SetPublishing},
            shelf::{ArchiveBook, CopyBook, OpenShelf, SetVisibility},
        },
        import::How,
        model::{BookId, Kind, PartId, PictureId, Role, Sees, Status, Visibility},
        publishing::Publishing,
        state::Book,
    },
    database::Database,
    metadata::{Contributor, ContributorRole, Metadata, theme::Theme},
};

promises!(
    copying_keeps_its_promises_on_postgresql:
    a_book_is_made_once_more_with_all_that_stands_in_it,
    a_book_is_a_pattern_for_another_by_its_contents_and_headings,
    what_goes_along_is_neither_people_nor_what_was_said_and_done,
    whoever_belongs_to_a_book_makes_another_of_it_and_others_where_it_is_offered,
    what_cannot_be_made_whole_leaves_nothing_behind,
    two_at_once_are_two_whole_books,
);

/// A book with a section, two chapters that lead to each other, and a picture that is in both and on the cover.
struct Fixture {
    world: World,
    ann: Browser,
    book: BookId,
    tides: PartId,
    ebb: PartId,
    picture: String,
}

const EBB: &str = "## Why it goes\n\nIt goes.[^1] See [tides](TIDES) and [out](https://example.org/).\n\n![A sea](PICTURE)\n\n\
                   ### And when\n\nTwice a day.\n\n[^1]: By the moon.";

impl Fixture {
    async fn of(world: World) -> Self {
        let ann = world.person("ann").await;
        let book = ann.create_book("Seas").await;
        let section = ann.add(&book, Kind::Section, "Water", None).await.unwrap();
        let tides = ann.add(&book, Kind::Chapter, "Tides", Some(&section)).await.unwrap();
        let ebb = ann.add(&book, Kind::Chapter, "Ebb", Some(&section)).await.unwrap();
        let picture = ann.send_picture(&book, png(b"a sea")).await.unwrap().src;
        let all = Self { world, ann, book, tides, ebb, picture };
        let (tides, ebb) = (format!("/book/{}/{}", all.book, all.tides), format!("/book/{}/{}", all.book, all.ebb));
        all.bring(&all.tides, &format!("Pull. See [ebb]({ebb}#x).\n\n![The same]({})", all.picture)).await;
        all.bring(&all.ebb, &EBB.replace("TIDES", &tides).replace("PICTURE", &all.picture)).await;
        let cover: PictureId = all.picture.rsplit_once('/').unwrap().1.parse().unwrap();
        let publishing = Publishing { cover: Some(cover), theme: Theme::Textbook, ..Publishing::default() };
        let metadata = Metadata {
            subtitle: "And other waters".into(),
            people: vec![Contributor { name: "Ann".into(), role: ContributorRole::Author }],
            language: "en".into(),
            isbn: "9783161484100".into(),
            ..Metadata::default()
        };
        let (ann, book) = (&all.ann, || all.book.clone());
        ann.ask(SetPublishing { book: book(), publishing }).await.unwrap();
        ann.ask(SetMetadata { book: book(), metadata, base: None }).await.unwrap();
        ann.ask(SetStatus { book: book(), part: all.ebb.clone(), status: Status::Completed }).await.unwrap();
        ann.ask(SetGoal { book: book(), part: all.ebb.clone(), goal: Some(300) }).await.unwrap();
        all
    }

    async fn bring(&self, part: &PartId, markdown: &str) {
        let (book, part, markdown) = (self.book.clone(), part.clone(), markdown.to_owned());
        self.ann.ask(ImportChapter { book, part, markdown, how: How::Replace }).await.unwrap();
    }

    async fn copy(&self, who: &Browser, title: &str, what: &str) -> Result<BookId, String> {
        copy(who, &self.book, title, what).await
    }
}

/// Sends the form; tells which book it leads to, or where else it leads.
async fn copy(who: &Browser, book: &BookId, title: &str, what: &str) -> Result<BookId, String> {
    let fields = [("book", book.as_str()), ("title", title), ("what", what)];
    let answer = who.submit_to(CopyBook::PATH, &fields).await;
    let to = location(&answer).to_owned();
    match to.strip_prefix("/book/").and_then(|id| id.parse().ok()) {
        Some(book) if !to.contains("__err=") => Ok(book),
        _ => Err(to),
    }
}

fn part<'a>(book: &'a Book, title: &str) -> &'a sputnik_editor::book::model::Part {
    book.parts.iter().find(|part| part.title.as_str() == title).unwrap()
}

/// As the contents have them: how they lie in the book is of no meaning.
fn in_order(book: &Book) -> Vec<&sputnik_editor::book::model::Part> {
    let all = book.children(None).flat_map(|part| std::iter::once(part).chain(book.children(Some(&part.id))));
    all.collect()
}

/// The text of a chapter, with the addresses of its book as those of a book called `BOOK`.
async fn text_of(who: &Browser, book: &BookId, part: &PartId) -> String {
    who.text(book, part).await.replace(book.as_str(), "BOOK")
}

async fn count(database: &Database, table: &str) -> i64 {
    let count = format!("SELECT COUNT(*) FROM {table}");
    sqlx::query_scalar(&count).fetch_one(&mut *database.glance().await.unwrap()).await.unwrap()
}

async fn a_book_is_made_once_more_with_all_that_stands_in_it(world: World) {
    let all = Fixture::of(world).await;
    let new = all.copy(&all.ann, "Lakes", "everything").await.unwrap();
    let (old, copy) = (all.ann.book(&all.book).await, all.ann.book(&new).await);
    assert_eq!((copy.title.as_str(), copy.visibility), ("Lakes", Visibility::Private));
    let titles = |book: &Book| in_order(book).iter().map(|part| (part.title.clone(), part.words)).collect::<Vec<_>>();
    assert_eq!(titles(&copy), titles(&old));
    assert!(copy.parts.iter().all(|part| old.part(&part.id).is_none()), "each is another");
    assert_eq!(part(&copy, "Ebb").parent.as_ref(), Some(&part(&copy, "Water").id));
    assert_eq!((part(&copy, "Ebb").status, part(&copy, "Ebb").goal), (Status::Completed, Some(300)));
    assert_eq!(copy.metadata, Metadata { isbn: String::new(), ..old.metadata.clone() });
    assert_eq!(copy.publishing.theme, Theme::Textbook);

    // The picture is its own, once, and its links lead within it.
    let cover = copy.publishing.cover.clone().unwrap();
    let picture = format!("/book/{new}/picture/{cover}");
    assert_eq!(all.ann.get(&picture, &[]).await.status(), StatusCode::OK);
    assert_eq!(count(&all.world.database, "pictures").await, 2);
    let (tides, ebb) = (part(&copy, "Tides").id.clone(), part(&copy, "Ebb").id.clone());
    let html = all.ann.text(&new, &ebb).await;
    assert!(html.contains(&picture) && html.contains(&format!("/book/{new}/{tides}")), "{html}");
    assert!(html.contains("https://example.org/") && html.contains("By the moon."), "{html}");
    assert!(!html.contains(all.book.as_str()), "{html}");
    assert!(all.ann.text(&new, &tides).await.contains(&format!("/book/{new}/{ebb}#x")));
    let same = |html: String| {
        [(&all.tides, &tides), (&all.ebb, &ebb)]
            .into_iter()
            .fold(html.replace(cover.as_str(), all.picture.rsplit_once('/').unwrap().1), |html, (old, new)| {
                html.replace(new.as_str(), old.as_str())
            })
    };
    for (was, is) in [(&all.tides, &tides), (&all.ebb, &ebb)] {
        assert_eq!(text_of(&all.ann, &all.book, was).await, same(text_of(&all.ann, &new, is).await));
    }

    // It is written like any other, and each is its own.
    all.ann.write(&new, &ebb, "And it comes.").await.unwrap();
    assert!(!all.ann.text(&all.book, &all.ebb).await.contains("And it comes."));
    let page = Page::open(&all.ann.at(&all.world.another_site().await), &new, &ebb).await;
    assert!(page.text().contains("And it comes."));
    assert_eq!(count(&all.world.database, "importing").await, 0);
}

async fn a_book_is_a_pattern_for_another_by_its_contents_and_headings(world: World) {
    let all = Fixture::of(world).await;
    let new = all.copy(&all.ann, "Lakes", "headings").await.unwrap();
    let copy = all.ann.book(&new).await;
    assert_eq!(in_order(&copy).iter().map(|part| part.title.as_str()).collect::<Vec<_>>(), ["Water", "Tides", "Ebb"]);
    assert_eq!((part(&copy, "Ebb").status, part(&copy, "Ebb").goal), (Status::New, Some(300)));
    let html = all.ann.text(&new, &part(&copy, "Ebb").id).await;
    assert!(html.contains("Why it goes") && html.contains("And when"), "{html}");
    assert!(!html.contains("It goes.") && !html.contains("Twice") && !html.contains("<img"), "{html}");
    assert_eq!(copy.metadata, Metadata { language: "en".into(), ..Metadata::default() });
    assert_eq!(copy.publishing, Publishing { theme: Theme::Textbook, ..Publishing::default() });
    assert_eq!(count(&all.world.database, "pictures").await, 1, "of pictures none goes along");
    // A chapter without headings is empty, and is written.
    all.ann.write(&new, &part(&copy, "Tides").id, "A first line.").await.unwrap();
}

async fn what_goes_along_is_neither_people_nor_what_was_said_and_done(world: World) {
    let all = Fixture::of(world).await;
    let ben = all.world.person("ben").await;
    all.ann.let_in(&all.book, &ben, Role::Owner).await;
    ben.ask(Say { book: all.book.clone(), text: "Is it good?".into() }).await.unwrap();
    all.ann.ask(SetVisibility { book: all.book.clone(), visibility: Visibility::Public }).await.unwrap();
    let new = all.copy(&all.ann, "Lakes", "everything").await.unwrap();
    let copy = all.ann.book(&new).await;
    let members: Vec<_> = copy.members.iter().map(|member| (member.person.id.clone(), member.role)).collect();
    assert_eq!(members, [(all.ann.me().id, Role::Owner)]);
    assert!(copy.chat.is_empty() && copy.activity.is_empty() && copy.exports.is_empty() && copy.invitations.is_empty());
    assert_eq!((copy.visibility, copy.readers_see), (Visibility::Private, Sees::Text));
    assert!(ben.ask(sputnik_editor::book::commands::shelf::OpenBook { book: new.clone() }).await.is_err());
    let history = ChapterHistory { book: new.clone(), part: part(&copy, "Ebb").id.clone(), before: None };
    let versions = all.ann.ask(history).await.unwrap().revisions;
    assert_eq!(versions.iter().map(|version| version.name.as_str()).collect::<Vec<_>>(), ["Copied from “Seas”"]);
}

async fn whoever_belongs_to_a_book_makes_another_of_it_and_others_where_it_is_offered(world: World) {
    let all = Fixture::of(world).await;
    let (reader, stranger) = (all.world.person("reader").await, all.world.person("stranger").await);
    let nobody = all.world.site.browser().await;
    all.ann.let_in(&all.book, &reader, Role::Reader).await;
    assert!(all.copy(&reader, "Mine", "everything").await.is_ok());
    assert!(all.copy(&stranger, "Mine", "everything").await.is_err(), "it is private");
    all.ann.ask(SetVisibility { book: all.book.clone(), visibility: Visibility::Public }).await.unwrap();
    for what in ["everything", "headings"] {
        assert!(all.copy(&stranger, "Mine", what).await.is_err(), "it is not offered");
    }
    let publishing = Publishing { offers_html: true, ..all.ann.book(&all.book).await.publishing };
    all.ann.ask(SetPublishing { book: all.book.clone(), publishing }).await.unwrap();
    let new = all.copy(&stranger, "Mine", "everything").await.unwrap();
    assert_eq!(stranger.book(&new).await.members[0].person, stranger.me());
    assert!(all.copy(&nobody, "Mine", "everything").await.unwrap_err().contains("/sign-in"), "whose would it be?");
    // One in the archive is copied still: so one goes on with it elsewhere.
    all.ann.ask(ArchiveBook { book: all.book.clone() }).await.unwrap();
    let again = all.copy(&all.ann, "Again", "everything").await.unwrap();
    all.ann.write(&again, &part(&all.ann.book(&again).await, "Ebb").id.clone(), "It goes on.").await.unwrap();
    all.ann.submit_to(sputnik_editor::book::commands::shelf::UnarchiveBook::PATH, &[("book", all.book.as_str())]).await;
    all.ann.ask(SetVisibility { book: all.book.clone(), visibility: Visibility::Private }).await.unwrap();
    all.ann.ask(RemoveMember { book: all.book.clone(), person: reader.me().id }).await.unwrap();
    assert!(all.copy(&reader, "Once more", "everything").await.is_err(), "they do not belong to it any more");
}

async fn what_cannot_be_made_whole_leaves_nothing_behind(world: World) {
    let all = Fixture::of(world).await;
    let before = (count(&all.world.database, "books").await, count(&all.world.database, "pictures").await);
    for (bad, what) in [("", "everything"), ("Lakes", "everything that there is")] {
        assert!(all.copy(&all.ann, bad, what).await.is_err());
    }
    // In the midst of it: the last chapter cannot be read.
    let mut sql = all.world.database.write().await.unwrap();
    let break_it = sqlx::query("UPDATE documents SET state = $2 WHERE part = $1");
    break_it.bind(all.ebb.as_str()).bind(vec![255_u8, 1, 2]).execute(&mut *sql).await.unwrap();
    sqlx::query("DELETE FROM edits WHERE part = $1").bind(all.ebb.as_str()).execute(&mut *sql).await.unwrap();
    sql.commit().await.unwrap();
    let ann = all.ann.at(&all.world.another_site().await);
    assert!(all.copy(&ann, "Lakes", "everything").await.is_err());
    assert_eq!((count(&all.world.database, "books").await, count(&all.world.database, "pictures").await), before);
    assert_eq!(count(&all.world.database, "importing").await, 0);
    assert_eq!(ann.ask(OpenShelf {}).await.unwrap().mine.len(), 1);
}

async fn two_at_once_are_two_whole_books(world: World) {
    let all = Fixture::of(world).await;
    let asks = (0..2).map(|_| {
        let (ann, book) = (all.ann.clone(), all.book.clone());
        tokio::spawn(async move { copy(&ann, &book, "Lakes", "everything").await })
    });
    for asked in asks.collect::<Vec<_>>() {
        let new = asked.await.unwrap().unwrap();
        assert_eq!(all.ann.book(&new).await.parts.len(), 3);
    }
    assert_eq!(count(&all.world.database, "importing").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_takes_up_room_of_whoever_makes_it() {
    let all = Fixture::of(World::with_quota(60_000).await).await;
    let large = all.ann.send_picture(&all.book, png(&[7; 30_000])).await.unwrap().src;
    all.bring(&all.tides, &format!("![Large]({large})")).await;
    let refused = all.copy(&all.ann, "Lakes", "everything").await.unwrap_err();
    assert!(refused.contains("__err="), "{refused}");
    assert_eq!(all.ann.ask(OpenShelf {}).await.unwrap().mine.len(), 1, "and nothing of it stays");
    assert_eq!(count(&all.world.database, "pictures").await, 2);
    assert!(all.copy(&all.ann, "Lakes", "headings").await.is_ok(), "a pattern is small");
}
