//! The chapters that are being written on this node, each with its document in memory.
//!
//! An edit waits for those before it and is stored together with all that came meanwhile: one transaction for a group,
//! and its answer when that is committed. The database's order is the order; what another node stored is taken in
//! before anything is added to it. So the copy in memory may be thrown away at any time, and is when anything about it
//! is in doubt.

use super::{
    loaded::{self, Loaded, Shown},
    quota_cache::QuotaCache,
    throttle::Throttle,
};
use crate::{
    account::person::Person,
    book::{
        channels::ChapterChannel,
        model::{BookId, PartId},
        quota::Quota,
        store::{pen, writing},
    },
    costly::Costly,
    database::{Database, Failed},
    document::{Document, html::html, tree::plain, words::count_words},
};
use sputnik::{
    Fault, UserId,
    server::{Asked, Node},
};
use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::{Mutex as AsyncMutex, OwnedMappedMutexGuard, OwnedMutexGuard, oneshot},
    task::yield_now,
    time::Instant,
};

/// How many documents are kept in memory though nobody asks for them.
const OPEN: usize = 64;
/// How many bytes of documents, encoded: in memory a letter may take forty times as much as there.
const OPEN_BYTES: usize = 16 << 20;
/// For how long.
const LINGER: Duration = Duration::from_secs(300);
/// How long what is shown of a chapter may be, in bytes, to be kept with it.
const SHOWN: usize = 1 << 20;
/// For how long somebody whose edit was taken wrote lately.
const LATELY: Duration = Duration::from_secs(60);
/// From how many on it is looked which of them wrote lately.
const AT_ONCE: usize = 1_024;
/// How many edits are stored at once, and how many bytes of them.
const GROUP: usize = 512;
const GROUP_BYTES: usize = 512 << 10;
/// How many edits wait for one chapter.
const WAITING: usize = 4_096;

/// The chapters open on this node.
#[derive(Clone)]
pub struct Chapters(pub(super) Arc<Inner>);

/// What all copies of it share.
pub(super) struct Inner {
    pub(super) database: Database,
    pub(super) node: Node,
    pub(super) costly: Costly,
    pub(super) quota: Quota,
    pub(super) open: Mutex<Open>,
    /// The chapters whose words are counted in a while. Only their names: a document does not stay in memory for it.
    pub(super) will_be_counted: Mutex<HashSet<Name>>,
    pub(super) throttle: Throttle,
    pub(super) quota_cache: QuotaCache,
}

/// By book too: whoever asks for a chapter in a book it is not in finds nothing, and is in nobody's way.
pub(super) type Name = (BookId, PartId);

pub(super) type Open = HashMap<Name, Arc<Chapter>>;

/// One open chapter.
pub(super) struct Chapter {
    pub(super) book: BookId,
    pub(super) part: PartId,
    /// When it was last asked for.
    pub(super) asked: Mutex<Instant>,
    /// Whose edits were taken, and when the last of each was.
    pub(super) took: Mutex<HashMap<UserId, Instant>>,
    pub(super) waiting: Mutex<Vec<Waiting>>,
    /// How many bytes its document has, encoded.
    pub(super) bytes: AtomicUsize,
    /// The document, while it is known to be what the database has.
    pub(super) text: Arc<AsyncMutex<Option<Loaded>>>,
}

/// A chapter in which nobody of this node writes while this is there, with its document.
pub struct HeldChapter {
    text: OwnedMappedMutexGuard<Option<Loaded>, Loaded>,
    /// So that it is not forgotten, and opened a second time.
    _chapter: Arc<Chapter>,
}

/// An edit that is to be stored.
pub struct NewEdit {
    /// Who made it.
    pub by: Person,
    /// The command it came by.
    pub call: Option<Asked>,
    /// The edit, encoded.
    pub bytes: Vec<u8>,
}

/// One that waits for it.
pub(super) struct Waiting {
    pub(super) edit: NewEdit,
    pub(super) answer: oneshot::Sender<Result<(), Fault>>,
}

fn missing() -> Fault {
    tracing::error!("the open chapters are not among the request's extensions");
    Fault::internal()
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Only moves happen under these locks, so no panic can leave what they guard half done.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Chapters {
    /// None open yet.
    #[must_use]
    pub fn new(database: Database, node: Node, costly: Costly, quota: Quota) -> Self {
        let (open, will_be_counted) = (Mutex::default(), Mutex::default());
        let (throttle, quota_cache) = (Throttle::default(), QuotaCache::default());
        Self(Arc::new(Inner { database, node, costly, quota, open, will_be_counted, throttle, quota_cache }))
    }

    /// How much room each person has.
    #[must_use]
    pub fn quota(&self) -> Quota {
        self.0.quota
    }

    /// The node's costly work: where a long chapter is looked at.
    #[must_use]
    pub fn costly(&self) -> &Costly {
        &self.0.costly
    }

    /// Those of the request that is running.
    ///
    /// # Errors
    /// When called outside a request.
    pub fn current() -> Result<Self, Fault> {
        leptos::prelude::use_context::<http::request::Parts>().as_ref().ok_or_else(missing).and_then(Self::of)
    }

    /// Those of a request.
    ///
    /// # Errors
    /// When the request did not come through the site's routes.
    pub fn of(parts: &http::request::Parts) -> Result<Self, Fault> {
        parts.extensions.get::<Self>().cloned().ok_or_else(missing)
    }

    /// Looks at a chapter's document as it stands now, and at how many edits made it.
    ///
    /// # Errors
    /// When there is no such chapter in the book, or the database is out of reach.
    pub async fn look<T>(
        &self,
        book: &BookId,
        part: &PartId,
        look: impl FnOnce(&Document, u64) -> T,
    ) -> Result<T, Fault> {
        let held = self.hold(book, part).await?;
        Ok(look(held.document(), held.edits()))
    }

    /// Keeps a chapter for the caller: nobody else on this node writes in it until the result is dropped, and all that
    /// other nodes stored is in its document. Hold the chapter first and begin a transaction then: whoever stores edits
    /// takes the two in that order, and taken the other way round they could wait for each other for ever.
    ///
    /// # Errors
    /// When there is no such chapter in the book, or the database is out of reach.
    pub async fn hold(&self, book: &BookId, part: &PartId) -> Result<HeldChapter, Fault> {
        let chapter = self.open(book, part);
        let mut text = Arc::clone(&chapter.text).lock_owned().await;
        *text = Some(self.fresh(&chapter, text.take()).await?);
        chapter.note_bytes(text.as_ref());
        let text = OwnedMutexGuard::try_map(text, Option::as_mut).map_err(|_| Fault::internal())?;
        Ok(HeldChapter { text, _chapter: chapter })
    }

    /// Takes an edit in, behind those that came before it: it has its place when this returns, and is stored when what
    /// is returned ends.
    ///
    /// # Errors
    /// At once, when too many wait. In the end when it is refused, and as [`look`](Self::look).
    pub fn write(
        &self,
        book: &BookId,
        part: &PartId,
        edit: NewEdit,
    ) -> Result<impl Future<Output = Result<(), Fault>> + use<'_>, Fault> {
        let chapter = self.open(book, part);
        let (answer, answered) = oneshot::channel();
        {
            let mut waiting = lock(&chapter.waiting);
            if waiting.len() >= WAITING {
                return Err(Fault::too_many("Very many write in this chapter. It is tried again.", 500));
            }
            waiting.push(Waiting { edit, answer });
        }
        Ok(async move {
            // Let the others who have an edit ready add theirs first, so that all go into one group. With nobody else,
            // this costs no time.
            yield_now().await;
            let mut answered = answered;
            loop {
                tokio::select! {
                    // Whoever comes first stores for all who came meanwhile. They go as soon as they are answered: if
                    // they waited on for the document, each would hold up those behind, who are answered too.
                    biased;
                    answer = &mut answered => {
                        let lost = || Err(Fault::temporary("This change was not stored. It is tried again."));
                        return answer.unwrap_or_else(|_| lost());
                    }
                    mut text = chapter.text.lock() => {
                        let group = next_group(&mut lock(&chapter.waiting));
                        if !group.is_empty() {
                            self.store(&chapter, &mut text, group).await;
                            chapter.note_bytes(text.as_ref());
                        }
                    }
                }
            }
        })
    }

    /// Whether an edit of theirs was taken lately, and none was refused since.
    pub fn took_lately(&self, book: &BookId, part: &PartId, by: &UserId) -> bool {
        let chapter = lock(&self.0.open).get(&(book.clone(), part.clone())).cloned();
        chapter.is_some_and(|chapter| lock(&chapter.took).get(by).is_some_and(|at| at.elapsed() < LATELY))
    }

    fn open(&self, book: &BookId, part: &PartId) -> Arc<Chapter> {
        open(&mut lock(&self.0.open), book, part)
    }

    /// The document with all that the database has, of what is known of it.
    pub(super) async fn fresh(&self, chapter: &Chapter, known: Option<Loaded>) -> Result<Loaded, Fault> {
        let mut sql = self.0.database.read().await?;
        // The chapter may be gone, or not be in this book.
        pen::rules(&mut sql, &chapter.book, &chapter.part).await?;
        if let Some(mut loaded) = known {
            let others = writing::edits(&mut sql, &chapter.part, loaded.edits).await?;
            if loaded.catch_up(&others).is_ok() {
                return Ok(loaded);
            }
        }
        if writing::state(&mut sql, &chapter.book, &chapter.part).await?.is_none() {
            drop(sql);
            self.create(chapter).await?;
            sql = self.0.database.read().await?;
        }
        Loaded::load(&mut sql, &chapter.book, &chapter.part).await
    }

    /// Makes the document of a chapter that has none: of the text it had before documents were kept.
    async fn create(&self, chapter: &Chapter) -> Result<(), Fault> {
        let mut sql = self.0.database.write().await?;
        loaded::create(&mut sql, &chapter.part).await?;
        Ok(sql.commit().await.map_err(Failed)?)
    }
}

impl HeldChapter {
    /// The document.
    #[must_use]
    pub fn document(&self) -> &Document {
        &self.text.document
    }

    /// How many edits made it.
    #[must_use]
    pub fn edits(&self) -> u64 {
        self.text.edits
    }

    /// How it is shown, if that is known of it as it stands.
    #[must_use]
    pub fn shown(&self) -> Option<Arc<Shown>> {
        let known = self.text.shown.as_ref().filter(|(edits, _)| *edits == self.text.edits);
        known.map(|(_, shown)| Arc::clone(shown))
    }

    /// Shows it. What is not very long is kept for whoever opens it next.
    pub fn show(&mut self) -> Arc<Shown> {
        if let Some(known) = self.shown() {
            return known;
        }
        let nodes = self.text.document.nodes();
        let shown = Arc::new(Shown { html: html(&nodes), words: count_words(&plain(&nodes)) });
        let is_short = shown.html.len() <= SHOWN;
        self.text.shown = is_short.then(|| (self.text.edits, Arc::clone(&shown)));
        shown
    }
}

impl Chapter {
    fn note_bytes(&self, loaded: Option<&Loaded>) {
        self.bytes.store(loaded.map_or(0, |loaded| loaded.document.bytes()), Ordering::Relaxed);
    }

    /// Notes of somebody whether an edit of theirs was taken.
    pub(super) fn note(&self, by: &UserId, taken: bool) {
        let mut took = lock(&self.took);
        if taken {
            if took.len() >= AT_ONCE {
                took.retain(|_, at| at.elapsed() < LATELY);
            }
            took.insert(by.clone(), Instant::now());
        } else {
            took.remove(by);
        }
    }

    pub(super) fn channel(&self) -> ChapterChannel {
        ChapterChannel(self.book.clone(), self.part.clone())
    }
}

/// One of those that are open, or opened now: where there are too many, others are let go of first.
fn open(open: &mut Open, book: &BookId, part: &PartId) -> Arc<Chapter> {
    let name = (book.clone(), part.clone());
    if are_too_many(open) && !open.contains_key(&name) {
        forget_the_quiet(open);
    }
    let new = || Chapter {
        book: book.clone(),
        part: part.clone(),
        asked: Mutex::new(Instant::now()),
        took: Mutex::default(),
        waiting: Mutex::default(),
        bytes: AtomicUsize::default(),
        text: Arc::default(),
    };
    let chapter = open.entry(name).or_insert_with(|| Arc::new(new()));
    *lock(&chapter.asked) = Instant::now();
    Arc::clone(chapter)
}

/// Takes as many as may be stored at once, the oldest first.
fn next_group(waiting: &mut Vec<Waiting>) -> Vec<Waiting> {
    let (mut count, mut bytes) = (0, 0);
    for one in waiting.iter().take(GROUP) {
        bytes += one.edit.bytes.len();
        if count > 0 && bytes > GROUP_BYTES {
            break;
        }
        count += 1;
    }
    waiting.drain(..count).collect()
}

fn are_too_many(open: &Open) -> bool {
    let bytes: usize = open.values().map(|chapter| chapter.bytes.load(Ordering::Relaxed)).sum();
    open.len() >= OPEN || bytes >= OPEN_BYTES
}

/// Lets go of what nobody asked for in a while; should that be nothing, of what was not asked for the longest.
fn forget_the_quiet(open: &mut Open) {
    let in_use = |chapter: &Arc<Chapter>| Arc::strong_count(chapter) > 1;
    open.retain(|_, chapter| in_use(chapter) || lock(&chapter.asked).elapsed() < LINGER);
    while are_too_many(open) {
        let idle = open.iter().filter(|(_, chapter)| !in_use(chapter));
        let Some(oldest) = idle.min_by_key(|(_, chapter)| *lock(&chapter.asked)).map(|(name, _)| name.clone()) else {
            return;
        };
        open.remove(&oldest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::advance;

    /// Opens a chapter, whose document turns out to have so many bytes.
    fn open_one(chapters: &mut Open, number: usize, bytes: usize) -> Arc<Chapter> {
        let (book, part) = ("b1".parse().expect("an id"), format!("p{number}").parse().expect("an id"));
        let chapter = open(chapters, &book, &part);
        chapter.bytes.store(bytes, Ordering::Relaxed);
        chapter
    }

    fn numbers(chapters: &Open) -> Vec<usize> {
        let mut numbers: Vec<_> = chapters.keys().map(|(_, part)| part.as_str()[1..].parse().expect("one")).collect();
        numbers.sort_unstable();
        numbers
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_than_sixteen_megabytes_of_documents_stay_open() {
        let mut chapters = Open::new();
        let used = open_one(&mut chapters, 0, 1 << 20);
        for number in 1..=40 {
            advance(Duration::from_secs(1)).await;
            drop(open_one(&mut chapters, number, 1 << 20));
            let bytes: usize = chapters.values().map(|chapter| chapter.bytes.load(Ordering::Relaxed)).sum();
            assert!(bytes <= OPEN_BYTES, "with number {number} there are {bytes}");
        }
        let newest = 26..=40;
        assert_eq!(numbers(&chapters), [0].into_iter().chain(newest).collect::<Vec<_>>(), "and the one in use");
        drop(used);
        // A single one of them, whatever it has.
        advance(Duration::from_secs(1)).await;
        drop(open_one(&mut chapters, 41, 3 * OPEN_BYTES));
        advance(Duration::from_secs(1)).await;
        drop(open_one(&mut chapters, 42, 0));
        assert_eq!(numbers(&chapters), [42]);
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_than_so_many_chapters_stay_open_however_small() {
        let mut chapters = Open::new();
        for number in 0..3 * OPEN {
            drop(open_one(&mut chapters, number, 1));
            assert!(chapters.len() <= OPEN);
        }
        advance(LINGER).await;
        drop(open_one(&mut chapters, 3 * OPEN, 1));
        assert_eq!(
            numbers(&chapters),
            [3 * OPEN],
            "and none that nobody asked for in a while, once there are too many"
        );
    }
}
