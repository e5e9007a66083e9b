//! What people wrote, in the files in which a book goes out: words there too, and never markup.

use super::{get, markup::Markup};
use crate::world::Browser;
use axum::body::to_bytes;
use http::StatusCode;
use sputnik_editor::book::{format::Format, model::BookId};
use std::io::{Cursor, Read as _};

/// The parts of an archive that programs read as markup.
const MARKED_UP: [&str; 6] = ["xhtml", "html", "xml", "opf", "ncx", "rels"];

/// Looks into each format that is an archive; the others are pages like any, or are set by a program that takes text as
/// data.
pub async fn nothing_is_markup_in_files_of(book: &BookId, who: &Browser) {
    let mut looked_at = 0;
    for format in Format::ALL.into_iter().filter(|format| !format.is_pressed()) {
        let address = format!("/book/{book}/book.{}", format.kind().0);
        let answer = get(who, &address).await;
        assert_eq!(answer.status(), StatusCode::OK, "{address}");
        let file = to_bytes(answer.into_body(), 64 << 20).await.unwrap();
        let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(file)) else { continue };
        for at in 0..archive.len() {
            let mut part = archive.by_index(at).unwrap();
            let name = part.name().unwrap().into_owned();
            if !name.rsplit('.').next().is_some_and(|ending| MARKED_UP.contains(&ending)) {
                continue;
            }
            let mut text = String::new();
            part.read_to_string(&mut text).unwrap();
            assert!(!text.contains("<evil"), "{address}: {name}\n{text}");
            let markup = Markup::of(&text);
            assert!(markup.scripts.is_empty(), "{address}: {name}: {:?}", markup.scripts);
            let acts = |(_, attributes): &(String, Vec<(String, String)>)| {
                attributes.iter().any(|(name, value)| name.starts_with("on") || value.starts_with("javascript:"))
            };
            assert!(!markup.tags.iter().any(acts), "{address}: {name}\n{text}");
            looked_at += usize::from(text.contains("evil"));
        }
    }
    assert!(looked_at >= 6, "only {looked_at} parts of files had what was written in them");
}
