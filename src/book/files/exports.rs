//! A book that was made into a file before, for whoever belongs to it.

use super::{download::PIECE, fetched::open, in_words::in_words, named::disposition};
use crate::book::{
    exports::{Export, ExportState},
    model::{ExportId, Title},
};
use axum::{
    Router,
    extract::{Path, Request},
    middleware,
    response::{IntoResponse, Response},
    routing::get,
};
use futures::stream;
use http::header;
use sputnik::Fault;

/// `GET /book/{book}/export/{export}`.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/book/{book}/export/{export}", get(fetch)).layer(middleware::from_fn(in_words))
}

async fn fetch(Path((book, export)): Path<(String, String)>, request: Request) -> Result<Response, Fault> {
    let export: ExportId = export.parse().map_err(|_| Fault::not_found("file"))?;
    let (access, download) = open(&book, request).await?;
    let (Export { id, format, version, state, .. }, pieces) = access.export(&export).await?;
    let ExportState::Ready { bytes, .. } = state else {
        return Err(match state {
            ExportState::Failed { why } => Fault::conflict(format_args!("This file was not made. {why}")),
            _ => Fault::conflict("This file is not made yet. It can be fetched as soon as it is."),
        });
    };
    let (title, _) = access.outline().await?;
    let title = match version {
        Some(version) => named(&title, version.as_str()),
        None => title,
    };
    let (ending, mime) = format.kind();
    let headers = [
        (header::CONTENT_TYPE, mime.to_owned()),
        (header::CONTENT_LENGTH, bytes.to_string()),
        (header::CONTENT_DISPOSITION, disposition(&title, ending)),
    ];
    let body = download.part_by_part(Vec::with_capacity(PIECE), stream::iter(0..pieces), move |access, number| {
        let id = id.clone();
        async move { access.export_piece(&id, number).await }
    });
    Ok((headers, body).into_response())
}

/// The title and the version, as the file is called.
fn named(title: &Title, version: &str) -> Title {
    let both: String = format!("{title}, {version}").chars().take(Title::MAX).collect();
    both.parse().unwrap_or_else(|_| title.clone())
}
