//! A picture is sent by an ordinary POST, its bytes as they are, and fetched like any file.

use super::download::{Download, PIECE};
use crate::{
    book::{
        access::Access,
        model::{BookId, PictureId},
        pictures::{Bounds, Uploaded},
    },
    costly::{self, Costly, Permit, RateLimit, Who},
};
use axum::{
    Json, Router,
    body::{Body, HttpBody},
    extract::{Path, Request},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use futures::{StreamExt, stream};
use http::{HeaderMap, StatusCode, header};
use sputnik::{Fault, server::same_origin};
use std::{fmt, time::Duration};
use tokio::time::{Instant, timeout_at};

/// How many pictures arrive on a node at once: each is in memory until it is stored. One of each person, so that who
/// sends slowly is in nobody's way but their own.
const AT_ONCE: usize = 32;
/// How many of them from one address.
const AT_ONCE_OF_ADDRESS: usize = 8;
/// How many wait for it, of all, of one person, and from one address.
const WAITING: usize = 1_024;
const WAITING_OF_ONE: usize = 32;
const WAITING_OF_ADDRESS: usize = 512;
/// How long one waits for its turn.
const TURN: Duration = Duration::from_secs(60);
/// At which pace one must arrive: it has this time, and a second more for so many bytes that have come.
const BEGINS: Duration = Duration::from_secs(10);
const BYTES_A_SECOND: usize = 16 << 10;

/// The pictures that arrive on a node.
#[derive(Clone)]
pub struct Arriving {
    places: Costly,
    rate_limit: RateLimit,
}

impl Arriving {
    /// None yet; each person sends so fast.
    #[must_use]
    pub fn new(rate_limit: RateLimit) -> Self {
        let bounds = costly::Bounds {
            at_once: AT_ONCE,
            at_once_of_one: 1,
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
    let arriving = parts.extensions.get::<Arriving>().cloned().ok_or_else(Fault::internal)?;
    // Whoever may not is told so before anything of it is read.
    let access = Access::of_request(&parts, book).await?.editor()?;
    let permit = arriving.enter(access.who()).await?;
    let bytes = read(body, bounds.bytes).await?;
    let (recognised, bytes) = access.look_at_picture(bytes, bounds).await?;
    let kept = access.keep_picture(recognised, bytes, &bounds).await?;
    drop(permit);
    Ok(Json(kept))
}

/// Reads what was sent, if it is not too much, as long as it comes at a pace. A little more is read and thrown away: a
/// browser whose sending is cut off does not look for the answer.
///
/// # Errors
/// When it is more than the bound, comes too slowly, or breaks off.
pub async fn read(body: Body, bound: usize) -> Result<Vec<u8>, Fault> {
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
    let (mut bytes, mut count, begun) = (Vec::new(), 0, Instant::now());
    let mut chunks = body.into_data_stream();
    loop {
        let until = begun + BEGINS + Duration::from_secs((count / BYTES_A_SECOND) as u64);
        let slow =
            |_| Fault::bad_request("The picture took too long to arrive. It was not stored; please send it again.");
        let Some(chunk) = timeout_at(until, chunks.next()).await.map_err(slow)? else { break };
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
    let access = Access::of_request(&parts, book.clone()).await?;
    let (format, size) = access.picture_kind(&picture).await?;
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
    // The first piece is there before anything is said; a picture is seldom longer.
    let first = access.picture(&picture, (0, PIECE as u64)).await?;
    let rest = (1..size.div_ceil(PIECE as u64)).map(move |number| (picture.clone(), number * PIECE as u64));
    let body = Download::new(parts, book, None).part_by_part(first, stream::iter(rest), piece);
    Ok((headers, [(header::CONTENT_LENGTH, size)], body).into_response())
}

async fn piece(access: Access, (picture, from): (PictureId, u64)) -> Result<Vec<u8>, Fault> {
    access.picture(&picture, (from, PIECE as u64)).await
}

/// Whether whoever asks has it already.
fn has(headers: &HeaderMap, tag: &str) -> bool {
    let tags = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    tags.flat_map(|line| line.split(',')).any(|one| one.trim().trim_start_matches("W/") == tag)
}
