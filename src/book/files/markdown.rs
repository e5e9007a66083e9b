//! A chapter, or a whole book, as a file of Markdown for whoever may read it.

use super::download::Download;
use crate::{
    book::{
        access::{
            Access,
            export::{OutlineEntry, section_markdown},
        },
        model::{BookId, Kind, PartId, Title},
    },
    costly::{self, Costly, Permit, RateLimit, Who},
    document::markdown::heading,
};
use axum::{
    Router,
    body::Body,
    extract::{Path, Request},
    response::{IntoResponse, Response},
    routing::get,
};
use futures::stream;
use http::{header, request::Parts};
use sputnik::{Code, Fault};
use std::{fmt::Write, time::Duration};

/// How long the name of a file is at most, in characters.
const NAME: usize = 100;

/// How many files are sent at once, to all, to one person, and to one address: of each there is a chapter in memory for
/// as long as it is read.
const AT_ONCE: usize = 64;
const AT_ONCE_OF_ONE: usize = 4;
const AT_ONCE_OF_ADDRESS: usize = 16;
/// How many wait for it.
const WAITING: usize = 1_024;
const WAITING_OF_ONE: usize = 32;
const WAITING_OF_ADDRESS: usize = 256;
/// How long one waits for its turn.
const TURN: Duration = Duration::from_secs(30);

/// The files that are fetched from a node.
#[derive(Clone)]
pub struct Fetched {
    places: Costly,
    rate_limit: RateLimit,
}

impl Fetched {
    /// None yet; each person fetches so fast.
    #[must_use]
    pub fn new(rate_limit: RateLimit) -> Self {
        let bounds = costly::Bounds {
            at_once: AT_ONCE,
            at_once_of_one: AT_ONCE_OF_ONE,
            at_once_of_address: AT_ONCE_OF_ADDRESS,
            waiting: WAITING,
            waiting_of_one: WAITING_OF_ONE,
            waiting_of_address: WAITING_OF_ADDRESS,
            patience: TURN,
            ..costly::Bounds::default()
        };
        Self { places: Costly::new(bounds), rate_limit }
    }

    async fn enter(&self, who: Who) -> Result<Permit, Fault> {
        self.rate_limit.take(&who)?;
        self.places.enter(who).await
    }
}

/// `GET /book/{book}/book.md` and `GET /book/{book}/chapter/{part}.md`.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/book/{book}/book.md", get(book)).route("/book/{book}/chapter/{file}", get(chapter))
}

async fn chapter(Path((book, file)): Path<(String, String)>, request: Request) -> Result<Response, Fault> {
    let no_chapter = || Fault::not_found("chapter");
    let part = file.strip_suffix(".md").and_then(|part| part.parse::<PartId>().ok()).ok_or_else(no_chapter)?;
    let (access, download) = open(&book, request).await?;
    let part = access.part(&part).await?;
    if part.kind != Kind::Chapter {
        return Err(no_chapter());
    }
    let text = access.chapter_markdown(&part).await?;
    Ok(as_file(&part.title, download.whole(text.into_bytes())))
}

/// A book is sent chapter by chapter as it is written out: its length is known to nobody before.
async fn book(Path(book): Path<String>, request: Request) -> Result<Response, Fault> {
    let (access, download) = open(&book, request).await?;
    let (title, parts) = access.outline().await?;
    let (head, parts) = (heading(1, title.as_str()), stream::iter(parts.into_iter().zip(1..)));
    Ok(as_file(&title, download.part_by_part(head.into_bytes(), parts, write_out)))
}

async fn write_out(
    access: Access,
    (OutlineEntry { part, depth }, number): (OutlineEntry, usize),
) -> Result<Vec<u8>, Fault> {
    if part.kind == Kind::Section {
        return Ok(format!("\n{}", section_markdown(&part, depth)).into_bytes());
    }
    match access.book_chapter_markdown(&part, depth, format!("{number}-")).await {
        Ok(text) => Ok(format!("\n{text}").into_bytes()),
        // Deleted meanwhile: that the book is there was asked just before.
        Err(fault) if fault.code == Code::NotFound => Ok(Vec::new()),
        Err(fault) => Err(fault),
    }
}

/// The access of whoever fetches a file, and the way on which it is sent to them.
async fn open(book: &str, request: Request) -> Result<(Access, Download), Fault> {
    let book: BookId = book.parse().map_err(|_| Fault::not_found("book"))?;
    let (parts, _): (Parts, Body) = request.into_parts();
    let access = Access::of_request(&parts, book.clone()).await?;
    let permit = parts.extensions.get::<Fetched>().ok_or_else(Fault::internal)?.enter(access.who()).await?;
    Ok((access, Download::new(parts, book, Some(permit))))
}

fn as_file(title: &Title, body: Body) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/markdown; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, disposition(title)),
    ];
    (headers, body).into_response()
}

/// Names the file after the title, in letters every system has, and once more in the title's own.
fn disposition(title: &Title) -> String {
    let name = file_name(title);
    let plain: String = name.chars().map(|c| if c.is_ascii() { c } else { '_' }).collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    format!("attachment; filename=\"{plain}.md\"; filename*=UTF-8''{encoded}.md")
}

/// A title without what some system takes for a part of a path, a command or a device.
fn file_name(title: &Title) -> String {
    let safe = |c: char| if c.is_alphanumeric() || " -_.,()'&+".contains(c) { c } else { '-' };
    let name: String = title.as_str().chars().map(safe).take(NAME).collect();
    // Nor hidden, nor ending in what is cut off elsewhere.
    let name = name.trim_matches(['.', ' ', '-']);
    if name.is_empty() { "Untitled".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_after_its_title_and_nothing_else() {
        let named = |title: &str| disposition(&title.parse().expect("a title"));
        assert_eq!(named("Tides"), "attachment; filename=\"Tides.md\"; filename*=UTF-8''Tides.md");
        assert_eq!(
            named("Süß & 猫"),
            "attachment; filename=\"S__ & _.md\"; filename*=UTF-8''S%C3%BC%C3%9F%20%26%20%E7%8C%AB.md"
        );
        assert_eq!(
            named("../../etc/\"passwd\"; x"),
            "attachment; filename=\"etc--passwd-- x.md\"; filename*=UTF-8''etc--passwd--%20x.md"
        );
        for title in ["..", "///", "\u{202e}/"] {
            assert!(named(title).starts_with("attachment; filename=\"Untitled.md\""), "{title}");
        }
    }
}
