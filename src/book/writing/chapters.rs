//! The chapters that are being written on this node, each with its document in memory.
//!
//! An edit waits for those before it and is stored together with all that came meanwhile: one transaction for a group,
//! and its answer when that is committed. The database's order is the order; what another node stored is taken in
//! before anything is added to it. So the copy in memory may be thrown away at any time, and is when anything about it
//! is in doubt.

pub mod revising;

use super::{
    document::{Document, Edit, Refused},
    leave::Leave,
    markdown,
    stretch::Stretch,
    tree,
};
use crate::{
    account::person::Person,
    book::{
        channels::{BookChannel, ChapterChannel},
        chapter::{Edited, Encoded, TextNews},
        model::{BookId, PartId},
        store::{
            history, pen, text,
            writing::{self, Kept},
        },
    },
    database::{Database, Group, now},
    sputnik::{
        channel::Channel,
        fault::Fault,
        names::UserId,
        server::{CallKey, Node},
    },
};
use revising::Standing;
use sqlx::AnyConnection;
use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{Mutex as AsyncMutex, oneshot},
    time::Instant,
};

/// How many documents are kept in memory though nobody asks for them.
const OPEN: usize = 64;
/// For how long.
const LINGER: Duration = Duration::from_secs(300);
/// How many edits may be after the kept state, and how many bytes of them, before a newer one is kept.
const EDITS: u64 = 500;
const EDIT_BYTES: usize = 256 << 10;
/// How many edits wait for one chapter, and how many are stored at once.
const WAITING: usize = 4_096;
const GROUP: usize = 512;
const GROUP_BYTES: usize = 512 << 10;
/// For how long nothing more is taken of somebody whose edit could not be.
const REST: Duration = Duration::from_secs(2);

/// The chapters open on this node.
#[derive(Clone)]
pub struct Chapters(Arc<Inner>);

struct Inner {
    database: Database,
    node: Node,
    open: Mutex<HashMap<PartId, Arc<Chapter>>>,
}

/// One open chapter.
struct Chapter {
    book: BookId,
    part: PartId,
    /// When it was last asked for.
    asked: Mutex<Instant>,
    waiting: Mutex<Vec<Waiting>>,
    /// The document, while it is known to be what the database has.
    text: AsyncMutex<Option<Loaded>>,
}

/// An edit that is to be stored.
pub struct NewEdit {
    /// Who made it.
    pub by: Person,
    /// The command it came by.
    pub call: Option<CallKey>,
    /// The edit, encoded.
    pub bytes: Vec<u8>,
}

/// One that waits for it.
struct Waiting {
    edit: NewEdit,
    answer: oneshot::Sender<Result<(), Fault>>,
}

/// A document, and how much of the database's is in it.
struct Loaded {
    document: Document,
    /// How many edits.
    edits: u64,
    /// The version of the chapter's channel with which that was all; nothing where that is not known.
    version: Option<u64>,
    /// How many of them are after the kept state, and their bytes.
    since: (u64, usize),
    /// What was written since the newest revision, and the number of that. Known anew after others stored something.
    stretch: Option<(u32, Stretch)>,
    /// Whose hands wrote in it.
    hands: HashMap<u64, UserId>,
    /// Whose edits could not be taken, and when.
    refused: HashMap<UserId, Instant>,
}

fn missing() -> Fault {
    tracing::error!("the open chapters are not among the request's extensions");
    Fault::internal()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Only moves happen under these, and no panic can leave them half done.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl From<Refused> for Fault {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::TooLarge | Refused::Full => Self::too_large(refused),
            Refused::Unreadable | Refused::NotAllowed => Self::bad_request(refused),
            Refused::Missing => Self::stale(refused),
            Refused::Slow => Self::temporary(refused),
        }
    }
}

impl Chapters {
    /// None open yet.
    #[must_use]
    pub fn new(database: Database, node: Node) -> Self {
        Self(Arc::new(Inner { database, node, open: Mutex::default() }))
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
        let chapter = self.open(book, part);
        let mut text = chapter.text.lock().await;
        let loaded = self.fresh(&chapter, &mut text).await?;
        Ok(look(&loaded.document, loaded.edits))
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
            {
                // Whoever comes first stores for all who came meanwhile; they find nothing left to do.
                let mut text = chapter.text.lock().await;
                let group = next_group(&mut lock(&chapter.waiting));
                if !group.is_empty() {
                    self.store(&chapter, &mut text, group).await;
                }
            }
            answered.await.unwrap_or_else(|_| Err(Fault::temporary("This change was not stored. It is tried again.")))
        })
    }

    fn open(&self, book: &BookId, part: &PartId) -> Arc<Chapter> {
        let mut open = lock(&self.0.open);
        if open.len() >= OPEN && !open.contains_key(part) {
            forget_the_quiet(&mut open);
        }
        let new = || Chapter {
            book: book.clone(),
            part: part.clone(),
            asked: Mutex::new(Instant::now()),
            waiting: Mutex::default(),
            text: AsyncMutex::default(),
        };
        let chapter = open.entry(part.clone()).or_insert_with(|| Arc::new(new()));
        *lock(&chapter.asked) = Instant::now();
        Arc::clone(chapter)
    }

    /// The document with all that the database has.
    async fn fresh<'a>(&self, chapter: &Chapter, text: &'a mut Option<Loaded>) -> Result<&'a Loaded, Fault> {
        let mut sql = self.0.database.read().await?;
        // The chapter may be gone, or not be in this book.
        pen::rules(&mut sql, &chapter.book, &chapter.part).await?;
        if let Some(mut loaded) = text.take() {
            let others = writing::edits(&mut sql, &chapter.part, loaded.edits).await?;
            if loaded.catch_up(&others).is_ok() {
                return Ok(text.insert(loaded));
            }
        }
        if writing::state(&mut sql, &chapter.book, &chapter.part).await?.is_none() {
            drop(sql);
            self.create(chapter).await?;
            sql = self.0.database.read().await?;
        }
        Ok(text.insert(load(&mut sql, &chapter.book, &chapter.part).await?))
    }

    /// Makes the document of a chapter that has none: of the text it had before documents were kept.
    async fn create(&self, chapter: &Chapter) -> Result<(), Fault> {
        let mut sql = self.0.database.write().await?;
        create(&mut sql, &chapter.part).await?;
        Ok(sql.commit().await?)
    }

    /// Stores a group of edits, and answers each.
    async fn store(&self, chapter: &Chapter, text: &mut Option<Loaded>, group: Vec<Waiting>) {
        let (edits, answers): (Vec<_>, Vec<_>) = group.into_iter().map(|one| (one.edit, one.answer)).unzip();
        let stored = self.store_all(chapter, text, &edits).await;
        if stored.is_err() {
            // What is in memory may be more than is stored.
            *text = None;
        }
        for (number, answer) in answers.into_iter().enumerate() {
            let each = match &stored {
                Ok(each) => each.get(number).cloned().unwrap_or_else(|| Err(Fault::internal())),
                Err(fault) => Err(fault.clone()),
            };
            // Whoever asked may be gone.
            drop(answer.send(each));
        }
    }

    /// Stores what of a group may be stored, and tells of each whether it was.
    async fn store_all(
        &self,
        chapter: &Chapter,
        text: &mut Option<Loaded>,
        edits: &[NewEdit],
    ) -> Result<Vec<Result<(), Fault>>, Fault> {
        // A revision is told at the book, whose channel comes before the chapter's. So where the group turns out to end a
        // stretch of writing, it begins anew with both.
        match self.try_store(chapter, text, edits, false).await? {
            Some(answers) => Ok(answers),
            None => self.try_store(chapter, text, edits, true).await?.ok_or_else(Fault::internal),
        }
    }

    /// The same; nothing, when it needs the book's channel and has it not.
    async fn try_store(
        &self,
        chapter: &Chapter,
        text: &mut Option<Loaded>,
        edits: &[NewEdit],
        with_book: bool,
    ) -> Result<Option<Vec<Result<(), Fault>>>, Fault> {
        let at = now();
        let Chapter { book, part, .. } = chapter;
        // Where nobody else can change any of it any more: what other nodes stored, and who may write.
        let mut group = Group::begin(&self.0.database, &self.0.node).await?;
        if with_book {
            group.lock(&BookChannel(book.clone()).name()).await?;
        }
        let version = group.lock(&chapter.channel().name()).await?;
        let leave = Leave::ask(group.sql(), &self.0.node, book, part, edits.iter().map(|edit| &edit.by.id)).await?;
        let mut loaded = match text.take() {
            // Whoever stores an edit says so on the channel, and nobody said anything since.
            Some(loaded) if loaded.version == Some(version - 1) => loaded,
            Some(mut loaded) => {
                let others = writing::edits(group.sql(), part, loaded.edits).await?;
                loaded.catch_up(&others)?;
                loaded
            }
            None => load(group.sql(), book, part).await?,
        };
        loaded.version = Some(version - 1);
        let newest = leave.revision;
        let mut stretch = match loaded.stretch.take() {
            Some((revision, stretch)) if revision == newest => stretch,
            _ => history::stretch(group.sql(), part).await?,
        };
        let ends = stretch.ends(at, edits.iter().map(|edit| &edit.by.id));
        if ends && !with_book {
            loaded.stretch = Some((newest, stretch));
            *text = Some(loaded);
            return Ok(None);
        }
        let before = ends.then(|| (loaded.document.nodes(), loaded.edits));
        let mut answers = Vec::new();
        let mut taken: Vec<&NewEdit> = Vec::new();
        for edit in edits {
            let tried = match try_edit(group.sql(), chapter, &mut loaded, &leave, edit).await {
                Ok(changed) => {
                    group.done(edit.call.as_ref());
                    if changed {
                        taken.push(edit);
                    }
                    Ok(())
                }
                Err(Tried::Fault(fault)) => return Err(fault),
                Err(Tried::Refused(fault)) => {
                    if loaded.document.is_spoilt() {
                        let (mut refused, version) = (std::mem::take(&mut loaded.refused), loaded.version);
                        refused.insert(edit.by.id.clone(), Instant::now());
                        loaded = load(group.sql(), book, part).await?;
                        (loaded.refused, loaded.version) = (refused, version);
                        for edit in &taken {
                            loaded.document.take_in(Edit::read(&edit.bytes)?)?;
                        }
                    }
                    Err(fault)
                }
            };
            answers.push(tried);
        }
        let mut revision = newest;
        if !taken.is_empty() {
            // Asked again: whose edits were refused has not begun anything.
            if let Some((nodes, edits)) = before
                && stretch.ends(at, taken.iter().map(|edit| &edit.by.id))
            {
                let standing = Standing::after(&stretch, &nodes, edits);
                revision = revising::add(&mut group, &chapter.channel(), standing, String::new()).await?;
                stretch = Stretch::default();
            }
            let rows: Vec<_> = taken.iter().map(|edit| (&edit.by.id, edit.bytes.as_slice())).collect();
            writing::add(group.sql(), part, loaded.edits, at, &rows).await?;
            let first = loaded.edits + 1;
            loaded.note(taken.iter().map(|edit| edit.bytes.as_slice()));
            if loaded.since.0 >= EDITS || loaded.since.1 >= EDIT_BYTES {
                let state = loaded.document.state();
                writing::keep_state(group.sql(), part, loaded.edits, &state).await?;
                loaded.since = (0, 0);
            }
            for edit in &taken {
                stretch.add(&edit.by, 1, (at, at));
            }
            let edited = |edit: &&NewEdit| Edited { by: edit.by.clone(), edit: Encoded(edit.bytes.clone()) };
            let news = TextNews::Edited { at, first, edits: taken.iter().map(edited).collect() };
            loaded.version = Some(group.say(&chapter.channel().name(), &news).await?);
        }
        group.finish().await?;
        loaded.stretch = Some((revision, stretch));
        *text = Some(loaded);
        Ok(Some(answers))
    }
}

/// Why an edit was not taken: it was refused, or it could not be found out.
enum Tried {
    Refused(Fault),
    Fault(Fault),
}

/// Takes an edit into the document, if whoever made it may, and by their own hand. Tells whether it changed anything.
async fn try_edit(
    sql: &mut AnyConnection,
    chapter: &Chapter,
    loaded: &mut Loaded,
    leave: &Leave,
    edit: &NewEdit,
) -> Result<bool, Tried> {
    let by = &edit.by.id;
    leave.check(by).map_err(Tried::Refused)?;
    if loaded.refused.get(by).is_some_and(|at| at.elapsed() < REST) {
        let words = "A change of yours could not be taken a moment ago. Please wait.";
        return Err(Tried::Refused(Fault::too_many(words, 2_000)));
    }
    let refused = |refused: Refused| Tried::Refused(refused.into());
    let read = Edit::read(&edit.bytes).map_err(refused)?;
    let mut new = Vec::new();
    for hand in loaded.document.new_hands(&read) {
        if let Entry::Vacant(unknown) = loaded.hands.entry(hand) {
            // Another node may know it.
            match writing::whose_hand(sql, &chapter.part, hand).await.map_err(Tried::Fault)? {
                Some(whose) => drop(unknown.insert(whose)),
                None => new.push(hand),
            }
        }
        if loaded.hands.get(&hand).is_some_and(|whose| whose != by) {
            return Err(Tried::Refused(Fault::forbidden("This change is made in somebody else's name.")));
        }
    }
    let changed = loaded.document.take_in(read).map_err(refused)?.changed;
    // Not before: who is refused takes nobody's hand.
    for hand in new {
        writing::add_hand(sql, &chapter.part, hand, by).await.map_err(Tried::Fault)?;
        loaded.hands.insert(hand, by.clone());
    }
    Ok(changed)
}

async fn load(sql: &mut AnyConnection, book: &BookId, part: &PartId) -> Result<Loaded, Fault> {
    let kept = match writing::state(sql, book, part).await? {
        Some(kept) => kept,
        None => create(sql, part).await?,
    };
    let edits = writing::edits(sql, part, kept.edits).await?;
    let hands = writing::hands(sql, part).await?;
    let document = Document::load(&kept.state, edits.iter().map(Vec::as_slice)).map_err(|refused| {
        tracing::error!(%part, %refused, "a kept document cannot be read");
        Fault::internal()
    })?;
    let (since, refused) = ((0, 0), HashMap::new());
    let mut loaded = Loaded { document, edits: kept.edits, version: None, since, stretch: None, hands, refused };
    loaded.note(edits.iter().map(Vec::as_slice));
    Ok(loaded)
}

/// The document of a chapter that has none, kept from now on.
async fn create(sql: &mut AnyConnection, part: &PartId) -> Result<Kept, Fault> {
    let nodes = tree::never_none(markdown::read(&text::before_documents(sql, part).await?));
    let state = Document::of(&nodes).state();
    writing::keep_state(sql, part, 0, &state).await?;
    Ok(Kept { edits: 0, state })
}

impl Loaded {
    /// Takes in what other nodes stored.
    fn catch_up(&mut self, others: &[Vec<u8>]) -> Result<(), Refused> {
        for bytes in others {
            self.document.take_in(Edit::read(bytes)?)?;
        }
        if !others.is_empty() {
            self.stretch = None;
        }
        self.note(others.iter().map(Vec::as_slice));
        Ok(())
    }

    /// Counts edits that are in the database and in the document.
    fn note<'a>(&mut self, edits: impl Iterator<Item = &'a [u8]>) {
        for edit in edits {
            self.edits += 1;
            self.since.0 += 1;
            self.since.1 += edit.len();
        }
    }
}

impl Chapter {
    fn channel(&self) -> ChapterChannel {
        ChapterChannel(self.book.clone(), self.part.clone())
    }
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

/// Lets go of what nobody asked for in a while; should that be nothing, of what was not asked for the longest.
fn forget_the_quiet(open: &mut HashMap<PartId, Arc<Chapter>>) {
    let in_use = |chapter: &Arc<Chapter>| Arc::strong_count(chapter) > 1;
    open.retain(|_, chapter| in_use(chapter) || lock(&chapter.asked).elapsed() < LINGER);
    while open.len() >= OPEN {
        let idle = open.iter().filter(|(_, chapter)| !in_use(chapter));
        let Some(oldest) = idle.min_by_key(|(_, chapter)| *lock(&chapter.asked)).map(|(part, _)| part.clone()) else {
            return;
        };
        open.remove(&oldest);
    }
}
