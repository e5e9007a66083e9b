//! History: every writing session is kept, any of it can be read, compared and brought back, and nothing is lost by
//! that.

use crate::{
    page::Page,
    world::{Browser, Site, World},
    writing::chapter,
};
use sputnik::{Code, Fault};
use sputnik_editor::book::{
    channels::{BookChannel, ChapterChannel},
    chapter::ChapterEvent,
    commands::{
        contents::{BringBack, DeletedParts, RemovePart},
        history::{
            ChapterHistory, CompareVersions, NameBookVersion, NameVersion, ReadVersion, RestoreRevision, ShowAuthors,
        },
        shelf::OpenBook,
    },
    events::{BookEvent, EventKind},
    history::{History, Moment, Revision, VersionName},
    model::{BookId, Kind, PartId, Role},
};

/// A chapter that people write in, and time that can be let pass.
struct Fixture {
    world: World,
    ann: Browser,
    ben: Browser,
    book: BookId,
    part: PartId,
}

async fn fixture() -> Fixture {
    let world = World::new().await;
    let (ann, book, part) = chapter(&world).await;
    let ben = world.person("ben").await;
    ann.let_in(&book, &ben, Role::Editor).await;
    Fixture { world, ann, ben, book, part }
}

impl Fixture {
    /// Lets so many minutes pass: all that was written was written so much earlier. A server that has just started takes
    /// over, which knows it from the database alone.
    async fn later(&self, minutes: i64) -> Site {
        let earlier = sqlx::query("UPDATE edits SET at = at - $1").bind(minutes * 60_000);
        earlier.execute(&mut *self.world.database.note().await.unwrap()).await.unwrap();
        self.world.another_site().await
    }

    async fn open(&self, who: &Browser) -> Page {
        Page::open(&who.another_tab(), &self.book, &self.part).await
    }

    async fn writes(&self, who: &Browser, text: &str) {
        let page = self.open(who).await;
        page.write(page.type_paragraph(text)).await.unwrap();
    }

    async fn history(&self) -> History {
        self.ann.ask(ChapterHistory { book: self.book.clone(), part: self.part.clone(), before: None }).await.unwrap()
    }

    async fn revisions(&self) -> Vec<Revision> {
        self.history().await.revisions
    }

    async fn read(&self, moment: Moment) -> String {
        self.ann.ask(ReadVersion { book: self.book.clone(), part: self.part.clone(), moment }).await.unwrap()
    }

    async fn restore(&self, who: &Browser, number: u32) -> Result<u32, Fault> {
        who.ask(RestoreRevision { book: self.book.clone(), part: self.part.clone(), number }).await
    }

    async fn name(&self, who: &Browser, name: &str) -> Result<u32, Fault> {
        let name: VersionName = name.parse().unwrap();
        who.ask(NameVersion { book: self.book.clone(), part: self.part.clone(), name }).await
    }
}

fn names(revision: &Revision) -> Vec<&str> {
    std::iter::once(&revision.by).chain(&revision.with).map(|person| &person.name[..]).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stretch_of_writing_becomes_a_revision_when_the_next_begins() {
    let fixture = fixture().await;
    fixture.writes(&fixture.ann, "First.").await;
    fixture.writes(&fixture.ben, "Second.").await;
    fixture.writes(&fixture.ben, "Third.").await;
    let history = fixture.history().await;
    assert_eq!(history.revisions, []);
    assert_eq!(history.now.unwrap().by.iter().map(|person| &person.name[..]).collect::<Vec<_>>(), ["ben", "Ann"]);
    assert_eq!(history.words, 3);

    let site = fixture.later(6).await;
    fixture.writes(&fixture.ann.at(&site), "Fourth.").await;
    let History { now, revisions, words, more } = fixture.history().await;
    assert_eq!((now.unwrap().by, words, more), (vec![fixture.ann.me()], 4, false));
    let [first] = &revisions[..] else { panic!("{revisions:?}") };
    assert_eq!((first.number, names(first), first.words, &first.name[..]), (1, vec!["ben", "Ann"], 3, ""));
    let old = fixture.read(Moment::Revision(1)).await;
    assert!(old.contains("First.") && old.contains("Third.") && !old.contains("Fourth."), "{old}");
    assert!(fixture.read(Moment::Now).await.contains("Fourth."));
    assert_eq!(fixture.read(Moment::Revision(0)).await, "");
    // The contents and the activity of the book tell of it.
    let book = fixture.ann.book(&fixture.book).await;
    assert_eq!((book.parts[0].revision, book.parts[0].words), (1, 3));
    let told = book.activity.last().unwrap();
    assert_eq!((told.by.name.as_str(), told.what.words().as_str()), ("ben", "wrote in “Tides” with Ann"));
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_new_begins_a_stretch_after_a_minute_and_its_authors_go_on() {
    let fixture = fixture().await;
    fixture.writes(&fixture.ann, "Hers.").await;
    let site = fixture.later(2).await;
    fixture.writes(&fixture.ann.at(&site), "Hers too.").await;
    assert_eq!(fixture.revisions().await, [], "she only paused");
    let site = fixture.later(2).await;
    fixture.writes(&fixture.ben.at(&site), "His.").await;
    let revisions = fixture.revisions().await;
    assert_eq!(revisions.iter().map(names).collect::<Vec<_>>(), [["Ann"]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_server_stored_belongs_to_the_stretch() {
    let fixture = fixture().await;
    let there = fixture.world.another_site().await;
    let (here, other) = (fixture.open(&fixture.ann).await, fixture.open(&fixture.ben.at(&there)).await);
    for text in ["One.", "Two."] {
        here.write(here.type_paragraph(text)).await.unwrap();
        other.write(other.type_paragraph(text)).await.unwrap();
    }
    // A name given at one server ends the writing session at the other.
    assert_eq!(fixture.name(&fixture.ann.at(&there), "Both").await.unwrap(), 1);
    here.write(here.type_paragraph("Three.")).await.unwrap();
    let site = fixture.later(6).await;
    fixture.writes(&fixture.ben.at(&site), "Four.").await;
    let revisions = fixture.revisions().await;
    let told: Vec<_> = revisions.iter().map(|revision| (names(revision), revision.words)).collect();
    assert_eq!(told, [(vec!["Ann"], 5), (vec!["Ann", "ben"], 4)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_that_is_refused_begins_nothing() {
    let fixture = fixture().await;
    fixture.writes(&fixture.ann, "Hers.").await;
    let site = fixture.later(10).await;
    let page = fixture.open(&fixture.ben.at(&site)).await;
    assert!(page.write(vec![255; 40]).await.is_err());
    assert_eq!(fixture.revisions().await, []);
    // And what was sent twice neither.
    fixture.writes(&fixture.ben.at(&site), "His.").await;
    assert_eq!(fixture.revisions().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn restoring_is_an_edit_that_everybody_gets_and_loses_nothing() {
    let fixture = fixture().await;
    fixture.writes(&fixture.ann, "The good old text.").await;
    assert_eq!(fixture.name(&fixture.ann, "Good").await.unwrap(), 1);
    let open = fixture.open(&fixture.ann).await;
    fixture.writes(&fixture.ben, "Something worse.").await;
    // Nobody needs a pen, and who has the chapter open gets it as an edit.
    assert_eq!(fixture.restore(&fixture.ben, 1).await.unwrap(), 3);
    let log = fixture.world.log(&ChapterChannel(fixture.book.clone(), fixture.part.clone()).name()).await;
    let edits = log.iter().filter_map(|(_, body)| match serde_json::from_str(body).unwrap() {
        ChapterEvent::Edited { edits, .. } => Some(edits),
        _ => None,
    });
    for edited in edits.flatten() {
        open.receive(&edited.edit.0);
    }
    assert!(open.text().contains("good old") && !open.text().contains("worse"), "{}", open.text());
    assert_eq!(fixture.open(&fixture.ann).await.text(), open.text());
    let revisions = fixture.revisions().await;
    let told: Vec<_> =
        revisions.iter().map(|revision| (revision.number, names(revision), &revision.name[..])).collect();
    assert_eq!(told, [(3, vec!["ben"], "Restored version 1"), (2, vec!["ben"], ""), (1, vec!["Ann"], "Good")]);
    assert!(fixture.read(Moment::Revision(2)).await.contains("worse"));
    assert_eq!(fixture.read(Moment::Revision(3)).await, fixture.read(Moment::Revision(1)).await);
    // Again: it is that already.
    assert_eq!(fixture.restore(&fixture.ann, 1).await.unwrap(), 3);
    assert_eq!(fixture.revisions().await.len(), 3);
    // And writing goes on, here and at a server that has just started.
    open.write(open.type_paragraph("More.")).await.unwrap();
    let there = fixture.world.another_site().await;
    assert!(fixture.open(&fixture.ben.at(&there)).await.text().contains("More."));
    assert_eq!(fixture.restore(&fixture.ben, 9).await.unwrap_err().code, Code::NotFound);
    assert_eq!(fixture.restore(&fixture.ben, 0).await.unwrap_err().code, Code::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_while_something_is_restored_is_kept() {
    let fixture = fixture().await;
    fixture.writes(&fixture.ann, "A first line that stays.").await;
    fixture.name(&fixture.ann, "First").await.unwrap();
    fixture.writes(&fixture.ben, "A second line that goes.").await;
    let page = fixture.open(&fixture.ann).await;
    let edit = page.type_paragraph("Written meanwhile.");
    let (restored, written) = tokio::join!(fixture.restore(&fixture.ben, 1), page.write(edit));
    restored.unwrap();
    written.unwrap();
    let text = fixture.read(Moment::Now).await;
    // Whichever came first: both are in the history, and what was not there yet is not restored away.
    assert!(text.contains("stays.") && !text.contains("goes."), "{text}");
    let all = format!("{text}{}", fixture.read(Moment::Revision(2)).await);
    assert!(all.contains("meanwhile."), "{all}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_text_is_sent_once_however_often_it_is_asked_for() {
    let fixture = fixture().await;
    fixture.writes(&fixture.ann, "Old.").await;
    fixture.name(&fixture.ann, "Old").await.unwrap();
    fixture.writes(&fixture.ann, "New.").await;
    let command = RestoreRevision { book: fixture.book.clone(), part: fixture.part.clone(), number: 1 };
    let key = fixture.ann.key();
    assert_eq!(fixture.ann.ask_as(&key, &command, false).await.unwrap(), 3);
    let there = fixture.ann.at(&fixture.world.another_site().await);
    assert_eq!(there.ask_as(&key, &command, true).await.unwrap(), 3);
    assert_eq!(fixture.revisions().await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_has_the_name_it_was_given() {
    let fixture = fixture().await;
    fixture.writes(&fixture.ann, "One.").await;
    assert_eq!(fixture.name(&fixture.ben, "First draft").await.unwrap(), 1);
    let [first] = &fixture.revisions().await[..] else { panic!() };
    assert_eq!((names(first), &first.name[..]), (vec!["Ann"], "First draft"), "who wrote it, not who named it");
    // Nothing was written since: the name stays, and another makes another version.
    assert_eq!(fixture.name(&fixture.ben, "First draft").await.unwrap(), 1);
    assert_eq!(fixture.name(&fixture.ben, "For the printer").await.unwrap(), 2);
    let told = fixture.ann.book(&fixture.book).await.activity;
    assert_eq!(told.last().unwrap().what.words(), "saved “Tides”: For the printer");
    let long = format!(r#"{{"book":"{}","part":"{}","name":"{}"}}"#, fixture.book, fixture.part, "x".repeat(201));
    let path = "/command/name_version";
    assert!(fixture.ann.ask_json(&fixture.ann.key(), path, &long, false).await.0.is_client_error());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_book_gets_a_name_chapter_by_chapter() {
    let fixture = fixture().await;
    let other = fixture.ann.add_chapter(&fixture.book, "Waves").await;
    fixture.writes(&fixture.ben, "Written.").await;
    let name: VersionName = "First edition".parse().unwrap();
    assert_eq!(fixture.ann.ask(NameBookVersion { book: fixture.book.clone(), name }).await.unwrap(), 2);
    for part in [&fixture.part, &other] {
        let history = ChapterHistory { book: fixture.book.clone(), part: part.clone(), before: None };
        let revisions = fixture.ann.ask(history).await.unwrap().revisions;
        assert_eq!(revisions.iter().map(|revision| &revision.name[..]).collect::<Vec<_>>(), ["First edition"]);
    }
    let book = fixture.ann.book(&fixture.book).await;
    assert_eq!(book.activity.last().unwrap().what.words(), "named this version of the book “First edition”");
    let log = fixture.world.log(&BookChannel(fixture.book.clone()).name()).await;
    let saved = log.iter().filter(|(_, body)| {
        matches!(serde_json::from_str::<BookEvent>(body).unwrap().what, EventKind::ChapterSaved { .. })
    });
    assert_eq!(saved.count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn any_two_moments_can_be_compared() {
    let fixture = fixture().await;
    fixture.writes(&fixture.ann, "The moon pulls the sea.").await;
    fixture.name(&fixture.ann, "First").await.unwrap();
    fixture.writes(&fixture.ben, "A <b> new line.").await;
    let compare = |old, new| CompareVersions { book: fixture.book.clone(), part: fixture.part.clone(), old, new };
    let found = fixture.ann.ask(compare(Moment::Revision(1), Moment::Now)).await.unwrap();
    assert!(found.html.contains("<ins>A &lt;b&gt; new line.</ins>"), "{}", found.html);
    assert!(!found.html.contains("<del>") && (found.came, found.went) == (4, 0), "{found:?}");
    let back = fixture.ann.ask(compare(Moment::Now, Moment::Revision(1))).await.unwrap();
    assert_eq!((back.came, back.went), (0, 4));
    assert_eq!(fixture.ann.ask(compare(Moment::Revision(7), Moment::Now)).await.unwrap_err().code, Code::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wrote_what_is_known_and_a_restored_text_is_whose_it_was_where_it_stayed() {
    let fixture = fixture().await;
    fixture.writes(&fixture.ann, "Hers alone.").await;
    fixture.name(&fixture.ann, "First").await.unwrap();
    fixture.writes(&fixture.ben, "His.").await;
    let show = || ShowAuthors { book: fixture.book.clone(), part: fixture.part.clone() };
    let found = fixture.ann.ask(show()).await.unwrap();
    assert!(found.html.contains("title=\"Ann\">Hers alone.</span>"), "{}", found.html);
    assert!(found.html.contains("title=\"ben\">His.</span>"), "{}", found.html);
    assert_eq!(found.authors, [(fixture.ann.me(), 11), (fixture.ben.me(), 4)]);
    fixture.restore(&fixture.ben, 1).await.unwrap();
    assert_eq!(fixture.ann.ask(show()).await.unwrap().authors, [(fixture.ann.me(), 11)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_saved_as_markdown_is_read_and_restored_like_any_other() {
    let fixture = fixture().await;
    sqlx::query(
        "INSERT INTO revisions (part, number, person, at, comment, words, text) VALUES ($1, 1, $2, 5, '', 2, $3)",
    )
    .bind(fixture.part.as_str())
    .bind(fixture.ann.me().id.as_str())
    .bind("## Old\n\nSome *Markdown* <script>.")
    .execute(&mut *fixture.world.database.note().await.unwrap())
    .await
    .unwrap();
    let set = sqlx::query("UPDATE parts SET revision = 1 WHERE id = $1").bind(fixture.part.as_str());
    set.execute(&mut *fixture.world.database.note().await.unwrap()).await.unwrap();
    let html = fixture.read(Moment::Revision(1)).await;
    assert_eq!(html, "<h2 dir=\"auto\">Old</h2><p dir=\"auto\">Some <em>Markdown</em> &lt;script&gt;.</p>");
    fixture.writes(&fixture.ben, "Now.").await;
    fixture.restore(&fixture.ben, 1).await.unwrap();
    assert_eq!(fixture.read(Moment::Now).await, html);
    let revisions = fixture.revisions().await;
    assert_eq!(revisions.iter().map(|revision| revision.number).collect::<Vec<_>>(), [3, 2, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_history_is_listed_in_parts() {
    let fixture = fixture().await;
    fixture.writes(&fixture.ann, "Text.").await;
    let ask = |before| ChapterHistory { book: fixture.book.clone(), part: fixture.part.clone(), before };
    for number in 1..=u32::try_from(History::AT_ONCE).unwrap() + 3 {
        sqlx::query(
            "INSERT INTO revisions (part, number, person, at, comment, words, text) VALUES ($1, $2, $3, 5, '', 2, '')",
        )
        .bind(fixture.part.as_str())
        .bind(i64::from(number))
        .bind(fixture.ann.me().id.as_str())
        .execute(&mut *fixture.world.database.note().await.unwrap())
        .await
        .unwrap();
    }
    let newest = fixture.ann.ask(ask(None)).await.unwrap();
    assert_eq!((newest.revisions.len(), newest.more), (History::AT_ONCE, true));
    let oldest = newest.revisions.last().unwrap().number;
    let rest = fixture.ann.ask(ask(Some(oldest))).await.unwrap();
    assert_eq!(rest.revisions.iter().map(|revision| revision.number).collect::<Vec<_>>(), [3, 2, 1]);
    assert!(!rest.more);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_chapter_comes_back_with_its_text_and_its_history() {
    let fixture = fixture().await;
    fixture.writes(&fixture.ann, "Not lost.").await;
    fixture.name(&fixture.ann, "First").await.unwrap();
    let page = fixture.open(&fixture.ben).await;
    let (book, part) = (|| fixture.book.clone(), || fixture.part.clone());
    fixture.ann.ask(RemovePart { book: book(), part: part() }).await.unwrap();
    assert_eq!(fixture.ann.book(&fixture.book).await.parts, []);
    assert_eq!(page.write(page.type_paragraph("Gone.")).await.unwrap_err().code, Code::NotFound);
    let read = ReadVersion { book: book(), part: part(), moment: Moment::Revision(1) };
    assert_eq!(fixture.ann.ask(read).await.unwrap_err().code, Code::NotFound);
    let [deleted] = &fixture.ben.ask(DeletedParts { book: book() }).await.unwrap()[..] else { panic!() };
    assert_eq!((&deleted.part, deleted.title.as_str(), &deleted.by), (&fixture.part, "Tides", &fixture.ann.me()));

    let cleo = fixture.world.person("cleo").await;
    fixture.ann.let_in(&fixture.book, &cleo, Role::Reader).await;
    assert_eq!(
        cleo.ask(BringBack { book: book(), part: part(), place: None }).await.unwrap_err().code,
        Code::Forbidden
    );
    fixture.ben.ask(BringBack { book: book(), part: part(), place: None }).await.unwrap();
    assert_eq!(fixture.ann.book(&fixture.book).await.activity.last().unwrap().what.words(), "brought back “Tides”");
    assert!(fixture.read(Moment::Now).await.contains("Not lost."));
    assert_eq!(fixture.revisions().await.len(), 1);
    page.exchange().await.unwrap();
    assert!(fixture.read(Moment::Now).await.contains("Gone."), "what was typed meanwhile arrives");
    assert_eq!(fixture.ben.ask(DeletedParts { book: book() }).await.unwrap(), []);
    assert_eq!(
        fixture.ben.ask(BringBack { book: book(), part: part(), place: None }).await.unwrap_err().code,
        Code::NotFound
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_section_brings_back_what_was_in_it_and_every_page_sees_the_same() {
    let fixture = fixture().await;
    let start = fixture.ann.ask(OpenBook { book: fixture.book.clone() }).await.unwrap().snapshot;
    let section = fixture.ann.add(&fixture.book, Kind::Section, "Water", None).await.unwrap();
    let inner = fixture.ann.add(&fixture.book, Kind::Section, "Salt", Some(&section)).await.unwrap();
    let waves = fixture.ann.add(&fixture.book, Kind::Chapter, "Waves", Some(&inner)).await.unwrap();
    let foam = fixture.ann.add(&fixture.book, Kind::Chapter, "Foam", Some(&inner)).await.unwrap();
    let remove = |part: &PartId| RemovePart { book: fixture.book.clone(), part: part.clone() };
    let back = |part: &PartId| BringBack { book: fixture.book.clone(), part: part.clone(), place: None };
    // One went before its section, and does not come back with it.
    fixture.ann.ask(remove(&foam)).await.unwrap();
    fixture.ann.ask(remove(&section)).await.unwrap();
    let deleted = fixture.ann.ask(DeletedParts { book: fixture.book.clone() }).await.unwrap();
    let mut deleted: Vec<_> = deleted.iter().map(|one| (one.title.as_str(), one.chapters)).collect();
    deleted.sort_unstable();
    assert_eq!(deleted, [("Foam", 1), ("Water", 1)]);
    // Where it stood is gone: it comes to the end of the book.
    fixture.ann.ask(back(&foam)).await.unwrap();
    fixture.ann.ask(back(&section)).await.unwrap();
    assert_eq!(fixture.ann.ask(back(&waves)).await.unwrap_err().code, Code::NotFound, "it is not what was deleted");
    let book = fixture.ann.book(&fixture.book).await;
    let lines: Vec<_> = book.parts.iter().map(|part| (part.title.as_str(), part.parent.as_ref())).collect();
    assert!(lines.contains(&("Foam", None)) && lines.contains(&("Salt", Some(&section))), "{lines:?}");
    assert!(lines.contains(&("Waves", Some(&inner))), "{lines:?}");
    let mut page = start.state;
    for (version, body) in fixture.world.log(&BookChannel(fixture.book.clone()).name()).await {
        if version.unwrap() > start.version {
            page.apply(&serde_json::from_str(&body).unwrap());
        }
    }
    for parent in [None, Some(&section), Some(&inner)] {
        assert_eq!(page.children(parent).collect::<Vec<_>>(), book.children(parent).collect::<Vec<_>>());
    }
}
