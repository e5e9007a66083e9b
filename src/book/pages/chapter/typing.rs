//! Typing: what is written goes to the server in small changes, one on its way at a time.

use super::{
    draft::Draft,
    saving::say_farewell,
    writer::{Mode, Writer},
};
use crate::{
    book::{commands::chapter::type_text, pages::room::Saving},
    sputnik::fault::{Code, Fault},
};
use futures::channel::oneshot;
use leptos::{prelude::*, task::spawn_local};
use std::{sync::PoisonError, time::Duration};

/// How long typing gathers before it is sent.
const BATCH: Duration = Duration::from_millis(300);

impl Writer {
    /// Something was typed.
    pub fn typed(self, text: String) {
        if self.mode.get_untracked() != Mode::Writing {
            return;
        }
        self.text.set(text.clone());
        self.draft.update_value(|draft| draft.write(text));
        self.changed.set(true);
        // Not only when it is sent: what waits to be sent is not safe with the server either.
        self.room.saving.set(Saving::Underway);
        self.pump();
    }

    /// Puts another text in place of the whole.
    pub fn replace(self, text: String) {
        self.typed(text);
        self.replaced.update(|times| *times += 1);
    }

    pub(super) fn pump(self) {
        let busy = self.waiting.try_get_value().unwrap_or(true) || self.sending.try_get_value().unwrap_or(true);
        if busy {
            return;
        }
        self.waiting.set_value(true);
        set_timeout(
            move || {
                if self.waiting.try_set_value(false).is_none() {
                    self.send();
                }
            },
            BATCH,
        );
    }

    pub(super) fn send(self) {
        if self.sending.try_get_value() != Some(false) || self.mode.try_get_untracked() != Some(Mode::Writing) {
            return;
        }
        self.keep();
        let Some((number, splice)) = self.draft.try_update_value(Draft::send).flatten() else {
            self.settle();
            return;
        };
        self.room.saving.set(Saving::Underway);
        self.sending.set_value(true);
        let (book, part) = self.place();
        let (fence, last_words) = (self.fence.get_value(), self.last_words.get_value());
        let sent = self.draft.with_value(|draft| draft.text().to_owned());
        spawn_local(async move {
            let answer = type_text(book.clone(), part.clone(), fence, number, splice).await;
            if self.sending.try_set_value(false).is_some() {
                // The pane is gone: its last words, which waited for this answer, are sent by nobody else.
                let rest = last_words.lock().unwrap_or_else(PoisonError::into_inner).take();
                if let (Some(text), Ok(number)) = (rest, answer) {
                    let mut draft = Draft::new(sent, number);
                    draft.write(text);
                    say_farewell(book, part, fence, draft).await;
                }
                return;
            }
            self.answered(answer);
        });
    }

    pub(super) fn answered(self, answer: Result<u64, Fault>) {
        match answer {
            Ok(number) => {
                self.tries.set_value(0);
                self.draft.update_value(|draft| draft.arrived(number));
                self.settle();
            }
            Err(why) => {
                self.draft.update_value(Draft::failed);
                match why.code {
                    _ if why.can_retry() => {
                        let pause = Duration::from_millis(u64::from(why.retry_ms.unwrap_or(0)).max(500));
                        set_timeout(move || self.pump(), pause);
                    }
                    Code::Stale | Code::LockHeld => self.recover(Some(why)),
                    _ => self.refuse(why.words),
                }
            }
        }
    }

    /// All is with the server, or something is left to send.
    pub(super) fn settle(self) {
        self.keep();
        if self.is_clean() {
            self.room.saving.set(Saving::Saved);
            self.wake();
        } else {
            self.pump();
        }
    }

    pub(super) fn wake(self) {
        for waiting in self.settled.try_update_value(std::mem::take).unwrap_or_default() {
            // Whoever waited may have given up.
            let _ = waiting.send(());
        }
    }

    /// Waits until all that was typed is with the server, or the pen is lost; tells which.
    pub(super) async fn flush(self) -> bool {
        while !self.is_clean() && self.mode.try_get_untracked() == Some(Mode::Writing) {
            let (settled, waiting) = oneshot::channel();
            if self.settled.try_update_value(|all| all.push(settled)).is_none() {
                return false;
            }
            self.send();
            let _ = waiting.await;
        }
        self.mode.try_get_untracked() == Some(Mode::Writing)
    }
}
