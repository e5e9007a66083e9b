//! A book is stored: first its pictures, then all else at once.

use super::{
    super::{
        Access, EditorAccess, Work,
        pictures::{Picture, keep},
        shelf::must_have_room,
        unfinished::Unfinished,
    },
    chapters::{Chosen, New, Written, must_fit},
    planned::{in_words, read, titles},
};
use crate::{
    account::person::Person,
    book::{
        events::EventKind,
        history::Revision,
        import::{Choices, Imported, Progress, title, title_of_file},
        model::{BookId, Part, PartId, PictureId, Place, Role, Title},
        pictures::{Bounds, address, look_at},
        publishing::Publishing,
        state::Book,
        store::{
            books,
            contents::{self, Contents},
            history, importing, metadata, people, quota, writing,
        },
        writing::chapters::Chapters,
    },
    costly::{Budget, Permit},
    database::{Change, Connection, Database, new_id, now},
    document::{
        archive::Archive,
        left_out::{LeftOut, What},
        manuscript::Placed,
    },
    metadata::Metadata,
};
use serde::{Serialize, de::DeserializeOwned};
use sputnik::{Fault, server::Caller};
use std::{collections::HashMap, fs::File};
use tokio::sync::mpsc::Sender;

/// What the first revision of a chapter is called that came in.
const IMPORTED: &str = "Imported";

/// A file that is to come in.
pub struct Incoming {
    /// Its name.
    pub name: String,
    /// What stands in it.
    pub file: File,
    /// What was decided about it.
    pub choices: Choices,
}

/// A book on its way in.
pub struct Import {
    caller: Caller,
    database: Database,
    chapters: Chapters,
    bounds: Bounds,
    /// The book that it comes into; nothing for a new one.
    into: Option<Access>,
}

/// What was read of a file, as far as it is to come in.
struct Read {
    chosen: Chosen,
    archive: Option<Archive>,
    /// The pictures in it, by number and path.
    pictures: Vec<(usize, String)>,
    title: Title,
    /// What else the file says about the book.
    about: Metadata,
    /// Which of its pictures is the cover.
    cover: Option<usize>,
    left_out: LeftOut,
}

/// What a book says about itself, and the picture on its cover.
struct About {
    metadata: Metadata,
    cover: Option<PictureId>,
}

impl About {
    fn publishing(&self) -> Publishing {
        Publishing { cover: self.cover.clone(), ..Publishing::default() }
    }
}

impl Import {
    /// As a new book of whoever asks.
    ///
    /// # Errors
    /// When nobody is signed in, or has as many books as one may.
    pub async fn as_new(caller: Caller, database: Database, chapters: Chapters, bounds: Bounds) -> Result<Self, Fault> {
        let owner = caller.require_user()?;
        must_have_room(&mut *database.glance().await?, &owner.id).await?;
        Ok(Self { caller, database, chapters, bounds, into: None })
    }

    /// Into a book that is there.
    #[must_use]
    pub fn into_book(access: EditorAccess, bounds: Bounds) -> Self {
        let EditorAccess(access) = access;
        let (caller, database, chapters) = (access.caller.clone(), access.database.clone(), access.chapters.clone());
        Self { caller, database, chapters, bounds, into: Some(access) }
    }

    /// Brings a file in, and tells how far it is. Given up, it leaves nothing behind.
    ///
    /// # Errors
    /// In words, when no book can be read from it, or it has no place here. Nothing of it is stored then.
    pub async fn run(self, permit: Permit, incoming: Incoming, tell: Sender<Progress>) -> Result<Imported, Fault> {
        let unfinished = Unfinished::begin(&self.database)?;
        let imported = self.bring(permit, incoming, unfinished.id(), &tell).await;
        unfinished.end(imported).await
    }

    async fn bring(
        &self,
        permit: Permit,
        Incoming { name, file, choices }: Incoming,
        import: &str,
        tell: &Sender<Progress>,
    ) -> Result<Imported, Fault> {
        say(tell, Progress::Reading);
        let place = choices.place.clone().unwrap_or(Place { parent: None, before: None });
        let (present, deepest) = self.room(&place).await?;
        let room = Room { deepest, has_title: self.into.is_some() };
        let (permit, read) = permit.go_on(move |budget| chosen(&name, file, &choices, room, budget)).await?;
        must_fit(&read.chosen, present)?;
        let book = match &self.into {
            Some(access) => access.book.clone(),
            None => self.begin_book(import, &read.title).await?,
        };
        let Read { chosen, archive, pictures, title, about, cover, mut left_out } = read;
        let of = pictures.len() + chosen.len();
        let pictures = Pictures { archive, left: pictures, of };
        let (permit, pictures, ids) =
            self.bring_pictures(permit, pictures, (import, &book), &mut left_out, tell).await?;
        let done = pictures.len();
        let (into, parent, told) = (book.clone(), place.parent.clone(), tell.clone());
        let made = permit.go_on(move |budget| {
            let mut done = done;
            chosen.into_parts(&into, parent.as_ref(), &pictures, budget, || {
                done += 1;
                say(&told, Progress::Done { done: done.min(of), of });
            })
        });
        let (_permit, new) = made.await?;
        let about = About { metadata: about, cover: cover.and_then(|number| ids.get(&number).cloned()) };
        let chapters = match &self.into {
            Some(access) => self.store_into(access, import, new, &place, &about).await?,
            None => self.store_new(import, &book, (&title, &about), new).await?,
        };
        Ok(Imported { book, chapters, left_out: in_words(&left_out) })
    }

    /// How many parts there are already, and in how many sections what comes may stand.
    async fn room(&self, place: &Place) -> Result<(usize, usize), Fault> {
        let Some(access) = &self.into else { return Ok((0, Book::DEPTH)) };
        let mut sql = access.database.read().await?;
        contents::room(&Contents::load(&mut sql, &access.book).await?, place.parent.as_ref())
    }

    async fn change<T>(&self, work: impl AsyncFnOnce(&mut Change, Person) -> Result<T, Fault>) -> Result<T, Fault>
    where
        T: Serialize + DeserializeOwned,
    {
        let by: Person = self.caller.require_user()?.clone().into();
        let caller = Caller { call: None, ..self.caller.clone() };
        self.database.command_store().run(&caller, async |change: &mut Change| work(change, by).await).await
    }

    /// A book that is nobody's yet: whose it will be is said at the end.
    async fn begin_book(&self, import: &str, title: &Title) -> Result<BookId, Fault> {
        let book: BookId = new_id()?.try_into().map_err(Fault::bad_request)?;
        let begin = async |change: &mut Change, by: Person| {
            must_have_room(change.sql(), &by.id).await?;
            books::create(change.sql(), &book, title, now()).await?;
            importing::add(change.sql(), import, &book, None, now()).await
        };
        self.change(begin).await?;
        Ok(book)
    }

    /// Stores the pictures, each by itself. One that is none is left out.
    async fn bring_pictures(
        &self,
        mut permit: Permit,
        Pictures { mut archive, left, of }: Pictures,
        (import, book): (&str, &BookId),
        left_out: &mut LeftOut,
        tell: &Sender<Progress>,
    ) -> Result<(Permit, HashMap<usize, Placed>, HashMap<usize, PictureId>), Fault> {
        let (mut placed, mut ids) = (HashMap::new(), HashMap::new());
        for (done, (number, path)) in left.into_iter().enumerate() {
            let (bounds, at) = (self.bounds, path.clone());
            let look = permit.go_on(move |_| {
                let bytes = archive.as_mut().and_then(|archive| archive.read(&at, bounds.bytes as u64).ok().flatten());
                let looked = bytes.and_then(|bytes| look_at(&bytes, &bounds).ok());
                Ok((archive, looked))
            });
            let (again, (same, looked)) = look.await?;
            (permit, archive) = (again, same);
            match looked {
                Some((recognised, bytes)) => {
                    let picture = Picture { recognised, bytes, import: Some(import.to_owned()) };
                    let id = self.keep(book, picture).await?;
                    let (width, height) = (recognised.width, recognised.height);
                    placed.insert(number, Placed { src: address(book, &id), width, height });
                    ids.insert(number, id);
                }
                None => left_out.add(What::Picture, &path),
            }
            say(tell, Progress::Done { done: done + 1, of });
        }
        Ok((permit, placed, ids))
    }

    async fn keep(&self, book: &BookId, picture: Picture) -> Result<PictureId, Fault> {
        let (quota, bounds) = (self.chapters.quota(), self.bounds);
        match &self.into {
            Some(access) => {
                let store = async |work: &mut Work<'_>| {
                    let (by, at) = (work.by.id.clone(), work.at);
                    keep(work.sql(), book, (&by, at), picture, (quota, &bounds)).await
                };
                access.work_aside(Role::Editor, store).await
            }
            None => {
                let store = async |change: &mut Change, by: Person| {
                    keep(change.sql(), book, (&by.id, now()), picture, (quota, &bounds)).await
                };
                self.change(store).await
            }
        }
    }

    async fn store_into(
        &self,
        access: &Access,
        import: &str,
        new: Vec<New>,
        place: &Place,
        about: &About,
    ) -> Result<Vec<PartId>, Fault> {
        let store = async |work: &mut Work<'_>| {
            let (by, at) = (work.by.clone(), work.at);
            quota::must_have(work.sql(), self.chapters.quota(), &by.id, size(&new)).await?;
            let mut contents = Contents::load(work.sql(), &access.book).await?;
            let mut added = Vec::new();
            for New { part, written } in new {
                let within = Place { parent: part.parent.clone(), before: None };
                let place = if part.parent == place.parent { place } else { &within };
                let place = contents.add(work.sql(), &part, place).await?;
                if let Some(written) = written {
                    write(work.sql(), &part, &written, (&by, at)).await?;
                    added.push(part.id.clone());
                }
                work.tell(EventKind::PartAdded { part, place, moved: false }).await?;
            }
            // Of a book that says something already, nobody says something else unasked.
            if access.role == Role::Owner
                && about.metadata != Metadata::default()
                && metadata::load(work.sql(), &access.book).await? == Default::default()
            {
                metadata::keep(work.sql(), &access.book, &about.metadata).await?;
                work.tell(EventKind::MetadataSet { metadata: Some(Box::new(about.metadata.clone())) }).await?;
                if about.cover.is_some() {
                    let publishing = about.publishing();
                    metadata::keep_publishing(work.sql(), &access.book, &publishing).await?;
                    work.tell(EventKind::PublishingSet { publishing }).await?;
                }
            }
            importing::finish(work.sql(), import).await?;
            Ok(added)
        };
        access.work(Role::Editor, store).await
    }

    async fn store_new(
        &self,
        import: &str,
        book: &BookId,
        (title, about): (&Title, &About),
        new: Vec<New>,
    ) -> Result<Vec<PartId>, Fault> {
        let store = async |change: &mut Change, by: Person| {
            let (sql, at) = (change.sql(), now());
            must_have_room(sql, &by.id).await?;
            quota::must_have(sql, self.chapters.quota(), &by.id, size(&new)).await?;
            if !importing::finish(sql, import).await? {
                return Err(Fault::conflict("This took too long, and was given up. Nothing was imported."));
            }
            books::rename(sql, book, title).await?;
            people::set(sql, book, &by.id, Role::Owner, at).await?;
            books::touch(sql, book, at).await?;
            metadata::keep(sql, book, &about.metadata).await?;
            metadata::keep_publishing(sql, book, &about.publishing()).await?;
            let mut contents = Contents::load(sql, book).await?;
            let mut added = Vec::new();
            for New { part, written } in new {
                let place = Place { parent: part.parent.clone(), before: None };
                contents.add(sql, &part, &place).await?;
                if let Some(written) = written {
                    write(sql, &part, &written, (&by, at)).await?;
                    added.push(part.id.clone());
                }
            }
            Ok(added)
        };
        self.change(store).await
    }
}

/// Pictures that are to be stored, and what of an import that is a part of.
struct Pictures {
    archive: Option<Archive>,
    left: Vec<(usize, String)>,
    of: usize,
}

/// Where a file comes in.
#[derive(Clone, Copy)]
struct Room {
    /// How deep chapters may lie there.
    deepest: usize,
    /// Whether that has a title already.
    has_title: bool,
}

/// What of a file is to come in.
fn chosen(name: &str, file: File, choices: &Choices, room: Room, budget: &Budget) -> Result<Read, Fault> {
    let mut book = read(name, file, budget)?;
    if room.has_title {
        book.keep_title();
    }
    let level = choices.level.unwrap_or_else(|| book.level()).min(room.deepest + 1);
    let pieces = book.cut(level);
    let titles = titles(&pieces, &book, name);
    let title = choices.title.clone().or_else(|| book.title.as_deref().and_then(title)).or_else(|| title_of_file(name));
    let title = title.ok_or_else(|| Fault::bad_request("This file says no title. Please give the book one."))?;
    let chosen = Chosen::of(pieces, titles, choices);
    let mut numbers = chosen.pictures();
    numbers.extend(book.cover);
    let pictures =
        numbers.into_iter().filter_map(|number| Some((number, book.pictures.get(number)?.clone()))).collect();
    // What cannot be kept of it is left out.
    let (about, _) = book.metadata.mended();
    let cover = book.cover;
    Ok(Read { chosen, archive: book.files, pictures, title, about, cover, left_out: book.left_out })
}

/// Stores what stands in a chapter.
async fn write(
    sql: &mut Connection,
    part: &Part,
    Written { nodes, state, hand }: &Written,
    (by, at): (&Person, i64),
) -> Result<(), Fault> {
    writing::keep_state(sql, &part.id, 0, state).await?;
    writing::add_hand(sql, &part.id, *hand, &by.id).await?;
    let (number, name) = (part.revision, IMPORTED.to_owned());
    let revision = Revision { number, by: by.clone(), with: Vec::new(), at, name, words: part.words };
    history::add(sql, &part.id, &revision, nodes, 0).await
}

fn size(new: &[New]) -> usize {
    new.iter().flat_map(|new| &new.written).map(|written| written.state.len()).sum()
}

/// Tells how far it is, if somebody listens fast enough: the next time says more.
fn say(tell: &Sender<Progress>, progress: Progress) {
    drop(tell.try_send(progress));
}
