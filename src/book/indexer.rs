//! What is searched is kept in step with what is written.
//!
//! Nothing is done for it while an edit is stored. One worker a node asks the database again and again which chapters have
//! more edits than are in what is searched, whoever stored them, and looks at those anew: so a node that is killed leaves
//! nothing behind that another does not find. It asks seldom enough that asking takes a fiftieth of its time, and rests as
//! long as it works. Of a chapter only the passages that changed are written.

use super::{
    model::PartId,
    store::{
        search::{self, Behind},
        text_before_documents, writing,
    },
};
use crate::{
    database::{Connection, Database, Failed, now},
    document::{
        markdown,
        search::passages::{Passage, passages},
    },
};
use sputnik::Fault;
use std::{
    collections::HashMap,
    ops::Range,
    time::{Duration, Instant},
};
use tokio::{task::spawn_blocking, time::sleep};

/// How often it is asked what is behind, at most.
const EVERY: Duration = Duration::from_secs(1);
/// As what part of its time asking may take.
const PART: u32 = 50;
/// How many chapters are looked at before it is asked again.
const AT_ONCE: i64 = 64;
/// How many bytes of text are written in one transaction: where one writes at a time, nobody waits long.
const BYTES: usize = 48 << 10;

/// To look at a chapter takes longer than this where it is very long. It rests then for as many times as long: otherwise one
/// in which somebody types would be looked at all the time.
const SHORT: Duration = Duration::from_millis(50);
const LONG_REST: u32 = 10;

/// Keeps what is searched in step. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Indexer(Database);

impl Indexer {
    /// Of this database.
    #[must_use]
    pub fn new(database: Database) -> Self {
        Self(database)
    }

    /// Keeps it in step for ever.
    pub async fn keep(self) {
        let (mut is_prepared, mut resting) = (false, Resting::new());
        loop {
            let begun = Instant::now();
            let round = async {
                if !is_prepared {
                    search::prepare(&self.0).await?;
                    is_prepared = true;
                }
                self.round(&mut resting).await
            };
            let rest = match round.await {
                Ok(Round { looked: 0, asking }) => EVERY.max(asking * PART),
                Ok(_) => begun.elapsed().min(EVERY),
                Err(fault) => {
                    tracing::warn!(%fault, "what is searched waits to be brought up to date");
                    // Somebody may have taken the index away.
                    is_prepared = false;
                    EVERY * 5
                }
            };
            sleep(rest).await;
        }
    }

    /// Makes the index where there is none, and looks at every chapter that is behind and is no other node's just now.
    /// Tells how many.
    ///
    /// # Errors
    /// When the database is out of reach.
    pub async fn catch_up(&self) -> Result<usize, Fault> {
        search::prepare(&self.0).await?;
        let (mut looked, mut resting) = (0, Resting::new());
        loop {
            match self.round(&mut resting).await?.looked {
                0 => return Ok(looked),
                some => looked += some,
            }
        }
    }

    /// Forgets all that is searched, and looks at every chapter anew. Tells at how many.
    ///
    /// # Errors
    /// When the database is out of reach.
    pub async fn rebuild(&self) -> Result<usize, Fault> {
        search::forget(&self.0).await?;
        self.catch_up().await
    }

    async fn round(&self, resting: &mut Resting) -> Result<Round, Fault> {
        let begun = Instant::now();
        let all = search::behind(&mut *self.0.glance().await?, AT_ONCE).await?;
        let (asking, mut looked) = (begun.elapsed(), 0);
        resting.retain(|_, until| *until > begun);
        for behind in all {
            let (claimed, begun) = (now(), Instant::now());
            if resting.contains_key(&behind.part) {
                continue;
            }
            match search::claim(&mut *self.0.note().await?, &behind, claimed).await {
                Ok(true) => {}
                Ok(false) => continue,
                // It was deleted for good just now, say.
                Err(fault) => {
                    tracing::warn!(part = %behind.part, %fault, "a chapter is not searched as it stands");
                    continue;
                }
            }
            match self.look(&behind, claimed).await {
                Ok(()) => {
                    looked += 1;
                    if begun.elapsed() > SHORT {
                        resting.insert(behind.part, Instant::now() + begun.elapsed() * LONG_REST);
                    }
                }
                // It is tried again when its claim has run out; until then the others are looked at.
                Err(fault) => tracing::warn!(part = %behind.part, %fault, "a chapter is not searched as it stands"),
            }
        }
        Ok(Round { looked, asking })
    }

    /// Brings what is searched of one chapter up to date.
    async fn look(&self, behind: &Behind, claimed: i64) -> Result<(), Fault> {
        let mut sql = self.0.read().await?;
        let (new, edits) = stands(&mut sql, behind).await?;
        let mut old = search::of_chapter(&mut sql, &behind.part).await?;
        old.sort_by_key(|(_, passage)| passage.place());
        let Difference { gone, came, shift } = match search::is_of_another(&mut sql, behind).await? {
            true => Difference { gone: 0..old.len(), came: 0..new.len(), shift: None },
            false => difference(&old, &new),
        };
        drop(sql);
        let gone: Vec<i64> = old[gone].iter().map(|(id, _)| *id).collect();
        let mut chunks = chunks(&new[came]).into_iter().peekable();
        let (mut since, mut is_first) = (claimed, true);
        loop {
            let chunk = chunks.next().unwrap_or_default();
            let done = chunks.peek().is_none().then_some(edits);
            let mut sql = self.0.write().await?;
            let holding = now().max(since + 1);
            if !search::hold_on(&mut sql, behind, (since, holding), done).await? {
                // It took so long that another node began: that one does it.
                return Ok(());
            }
            if is_first {
                search::remove(&mut sql, &gone).await?;
                if let Some((from, by)) = shift {
                    search::shift(&mut sql, &behind.part, from, by).await?;
                }
            }
            search::add(&mut sql, behind, &chunk).await?;
            sql.commit().await.map_err(Failed)?;
            if done.is_some() {
                return Ok(());
            }
            (since, is_first) = (holding, false);
        }
    }
}

/// The chapters that are not looked at again before some moment.
type Resting = HashMap<PartId, Instant>;

/// What was done in one round.
struct Round {
    /// At how many chapters it was looked.
    looked: usize,
    /// How long it took to ask which.
    asking: Duration,
}

/// What stands in a chapter, and how many edits made it. It is read beside those who write there, not through what they
/// have in memory: nobody waits for it.
async fn stands(sql: &mut Connection, Behind { book, part }: &Behind) -> Result<(Vec<Passage>, u64), Fault> {
    let Some(stored) = writing::document(sql, book, part).await? else {
        let text = text_before_documents::before_documents(sql, part).await?;
        return working(move || Ok((passages(&markdown::read(&text)), 0))).await;
    };
    working(move || Ok((passages(&stored.load()?.nodes()), stored.edits()))).await
}

/// Does what takes the processor long beside all that waits for something.
async fn working<T: Send + 'static>(work: impl FnOnce() -> Result<T, Fault> + Send + 'static) -> Result<T, Fault> {
    spawn_blocking(work).await.map_err(|_| Fault::internal())?
}

/// What is to be changed of what is searched.
struct Difference {
    /// Which of the old passages go.
    gone: Range<usize>,
    /// Which of the new ones come.
    came: Range<usize>,
    /// From which block on the others are so many blocks further.
    shift: Option<(u32, i64)>,
}

/// The passages in the middle that differ: those before and behind them stay, these perhaps at other blocks.
fn difference(old: &[(i64, Passage)], new: &[Passage]) -> Difference {
    let head = old.iter().zip(new).take_while(|((_, old), new)| old == *new).count();
    let last = |passage: Option<&Passage>| passage.map_or(0, |passage| i64::from(passage.block));
    let by = last(new.last()) - last(old.last().map(|(_, passage)| passage));
    let is_same = |((_, old), new): &(&(i64, Passage), &Passage)| {
        let same = (old.start, old.part, &old.text) == (new.start, new.part, &new.text);
        same && i64::from(old.block) + by == i64::from(new.block)
    };
    let mut tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(is_same).count();
    // What stays where it is and what moves are told apart by their blocks.
    let head_block = head.checked_sub(1).and_then(|last| new.get(last)).map(|last| last.block);
    let first = |tail: usize| tail.checked_sub(1).and_then(|_| old.get(old.len() - tail)).map(|(_, first)| first.block);
    while by != 0 && head_block.is_some() && first(tail).is_some_and(|block| Some(block) <= head_block) {
        tail -= 1;
    }
    let shift = first(tail).filter(|_| by != 0).map(|from| (from, by));
    Difference { gone: head..old.len() - tail, came: head..new.len() - tail, shift }
}

/// In parts that are written at once.
fn chunks(passages: &[Passage]) -> Vec<Vec<&Passage>> {
    let mut chunks: Vec<Vec<&Passage>> = Vec::new();
    let mut bytes = 0;
    for passage in passages {
        match chunks.last_mut().filter(|_| bytes < BYTES) {
            Some(last) => last.push(passage),
            None => {
                chunks.push(vec![passage]);
                bytes = 0;
            }
        }
        bytes += passage.text.len();
    }
    chunks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::search::passages::Part;

    fn passage(block: u32, text: &str) -> Passage {
        Passage { block, start: 0, part: Part::Text, text: text.to_owned() }
    }

    /// What stands there once the difference is made.
    fn changed(old: &[Passage], new: &[Passage]) -> (usize, Vec<Passage>) {
        let old: Vec<(i64, Passage)> = (0..).zip(old.iter().cloned()).collect();
        let Difference { gone, came, shift } = difference(&old, new);
        let mut kept: Vec<Passage> = Vec::new();
        for (at, (_, mut passage)) in old.into_iter().enumerate() {
            if !gone.contains(&at) {
                if let Some((_, by)) = shift.filter(|(from, _)| passage.block >= *from) {
                    passage.block = u32::try_from(i64::from(passage.block) + by).expect("a block");
                }
                kept.push(passage);
            }
        }
        let written = came.len();
        kept.extend(new[came].iter().cloned());
        kept.sort_by_key(Passage::place);
        (written, kept)
    }

    #[test]
    fn only_what_changed_is_written() {
        let text = |words: &[&str]| (0..).zip(words).map(|(block, word)| passage(block, word)).collect::<Vec<_>>();
        for (old, new, written) in [
            (&["a", "b", "c"][..], &["a", "x", "c"][..], 1),
            (&["a", "b", "c"], &["new", "a", "b", "c"], 1),
            (&["a", "b", "c"], &["b", "c"], 0),
            (&["a", "b", "c"], &["a", "b", "c"], 0),
            (&[], &["a"], 1),
            (&["a"], &[], 0),
            (&["a", "a", "a"], &["a", "a"], 0),
            (&["a", "b"], &["b", "a"], 2),
        ] {
            let new = text(new);
            assert_eq!(changed(&text(old), &new), (written, new));
        }
    }

    #[test]
    fn a_note_whose_block_is_parted_before_it_goes_with_the_second_half() {
        let note = |block| Passage { part: Part::Note, ..passage(block, "note") };
        let old = vec![passage(0, "a"), note(0), passage(1, "b")];
        let new = vec![passage(0, "a"), note(1), passage(2, "b")];
        assert_eq!(changed(&old, &new).1, new);
    }
}
