//! A chapter is moved to another book.
//!
//! What stands in it goes along, with its pictures, its notes, its status and its goal. What it was before stays behind, in
//! the book whose people wrote it: there it lies among what was deleted, with all its versions, and can be brought back. Its
//! old address says where it went, to whoever may know.

use super::{
    Access, EditorAccess, Work,
    copying::{in_book, picture_of, pictures_of},
    pictures,
    unfinished::Unfinished,
};
use crate::{
    book::{
        channels::ChapterChannel,
        chapter::{Moved, MovedTo},
        events::EventKind,
        model::{Kind, Part, PartId, PictureId, Place, Role},
        pictures::{Bounds, address},
        store::{books, deleted, importing, moved},
        writing::{chapters::HeldChapter, restore},
    },
    database::new_id,
    document::{readdress::readdressed, tree::Node},
};
use sputnik::{Fault, Roster, server::command::audit};
use std::collections::HashMap;

/// A chapter on its way.
struct Moving<'a> {
    from: &'a Access,
    to: &'a Access,
    part: &'a PartId,
    /// What stands in it, with the addresses it has there, and how many edits made it.
    nodes: Vec<Node>,
    edits: u64,
    /// Its id there.
    new: PartId,
    /// Under which name it is noted what came there already.
    import: &'a str,
}

impl EditorAccess {
    /// Moves a chapter to the end of another book, in which the caller may write too. Either it is there then and not here,
    /// or nothing has changed.
    pub async fn move_chapter(&self, part: &PartId, to: &EditorAccess, bounds: &Bounds) -> Result<PartId, Fault> {
        let (EditorAccess(from), EditorAccess(to)) = (self, to);
        if from.book == to.book {
            return Err(Fault::bad_request("The chapter is in this book already. Drag it to where it belongs."));
        }
        let unfinished = Unfinished::begin(&from.database)?;
        let new: PartId = new_id()?.try_into().map_err(Fault::bad_request)?;
        let moved = bring(from, to, (part, &new), unfinished.id(), bounds).await;
        let about = format!("{}: {part} to {}", from.book, to.book);
        audit::act("move_chapter").of(&from.caller).about(about).ended(&moved);
        match moved {
            // The same command was done by another run of it meanwhile.
            Ok(other) if other != new => unfinished.give_up().await.map(|()| other),
            moved => unfinished.end(moved).await,
        }
    }
}

async fn bring(
    from: &Access,
    to: &Access,
    (part, new): (&PartId, &PartId),
    import: &str,
    bounds: &Bounds,
) -> Result<PartId, Fault> {
    let look = |held: &mut HeldChapter| Ok((held.document().nodes(), held.edits()));
    let (nodes, edits) = from.look(part, look).await?;
    let mut placed: HashMap<PictureId, PictureId> = HashMap::new();
    // Each by itself: no text there names them yet, so nobody sees them, and nobody waits long.
    for picture in pictures_of(&from.book, &nodes) {
        let copied = pictures::Copied { from: &from.book, picture: &picture, to: &to.book, import };
        let copy = async |work: &mut Work<'_>| {
            let (by, at) = (work.by.id.clone(), work.at);
            pictures::copy(work.sql(), copied, (&by, at), (to.chapters.quota(), bounds)).await
        };
        if let Some(there) = to.work_aside_in_part(Role::Editor, copy).await? {
            placed.insert(picture, there);
        }
    }
    let picture = |src: &str| Some(address(&to.book, placed.get(&picture_of(&from.book, src)?)?));
    // To itself; all others are where they were.
    let link = |href: &str| in_book(&from.book, href, |other| (other == part).then(|| (to.book.clone(), new.clone())));
    let nodes = readdressed(nodes, &picture, &link);
    let moving = Moving { from, to, part, nodes, edits, new: new.clone(), import };
    let roster = from.caller.roster(&from.channel()).await?;
    from.run(&from.caller, async |work: &mut Work<'_>| moving.change(work, &roster).await).await
}

impl Moving<'_> {
    /// The change itself: one transaction in both books.
    async fn change(self, work: &mut Work<'_>, roster: &Roster) -> Result<PartId, Fault> {
        let Self { from, to, part, nodes, edits, new, import } = self;
        // Books before chapters, and books in an order that all keep.
        let mut books = [from.channel(), to.channel()];
        books.sort();
        for channel in &books {
            work.change.lock(channel).await?;
        }
        work.must_still_be(Role::Editor).await?;
        let contents = work.contents().await?;
        let old = contents.chapter(part, "can be moved to another book")?.clone();
        work.must_have_no_pen(&old, roster, "moved")?;
        let channel = ChapterChannel(from.book.clone(), part.clone());
        let by = work.by.clone();
        restore::must_be_as_it_was(work.change, &from.caller.node, &channel, &by, edits).await?;
        let (source, ..) = books::head(work.sql(), &from.book).await?;
        let at = work.at;
        deleted::delete(work.sql(), &from.book, part, &contents.branch(part), (&by, at)).await?;
        let (gone, title) = (part.clone(), old.title.clone());
        work.tell(EventKind::PartRemoved { part: gone, title, moved: true, joined: None }).await?;
        work.change.recheck(&channel.name()).await?;

        let mut there = Work { access: to, change: &mut *work.change, by, at };
        there.must_still_be(Role::Editor).await?;
        let mut contents = there.contents().await?;
        let part_there = Part {
            status: old.status,
            goal: old.goal,
            ..Part::new(new.clone(), Kind::Chapter, None, old.title.clone())
        };
        let (place, name) = (Place { parent: None, before: None }, format!("Moved from “{source}”"));
        let (added, place) = there.add_written(&mut contents, part_there, &place, nodes, name).await?;
        there.tell(EventKind::PartAdded { part: added, place, moved: true }).await?;
        moved::note(there.sql(), part, (&to.book, &new)).await?;
        importing::finish(there.sql(), import).await?;
        Ok(new)
    }
}

/// How often a chapter is followed from book to book.
const HOPS: usize = 8;

impl Access {
    /// Where a chapter went that was moved to another book, or joined to another chapter. Where that is is told to whoever
    /// may read it there; that it was moved or joined, to whoever sees what happened here. Nothing of all others.
    pub async fn find_moved(&self, part: &PartId) -> Result<Option<Moved>, Fault> {
        let who = self.caller.user.as_ref().map(|user| &user.id);
        let mut sql = self.database.read().await?;
        let (mut book, mut part, mut is_moved, mut joined) = (self.book.clone(), part.clone(), false, false);
        for _ in 0..HOPS {
            let Some(next) = moved::find(&mut sql, &book, &part).await? else { break };
            joined |= next.0 == book;
            (book, part) = next;
            is_moved = true;
        }
        if !is_moved {
            return Ok(None);
        }
        let here = match books::right(&mut sql, &book, who).await? {
            Some(_) => moved::stands(&mut sql, &book, &part).await?,
            None => None,
        };
        let to = here.map(|(title, chapter)| MovedTo { book, title, part, chapter });
        Ok((to.is_some() || self.within).then_some(Moved { to, joined }))
    }
}
