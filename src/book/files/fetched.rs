//! The files that are fetched from a node: how many at once, and how fast one person may.

use super::download::Download;
use crate::{
    book::{access::Access, model::BookId},
    costly::{self, Costly, Permit, RateLimit, Who},
};
use axum::{body::Body, extract::Request};
use http::request::Parts;
use sputnik::Fault;
use std::time::Duration;

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

/// How many whole books are made into files at once: each of them takes the processor, and room on the disk.
const BOOKS_AT_ONCE: usize = 2;
/// How long one waits for the turn of its book.
const TURN_OF_BOOK: Duration = Duration::from_secs(120);

/// The files that are fetched from a node.
#[derive(Clone)]
pub struct Fetched {
    places: Costly,
    books: Costly,
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
        let books = costly::Bounds { at_once: BOOKS_AT_ONCE, patience: TURN_OF_BOOK, ..costly::Bounds::default() };
        Self { places: Costly::new(bounds), books: Costly::new(books), rate_limit }
    }

    /// A place among those that are sent something.
    pub(super) async fn enter(&self, who: Who) -> Result<Permit, Fault> {
        self.rate_limit.take(&who)?;
        self.places.enter(who).await
    }

    /// The turn of a book to be made into a file.
    pub(super) async fn book(&self, who: Who) -> Result<Permit, Fault> {
        self.books.enter(who).await
    }

    /// The files of the node that was asked.
    pub(super) fn of(parts: &Parts) -> Result<Self, Fault> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Fault::internal)
    }
}

/// The access of whoever fetches a file, and the way on which it is sent to them.
pub(super) async fn open(book: &str, request: Request) -> Result<(Access, Download), Fault> {
    let book: BookId = book.parse().map_err(|_| Fault::not_found("book"))?;
    let (parts, _): (Parts, Body) = request.into_parts();
    let access = Access::of_request(&parts, book.clone()).await?;
    let permit = Fetched::of(&parts)?.enter(access.who()).await?;
    Ok((access, Download::new(parts, book, Some(permit))))
}
