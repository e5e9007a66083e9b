//! A chapter, or a whole book, as a file of Markdown for whoever may read it.

use super::{
    desk::{Desk, export::Standing},
    model::{BookId, Kind, PartId, Title},
    writing::markdown::heading,
};
use crate::{
    costly::Paces,
    sputnik::fault::{Code, Fault},
};
use axum::{
    Router,
    body::Body,
    extract::{Path, Request},
    response::{IntoResponse, Response},
    routing::get,
};
use futures::{StreamExt, stream};
use http::header;
use std::{fmt::Write, io, sync::Arc};

/// How long the name of a file is at most, in characters.
const NAME: usize = 100;

/// How fast files are fetched.
#[derive(Debug, Clone)]
pub struct Fetched(pub Paces);

/// `GET /book/{book}/book.md` and `GET /book/{book}/chapter/{part}.md`.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/book/{book}/book.md", get(book)).route("/book/{book}/chapter/{file}", get(chapter))
}

async fn chapter(Path((book, file)): Path<(String, String)>, request: Request) -> Result<Response, Fault> {
    let no_chapter = || Fault::not_found("chapter");
    let part = file.strip_suffix(".md").and_then(|part| part.parse::<PartId>().ok()).ok_or_else(no_chapter)?;
    let desk = desk(&book, request).await?;
    let part = desk.part(&part).await?;
    if part.kind != Kind::Chapter {
        return Err(no_chapter());
    }
    let text = desk.chapter_markdown(&part, 0, String::new()).await?;
    Ok(as_file(&part.title, Body::from(text)))
}

/// A book is sent chapter by chapter as it is written out: its length is known to nobody before.
async fn book(Path(book): Path<String>, request: Request) -> Result<Response, Fault> {
    let desk = Arc::new(desk(&book, request).await?);
    let (title, parts) = desk.outline().await?;
    let head = stream::iter([Ok(heading(1, title.as_str()))]);
    let parts = stream::iter(parts.into_iter().zip(1_usize..)).then(move |(standing, number)| {
        let desk = Arc::clone(&desk);
        async move { piece(&desk, standing, number).await }
    });
    Ok(as_file(&title, Body::from_stream(head.chain(parts))))
}

async fn piece(desk: &Desk, Standing { part, depth }: Standing, number: usize) -> Result<String, io::Error> {
    if part.kind == Kind::Section {
        let level = u8::try_from(depth + 2).unwrap_or(u8::MAX);
        return Ok(format!("\n{}", heading(level, part.title.as_str())));
    }
    match desk.chapter_markdown(&part, depth + 1, format!("{number}-")).await {
        Ok(text) => Ok(format!("\n{text}")),
        // Deleted meanwhile.
        Err(fault) if fault.code == Code::NotFound => Ok(String::new()),
        // A file that ends too early must not look whole.
        Err(fault) => Err(io::Error::other(fault)),
    }
}

async fn desk(book: &str, request: Request) -> Result<Desk, Fault> {
    let book: BookId = book.parse().map_err(|_| Fault::not_found("book"))?;
    let (parts, _) = request.into_parts();
    let desk = Desk::of_request(&parts, book).await?;
    let Fetched(paces) = parts.extensions.get::<Fetched>().ok_or_else(Fault::internal)?;
    paces.take(&desk.who())?;
    Ok(desk)
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
