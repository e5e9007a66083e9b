//! A book comes in as a file, by an ordinary POST of a form: the file, and what was decided about it.
//!
//! It is sent twice, once to see what would become of it, and once to bring it in. So no server has to keep what was sent
//! for one who may never come back, any server of several can answer each of the two, and there is nothing to tidy up. The
//! second answer tells line by line how far it is; whoever ends that request ends the import, and nothing of it stays.
//!
//! While it arrives it lies in a file without a name, which is gone when this process is.

use crate::{
    book::{
        access::{
            Access,
            import::{Import, Incoming, preview},
        },
        import::{Choices, Imported, Preview, Progress},
        model::BookId,
        pictures::Bounds,
        writing::chapters::Chapters,
    },
    costly::{self, Costly, Permit, RateLimit, Who},
    database::Database,
};
use axum::{
    Json, RequestExt, Router,
    extract::{DefaultBodyLimit, Multipart, Path, Request, multipart::Field},
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
    routing::post,
};
use futures::{FutureExt, StreamExt, future::ready, stream};
use http::request::Parts;
use sputnik::{
    Fault,
    protocol::json,
    server::{Caller, same_origin},
};
use std::{convert::Infallible, fs::File, io::Write, time::Duration};
use tokio::{
    sync::{
        mpsc::{Receiver, channel},
        oneshot,
    },
    time::{Instant, timeout_at},
};

/// How many files arrive on a node at once, and of one address.
const AT_ONCE: usize = 8;
const AT_ONCE_OF_ADDRESS: usize = 4;
/// How many books are read on a node at once: of each its text is in memory.
const READ_AT_ONCE: usize = 2;
/// How long one waits for its turn, to send and to be read.
const TURN: Duration = Duration::from_secs(60);
/// How long one may be read.
const TIME: Duration = Duration::from_secs(60);
/// At which pace one must arrive: it has this time, and a second more for so many bytes that have come.
const BEGINS: Duration = Duration::from_secs(10);
const BYTES_A_SECOND: usize = 16 << 10;
/// How long what was decided about it is at most, in bytes.
const CHOICES: usize = 64 << 10;
/// How many lines wait that tell how far it is.
const LINES: usize = 16;

/// The imports of a node.
#[derive(Clone)]
pub struct Imports {
    arriving: Costly,
    reading: Costly,
    rate_limit: RateLimit,
    bytes: usize,
}

impl Imports {
    /// None yet; each person sends so fast, and files of so many bytes.
    #[must_use]
    pub fn new(rate_limit: RateLimit, bytes: usize) -> Self {
        let bounds = costly::Bounds { patience: TURN, time: TIME, ..costly::Bounds::default() };
        let arriving = costly::Bounds { at_once: AT_ONCE, at_once_of_address: AT_ONCE_OF_ADDRESS, ..bounds };
        let reading = costly::Bounds { at_once: READ_AT_ONCE, ..bounds };
        Self { arriving: Costly::new(arriving), reading: Costly::new(reading), rate_limit, bytes }
    }
}

/// `POST /import/preview`, `POST /import` and `POST /book/{book}/import`.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/import/preview", post(show))
        .route("/import", post(as_new))
        .route("/book/{book}/import", post(into_book))
        // How much may come is bounded as it comes.
        .layer(DefaultBodyLimit::disable())
}

/// Shows what would become of a file. Nothing is stored.
async fn show(request: Request) -> Result<Json<Preview>, Fault> {
    let (parts, multipart) = taken(request).await?;
    let caller = Caller::of(&parts).await?;
    let user = caller.require_user()?;
    let who = Who::of(Some(&user.id), caller.address);
    let imports = imports(&parts)?;
    let incoming = imports.receive(multipart, &who).await?;
    let permit = imports.reading.enter(who).await?;
    Ok(Json(preview(permit, incoming.name, incoming.file).await?))
}

/// Brings a file in as a new book.
async fn as_new(request: Request) -> Result<Response, Fault> {
    let (parts, multipart) = taken(request).await?;
    let caller = Caller::of(&parts).await?;
    let who = Who::of(caller.user.as_ref().map(|user| &user.id), caller.address);
    let import = Import::as_new(caller, Database::of(&parts)?, Chapters::of(&parts)?, bounds(&parts)).await?;
    imports(&parts)?.bring_in(import, multipart, who).await
}

/// Brings a file into a book.
async fn into_book(Path(book): Path<String>, request: Request) -> Result<Response, Fault> {
    let (parts, multipart) = taken(request).await?;
    let book: BookId = book.parse().map_err(|_| Fault::not_found("book"))?;
    // Whoever may not is told so before anything of it is read.
    let access = Access::of_request(&parts, book).await?.editor()?;
    let who = access.who();
    imports(&parts)?.bring_in(Import::into_book(access, bounds(&parts)), multipart, who).await
}

async fn taken(request: Request) -> Result<(Parts, Multipart), Fault> {
    // The session's cookie is not sent along from other sites; this is for browsers that know no better.
    if !same_origin(request.headers()) {
        return Err(Fault::forbidden("A book is taken from this site's own pages only."));
    }
    let (parts, body) = request.into_parts();
    let again = Request::from_parts(parts.clone(), body);
    let form = again.extract::<Multipart, _>().await;
    Ok((parts, form.map_err(|_| Fault::bad_request("A book is sent as a form with its file."))?))
}

fn imports(parts: &Parts) -> Result<Imports, Fault> {
    parts.extensions.get::<Imports>().cloned().ok_or_else(Fault::internal)
}

fn bounds(parts: &Parts) -> Bounds {
    parts.extensions.get::<Bounds>().copied().unwrap_or_default()
}

impl Imports {
    async fn bring_in(self, import: Import, multipart: Multipart, who: Who) -> Result<Response, Fault> {
        let incoming = self.receive(multipart, &who).await?;
        let (tell, told) = channel(LINES);
        let work = async move {
            let permit: Permit = self.reading.enter(who).await?;
            import.run(permit, incoming, tell).await
        };
        Ok(lines(told, work))
    }

    /// Takes in a form, whose file lies on the disk then.
    async fn receive(&self, mut multipart: Multipart, who: &Who) -> Result<Incoming, Fault> {
        self.rate_limit.take(who)?;
        let _place = self.arriving.enter(who.clone()).await?;
        let mut arriving = Arriving { begun: Instant::now(), count: 0, most: self.bytes };
        let (mut choices, mut found) = (Choices::default(), None);
        while let Some(field) = arriving.wait(multipart.next_field()).await? {
            match field.name() {
                Some("choices") => {
                    let text = arriving.small(field).await?;
                    let unreadable = |_| Fault::bad_request("What was decided about this file cannot be read.");
                    choices = json::read(&text).map_err(unreadable)?;
                }
                Some("file") => {
                    let name = field.file_name().unwrap_or_default().to_owned();
                    found = Some((name, arriving.file(field).await?));
                }
                _ => {}
            }
        }
        let (name, file) = found.ok_or_else(|| Fault::bad_request("No file was sent. Please choose one."))?;
        Ok(Incoming { name, file, choices })
    }
}

/// What arrives, at which pace it must.
struct Arriving {
    begun: Instant,
    count: usize,
    most: usize,
}

impl Arriving {
    async fn wait<T>(
        &self,
        coming: impl Future<Output = Result<T, axum::extract::multipart::MultipartError>>,
    ) -> Result<T, Fault> {
        let until = self.begun + BEGINS + Duration::from_secs((self.count / BYTES_A_SECOND) as u64);
        let slow =
            |_| Fault::bad_request("The file took too long to arrive. Nothing was imported; please send it again.");
        let broken =
            |_| Fault::bad_request("The file did not arrive whole. Nothing was imported; please send it again.");
        timeout_at(until, coming).await.map_err(slow)?.map_err(broken)
    }

    async fn small(&mut self, mut field: Field<'_>) -> Result<String, Fault> {
        let mut bytes = Vec::new();
        while let Some(chunk) = self.wait(field.chunk()).await? {
            self.count += chunk.len();
            bytes.extend_from_slice(&chunk);
            if bytes.len() > CHOICES {
                return Err(Fault::too_large("What was decided about this file is too long. Nothing was imported."));
            }
        }
        String::from_utf8(bytes).map_err(|_| Fault::bad_request("What was decided about this file cannot be read."))
    }

    /// Puts what comes into a file. A little more than may be is read and thrown away: a browser whose sending is cut off
    /// does not look for the answer.
    async fn file(&mut self, mut field: Field<'_>) -> Result<File, Fault> {
        let unwritable = |error| {
            tracing::error!(%error, "no file can be written for what is uploaded");
            Fault::temporary("The server has no room for this file just now. Please try again later.")
        };
        let mut file = tempfile::tempfile().map_err(unwritable)?;
        let mut size = 0;
        while let Some(chunk) = self.wait(field.chunk()).await? {
            self.count += chunk.len();
            size += chunk.len();
            if size <= self.most {
                let write = move || file.write_all(&chunk).map(|()| file);
                file = tokio::task::spawn_blocking(write).await.map_err(|_| Fault::internal())?.map_err(unwritable)?;
            } else if size > self.most.saturating_mul(2) {
                break;
            }
        }
        if size > self.most {
            return Err(Fault::too_large(format_args!(
                "A book comes in as a file of at most {} MB, and this one is larger. Nothing was imported; please bring it in \
                 parts, or with smaller pictures.",
                self.most / 1_000_000
            )));
        }
        std::io::Seek::rewind(&mut file).map_err(unwritable)?;
        Ok(file)
    }
}

/// Lines that tell how far the work is, and at last what came of it. The work goes on as long as somebody takes them.
fn lines(
    mut told: Receiver<Progress>,
    work: impl Future<Output = Result<Imported, Fault>> + Send + 'static,
) -> Response {
    let progress = stream::poll_fn(move |context| told.poll_recv(context));
    // What came of it is said last, however much of what went before is still to be taken.
    let (tell, told) = oneshot::channel();
    let working = work.map(|done| drop(tell.send(done))).into_stream().filter_map(|()| ready(None));
    let end = stream::once(told).map(|done| {
        let done = done.unwrap_or_else(|_| Err(Fault::internal()));
        done.map_or_else(Progress::Failed, Progress::Imported)
    });
    let all = stream::select(progress, working).chain(end).map(|line| {
        let text = serde_json::to_string(&line).unwrap_or_default();
        Ok::<_, Infallible>(Event::default().data(text))
    });
    let mut answer = Sse::new(all).keep_alive(KeepAlive::default()).into_response();
    // Those who stand before the site are asked not to gather it.
    answer.headers_mut().insert("x-accel-buffering", http::HeaderValue::from_static("no"));
    answer
}
