//! Saving versions, putting the pen down, handing it over, and leaving the pane.

use super::{
    draft::Draft,
    kept::local_key,
    writer::{Mode, Writer},
};
use crate::{
    book::{
        commands::{
            chapter::{save_chapter, type_text},
            pen::{hand_over_pen, put_down_pen},
        },
        model::{BookId, PartId},
        pages::room::Saving,
    },
    sputnik::{fault::Code, names::ClientId},
    ui::browser,
};
use leptos::{prelude::*, task::spawn_local};
use std::sync::PoisonError;

/// How often a text that is still being typed into is saved before the pen is put down all the same.
const TRIES: u32 = 3;

impl Writer {
    /// Makes what is written a version. Tells whether there is one now.
    pub(super) async fn save_version(self, comment: String) -> bool {
        if !self.flush().await {
            return false;
        }
        let (book, part) = self.place();
        let (fence, base) = (self.fence.get_value(), self.version.get_value());
        let number = self.draft.with_value(Draft::number);
        self.room.saving.set(Saving::Underway);
        let answer = save_chapter(book, part, fence, base, number, comment).await;
        if self.mode.try_get_untracked().is_none() {
            return false;
        }
        self.room.saving.set(Saving::Saved);
        match answer {
            Ok(version) => {
                self.version.set_value(version);
                let same = self.draft.with_value(Draft::number) == number && self.is_clean();
                self.changed.set(!same);
                true
            }
            Err(why) => {
                match why.code {
                    Code::Stale | Code::LockHeld => self.recover(Some(why)),
                    Code::Forbidden | Code::NotFound => self.refuse(why.words),
                    _ => self.fault.set(Some(why.words)),
                }
                false
            }
        }
    }

    /// Saves a version, and goes on writing.
    pub fn save(self, comment: String, then: Callback<()>) {
        if self.mode.get_untracked() != Mode::Writing {
            return;
        }
        self.fault.set(None);
        spawn_local(async move {
            if self.save_version(comment).await {
                self.page.announce("Version saved.");
                then.run(());
            }
        });
    }

    /// Saves what changed, and puts the pen down.
    pub fn done(self) {
        self.leave(None);
    }

    /// Saves what changed, and hands the pen to somebody who asks for it.
    pub fn hand_over(self, to: ClientId) {
        self.leave(Some(to));
    }

    pub(super) fn leave(self, to: Option<ClientId>) {
        if self.mode.get_untracked() != Mode::Writing {
            return;
        }
        self.fault.set(None);
        spawn_local(async move {
            // Whoever goes on typing while it is saved has typed something that is not saved.
            for _ in 0..TRIES {
                let changed = self.changed.try_get_untracked().unwrap_or(false);
                let saved = if changed { self.save_version(String::new()).await } else { self.flush().await };
                if !saved || self.mode.try_get_untracked() != Some(Mode::Writing) {
                    return;
                }
                if self.is_clean() && !self.changed.get_untracked() {
                    break;
                }
            }
            self.mode.set(Mode::Leaving);
            let (book, part) = self.place();
            let answer = match to {
                Some(to) => hand_over_pen(book, part, to).await,
                None => put_down_pen(book, part).await,
            };
            if let Err(why) = answer {
                self.fault.try_set(Some(why.words));
                // They may have left meanwhile: the pen is still here.
                self.mode.try_set(Mode::Reading);
            } else if self.lock.fence.try_get_untracked().flatten().is_none() {
                self.mode.try_set(Mode::Reading);
            }
        });
    }

    /// The pane goes: what is not sent yet is sent, and the pen is put down. What is unsaved stays as the draft.
    pub(super) fn farewell(self) {
        self.room.writing.try_set(false);
        self.room.saving.try_set(Saving::Idle);
        let mode = self.mode.try_get_untracked();
        let in_queue = self.lock.queue.try_get_untracked().is_some_and(|queue| {
            let me = self.connection.client.try_get_untracked().flatten();
            queue.iter().any(|who| Some(&who.client) == me.as_ref())
        });
        let (Some(part), Some(draft)) = (self.part.try_get_value(), self.draft.try_get_value()) else { return };
        let Some(book) = self.room.id.try_get_value() else { return };
        if mode != Some(Mode::Writing) {
            if in_queue {
                spawn_local(async move {
                    let _ = put_down_pen(book, part).await;
                });
            }
            return;
        }
        self.keep();
        if self.sending.try_get_value() == Some(true) {
            if let Some(last) = self.last_words.try_get_value() {
                *last.lock().unwrap_or_else(PoisonError::into_inner) = Some(draft.text().to_owned());
            }
        } else if let Some(fence) = self.fence.try_get_value() {
            spawn_local(say_farewell(book, part, fence, draft));
        }
    }
}

/// Sends the last of a text and puts the pen down, when the pane it was written in is gone.
pub async fn say_farewell(book: BookId, part: PartId, fence: u64, mut draft: Draft) {
    let sent = match draft.send() {
        Some((number, splice)) => type_text(book.clone(), part.clone(), fence, number, splice).await.is_ok(),
        None => true,
    };
    if sent {
        browser::store(&local_key(book.as_str(), part.as_str()), None);
    }
    // When it cannot be put down it frees itself with this page.
    let _ = put_down_pen(book, part).await;
}
