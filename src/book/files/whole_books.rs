//! A whole book as a file, in formats that people take along, for whoever may read it and is offered it so.
//!
//! It is made into a file of the disk first, chapter by chapter and picture by picture, each with the right of whoever asks
//! as it is then, and sent when it is whole: so it has its length, and a reader sees that it came whole. Two books at a
//! time are made so on a node, each person's in turn; whoever no longer waits for theirs ends it.

use super::{
    download::{Download, PIECE},
    fetched::{Fetched, open},
    named::disposition,
    press::Press,
};
use crate::{
    book::{
        access::export::OutlineEntry,
        model::{Kind, PictureId, Title},
        publishing::Publishing,
    },
    document::{
        epub::Epub,
        markdown::archive::Archive,
        one_page::OnePage,
        publication::{Outgoing, Publication},
        typeset::{Purpose, Stream},
    },
};
use axum::{
    Router,
    extract::{Path, Request},
    response::{IntoResponse, Response},
    routing::get,
};
use futures::{FutureExt, stream};
use http::header;
use sputnik::{Code, Fault};
use std::{
    fs::File,
    io::{self, BufWriter, Read, Seek, SeekFrom},
    sync::{Arc, Mutex, PoisonError},
};

/// Where a format writes to.
type Disk = BufWriter<File>;
/// A book as far as it is written, in whatever format.
type Book = Box<dyn Outgoing<Disk>>;

/// A format in which whole books are sent.
#[derive(Debug, Clone, Copy)]
enum Format {
    Epub,
    Html,
    Markdown,
    Pdf(Purpose),
}

impl Format {
    fn begin(self, to: Disk, book: Arc<Publication>) -> io::Result<Book> {
        Ok(match self {
            Self::Epub => Box::new(Epub::begin(to, book)?),
            Self::Html => Box::new(OnePage::begin(to, book)?),
            Self::Markdown => Box::new(Archive::begin(to, book)?),
            // What the press makes one of.
            Self::Pdf(purpose) => Box::new(Stream::begin(to, book, purpose)?),
        })
    }

    fn is_offered(self, publishing: &Publishing) -> bool {
        match self {
            Self::Epub => publishing.offers_epub,
            Self::Html => publishing.offers_html,
            Self::Pdf(_) => publishing.offers_pdf,
            // As every chapter is, and the book without its pictures.
            Self::Markdown => true,
        }
    }

    /// How its files end, and what they are.
    fn kind(self) -> (&'static str, &'static str) {
        match self {
            Self::Epub => ("epub", "application/epub+zip"),
            Self::Html => ("html", "text/html"),
            Self::Markdown => ("zip", "application/zip"),
            Self::Pdf(Purpose::Screen) => ("pdf", "application/pdf"),
            Self::Pdf(Purpose::Print) => ("print.pdf", "application/pdf"),
        }
    }
}

/// `GET /book/{book}/book.epub`, `/book.html`, `/book.zip`, `/book.pdf` and `/book.print.pdf`.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let format = |format: Format| {
        get(move |Path(book): Path<String>, request: Request| async move { fetch(format, &book, request).await })
    };
    Router::new()
        .route("/book/{book}/book.epub", format(Format::Epub))
        .route("/book/{book}/book.html", format(Format::Html))
        .route("/book/{book}/book.zip", format(Format::Markdown))
        .route("/book/{book}/book.pdf", format(Format::Pdf(Purpose::Screen)))
        .route("/book/{book}/book.print.pdf", format(Format::Pdf(Purpose::Print)))
}

async fn fetch(format: Format, book: &str, request: Request) -> Result<Response, Fault> {
    let (access, download) = open(book, request).await?;
    access.must_be_offered(|publishing| format.is_offered(publishing)).await?;
    let press = match format {
        Format::Pdf(_) => Some(Press::of(download.request())?),
        _ => None,
    };
    press.as_ref().map_or(Ok(()), Press::must_be_there)?;
    let (publication, outline) = access.publication().await?;
    let title = publication.title.parse().unwrap_or_else(|_| Title::untitled());
    let turn = Fetched::of(download.request())?.book(access.who()).await?;
    let mut file = write(format, publication, &outline, &download).await?;
    if let Some(press) = press {
        file = press.press(file, || async { download.access().await.map(drop).map_err(gone) }.boxed()).await?;
    }
    drop(turn);
    let written = on_disk(|| Written::of(file)).await?;
    let length = written.length;
    let pieces = stream::iter((0..length.div_ceil(PIECE as u64)).map(|number| number * PIECE as u64));
    let body = download.part_by_part(Vec::new(), pieces, move |_, from| written.clone().piece(from));
    let (ending, mime) = format.kind();
    let headers = [
        (header::CONTENT_TYPE, mime.to_owned()),
        (header::CONTENT_LENGTH, length.to_string()),
        (header::CONTENT_DISPOSITION, disposition(&title, ending)),
    ];
    Ok((headers, body).into_response())
}

/// Writes the book. Before each chapter and each piece of a picture it is asked whether whoever waits may still have it.
async fn write(
    format: Format,
    publication: Publication,
    outline: &[OutlineEntry],
    download: &Download,
) -> Result<File, Fault> {
    let begin = move || format.begin(BufWriter::new(tempfile::tempfile()?), Arc::new(publication));
    let mut book = on_disk(begin).await?;
    book = take_pictures(book, download).await?;
    for (at, OutlineEntry { part, .. }) in outline.iter().enumerate() {
        let nodes = match part.kind {
            Kind::Section => Vec::new(),
            // What was deleted meanwhile is a chapter without text: the contents are written already.
            Kind::Chapter => match download.access().await.map_err(gone)?.chapter_nodes(&part.id).await {
                Err(fault) if fault.code == Code::NotFound => Vec::new(),
                read => read?,
            },
        };
        book = on_disk(move || {
            book.part(at, &nodes)?;
            Ok(book)
        })
        .await?;
        book = take_pictures(book, download).await?;
    }
    on_disk(move || book.finish()?.into_inner().map_err(io::IntoInnerError::into_error)).await
}

/// Hands over the pictures that it wants now.
async fn take_pictures(mut book: Book, download: &Download) -> Result<Book, Fault> {
    loop {
        let (again, wanted) = on_disk(move || {
            let wanted = book.wants()?;
            Ok((book, wanted))
        })
        .await?;
        book = again;
        let Some((address, picture)) = wanted else { return Ok(book) };
        let id = address.rsplit_once('/').map_or("", |(_, id)| id);
        let id: PictureId = id.parse().map_err(|_| Fault::internal())?;
        let mut from = 0;
        while from < picture.bytes {
            let piece = download.access().await.map_err(gone)?.picture(&id, (from, PIECE as u64)).await?;
            if piece.is_empty() {
                return Err(Fault::internal());
            }
            from += piece.len() as u64;
            book = on_disk(move || {
                book.picture(&piece)?;
                Ok(book)
            })
            .await?;
        }
    }
}

/// Does what waits for the disk and takes the processor, in nobody's way.
async fn on_disk<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T, Fault> {
    let done = tokio::task::spawn_blocking(work).await.map_err(|error| {
        tracing::error!(%error, "a book that went out broke off");
        Fault::internal()
    })?;
    done.map_err(|error| {
        tracing::error!(%error, "a book could not be written to a temporary file");
        Fault::temporary("There is no room on the server for this file at the moment. Please try again later.")
    })
}

/// Why whoever asked may not have it any more.
fn gone(error: io::Error) -> Fault {
    error.downcast::<Fault>().unwrap_or_else(|_| Fault::temporary("This took too long. Please ask for the file again."))
}

/// A book that is written whole, in a file that has no name and goes with it.
#[derive(Clone)]
struct Written {
    file: Arc<Mutex<File>>,
    length: u64,
}

impl Written {
    fn of(mut file: File) -> io::Result<Self> {
        let length = file.seek(SeekFrom::End(0))?;
        Ok(Self { file: Arc::new(Mutex::new(file)), length })
    }

    /// So much of it as is sent at once.
    async fn piece(self, from: u64) -> Result<Vec<u8>, Fault> {
        on_disk(move || {
            let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
            file.seek(SeekFrom::Start(from))?;
            let mut piece = Vec::with_capacity(PIECE);
            Read::by_ref(&mut *file).take(PIECE as u64).read_to_end(&mut piece)?;
            Ok(piece)
        })
        .await
    }
}
