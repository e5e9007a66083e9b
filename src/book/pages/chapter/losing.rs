//! When the pen is lost while somebody writes: getting it back where nothing stands in the way, and saying so where
//! something does.

use super::writer::{Mode, Writer};
use crate::{
    book::commands::{chapter::open_chapter, pen::take_pen},
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
            return self.refuse(words_of(why));
        }
        self.recovering.set_value(true);
        let (book, part) = self.place();
        spawn_local(async move {
            let pen = take_pen(book.clone(), part.clone(), false).await;
            let fresh = match &pen {
                Ok(state) if self.holds(state) => open_chapter(book, part).await.map(|snapshot| snapshot.state),
                Ok(_) => Err(Fault::lock_held(words_of(why))),
                Err(fault) => Err(fault.clone()),
            };
            if self.recovering.try_set_value(false).is_some() || self.mode.get_untracked() != Mode::Writing {
                return;
            }
            match (pen, fresh) {
                (Ok(state), Ok(fresh)) => {
                    self.fence.set_value(state.fence);
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

    /// Lets go of the text that could not be sent.
    pub fn dismiss(self) {
        self.forget();
        self.refusal.set(None);
        self.mode.set(Mode::Reading);
        self.look_for_kept();
    }
}

fn words_of(why: Option<Fault>) -> String {
    why.map_or_else(|| "Somebody else has the pen now.".to_owned(), |fault| fault.words)
}
