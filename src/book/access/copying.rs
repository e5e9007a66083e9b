//! A new book is made of another one: the same once more, or one after its pattern.
//!
//! It is made in steps, a chapter at a time, so that a long book neither fills the memory nor keeps others from writing.
//! Until the last of them it is nobody's, and nobody sees it; with that, it belongs to whoever asked. Given up before, it
//! goes.

use super::{Access, export::OutlineEntry, pictures, shelf::must_have_room, unfinished::Unfinished};
use crate::{
    account::person::Person,
    book::{
        copying::Copied,
        history::Revision,
        model::{BookId, Kind, Part, PartId, PictureId, Place, Role, Sees, Status, Title},
        pictures::{Bounds, address},
        publishing::Publishing,
        store::{
            books,
            contents::{self, Contents},
            history, importing, metadata, people, quota, writing,
        },
    },
    costly::{self, Costly, Permit, Who},
    database::{Change, Connection, Failed, new_id, now},
    document::{
        Document,
        readdress::{self, readdressed},
        tree::{Node, never_none, plain},
        words::count_words,
    },
    metadata::Metadata,
};
use sputnik::{Code, Fault, server::command::audit};
use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

/// How many books are made at once on a node, how long one waits for one's turn, and how long one chapter may take.
const AT_ONCE: usize = 2;
const WAITING_OF_ONE: usize = 2;
const TURN: Duration = Duration::from_secs(30);
const CHAPTER: Duration = Duration::from_secs(30);
/// How long a whole book may take.
const LONGEST: Duration = Duration::from_secs(600);

/// The books that are made of others on one node: so many at once, each person's in their turn.
#[derive(Clone)]
pub struct Copies(Costly);

impl Default for Copies {
    fn default() -> Self {
        Self::new()
    }
}

impl Copies {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        let bounds = costly::Bounds {
            at_once: AT_ONCE,
            waiting_of_one: WAITING_OF_ONE,
            patience: TURN,
            time: CHAPTER,
            ..costly::Bounds::default()
        };
        Self(Costly::new(bounds))
    }

    /// Those of the running command's node.
    ///
    /// # Errors
    /// Outside a request.
    pub fn current() -> Result<Self, Fault> {
        let parts = leptos::prelude::use_context::<http::request::Parts>();
        parts.and_then(|parts| parts.extensions.get::<Self>().cloned()).ok_or_else(|| {
            tracing::error!("the books that are made of others are not among the request's extensions");
            Fault::internal()
        })
    }

    async fn enter(&self, who: Who) -> Result<Permit, Fault> {
        self.0.enter(who).await
    }
}

impl Access {
    /// Makes a new book of this one, which belongs to whoever asks. Whoever belongs to this one may, and others where its
    /// owners offer it as a file.
    pub async fn copy(self, copies: &Copies, title: &Title, what: Copied) -> Result<BookId, Fault> {
        let by = self.me()?;
        self.may_copy(&mut *self.database.glance().await?).await?;
        must_have_room(&mut *self.database.glance().await?, &by.id).await?;
        let permit = copies.enter(self.who()).await?;
        let unfinished = Unfinished::begin(&self.database)?;
        let new: BookId = new_id()?.try_into().map_err(Fault::bad_request)?;
        let copying = Copying { source: &self, title, what, new: &new, by, import: unfinished.id(), until: until() };
        let made = copying.run(permit).await;
        let about = format!("{}: {new} is made of it", self.book);
        audit::act("copy_book").of(&self.caller).about(about).ended(&made);
        match made {
            // The same command was done by another run of it meanwhile.
            Ok(other) if other != new => unfinished.give_up().await.map(|()| other),
            made => unfinished.end(made).await,
        }
    }

    /// Whether they may make another book of this one.
    async fn may_copy(&self, sql: &mut Connection) -> Result<(), Fault> {
        let who = self.caller.user.as_ref().map(|user| &user.id);
        let right = books::right(sql, &self.book, who).await?.ok_or_else(super::no_book)?;
        if right.member || metadata::load(sql, &self.book).await?.1.offers_any() {
            return Ok(());
        }
        Err(Fault::forbidden(
            "The owners of this book do not offer it as a file, so no other book can be made of it. It can be read here.",
        ))
    }
}

fn until() -> Instant {
    Instant::now() + LONGEST
}

/// One book in the making.
struct Copying<'a> {
    source: &'a Access,
    title: &'a Title,
    what: Copied,
    new: &'a BookId,
    by: Person,
    /// Under which name it is noted that it is not finished.
    import: &'a str,
    until: Instant,
}

/// What goes along besides the chapters.
struct About {
    metadata: Metadata,
    publishing: Publishing,
    readers_see: Sees,
    /// What the book is called that this is made of.
    source: Title,
}

impl Copying<'_> {
    async fn run(&self, mut permit: Permit) -> Result<BookId, Fault> {
        let (about, outline) = self.read().await?;
        self.begin().await?;
        let mut new_pictures = HashMap::new();
        let cover = match &about.publishing.cover {
            Some(cover) => self.picture(cover, &mut new_pictures).await?,
            None => None,
        };
        let mut ids: HashMap<PartId, PartId> = HashMap::with_capacity(outline.len());
        for OutlineEntry { part, .. } in &outline {
            ids.insert(part.id.clone(), new_id()?.try_into().map_err(Fault::bad_request)?);
        }
        let mut contents = Contents::load(&mut *self.source.database.glance().await?, self.new).await?;
        let ids = Arc::new(ids);
        for OutlineEntry { part, .. } in outline {
            if Instant::now() > self.until {
                return Err(Fault::too_large(
                    "This book is so large that it takes longer than the server spends on one. Nothing was made of it.",
                ));
            }
            permit = self.part(part, &ids, &mut new_pictures, &mut contents, (&about.source, permit)).await?;
        }
        self.finish(About { publishing: Publishing { cover, ..about.publishing }, ..about }).await
    }

    /// What the book is, as of one moment.
    async fn read(&self) -> Result<(About, Vec<OutlineEntry>), Fault> {
        let mut sql = self.source.database.read().await?;
        let (source, outline) = super::export::outline(&mut sql, &self.source.book).await?;
        let (said, publishing) = metadata::load(&mut sql, &self.source.book).await?;
        let (.., readers_see) = books::head(&mut sql, &self.source.book).await?;
        let about = match self.what {
            // An ISBN is that of one book, and this is another.
            Copied::Everything => {
                About { metadata: Metadata { isbn: String::new(), ..said }, publishing, readers_see, source }
            }
            Copied::Headings => About {
                metadata: Metadata { language: said.language, ..Metadata::default() },
                publishing: Publishing { theme: publishing.theme, ..Publishing::default() },
                readers_see: Sees::Text,
                source,
            },
        };
        Ok((about, outline))
    }

    /// A book that is nobody's yet.
    async fn begin(&self) -> Result<(), Fault> {
        self.step(async |sql| {
            books::create(sql, self.new, self.title, now()).await?;
            importing::add(sql, self.import, self.new, None, now()).await
        })
        .await
    }

    /// One step: a transaction of which nobody is told.
    async fn step<T>(&self, work: impl AsyncFnOnce(&mut Connection) -> Result<T, Fault>) -> Result<T, Fault> {
        let mut sql = self.source.database.write().await?;
        let done = work(&mut *sql).await?;
        sql.commit().await.map_err(Failed)?;
        Ok(done)
    }

    /// The same picture in the new book, once however often it is named. Nothing, where there is none.
    async fn picture(
        &self,
        old: &PictureId,
        known: &mut HashMap<PictureId, PictureId>,
    ) -> Result<Option<PictureId>, Fault> {
        if let Some(new) = known.get(old) {
            return Ok(Some(new.clone()));
        }
        let to = pictures::Copied { from: &self.source.book, picture: old, to: self.new, import: self.import };
        // As many as the book has, and it has no more than it may.
        let bounds = Bounds { book_bytes: u64::MAX, ..Bounds::default() };
        let quota = self.source.chapters.quota();
        let new = self.step(async |sql| pictures::copy(sql, to, (&self.by.id, now()), (quota, &bounds)).await).await?;
        if let Some(new) = &new {
            known.insert(old.clone(), new.clone());
        }
        Ok(new)
    }

    /// The same chapter or section in the new book.
    async fn part(
        &self,
        old: Part,
        ids: &Arc<HashMap<PartId, PartId>>,
        new_pictures: &mut HashMap<PictureId, PictureId>,
        contents: &mut Contents,
        (title, permit): (&Title, Permit),
    ) -> Result<Permit, Fault> {
        let id = ids.get(&old.id).cloned().ok_or_else(Fault::internal)?;
        let parent = old.parent.as_ref().and_then(|parent| ids.get(parent)).cloned();
        let place = Place { parent: parent.clone(), before: None };
        let status = if self.what == Copied::Everything { old.status } else { Status::default() };
        let part = Part { status, goal: old.goal, ..Part::new(id, old.kind, parent, old.title) };
        if part.kind == Kind::Section {
            self.step(async |sql| contents.add(sql, &part, &place).await.map(drop)).await?;
            return Ok(permit);
        }
        let mut nodes = match self.source.chapter_nodes(&old.id).await {
            // It was deleted meanwhile.
            Err(fault) if fault.code == Code::NotFound => Vec::new(),
            read => read?,
        };
        if self.what == Copied::Headings {
            nodes = readdress::headings(nodes);
        }
        let mut placed = HashMap::new();
        for old in pictures_of(&self.source.book, &nodes) {
            if let Some(new) = self.picture(&old, new_pictures).await? {
                placed.insert(old, new);
            }
        }
        let (from, to, ids) = (self.source.book.clone(), self.new.clone(), Arc::clone(ids));
        let (permit, (nodes, words, state, hand)) = permit
            .go_on(move |budget| {
                let picture = |src: &str| Some(address(&to, placed.get(&picture_of(&from, src)?)?));
                let link = |href: &str| in_book(&from, href, |part| Some((to.clone(), ids.get(part)?.clone())));
                let nodes = never_none(readdressed(nodes, &picture, &link));
                budget.check()?;
                let document = Document::of(&nodes);
                Ok((nodes.clone(), count_words(&plain(&nodes)), document.state(), document.hand()))
            })
            .await?;
        let part = Part { words, revision: 1, ..part };
        let name = format!("Copied from “{title}”");
        let quota = self.source.chapters.quota();
        self.step(async |sql| {
            quota::must_have(sql, quota, &self.by.id, state.len()).await?;
            contents.add(sql, &part, &place).await?;
            contents::set_goal(sql, &part.id, part.goal).await?;
            writing::keep_state(sql, &part.id, 0, &state).await?;
            writing::add_hand(sql, &part.id, hand, &self.by.id).await?;
            let revision =
                Revision { number: 1, by: self.by.clone(), with: Vec::new(), at: now(), name, words: part.words };
            history::add(sql, &part.id, &revision, &nodes, 0).await
        })
        .await?;
        Ok(permit)
    }

    /// From here on it is somebody's.
    async fn finish(&self, About { metadata, publishing, readers_see, .. }: About) -> Result<BookId, Fault> {
        let finish = async |change: &mut Change| {
            let (sql, at) = (change.sql(), now());
            // What was made so far is nothing to whoever may not have it any more.
            self.source.may_copy(sql).await?;
            must_have_room(sql, &self.by.id).await?;
            if !importing::finish(sql, self.import).await? {
                return Err(Fault::conflict("This took too long, and was given up. Nothing was made."));
            }
            people::set(sql, self.new, &self.by.id, Role::Owner, at).await?;
            books::set_readers_see(sql, self.new, readers_see).await?;
            books::touch(sql, self.new, at).await?;
            metadata::keep(sql, self.new, &metadata).await?;
            metadata::keep_publishing(sql, self.new, &publishing).await?;
            Ok(self.new.clone())
        };
        self.source.database.command_store().run(&self.source.caller, finish).await
    }
}

/// The pictures of a book that stand in a text, each once.
pub(super) fn pictures_of(book: &BookId, nodes: &[Node]) -> Vec<PictureId> {
    let mut found: Vec<PictureId> = Vec::new();
    for src in readdress::pictures(nodes) {
        found.extend(picture_of(book, src).filter(|id| !found.contains(id)));
    }
    found
}

/// The picture of a book that an address leads to.
pub(super) fn picture_of(book: &BookId, src: &str) -> Option<PictureId> {
    let all = format!("/book/{book}/picture/");
    src.strip_prefix(&all)?.parse().ok()
}

/// The address of a chapter of a book that stands elsewhere now, with what follows on it.
pub(super) fn in_book(book: &BookId, href: &str, now: impl Fn(&PartId) -> Option<(BookId, PartId)>) -> Option<String> {
    let rest = href.strip_prefix("/book/")?.strip_prefix(book.as_str())?.strip_prefix('/')?;
    let end = rest.find(['#', '?', '/']).unwrap_or(rest.len());
    let (book, part) = now(&rest[..end].parse().ok()?)?;
    Some(format!("/book/{book}/{part}{}", &rest[end..]))
}
