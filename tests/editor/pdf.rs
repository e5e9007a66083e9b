//! Books as PDFs: with a press, and without one.

use crate::{
    publishing::{fetch, seas},
    world::{Browser, World, text},
};
use axum::body::Body;
use http::{Request, StatusCode, header};
use sputnik_editor::{
    book::{
        commands::{
            publishing::{CheckBook, SetPublishing},
            shelf::SetVisibility,
        },
        files::press::{Bounds, Press},
        model::{BookId, Visibility},
        publishing::{PressStands, Publishing},
    },
    config::Bounded,
};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// A world in which this program is the press.
async fn with(program: PathBuf) -> World {
    let press = Press::new(Some(program), Bounds::default());
    World::bounded(Bounded { press, ..Bounded::default() }).await
}

/// The press as `cargo xtask press` builds it; nothing, where nobody did.
fn built() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/press/release/sputnik-press");
    let press = std::env::var_os("SPUTNIK_PRESS").map_or(beside, PathBuf::from);
    if press.is_file() {
        return Some(press);
    }
    eprintln!("skipped: the press is not built (cargo xtask press)");
    None
}

async fn refused(who: &Browser, book: &BookId, ending: &str) -> (StatusCode, String) {
    let request = Request::get(format!("/book/{book}/book.{ending}")).header(header::COOKIE, &who.cookies);
    let answer = who.site.send(request.body(Body::empty()).unwrap()).await;
    (answer.status(), text(answer).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_press_a_pdf_is_refused_in_words_and_the_look_over_the_book_says_so_before() {
    let folder = tempfile::tempdir().unwrap();
    let world = with(folder.path().join("nothing")).await;
    let (ann, book) = seas(&world).await;
    assert_eq!(ann.ask(CheckBook { book: book.clone() }).await.unwrap().press, PressStands::Missing);
    for ending in ["pdf", "print.pdf"] {
        let (status, words) = refused(&ann, &book, ending).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(words.contains("needs the press, a program that is not built on this server"), "{words}");
    }
    assert_eq!(fetch(&ann, &book, "epub").await.0, StatusCode::OK, "all else goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_book_goes_out_as_pages_with_all_its_words() {
    let Some(press) = built() else { return };
    let world = with(press).await;
    let (ann, book) = seas(&world).await;
    assert_eq!(ann.ask(CheckBook { book: book.clone() }).await.unwrap().press, PressStands::Ready);
    for ending in ["pdf", "print.pdf"] {
        let (status, pdf) = fetch(&ann, &book, ending).await;
        assert_eq!(status, StatusCode::OK);
        assert!(pdf.starts_with(b"%PDF-"));
        assert!(pdf == fetch(&ann, &book, ending).await.1, "the same book is the same file");
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), pdf).unwrap();
        let Ok(said) = Command::new("pdftotext").arg(file.path()).arg("-").output() else {
            eprintln!("poppler is not installed (package poppler-utils): nobody looked at the words");
            continue;
        };
        let words = String::from_utf8(said.stdout).unwrap();
        for said in
            ["Seas & <Tides>", "Ben Flood", "Harbour Press", "It goes.1", "1 Slowly.", "By night", "High", "It comes."]
        {
            let bare = |text: &str| text.split_whitespace().collect::<String>();
            assert!(bare(&words).contains(&bare(said)), "{said}\n{words}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_get_a_pdf_where_it_is_offered() {
    let Some(press) = built() else { return };
    let world = with(press).await;
    let (ann, book) = seas(&world).await;
    let nobody = world.site.browser().await;
    assert_eq!(refused(&nobody, &book, "pdf").await.0, StatusCode::NOT_FOUND, "it is private");
    ann.ask(SetVisibility { book: book.clone(), visibility: Visibility::Public }).await.unwrap();
    assert_eq!(refused(&nobody, &book, "pdf").await.0, StatusCode::FORBIDDEN, "it is not offered");
    let publishing = Publishing { offers_pdf: true, ..Publishing::default() };
    ann.ask(SetPublishing { book: book.clone(), publishing }).await.unwrap();
    assert_eq!(fetch(&nobody, &book, "pdf").await.0, StatusCode::OK);
}
