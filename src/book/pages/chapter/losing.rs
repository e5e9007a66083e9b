//! When the pen is lost while somebody writes: getting it back where nothing stands in the way, and saying so where
//! something does.

use super::{
    rescue::Rescued,
    writer::{Mode, Writer},
};
use crate::{
    book::{
        commands::{chapter::open_chapter, pen::take_pen},
        pages::room::face_of,
    },
    sputnik::fault::Fault,
};
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;

/// How often a refused change is based anew on the server's text before the page gives up and says so.
const TRIES: u32 = 3;

impl Writer {
    /// The pen is gone, or the text is not what this page thought. When the pen is free, takes it again and goes on, if
    /// nobody wrote at the same place meanwhile; otherwise says what happened.
    pub(super) fn recover(self, why: Option<Fault>) {
        if self.recovering.get_value() {
            return;
        }
        let tries = self.tries.get_value() + 1;
        self.tries.set_value(tries);
        if tries > TRIES {
            return self.refuse(self.words_of(why));
        }
        self.recovering.set_value(true);
        let (book, part) = self.place();
        spawn_local(async move {
            let pen = take_pen(book.clone(), part.clone(), false).await;
            let fresh = match &pen {
                Ok(state) if self.holds(state) => open_chapter(book, part).await.map(|snapshot| snapshot.state),
                Ok(_) => Err(Fault::lock_held(self.words_of(why))),
                Err(fault) => Err(fault.clone()),
            };
            if self.recovering.try_set_value(false).is_some() || self.mode.get_untracked() != Mode::Writing {
                return;
            }
            match (pen, fresh) {
                (Ok(state), Ok(fresh)) => {
                    self.fence.set_value(state.fence);
                    self.seen.set_value(self.lock.fence.get_untracked() == Some(state.fence));
                    self.version.set_value(fresh.revision);
                    let mut draft = self.draft.get_value();
                    let before = draft.text().to_owned();
                    if draft.rebase(fresh.text, fresh.draft).is_err() {
                        return self.refuse("Somebody else changed the same place while your pen was away.".to_owned());
                    }
                    if draft.text() == before {
                        self.draft.set_value(draft);
                    } else {
                        self.take_text(draft);
                    }
                    self.settle();
                }
                (_, Err(fault)) if fault.can_retry() => set_timeout(move || self.recover(None), Duration::from_secs(1)),
                (_, Err(fault)) => self.refuse(fault.words),
                (Err(fault), Ok(_)) => self.refuse(fault.words),
            }
        });
    }

    pub(super) fn refuse(self, words: String) {
        self.keep();
        self.tries.set_value(0);
        self.page.announce(words.clone());
        self.refusal.set(Some(words));
        self.mode.set(Mode::Refused);
        self.wake();
    }

    /// Tries to get the pen again, with the text that could not be sent.
    pub fn try_again(self) {
        self.mode.set(Mode::Reading);
        self.write();
    }

    /// Closes the field with the text that could not be sent. What the server has not, stays in this browser.
    pub fn dismiss(self) {
        if self.is_clean() {
            self.forget();
        } else {
            let text = self.text.get_untracked();
            self.rescued.set(Some(Rescued::unsent(text)));
        }
        self.refusal.set(None);
        self.mode.set(Mode::Reading);
        self.look_for_kept();
    }

    /// What happened, in words: the server's where it said something, else who has the pen now.
    fn words_of(self, why: Option<Fault>) -> String {
        why.map(|fault| fault.words).unwrap_or_else(|| {
            let holder = self.lock.holder.get_untracked().map(|who| face_of(&who).name);
            format!("{} has the pen now.", holder.unwrap_or_else(|| "Somebody else".to_owned()))
        })
    }
}
