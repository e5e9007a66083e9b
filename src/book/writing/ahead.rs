//! Edits that may take long are taken into the document before the transaction begins that stores them: while that lasts,
//! nobody else stores anything, in whatever book. What they cost is bounded there too: what an edit takes, it takes again
//! of everybody who opens the chapter.

use super::{
    chapters::{Chapter, Chapters, NewEdit},
    loaded::Loaded,
    quota_cache::HasRoom,
    throttle,
    write_permission::WritePermission,
};
use crate::{
    book::store::writing,
    document::{Edit, Refused, tree::Node},
};
use sputnik::{Fault, UserId, server::CallKey};
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    time::Duration,
};
use tokio::{task::spawn_blocking, time::Instant};

/// From how long on a short edit took long, so that the next ones of its chapter are taken in ahead.
const SLOW: Duration = Duration::from_millis(50);
/// How long edits took together when it is tried whether the chapter still loads in time.
const TRIED: Duration = Duration::from_millis(500);

/// What was taken in ahead.
pub(super) struct Ahead {
    /// What stood in the chapter before.
    pub(super) before: Vec<Node>,
    /// Of which edits of the group.
    pub(super) taken: HashMap<usize, Taken>,
}

/// An edit that is in the document, and not stored yet.
pub(super) struct Taken {
    /// Whether it changed anything.
    pub(super) changed: bool,
    /// The hands by which it adds something.
    pub(super) hands: BTreeSet<u64>,
}

/// An edit that its writer may make, as far as is known before the transaction.
struct Next {
    number: usize,
    edit: Edit,
    hands: BTreeSet<u64>,
}

/// What came of it: the document with all of them; or which of them left it unfit for use, and how long that took.
type Outcome = Result<(Loaded, Ahead, HashMap<usize, Refused>, Vec<(usize, Duration)>), (usize, Refused, Duration)>;

impl Loaded {
    /// Notes how long an edit took.
    pub(super) fn took(&mut self, time: Duration) {
        self.spent += time;
        self.is_slow |= time > SLOW;
    }
}

impl Chapters {
    /// Takes a group in ahead of its transaction, where that may take long. Those that are refused are noted, and the
    /// others are taken in without them.
    pub(super) async fn take_ahead(
        &self,
        chapter: &Chapter,
        text: &mut Option<Loaded>,
        edits: &[NewEdit],
        conflicts: &HashSet<CallKey>,
        refused: &mut HashMap<usize, Fault>,
    ) -> Result<Option<Ahead>, Fault> {
        let may_take_long = |loaded: &Loaded| {
            let reads = |edit: &NewEdit| Edit::read(&edit.bytes).is_ok_and(|read| loaded.document.may_take_long(&read));
            loaded.is_slow || loaded.spent > TRIED || edits.iter().any(reads)
        };
        // To find out what stands in a chapter that is not in memory may take long itself.
        if text.as_ref().is_some_and(|loaded| !may_take_long(loaded)) {
            return Ok(None);
        }
        let mut spoilt: Vec<&UserId> = Vec::new();
        loop {
            let loaded = self.fresh(chapter, text.take()).await?;
            let known = |number: usize, edit: &NewEdit| {
                let is_conflict = edit.call.as_ref().is_some_and(|call| conflicts.contains(&call.key));
                is_conflict || refused.contains_key(&number)
            };
            let next = self.who_may(chapter, &loaded, edits, known).await?;
            let work = move || take_all(loaded, next);
            let outcome: Outcome = spawn_blocking(work).await.map_err(|error| {
                tracing::error!(%error, "edits could not be taken in");
                Fault::internal()
            })?;
            match outcome {
                Ok((mut loaded, ahead, others, times)) => {
                    loaded.refused.extend(spoilt.into_iter().map(|by| (by.clone(), Instant::now())));
                    *text = Some(loaded);
                    refused.extend(others.into_iter().map(|(number, why)| (number, why.into())));
                    for (number, time) in times {
                        self.0.throttle.took(&edits[number].by.id, time);
                    }
                    return Ok(Some(ahead));
                }
                Err((number, why, time)) => {
                    let by = &edits[number].by.id;
                    self.0.throttle.took(by, time);
                    spoilt.push(by);
                    // Nor the other edits they sent in this group: each might take as long.
                    for (other, edit) in edits.iter().enumerate() {
                        if edit.by.id == *by {
                            refused.entry(other).or_insert_with(throttle::please_wait);
                        }
                    }
                    refused.insert(number, why.into());
                }
            }
        }
    }

    /// The edits of a group that are not `known` to be refused, nor will be in the transaction.
    async fn who_may(
        &self,
        chapter: &Chapter,
        loaded: &Loaded,
        edits: &[NewEdit],
        known: impl Fn(usize, &NewEdit) -> bool,
    ) -> Result<Vec<Next>, Fault> {
        let Chapter { book, part, .. } = chapter;
        let mut sql = self.0.database.glance().await?;
        let permission =
            WritePermission::ask(&mut sql, &self.0.node, book, part, edits.iter().map(|edit| &edit.by.id)).await?;
        let mut whose = HashMap::new();
        let mut all = Vec::new();
        'next: for (number, edit) in edits.iter().enumerate() {
            let by = &edit.by.id;
            let may = permission.check(by).is_ok()
                && !self.is_throttled(loaded, by)
                && self.0.quota_cache.of(by) != HasRoom::No;
            if !may || known(number, edit) {
                continue;
            }
            let Ok(read) = Edit::read(&edit.bytes) else { continue };
            let hands = loaded.document.new_hands(&read);
            for hand in &hands {
                let owner = match loaded.hands.get(hand).or_else(|| whose.get(hand)) {
                    Some(owner) => Some(owner.clone()),
                    None => writing::whose_hand(&mut sql, part, *hand).await?,
                };
                if *whose.entry(*hand).or_insert_with(|| owner.unwrap_or_else(|| by.clone())) != *by {
                    continue 'next;
                }
            }
            all.push(Next { number, edit: read, hands });
        }
        Ok(all)
    }
}

fn take_all(mut loaded: Loaded, next: Vec<Next>) -> Outcome {
    let (before, mut taken, mut refused) = (loaded.document.nodes(), HashMap::new(), HashMap::new());
    let mut times = Vec::new();
    for Next { number, edit, hands } in next {
        let began = Instant::now();
        let tried = loaded.document.take_in(edit);
        let time = began.elapsed();
        match tried {
            Ok(done) => {
                loaded.spent += time;
                times.push((number, time));
                taken.insert(number, Taken { changed: done.changed, hands });
            }
            Err(why) if loaded.document.is_spoilt() => return Err((number, why, time)),
            Err(why) => drop(refused.insert(number, why)),
        }
    }
    // Whatever held up the one before may be over.
    loaded.is_slow = times.iter().any(|(_, time)| *time > SLOW);
    if loaded.spent > TRIED
        && let Some((number, time)) = times.iter().max_by_key(|(_, time)| *time)
    {
        if !loaded.document.loads_in_time() {
            return Err((*number, Refused::Slow, *time));
        }
        loaded.spent = Duration::ZERO;
    }
    Ok((loaded, Ahead { before, taken }, refused, times))
}
