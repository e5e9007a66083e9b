//! What is kept of a text the server does not have: in this browser what could not be sent, and at the server what was
//! unsaved when the pen was taken over.

use super::{
    draft::{Draft, Local},
    rescue::Rescued,
    writer::{Mode, Writer},
};
use crate::{
    book::commands::chapter::{drop_kept_text, kept_text},
    ui::browser,
};
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;

impl Writer {
    pub(super) fn key(self) -> Option<String> {
        let (book, part) = (self.room.id.try_get_value()?, self.part.try_get_value()?);
        Some(local_key(book.as_str(), part.as_str()))
    }

    pub(super) fn local(self) -> Option<Local> {
        serde_json::from_str(&browser::stored(&self.key()?)?).ok()
    }

    /// Keeps in this browser what the server does not have yet.
    pub(super) fn keep(self) {
        let (Some(key), Some(local)) = (self.key(), self.draft.try_with_value(Draft::local)) else { return };
        if matches!(self.mode.try_get_untracked(), Some(Mode::Writing | Mode::Refused)) {
            browser::store(&key, local.and_then(|local| serde_json::to_string(&local).ok()).as_deref());
        }
    }

    pub(super) fn forget(self) {
        if let Some(key) = self.key() {
            browser::store(&key, None);
        }
    }

    /// Looks for text of this reader's that is not in the chapter: kept by the server when the pen was taken over, or
    /// in this browser when it could not be sent.
    pub(super) fn look_for_kept(self) {
        if !self.room.can_edit_untracked() {
            return;
        }
        let (book, part) = self.place();
        spawn_local(async move {
            if let Ok(Some(kept)) = kept_text(book, part).await {
                // What never reached the server is newer; once it is let go of, what was kept is shown.
                if self.rescued.try_with_untracked(Option::is_none) == Some(true) {
                    self.rescued.try_set(Some(Rescued::kept(kept)));
                }
            }
        });
        // A page that is about to get its pen back after a reload restores this by itself.
        set_timeout(
            move || {
                if self.mode.try_get_untracked() == Some(Mode::Reading)
                    && self.rescued.with_untracked(Option::is_none)
                    && let Some(local) = self.local()
                {
                    let shown = self.live.state.with_untracked(|chapter| chapter.text == local.text);
                    if shown { self.forget() } else { self.rescued.set(Some(Rescued::unsent(local.text))) }
                }
            },
            Duration::from_secs(3),
        );
    }

    /// Lets go of the rescued text, here and at the server.
    pub fn let_go(self) {
        let Some(rescued) = self.rescued.get_untracked() else { return };
        self.rescued.set(None);
        if rescued.at.is_none() {
            self.forget();
            return self.look_for_kept();
        }
        let (book, part) = self.place();
        spawn_local(async move {
            if let Err(why) = drop_kept_text(book, part).await {
                self.fault.try_set(Some(why.words));
                self.rescued.try_set(Some(rescued));
            }
        });
    }

    /// Puts the rescued text in place of the chapter's, once what stands there is a version of its own.
    pub fn put_back(self) {
        let Some(rescued) = self.rescued.get_untracked() else { return };
        spawn_local(async move {
            if self.changed.get_untracked() && !self.save_version(String::new()).await {
                return;
            }
            self.replace(rescued.text);
            if self.flush().await {
                self.let_go();
            }
        });
    }
}

/// Where a browser keeps what it could not send.
pub fn local_key(book: &str, part: &str) -> String {
    format!("sputnik.draft/{book}/{part}")
}
