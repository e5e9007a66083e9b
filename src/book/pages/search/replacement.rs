//! A replacement in the whole book on its way: what is asked for, the places, and what became of each chapter.

use super::finder::Finder;
use crate::book::{
    commands::replace::{find_to_replace, replace_in_chapter, take_back_replacement},
    model::{BookId, PartId},
    pages::retry::patiently,
    replace::{ChapterToReplace, PlaceToken, Replaced, Replacing, ToReplace},
};
use leptos::{prelude::*, task::spawn_local};
use sputnik::Fault;
use std::collections::HashSet;

/// Where it is on its way.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// It is said what is to be replaced.
    Asking,
    /// The places are shown.
    Choosing(ToReplace),
    /// One chapter after the other is changed, or changed back: so many of so many.
    Underway(usize, usize),
    /// This became of each.
    Done(Vec<Outcome>),
}

/// What became of one chapter.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Which.
    pub part: PartId,
    /// What it is called.
    pub title: String,
    /// In words.
    pub words: String,
    /// The version that came of it, while it can be taken back.
    pub revision: Option<u32>,
    /// Whether it was taken back.
    pub taken_back: bool,
}

/// A replacement. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Replacement {
    /// In which book.
    book: StoredValue<BookId>,
    /// What shows where words stand in it.
    finder: Finder,
    /// What is looked for.
    pub find: RwSignal<String>,
    /// What comes in its place.
    pub with: RwSignal<String>,
    /// Whether capitals count.
    pub cased: RwSignal<bool>,
    /// Whether only whole words count.
    pub whole: RwSignal<bool>,
    /// Where it is.
    pub step: RwSignal<Step>,
    /// The places that are left out.
    pub left_out: RwSignal<HashSet<(PartId, PlaceToken)>>,
    /// Whether something is being asked.
    pub busy: RwSignal<bool>,
    /// Why it could not be.
    pub fault: RwSignal<Option<String>>,
    asked: StoredValue<Option<Replacing>>,
}

impl Replacement {
    /// Of the words that are looked for, to begin with.
    pub fn new(finder: Finder) -> Self {
        Self {
            book: StoredValue::new(finder.context.book()),
            finder,
            find: RwSignal::new(finder.words.get_untracked()),
            with: RwSignal::new(String::new()),
            cased: RwSignal::new(false),
            whole: RwSignal::new(false),
            step: RwSignal::new(Step::Asking),
            left_out: RwSignal::default(),
            busy: RwSignal::new(false),
            fault: RwSignal::new(None),
            asked: StoredValue::new(None),
        }
    }

    /// Looks for the places.
    pub fn look(self) {
        self.fault.set(None);
        let read = || -> Result<Replacing, String> {
            let find = self.find.get_untracked().parse().map_err(|bad: crate::book::model::BadText| bad.to_string())?;
            let with = self.with.get_untracked().parse().map_err(|bad: crate::book::model::BadText| bad.to_string())?;
            Ok(Replacing { find, with, cased: self.cased.get_untracked(), whole: self.whole.get_untracked() })
        };
        let replacing = match read() {
            Ok(replacing) => replacing,
            Err(words) => return self.fault.set(Some(words)),
        };
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        let book = self.book.get_value();
        spawn_local(async move {
            let found = patiently(|| find_to_replace(book.clone(), replacing.clone())).await;
            // The dialog may be closed by now.
            self.busy.try_set(false);
            match found {
                Ok(found) => {
                    self.asked.try_set_value(Some(replacing));
                    self.left_out.try_set(HashSet::new());
                    self.step.try_set(Step::Choosing(found));
                }
                Err(why) => _ = self.fault.try_set(Some(why.words)),
            }
        });
    }

    /// Leaves a place out, or takes it in again.
    pub fn choose(self, part: &PartId, key: PlaceToken, is_in: bool) {
        self.left_out.update(|left_out| {
            let place = (part.clone(), key);
            if is_in {
                left_out.remove(&place)
            } else {
                left_out.insert(place)
            };
        });
    }

    /// The places of a chapter that are to be replaced.
    pub fn chosen(&self, chapter: &ChapterToReplace) -> Vec<PlaceToken> {
        let is_in = |key: &PlaceToken| self.left_out.with(|left_out| !left_out.contains(&(chapter.part.clone(), *key)));
        chapter.places.iter().map(|place| place.key).filter(is_in).collect()
    }

    /// What the version of a chapter is called that comes of it.
    pub fn name(&self) -> String {
        self.asked.with_value(|asked| asked.as_ref().map(Replacing::version_name).unwrap_or_default())
    }

    /// How many places are to be replaced.
    pub fn count(&self) -> usize {
        self.step.with(|step| match step {
            Step::Choosing(found) => found.chapters.iter().map(|chapter| self.chosen(chapter).len()).sum(),
            _ => 0,
        })
    }

    /// Replaces what was chosen, one chapter after the other: whoever may not write in one hears why, and it goes on.
    pub fn replace(self) {
        let (Step::Choosing(found), Some(replacing)) = (self.step.get_untracked(), self.asked.get_value()) else {
            return;
        };
        let chapters: Vec<_> =
            found.chapters.into_iter().map(|chapter| (untrack(|| self.chosen(&chapter)), chapter)).collect();
        let chapters: Vec<_> = chapters.into_iter().filter(|(chosen, _)| !chosen.is_empty()).collect();
        let (book, all) = (self.book.get_value(), chapters.len());
        self.step.set(Step::Underway(0, all));
        spawn_local(async move {
            let mut outcomes = Vec::with_capacity(all);
            for (done, (chosen, chapter)) in chapters.into_iter().enumerate() {
                self.step.try_set(Step::Underway(done, all));
                let part = chapter.part;
                let replaced =
                    patiently(|| replace_in_chapter(book.clone(), part.clone(), replacing.clone(), chosen.clone()))
                        .await;
                let (words, revision) = in_words(replaced);
                let title = chapter.title.to_string();
                outcomes.push(Outcome { part, title, words, revision, taken_back: false });
            }
            self.step.try_set(Step::Done(outcomes));
            self.finder.again();
        });
    }

    /// Takes back what was replaced, in every chapter.
    pub fn take_back(self) {
        let Step::Done(outcomes) = self.step.get_untracked() else { return };
        let all = outcomes.iter().filter(|outcome| outcome.revision.is_some()).count();
        let book = self.book.get_value();
        self.step.set(Step::Underway(0, all));
        spawn_local(async move {
            let (mut then, mut done) = (Vec::with_capacity(outcomes.len()), 0);
            for outcome in outcomes {
                let Some(revision) = outcome.revision else {
                    then.push(outcome);
                    continue;
                };
                self.step.try_set(Step::Underway(done, all));
                done += 1;
                let taken = patiently(|| take_back_replacement(book.clone(), outcome.part.clone(), revision)).await;
                then.push(match taken {
                    Ok(_) => Outcome { words: "taken back".to_owned(), revision: None, taken_back: true, ..outcome },
                    Err(why) => Outcome { words: format!("not taken back: {}", why.words), ..outcome },
                });
            }
            self.step.try_set(Step::Done(then));
            self.finder.again();
        });
    }
}

/// What became of a chapter, and the version that can be taken back.
fn in_words(replaced: Result<Replaced, Fault>) -> (String, Option<u32>) {
    match replaced {
        Ok(Replaced { places: 0, .. }) => ("left alone: others changed these places meanwhile".to_owned(), None),
        Ok(Replaced { places, gone: 0, revision }) => (format!("{places} replaced"), Some(revision)),
        Ok(Replaced { places, gone, revision }) => {
            (format!("{places} replaced, {gone} left alone that others changed meanwhile"), Some(revision))
        }
        Err(why) => (format!("left alone: {}", why.words), None),
    }
}
