//! A chapter in this page: its live editor, and what decides whether one may write in it.

#[cfg(feature = "hydrate")]
mod sync;

use super::super::{
    book_context::{BookContext, Saving},
    text_server::Refusal,
};
use crate::{
    book::{
        channels::{ChapterChannel, pen},
        model::{BookId, Closed, PartId},
        place::TextPlace,
    },
    ui::{
        browser,
        page::{Page, use_page},
    },
};
use leptos::{html, prelude::*};
use serde::Deserialize;
use sputnik::{
    LockState, Present,
    client::{Connection, Live, Lock, connection::use_connection, use_lock},
};

/// How the editor stands: what the page shows beside it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EditorState {
    /// Whether all that was written here is stored.
    pub saving: Stored,
    /// How many changes are not acknowledged.
    pub unsaved: u32,
    /// Whether those are kept on this device.
    pub kept: bool,
    /// Why something was refused for good.
    pub refusal: Option<Refusal>,
    /// Whether the editor has taken the place of the text the page came with.
    pub ready: bool,
    /// Whether the text has something that only a newer page can show.
    #[serde(default)]
    pub outdated: bool,
    /// Words in the chapter.
    pub words: u32,
    /// Words in the selection.
    pub selection_words: u32,
    /// Its headings.
    #[serde(default)]
    pub headings: Vec<Heading>,
}

/// A heading within a chapter.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Heading {
    /// 2 to 4.
    pub level: u8,
    /// What it says.
    pub words: String,
    /// Which of the chapter's blocks of text it is.
    pub block: u32,
}

/// Whether all that was written in a page is stored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stored {
    /// All of it is acknowledged.
    #[default]
    Saved,
    /// Some is not yet.
    Saving,
    /// There is no connection; writing goes on.
    Offline,
    /// Some will not be.
    Refused,
}

/// A chapter in this page. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Writer {
    /// The book it is in.
    pub context: BookContext,
    /// For announcements and toasts.
    pub page: Page,
    /// Which chapter.
    pub part: StoredValue<PartId>,
    /// Its text, as the server tells it.
    pub live: Live<ChapterChannel>,
    /// Its pen.
    pub lock: Lock,
    /// What went wrong last, near the buttons.
    pub fault: RwSignal<Option<String>>,
    /// How the editor stands; as it begins, until it has come.
    pub standing: RwSignal<EditorState>,
    /// Whether the pen was taken or given away by a press here whose news has not come yet.
    pub(super) pressed: StoredValue<bool>,
    /// Why there is no editor, if it could not be loaded.
    pub missing: RwSignal<Option<String>>,
    /// Whether somebody closed the chapter.
    pub closed: Memo<Option<Closed>>,
    /// Whether whoever looks may write at this moment.
    pub may_write: Memo<bool>,
    /// The node the editor is in.
    pub(super) node: NodeRef<html::Div>,
    #[cfg(feature = "hydrate")]
    keeping: sync::Keeping,
    connection: Connection,
}

impl Writer {
    /// The writing of a chapter whose text is followed already.
    pub fn new(context: BookContext, part: PartId, live: Live<ChapterChannel>) -> Self {
        let lock = use_lock(context.presence, pen(&part));
        let part = StoredValue::new(part);
        let closed = Memo::new(move |_| {
            context.live.state.with(|book| part.with_value(|part| book.part(part).and_then(|part| part.closed.clone())))
        });
        let may_write = Memo::new(move |_| {
            let closed =
                closed.with(|closed| closed.as_ref().is_some_and(|closed| !closed.how.lets_write(context.role.get())));
            let alone = lock.holder.with(|holder| holder.as_ref().is_some_and(|who| !context.is_me(who.user.as_ref())));
            context.can_edit() && live.ended.with(Option::is_none) && !closed && !alone
        });
        let writer = Self {
            context,
            page: use_page(),
            part,
            live,
            lock,
            fault: RwSignal::new(None),
            standing: RwSignal::new(EditorState::default()),
            pressed: StoredValue::new(false),
            missing: RwSignal::new(None),
            closed,
            may_write,
            node: NodeRef::new(),
            #[cfg(feature = "hydrate")]
            keeping: sync::Keeping::new(&ChapterChannel(context.book(), part.get_value())),
            connection: use_connection(),
        };
        writer.say_how_it_stands();
        #[cfg(feature = "hydrate")]
        writer.keep();
        writer
    }

    /// For the one place that shows it, and for the others who see who writes where.
    fn say_how_it_stands(self) {
        Effect::new(move || {
            let may = self.may_write.get();
            let saving = self.standing.with(|standing| match standing.saving {
                Stored::Saved if standing.ready && may => Saving::Saved,
                Stored::Saved => Saving::Idle,
                Stored::Saving => Saving::Underway(standing.unsaved),
                Stored::Offline => Saving::Offline { unsaved: standing.unsaved, kept: standing.kept },
                Stored::Refused => Saving::Refused { kept: standing.kept },
            });
            self.context.saving.set(saving);
        });
        on_cleanup(move || {
            self.context.saving.try_set(Saving::Idle);
            self.context.writing.try_set(false);
        });
    }

    /// The address of what is written here.
    pub fn place(self) -> (BookId, PartId) {
        (self.context.book(), self.part.get_value())
    }

    /// The address of what it was.
    pub fn history(self) -> String {
        self.part.with_value(|part| format!("{}/history", self.context.path(part)))
    }

    /// Whether this page has the pen.
    pub fn is_alone(self) -> bool {
        self.lock.fence.with(Option::is_some)
    }

    /// Whether this page has it, as an answer tells.
    pub fn holds(self, pen: &LockState) -> bool {
        self.connection.client.try_get_untracked().flatten().is_some_and(|me| pen.is_held_by(&me))
    }

    /// Who has the pen, unless this page has.
    pub fn alone(self) -> Option<Present> {
        let mine = self.connection.client.get();
        self.lock.holder.get().filter(|who| Some(&who.client) != mine.as_ref())
    }

    /// This page's place among those who ask for the pen: 0 is next.
    pub fn place_in_queue(self) -> Option<usize> {
        let me = self.connection.client.get()?;
        self.lock.state.with(|state| state.queue.iter().position(|waiting| *waiting == me))
    }

    /// What is written here and not stored, in words.
    pub fn unsaved_text(self) -> Option<String> {
        #[cfg(feature = "hydrate")]
        return self.keeping.with(super::editor::Editor::unsaved_text).flatten();
        #[cfg(not(feature = "hydrate"))]
        None
    }

    /// Goes to a block of its text.
    pub fn go_to(self, block: u32) {
        #[cfg(feature = "hydrate")]
        self.keeping.with(|editor| editor.go_to(block));
        #[cfg(not(feature = "hydrate"))]
        let _ = block;
    }

    /// Where the caret is.
    pub fn caret(self) -> Option<TextPlace> {
        #[cfg(feature = "hydrate")]
        return self.keeping.with(super::editor::Editor::place).flatten();
        #[cfg(not(feature = "hydrate"))]
        None
    }

    /// Gives the focus to the place of the text, in which nothing is written by that: what had it is about to go.
    pub fn hold_focus(self) {
        if let Some(place) = self.node.try_get_untracked().flatten() {
            browser::focus_in_place(&place);
        }
    }

    /// The same for whoever writes on: the caret is in the text then, where no keyboard comes up for it.
    pub fn write_on(self) {
        self.hold_focus();
        #[cfg(feature = "hydrate")]
        if self.may_write.try_get_untracked() == Some(true) && !browser::points_with_finger() {
            self.keeping.with(super::editor::Editor::focus);
        }
    }

    /// Lets go of what was refused for good: the text is the chapter's again.
    pub fn forget_refused(self) {
        #[cfg(feature = "hydrate")]
        self.begin_anew();
    }
}
