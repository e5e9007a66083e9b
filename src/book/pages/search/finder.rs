//! What is looked for in a book, and what was found.

use crate::book::{
    commands::search::search_book,
    pages::{book_context::BookContext, retry::patiently},
    search::{Found, SearchWords},
};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use sputnik::Fault;
use std::time::Duration;

/// How long after a key it is asked.
const SOON: Duration = Duration::from_millis(150);
/// When it is asked again after something was changed everywhere: what is searched follows what is written a little later.
const AGAIN: [Duration; 4] = [SOON, Duration::from_millis(1_500), Duration::from_secs(4), Duration::from_secs(10)];

/// What is looked for, and what was found. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Finder {
    /// In which book.
    pub context: BookContext,
    /// What is looked for.
    pub words: RwSignal<String>,
    /// What was found, or why nothing could be.
    pub found: RwSignal<Option<Result<Found, Fault>>>,
    /// Whether it is being asked.
    pub busy: RwSignal<bool>,
    soon: StoredValue<Option<TimeoutHandle>>,
}

impl Finder {
    /// Nothing is looked for.
    pub fn new(context: BookContext) -> Self {
        let (words, found, busy) = (RwSignal::new(String::new()), RwSignal::new(None), RwSignal::new(false));
        Self { context, words, found, busy, soon: StoredValue::new(None) }
    }

    /// Whether anything is looked for.
    pub fn is_used(&self) -> bool {
        self.words.with(|words| !words.trim().is_empty())
    }

    /// Something else is looked for.
    pub fn look_for(self, words: String) {
        self.words.set(words);
        let asks = set_timeout_with_handle(move || self.ask(), SOON).ok();
        if let Some(before) = self.soon.try_update_value(|soon| std::mem::replace(soon, asks)).flatten() {
            before.clear();
        }
    }

    /// What is looked for is looked for anew: the text was changed in many places. The page may be another by now.
    pub fn again(self) {
        let asked = self.words.try_get_untracked();
        for after in AGAIN {
            let asked = asked.clone();
            let ask = move || {
                // What else is looked for by then was asked for by itself.
                if self.words.try_get_untracked() == asked {
                    self.ask();
                }
            };
            set_timeout(ask, after);
        }
    }

    /// Nothing is looked for any more.
    pub fn stop(self) {
        self.words.set(String::new());
        self.found.set(None);
    }

    fn ask(self) {
        let Some(words) = self.words.try_get_untracked() else { return };
        if words.trim().is_empty() {
            return self.found.set(None);
        }
        if self.busy.get_untracked() {
            // When that is answered, it is seen that something else is looked for.
            return;
        }
        let asked = match words.parse::<SearchWords>() {
            Ok(asked) => asked,
            Err(bad) => return self.found.set(Some(Err(Fault::bad_request(bad)))),
        };
        self.busy.set(true);
        let book = self.context.book();
        spawn_local(async move {
            let found = patiently(|| search_book(book.clone(), asked.clone())).await;
            if self.busy.try_set(false).is_some() {
                // The page is gone.
                return;
            }
            if self.words.get_untracked() == words {
                self.found.set(Some(found));
            } else {
                self.ask();
            }
        });
    }
}
