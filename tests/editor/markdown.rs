//! Markdown in and out: what is taken out comes in again, for those who may.

use crate::world::{Browser, World, text, title};
use axum::body::Body;
use http::{Request, StatusCode, header};
use sputnik::{Code, Fault};
use sputnik_editor::{
    account::{bounds::Bounds, people::Accounts},
    book::{
        channels::{BookChannel, ChapterChannel},
        chapter::ChapterEvent,
        commands::{
            files::ImportChapter,
            history::{ChapterHistory, ShowAuthors},
            shelf::{OpenBook, SetVisibility},
        },
        import::{Choices, How},
        model::{BookId, Kind, PartId, Place, Role, Visibility},
        state::Book,
    },
    config::Bounded,
    costly::RateLimit,
    demo,
};

const AT_THE_END: Place = Place { parent: None, before: None };

impl Browser {
    async fn fetch(&self, path: &str) -> (StatusCode, String) {
        let request = Request::get(path).header(header::COOKIE, &self.cookies).body(Body::empty()).unwrap();
        let answer = self.site.send(request).await;
        (answer.status(), text(answer).await)
    }

    async fn export(&self, book: &BookId, part: &PartId) -> String {
        let (status, text) = self.fetch(&format!("/book/{book}/chapter/{part}.md")).await;
        assert_eq!(status, StatusCode::OK, "{text}");
        text
    }

    async fn import(&self, book: &BookId, part: &PartId, markdown: &str, how: How) -> Result<(), Fault> {
        self.ask(ImportChapter { book: book.clone(), part: part.clone(), markdown: markdown.to_owned(), how }).await
    }

    async fn import_new(&self, book: &BookId, markdown: &str, split: bool) -> Result<Vec<PartId>, Fault> {
        self.import_at(book, markdown, split, AT_THE_END).await
    }

    async fn import_at(&self, book: &BookId, markdown: &str, split: bool, place: Place) -> Result<Vec<PartId>, Fault> {
        let choices = Choices { level: (!split).then_some(0), place: Some(place), ..Choices::default() };
        let imported = self.import_file(Some(book), "the file.md", markdown.as_bytes(), &choices).await?;
        Ok(imported.chapters)
    }
}

async fn chapter(world: &World) -> (Browser, BookId, PartId) {
    let ann = world.person("Ann").await;
    let book = ann.create_book("Winds").await;
    let part = ann.add_chapter(&book, "Tides").await;
    (ann, book, part)
}

async fn edits(world: &World, book: &BookId, part: &PartId) -> usize {
    let log = world.log(&ChapterChannel(book.clone(), part.clone()).name()).await;
    let edits = log.iter().map(|(_, body)| match serde_json::from_str(body).unwrap() {
        ChapterEvent::Edited { edits, .. } => edits.len(),
        ChapterEvent::Saved { .. } => 0,
        other => panic!("{other:?}"),
    });
    edits.sum()
}

#[tokio::test]
async fn a_file_comes_into_a_chapter_as_an_edit_and_goes_out_again() {
    let world = World::new().await;
    let (ann, book, part) = chapter(&world).await;
    assert_eq!(ann.export(&book, &part).await, "# Tides\n\n");
    ann.import(&book, &part, "## Ebb\n\n*Out* it goes[^1].\n\n[^1]: Twice a day.", How::Append).await.unwrap();
    let all = "# Tides\n\n## Ebb\n\n*Out* it goes[^1].\n\n[^1]: Twice a day.\n";
    assert_eq!(ann.export(&book, &part).await, all);
    ann.import(&book, &part, "- And\n- back", How::Append).await.unwrap();
    assert_eq!(
        ann.export(&book, &part).await,
        "# Tides\n\n## Ebb\n\n*Out* it goes[^1].\n\n- And\n- back\n\n[^1]: Twice a day.\n"
    );
    // What was taken out is the chapter again, title and all.
    ann.import(&book, &part, all, How::Replace).await.unwrap();
    assert_eq!(ann.export(&book, &part).await, all);
    assert_eq!(edits(&world, &book, &part).await, 3);
    // Another heading stays where it is.
    ann.import(&book, &part, "# Neap\n\nLow.", How::Replace).await.unwrap();
    assert_eq!(ann.export(&book, &part).await, "# Tides\n\n## Neap\n\nLow.\n");
    let elsewhere = ann.at(&world.another_site().await);
    assert_eq!(elsewhere.export(&book, &part).await, "# Tides\n\n## Neap\n\nLow.\n");
}

#[tokio::test]
async fn a_file_that_is_sent_again_comes_in_once() {
    let world = World::new().await;
    let (ann, book, part) = chapter(&world).await;
    let there = ann.at(&world.another_site().await);
    let key = ann.key();
    let command = ImportChapter { book: book.clone(), part: part.clone(), markdown: "Once.".into(), how: How::Append };
    ann.ask_as(&key, &command, false).await.unwrap();
    there.ask_as(&key, &command, true).await.unwrap();
    there.ask_as(&key, &command, false).await.unwrap();
    assert_eq!(ann.export(&book, &part).await, "# Tides\n\nOnce.\n");
}

#[tokio::test]
async fn a_file_becomes_a_chapter_or_one_for_each_heading() {
    let world = World::new().await;
    let (ann, book, _) = chapter(&world).await;
    let file = "Before.\n\n# One\n\na[^n]\n\n## Inner\n\n# Two\n\nb\n\n# Three\n\n[^n]: Note.";
    let preview = ann.preview_file("the file.md", file.as_bytes()).await.unwrap();
    let titles: Vec<_> = preview.suiting().unwrap().parts.iter().map(|part| part.title.clone()).collect();
    assert_eq!(titles, [title("the file"), title("One"), title("Two"), title("Three")]);
    let one = ann.import_new(&book, file, false).await.unwrap();
    let four = ann.import_new(&book, file, true).await.unwrap();
    assert_eq!((one.len(), four.len()), (1, 4));
    let state = ann.book(&book).await;
    let titles: Vec<_> = state.parts.iter().map(|part| part.title.as_str()).collect();
    assert_eq!(titles, ["Tides", "the file", "the file", "One", "Two", "Three"]);
    let ids: Vec<_> = state.parts[2..].iter().map(|part| part.id.clone()).collect();
    assert_eq!(ids, four, "in their order");
    assert_eq!(state.parts.iter().map(|part| part.words).collect::<Vec<_>>(), [0, 8, 1, 3, 1, 0]);
    assert_eq!(ann.export(&book, &four[1]).await, "# One\n\na[^1]\n\n## Inner\n\n[^1]: Note.\n");
    assert_eq!(ann.export(&book, &four[3]).await, "# Three\n\n");
    assert!(state.activity.iter().any(|told| told.what.words() == "added “Two”"));
    // Everybody's page is told the same.
    assert_eq!(world.log(&BookChannel(book.clone()).name()).await.len(), 1 + 1 + 4);
    // Its words are its author's, and it is written on like any other.
    let (book_id, part) = (book.clone(), four[1].clone());
    let history = ann.ask(ChapterHistory { book: book_id.clone(), part: part.clone(), before: None }).await.unwrap();
    assert!(history.now.is_none());
    let revisions: Vec<_> = history.revisions.iter().map(|one| (one.number, &*one.name, &*one.by.name)).collect();
    assert_eq!(revisions, [(1, "Imported", "Ann")]);
    let written = ann.ask(ShowAuthors { book: book_id, part }).await.unwrap();
    assert_eq!(written.authors.iter().map(|(who, _)| &*who.name).collect::<Vec<_>>(), ["Ann"]);
    ann.import(&book, &four[3], "More.", How::Append).await.unwrap();
    assert_eq!(ann.export(&book, &four[3]).await, "# Three\n\nMore.\n");
    // A heading it begins with is its title.
    let titled = ann.import_new(&book, "## Last\n\nText.", false).await.unwrap();
    assert_eq!(ann.export(&book, &titled[0]).await, "# Last\n\nText.\n");
}

#[tokio::test]
async fn chapters_come_in_where_they_were_asked_for() {
    let world = World::new().await;
    let (ann, book, part) = chapter(&world).await;
    let section = ann.add(&book, Kind::Section, "Sea", None).await.unwrap();
    let place = Place { parent: None, before: Some(part) };
    ann.import_at(&book, "# A\n\n# B\n\n# C", true, place).await.unwrap();
    let place = Place { parent: Some(section), before: None };
    ann.import_at(&book, "# D\n\n# E", true, place).await.unwrap();
    let (_, file) = ann.fetch(&format!("/book/{book}/book.md")).await;
    let headings: Vec<_> = file.lines().filter(|line| line.starts_with('#')).collect();
    assert_eq!(headings, ["# Winds", "## A", "## B", "## C", "## Tides", "## Sea", "### D", "### E"]);
}

#[tokio::test]
async fn a_file_that_is_too_large_or_empty_changes_nothing() {
    let world = World::new().await;
    let (ann, book, part) = chapter(&world).await;
    let refused = ann.import(&book, &part, " \n", How::Replace).await.unwrap_err();
    assert_eq!(refused.code, Code::BadRequest);
    let large = "Words and words. ".repeat(1_000_000 / 17 + 1);
    let refused = ann.import(&book, &part, &large, How::Append).await.unwrap_err();
    assert_eq!(refused.code, Code::TooLarge, "{}", refused.words);
    assert!(refused.words.contains("1,000,000 bytes"), "{}", refused.words);
    let refused = ann.import_new(&book, &large, false).await.unwrap_err();
    assert_eq!(refused.code, Code::TooLarge, "{}", refused.words);
    assert!(refused.words.contains("1,000,000 characters"), "{}", refused.words);
    let refused = ann.import_new(&book, &"# x\n\n".repeat(2_000), true).await.unwrap_err();
    assert_eq!(refused.code, Code::TooLarge);
    // More than one edit holds, though not too large a file: as a new chapter it comes in.
    let long = "Some words.\n\n".repeat(20_000);
    assert_eq!(ann.import(&book, &part, &long, How::Append).await.unwrap_err().code, Code::TooLarge);
    assert_eq!(ann.export(&book, &part).await, "# Tides\n\n");
    let chapters = ann.import_new(&book, &long, false).await.unwrap();
    assert_eq!(ann.export(&book, &chapters[0]).await, format!("# the file\n\n{}\n", long.trim_end()));
    assert_eq!(ann.book(&book).await.parts.len(), 2);
}

#[tokio::test]
async fn who_may_read_takes_text_out_and_who_may_write_brings_it_in() {
    let world = World::new().await;
    let (ann, book, part) = chapter(&world).await;
    ann.import(&book, &part, "Text.", How::Append).await.unwrap();
    let reader = world.person("Ben").await;
    ann.let_in(&book, &reader, Role::Reader).await;
    let (stranger, nobody) = (world.person("Cleo").await, world.site.browser().await);
    let files = [format!("/book/{book}/chapter/{part}.md"), format!("/book/{book}/book.md")];
    for file in &files {
        assert_eq!(reader.fetch(file).await.0, StatusCode::OK);
        assert_eq!(stranger.fetch(file).await.0, StatusCode::NOT_FOUND);
        assert_eq!(nobody.fetch(file).await.0, StatusCode::NOT_FOUND);
    }
    for (who, code) in [(&reader, Code::Forbidden), (&stranger, Code::NotFound), (&nobody, Code::NotFound)] {
        assert_eq!(who.import(&book, &part, "Theirs.", How::Replace).await.unwrap_err().code, code);
        assert_eq!(who.import_new(&book, "Theirs.", false).await.unwrap_err().code, code);
    }
    // By way of a book of their own neither.
    let own = stranger.create_book("Own").await;
    assert_eq!(stranger.fetch(&format!("/book/{own}/chapter/{part}.md")).await.0, StatusCode::NOT_FOUND);
    assert_eq!(stranger.import(&own, &part, "Theirs.", How::Replace).await.unwrap_err().code, Code::NotFound);
    ann.ask(SetVisibility { book: book.clone(), visibility: Visibility::Public }).await.unwrap();
    assert_eq!(nobody.fetch(&files[0]).await, (StatusCode::OK, "# Tides\n\nText.\n".to_owned()));
    // What is no chapter.
    let section = ann.add(&book, Kind::Section, "Sea", None).await.unwrap();
    for no_chapter in [format!("{section}.md"), format!("{part}"), "x.md".into(), "..md".into()] {
        assert_eq!(ann.fetch(&format!("/book/{book}/chapter/{no_chapter}")).await.0, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_whole_book_is_one_file_in_the_order_of_reading() {
    let world = World::new().await;
    let ann = world.person("Ann").await;
    let book = ann.create_book("Winds & *waves*").await;
    let section = ann.add(&book, Kind::Section, "Sea", None).await.unwrap();
    let within = ann.add(&book, Kind::Chapter, "Tides", Some(&section)).await.unwrap();
    let after = ann.add_chapter(&book, "Surf").await;
    ann.import(&book, &within, "a[^1]\n\n## Ebb\n\n[^1]: One.", How::Append).await.unwrap();
    ann.import(&book, &after, "b[^1]\n\n![A harbour](/files/1.png)\n\n[^1]: Two.", How::Append).await.unwrap();
    let request = Request::get(format!("/book/{book}/book.md")).header(header::COOKIE, &ann.cookies);
    let answer = ann.site.send(request.body(Body::empty()).unwrap()).await;
    let header = |name| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header(header::CONTENT_TYPE), "text/markdown; charset=utf-8");
    assert_eq!(
        header(header::CONTENT_DISPOSITION),
        "attachment; filename=\"Winds & -waves.md\"; filename*=UTF-8''Winds%20%26%20-waves.md"
    );
    let file = "# Winds & \\*waves\\*\n\n<!-- section -->\n\n## Sea\n\n<!-- chapter -->\n\n### Tides\n\na[^2-1]\n\n\
                #### Ebb\n\n[^2-1]: One.\n\n<!-- chapter -->\n\n## Surf\n\nb[^3-1]\n\n\
                ![A harbour](/files/1.png)\n\n[^3-1]: Two.\n";
    assert_eq!(text(answer).await, file);
}

/// The contents of a book, as lines: how deep, what, and the text of it as a file.
async fn contents(who: &Browser, book: &BookId) -> Vec<(usize, Kind, String, String)> {
    async fn below(
        who: &Browser,
        state: &Book,
        parent: Option<&PartId>,
        depth: usize,
        found: &mut Vec<(usize, Kind, String, String)>,
    ) {
        for part in state.parts.iter().filter(|part| part.parent.as_ref() == parent) {
            let is_chapter = part.kind == Kind::Chapter;
            let text = if is_chapter { who.export(&state.id, &part.id).await } else { String::new() };
            found.push((depth, part.kind, part.title.to_string(), text));
            if !is_chapter {
                Box::pin(below(who, state, Some(&part.id), depth + 1, found)).await;
            }
        }
    }
    let (state, mut found) = (who.book(book).await, Vec::new());
    below(who, &state, None, 0, &mut found).await;
    found
}

#[tokio::test]
async fn a_book_that_was_taken_out_comes_in_as_the_same_book() {
    let world = World::new().await;
    let ann = world.person("Ann").await;
    let book = ann.create_book("Winds").await;
    let text = "Words[^1].\n\n## Two\n\n### Three\n\n#### Four\n\n> ## Said\n\n[^1]: A note.";
    let mut parent: Option<PartId> = None;
    for title in ["Sea", "Deep", "Deeper", "Deepest"] {
        let before = ann.add(&book, Kind::Chapter, &format!("Before {title}"), parent.as_ref()).await.unwrap();
        ann.import(&book, &before, text, How::Append).await.unwrap();
        parent = Some(ann.add(&book, Kind::Section, title, parent.as_ref()).await.unwrap());
    }
    let last = ann.add(&book, Kind::Chapter, "1. *Last* <b>", parent.as_ref()).await.unwrap();
    ann.import(&book, &last, text, How::Append).await.unwrap();
    ann.add(&book, Kind::Section, "Nothing in it", None).await.unwrap();
    ann.add_chapter(&book, "Nor here").await;
    let after = ann.add_chapter(&book, "After").await;
    ann.import(&book, &after, text, How::Append).await.unwrap();

    let (_, file) = ann.fetch(&format!("/book/{book}/book.md")).await;
    let copy = ann.create_book("A copy").await;
    let preview = ann.preview_file("book.md", file.as_bytes()).await.unwrap();
    let tree = preview.suiting().unwrap();
    assert_eq!((tree.chapters(), tree.parts.iter().filter(|part| part.is_section).count()), (7, 5));
    assert_eq!((&preview.title, &tree.left_out), (&Some(title("Winds")), &Vec::new()));
    assert_eq!(ann.import_new(&copy, &file, true).await.unwrap().len(), 7);
    assert_eq!(contents(&ann, &copy).await, contents(&ann, &book).await);
    let again = ann.fetch(&format!("/book/{copy}/book.md")).await.1;
    assert_eq!(again, file.replacen("# Winds", "# A copy", 1));
}

#[tokio::test]
async fn what_a_file_says_of_itself_is_shown_and_is_not_its_text() {
    let world = World::new().await;
    let (ann, book, _) = chapter(&world).await;
    let file = "---\ntitle: The sea\nauthor: [Ann, Ben]\nlang: en\ndraft: 1957\n---\n\nSee [this](this.md) and [this](this.md).";
    let preview = ann.preview_file("sea.md", file.as_bytes()).await.unwrap();
    let people: Vec<_> = preview.metadata.people.iter().map(|person| &*person.name).collect();
    assert_eq!((&preview.title, people), (&Some(title("The sea")), vec!["Ann", "Ben"]));
    let tree = preview.suiting().unwrap();
    assert_eq!((&*preview.metadata.language, tree.parts.len()), ("en", 1));
    let left_out: Vec<_> = tree.left_out.iter().map(|left| (&*left.what, &*left.name, left.times)).collect();
    assert_eq!(left_out, [("field at its head", "draft: 1957", 1), ("link", "this.md", 2)]);
    let new = ann.import_new(&book, file, false).await.unwrap();
    assert_eq!(ann.export(&book, &new[0]).await, "# The sea\n\nSee this and this.\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_handbook_comes_in_as_it_went_out() {
    // Each chapter goes out several times, and nobody would do that in a minute.
    let (files, imports) = (RateLimit::new(6_000, 1_000), RateLimit::new(6_000, 1_000));
    let world = World::bounded(Bounded { files, imports, ..Bounded::default() }).await;
    let accounts = Accounts::new(world.database.clone(), Bounds::default());
    let made = demo::fill_if_empty(&world.database, &accounts).await.unwrap().unwrap();
    let dora = world.person("Dora").await;
    let copy = dora.create_book("A copy").await;
    let handbook = dora.ask(OpenBook { book: made.book.clone() }).await.unwrap().snapshot.state;
    let chapters: Vec<_> = handbook.parts.iter().filter(|part| part.kind == Kind::Chapter).collect();
    assert!(chapters.len() >= 13);
    for chapter in chapters {
        let file = dora.export(&made.book, &chapter.id).await;
        assert!(file.len() > 500, "{file}");
        let new = dora.import_new(&copy, &file, false).await.unwrap();
        assert_eq!(dora.export(&copy, &new[0]).await, file);
        let old = dora.add(&copy, Kind::Chapter, chapter.title.as_str(), None).await.unwrap();
        dora.import(&copy, &old, &file, How::Replace).await.unwrap();
        assert_eq!(dora.export(&copy, &old).await, file);
    }
    // All in one, taken apart again.
    let (_, book) = dora.fetch(&format!("/book/{}/book.md", made.book)).await;
    let whole = dora.import_new(&copy, &book, false).await.unwrap();
    assert_eq!(dora.book(&copy).await.part(&whole[0]).unwrap().title, title("The Sputnik handbook"));
    let again = dora.create_book("The handbook again").await;
    dora.import_new(&again, &book, true).await.unwrap();
    assert_eq!(led(&dora, &again).await, led(&dora, &made.book).await);
}

/// What a book holds, with the titles of chapters in the place of their addresses: its links lead to its own.
async fn led(dora: &Browser, book: &BookId) -> String {
    let mut all = format!("{:?}", contents(dora, book).await);
    for part in dora.book(book).await.parts {
        all = all.replace(&format!("/book/{book}/{}", part.id), part.title.as_str());
    }
    all
}
