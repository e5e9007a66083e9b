//! A chapter's document in memory, and how much of what the database has is in it.

use crate::{
    book::{
        model::{BookId, PartId},
        store::{text_before_documents, writing},
        writing_session::WritingSession,
    },
    database::Connection,
    document::{Document, Edit, Refused, markdown, tree},
};
use sputnik::{Fault, UserId};
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::{task::spawn_blocking, time::Instant};

/// A chapter as it is shown to whoever opens it.
#[derive(Debug)]
pub struct Shown {
    /// As HTML.
    pub html: String,
    /// How many words it has.
    pub words: u32,
}

/// A document, and how much of the database's is in it.
pub(super) struct Loaded {
    pub(super) document: Document,
    /// How many edits.
    pub(super) edits: u64,
    /// The version of the chapter's channel with which that was all; nothing where that is not known.
    pub(super) version: Option<u64>,
    /// How many of them are after the kept state, and their bytes.
    pub(super) since: (u64, usize),
    /// What was written since the newest revision, and the number of that. Known anew after others stored something.
    pub(super) session: Option<(u32, WritingSession)>,
    /// How many bytes of whom were stored and not noted as theirs yet.
    pub(super) brought: HashMap<UserId, u64>,
    /// How it was shown last, and after how many edits that was.
    pub(super) shown: Option<(u64, Arc<Shown>)>,
    /// Whose hands wrote in it.
    pub(super) hands: HashMap<u64, UserId>,
    /// Whose edits could not be taken, and when.
    pub(super) refused: HashMap<UserId, Instant>,
    /// How long the edits took together that were taken in since it was known that the whole loads in time.
    pub(super) spent: Duration,
    /// Whether even a short edit took long here lately.
    pub(super) is_slow: bool,
}

impl Loaded {
    /// The document with all that the database has. One that was never kept is made and kept.
    pub(super) async fn load(sql: &mut Connection, book: &BookId, part: &PartId) -> Result<Self, Fault> {
        let kept = match writing::state(sql, book, part).await? {
            Some(kept) => kept,
            None => {
                create(sql, part).await?;
                // Another node may have made one first.
                writing::state(sql, book, part).await?.ok_or_else(Fault::internal)?
            }
        };
        let (edits_before, edits) = (kept.edits, writing::edits(sql, part, kept.edits).await?);
        let hands = writing::hands(sql, part).await?;
        // Not on a thread that answers others: a long one takes a while.
        let load = move || {
            let document = Document::load(&kept.state, edits.iter().map(Vec::as_slice));
            document.map(|document| (document, edits))
        };
        let (document, edits) = spawn_blocking(load).await.map_err(|_| Fault::internal())?.map_err(|refused| {
            tracing::error!(%part, %refused, "a kept document cannot be read");
            Fault::internal()
        })?;
        let mut loaded = Self::new(document, edits_before, hands);
        loaded.note(edits.iter().map(Vec::as_slice));
        Ok(loaded)
    }

    /// A document that so many edits made.
    pub(super) fn new(document: Document, edits: u64, hands: HashMap<u64, UserId>) -> Self {
        let (since, brought, refused) = ((0, 0), HashMap::new(), HashMap::new());
        Self {
            document,
            edits,
            version: None,
            since,
            session: None,
            brought,
            shown: None,
            hands,
            refused,
            spent: Duration::ZERO,
            is_slow: false,
        }
    }

    /// Takes in what other nodes stored.
    pub(super) fn catch_up(&mut self, others: &[Vec<u8>]) -> Result<(), Refused> {
        for bytes in others {
            self.document.take_in(Edit::read(bytes)?)?;
        }
        if !others.is_empty() {
            self.session = None;
        }
        self.note(others.iter().map(Vec::as_slice));
        Ok(())
    }

    /// Counts edits that are in the database and in the document.
    pub(super) fn note<'a>(&mut self, edits: impl Iterator<Item = &'a [u8]>) {
        for edit in edits {
            self.edits += 1;
            self.since.0 += 1;
            self.since.1 += edit.len();
        }
    }
}

/// Makes the document of a chapter that has none, of the text it had before documents were kept, and keeps it from now
/// on.
pub(super) async fn create(sql: &mut Connection, part: &PartId) -> Result<(), Fault> {
    let nodes = tree::never_none(markdown::read(&text_before_documents::before_documents(sql, part).await?));
    let state = Document::of(&nodes).state();
    writing::keep_state(sql, part, 0, &state).await
}
