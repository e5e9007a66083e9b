//! What is left of a book for those who may read it and do not belong to it, where its owners show them the text only:
//! contents and chapters as they stand, and nobody's name.
//!
//! Everything is taken apart here by name, field by field and case by case: whatever is added to a book is shown to
//! nobody outside of it before somebody has decided so here.

use super::{
    chapter::{ChapterEvent, ChapterText, Edited},
    events::{BookEvent, EventKind},
    model::{Closed, Member, Part},
    state::Book,
};
use crate::{account::person::Person, ui::hue::Hues};

/// What has something in it that is not for everybody who may read a book.
pub trait Redact: Sized {
    /// What is left of it for them, if anything is.
    fn redacted(self) -> Option<Self>;
}

impl Redact for Book {
    fn redacted(self) -> Option<Self> {
        let Self {
            id,
            title,
            visibility,
            readers_see,
            metadata,
            publishing,
            members: _,
            hues: _,
            invitations: _,
            parts,
            chat: _,
            activity: _,
            exports: _,
            deleted,
            archived,
        } = self;
        let parts = parts.into_iter().map(part).collect();
        let (members, hues) = (Vec::<Member>::new(), Hues::default());
        let (invitations, chat, activity) = (Vec::new(), Vec::new(), Vec::new());
        Some(Self {
            id,
            title,
            visibility,
            readers_see,
            // What a book says about itself it says to whoever reads it.
            metadata,
            publishing,
            members,
            hues,
            invitations,
            parts,
            chat,
            activity,
            exports: Vec::new(),
            deleted,
            archived,
        })
    }
}

impl Redact for BookEvent {
    fn redacted(self) -> Option<Self> {
        let Self { by: _, at, what } = self;
        let what = match what {
            EventKind::MemberSet { .. }
            | EventKind::MemberRemoved { .. }
            | EventKind::Invited { .. }
            | EventKind::InvitationEnded { .. }
            | EventKind::VersionNamed { .. }
            | EventKind::ExportSet { .. }
            | EventKind::ExportProgressed { .. }
            | EventKind::ExportRemoved { .. }
            | EventKind::Chatted { .. } => return None,
            EventKind::BookRenamed { title } => EventKind::BookRenamed { title },
            EventKind::BookDeleted => EventKind::BookDeleted,
            EventKind::BookBroughtBack => EventKind::BookBroughtBack,
            EventKind::BookArchived => EventKind::BookArchived,
            EventKind::BookUnarchived => EventKind::BookUnarchived,
            EventKind::VisibilitySet { visibility, sees } => EventKind::VisibilitySet { visibility, sees },
            EventKind::MetadataSet { metadata } => EventKind::MetadataSet { metadata },
            EventKind::PublishingSet { publishing } => EventKind::PublishingSet { publishing },
            // That there is another book is nothing for those outside.
            EventKind::PartAdded { part: added, place, moved: _ } => {
                EventKind::PartAdded { part: part(added), place, moved: false }
            }
            EventKind::PartRenamed { part, old, title } => EventKind::PartRenamed { part, old, title },
            EventKind::PartMoved { part, title, place, from: _, to: _ } => {
                EventKind::PartMoved { part, title, place, from: None, to: None }
            }
            EventKind::PartRemoved { part, title, moved: _, joined: _ } => {
                EventKind::PartRemoved { part, title, moved: false, joined: None }
            }
            EventKind::PartsBroughtBack { parts, place } => {
                EventKind::PartsBroughtBack { parts: parts.into_iter().map(part).collect(), place }
            }
            EventKind::StatusSet { part, title, status } => EventKind::StatusSet { part, title, status },
            EventKind::GoalSet { part, title, goal } => EventKind::GoalSet { part, title, goal },
            EventKind::ChapterClosed { part, title, closed: how } => {
                EventKind::ChapterClosed { part, title, closed: closed(how) }
            }
            EventKind::ChapterOpened { part, title } => EventKind::ChapterOpened { part, title },
            EventKind::ChapterSaved { part, title, revision, words, comment: _, with: _ } => {
                EventKind::ChapterSaved { part, title, revision, words, comment: String::new(), with: Vec::new() }
            }
            EventKind::WordsCounted { part, words } => EventKind::WordsCounted { part, words },
        };
        Some(Self { by: Person::somebody(), at, what })
    }
}

impl Redact for ChapterText {
    fn redacted(self) -> Option<Self> {
        let Self { part, html, words, edits, fresh, last, pen: _ } = self;
        let last = last.map(|(_, at)| (Person::somebody(), at));
        Some(Self { part, html, words, edits, fresh, last, pen: None })
    }
}

impl Redact for ChapterEvent {
    fn redacted(self) -> Option<Self> {
        match self {
            Self::Edited { at, first, edits } => {
                let edits = edits.into_iter().map(|Edited { by: _, edit }| Edited { by: Person::somebody(), edit });
                Some(Self::Edited { at, first, edits: edits.collect() })
            }
            Self::Saved { by: _, at, revision } => Some(Self::Saved { by: Person::somebody(), at, revision }),
            Self::PenGiven { .. } => None,
        }
    }
}

fn part(part: Part) -> Part {
    let Part { id, kind, parent, title, status, words, revision, closed: how, goal } = part;
    Part { id, kind, parent, title, status, words, revision, closed: how.map(closed), goal }
}

fn closed(closed: Closed) -> Closed {
    let Closed { how, why: _, by: _, at } = closed;
    Closed { how, why: String::new(), by: Person::somebody(), at }
}
