//! An answer that goes on for long: a chapter or a book as a file, or a picture. Nobody knows how long its reader takes,
//! so it is sent in pieces, and before each of them it is asked again who reads and whether they may.

use crate::{
    book::{access::Access, model::BookId},
    costly::Permit,
};
use axum::body::{Body, Bytes};
use futures::{Stream, StreamExt, stream};
use http::request::Parts;
use sputnik::Fault;
use std::{
    io,
    time::{Duration, Instant},
};

/// How large a piece is at most, in bytes. So much, and a little that is on its way, is sent after a right is gone.
pub(super) const PIECE: usize = 256 << 10;
/// At which pace one has to read: there is this time, and a second more for so many bytes.
const BEGINS: Duration = Duration::from_secs(60);
const BYTES_A_SECOND: usize = 8 << 10;
/// For how long one is sent something in any case.
const LONGEST: Duration = Duration::from_secs(60 * 60);

/// Something of a book on its way to whoever asked for it.
pub(super) struct Download {
    request: Parts,
    book: BookId,
    begun: Instant,
    /// How many bytes they were given, when the last of them, and how long they took for those before.
    sent: usize,
    given: Instant,
    read_for: Duration,
    /// Theirs until all is sent, or nobody reads any more.
    _permit: Option<Permit>,
}

impl Download {
    /// To whoever sent this request, and may read the book now.
    pub(super) fn new(request: Parts, book: BookId, permit: Option<Permit>) -> Self {
        let now = Instant::now();
        Self { request, book, begun: now, sent: 0, given: now, read_for: Duration::ZERO, _permit: permit }
    }

    /// What is whole already.
    pub(super) fn whole(self, whole: Vec<u8>) -> Body {
        self.part_by_part(whole, stream::empty(), async |_, ()| Ok(Vec::new()))
    }

    /// The first part, which there is already, and then each of `parts` as it is made, with the access of whoever
    /// reads, as their right is then. Where there is none any more, where it is read too slowly, and where a part
    /// fails, the answer ends with an error, so that it does not look whole.
    pub(super) fn part_by_part<P, M, F>(self, first: Vec<u8>, parts: P, make: M) -> Body
    where
        P: Stream<Item: Send> + Send + 'static,
        M: Fn(Access, P::Item) -> F + Send + 'static,
        F: Future<Output = Result<Vec<u8>, Fault>> + Send,
    {
        // From now on it is theirs to read.
        let reads = Self { given: Instant::now(), ..self };
        let begin = (reads, Bytes::from(first), Box::pin(parts), make);
        Body::from_stream(stream::try_unfold(begin, async |(mut download, mut made, mut parts, make)| {
            download.read_for += download.given.elapsed();
            loop {
                if !made.is_empty() {
                    download.access().await?;
                    let piece = made.split_to(made.len().min(PIECE));
                    (download.sent, download.given) = (download.sent + piece.len(), Instant::now());
                    return Ok(Some((piece, (download, made, parts, make))));
                }
                let Some(part) = parts.next().await else { return Ok::<_, io::Error>(None) };
                let access = download.access().await?;
                made = make(access, part).await.map_err(io::Error::other)?.into();
            }
        }))
    }

    /// What they sent.
    pub(super) fn request(&self) -> &Parts {
        &self.request
    }

    /// The access of whoever reads, if they still may.
    pub(super) async fn access(&self) -> io::Result<Access> {
        if is_slow(self.read_for, self.sent) || self.begun.elapsed() > LONGEST {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "it is read too slowly"));
        }
        Access::of_request(&self.request, self.book.clone()).await.map_err(io::Error::other)
    }
}

/// Whether it takes somebody too long to read so many bytes.
fn is_slow(read_for: Duration, bytes: usize) -> bool {
    read_for > BEGINS + Duration::from_secs((bytes / BYTES_A_SECOND) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_reads_a_kilobyte_a_second_is_too_slow_and_whoever_has_a_bad_line_is_not() {
        let reads = |bytes_a_second: usize| {
            (1..=1_000_usize).all(|second| !is_slow(Duration::from_secs(second as u64), second * bytes_a_second))
        };
        assert!(!reads(1_000));
        assert!(reads(10_000));
    }
}
