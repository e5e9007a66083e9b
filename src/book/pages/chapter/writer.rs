//! What this page does with a chapter: reading it, writing it under the pen, and what becomes of the text when the pen
//! is lost.

use super::{
    super::room::{Room, Saving},
    draft::Draft,
    rescue::Rescued,
};
use crate::{
    book::{
        channels::{ChapterChannel, pen},
        commands::{
            chapter::open_chapter,
            pen::{put_down_pen, take_over_pen, take_pen},
        },
        model::PartId,
    },
    sputnik::{
        client::{Connection, Live, Lock, Shown, use_connection, use_lock},
        fault::{Code, Fault},
        roster::LockState,
    },
    ui::{
        browser,
        page::{Page, use_page},
        toast::Toast,
    },
};
use futures::channel::oneshot;
use leptos::{prelude::*, task::spawn_local};
use std::sync::{Arc, Mutex};

/// What the pane is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Shows the text as it grows.
    Reading,
    /// Waits for the pen.
    Opening,
    /// Holds the pen.
    Writing,
    /// Has put the pen down, and waits to hear of it.
    Leaving,
    /// Has lost the pen with something in hand: shows it, not to be changed, until it is dismissed.
    Refused,
}

/// The writing of one chapter in this page. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Writer {
    /// The book it is in.
    pub room: Room,
    /// For announcements and toasts.
    pub page: Page,
    /// Which chapter.
    pub part: StoredValue<PartId>,
    /// Its text, as the server has it.
    pub live: Live<ChapterChannel>,
    /// Its pen.
    pub lock: Lock,
    /// What the pane is doing.
    pub mode: RwSignal<Mode>,
    /// What stands in the editor, for counting words and comparing.
    pub text: RwSignal<String>,
    /// Grows when the text was changed by something other than typing, and the editor must take it over.
    pub replaced: RwSignal<u32>,
    /// Whether it differs from the newest version.
    pub changed: RwSignal<bool>,
    /// What went wrong last, near the buttons.
    pub fault: RwSignal<Option<String>>,
    /// Why the pen was lost.
    pub refusal: RwSignal<Option<String>>,
    /// A text of this reader's that is not in the chapter.
    pub rescued: RwSignal<Option<Rescued>>,
    /// How far down the text the reader or writer is, from 0 to 1: kept between reading and writing.
    pub(super) depth: StoredValue<f64>,
    pub(super) connection: Connection,
    pub(super) draft: StoredValue<Draft>,
    pub(super) fence: StoredValue<u64>,
    pub(super) seen: StoredValue<bool>,
    pub(super) version: StoredValue<u32>,
    pub(super) waiting: StoredValue<bool>,
    pub(super) sending: StoredValue<bool>,
    pub(super) recovering: StoredValue<bool>,
    pub(super) tries: StoredValue<u32>,
    pub(super) settled: StoredValue<Vec<oneshot::Sender<()>>>,
    pub(super) last_words: StoredValue<Arc<Mutex<Option<String>>>>,
}

impl Writer {
    /// The writing of a chapter whose text is followed already.
    pub fn new(room: Room, part: PartId, live: Live<ChapterChannel>) -> Self {
        let writer = Self {
            room,
            page: use_page(),
            lock: use_lock(room.presence, pen(&part)),
            part: StoredValue::new(part),
            live,
            mode: RwSignal::new(Mode::Reading),
            text: RwSignal::new(String::new()),
            replaced: RwSignal::new(0),
            changed: RwSignal::new(false),
            fault: RwSignal::new(None),
            refusal: RwSignal::new(None),
            rescued: RwSignal::new(None),
            depth: StoredValue::new(0.0),
            connection: use_connection(),
            draft: StoredValue::new(Draft::default()),
            fence: StoredValue::new(0),
            seen: StoredValue::new(false),
            version: StoredValue::new(0),
            waiting: StoredValue::new(false),
            sending: StoredValue::new(false),
            recovering: StoredValue::new(false),
            tries: StoredValue::new(0),
            settled: StoredValue::new(Vec::new()),
            last_words: StoredValue::new(Arc::default()),
        };
        writer.watch();
        writer
    }

    /// The pen comes and goes without anything being pressed here: it is passed on from the queue, claimed back after
    /// a reload, taken over, or its lease runs out.
    pub(super) fn watch(self) {
        Effect::new(move || {
            let (fence, mode, live) =
                (self.lock.fence.get(), self.mode.get(), self.connection.shown.get() == Shown::Live);
            match (mode, fence) {
                (Mode::Reading, Some(_)) => self.pen_came(),
                (Mode::Leaving, None) => self.mode.set(Mode::Reading),
                // The answer to taking it may come before the news of it: only what was here can be gone.
                (Mode::Writing, None) if live && self.seen.get_value() => self.recover(None),
                (Mode::Writing, Some(fence)) if fence == self.fence.get_value() => self.seen.set_value(true),
                (Mode::Writing, Some(_)) if live && self.seen.get_value() => self.recover(None),
                _ => {}
            }
        });
        Effect::new(move || {
            let writing = matches!(self.mode.get(), Mode::Writing);
            self.room.writing.set(writing);
            if !writing {
                self.room.saving.set(Saving::Idle);
            }
        });
        Effect::new(move || {
            if self.room.can_edit() {
                self.look_for_kept();
            }
        });
        Effect::new(move || {
            let may = self.room.can_edit() && self.live.ended.with(Option::is_none);
            if self.mode.get() == Mode::Writing && !may {
                self.refuse("You may no longer write in this book.".to_owned());
            }
        });
        Effect::new(move || {
            let guard = window_event_listener(leptos::ev::beforeunload, move |event| {
                self.keep();
                if self.mode.try_get_untracked() == Some(Mode::Writing) && !self.is_clean() {
                    event.prevent_default();
                }
            });
            on_cleanup(move || guard.remove());
        });
        on_cleanup(move || self.farewell());
    }

    /// Whether the server has all that was typed.
    pub fn is_clean(self) -> bool {
        self.draft.try_with_value(Draft::is_clean).unwrap_or(true)
    }

    pub(super) fn holds(self, state: &LockState) -> bool {
        self.connection.client.get_untracked().is_some_and(|me| state.is_held_by(&me))
    }

    pub(super) fn place(self) -> (crate::book::model::BookId, PartId) {
        (self.room.book(), self.part.get_value())
    }

    /// Takes the pen and opens the editor; when somebody else has it, nothing more is needed than what the page shows.
    pub fn write(self) {
        self.acquire(false);
    }

    /// Asks for the pen: stands in its queue.
    pub fn ask(self) {
        self.acquire(true);
    }

    pub(super) fn acquire(self, ask: bool) {
        if self.mode.get_untracked() != Mode::Reading {
            return;
        }
        self.mode.set(Mode::Opening);
        self.fault.set(None);
        let (book, part) = self.place();
        spawn_local(async move {
            match take_pen(book, part, ask).await {
                Ok(state) if self.holds(&state) => self.open(state.fence, true).await,
                Ok(_) => {
                    self.mode.try_set(Mode::Reading);
                    if ask {
                        self.page.announce("You asked for the pen.");
                    }
                }
                Err(why) => self.could_not(&why),
            }
        });
    }

    /// Takes the pen from whoever has it. Owners only.
    pub fn take_over(self) {
        if self.mode.get_untracked() != Mode::Reading {
            return;
        }
        self.mode.set(Mode::Opening);
        self.fault.set(None);
        let (book, part) = self.place();
        spawn_local(async move {
            match take_over_pen(book, part).await {
                Ok(state) if self.holds(&state) => self.open(state.fence, true).await,
                Ok(_) => {
                    self.mode.try_set(Mode::Reading);
                }
                Err(why) => self.could_not(&why),
            }
        });
    }

    /// Leaves the queue.
    pub fn withdraw(self) {
        let (book, part) = self.place();
        spawn_local(async move {
            if let Err(why) = put_down_pen(book, part).await {
                self.fault.try_set(Some(why.words));
            }
        });
    }

    pub(super) fn could_not(self, why: &Fault) {
        self.mode.try_set(Mode::Reading);
        // Who holds it is shown anyway.
        if why.code != Code::LockHeld {
            self.fault.try_set(Some(why.words.clone()));
        }
    }

    /// The pen is here without a press: from the queue, or claimed back after a reload.
    pub(super) fn pen_came(self) {
        self.mode.set(Mode::Opening);
        let (book, part) = self.place();
        let busy = browser::is_typing();
        spawn_local(async move {
            match take_pen(book, part, false).await {
                Ok(state) if self.holds(&state) => {
                    let title = self.room.live.state.try_with_untracked(|book| {
                        self.part.with_value(|part| book.part(part).map(|part| part.title.to_string()))
                    });
                    let words = format!("You have the pen of “{}”.", title.flatten().unwrap_or_default());
                    self.page.announce(words.clone());
                    self.page.toast(Toast::plain(words));
                    self.open(state.fence, !busy).await;
                }
                Ok(_) => {
                    self.mode.try_set(Mode::Reading);
                }
                Err(why) => self.could_not(&why),
            }
        });
    }

    /// Opens the editor on the server's text and what this browser kept of an earlier writing.
    pub(super) async fn open(self, fence: u64, focus: bool) {
        let (book, part) = self.place();
        let fresh = match open_chapter(book, part).await {
            Ok(snapshot) => snapshot.state,
            Err(why) => return self.could_not(&why),
        };
        let draft = match self.local() {
            Some(local) => Draft::restore(fresh.text, fresh.draft, &local).unwrap_or_else(|fresh| {
                self.rescued.try_set(Some(Rescued::unsent(local.text)));
                fresh
            }),
            None => Draft::new(fresh.text, fresh.draft),
        };
        if self.mode.try_get_untracked().is_none() {
            return;
        }
        let clean = draft.is_clean();
        self.fence.set_value(fence);
        self.seen.set_value(self.lock.fence.get_untracked() == Some(fence));
        self.version.set_value(fresh.revision);
        self.changed.set(fresh.unsaved || !clean);
        self.take_text(draft);
        self.refusal.set(None);
        self.depth.set_value(browser::scrolled("main"));
        self.mode.set(Mode::Writing);
        self.room.saving.set(if clean { Saving::Saved } else { Saving::Underway });
        if !clean {
            self.pump();
        }
        if focus {
            request_animation_frame(|| browser::focus("chapter-text"));
        }
    }

    /// The editor shows another text than was typed into it.
    pub(super) fn take_text(self, draft: Draft) {
        self.text.set(draft.text().to_owned());
        self.draft.set_value(draft);
        self.replaced.update(|times| *times += 1);
    }
}
