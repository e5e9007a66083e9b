//! Books that come in as files.

use crate::world::{Browser, World, text, title};
use axum::body::Body;
use http::{Request, Response, StatusCode, header};
use sputnik::{Code, Fault};
use sputnik_editor::{
    book::{
        commands::{files::ImportChapter, shelf::OpenShelf},
        import::{Choices, How, Imported, Preview, Progress},
        model::{BookId, Kind, Part, PartId, Place, Role},
    },
    config::Bounded,
    costly::RateLimit,
};
use std::{
    io::{Cursor, Write},
    time::{Duration, Instant},
};

const FORM: &str = "a-form-of-a-test";

impl Browser {
    /// Sends a file, and what was decided about it, as a page does.
    pub async fn send_file(&self, path: &str, name: &str, file: &[u8], choices: Option<&Choices>) -> Response<Body> {
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={FORM}"))
            .header(header::COOKIE, &self.cookies);
        self.send(request.body(Body::from(form(name, file, choices))).unwrap()).await
    }

    /// What would become of a file.
    pub async fn preview_file(&self, name: &str, file: &[u8]) -> Result<Preview, Fault> {
        let answer = self.send_file("/import/preview", name, file, None).await;
        let (status, body) = (answer.status(), text(answer).await);
        if status == StatusCode::OK {
            return Ok(serde_json::from_str(&body).unwrap());
        }
        Err(serde_json::from_str(&body).unwrap_or_else(|_| panic!("{status}: {body} is a fault")))
    }

    /// Brings a file into a book, or as a new one.
    pub async fn import_file(
        &self,
        into: Option<&BookId>,
        name: &str,
        file: &[u8],
        choices: &Choices,
    ) -> Result<Imported, Fault> {
        let path = into.map_or("/import".to_owned(), |book| format!("/book/{book}/import"));
        let answer = self.send_file(&path, name, file, Some(choices)).await;
        let (status, body) = (answer.status(), text(answer).await);
        if status != StatusCode::OK {
            return Err(serde_json::from_str(&body).unwrap_or_else(|_| panic!("{status}: {body} is a fault")));
        }
        match said(&body).pop() {
            Some(Progress::Imported(imported)) => Ok(imported),
            Some(Progress::Failed(fault)) => Err(fault),
            other => panic!("{other:?} ends {body}"),
        }
    }
}

fn form(name: &str, file: &[u8], choices: Option<&Choices>) -> Vec<u8> {
    let mut form = Vec::new();
    if let Some(choices) = choices {
        let choices = serde_json::to_string(choices).unwrap();
        write!(form, "--{FORM}\r\nContent-Disposition: form-data; name=\"choices\"\r\n\r\n{choices}\r\n").unwrap();
    }
    let name = name.replace('"', "%22");
    write!(form, "--{FORM}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n").unwrap();
    form.extend_from_slice(file);
    write!(form, "\r\n--{FORM}--\r\n").unwrap();
    form
}

fn said(body: &str) -> Vec<Progress> {
    let lines = body.lines().filter_map(|line| line.strip_prefix("data:"));
    lines.map(|line| serde_json::from_str(line.trim()).unwrap()).collect()
}

/// A zip of these files.
fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in files {
        zip.start_file(*path, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A picture of one pixel.
const PNG: &[u8] = &[
    0x89, b'P', b'N', b'G', 13, 10, 26, 10, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0,
    0x1f, 0x15, 0xc4, 0x89, 0, 0, 0, 10, b'I', b'D', b'A', b'T', 0x78, 0x9c, 0x63, 0, 1, 0, 0, 5, 0, 1, 0x0d, 0x0a,
    0x2d, 0xb4, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82,
];

/// A book of two chapters in a section and one beside, with a picture, a note, and links between them.
fn epub() -> Vec<u8> {
    packed(&[
        ("mimetype", b"application/epub+zip"),
        ("META-INF/container.xml", b"<container><rootfile full-path='p.opf'/></container>"),
        (
            "p.opf",
            b"<package><metadata><dc:title>Seas</dc:title><dc:creator>Ann</dc:creator><dc:language>en</dc:language></metadata>\
              <manifest><item id='n' href='nav.xhtml' properties='nav' media-type='application/xhtml+xml'/>\
              <item id='a' href='a.xhtml' media-type='application/xhtml+xml'/><item id='b' href='b.xhtml' \
              media-type='application/xhtml+xml'/><item id='c' href='c.xhtml' media-type='application/xhtml+xml'/></manifest>\
              <spine><itemref idref='n'/><itemref idref='a'/><itemref idref='b'/><itemref idref='c'/></spine></package>",
        ),
        (
            "nav.xhtml",
            b"<html><body><nav epub:type='toc'><ol><li><span>Water</span><ol><li><a href='a.xhtml'>Tides</a></li>\
              <li><a href='b.xhtml'>Waves</a></li></ol></li><li><a href='c.xhtml'>Air</a></li></ol></nav></body></html>",
        ),
        ("a.xhtml", b"<html><body><h1>Tides</h1><p>In<a epub:type='noteref' href='#n'>1</a>, <a href='c.xhtml'>air</a>.</p>\
                      <img src='i.png' alt='A dot'/><aside epub:type='footnote' id='n'>And out.</aside></body></html>"),
        ("b.xhtml", b"<html><body><h1>Waves</h1><p>Up. <a href='a.xhtml'>Tides</a></p></body></html>"),
        ("c.xhtml", b"<html><body><h1>Air</h1><p>Thin.</p></body></html>"),
        ("i.png", PNG),
    ])
}

/// The contents of a book as one line.
fn add_below(parts: &[Part], parent: Option<&PartId>, lines: &mut Vec<String>) {
    for part in parts.iter().filter(|part| part.parent.as_ref() == parent) {
        let sign = if part.kind == Kind::Section { "/" } else { "" };
        lines.push(format!("{}{}{sign}", if part.parent.is_some() { "-" } else { "" }, part.title));
        add_below(parts, Some(&part.id), lines);
    }
}

async fn outline(who: &Browser, book: &BookId) -> String {
    let state = who.book(book).await;
    let mut lines = Vec::new();
    add_below(&state.parts, None, &mut lines);
    lines.join(" ")
}

async fn books_of(who: &Browser) -> usize {
    who.ask(OpenShelf {}).await.unwrap().mine.len()
}

/// How many rows a table has.
async fn rows(world: &World, table: &str) -> i64 {
    let mut sql = world.database.read().await.unwrap();
    sqlx::query_scalar(&format!("SELECT COUNT(*) FROM {table}")).fetch_one(&mut *sql).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_book_is_looked_at_and_then_comes_in_as_a_new_one() {
    let world = World::new().await;
    let ann = world.person("Ann").await;
    let preview = ann.preview_file("seas.epub", &epub()).await.unwrap();
    assert_eq!((preview.title, &*preview.metadata.people[0].name), (Some(title("Seas")), "Ann"));
    let tree = &preview.trees[preview.suits];
    let parts: Vec<_> = tree.parts.iter().map(|part| (part.title.as_str(), part.depth, part.is_apparatus)).collect();
    assert_eq!(parts[1..], [("Water", 0, false), ("Tides", 1, false), ("Waves", 1, false), ("Air", 0, false)]);
    assert!(parts[0].2, "its own contents are rather left out");
    assert_eq!(books_of(&ann).await, 0, "nothing is stored before");

    let imported = ann.import_file(None, "seas.epub", &epub(), &Choices::default()).await.unwrap();
    let book = &imported.book;
    assert_eq!(outline(&ann, book).await, "Water/ -Tides -Waves Air");
    assert_eq!(ann.book(book).await.title, title("Seas"));
    assert_eq!((imported.chapters.len(), books_of(&ann).await), (3, 1));
    let [tides, _, air] = [0, 1, 2].map(|at| imported.chapters[at].clone());
    let text = ann.text(book, &tides).await;
    assert!(text.contains(&format!("/book/{book}/{air}")), "{text}");
    assert!(
        text.contains("class=\"footnote\"") && text.contains("And out.") && text.contains("alt=\"A dot\""),
        "{text}"
    );
    let src = text.split("<img src=\"").nth(1).unwrap().split('"').next().unwrap();
    let request = Request::get(src).header(header::COOKIE, &ann.cookies).body(Body::empty()).unwrap();
    assert_eq!(ann.send(request).await.status(), StatusCode::OK);
    assert_eq!(rows(&world, "importing").await, 0);
    let about = ann.book(book).await.metadata;
    assert_eq!((&*about.people[0].name, &*about.language), ("Ann", "en"));
    // It is nobody else's.
    let ben = world.person("Ben").await;
    assert_eq!(
        ben.ask(sputnik_editor::book::commands::shelf::OpenBook { book: book.clone() }).await.unwrap_err().code,
        Code::NotFound
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_out_leaves_no_picture_and_no_link_behind() {
    let world = World::new().await;
    let ann = world.person("Ann").await;
    let book = ann.create_book("Own").await;
    let section = ann.add(&book, Kind::Section, "Here", None).await.unwrap();
    let choices = Choices {
        // The contents and the first chapter.
        without: Some(vec![0, 2]),
        place: Some(Place { parent: Some(section), before: None }),
        ..Choices::default()
    };
    let imported = ann.import_file(Some(&book), "seas.epub", &epub(), &choices).await.unwrap();
    assert_eq!(outline(&ann, &book).await, "Here/ -Water/ -Waves -Air");
    let waves = ann.text(&book, &imported.chapters[0]).await;
    assert!(waves.contains("Tides") && !waves.contains("href"), "{waves}");
    assert_eq!((rows(&world, "pictures").await, rows(&world, "importing").await), (0, 0));
    // With a section goes all that stands in it.
    let all = Choices { without: Some(vec![0, 1]), ..Choices::default() };
    let imported = ann.import_file(Some(&book), "seas.epub", &epub(), &all).await.unwrap();
    assert_eq!(imported.chapters.len(), 1);
    let none = Choices { without: Some(vec![0, 1, 4]), ..Choices::default() };
    let refused = ann.import_file(Some(&book), "seas.epub", &epub(), &none).await.unwrap_err();
    assert!(refused.words.contains("at least one chapter"), "{}", refused.words);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_may_write_brings_a_book_in() {
    let world = World::new().await;
    let ann = world.person("Ann").await;
    let book = ann.create_book("Own").await;
    let (reader, stranger, nobody) =
        (world.person("Ben").await, world.person("Cleo").await, world.site.browser().await);
    ann.let_in(&book, &reader, Role::Reader).await;
    let none = Choices::default();
    for (who, code) in [(&reader, Code::Forbidden), (&stranger, Code::NotFound), (&nobody, Code::NotFound)] {
        assert_eq!(who.import_file(Some(&book), "a.md", b"# A", &none).await.unwrap_err().code, code);
    }
    assert_eq!(nobody.import_file(None, "a.md", b"# A", &none).await.unwrap_err().code, Code::NotSignedIn);
    assert_eq!(nobody.preview_file("a.md", b"# A").await.unwrap_err().code, Code::NotSignedIn);
    // From another site's page.
    let request = Request::post("/import")
        .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={FORM}"))
        .header(header::ORIGIN, "https://example.org")
        .header("sec-fetch-site", "cross-site")
        .header(header::COOKIE, &ann.cookies);
    let answer = ann.send(request.body(Body::from(form("a.md", b"# A", None))).unwrap()).await;
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    assert_eq!(books_of(&ann).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_files_are_refused_in_words_and_leave_nothing_behind() {
    let bounded = Bounded { imports: RateLimit::new(6_000, 6_000), import_bytes: 3_000_000, ..Bounded::default() };
    let world = World::bounded(bounded).await;
    let ann = world.person("Ann").await;
    let zeros = vec![0; 60 << 20];
    let pages: Vec<String> = (0..4).map(|n| format!("{n}.html")).collect();
    let bomb: Vec<(&str, &[u8])> = pages.iter().map(|page| (page.as_str(), zeros.as_slice())).collect();
    let names: Vec<String> = (0..10_001).map(|n| n.to_string()).collect();
    let many: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    let container: (&str, &[u8]) = ("META-INF/container.xml", b"<container><rootfile full-path='p.opf'/></container>");
    let protected: (&str, &[u8]) = (
        "META-INF/encryption.xml",
        b"<e><EncryptedData><EncryptionMethod Algorithm='aes'/><CipherReference URI='a.xhtml'/></EncryptedData></e>",
    );
    let entities = "<!DOCTYPE p [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>".to_owned();
    let whole = epub();
    let cases: Vec<(&str, &str, Vec<u8>, &str)> = vec![
        ("a bomb", "a.zip", packed(&bomb), "16 MB of text"),
        ("ten thousand files and one", "a.epub", packed(&many), "10,000 files"),
        ("half a zip", "a.epub", whole[..whole.len() / 2].to_vec(), "damaged"),
        ("a zip in name", "a.epub", b"words".to_vec(), "damaged"),
        ("a book that is protected", "a.epub", packed(&[container, protected, ("p.opf", b"<package/>")]), "DRM"),
        ("a package that says nothing", "a.epub", packed(&[container, ("p.opf", b"words")]), "package file"),
        ("no package", "a.epub", packed(&[container]), "package file"),
        ("an old document", "a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more".to_vec(), "of the old kind, .doc"),
        ("half a document", "a.docx", whole[..whole.len() / 2].to_vec(), "damaged"),
        ("a document without text", "a.docx", packed(&[("[Content_Types].xml", b""), ("word/x.xml", b"")]), "no text"),
        (
            "a bomb of a document",
            "a.docx",
            packed(&[("[Content_Types].xml", b""), ("word/document.xml", &zeros)]),
            "16 MB of text",
        ),
        ("a picture", "a.png", PNG.to_vec(), "no kind of file"),
        ("a zip of pictures", "a.zip", packed(&[("a.png", PNG)]), "no kind of file"),
        ("paths that climb", "a.zip", packed(&[("../a.html", b"<p>a"), ("/b.md", b"a")]), "no kind of file"),
        ("nothing", "a.md", Vec::new(), "no text"),
        ("blanks", "a.md", b" \n".to_vec(), "no text"),
        ("no text of any kind", "a.md", b"Gr\xfc\0\x81\xdfe".to_vec(), "no kind of file"),
        ("too much", "a.md", vec![b'a'; 3_000_001], "at most 3 MB"),
        (
            "a table of thousands of columns",
            "a.md",
            format!("{}|\n{}|\n{}", "|a".repeat(5_000), "|-".repeat(5_000), "b\n".repeat(100)).into_bytes(),
            "more parts",
        ),
    ];
    for (what, name, file, words) in cases {
        let seen = ann.preview_file(name, &file).await.unwrap_err();
        assert!(seen.words.contains(words), "{what}: {}", seen.words);
        let refused = ann.import_file(None, name, &file, &Choices::default()).await.unwrap_err();
        assert!(
            refused.words.contains(words) && refused.words.contains("Nothing was imported"),
            "{what}: {}",
            refused.words
        );
    }
    assert_eq!((books_of(&ann).await, rows(&world, "books").await, rows(&world, "importing").await), (0, 0, 0));
    // What only tries to grow is read as far as it is a book.
    let page = format!("<?xml version='1.0'?>{entities}<html><body><p>&b; words</p></body></html>");
    let preview = ann.preview_file("a.xhtml", page.as_bytes()).await.unwrap();
    assert!(preview.trees[0].parts[0].words < 20, "{preview:?}");
}

/// A book of so many chapters, each with a picture of its own.
fn pictured(count: usize) -> Vec<u8> {
    let texts: Vec<String> =
        (0..count).map(|n| format!("# {n}\n\n{}\n\n![p]({n}.gif)\n", "Words and words. ".repeat(200))).collect();
    let pictures: Vec<Vec<u8>> = (0..count)
        .map(|n| {
            let n = u16::try_from(n).unwrap().to_le_bytes();
            let mut gif = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;".to_vec();
            // The colours are its own.
            (gif[13], gif[14]) = (n[0], n[1]);
            gif
        })
        .collect();
    let names: Vec<(String, String)> = (0..count).map(|n| (format!("{n:04}.md"), format!("{n}.gif"))).collect();
    let mut files: Vec<(&str, &[u8])> = Vec::new();
    for (((text, picture), words), bytes) in names.iter().zip(&texts).zip(&pictures) {
        files.extend([(text.as_str(), words.as_bytes()), (picture.as_str(), bytes.as_slice())]);
    }
    packed(&files)
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_gives_up_an_import_leaves_nothing_behind() {
    let world = World::new().await;
    let ann = world.person("Ann").await;
    let own = ann.create_book("Own").await;
    let file = pictured(300);
    for path in ["/import".to_owned(), format!("/book/{own}/import")] {
        let answer = ann.send_file(&path, "a.zip", &file, Some(&Choices::default())).await;
        let mut body = answer.into_body().into_data_stream();
        // Until some of it is stored.
        let some = async {
            while rows(&world, "pictures").await < 3 {
                futures::StreamExt::next(&mut body).await.unwrap().unwrap();
            }
        };
        tokio::time::timeout(Duration::from_secs(30), some).await.expect("it begins");
        assert_eq!(books_of(&ann).await, 1, "a book that is half in is never seen");
        drop(body);
        let begun = Instant::now();
        while rows(&world, "pictures").await + rows(&world, "importing").await > 0 {
            assert!(begun.elapsed() < Duration::from_secs(20), "what was stored stays");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!((rows(&world, "books").await, outline(&ann, &own).await.as_str()), (1, ""));
    }
    // Whatever came between, it comes in whole another time.
    let imported = ann.import_file(Some(&own), "a.zip", &file, &Choices::default()).await.unwrap();
    assert_eq!(
        (imported.chapters.len(), rows(&world, "pictures").await, rows(&world, "importing").await),
        (300, 300, 0)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_died_over_goes_after_an_hour() {
    let world = World::new().await;
    let ann = world.person("Ann").await;
    let own = ann.create_book("Own").await;
    let mut sql = world.database.write().await.unwrap();
    for (id, since) in [("old", 1_i64), ("new", i64::MAX / 2)] {
        sqlx::query("INSERT INTO books (id, title, visibility, created, changed) VALUES ($1, 'x', 'private', 1, 1)")
            .bind(id)
            .execute(&mut *sql)
            .await
            .unwrap();
        sqlx::query("INSERT INTO importing (import, book, picture, since) VALUES ($1, $1, NULL, $2)")
            .bind(id)
            .bind(since)
            .execute(&mut *sql)
            .await
            .unwrap();
    }
    sql.commit().await.unwrap();
    world.database.delete_old().await.unwrap();
    assert_eq!((rows(&world, "books").await, rows(&world, "importing").await), (2, 1));
    assert_eq!(ann.book(&own).await.title, title("Own"));
}

#[tokio::test(flavor = "multi_thread")]
async fn how_far_it_is_is_told_while_it_comes_in() {
    let world = World::new().await;
    let ann = world.person("Ann").await;
    let answer = ann.send_file("/import", "a.zip", &pictured(50), Some(&Choices::default())).await;
    let told = said(&text(answer).await);
    assert_eq!(told.first(), Some(&Progress::Reading));
    let done: Vec<_> = told
        .iter()
        .filter_map(|told| if let Progress::Done { done, of } = told { Some((*done, *of)) } else { None })
        .collect();
    assert!(done.len() > 10 && done.is_sorted() && done.iter().all(|(_, of)| *of == done[0].1), "{done:?}");
    assert!(matches!(told.last(), Some(Progress::Imported(_))));
}

/// A book that was taken out as a DOCX, and brought in again.
#[tokio::test(flavor = "multi_thread")]
async fn a_book_taken_out_as_a_docx_comes_in_again_as_the_same_chapters() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    let book = ann.create_book("Seas").await;
    let section = ann.add(&book, Kind::Section, "Water", None).await.unwrap();
    let tides = ann.add(&book, Kind::Chapter, "Tides", Some(&section)).await.unwrap();
    ann.add_chapter(&book, "Air").await;
    let picture = ann.send_picture(&book, PNG.to_vec()).await.unwrap().src;
    let markdown =
        format!("In.[^1]\n\n## Why\n\n![A dot]({picture} \"Small\")\n\n3. three\n4. four\n\n[^1]: And out.\n");
    let bring =
        ImportChapter { book: book.clone(), part: tides.clone(), markdown: markdown.clone(), how: How::Replace };
    ann.ask(bring).await.unwrap();
    let request = Request::get(format!("/book/{book}/book.docx")).header(header::COOKIE, &ann.cookies);
    let answer = ann.site.send(request.body(Body::empty()).unwrap()).await;
    let docx = axum::body::to_bytes(answer.into_body(), 64 << 20).await.unwrap();

    let imported = ann.import_file(None, "seas.docx", &docx, &Choices::default()).await.unwrap();
    assert_eq!(
        imported.left_out.iter().map(|left| left.what.as_str()).collect::<Vec<_>>(),
        ["header or footer of the pages", "table of contents or index"]
    );
    assert_eq!(outline(&ann, &imported.book).await, "Water/ -Tides Air");
    let request = Request::get(format!("/book/{}/chapter/{}.md", imported.book, imported.chapters[0]))
        .header(header::COOKIE, &ann.cookies);
    let answer = ann.site.send(request.body(Body::empty()).unwrap()).await;
    let back = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    let back = String::from_utf8(back.to_vec()).unwrap();
    let (before, after) = markdown.split_once(&picture).unwrap();
    assert!(back.contains(before) && back.contains(after.trim_end()), "{back}");
}
