//! Finding in books.

use super::{Access, export::OutlineEntry};
use crate::{
    book::{
        model::{BookId, Title},
        search::{Found, FoundBook, FoundChapter, FoundIn, FoundPlace, Marked, SearchWords},
        store::{books, search},
    },
    costly::{self, Costly, Permit, Who},
    database::{Connection, Database},
    document::search::{
        excerpt::{Excerpt, excerpt},
        passages::{Part, Passage},
        question::{Closeness, Question},
    },
};
use sputnik::{Fault, server::Caller};
use std::{
    collections::{HashMap, HashSet},
    ops::Range,
    time::{Duration, Instant},
};

/// How many search at once: fewer than there are connections that read a file, so that pages are read beside them.
const AT_ONCE: usize = 2;
/// How many searches of one person wait, and for how long: whoever types asks again and again.
const WAITING_OF_ONE: usize = 4;
const PATIENCE: Duration = Duration::from_secs(5);
/// How many passages of a book are looked at; of each book where many are searched.
const PASSAGES: usize = 300;
const PASSAGES_OF_EACH: usize = 20;
/// In how many books somebody searches at once: those that changed last.
const BOOKS: i64 = 200;
/// In how many of them something is shown, and for how long it is looked.
const BOOKS_SHOWN: usize = 20;
const LONGEST: Duration = Duration::from_secs(1);

/// The searches of one node: so many at once, each person's in their turn. They do not wait for other costly work, nor
/// that for them.
#[derive(Clone)]
pub struct Searches(Costly);

impl Default for Searches {
    fn default() -> Self {
        Self::new()
    }
}

impl Searches {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        let bounds = costly::Bounds {
            at_once: AT_ONCE,
            waiting_of_one: WAITING_OF_ONE,
            patience: PATIENCE,
            ..costly::Bounds::default()
        };
        Self(Costly::new(bounds))
    }

    async fn enter(&self, who: Who) -> Result<Permit, Fault> {
        self.0.enter(who).await
    }

    fn current() -> Result<Self, Fault> {
        let parts = leptos::prelude::use_context::<http::request::Parts>();
        parts.and_then(|parts| parts.extensions.get::<Self>().cloned()).ok_or_else(|| {
            tracing::error!("the searches are not among the request's extensions");
            Fault::internal()
        })
    }
}

impl Access {
    /// Where words stand in the book, in titles and texts: in the passages where all of them do.
    pub async fn search(self, searches: Searches, words: &SearchWords) -> Result<Found, Fault> {
        let question = Question::new(words.as_str());
        if question.is_empty() {
            return Ok(Found::default());
        }
        // Kept until the end: so many search at once.
        let _permit = searches.enter(self.who()).await?;
        // They may have waited, and lost their right meanwhile.
        let who = self.caller.user.as_ref().map(|user| &user.id);
        let mut sql = self.database.read().await?;
        books::right(&mut sql, &self.book, who).await?.ok_or_else(super::no_book)?;
        let outline = super::export::outline(&mut sql, &self.book).await?.1;
        in_book(&mut sql, &self.book, &outline, &question, PASSAGES).await
    }
}

/// The searches of the running command's node.
///
/// # Errors
/// Outside a request.
pub fn searches() -> Result<Searches, Fault> {
    Searches::current()
}

/// Where words stand in the books that the caller belongs to.
///
/// # Errors
/// When nobody is signed in, when too many search, or the database is out of reach.
pub async fn search_my_books(words: &SearchWords) -> Result<Vec<FoundBook>, Fault> {
    let (database, searches) = (Database::current()?, Searches::current()?);
    let caller = Caller::current().await?;
    let who = caller.require_user()?.id.clone();
    let question = Question::new(words.as_str());
    if question.is_empty() {
        return Ok(Vec::new());
    }
    let _permit = searches.enter(Who::of(Some(&who), caller.address)).await?;
    let begun = Instant::now();
    let mut sql = database.read().await?;
    let mut all = Vec::new();
    for (book, title) in books::titles_of_member(&mut sql, &who, BOOKS).await? {
        if all.len() >= BOOKS_SHOWN || begun.elapsed() > LONGEST {
            break;
        }
        if let Some(found) = in_one_of_many(&mut sql, &book, &title, &question).await? {
            all.push(FoundBook { book, title, found });
        }
    }
    Ok(all)
}

async fn in_one_of_many(
    sql: &mut Connection,
    book: &BookId,
    title: &Title,
    question: &Question,
) -> Result<Option<Found>, Fault> {
    let outline = super::export::outline(sql, book).await?.1;
    let found = in_book(sql, book, &outline, question, PASSAGES_OF_EACH).await?;
    let is_found = !found.chapters.is_empty() || question.places(title.as_str()).is_some();
    Ok(is_found.then_some(found))
}

/// Where something stands in a book, looking at so many passages.
async fn in_book(
    sql: &mut Connection,
    book: &BookId,
    outline: &[OutlineEntry],
    question: &Question,
    most: usize,
) -> Result<Found, Fault> {
    let mut passages: Vec<search::Found> = Vec::new();
    let mut known = HashSet::new();
    for closeness in Closeness::ALL.into_iter().filter(|closeness| question.has(*closeness)) {
        let room = most.saturating_sub(passages.len());
        if room == 0 {
            break;
        }
        // Those that are meant more closely are found again, so as many more are asked for.
        let asked = i64::try_from(most + 1).unwrap_or(i64::MAX);
        for found in search::find(sql, book, question, closeness, asked).await? {
            if known.insert((found.part.clone(), found.passage.place())) {
                passages.push(found);
            }
        }
    }
    let more = passages.len() > most;
    passages.truncate(most);
    let mut by_part: HashMap<_, Vec<Passage>> = HashMap::new();
    for search::Found { part, passage } in passages {
        by_part.entry(part).or_default().push(passage);
    }
    let mut chapters: Vec<(u32, FoundChapter)> = Vec::new();
    for OutlineEntry { part, .. } in outline {
        let mut of_part = by_part.remove(&part.id).unwrap_or_default();
        of_part.sort_by_key(Passage::place);
        let title = question.places(part.title.as_str());
        let (mut score, places) = places(question, &of_part);
        score += title.as_ref().map_or(0, |(closeness, _)| 20 * weight(*closeness));
        if places.is_empty() && title.is_none() {
            continue;
        }
        let title = in_title(part.title.as_str(), title.map(|(_, places)| places).unwrap_or_default());
        let further = u32::try_from(places.len().saturating_sub(FoundChapter::SHOWN)).unwrap_or(u32::MAX);
        let mut places = places;
        places.truncate(FoundChapter::SHOWN);
        chapters.push((score, FoundChapter { part: part.id.clone(), title, places, further }));
    }
    // Stable: chapters that are meant as closely stay in the order of reading.
    chapters.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    let chapters: Vec<FoundChapter> = chapters.into_iter().map(|(_, chapter)| chapter).collect();
    let count = |chapter: &FoundChapter| u32::try_from(chapter.places.len()).unwrap_or(u32::MAX) + chapter.further;
    let in_titles = |chapter: &&FoundChapter| !chapter.title.marks.is_empty();
    let titles = u32::try_from(chapters.iter().filter(in_titles).count()).unwrap_or(u32::MAX);
    let places = chapters.iter().map(count).sum::<u32>() + titles;
    Ok(Found { chapters, places, more })
}

/// How much it counts that something stands somewhere so closely.
fn weight(closeness: Closeness) -> u32 {
    match closeness {
        Closeness::Whole => 4,
        Closeness::Beginning => 2,
        Closeness::Within => 1,
    }
}

/// The places in passages of one chapter, and how much they count together. Of many words, a passage is one place; of one,
/// each time it stands there is.
fn places(question: &Question, passages: &[Passage]) -> (u32, Vec<FoundPlace>) {
    let (mut score, mut found, mut known) = (0, Vec::new(), HashSet::new());
    let is_one = question.terms().len() == 1;
    for passage in passages {
        let Some((closeness, all)) = question.places(&passage.text) else { continue };
        let counts = if passage.part == Part::Heading { 5 } else { 1 };
        score += counts * weight(closeness);
        for place in all.iter().take(if is_one { usize::MAX } else { 1 }) {
            let at = at(passage, place);
            // What stands in the overlap of two passages stands there once. A note is one place.
            if known.insert((passage.block, passage.part, at)) {
                let around = marked(excerpt(&passage.text, place, &all));
                let hit = passage.text[place.clone()].chars().take(SearchWords::MAX).collect();
                found.push(FoundPlace { block: passage.block, at, hit, kind: kind(passage.part), around });
            }
        }
    }
    (score, found)
}

/// After how many UTF-16 units of its block a place is. In a note, where the note's mark stands.
fn at(passage: &Passage, place: &Range<usize>) -> u32 {
    match passage.part {
        Part::Note => passage.start,
        _ => {
            let units = passage.text[..place.start].encode_utf16().count();
            passage.start.saturating_add(u32::try_from(units).unwrap_or(u32::MAX))
        }
    }
}

fn kind(part: Part) -> FoundIn {
    match part {
        Part::Heading => FoundIn::Heading,
        Part::Text => FoundIn::Text,
        Part::Note => FoundIn::Note,
        Part::Description => FoundIn::Description,
    }
}

pub(super) fn marked(Excerpt { text, marks }: Excerpt) -> Marked {
    Marked { text, marks }
}

/// A whole title, with its marks.
fn in_title(title: &str, places: Vec<Range<usize>>) -> Marked {
    let count = |to: usize| u32::try_from(title[..to].chars().count()).unwrap_or(u32::MAX);
    let marks = places.into_iter().map(|place| (count(place.start), count(place.end))).collect();
    Marked { text: title.to_owned(), marks }
}
