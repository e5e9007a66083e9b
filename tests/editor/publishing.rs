//! What a book says about itself, and how it goes out.

use crate::{
    pictures::png,
    world::{Browser, World, text},
};
use axum::body::Body;
use http::{Request, StatusCode, header};
use sputnik::Code;
use sputnik_editor::{
    account::{bounds::Bounds, people::Accounts},
    book::{
        channels::BookChannel,
        commands::{
            contents::RenamePart,
            files::ImportChapter,
            publishing::{CheckBook, ChoosePublishing, SetMetadata, SetPublishing},
            shelf::SetVisibility,
        },
        import::How,
        model::{BookId, Kind, PartId, Role, Visibility},
        publishing::{Choice, Publishing},
    },
    demo,
    metadata::{
        Contributor, ContributorRole, Metadata,
        matter::{Matter, Numbering},
        problem::Problem,
        theme::Theme,
    },
};
use std::{
    io::{Cursor, Read},
    process::Command,
};

/// A book that says something of everything.
pub fn all_said() -> Metadata {
    let person = |name: &str, role| Contributor { name: name.into(), role };
    Metadata {
        subtitle: "A story of water".into(),
        people: vec![person("Ann Ebb", ContributorRole::Author), person("Ben Flood", ContributorRole::Translator)],
        language: "en-GB".into(),
        description: "How the sea comes & goes.\n\nAnd <why>.".into(),
        subjects: vec!["FBA".into(), "Sea stories".into()],
        isbn: "978-3-16-148410-0".into(),
        publisher: "Harbour Press".into(),
        licence: "CC-BY-SA-4.0".into(),
        series: "Waters".into(),
        series_number: "2".into(),
        dedication: "For Ben".into(),
        published: "2026-11-30".into(),
    }
}

async fn set(who: &Browser, book: &BookId, metadata: Metadata) -> Result<(), sputnik::Fault> {
    who.ask(SetMetadata { book: book.clone(), metadata, base: None }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_book_says_of_itself_is_kept_and_told_and_not_repeated_in_the_activity() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    let book = ann.create_book("Tides").await;
    let mut page = ann.book(&book).await;
    set(&ann, &book, all_said()).await.unwrap();
    let publishing = Publishing { theme: Theme::Textbook, offers_epub: true, ..Publishing::default() };
    ann.ask(SetPublishing { book: book.clone(), publishing: publishing.clone() }).await.unwrap();
    for (_, event) in world.log(&BookChannel(book.clone()).name()).await {
        page.apply(&serde_json::from_str(&event).unwrap());
    }
    assert_eq!((page.metadata.isbn.as_str(), &page.publishing), ("9783161484100", &publishing));
    let elsewhere = ann.at(&world.another_site().await).book(&book).await;
    assert_eq!(page, elsewhere);
    assert!(!serde_json::to_string(&elsewhere.activity).unwrap().contains("Harbour"));
    // The same once more is no change.
    set(&ann, &book, all_said()).await.unwrap();
    assert_eq!(ann.book(&book).await.activity.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_refused_as_a_whole_and_a_cover_is_a_picture_of_the_book() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    let book = ann.create_book("Tides").await;
    set(&ann, &book, all_said()).await.unwrap();
    let wrong = Metadata { isbn: "978-3-16-148410-1".into(), published: "soon".into(), ..Metadata::default() };
    let fault = set(&ann, &book, wrong).await.unwrap_err();
    assert_eq!(fault.fields.keys().collect::<Vec<_>>(), ["isbn", "published"]);
    assert_eq!(ann.book(&book).await.metadata.subtitle, "A story of water");

    let publishing = Publishing { cover: Some("nosuchpicture".parse().unwrap()), ..Publishing::default() };
    let fault = ann.ask(SetPublishing { book: book.clone(), publishing }).await.unwrap_err();
    assert_eq!((fault.code, fault.fields.contains_key("cover")), (Code::BadRequest, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_owners_who_keep_at_once_take_nothing_from_each_other() {
    let world = World::new().await;
    let (ann, ben) = (world.person("ann").await, world.person("ben").await);
    let book = ann.create_book("Tides").await;
    ann.let_in(&book, &ben, Role::Owner).await;
    set(&ann, &book, all_said()).await.unwrap();
    // Both have the form open, and each changes another field.
    let base = ann.book(&book).await.metadata;
    let keep = |metadata| SetMetadata { book: book.clone(), metadata, base: Some(base.clone()) };
    ann.ask(keep(Metadata { subtitle: "Of water".into(), ..base.clone() })).await.unwrap();
    ben.ask(keep(Metadata { publisher: "Quay".into(), ..base.clone() })).await.unwrap();
    let now = ann.book(&book).await.metadata;
    assert_eq!((now.subtitle.as_str(), now.publisher.as_str()), ("Of water", "Quay"));
    // What both changed is not overwritten before whoever comes later knows of it.
    let later = |known: &Metadata| Metadata { subtitle: "Of the moon".into(), series: "Skies".into(), ..known.clone() };
    let fault = ben.ask(keep(later(&base))).await.unwrap_err();
    assert_eq!(fault.code, Code::Conflict);
    assert_eq!(fault.fields.keys().collect::<Vec<_>>(), ["subtitle"]);
    assert_eq!(ann.book(&book).await.metadata, now, "nothing was kept by halves");
    let told = SetMetadata { book: book.clone(), metadata: later(&now), base: Some(now.clone()) };
    ben.ask(told).await.unwrap();
    assert_eq!(ann.book(&book).await.metadata, later(&now));

    // The choices beside each other.
    let choose = |choice| ChoosePublishing { book: book.clone(), choice };
    let (first, second) =
        tokio::join!(ann.ask(choose(Choice::OffersEpub(true))), ben.ask(choose(Choice::Theme(Theme::Textbook))));
    first.unwrap();
    second.unwrap();
    let publishing = ann.book(&book).await.publishing;
    assert_eq!((publishing.offers_epub, publishing.theme), (true, Theme::Textbook));
    let none = Choice::Cover(Some("nosuchpicture".parse().unwrap()));
    assert!(ann.ask(choose(none)).await.unwrap_err().fields.contains_key("cover"));
}

pub async fn fetch(who: &Browser, book: &BookId, ending: &str) -> (StatusCode, Vec<u8>) {
    let request = Request::get(format!("/book/{book}/book.{ending}")).header(header::COOKIE, &who.cookies);
    let answer = who.site.send(request.body(Body::empty()).unwrap()).await;
    let status = answer.status();
    if status.is_success() {
        let head = answer.headers();
        let named = head[header::CONTENT_DISPOSITION].to_str().unwrap();
        assert!(named.starts_with("attachment; ") && named.contains(&format!(".{ending}\"")), "{named}");
        assert!(head[header::CONTENT_SECURITY_POLICY].to_str().unwrap().contains("sandbox"));
        let length = head[header::CONTENT_LENGTH].to_str().unwrap().parse::<usize>().unwrap();
        let bytes = axum::body::to_bytes(answer.into_body(), 64 << 20).await.unwrap().to_vec();
        assert_eq!(bytes.len(), length);
        return (status, bytes);
    }
    (status, Vec::new())
}

fn inside(archive: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// A book of a section with two chapters, of which the first leads to the second and shows a picture.
pub async fn seas(world: &World) -> (Browser, BookId) {
    let ann = world.person("ann").await;
    let book = ann.create_book("Seas & <Tides>").await;
    let section = ann.add(&book, Kind::Section, "Water", None).await.unwrap();
    let ebb = ann.add(&book, Kind::Chapter, "Ebb", Some(&section)).await.unwrap();
    let flood = ann.add(&book, Kind::Chapter, "Flood", Some(&section)).await.unwrap();
    let picture = ann.send_picture(&book, png(b"sea")).await.unwrap().src;
    let text =
        format!("It goes.[^1]\n\n![A sea]({picture} \"By night\")\n\n[on](/book/{book}/{flood})\n\n[^1]: Slowly.");
    let bring = |part: &PartId, markdown: String| ImportChapter {
        book: book.clone(),
        part: part.clone(),
        markdown,
        how: How::Replace,
    };
    ann.ask(bring(&ebb, text)).await.unwrap();
    ann.ask(bring(&flood, "## High\n\nIt comes.".to_owned())).await.unwrap();
    set(&ann, &book, all_said()).await.unwrap();
    (ann, book)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_book_goes_out_whole_in_every_format() {
    let world = World::new().await;
    let (ann, book) = seas(&world).await;

    let (_, epub) = fetch(&ann, &book, "epub").await;
    let chapter = inside(&epub, "EPUB/part-0002.xhtml");
    for part in ["It goes.", "Slowly.", "By night", "alt=\"A sea\"", "<a href=\"part-0003.xhtml\">on</a>"] {
        assert!(chapter.contains(part), "{part}\n{chapter}");
    }
    let package = inside(&epub, "EPUB/package.opf");
    for said in ["urn:isbn:9783161484100", "Harbour Press", "Ben Flood", "image/png"] {
        assert!(package.contains(said), "{said}\n{package}");
    }
    assert_eq!(epub, fetch(&ann, &book, "epub").await.1, "the same book is the same file");

    let (_, docx) = fetch(&ann, &book, "docx").await;
    let text = inside(&docx, "word/document.xml");
    for part in
        ["It goes.", "By night", "descr=\"A sea\"", "<w:hyperlink w:anchor=\"_Chapter0003\"", "ISBN 9783161484100"]
    {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(inside(&docx, "word/footnotes.xml").contains("Slowly."));
    assert_eq!(docx, fetch(&ann, &book, "docx").await.1, "the same book is the same file");

    let (_, page) = fetch(&ann, &book, "html").await;
    let page = String::from_utf8(page).unwrap();
    for part in
        ["It goes.", "It comes.", "data:image/png;base64,iVBOR", "href=\"#p2-title\"", "Seas &amp; &lt;Tides&gt;"]
    {
        assert!(page.contains(part), "{part}\n{page}");
    }
    assert!(!page.contains("src=\"/") && !page.contains("href=\"/"), "nothing is asked for elsewhere");

    let (_, archive) = fetch(&ann, &book, "zip").await;
    let text = inside(&archive, "book.md");
    for part in ["subtitle: \"A story of water\"", "![A sea](pictures/", "[on](#flood)", "<!-- chapter -->", "# Seas"] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_get_the_files_that_are_offered_and_nobody_else_gets_any() {
    let world = World::new().await;
    let (ann, book) = seas(&world).await;
    let (stranger, nobody) = (world.person("stranger").await, world.site.browser().await);
    let status = async |who: &Browser, ending: &str| fetch(who, &book, ending).await.0;
    for who in [&stranger, &nobody] {
        assert_eq!(status(who, "epub").await, StatusCode::NOT_FOUND, "it is private");
    }
    ann.ask(SetVisibility { book: book.clone(), visibility: Visibility::Public }).await.unwrap();
    for ending in ["epub", "docx", "html"] {
        assert_eq!(status(&nobody, ending).await, StatusCode::FORBIDDEN, "{ending} is not offered");
        assert_eq!(status(&ann, ending).await, StatusCode::OK);
    }
    let publishing = Publishing { offers_epub: true, ..Publishing::default() };
    ann.ask(SetPublishing { book: book.clone(), publishing }).await.unwrap();
    for who in [&stranger, &nobody] {
        assert_eq!(status(who, "epub").await, StatusCode::OK);
        assert_eq!(status(who, "html").await, StatusCode::FORBIDDEN);
        assert_eq!(status(who, "docx").await, StatusCode::FORBIDDEN);
    }
    let publishing = Publishing { offers_docx: true, ..Publishing::default() };
    ann.ask(SetPublishing { book: book.clone(), publishing }).await.unwrap();
    assert_eq!(status(&nobody, "docx").await, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_over_the_book_tells_what_is_wrong_and_where() {
    let world = World::new().await;
    let (ann, book) = seas(&world).await;
    let look = async || {
        let findings = ann.ask(CheckBook { book: book.clone() }).await.unwrap();
        findings.found.into_iter().map(|one| (one.title, one.problem, one.near)).collect::<Vec<_>>()
    };
    assert_eq!(look().await, []);
    let empty = ann.add_chapter(&book, "ebb").await;
    let found =
        [("ebb".to_owned(), Problem::Title, String::new()), ("ebb".to_owned(), Problem::EmptyChapter, String::new())];
    assert_eq!(look().await, found);
    let markdown = "One.\n\n![](/elsewhere.png)\n\n[gone](/book/nowhere)".to_owned();
    ann.ask(ImportChapter { book: book.clone(), part: empty, markdown, how: How::Replace }).await.unwrap();
    let problems: Vec<Problem> = look().await.into_iter().map(|(_, problem, _)| problem).collect();
    assert_eq!(problems, [Problem::Title, Problem::ForeignPicture, Problem::DeadLink]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_catalogue_lists_public_books_that_are_offered_and_no_others() {
    let world = World::new().await;
    let (ann, book) = seas(&world).await;
    let catalogue = async || {
        let request = Request::get("/catalogue.xml").body(Body::empty()).unwrap();
        text(world.site.browser().await.site.send(request).await).await
    };
    assert!(!catalogue().await.contains("<entry>"), "it is private");
    ann.ask(SetVisibility { book: book.clone(), visibility: Visibility::Public }).await.unwrap();
    assert!(!catalogue().await.contains("<entry>"), "it is not offered");
    let publishing = Publishing { offers_epub: true, ..Publishing::default() };
    ann.ask(SetPublishing { book: book.clone(), publishing }).await.unwrap();
    let listed = catalogue().await;
    for part in
        ["<title>Seas &amp; &lt;Tides&gt;</title>", "<name>Ann Ebb</name>", &format!("href=\"/book/{book}/book.epub\"")]
    {
        assert!(listed.contains(part), "{part}\n{listed}");
    }
}

/// Both books of the demo, as they are for everybody.
#[tokio::test(flavor = "multi_thread")]
async fn a_checker_finds_nothing_in_the_books_of_the_demo() {
    let world = World::new().await;
    let accounts = Accounts::new(world.database.clone(), Bounds::default());
    let demo = demo::fill_if_empty(&world.database, &accounts).await.unwrap().unwrap();
    let nobody = world.site.browser().await;
    for book in [demo.book, demo.novel] {
        let (status, epub) = fetch(&nobody, &book, "epub").await;
        assert_eq!(status, StatusCode::OK);
        let Some(jar) = std::env::var_os("EPUBCHECK_JAR") else {
            eprintln!("EPUBCHECK_JAR is not set: nobody checked the books");
            continue;
        };
        let file = tempfile::Builder::new().suffix(".epub").tempfile().unwrap();
        std::fs::write(file.path(), epub).unwrap();
        let said = Command::new("java").arg("-jar").arg(jar).arg("--failonwarnings").arg(file.path()).output().unwrap();
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    }
}

async fn preview(who: &Browser, path: &str, accept: &str) -> (StatusCode, String, String) {
    let request = Request::get(path).header(header::COOKIE, &who.cookies).header(header::ACCEPT, accept);
    let answer = who.site.send(request.body(Body::empty()).unwrap()).await;
    let (status, policy) = (answer.status(), answer.headers()[header::CONTENT_SECURITY_POLICY].clone());
    (status, policy.to_str().unwrap().to_owned(), text(answer).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_writes_looks_at_the_very_pages_of_the_epub_in_any_look_before_it_is_made() {
    let world = World::new().await;
    let (ann, book) = seas(&world).await;
    let matter = Matter { half_title: true, figures: true, index: true, numbering: Numbering::Words };
    let publishing = Publishing { matter, ..ann.book(&book).await.publishing };
    ann.ask(SetPublishing { book: book.clone(), publishing }).await.unwrap();
    let (_, epub) = fetch(&ann, &book, "epub").await;
    for page in ["half-title", "title", "nav", "figures", "part-0002"] {
        let (status, policy, shown) =
            preview(&ann, &format!("/book/{book}/preview/novel/{page}.xhtml"), "text/html").await;
        assert_eq!(status, StatusCode::OK, "{page}: {shown}");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'self'"), "{policy}");
        // Pictures lie where they lie on the site.
        let bare = |page: &str| {
            page.split("<img src=\"")
                .map(|rest| rest.split_once('"').map_or(rest, |(_, rest)| rest))
                .collect::<String>()
        };
        let made = inside(&epub, &format!("EPUB/{page}.xhtml"));
        assert_eq!(bare(&shown).replace(" target=\"_blank\" rel=\"noopener\"", ""), bare(&made), "{page}");
    }
    let style = async |look: &str| preview(&ann, &format!("/book/{book}/preview/{look}/style.css"), "*/*").await.2;
    assert_ne!(style("novel").await, style("textbook").await);

    let reader = world.person("cleo").await;
    let path = format!("/book/{book}/preview/novel/title.xhtml");
    assert_eq!(preview(&reader, &path, "*/*").await.0, StatusCode::NOT_FOUND);
    ann.ask(SetVisibility { book: book.clone(), visibility: Visibility::Public }).await.unwrap();
    assert_eq!(preview(&reader, &path, "*/*").await.0, StatusCode::FORBIDDEN);
    for nothing in ["novel/part-9999.xhtml", "colourful/title.xhtml", "novel/..%2F..%2Fetc", "novel/paper/1"] {
        let (status, policy, words) = preview(&ann, &format!("/book/{book}/preview/{nothing}"), "text/html").await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{nothing}");
        assert!(words.starts_with("<!DOCTYPE html>") && policy.contains("default-src 'none'"), "{nothing}: {words}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_is_led_to_a_file_and_gets_none_is_told_why_on_a_page_and_a_program_as_before() {
    let world = World::new().await;
    let (ann, book) = seas(&world).await;
    ann.ask(SetVisibility { book: book.clone(), visibility: Visibility::Public }).await.unwrap();
    let nobody = world.site.browser().await;
    let path = format!("/book/{book}/book.docx");
    let (status, _, page) = preview(&nobody, &path, "text/html,application/xhtml+xml").await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(
        page.starts_with("<!DOCTYPE html>") && page.contains("<p>The owners of this book do not offer it"),
        "{page}"
    );
    let (status, _, json) = preview(&nobody, &path, "*/*").await;
    assert!(status == StatusCode::FORBIDDEN && json.starts_with('{'), "{json}");
}

#[tokio::test(flavor = "multi_thread")]
async fn chapters_are_numbered_as_chosen_and_a_link_says_what_its_chapter_is_called_when_the_book_goes_out() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    let book = ann.create_book("Tides").await;
    let foreword = ann.add_chapter(&book, "Foreword").await;
    let ebb = ann.add_chapter(&book, "Ebb").await;
    let see = format!("See [what it was](/book/{book}/{ebb}?show=both).");
    let bring = ImportChapter { book: book.clone(), part: foreword.clone(), markdown: see, how: How::Replace };
    ann.ask(bring).await.unwrap();
    let numbering = Numbering::Numbers;
    let unnumbered = vec![foreword.clone(), "nopart".parse().unwrap(), foreword.clone()];
    let publishing =
        Publishing { matter: Matter { numbering, ..Matter::default() }, unnumbered, ..Publishing::default() };
    ann.ask(SetPublishing { book: book.clone(), publishing }).await.unwrap();
    assert_eq!(
        ann.book(&book).await.publishing.unnumbered,
        std::slice::from_ref(&foreword),
        "what is no part of the book is not kept"
    );
    let said = async || inside(&fetch(&ann, &book, "epub").await.1, "EPUB/part-0001.xhtml");
    assert!(said().await.contains("See <a href=\"part-0002.xhtml\">Chapter 1, Ebb</a>."), "{}", said().await);
    let renamed = RenamePart { book: book.clone(), part: ebb.clone(), title: "Low water".parse().unwrap() };
    ann.ask(renamed).await.unwrap();
    assert!(said().await.contains(">Chapter 1, Low water</a>"), "{}", said().await);
    let markdown = inside(&fetch(&ann, &book, "zip").await.1, "book.md");
    assert!(markdown.contains("[Chapter 1, Low water](?show=both#low-water)"), "{markdown}");
    assert!(markdown.contains("\n## Low water\n"), "a number is none of the title\n{markdown}");
    let html = String::from_utf8(fetch(&ann, &book, "html").await.1).unwrap();
    assert!(html.contains("1. </span> Low water</h2>") || html.contains(">1.</span> Low water</h2>"), "{html}");
}
