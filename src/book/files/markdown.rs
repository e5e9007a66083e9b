//! A chapter, or a whole book, as a file of Markdown for whoever may read it.

use super::{fetched::open, named::disposition};
use crate::{
    book::{
        access::{Access, export::OutlineEntry},
        model::{Kind, PartId, Title},
    },
    document::markdown::{OneFile, heading, section_in_book},
};
use axum::{
    Router,
    body::Body,
    extract::{Path, Request},
    response::{IntoResponse, Response},
    routing::get,
};
use futures::stream;
use http::header;
use sputnik::{Code, Fault};
use std::sync::Arc;

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
    let (publication, parts) = access.publication().await?;
    let title: Title = publication.title.clone().try_into().map_err(Fault::bad_request)?;
    let book = Arc::new(OneFile::of(publication));
    let parts = parts.into_iter().zip(1..).map(move |(entry, number)| (Arc::clone(&book), entry, number));
    let (head, parts) = (heading(1, title.as_str()), stream::iter(parts));
    Ok(as_file(&title, download.part_by_part(head.into_bytes(), parts, write_out)))
}

async fn write_out(
    access: Access,
    (book, OutlineEntry { part, depth }, number): (Arc<OneFile>, OutlineEntry, usize),
) -> Result<Vec<u8>, Fault> {
    if part.kind == Kind::Section {
        return Ok(format!("\n{}", section_in_book(part.title.as_str(), depth)).into_bytes());
    }
    match access.book_chapter_markdown((book, &part, depth), format!("{number}-")).await {
        Ok(text) => Ok(format!("\n{text}").into_bytes()),
        // Deleted meanwhile: that the book is there was asked just before.
        Err(fault) if fault.code == Code::NotFound => Ok(Vec::new()),
        Err(fault) => Err(fault),
    }
}

fn as_file(title: &Title, body: Body) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/markdown; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, disposition(title, "md")),
    ];
    (headers, body).into_response()
}
