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
    document::{Document, Edit, Refused, tree::Node},
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
            let work = move || take_all(loaded, next, Document::loads_in_time);
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

/// Takes edits in, as long as the chapter goes on to load in time.
fn take_all(mut loaded: Loaded, next: Vec<Next>, loads_in_time: impl FnOnce(&Document) -> bool) -> Outcome {
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
        if !loads_in_time(&loaded.document) {
            return Err((*number, Refused::Slow, *time));
        }
        loaded.spent = Duration::ZERO;
    }
    Ok((loaded, Ahead { before, taken }, refused, times))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::tree::{Element, Run, plain};
    use yrs::{Doc, GetString, ReadTxn, Text, Transact, Update, XmlFragment, XmlOut, updates::decoder::Decode};

    /// A chapter in which edits took so long since it was tried last, and one more edit.
    fn chapter(spent: Duration) -> (Loaded, Vec<Next>) {
        let run = Node::Text(Run { text: "The tide".into(), marks: Vec::new() });
        let document = Document::of(&[Node::Element(Element::new("paragraph", &[], vec![run]))]);
        let writer = Doc::new();
        let root = writer.get_or_insert_xml_fragment("chapter");
        let mut txn = writer.transact_mut();
        txn.apply_update(Update::decode_v1(&document.state()).expect("a state")).expect("it fits");
        let before = txn.state_vector();
        let Some(XmlOut::Element(paragraph)) = root.get(&txn, 0) else { panic!("a paragraph") };
        let Some(XmlOut::Text(text)) = paragraph.get(&txn, 0) else { panic!("a text") };
        let end = text.len(&txn);
        text.insert(&mut txn, end, " turns");
        assert_eq!(text.get_string(&txn), "The tide turns");
        let edit = Edit::read(&txn.encode_state_as_update_v1(&before)).expect("an edit");
        let mut loaded = Loaded::new(document, 1, HashMap::new());
        loaded.spent = spent;
        (loaded, vec![Next { number: 7, edit, hands: BTreeSet::new() }])
    }

    #[test]
    fn a_chapter_that_would_load_too_slowly_does_not_get_the_edit() {
        let long = TRIED + Duration::from_millis(1);
        let (loaded, next) = chapter(long);
        let (number, why, _) = take_all(loaded, next, |_| false).err().expect("it is refused");
        assert_eq!((number, why), (7, Refused::Slow));

        let (loaded, next) = chapter(long);
        let tried = |document: &Document| plain(&document.nodes()).trim() == "The tide turns";
        let (loaded, ahead, ..) = take_all(loaded, next, tried).unwrap_or_else(|_| panic!("it loads in time with it"));
        assert!(ahead.taken[&7].changed);
        assert_eq!(loaded.spent, Duration::ZERO, "so it is tried again only after as much more");

        let (loaded, next) = chapter(Duration::ZERO);
        let untried = |_: &Document| panic!("edits that took no time are no reason to try");
        assert!(take_all(loaded, next, untried).is_ok());
    }
}
