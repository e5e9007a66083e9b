//! Books that were asked for as files are made, one after the other on each node.
//!
//! The queue is a table, so that nothing is lost with a node: whichever has its hands free takes the oldest, and holds on
//! to it for half a minute at a time. One that is killed does not, and another begins anew. What a node writes names the
//! run that writes it and is refused when another run has begun, so however late it wakes up, two never write one file.
//! Over what two servers died a third does not.
//!
//! A chapter is read as it is stored, beside those who write in it: nobody waits for an export.

use super::{
    download::PIECE,
    press::Press,
    whole_books::{Source, Written, too_large, write},
};
use crate::{
    account::person::Person,
    book::{
        access::export::publication_of,
        channels::BookChannel,
        events::{BookEvent, EventKind},
        exports::{Export, queue::Exports},
        model::{BookId, PartId, PictureId, Role},
        store::{
            book_versions, books,
            exports::{self, Job},
            history, pictures,
            publish::publish,
            text_before_documents, writing,
        },
    },
    database::{Connection, Database, Group, new_id, now},
    document::{
        markdown,
        tree::{Node as Block, never_none},
    },
};
use sputnik::{
    Fault,
    protocol::message::{Audience, Entry},
    server::Node,
};
use std::{
    collections::HashMap,
    sync::atomic::{AtomicU8, Ordering},
    time::{Duration, Instant},
};
use tokio::{
    sync::watch,
    task::spawn_blocking,
    time::{sleep, timeout},
};

/// How often it is looked whether there is something to do that was asked for at another node.
const EVERY: Duration = Duration::from_secs(2);
/// How long one waits after something went wrong that may pass.
const AFTER_TROUBLE: Duration = Duration::from_secs(10);
/// How often it is looked for files whose time is up.
const SWEEP: Duration = Duration::from_secs(60);
/// For how long one is held at a time, in milliseconds: by the clock that all nodes have in common, and by this one's.
const LEASE: i64 = 30_000;
const HELD: Duration = Duration::from_millis(LEASE.unsigned_abs());
/// How often that is renewed.
const RENEW: Duration = Duration::from_secs(3);
/// How often it is told how far one is, at most.
const TELL: Duration = Duration::from_millis(500);
/// How many runs may end without a word, as those of a server do that dies over it.
const ATTEMPTS: u32 = 2;
/// How many that wait are looked at, and how many that are past are taken away at once.
const AT_ONCE: i64 = 16;
/// How far one is when all chapters are written; from there on the file is stored.
const WRITTEN: u8 = 85;
/// How long it is tried to note why one is not made.
const NOTING: Duration = Duration::from_secs(10);

/// Makes what is asked for. One a node.
pub struct Exporter {
    database: Database,
    node: Node,
    exports: Exports,
    press: Press,
}

/// One that this run makes.
struct Held {
    job: Job,
    /// The name of this run.
    holder: String,
    /// How many runs have begun with this one.
    attempts: u32,
    percent: AtomicU8,
}

/// Why one is not made to its end.
enum Broken {
    /// It cannot be made; in words for people.
    Failed(Fault),
    /// It is not this run's any more: it was thrown away, or another has begun.
    Lost,
    /// The node stops.
    Stopped,
}

impl From<Fault> for Broken {
    fn from(fault: Fault) -> Self {
        Self::Failed(fault)
    }
}

impl Exporter {
    /// Of this node.
    #[must_use]
    pub fn new(database: Database, node: Node, exports: Exports, press: Press) -> Self {
        Self { database, node, exports, press }
    }

    /// Makes what is asked for until it is told to stop. What it makes then it hands back.
    pub async fn keep(self, mut stop: watch::Receiver<bool>) {
        let mut swept: Option<Instant> = None;
        while !*stop.borrow() {
            let round = async {
                if swept.is_none_or(|swept| swept.elapsed() > SWEEP) {
                    self.sweep().await?;
                    swept = Some(Instant::now());
                }
                let mut stop = stop.clone();
                self.make_next(async move { drop(stop.wait_for(|stop| *stop).await) }).await
            };
            let rest = match round.await {
                Ok(true) => continue,
                Ok(false) => EVERY,
                Err(fault) => {
                    tracing::warn!(%fault, "files of books wait to be made");
                    AFTER_TROUBLE
                }
            };
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => {}
                () = self.exports.asked() => {}
                () = sleep(rest) => {}
            }
        }
    }

    /// Makes the next one, unless `stop` comes first. Tells whether there was one.
    ///
    /// # Errors
    /// When the database is out of reach.
    pub async fn make_next(&self, stop: impl Future<Output = ()>) -> Result<bool, Fault> {
        let Some(held) = self.take_on().await? else { return Ok(false) };
        let made = tokio::select! {
            made = self.make(&held) => made,
            why = self.hold_on(&held) => Err(why),
            () = stop => Err(Broken::Stopped),
        };
        match made {
            Ok(()) => {}
            // What fails only for now is tried again when its lease has run out, as where a server died over it.
            Err(Broken::Failed(fault)) if fault.retry_ms.is_some() && held.attempts < ATTEMPTS => {
                tracing::warn!(%fault, export = %held.job.id, "a file is made later");
            }
            Err(Broken::Failed(fault)) => self.give_up(&held, fault).await?,
            Err(Broken::Lost) => tracing::info!(export = %held.job.id, "a file is not made any further here"),
            Err(Broken::Stopped) => self.hand_back(&held).await?,
        }
        Ok(true)
    }

    /// The first that is nobody's.
    async fn take_on(&self) -> Result<Option<Held>, Fault> {
        let mut sql = self.database.glance().await?;
        let time = self.database.time(&mut sql).await?;
        let waiting = exports::to_be_made(&mut sql, time, AT_ONCE).await?;
        drop(sql);
        for job in waiting {
            let holder = new_id()?;
            let mut group = self.begin(&job.book).await?;
            let time = self.database.time(group.sql()).await?;
            let Some(attempts) = exports::claim(group.sql(), &job.id, &holder, (time, time + LEASE)).await? else {
                continue;
            };
            let held = Held { job, holder, attempts, percent: AtomicU8::new(0) };
            if attempts > ATTEMPTS {
                let why = "The server broke off over it, more than once. Nothing of the book is lost. Please try another \
                           format, and tell whoever looks after this site.";
                tracing::error!(export = %held.job.id, book = %held.job.book, "servers died over this file; it is not tried again");
                self.note_failure(&mut group, &held, why).await?;
                group.finish().await?;
                continue;
            }
            self.tell(&mut group, &held.job).await?;
            group.finish().await?;
            return Ok(Some(held));
        }
        Ok(None)
    }

    async fn make(&self, held: &Held) -> Result<(), Broken> {
        let Job { book, format, version, .. } = &held.job;
        self.must_still_may(&held.job).await?;
        if format.is_pressed() {
            // Whoever asked is told at once: it is not there a moment later either.
            self.press.must_be_there().map_err(|fault| Fault { retry_ms: None, ..fault })?;
        }
        let mut sql = self.database.read().await?;
        let revisions = match version {
            Some(version) => Some(book_versions::revisions(&mut sql, book, version).await?),
            None => None,
        };
        let was_there = |part: &PartId| revisions.as_ref().is_none_or(|revisions| revisions.contains_key(part));
        let (mut publication, outline) = publication_of(&mut sql, book, was_there).await?;
        drop(sql);
        if let Some(version) = version {
            publication.changed = version.at;
        }
        let stored = Stored { exporter: self, held, revisions, parts: outline.len() };
        let most = self.exports.bounds().bytes;
        let written = write((*format, &self.press, most), publication, &outline, &stored).await?;
        held.reach(WRITTEN);
        self.store(held, written).await
    }

    /// Stores what was written, piece by piece.
    async fn store(&self, held: &Held, written: Written) -> Result<(), Broken> {
        let bounds = self.exports.bounds();
        if written.length > bounds.bytes {
            return Err(too_large(bounds.bytes).into());
        }
        let pieces = written.length.div_ceil(PIECE as u64);
        for number in 0..pieces {
            let bytes = written.clone().piece(number * PIECE as u64).await?;
            let mut sql = self.database.write().await?;
            if !self.hold(&mut sql, held).await? {
                return Err(Broken::Lost);
            }
            exports::add_piece(&mut sql, &held.job.id, number, bytes).await?;
            sql.commit().await.map_err(|error| Fault::from(crate::database::Failed(error)))?;
            let share = (number + 1) * u64::from(99 - WRITTEN) / pieces;
            held.reach(WRITTEN + u8::try_from(share).unwrap_or_default());
        }
        let mut group = self.begin(&held.job.book).await?;
        let (made, kept) = (now(), i64::try_from(bounds.kept.as_millis()).unwrap_or(i64::MAX));
        let note = written.notes.join(" ");
        let (size, times) = ((written.length, pieces, note.as_str()), (made, made.saturating_add(kept)));
        if !exports::finish(group.sql(), &held.job.id, &held.holder, size, times).await? {
            return Err(Broken::Lost);
        }
        // In the transaction that makes it theirs.
        self.may(group.sql(), &held.job).await?;
        self.tell(&mut group, &held.job).await?;
        group.finish().await?;
        Ok(())
    }

    /// Renews the hold and tells how far it is, until it is lost, or whoever asked may not have it any more.
    async fn hold_on(&self, held: &Held) -> Broken {
        let (mut told, mut renewed) = (0, Instant::now());
        loop {
            sleep(TELL).await;
            let percent = held.reached();
            if percent != told {
                told = percent;
                self.tell_progress(&held.job, percent).await;
            }
            if renewed.elapsed() < RENEW {
                continue;
            }
            match self.renew(held).await {
                Ok(()) => renewed = Instant::now(),
                Err(Broken::Failed(fault)) if fault.retry_ms.is_some() => {
                    tracing::warn!(%fault, export = %held.job.id, "the hold on a file could not be renewed");
                    if renewed.elapsed() > HELD {
                        return Broken::Lost;
                    }
                }
                Err(broken) => return broken,
            }
        }
    }

    async fn renew(&self, held: &Held) -> Result<(), Broken> {
        if !self.hold(&mut *self.database.note().await?, held).await? {
            return Err(Broken::Lost);
        }
        self.must_still_may(&held.job).await
    }

    /// Holds on for another while. Tells whether it is still this run's.
    async fn hold(&self, sql: &mut Connection, held: &Held) -> Result<bool, Fault> {
        let until = self.database.time(sql).await? + LEASE;
        exports::hold(sql, &held.job.id, &held.holder, (until, held.reached())).await
    }

    /// Whoever asked may ask still.
    async fn must_still_may(&self, job: &Job) -> Result<(), Broken> {
        self.may(&mut *self.database.glance().await?, job).await
    }

    async fn may(&self, sql: &mut Connection, job: &Job) -> Result<(), Broken> {
        match books::right(sql, &job.book, Some(&job.by.id)).await? {
            // In the archive nobody writes: what was asked for before is made all the same.
            Some(right) if right.member && (right.role >= Role::Editor || right.archived) => Ok(()),
            _ => {
                let words = "Whoever asked for this file does not write in this book any more.";
                Err(Fault::forbidden(words).into())
            }
        }
    }

    async fn give_up(&self, held: &Held, fault: Fault) -> Result<(), Fault> {
        tracing::warn!(%fault, export = %held.job.id, "a file is not made");
        // What kept it from being made may keep this from being noted; then it is as if the server had died.
        let noted = timeout(NOTING, async {
            loop {
                match self.fail(held, &fault.words).await {
                    Err(why) if why.retry_ms.is_some() => sleep(EVERY).await,
                    noted => return noted,
                }
            }
        });
        noted.await.unwrap_or(Ok(()))
    }

    async fn fail(&self, held: &Held, why: &str) -> Result<(), Fault> {
        let mut group = self.begin(&held.job.book).await?;
        self.note_failure(&mut group, held, why).await?;
        group.finish().await.map(drop)
    }

    async fn note_failure(&self, group: &mut Group, held: &Held, why: &str) -> Result<(), Fault> {
        let kept = i64::try_from(self.exports.bounds().kept.as_millis()).unwrap_or(i64::MAX);
        if exports::fail(group.sql(), &held.job.id, &held.holder, why, now().saturating_add(kept)).await? {
            self.tell(group, &held.job).await?;
        }
        Ok(())
    }

    async fn hand_back(&self, held: &Held) -> Result<(), Fault> {
        let mut group = self.begin(&held.job.book).await?;
        if exports::hand_back(group.sql(), &held.job.id, &held.holder).await? {
            self.tell(&mut group, &held.job).await?;
        }
        group.finish().await.map(drop)
    }

    /// Takes away the files whose time is up.
    ///
    /// # Errors
    /// When the database is out of reach.
    pub async fn sweep(&self) -> Result<(), Fault> {
        loop {
            let past = exports::past(&mut *self.database.glance().await?, now(), AT_ONCE).await?;
            if past.is_empty() {
                return Ok(());
            }
            for (id, book, by) in past {
                let mut group = self.begin(&book).await?;
                if exports::remove(group.sql(), &book, &id).await? {
                    say(&mut group, &book, by, EventKind::ExportRemoved { id }).await?;
                }
                group.finish().await?;
            }
        }
    }

    /// A change of a book, with nobody else changing it until it ends.
    async fn begin(&self, book: &BookId) -> Result<Group, Fault> {
        let mut group = self.database.command_store().begin_group(&self.node).await?;
        group.lock(&BookChannel(book.clone()).name()).await?;
        Ok(group)
    }

    /// Tells everyone at the book how it stands now.
    async fn tell(&self, group: &mut Group, job: &Job) -> Result<(), Fault> {
        let (export, _): (Export, _) = exports::get(group.sql(), &job.book, &job.id).await?;
        say(group, &job.book, job.by.clone(), EventKind::ExportSet { export }).await
    }

    /// The same of how far it is, which nobody needs to hear who comes later.
    async fn tell_progress(&self, job: &Job, percent: u8) {
        let what = EventKind::ExportProgressed { id: job.id.clone(), percent };
        let event = BookEvent { by: job.by.clone(), at: now(), what };
        let Ok(entry) = Entry::said(&event, None, Audience::All, None) else { return };
        if let Err(fault) = self.node.publish(&BookChannel(job.book.clone()).name(), &entry).await {
            tracing::debug!(%fault, "how far a file is was not told");
        }
    }
}

async fn say(group: &mut Group, book: &BookId, by: Person, what: EventKind) -> Result<(), Fault> {
    publish(group, book, &BookEvent { by, at: now(), what }).await
}

impl Held {
    fn reached(&self) -> u8 {
        self.percent.load(Ordering::Relaxed)
    }

    fn reach(&self, percent: u8) {
        // Where the book is read twice, it is told once.
        self.percent.fetch_max(percent, Ordering::Relaxed);
    }
}

/// A book as it is stored, or as it was.
struct Stored<'a> {
    exporter: &'a Exporter,
    held: &'a Held,
    /// Which revision of each chapter; nothing for how they stand.
    revisions: Option<HashMap<PartId, u32>>,
    parts: usize,
}

impl Source for Stored<'_> {
    async fn chapter(&self, at: usize, part: &PartId) -> Result<Vec<Block>, Fault> {
        let share = at * usize::from(WRITTEN) / self.parts.max(1);
        self.held.reach(u8::try_from(share).unwrap_or(WRITTEN));
        let mut sql = self.exporter.database.read().await?;
        if let Some(revisions) = &self.revisions {
            let number = revisions.get(part).copied().unwrap_or_default();
            history::newest(&mut sql, &self.held.job.book, part).await?;
            let kept = history::kept(&mut sql, part, number).await?;
            return working(move || Ok(never_none(kept.nodes()?))).await;
        }
        let Some(stored) = writing::document(&mut sql, &self.held.job.book, part).await? else {
            let text = text_before_documents::before_documents(&mut sql, part).await?;
            return working(move || Ok(never_none(markdown::read(&text)))).await;
        };
        working(move || Ok(stored.load()?.nodes())).await
    }

    async fn picture(&self, picture: &PictureId, piece: (u64, u64)) -> Result<Vec<u8>, Fault> {
        pictures::piece(&mut *self.exporter.database.glance().await?, &self.held.job.book, picture, piece).await
    }

    async fn may_go_on(&self) -> Result<(), Fault> {
        // Asked with each renewal of the hold, whatever is done meanwhile.
        Ok(())
    }
}

/// Does what takes the processor long beside all that waits for something.
async fn working<T: Send + 'static>(work: impl FnOnce() -> Result<T, Fault> + Send + 'static) -> Result<T, Fault> {
    spawn_blocking(work).await.map_err(|_| Fault::internal())?
}
