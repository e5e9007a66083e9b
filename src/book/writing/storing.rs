//! A group of edits is stored: one transaction, and an answer for each.

use super::{
    ahead::{Ahead, Taken},
    chapters::{Chapter, Chapters, NewEdit, Waiting},
    loaded::Loaded,
    quota_cache::HasRoom,
    revisions::{self, NewRevision},
    throttle,
    write_permission::WritePermission,
};
use crate::{
    book::{
        channels::BookChannel,
        chapter::{ChapterEvent, Edited, Encoded},
        model::PartId,
        store::{history, quota, writing},
        writing_session::WritingSession,
    },
    database::{Connection, Group, now},
    document::{Edit, Refused},
};
use sputnik::{
    Fault, UserId,
    server::{Asked, CallKey},
};
use std::{
    collections::{HashMap, HashSet, hash_map::Entry},
    time::Duration,
};
use tokio::time::Instant;

/// How many edits may be after the kept state, and how many bytes of them, before a newer one is kept.
const EDITS: u64 = 1_000;
const EDIT_BYTES: usize = 256 << 10;
/// For how long nothing more is taken of somebody whose edit could not be.
const THROTTLED: Duration = Duration::from_secs(2);
/// How many bytes are stored before it is noted whose they are: to note it with each letter would take longer than to
/// store that. What a node that is killed had not noted is nobody's.
const NOTED: u64 = 1 << 10;

impl Chapters {
    /// Stores a group of edits, and answers each.
    pub(super) async fn store(&self, chapter: &Chapter, text: &mut Option<Loaded>, group: Vec<Waiting>) {
        let (edits, answers): (Vec<_>, Vec<_>) = group.into_iter().map(|one| (one.edit, one.answer)).unzip();
        let stored = self.store_all(chapter, text, &edits).await;
        if stored.is_err() {
            // The document in memory may have edits that were not stored.
            *text = None;
        }
        if stored.as_ref().is_ok_and(|each| each.iter().any(Result::is_ok)) {
            self.count_later(&chapter.book, &chapter.part);
        }
        for (number, (edit, answer)) in edits.iter().zip(answers).enumerate() {
            let each = match &stored {
                Ok(each) => each.get(number).cloned().unwrap_or_else(|| Err(Fault::internal())),
                Err(fault) => Err(fault.clone()),
            };
            chapter.note(&edit.by.id, each.is_ok());
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
        let (mut with_book, mut conflicts, mut refused) = (false, HashSet::new(), HashMap::new());
        let mut ahead = None;
        loop {
            if text.is_none() || ahead.is_none() {
                ahead = self.take_ahead(chapter, text, edits, &conflicts, &mut refused).await?;
            }
            let known = Known { with_book, conflicts: &conflicts, refused: &refused, ahead: ahead.as_ref() };
            match self.try_store(chapter, text, edits, known).await? {
                Stored::Answers(answers) => return Ok(answers),
                // A revision is told at the book, whose channel comes before the chapter's. So where the group turns out
                // to end a writing session, it begins anew with both.
                Stored::NeedsBook if !with_book => with_book = true,
                // Whoever named a command by another's UID is refused, and the others in the group are not.
                Stored::Conflicts(keys) if keys.iter().any(|key| !conflicts.contains(key)) => conflicts.extend(keys),
                Stored::NeedsBook | Stored::Conflicts(_) => return Err(Fault::internal()),
            }
        }
    }

    /// Stores a group in one transaction, as far as what is `known` of it holds there.
    async fn try_store(
        &self,
        chapter: &Chapter,
        text: &mut Option<Loaded>,
        edits: &[NewEdit],
        known: Known<'_>,
    ) -> Result<Stored, Fault> {
        let (Chapter { book, part, .. }, at) = (chapter, now());
        // Ask after the lock, when nothing of this can change any more: what other nodes stored, and who may write.
        let mut group = self.0.database.command_store().begin_group(&self.0.node).await?;
        if known.with_book {
            group.lock(&BookChannel(book.clone()).name()).await?;
        }
        let version = group.lock(&chapter.channel().name()).await?;
        let permission = WritePermission::ask(group.sql(), &self.0.node, book, part, authors(edits)).await?;
        // What was taken in ahead is in the document that was in memory, and in no other.
        let ahead = known.ahead.filter(|_| text.is_some());
        let mut loaded = up_to_date(group.sql(), chapter, text.take(), version - 1).await?;
        let newest = permission.revision;
        let session = match loaded.session.take() {
            Some((revision, session)) if revision == newest => session,
            _ => history::writing_session(group.sql(), part).await?,
        };
        let ends = session.ends(at, authors(edits));
        if ends && !known.with_book {
            loaded.session = Some((newest, session));
            *text = Some(loaded);
            return Ok(Stored::NeedsBook);
        }
        let before = ends.then(|| {
            let nodes = ahead.map_or_else(|| loaded.document.nodes(), |ahead| ahead.before.clone());
            (nodes, loaded.edits)
        });
        let known = Known { ahead, ..known };
        let (answers, taken) = self.take_group(&mut group, chapter, &mut loaded, &permission, edits, known).await?;
        let (mut revision, mut session) = (newest, session);
        if !taken.is_empty() {
            // Asked again, of those whose edits were taken: one that was refused begins no new session.
            if let Some((nodes, edits)) = before
                && session.ends(at, taken.iter().map(|edit| &edit.by.id))
            {
                let ended = NewRevision::after(&session, &nodes, edits);
                revision = revisions::add(&mut group, &chapter.channel(), ended, String::new()).await?;
                session = WritingSession::default();
            }
            taken.iter().for_each(|edit| session.add(&edit.by, 1, (at, at)));
            self.add_to_log(&mut group, chapter, &mut loaded, &taken, at).await?;
        }
        let conflicts = group.finish().await?;
        if !conflicts.is_empty() {
            // The document in memory has edits that were not stored: it is dropped.
            return Ok(Stored::Conflicts(conflicts));
        }
        loaded.session = Some((revision, session));
        *text = Some(loaded);
        Ok(Stored::Answers(answers))
    }

    /// Takes the edits of a group that may be into the document. Returns the answer of each, and those that changed
    /// anything.
    async fn take_group<'a>(
        &self,
        group: &mut Group,
        chapter: &Chapter,
        loaded: &mut Loaded,
        permission: &WritePermission,
        edits: &'a [NewEdit],
        known: Known<'_>,
    ) -> Result<(Vec<Result<(), Fault>>, Vec<&'a NewEdit>), Fault> {
        let mut ahead = known.ahead;
        let (mut answers, mut taken) = (Vec::with_capacity(edits.len()), Vec::new());
        for (number, edit) in edits.iter().enumerate() {
            if let Some(refusal) = known.refusal(number, edit) {
                answers.push(Err(refusal));
                continue;
            }
            let is_in = ahead.and_then(|ahead| ahead.taken.get(&number));
            answers.push(match self.try_edit(group.sql(), chapter, loaded, permission, edit, is_in).await {
                Ok(changed) => {
                    group.done(edit.call.as_ref());
                    if changed {
                        taken.push(edit);
                    }
                    Ok(())
                }
                Err(Tried::Fault(fault)) => return Err(fault),
                Err(Tried::Refused(fault)) => {
                    if loaded.document.is_spoilt() || is_in.is_some() {
                        ahead = None;
                        reload(group.sql(), chapter, loaded, &edit.by.id, &taken).await?;
                    }
                    Err(fault)
                }
            });
        }
        Ok((answers, taken))
    }

    /// Adds edits that are in the document to the chapter's log, notes whose they are, and tells them.
    async fn add_to_log(
        &self,
        group: &mut Group,
        chapter: &Chapter,
        loaded: &mut Loaded,
        taken: &[&NewEdit],
        at: i64,
    ) -> Result<(), Fault> {
        let part = &chapter.part;
        let rows: Vec<_> = taken.iter().map(|edit| (&edit.by.id, edit.bytes.as_slice())).collect();
        writing::add(group.sql(), part, loaded.edits, at, &rows).await?;
        let first = loaded.edits + 1;
        loaded.note(taken.iter().map(|edit| edit.bytes.as_slice()));
        if loaded.since.0 >= EDITS || loaded.since.1 >= EDIT_BYTES {
            let state = loaded.document.state();
            writing::keep_state(group.sql(), part, loaded.edits, &state).await?;
            loaded.since = (0, 0);
        }
        for edit in taken {
            *loaded.brought.entry(edit.by.id.clone()).or_default() += edit.bytes.len() as u64;
        }
        self.note_usage(group.sql(), part, &mut loaded.brought).await?;
        let edited = |edit: &&NewEdit| Edited { by: edit.by.clone(), edit: Encoded(edit.bytes.clone()) };
        let event = ChapterEvent::Edited { at, first, edits: taken.iter().map(edited).collect() };
        loaded.version = Some(group.say(&chapter.channel().name(), &event).await?);
        Ok(())
    }
}

/// Who made these edits.
fn authors(edits: &[NewEdit]) -> impl Iterator<Item = &UserId> {
    edits.iter().map(|edit| &edit.by.id)
}

/// The document with all that the database has up to this version of the chapter's channel, which is locked.
async fn up_to_date(
    sql: &mut Connection,
    chapter: &Chapter,
    known: Option<Loaded>,
    version: u64,
) -> Result<Loaded, Fault> {
    let mut loaded = match known {
        // Whoever stores an edit says so on the channel, and nobody said anything since.
        Some(loaded) if loaded.version == Some(version) => loaded,
        Some(mut loaded) => {
            let others = writing::edits(sql, &chapter.part, loaded.edits).await?;
            loaded.catch_up(&others)?;
            loaded
        }
        None => Loaded::load(sql, &chapter.book, &chapter.part).await?,
    };
    loaded.version = Some(version);
    Ok(loaded)
}

/// Loads the document anew, without what a refused edit left in it, and takes in again what was taken of its group.
async fn reload(
    sql: &mut Connection,
    chapter: &Chapter,
    loaded: &mut Loaded,
    refused: &UserId,
    taken: &[&NewEdit],
) -> Result<(), Fault> {
    let mut anew = Loaded::load(sql, &chapter.book, &chapter.part).await?;
    anew.refused = std::mem::take(&mut loaded.refused);
    anew.refused.insert(refused.clone(), Instant::now());
    (anew.brought, anew.version) = (std::mem::take(&mut loaded.brought), loaded.version);
    for edit in taken {
        anew.document.take_in(Edit::read(&edit.bytes)?)?;
    }
    *loaded = anew;
    Ok(())
}

/// What is known of a group before its transaction.
#[derive(Clone, Copy)]
struct Known<'a> {
    /// That it ends a writing session, and so needs the book's channel.
    with_book: bool,
    /// Whose UIDs were other commands'.
    conflicts: &'a HashSet<CallKey>,
    /// Which are refused.
    refused: &'a HashMap<usize, Fault>,
    /// Which are in the document.
    ahead: Option<&'a Ahead>,
}

impl Known<'_> {
    /// With what an edit of the group is refused, whatever stands in the chapter.
    fn refusal(&self, number: usize, edit: &NewEdit) -> Option<Fault> {
        let is_conflict = || edit.call.as_ref().is_some_and(|call| self.conflicts.contains(&call.key));
        self.refused.get(&number).cloned().or_else(|| is_conflict().then(Asked::conflict))
    }
}

/// What came of storing a group.
enum Stored {
    /// It is stored: the answer of each.
    Answers(Vec<Result<(), Fault>>),
    /// It needs the book's channel and has it not: nothing was changed.
    NeedsBook,
    /// These came under UIDs that were other commands': nothing was changed.
    Conflicts(Vec<CallKey>),
}

/// Why an edit was not taken: it was refused, or it could not be found out.
enum Tried {
    Refused(Fault),
    Fault(Fault),
}

impl Chapters {
    /// Whether nothing is taken of somebody for a moment, because an edit of theirs took long or was refused.
    pub(super) fn is_throttled(&self, loaded: &Loaded, who: &UserId) -> bool {
        self.0.throttle.is_throttled(who) || loaded.refused.get(who).is_some_and(|at| at.elapsed() < THROTTLED)
    }

    /// Notes what people brought as theirs, where that is much, and looks who has no room left.
    async fn note_usage(
        &self,
        sql: &mut Connection,
        part: &PartId,
        brought: &mut HashMap<UserId, u64>,
    ) -> Result<(), Fault> {
        if brought.values().sum::<u64>() < NOTED {
            return Ok(());
        }
        let brought = std::mem::take(brought);
        quota::add(sql, part, brought.iter().map(|(who, bytes)| (who, *bytes))).await?;
        for who in brought.keys() {
            self.0.quota_cache.note(who, self.0.quota.holds(quota::used(sql, who).await?));
        }
        Ok(())
    }

    /// Refuses somebody who has no room left.
    async fn must_have_room(&self, sql: &mut Connection, who: &UserId) -> Result<(), Tried> {
        let known = self.0.quota_cache.of(who);
        if known == HasRoom::Look {
            let taken = quota::used(sql, who).await.map_err(Tried::Fault)?;
            self.0.quota_cache.note(who, self.0.quota.holds(taken));
        }
        match self.0.quota_cache.of(who) {
            HasRoom::Yes => Ok(()),
            HasRoom::No | HasRoom::Look => Err(Tried::Refused(self.0.quota.full())),
        }
    }

    /// Takes an edit into the document, if whoever made it may, and by their own hand. Tells whether it changed anything.
    async fn try_edit(
        &self,
        sql: &mut Connection,
        chapter: &Chapter,
        loaded: &mut Loaded,
        permission: &WritePermission,
        edit: &NewEdit,
        is_in: Option<&Taken>,
    ) -> Result<bool, Tried> {
        let by = &edit.by.id;
        permission.check(by).map_err(Tried::Refused)?;
        self.must_have_room(sql, by).await?;
        // An edit that was taken in ahead may itself be why its writer is throttled: it is not refused for that.
        if is_in.is_none() && self.is_throttled(loaded, by) {
            return Err(Tried::Refused(throttle::please_wait()));
        }
        let refused = |refused: Refused| Tried::Refused(refused.into());
        let read = Edit::read(&edit.bytes).map_err(refused)?;
        let mut new = Vec::new();
        let hands = is_in.map_or_else(|| loaded.document.new_hands(&read), |is_in| is_in.hands.clone());
        for hand in hands {
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
        let changed = match is_in {
            Some(is_in) => is_in.changed,
            None => {
                let began = Instant::now();
                let taken = loaded.document.take_in(read);
                loaded.took(began.elapsed());
                self.0.throttle.took(by, began.elapsed());
                taken.map_err(refused)?.changed
            }
        };
        // Only now that the edit is taken: a refused edit makes no hand anybody's.
        for hand in new {
            writing::add_hand(sql, &chapter.part, hand, by).await.map_err(Tried::Fault)?;
            loaded.hands.insert(hand, by.clone());
        }
        Ok(changed)
    }
}
