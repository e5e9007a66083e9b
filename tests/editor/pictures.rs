//! Pictures: sent and fetched as files, kept once a book, shown to its readers and to nobody else.

use crate::world::{Browser, World, text};
use axum::{Extension, body::Body};
use http::{Request, Response, StatusCode, header};
use sputnik::{
    book::{
        commands::shelf::{DeleteBook, SetVisibility},
        model::{BookId, Role, Visibility},
        pictures::{Bounds, Uploaded},
    },
    sputnik::fault::{Code, Fault},
};

/// Pictures of 5 by 7 pixels, as far as anybody looks into them, with some bytes to tell them apart.
fn png(tail: &[u8]) -> Vec<u8> {
    [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x05\0\0\0\x07\x08\x06\0\0\0".as_slice(), tail].concat()
}

fn gif() -> Vec<u8> {
    b"GIF89a\x05\0\x07\0\0\0\0\x3b".to_vec()
}

fn jpeg() -> Vec<u8> {
    b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xc0\x00\x0b\x08\0\x07\0\x05\x01\x01\x11\x00\xff\xd9"
        .to_vec()
}

fn webp() -> Vec<u8> {
    b"RIFF\x1a\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x04\0\0\x06\0\0".to_vec()
}

impl Browser {
    async fn send_picture(&self, book: &BookId, bytes: Vec<u8>) -> Result<Uploaded, Fault> {
        self.send_picture_as(book, bytes, &[]).await
    }

    async fn send_picture_as(
        &self,
        book: &BookId,
        bytes: Vec<u8>,
        headers: &[(&str, &str)],
    ) -> Result<Uploaded, Fault> {
        let mut request = Request::post(format!("/book/{book}/pictures"))
            .header(header::COOKIE, &self.cookies)
            .header(header::HOST, "here");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = self.site.send(request.body(Body::from(bytes)).unwrap()).await;
        let status = answer.status();
        let body = text(answer).await;
        if status == StatusCode::OK {
            return Ok(serde_json::from_str(&body).unwrap());
        }
        let fault: Fault = serde_json::from_str(&body).unwrap_or_else(|_| panic!("{status}: {body}"));
        assert_eq!(status.as_u16(), fault.status());
        Err(fault)
    }

    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Response<Body> {
        let mut request = Request::get(path).header(header::COOKIE, &self.cookies);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.site.send(request.body(Body::empty()).unwrap()).await
    }
}

async fn bytes(answer: Response<Body>) -> Vec<u8> {
    axum::body::to_bytes(answer.into_body(), 64 << 20).await.unwrap().to_vec()
}

async fn book(world: &World) -> (Browser, BookId) {
    let ann = world.person("Ann").await;
    let book = ann.create_book("Winds").await;
    (ann, book)
}

/// The same browser at a site with these bounds.
fn bounded(browser: &Browser, bounds: Bounds) -> Browser {
    let mut browser = browser.clone();
    browser.site.routes = browser.site.routes.clone().layer(Extension(bounds));
    browser
}

async fn how_many(world: &World) -> i64 {
    let mut sql = world.database.glance().await.unwrap();
    sqlx::query_scalar("SELECT COUNT(*) FROM pictures").fetch_one(&mut *sql).await.unwrap()
}

#[tokio::test]
async fn each_kind_of_picture_is_kept_and_shown_as_it_was_sent() {
    let world = World::new().await;
    let (ann, book) = book(&world).await;
    for (file, mime, ending) in [
        (png(b""), "image/png", "png"),
        (jpeg(), "image/jpeg", "jpg"),
        (gif(), "image/gif", "gif"),
        (webp(), "image/webp", "webp"),
    ] {
        let kept = ann.send_picture(&book, file.clone()).await.unwrap();
        assert_eq!((kept.width, kept.height), (5, 7), "{mime}");
        let answer = ann.get(&kept.src, &[]).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let header = |name| answer.headers()[name].to_str().unwrap();
        assert_eq!(header(header::CONTENT_TYPE), mime);
        assert_eq!(header(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
        assert_eq!(header(header::CACHE_CONTROL), "private, max-age=31536000, immutable");
        assert!(header(header::CONTENT_DISPOSITION).starts_with("inline; filename=\""));
        assert!(header(header::CONTENT_DISPOSITION).ends_with(&format!(".{ending}\"")));
        let policy = header(header::CONTENT_SECURITY_POLICY);
        assert!(policy.contains("sandbox") && policy.contains("default-src 'none'"), "{policy}");
        assert_eq!(answer.headers().get_all(header::CONTENT_SECURITY_POLICY).iter().count(), 1);
        assert_eq!(bytes(answer).await, file);
    }
}

#[tokio::test]
async fn what_the_browser_has_is_not_sent_again() {
    let world = World::new().await;
    let (ann, book) = book(&world).await;
    let kept = ann.send_picture(&book, gif()).await.unwrap();
    let tag = ann.get(&kept.src, &[]).await.headers()[header::ETAG].to_str().unwrap().to_owned();
    let again = ann.get(&kept.src, &[("if-none-match", &format!("\"other\", W/{tag}"))]).await;
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert!(bytes(again).await.is_empty());
    // Not before their right was asked for.
    let stranger = world.person("Cleo").await;
    assert_eq!(stranger.get(&kept.src, &[("if-none-match", &tag)]).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_same_picture_twice_in_a_book_is_one() {
    let world = World::new().await;
    let (ann, book) = book(&world).await;
    let ben = world.person("Ben").await;
    ann.let_in(&book, &ben, Role::Editor).await;
    let (hers, his) = tokio::join!(ann.send_picture(&book, gif()), ben.send_picture(&book, gif()));
    assert_eq!(hers.unwrap(), his.unwrap());
    assert_eq!(how_many(&world).await, 1);
    let another = ann.create_book("Waves").await;
    let there = ann.send_picture(&another, gif()).await.unwrap();
    assert!(there.src.starts_with(&format!("/book/{another}/picture/")));
    assert_eq!(how_many(&world).await, 2);
}

#[tokio::test]
async fn what_a_file_is_its_content_says_and_not_its_sender() {
    let world = World::new().await;
    let (ann, book) = book(&world).await;
    let lies = [("content-type", "image/png"), ("content-disposition", "attachment; filename=\"a.png\"")];
    let hostile = [
        b"<!DOCTYPE html><script>alert(1)</script>".to_vec(),
        b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>".to_vec(),
        b"<?xml version=\"1.0\"?><svg/>".to_vec(),
        b"%PDF-1.7".to_vec(),
        b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x05\0\0\0\x07\0\0\0\x01\0\x18\0".to_vec(),
        b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miafMA1B".to_vec(),
        b"\x89PNG\r\n\x1a\n".to_vec(),
        b"GIF89a\0\0\0\0\0\0\0".to_vec(),
        Vec::new(),
    ];
    for file in hostile {
        let refused = ann.send_picture_as(&book, file.clone(), &lies).await.unwrap_err();
        assert_eq!(refused.code, Code::BadRequest, "{:?}", String::from_utf8_lossy(&file));
        assert!(refused.words.contains("not stored"), "{}", refused.words);
    }
    assert_eq!(how_many(&world).await, 0);
    // And the other way round: shown as what it is.
    let kept = ann.send_picture_as(&book, gif(), &[("content-type", "text/html")]).await.unwrap();
    assert_eq!(ann.get(&kept.src, &[]).await.headers()[header::CONTENT_TYPE], "image/gif");
}

#[tokio::test]
async fn too_large_is_refused_in_words() {
    let world = World::new().await;
    let (ann, book) = book(&world).await;
    let refused = ann.send_picture(&book, png(&vec![0; 10_000_000])).await.unwrap_err();
    assert_eq!(refused.code, Code::TooLarge);
    assert!(refused.words.contains("10 MB"), "{}", refused.words);
    let few = bounded(&ann, Bounds { bytes: 100, ..Bounds::default() });
    // A little too large, and far: neither is kept.
    for size in [101, 500, 5_000] {
        let refused = few.send_picture(&book, png(&vec![0; size])).await.unwrap_err();
        assert_eq!(refused.code, Code::TooLarge, "{size}");
    }
    let small = bounded(&ann, Bounds { pixels: 34, ..Bounds::default() });
    let refused = small.send_picture(&book, gif()).await.unwrap_err();
    assert_eq!(refused.code, Code::TooLarge);
    assert!(refused.words.contains("5 by 7"), "{}", refused.words);
    assert_eq!(how_many(&world).await, 0);
}

#[tokio::test]
async fn a_book_has_so_many_bytes_of_pictures_and_no_more() {
    let world = World::new().await;
    let (ann, book) = book(&world).await;
    let ann = bounded(&ann, Bounds { book_bytes: 100, ..Bounds::default() });
    let first = png(&[1; 60]);
    let kept = ann.send_picture(&book, first.clone()).await.unwrap();
    let refused = ann.send_picture(&book, png(&[2; 60])).await.unwrap_err();
    assert_eq!(refused.code, Code::Conflict);
    // One it has needs no more room, and another book has its own.
    assert_eq!(ann.send_picture(&book, first).await.unwrap(), kept);
    let another = ann.create_book("Waves").await;
    ann.send_picture(&another, png(&[2; 60])).await.unwrap();
}

#[tokio::test]
async fn who_may_not_write_adds_nothing_and_who_may_not_read_sees_nothing() {
    let world = World::new().await;
    let (ann, book) = book(&world).await;
    let kept = ann.send_picture(&book, gif()).await.unwrap();
    let reader = world.person("Ben").await;
    ann.let_in(&book, &reader, Role::Reader).await;
    let (stranger, nobody) = (world.person("Cleo").await, world.site.browser().await);
    assert_eq!(reader.send_picture(&book, jpeg()).await.unwrap_err().code, Code::Forbidden);
    assert_eq!(stranger.send_picture(&book, jpeg()).await.unwrap_err().code, Code::NotFound);
    assert_eq!(nobody.send_picture(&book, jpeg()).await.unwrap_err().code, Code::NotFound);
    assert_eq!(reader.get(&kept.src, &[]).await.status(), StatusCode::OK);
    assert_eq!(stranger.get(&kept.src, &[]).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(nobody.get(&kept.src, &[]).await.status(), StatusCode::NOT_FOUND);
    // By way of a book they may read neither.
    let theirs = stranger.create_book("Waves").await;
    let id = kept.src.rsplit('/').next().unwrap();
    assert_eq!(stranger.get(&format!("/book/{theirs}/picture/{id}"), &[]).await.status(), StatusCode::NOT_FOUND);
    // A public book is shown to everyone, and still changed by its editors only.
    ann.ask(SetVisibility { book: book.clone(), visibility: Visibility::Public }).await.unwrap();
    assert_eq!(nobody.get(&kept.src, &[]).await.status(), StatusCode::OK);
    assert_eq!(nobody.send_picture(&book, jpeg()).await.unwrap_err().code, Code::NotSignedIn);
    assert_eq!(how_many(&world).await, 1);
}

#[tokio::test]
async fn a_page_of_another_site_adds_nothing() {
    let world = World::new().await;
    let (ann, book) = book(&world).await;
    for origin in ["https://elsewhere.example", "null"] {
        let refused = ann.send_picture_as(&book, gif(), &[("origin", origin)]).await.unwrap_err();
        assert_eq!(refused.code, Code::Forbidden, "{origin}");
    }
    ann.send_picture_as(&book, gif(), &[("origin", "http://here")]).await.unwrap();
}

#[tokio::test]
async fn pictures_go_with_their_book() {
    let world = World::new().await;
    let (ann, book) = book(&world).await;
    let kept = ann.send_picture(&book, gif()).await.unwrap();
    ann.ask(DeleteBook { book, title: "Winds".into() }).await.unwrap();
    assert_eq!(ann.get(&kept.src, &[]).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(how_many(&world).await, 0);
}
