//! A picture is sent by an ordinary POST, its bytes as they are, and fetched like any file.

use super::{Bounds, Recognised, Uploaded};
use crate::{
    book::{
        desk::Desk,
        model::{BookId, PictureId},
    },
    sputnik::{fault::Fault, server::socket::same_origin},
};
use axum::{
    Json, Router,
    body::{Body, HttpBody},
    extract::{Path, Request},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use futures::StreamExt;
use http::{HeaderMap, StatusCode, header};
use std::{fmt, time::Duration};
use tokio::{sync::Semaphore, time::timeout};

/// How many pictures a node takes in at once: each is in memory until it is stored.
static TAKEN_IN: Semaphore = Semaphore::const_new(16);
/// How long one waits for its turn.
const TURN: Duration = Duration::from_secs(20);
/// How long one may take to arrive.
const ARRIVES: Duration = Duration::from_secs(120);

/// `POST /book/{book}/pictures` and `GET /book/{book}/picture/{picture}`.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/book/{book}/pictures", post(take_in)).route("/book/{book}/picture/{picture}", get(show))
}

/// Keeps a picture. Its name and what it says of its type count for nothing.
async fn take_in(Path(book): Path<String>, request: Request) -> Result<Json<Uploaded>, Fault> {
    let (parts, body) = request.into_parts();
    // The session's cookie is not sent along from other sites; this is for browsers that know no better.
    if !same_origin(&parts.headers) {
        return Err(Fault::forbidden("A picture is taken from this site's own pages only."));
    }
    let book: BookId = book.parse().map_err(|_| Fault::not_found("book"))?;
    let bounds = parts.extensions.get::<Bounds>().copied().unwrap_or_default();
    // Whoever may not is told so before anything of it is read.
    let desk = Desk::of_request(&parts, book).await?.editor()?;
    let busy = || Fault::too_many("Very many pictures arrive just now. Please send this one again in a moment.", 5_000);
    let turn = timeout(TURN, TAKEN_IN.acquire()).await.map_err(|_| busy())?.map_err(|_| busy())?;
    let bytes = timeout(ARRIVES, read(body, bounds.bytes)).await.map_err(|_| {
        Fault::bad_request("The picture took too long to arrive. It was not stored; please send it again.")
    })??;
    let recognised = Recognised::of(&bytes)?;
    let pixels = u64::from(recognised.width) * u64::from(recognised.height);
    if pixels > bounds.pixels {
        let most = bounds.pixels / 1_000_000;
        return Err(Fault::too_large(format_args!(
            "A picture has at most {most} million pixels. This one has {} by {}; it was not stored. Please make it smaller.",
            recognised.width, recognised.height
        )));
    }
    let kept = desk.keep_picture(recognised, bytes, &bounds).await?;
    drop(turn);
    Ok(Json(kept))
}

/// Reads what was sent, if it is not too much. A little more is read and thrown away: a browser whose sending is cut
/// off does not look for the answer.
async fn read(body: Body, bound: usize) -> Result<Vec<u8>, Fault> {
    let patience = bound.saturating_mul(4);
    let too_large = || {
        Fault::too_large(format_args!(
            "A picture has at most {}. This one was not stored; please make it smaller.",
            Size(bound)
        ))
    };
    if body.size_hint().lower() > patience as u64 {
        return Err(too_large());
    }
    let (mut bytes, mut count) = (Vec::new(), 0);
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let broken =
            |_| Fault::bad_request("The picture did not arrive whole. It was not stored; please send it again.");
        let chunk = chunk.map_err(broken)?;
        count += chunk.len();
        if count <= bound {
            bytes.extend_from_slice(&chunk);
        } else if count <= patience {
            bytes = Vec::new();
        } else {
            break;
        }
    }
    if count > bound { Err(too_large()) } else { Ok(bytes) }
}

/// A number of bytes, for people.
struct Size(usize);

impl fmt::Display for Size {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            bytes @ 1_000_000.. => write!(out, "{} MB", bytes / 1_000_000),
            bytes => write!(out, "{bytes} bytes"),
        }
    }
}

/// Shows a picture to whoever may read its book. One that is kept never changes, so it is asked for once.
async fn show(Path((book, picture)): Path<(String, String)>, request: Request) -> Result<Response, Fault> {
    let no_picture = |_| Fault::not_found("picture");
    let book: BookId = book.parse().map_err(no_picture)?;
    let picture: PictureId = picture.parse().map_err(no_picture)?;
    let (parts, _) = request.into_parts();
    let desk = Desk::of_request(&parts, book).await?;
    let format = desk.picture_format(&picture).await?;
    let tag = format!("\"{picture}\"");
    let headers = [
        (header::CACHE_CONTROL, "private, max-age=31536000, immutable".to_owned()),
        (header::ETAG, tag.clone()),
        (header::CONTENT_TYPE, format.mime().to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"{picture}.{}\"", format.ending())),
        // Should a browser ever take it for a page: one that can load nothing, run nothing and be nobody.
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox; frame-ancestors 'none'".to_owned()),
    ];
    if has(&parts.headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    let bytes = desk.picture(&picture).await?;
    Ok((headers, bytes).into_response())
}

/// Whether whoever asks has it already.
fn has(headers: &HeaderMap, tag: &str) -> bool {
    let tags = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    tags.flat_map(|line| line.split(',')).any(|one| one.trim().trim_start_matches("W/") == tag)
}
