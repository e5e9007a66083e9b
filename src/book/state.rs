//! A book as every page of it holds it, and [`Book::apply`], the one place where an event changes it.

use super::{
    events::{BookEvent, EventKind, Leaves, add_to_activity},
    exports::{Export, ExportState},
    model::{BookId, ChatLine, ExportId, Invitation, Member, Part, PartId, Place, Role, Sees, Title, Visibility},
    publishing::Publishing,
};
use crate::{metadata::Metadata, ui::hue::Hues};
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use sputnik::{UserId, protocol::json};

/// Reads a list without what is not understood: a newer server may have noted what this page has no word for.
fn understood<'de, D, T>(given: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let given = Vec::<Box<RawValue>>::deserialize(given)?;
    Ok(given.into_iter().filter_map(|one| json::read(one.get()).ok()).collect())
}

/// A book, as a page of it holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Book {
    /// Which.
    pub id: BookId,
    /// Its title.
    pub title: Title,
    /// Who may read it.
    pub visibility: Visibility,
    /// What those see who may read it and do not belong to it.
    #[serde(default)]
    pub readers_see: Sees,
    /// What it says about itself besides its title.
    #[serde(default)]
    pub metadata: Metadata,
    /// How it goes out.
    #[serde(default)]
    pub publishing: Publishing,
    /// Who belongs to it, owners first, then by name.
    pub members: Vec<Member>,
    /// Which colours people have in it: whoever belongs to it or did.
    #[serde(default)]
    pub hues: Hues,
    /// Who is asked to, in the order of asking.
    #[serde(default)]
    pub invitations: Vec<Invitation>,
    /// The contents: parts of one parent stand in their order.
    pub parts: Vec<Part>,
    /// The newest lines of the chat, oldest first, at most [`Book::CHAT_LINES`].
    pub chat: Vec<ChatLine>,
    /// What happened last, oldest first, at most [`Book::ACTIVITY`]; without the chat.
    #[serde(deserialize_with = "understood")]
    pub activity: Vec<BookEvent>,
    /// The files it was made into, or will be, in the order in which they were asked for.
    #[serde(default, deserialize_with = "understood")]
    pub exports: Vec<Export>,
    /// It was deleted while the page was open.
    pub deleted: bool,
    /// It is in the archive: it can be read, and nobody changes it.
    #[serde(default)]
    pub archived: bool,
}

impl Book {
    /// How many lines of the chat a page holds.
    pub const CHAT_LINES: usize = 200;
    /// How many happenings a page holds.
    pub const ACTIVITY: usize = 100;
    /// How many parts a book may have.
    pub const PARTS: usize = 2_000;
    /// How deep sections may nest.
    pub const DEPTH: usize = 4;

    /// Folds in what happened.
    pub fn apply(&mut self, told: &BookEvent) {
        match &told.what {
            EventKind::BookRenamed { title } => self.title = title.clone(),
            EventKind::BookDeleted => self.deleted = true,
            EventKind::BookBroughtBack => self.deleted = false,
            EventKind::BookArchived => self.archived = true,
            EventKind::BookUnarchived => self.archived = false,
            EventKind::VisibilitySet { visibility, sees } => {
                self.visibility = *visibility;
                self.readers_see = sees.unwrap_or(self.readers_see);
            }
            EventKind::MetadataSet { metadata } => {
                if let Some(metadata) = metadata {
                    self.metadata = (**metadata).clone();
                }
            }
            EventKind::PublishingSet { publishing } => self.publishing = publishing.clone(),
            EventKind::MemberSet { member, hue } => {
                if let Some(hue) = hue {
                    self.hues.give(member.person.id.as_str(), *hue);
                }
                self.invitations.retain(|other| other.person.id != member.person.id);
                self.members.retain(|other| other.person.id != member.person.id);
                self.members.push(member.clone());
                self.members.sort_by(|a, b| b.role.cmp(&a.role).then_with(|| a.person.name.cmp(&b.person.name)));
            }
            EventKind::MemberRemoved { person } => self.members.retain(|other| other.person.id != person.id),
            EventKind::Invited { invitation } => {
                self.invitations.retain(|other| other.person.id != invitation.person.id);
                self.invitations.push(invitation.clone());
            }
            EventKind::InvitationEnded { person, .. } => {
                self.invitations.retain(|other| other.person.id != person.id);
            }
            EventKind::PartAdded { part, place, .. } => {
                self.parts.retain(|other| other.id != part.id);
                self.insert(vec![Part { parent: place.parent.clone(), ..part.clone() }], place);
            }
            EventKind::PartRenamed { part, title, .. } => {
                if let Some(part) = self.part_mut(part) {
                    part.title = title.clone();
                }
            }
            EventKind::PartMoved { part, place, .. } => {
                let mut branch = self.take_branch(part);
                if let Some(head) = branch.first_mut() {
                    head.parent = place.parent.clone();
                    self.insert(branch, place);
                }
            }
            EventKind::PartRemoved { part, .. } => {
                self.take_branch(part);
            }
            EventKind::PartsBroughtBack { parts, place } => {
                let mut branch = parts.clone();
                self.parts.retain(|other| branch.iter().all(|part| part.id != other.id));
                if let Some(head) = branch.first_mut() {
                    head.parent = place.parent.clone();
                    self.insert(branch, place);
                }
            }
            EventKind::StatusSet { part, status, .. } => {
                if let Some(part) = self.part_mut(part) {
                    part.status = *status;
                }
            }
            EventKind::GoalSet { part, goal, .. } => {
                if let Some(part) = self.part_mut(part) {
                    part.goal = *goal;
                }
            }
            EventKind::ChapterClosed { part, closed, .. } => {
                if let Some(part) = self.part_mut(part) {
                    part.closed = Some(closed.clone());
                }
            }
            EventKind::ChapterOpened { part, .. } => {
                if let Some(part) = self.part_mut(part) {
                    part.closed = None;
                }
            }
            EventKind::ChapterSaved { part, revision, words, .. } => {
                if let Some(part) = self.part_mut(part) {
                    part.revision = *revision;
                    part.words = *words;
                }
            }
            EventKind::WordsCounted { part, words } => {
                if let Some(part) = self.part_mut(part) {
                    part.words = *words;
                }
            }
            // The revisions are told by themselves.
            EventKind::VersionNamed { .. } => {}
            EventKind::ExportSet { export } => match self.export_mut(&export.id) {
                Some(known) => *known = export.clone(),
                None => self.exports.push(export.clone()),
            },
            EventKind::ExportProgressed { id, percent } => {
                // It may be heard after the file was ready.
                if let Some(export) = self.export_mut(id).filter(|export| export.state.is_under_way()) {
                    export.state = ExportState::Making { percent: *percent };
                }
            }
            EventKind::ExportRemoved { id } => self.exports.retain(|export| export.id != *id),
            EventKind::Chatted { line } => {
                self.chat.push(line.clone());
                let over = self.chat.len().saturating_sub(Self::CHAT_LINES);
                self.chat.drain(..over);
            }
        }
        // Whoever is not told who did it gets no line of activity either.
        if told.what.leaves() != Leaves::Deed || told.by.is_somebody() {
            return;
        }
        add_to_activity(&mut self.activity, told.noted());
        let over = self.activity.len().saturating_sub(Self::ACTIVITY);
        self.activity.drain(..over);
    }

    /// The part of this id.
    #[must_use]
    pub fn part(&self, id: &PartId) -> Option<&Part> {
        self.parts.iter().find(|part| part.id == *id)
    }

    fn export_mut(&mut self, id: &ExportId) -> Option<&mut Export> {
        self.exports.iter_mut().find(|export| export.id == *id)
    }

    fn part_mut(&mut self, id: &PartId) -> Option<&mut Part> {
        self.parts.iter_mut().find(|part| part.id == *id)
    }

    /// What a section holds directly (or what stands at the top), in order.
    pub fn children<'a>(&'a self, parent: Option<&'a PartId>) -> impl Iterator<Item = &'a Part> {
        self.parts.iter().filter(move |part| part.parent.as_ref() == parent)
    }

    /// Whether `inner` is `outer` or stands somewhere in it.
    #[must_use]
    pub fn is_within(&self, inner: &PartId, outer: &PartId) -> bool {
        let mut at = Some(inner);
        while let Some(id) = at {
            if id == outer {
                return true;
            }
            at = self.part(id).and_then(|part| part.parent.as_ref());
        }
        false
    }

    /// How many sections a part stands in.
    #[must_use]
    pub fn depth(&self, id: &PartId) -> usize {
        let above = |id: &PartId| self.part(id).and_then(|part| part.parent.clone());
        std::iter::successors(above(id), above).count()
    }

    /// What this person may do, by membership alone.
    #[must_use]
    pub fn role_of(&self, person: &UserId) -> Option<Role> {
        self.members.iter().find(|member| member.person.id == *person).map(|member| member.role)
    }

    /// Whether this person owns it, and nobody else does.
    #[must_use]
    pub fn is_only_owner(&self, person: &UserId) -> bool {
        let mut owners = self.members.iter().filter(|member| member.role == Role::Owner);
        owners.next().is_some_and(|owner| owner.person.id == *person) && owners.next().is_none()
    }

    /// What whoever has this role by membership may do now: in the archive, what a reader may.
    #[must_use]
    pub fn role_left(&self, role: Role) -> Role {
        if self.archived { Role::Reader } else { role }
    }

    /// How many words the book has.
    #[must_use]
    pub fn words(&self) -> u32 {
        self.parts.iter().map(|part| part.words).sum()
    }

    /// Takes a part out with all it holds, in order.
    fn take_branch(&mut self, id: &PartId) -> Vec<Part> {
        let inside: Vec<bool> = self.parts.iter().map(|part| self.is_within(&part.id, id)).collect();
        let mut inside = inside.into_iter();
        let (branch, rest) = std::mem::take(&mut self.parts).into_iter().partition(|_| inside.next() == Some(true));
        self.parts = rest;
        branch
    }

    /// Puts a branch in its place. Where the place is not there any more, at the end of what is.
    fn insert(&mut self, branch: Vec<Part>, place: &Place) {
        let before = place.before.as_ref().and_then(|id| self.parts.iter().position(|part| part.id == *id));
        let at = before.unwrap_or(self.parts.len());
        self.parts.splice(at..at, branch);
    }
}
