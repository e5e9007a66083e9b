//! Words put in the place of others in a document: an edit that touches these letters and nothing beside them, so that
//! notes, marks and what others write meanwhile in the same paragraph stay.
//!
//! A place is known by the text it stands in, not by where that stands: so a place that was chosen is found again after
//! others wrote elsewhere in the chapter, and is none any more where its text is another.

use super::{
    crdt::{Document, Edit, insert_run},
    refused::Refused,
    search::{
        excerpt::{Excerpt, excerpt},
        folding::stands_alone,
    },
    tree::{self, Mark, Node, Run},
};
use std::{
    collections::{HashMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
    ops::Range,
};
use yrs::{ReadTxn, Text, XmlFragment, XmlOut, XmlTextRef};

/// What is to be replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    words: String,
    is_cased: bool,
    is_whole: bool,
}

/// By what a place is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PlaceKey {
    /// The text, as a number.
    pub text: u64,
    /// Which of those of the chapter that read the same.
    pub twin: u32,
    /// Which of the places in it.
    pub hit: u32,
}

/// A place with what stands around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedPlace {
    /// By what it is known.
    pub key: PlaceKey,
    /// What stands there and around it; the place is what is marked.
    pub around: Excerpt,
}

impl Wanted {
    /// These words: letters, signs and blanks as they stand. Capitals count or not; and whether the words may be parts of
    /// others.
    #[must_use]
    pub fn new(words: &str, is_cased: bool, is_whole: bool) -> Self {
        let words = words.chars().flat_map(|letter| as_compared(letter, is_cased)).collect();
        Self { words, is_cased, is_whole }
    }

    /// Where they stand in a text, in bytes, none within another.
    #[must_use]
    pub fn places(&self, text: &str) -> Vec<Range<usize>> {
        if self.words.is_empty() {
            return Vec::new();
        }
        let mut compared = String::with_capacity(text.len());
        // Where each letter of the text begins there, and in the text.
        let mut letters: Vec<(usize, usize)> = Vec::new();
        for (at, letter) in text.char_indices() {
            letters.push((compared.len(), at));
            compared.extend(as_compared(letter, self.is_cased));
        }
        letters.push((compared.len(), text.len()));
        let written = |at: usize| {
            let index = letters.binary_search_by_key(&at, |(compared, _)| *compared).ok()?;
            letters.get(index).map(|(_, written)| *written)
        };
        let (mut found, mut from) = (Vec::new(), 0);
        while let Some(at) = compared.get(from..).and_then(|rest| rest.find(&self.words)) {
            let begin = from + at;
            let place = written(begin).zip(written(begin + self.words.len())).map(|(begin, end)| begin..end);
            match place.filter(|place| self.may_be(text, place)) {
                Some(place) => {
                    found.push(place);
                    from = begin + self.words.len();
                }
                None => from = begin + compared[begin..].chars().next().map_or(1, char::len_utf8),
            }
        }
        found
    }

    fn may_be(&self, text: &str, place: &Range<usize>) -> bool {
        let (before, after) = (text[..place.start].chars().next_back(), text[place.end..].chars().next());
        // Half of what a reader takes for one letter is none.
        if after.is_some_and(unicode_normalization::char::is_combining_mark) {
            return false;
        }
        let hit = &text[place.clone()];
        let parts = |outer: Option<char>, inner: Option<char>| {
            let is_word = |letter: char| letter.is_alphanumeric() && !stands_alone(letter);
            !(outer.is_some_and(is_word) && inner.is_some_and(is_word))
        };
        !self.is_whole || parts(before, hit.chars().next()) && parts(after, hit.chars().next_back())
    }
}

fn as_compared(letter: char, is_cased: bool) -> impl Iterator<Item = char> {
    let (kept, lower) = if is_cased { (Some(letter), None) } else { (None, Some(letter.to_lowercase())) };
    kept.into_iter().chain(lower.into_iter().flatten())
}

impl Document {
    /// Where something stands, in the order of reading, at most so many places.
    #[must_use]
    pub fn wanted_places(&self, wanted: &Wanted, most: usize) -> Vec<WantedPlace> {
        let txn = yrs::Transact::transact(&self.doc);
        let mut all = Vec::new();
        for (text, key) in keyed(texts(&self.root, &txn), &txn) {
            let places = wanted.places(&text);
            for (hit, place) in (0..).zip(&places) {
                if all.len() == most {
                    return all;
                }
                let around = excerpt(&text, place, std::slice::from_ref(place));
                all.push(WantedPlace { key: PlaceKey { hit, ..key }, around });
            }
        }
        all
    }

    /// Puts words in the place of others, where that was chosen. Returns the edit that did, made by a hand that nobody
    /// wrote by before, and in how many places; nothing, where none of them is there any more.
    ///
    /// # Errors
    /// When the edit is [refused](Document::take_in). Then the document may be [spoilt](Document::is_spoilt).
    pub fn replace(
        &mut self,
        wanted: &Wanted,
        with: &str,
        chosen: &HashSet<PlaceKey>,
    ) -> Result<Option<(Vec<u8>, u32)>, Refused> {
        let mut count = 0;
        let edit = self.edit_to(|root, txn| {
            let texts = texts(root, txn);
            let keys: Vec<(String, PlaceKey)> = keyed(texts.clone(), txn).collect();
            for (node, (text, key)) in texts.iter().zip(keys) {
                let places = (0..).zip(wanted.places(&text));
                let chosen: Vec<_> =
                    places.filter(|(hit, _)| chosen.contains(&PlaceKey { hit: *hit, ..key })).collect();
                let runs = tree::runs(node, txn);
                // From the end, so that the places before stay where they are.
                for (_, place) in chosen.iter().rev() {
                    let (at, len) = (units(&text[..place.start]), units(&text[place.clone()]));
                    node.remove_range(txn, at, len);
                    if !with.is_empty() {
                        let run = Run { text: with.to_owned(), marks: marks_at(&runs, place.start) };
                        insert_run(node, at, &run, txn);
                    }
                    count += 1;
                }
            }
            count > 0
        })?;
        let Some(edit) = edit else { return Ok(None) };
        self.take_in(Edit::read(&edit)?)?;
        Ok(Some((edit, count)))
    }
}

/// The texts of a document, in the order of reading.
fn texts(root: &impl XmlFragment, txn: &impl ReadTxn) -> Vec<XmlTextRef> {
    fn add(parent: &impl XmlFragment, txn: &impl ReadTxn, found: &mut Vec<XmlTextRef>) {
        for child in parent.children(txn) {
            match child {
                XmlOut::Text(text) => found.push(text),
                XmlOut::Element(element) => add(&element, txn, found),
                XmlOut::Fragment(_) => {}
            }
        }
    }
    let mut found = Vec::new();
    add(root, txn, &mut found);
    found
}

/// What each of them says, and by what its first place is known.
fn keyed(texts: Vec<XmlTextRef>, txn: &impl ReadTxn) -> impl Iterator<Item = (String, PlaceKey)> {
    let mut twins: HashMap<u64, u32> = HashMap::new();
    texts.into_iter().map(move |node| {
        let text: String = tree::runs(&node, txn).into_iter().map(|run| run.text).collect();
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        let sum = hasher.finish();
        let twin = twins.entry(sum).or_default();
        let key = PlaceKey { text: sum, twin: *twin, hit: 0 };
        *twin += 1;
        (text, key)
    })
}

/// The marks of the letter at this place.
fn marks_at(runs: &[Run], at: usize) -> Vec<Mark> {
    let mut end = 0;
    let run = runs.iter().find(|run| {
        end += run.text.len();
        at < end
    });
    run.map(|run| run.marks.clone()).unwrap_or_default()
}

fn units(text: &str) -> u32 {
    u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX)
}

/// A content without what one change did to it: where a block reads as that change left it, it reads as before. What was
/// written since stays.
#[must_use]
pub fn taken_back(now: &[Node], before: &[Node], after: &[Node], until: std::time::Instant) -> Vec<Node> {
    use super::compare::align::{Step, align};
    let same = align(after, now, |_, _| false, until).into_iter().filter_map(|step| match step {
        Step::Same(then, at) => Some((then, at)),
        _ => None,
    });
    let mut nodes = now.to_vec();
    if before.len() == after.len() {
        same.for_each(|(then, at)| nodes[at].clone_from(&before[then]));
        return nodes;
    }
    // What was put behind all else, as another chapter is.
    let kept = if tree::is_blank(before) { 0 } else { before.len() };
    if after.get(..kept) != before.get(..kept) {
        return nodes;
    }
    let gone: HashSet<usize> = same.filter(|(then, _)| *then >= kept).map(|(_, at)| at).collect();
    let left = nodes.into_iter().enumerate().filter(|(at, _)| !gone.contains(at)).map(|(_, node)| node);
    let left: Vec<Node> = left.collect();
    if left.is_empty() { before.to_vec() } else { left }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{html::html, markdown};
    use std::time::{Duration, Instant};

    fn places(text: &str, words: &str, is_cased: bool, is_whole: bool) -> usize {
        Wanted::new(words, is_cased, is_whole).places(text).len()
    }

    fn replaced(markdown: &str, words: &str, with: &str, but: &[usize]) -> (Document, u32) {
        let mut document = Document::of(&markdown::read(markdown));
        let wanted = Wanted::new(words, false, false);
        let all = document.wanted_places(&wanted, 1_000);
        let chosen = all.iter().enumerate().filter(|(at, _)| !but.contains(at)).map(|(_, place)| place.key).collect();
        let count = document.replace(&wanted, with, &chosen).unwrap().map_or(0, |(_, count)| count);
        (document, count)
    }

    #[test]
    fn letters_and_signs_count_as_they_stand_and_capitals_when_asked() {
        assert_eq!(places("A cat, a Cat, concat.", "cat", false, false), 3);
        assert_eq!(places("A cat, a Cat, concat.", "cat", true, false), 2);
        assert_eq!(places("A cat, a Cat, concat.", "cat", false, true), 2);
        assert_eq!(places("Well... so..", "...", false, true), 1);
        assert_eq!(places("aaaa", "aa", false, false), 2);
        assert_eq!(places("naïve naive", "naive", false, false), 1);
        assert_eq!(places("cafe\u{301} cafe", "cafe", false, false), 1, "half of a letter is none");
        assert_eq!(places("İSTANBUL ışık", "i", false, true), 0);
        assert_eq!(places("白鲸白鲸", "白鲸", false, true), 2);
        assert_eq!(places("anything", "", false, false), 0);
    }

    #[test]
    fn marks_and_notes_around_what_is_replaced_stay() {
        let (document, count) =
            replaced("A **white whale** and a whale[^1].\n\n[^1]: Whale *whale*.\n", "whale", "squid", &[]);
        assert_eq!(count, 4);
        let html = html(&document.nodes());
        assert!(html.contains("<strong>white squid</strong> and a squid"), "{html}");
        assert!(html.contains("squid <em>squid</em>."), "{html}");
        let (document, count) = replaced("One **b**ad.", "bad", "good", &[]);
        assert_eq!((count, html_of(&document)), (1, "<p dir=\"auto\">One <strong>good</strong>.</p>".to_owned()));
    }

    fn html_of(document: &Document) -> String {
        html(&document.nodes())
    }

    #[test]
    fn what_is_left_out_stays_and_what_became_another_text_is_none_of_the_places() {
        let (document, count) = replaced("whale whale whale", "whale", "squid", &[1]);
        assert_eq!((count, tree::plain(&document.nodes()).as_str()), (2, "squid whale squid"));
        let (document, count) = replaced("a whale\n\na whale\n\na whale", "whale", "", &[1]);
        assert_eq!((count, tree::plain(&document.nodes()).as_str()), (2, "a \na whale\na "));
        let mut document = Document::of(&markdown::read("a whale"));
        let wanted = Wanted::new("whale", false, false);
        let stale = HashSet::from([PlaceKey { text: 1, twin: 0, hit: 0 }]);
        assert_eq!(document.replace(&wanted, "x", &stale).unwrap(), None);
    }

    #[test]
    fn what_another_writes_meanwhile_in_the_same_paragraph_stays() {
        let mut document = Document::of(&markdown::read("One whale here and one whale there."));
        let state = document.state();
        // Somebody else's copy, in which they type in the middle.
        let other = Document::load(&state, std::iter::empty()).unwrap();
        let typed = {
            let mut txn = yrs::Transact::transact_mut(&other.doc);
            texts(&other.root, &txn)[0].insert(&mut txn, 10, "right ");
            txn.encode_update_v1()
        };
        let wanted = Wanted::new("whale", false, false);
        let chosen = document.wanted_places(&wanted, 10).iter().map(|place| place.key).collect();
        document.replace(&wanted, "squid", &chosen).unwrap().unwrap();
        document.take_in(Edit::read(&typed).unwrap()).unwrap();
        assert_eq!(tree::plain(&document.nodes()), "One squid right here and one squid there.");
    }

    #[test]
    fn what_was_put_behind_all_else_is_taken_away_and_what_was_written_since_stays() {
        let taken = |now: &str, before: &str, after: &str| {
            let until = Instant::now() + Duration::from_secs(1);
            html(&taken_back(&markdown::read(now), &markdown::read(before), &markdown::read(after), until))
        };
        let plain = |text: &str| html(&markdown::read(text));
        assert_eq!(taken("One.\n\nTwo.\n\nThree.", "One.", "One.\n\nTwo.\n\nThree."), plain("One."));
        assert_eq!(taken("One!\n\nTwo.\n\nThree?", "One.", "One.\n\nTwo.\n\nThree."), plain("One!\n\nThree?"));
        assert_eq!(taken("Two.\n\nThree.", "", "Two.\n\nThree."), plain(""));
        assert_eq!(taken("Else.\n\nTwo.", "One.", "Else.\n\nTwo."), plain("Else.\n\nTwo."), "all was another");
    }

    #[test]
    fn what_one_change_did_is_taken_back_and_what_was_written_since_stays() {
        let read = markdown::read;
        let (before, after) = (read("a cat\n\na dog\n\none cat"), read("a dog\n\na dog\n\none dog"));
        let now = read("new\n\na dog\n\na dog\n\none dog, said ann");
        let taken = taken_back(&now, &before, &after, Instant::now() + Duration::from_secs(1));
        assert_eq!(tree::plain(&taken), "new\na cat\na dog\none dog, said ann");
    }
}
