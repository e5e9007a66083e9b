//! A whole book as a file, in formats that people take along, for whoever may read it and is offered it so.
//!
//! It is made into a file of the disk first, chapter by chapter and picture by picture, each with the right of whoever asks
//! as it is then, and sent when it is whole: so it has its length, and a reader sees that it came whole. Two books at a
//! time are made so on a node, each person's in turn; whoever no longer waits for theirs ends it.

use super::{
    download::{Download, PIECE},
    fetched::{Fetched, open},
    in_words::in_words,
    named::disposition,
    press::{Press, Pressed},
};
use crate::{
    book::{
        access::export::OutlineEntry,
        format::Format,
        model::{Kind, PartId, PictureId, Title},
    },
    document::{
        docx::Docx,
        epub::Epub,
        followed::followed,
        markdown::archive::Archive,
        one_page::OnePage,
        publication::{Outgoing, Publication},
        tree::Node,
        typeset::{Purpose, Stream},
    },
};
use axum::{
    Router,
    extract::{Path, Request},
    middleware,
    response::{IntoResponse, Response},
    routing::get,
};
use futures::{FutureExt, stream};
use http::header;
use sputnik::{Code, Fault};
use std::{
    error::Error,
    fs::File,
    io::{self, BufWriter, Read, Seek, SeekFrom, Write},
    sync::{Arc, Mutex, PoisonError},
};

/// Where a format writes to.
type Disk = BufWriter<Bounded>;
/// A book as far as it is written, in whatever format.
type Book = Box<dyn Outgoing<Disk>>;

/// Begins a book in a format.
fn begin(format: Format, to: Disk, book: Arc<Publication>) -> io::Result<Book> {
    Ok(match format {
        Format::Epub => Box::new(Epub::begin(to, book)?),
        Format::Docx => Box::new(Docx::begin(to, book)?),
        Format::Html => Box::new(OnePage::begin(to, book)?),
        Format::Markdown => Box::new(Archive::begin(to, book)?),
        // What the press makes one of.
        Format::Pdf => Box::new(Stream::begin(to, book, Purpose::Screen)?),
        Format::PrintPdf => Box::new(Stream::begin(to, book, Purpose::Print)?),
    })
}

/// `GET /book/{book}/book.epub`, and the same with the ending of each other format.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let format = |format: Format| {
        get(move |Path(book): Path<String>, request: Request| async move { fetch(format, &book, request).await })
    };
    let routes = Format::ALL.into_iter().fold(Router::new(), |routes, known| {
        routes.route(&format!("/book/{{book}}/book.{}", known.kind().0), format(known))
    });
    routes.layer(middleware::from_fn(in_words))
}

async fn fetch(format: Format, book: &str, request: Request) -> Result<Response, Fault> {
    let (access, download) = open(book, request).await?;
    access.must_be_offered(|publishing| format.is_offered(publishing)).await?;
    let press = Press::of(download.request())?;
    if format.is_pressed() {
        press.must_be_there()?;
    }
    let (publication, outline) = access.publication().await?;
    let title = publication.title.parse().unwrap_or_else(|_| Title::untitled());
    let turn = Fetched::of(download.request())?.book(access.who()).await?;
    // What is sent at once and kept nowhere is as large as the book is.
    let written = write((format, &press, u64::MAX), publication, &outline, &download).await?;
    drop(turn);
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

/// Where what stands in a book comes from.
pub(super) trait Source: Sync {
    /// What stands in a chapter, which is the book's part of this number. `NotFound`, where it was deleted meanwhile.
    fn chapter(&self, at: usize, part: &PartId) -> impl Future<Output = Result<Vec<Node>, Fault>> + Send;

    /// A piece of a picture's file: so many bytes from a place on.
    fn picture(&self, picture: &PictureId, piece: (u64, u64)) -> impl Future<Output = Result<Vec<u8>, Fault>> + Send;

    /// Whether the book may still go out, asked again and again while a program works on it.
    fn may_go_on(&self) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// Before each chapter and each piece of a picture it is asked whether whoever waits may still have it.
impl Source for Download {
    async fn chapter(&self, _: usize, part: &PartId) -> Result<Vec<Node>, Fault> {
        self.access().await.map_err(gone)?.chapter_nodes(part).await
    }

    async fn picture(&self, picture: &PictureId, piece: (u64, u64)) -> Result<Vec<u8>, Fault> {
        self.access().await.map_err(gone)?.picture(picture, piece).await
    }

    async fn may_go_on(&self) -> Result<(), Fault> {
        self.access().await.map(drop).map_err(gone)
    }
}

/// Writes the book, unless it would have more bytes than that. What is set on pages goes through the press.
pub(super) async fn write(
    (format, press, most): (Format, &Press, u64),
    publication: Publication,
    outline: &[OutlineEntry],
    source: &impl Source,
) -> Result<Written, Fault> {
    let file = write_out((format, most), publication, outline, source).await?;
    let Pressed { file, notes } = match format.is_pressed() {
        true => press.press(file, || source.may_go_on().boxed()).await?,
        false => Pressed { file, notes: Vec::new() },
    };
    on_disk(move || Written::of(file, notes)).await
}

/// Draws so many of its pages, from one on.
pub(super) async fn draw(
    (format, press): (Format, &Press),
    publication: Publication,
    outline: &[OutlineEntry],
    source: &impl Source,
    pages: (u64, u64),
) -> Result<File, Fault> {
    // A look at some pages is kept nowhere.
    let file = write_out((format, u64::MAX), publication, outline, source).await?;
    press.draw(file, pages, || source.may_go_on().boxed()).await
}

/// Writes the book in a format, or for the press, unless it would have more bytes than that.
async fn write_out(
    (format, most): (Format, u64),
    publication: Publication,
    outline: &[OutlineEntry],
    source: &impl Source,
) -> Result<File, Fault> {
    let publication = Arc::new(with_lists(publication, outline, source).await?);
    let goes_out = Arc::clone(&publication);
    let first = move || {
        let file = Bounded { file: tempfile::tempfile()?, at: 0, most };
        begin(format, BufWriter::new(file), goes_out)
    };
    let mut book = on_disk(first).await?;
    book = take_pictures(book, source).await?;
    for (at, entry) in outline.iter().enumerate() {
        let (nodes, publication) = (nodes_of(source, at, entry).await?, Arc::clone(&publication));
        book = on_disk(move || {
            book.part(at, &followed(nodes, &|href| publication.words_of_link(href)))?;
            Ok(book)
        })
        .await?;
        book = take_pictures(book, source).await?;
    }
    let ended = on_disk(move || book.finish()?.into_inner().map_err(io::IntoInnerError::into_error)).await?;
    Ok(ended.file)
}

/// The book with what is listed in it, its figures and its terms, if it has such lists: they stand before the text, or the
/// contents lead to them, so all of it is read once before.
pub(super) async fn with_lists(
    mut publication: Publication,
    outline: &[OutlineEntry],
    source: &impl Source,
) -> Result<Publication, Fault> {
    let matter = publication.matter;
    if !matter.figures && !matter.index {
        return Ok(publication);
    }
    for (at, entry) in outline.iter().enumerate() {
        let nodes = nodes_of(source, at, entry).await?;
        publication = on_disk(move || {
            if matter.figures {
                publication.list_figures(at, &nodes);
            }
            if matter.index {
                publication.list_terms(at, &nodes);
            }
            Ok(publication)
        })
        .await?;
    }
    Ok(publication)
}

/// What stands in a part.
pub(super) async fn nodes_of(source: &impl Source, at: usize, entry: &OutlineEntry) -> Result<Vec<Node>, Fault> {
    match entry.part.kind {
        Kind::Section => Ok(Vec::new()),
        // What was deleted meanwhile is a chapter without text: the contents are written already.
        Kind::Chapter => match source.chapter(at, &entry.part.id).await {
            Err(fault) if fault.code == Code::NotFound => Ok(Vec::new()),
            read => read,
        },
    }
}

/// Hands over the pictures that it wants now.
async fn take_pictures(mut book: Book, source: &impl Source) -> Result<Book, Fault> {
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
            let piece = source.picture(&id, (from, PIECE as u64)).await?;
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
        if let Some(TooLarge(most)) = TooLarge::behind(&error) {
            return too_large(*most);
        }
        tracing::error!(%error, "a book could not be written to a temporary file");
        Fault::temporary("There is no room on the server for this file at the moment. Please try again later.")
    })
}

/// What is said of a file that would be larger than is kept.
pub(super) fn too_large(most: u64) -> Fault {
    Fault::too_large(format_args!(
        "The file would have more than {} MB, which is as much as is kept. Fewer or smaller pictures make it smaller; and \
         it can be taken along directly, above.",
        most / 1_000_000
    ))
}

/// A file that takes no more than so many bytes, so that a book that is too large does not fill the disk first.
struct Bounded {
    file: File,
    /// Where it is written next.
    at: u64,
    most: u64,
}

/// It would have had more than so many bytes.
#[derive(Debug, thiserror::Error)]
#[error("a file has more than {0} bytes")]
struct TooLarge(u64);

impl TooLarge {
    /// Where that is why something could not be written, however a format tells it.
    fn behind(error: &io::Error) -> Option<&Self> {
        let mut at = error.get_ref().map(|inner| -> &(dyn Error + 'static) { inner });
        while let Some(inner) = at {
            if let Some(found) = inner.downcast_ref() {
                return Some(found);
            }
            at = match inner.downcast_ref::<io::Error>() {
                Some(inner) => inner.get_ref().map(|inner| -> &(dyn Error + 'static) { inner }),
                None => inner.source(),
            };
        }
        None
    }
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.at.saturating_add(bytes.len() as u64) > self.most {
            return Err(io::Error::other(TooLarge(self.most)));
        }
        let written = self.file.write(bytes)?;
        self.at += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Seek for Bounded {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = self.file.seek(to)?;
        Ok(self.at)
    }
}

/// Why whoever asked may not have it any more.
fn gone(error: io::Error) -> Fault {
    error.downcast::<Fault>().unwrap_or_else(|_| Fault::temporary("This took too long. Please ask for the file again."))
}

/// A book that is written whole, in a file that has no name and goes with it.
#[derive(Clone)]
pub(super) struct Written {
    file: Arc<Mutex<File>>,
    /// How many bytes it has.
    pub(super) length: u64,
    /// What is to be known of it by whoever passes it on, in words.
    pub(super) notes: Vec<String>,
}

impl Written {
    fn of(mut file: File, notes: Vec<String>) -> io::Result<Self> {
        let length = file.seek(SeekFrom::End(0))?;
        Ok(Self { file: Arc::new(Mutex::new(file)), length, notes })
    }

    /// So much of it as is sent at once.
    pub(super) async fn piece(self, from: u64) -> Result<Vec<u8>, Fault> {
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
