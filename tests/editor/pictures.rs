//! Pictures: sent and fetched as files, kept once a book, shown to its readers and to nobody else.

use crate::world::{Browser, World, text};
use axum::{Extension, body::Body};
use http::{Request, Response, StatusCode, header};
use sputnik::{Code, Fault};
use sputnik_editor::book::{
    commands::shelf::{OpenShelf, SetVisibility},
    model::{BookId, Role, Visibility},
    pictures::{Bounds, Uploaded},
};

/// Pictures of 5 by 7 pixels, as far as anybody looks into them, with some bytes to tell them apart.
pub fn png(data: &[u8]) -> Vec<u8> {
    png_of(5, 7, data)
}

fn png_of(width: u32, height: u32, data: &[u8]) -> Vec<u8> {
    let chunk = |name: &[u8], content: &[u8]| {
        [&u32::try_from(content.len()).unwrap().to_be_bytes(), name, content, b"sum!"].concat()
    };
    let head = [&width.to_be_bytes(), &height.to_be_bytes(), b"\x08\x06\0\0\0".as_slice()].concat();
    [b"\x89PNG\r\n\x1a\n".as_slice(), &chunk(b"IHDR", &head), &chunk(b"IDAT", data), &chunk(b"IEND", b"")].concat()
}

fn gif() -> Vec<u8> {
    b"GIF89a\x05\0\x07\0\0\0\0\x3b".to_vec()
}

fn jpeg() -> Vec<u8> {
    b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xc0\x00\x0b\x08\0\x07\0\x05\x01\x01\x11\x00\xff\xd9"
        .to_vec()
}

fn webp() -> Vec<u8> {
    b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x04\0\0\x06\0\0".to_vec()
}

impl Browser {
    pub async fn send_picture(&self, book: &BookId, bytes: Vec<u8>) -> Result<Uploaded, Fault> {
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

    pub async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Response<Body> {
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
    let ann = bounded(&ann, Bounds { book_bytes: 200, ..Bounds::default() });
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
    ann.delete_for_good(&book, "Winds").await;
    assert_eq!(ann.get(&kept.src, &[]).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(how_many(&world).await, 0);
}

// A camera's JPEG told everybody who might see it where it was taken.
#[tokio::test]
async fn gps_position_stays_in_pictures() {
    let world = World::new().await;
    let (ann, book) = book(&world).await;
    let place = b"48.8584 N, 2.2945 E".as_slice();
    let segment = |marker: u8, content: &[u8]| {
        [[0xff, marker].as_slice(), &u16::try_from(content.len() + 2).unwrap().to_be_bytes(), content].concat()
    };
    let plain = jpeg();
    let exif = [b"Exif\0\0II\x2a\0\x08\0\0\0\0\0".as_slice(), place].concat();
    let file = [&plain[..2], &segment(0xe1, &exif), &segment(0xfe, place), &plain[2..], place].concat();
    let kept = ann.send_picture(&book, file).await.unwrap();
    assert_eq!(bytes(ann.get(&kept.src, &[]).await).await, plain);
    // And so it is the same picture as one that never had any of it.
    assert_eq!(ann.send_picture(&book, plain).await.unwrap(), kept);
}

#[tokio::test]
async fn a_picture_that_was_stored_with_its_position_loses_it_too() {
    let world = World::new().await;
    let (ann, book) = book(&world).await;
    let kept = ann.send_picture(&book, jpeg()).await.unwrap();
    let place = b"48.8584 N, 2.2945 E".as_slice();
    let mut sql = world.database.note().await.unwrap();
    let as_it_came = [&jpeg(), place].concat();
    sqlx::query("UPDATE pictures SET bytes = $1").bind(as_it_came).execute(&mut *sql).await.unwrap();
    sqlx::query("INSERT INTO pictures_as_they_came SELECT id FROM pictures").execute(&mut *sql).await.unwrap();
    drop(sql);
    sputnik_editor::book::files::old_pictures::clean_old(world.database.clone()).await;
    assert_eq!(bytes(ann.get(&kept.src, &[]).await).await, jpeg());
}

#[tokio::test]
async fn a_100_megapixel_png_of_some_kb_is_taken() {
    let world = World::new().await;
    let (ann, book) = book(&world).await;
    for (width, height) in [(10_000, 10_000), (1, 100_000), (30_000, 2)] {
        let refused = ann.send_picture(&book, png_of(width, height, &[0; 3_000])).await.unwrap_err();
        assert_eq!(refused.code, Code::TooLarge, "{width} by {height}");
        assert!(refused.words.contains("40 million pixels"), "{}", refused.words);
    }
    assert_eq!(how_many(&world).await, 0);
    ann.send_picture(&book, png_of(8_000, 5_000, b"")).await.unwrap();
}

/// Sends a picture of which nothing comes but its first bytes.
fn trickle(who: &Browser, book: &BookId) -> tokio::task::JoinHandle<StatusCode> {
    let first = futures::stream::iter([Ok::<_, std::io::Error>(png(b"")[..8].to_vec())]);
    let body = Body::from_stream(futures::StreamExt::chain(first, futures::stream::pending()));
    let request = Request::post(format!("/book/{book}/pictures"))
        .header(header::COOKIE, &who.cookies)
        .header(header::HOST, "here");
    let (site, request) = (who.site.clone(), request.body(body).unwrap());
    tokio::spawn(async move { site.send(request).await.status() })
}

// Sixteen of them took all sixteen places, and kept them for two minutes.
#[tokio::test(flavor = "multi_thread")]
async fn uploads_that_trickle_block_all_uploads() {
    let world = World::new().await;
    let (ann, book) = book(&world).await;
    let mallory = world.person("Mallory").await;
    let theirs = mallory.create_book("Mud").await;
    let slow: Vec<_> = (0..40).map(|_| trickle(&mallory, &theirs)).collect();
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    let sent = tokio::time::timeout(std::time::Duration::from_secs(5), ann.send_picture(&book, gif())).await;
    assert!(sent.expect("it does not wait for theirs").is_ok());
    slow.iter().for_each(tokio::task::JoinHandle::abort);
}

// Whoever sends nothing more gives up their place by that.
#[tokio::test(start_paused = true)]
async fn a_picture_that_comes_too_slowly_is_given_up() {
    use sputnik_editor::book::files::pictures::read;
    let chunks = |size: usize, every: std::time::Duration| {
        let chunk = move |_| async move {
            tokio::time::sleep(every).await;
            Ok::<_, std::io::Error>(vec![0_u8; size])
        };
        let stream = futures::StreamExt::then(futures::stream::iter(0..50), chunk);
        read(Body::from_stream(Box::pin(stream)), 10_000_000)
    };
    let second = std::time::Duration::from_secs(1);
    let began = tokio::time::Instant::now();
    assert_eq!(chunks(1_000, second).await.unwrap_err().code, Code::BadRequest);
    assert!(began.elapsed() < 20 * second, "{:?}", began.elapsed());
    assert_eq!(chunks(20_000, second).await.unwrap().len(), 1_000_000, "slow, and at a pace");
}

#[tokio::test]
async fn a_person_has_so_much_room_for_pictures_and_a_deleted_book_gives_its_room_back() {
    let world = World::with_quota(300).await;
    let ann = world.person("Ann").await;
    let (book, another) = (ann.create_book("Winds").await, ann.create_book("Waves").await);
    let kept = ann.send_picture(&book, png(&[1; 100])).await.unwrap();
    let refused = ann.send_picture(&another, png(&[2; 100])).await.unwrap_err();
    assert_eq!(refused.code, Code::TooLarge);
    assert!(refused.words.contains("room"), "{}", refused.words);
    assert_eq!(ann.send_picture(&book, png(&[1; 100])).await.unwrap(), kept, "what is there needs no more");
    // Each has their own.
    let ben = world.person("Ben").await;
    ann.let_in(&another, &ben, Role::Editor).await;
    ben.send_picture(&another, png(&[2; 100])).await.unwrap();
    let taken = ann.ask(OpenShelf {}).await.unwrap().taken.unwrap();
    assert_eq!((taken.bytes, taken.of), (157, Some(300)));
    ann.delete_for_good(&book, "Winds").await;
    assert_eq!(ann.ask(OpenShelf {}).await.unwrap().taken.unwrap().bytes, 0);
    ann.send_picture(&another, png(&[3; 100])).await.unwrap();
}

#[tokio::test]
async fn who_sends_very_many_pictures_is_slowed_down() {
    let world = World::new().await;
    let (ann, book) = book(&world).await;
    let mut refused = None;
    for n in 0..300_u16 {
        if let Err(fault) = ann.send_picture(&book, png(&n.to_be_bytes())).await {
            refused = Some(fault);
            break;
        }
    }
    let fault = refused.expect("a bound");
    assert_eq!(fault.code, Code::TooMany);
    assert!(fault.can_retry());
}
