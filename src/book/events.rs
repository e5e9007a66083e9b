//! The events of a book: every change of it, in one enum, as its channel tells them.

use super::exports::Export;
use super::history::VersionName;
use super::model::{
    ChatLine, Closed, Closing, ExportId, Invitation, Member, Part, PartId, Place, Role, Sees, Status, Title, Visibility,
};
use super::publishing::Publishing;
use crate::{
    account::person::Person,
    metadata::Metadata,
    ui::{listed::listed, number::count},
};
use serde::{Deserialize, Serialize};
use sputnik::UserId;

/// Something that happened to a book: who did what, and when. The message of the book's channel, and a line of its
/// activity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookEvent {
    /// Who did it.
    pub by: Person,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// What.
    pub what: EventKind,
}

/// What happened. Carries all that a page needs to show it, and the words for the activity (the titles of then).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// The book has another title.
    BookRenamed {
        /// The new one.
        title: Title,
    },
    /// The book is no more.
    BookDeleted,
    /// It was brought back from the bin.
    BookBroughtBack,
    /// It was put into the archive: it can be read, and nobody changes it.
    BookArchived,
    /// It was brought back from the archive.
    BookUnarchived,
    /// Others may read it, or no longer.
    VisibilitySet {
        /// Who may.
        visibility: Visibility,
        /// What they see from now on, where that is what changed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sees: Option<Sees>,
    },
    /// The book says something else about itself.
    MetadataSet {
        /// What it says now. Nothing in the activity, which would be long by it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        metadata: Option<Box<Metadata>>,
    },
    /// The book goes out in another way.
    PublishingSet {
        /// How it does now.
        publishing: Publishing,
    },
    /// Somebody is asked to belong to the book.
    Invited {
        /// Who, by whom, and what they will be able to do.
        invitation: Invitation,
    },
    /// An invitation ended without being accepted.
    InvitationEnded {
        /// Who was invited.
        person: Person,
        /// How it ended.
        how: Ended,
    },
    /// A person belongs to the book now, or has another role.
    MemberSet {
        /// Who, and what they may do.
        member: Member,
        /// Which of the ten colours they have in the book.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hue: Option<u8>,
    },
    /// A person no longer belongs to the book.
    MemberRemoved {
        /// Who.
        person: Person,
    },
    /// A chapter or section was added.
    PartAdded {
        /// What.
        part: Part,
        /// Where.
        place: Place,
        /// Whether it came from another book.
        #[serde(default, skip_serializing_if = "is_not")]
        moved: bool,
    },
    /// A chapter or section was renamed.
    PartRenamed {
        /// Which.
        part: PartId,
        /// Its title before.
        old: Title,
        /// Its title now.
        title: Title,
    },
    /// A chapter or section, with all it holds, was moved.
    PartMoved {
        /// Which.
        part: PartId,
        /// Its title.
        title: Title,
        /// Where it is now.
        place: Place,
        /// Where it was, for the activity.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Spot>,
        /// Where it is, for the activity.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<Spot>,
    },
    /// A chapter or section, with all it holds, was deleted.
    PartRemoved {
        /// Which.
        part: PartId,
        /// The title it had.
        title: Title,
        /// Whether it was moved to another book.
        #[serde(default, skip_serializing_if = "is_not")]
        moved: bool,
        /// To which chapter it was joined, where that is how it went.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        joined: Option<Joined>,
    },
    /// A chapter or section that was deleted is there again, with all it held.
    PartsBroughtBack {
        /// What: the head first, then those that stand in it; those of one parent in their order.
        parts: Vec<Part>,
        /// Where the head is now.
        place: Place,
    },
    /// A chapter's status was set.
    StatusSet {
        /// Which.
        part: PartId,
        /// Its title.
        title: Title,
        /// The status now.
        status: Status,
    },
    /// A chapter has a goal, another goal, or none any more.
    GoalSet {
        /// Which.
        part: PartId,
        /// Its title.
        title: Title,
        /// How many words it is to have.
        goal: Option<u32>,
    },
    /// A chapter was closed to writing.
    ChapterClosed {
        /// Which.
        part: PartId,
        /// Its title.
        title: Title,
        /// How far, and why.
        closed: Closed,
    },
    /// A chapter is open to writing again.
    ChapterOpened {
        /// Which.
        part: PartId,
        /// Its title.
        title: Title,
    },
    /// A writing session became a revision of its chapter, or a revision was named.
    ChapterSaved {
        /// Which.
        part: PartId,
        /// Its title.
        title: Title,
        /// The revision's number.
        revision: u32,
        /// How many words it has.
        words: u32,
        /// What it was named, or how it came to be; often empty.
        comment: String,
        /// Who else wrote in it.
        #[serde(default)]
        with: Vec<Person>,
    },
    /// The words of a chapter that is being written were counted.
    WordsCounted {
        /// Which.
        part: PartId,
        /// How many it has.
        words: u32,
    },
    /// All chapters as they stood were given a name.
    VersionNamed {
        /// The name.
        name: VersionName,
        /// How many chapters.
        chapters: u32,
    },
    /// The book is asked for as a file, or that is further than it was.
    ExportSet {
        /// Which, and how far it is.
        export: Export,
    },
    /// How far such a file is while it is made. Of no version of the channel: it is told, and not kept.
    ExportProgressed {
        /// Which.
        id: ExportId,
        /// How much of it, from 0 to 100.
        percent: u8,
    },
    /// Such a file was thrown away, or its time was up.
    ExportRemoved {
        /// Which.
        id: ExportId,
    },
    /// Somebody said something in the chat.
    Chatted {
        /// What.
        line: ChatLine,
    },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
fn is_not(flag: &bool) -> bool {
    !flag
}

/// The chapter to which another one was joined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// Its title.
    pub title: Title,
    /// Its version that came of it; none where the other one was empty.
    pub revision: Option<u32>,
}

/// Where a part stands, as people say it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spot {
    /// The title of the section it stands in; none at the top.
    pub section: Option<Title>,
    /// Its place there, counted from 1.
    pub number: usize,
}

/// How an invitation ends that is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// Whoever was invited does not want to.
    Declined,
    /// An owner took it back.
    Withdrawn,
}

impl BookEvent {
    /// What happened, in words that follow the person's name.
    #[must_use]
    pub fn words(&self) -> String {
        match &self.what {
            EventKind::MemberSet { member, .. } if member.person.id == self.by.id => {
                format!("joined as {}", role_words(member.role))
            }
            EventKind::MemberRemoved { person } if person.id == self.by.id => "left the book".into(),
            what => what.words(),
        }
    }

    /// The same, as it is told to one of those it may be about.
    #[must_use]
    pub fn words_to(&self, person: Option<&UserId>) -> String {
        match &self.what {
            EventKind::MemberSet { member, .. }
                if Some(&member.person.id) == person && self.by.id != member.person.id =>
            {
                format!("made you {}", role_words(member.role))
            }
            _ => self.words(),
        }
    }

    /// What the activity keeps of it.
    #[must_use]
    pub fn noted(&self) -> Self {
        let what = match &self.what {
            EventKind::MetadataSet { .. } => EventKind::MetadataSet { metadata: None },
            what => what.clone(),
        };
        Self { by: self.by.clone(), at: self.at, what }
    }

    /// The one deed that this is together with the one right before it: whoever moves a part step by step moves it once.
    fn joined_to(&self, before: &Self) -> Option<Self> {
        let (EventKind::PartMoved { part: first, from, .. }, EventKind::PartMoved { part, title, place, to, .. }) =
            (&before.what, &self.what)
        else {
            return None;
        };
        (first == part && before.by.id == self.by.id).then(|| Self {
            by: self.by.clone(),
            at: self.at,
            what: EventKind::PartMoved {
                part: part.clone(),
                title: title.clone(),
                place: place.clone(),
                from: from.clone(),
                to: to.clone(),
            },
        })
    }
}

/// Adds what happened to what happened before it, oldest first.
pub fn add_to_activity(activity: &mut Vec<BookEvent>, told: BookEvent) {
    let joined = activity.last().and_then(|last| told.joined_to(last));
    if joined.is_some() {
        activity.pop();
    }
    activity.push(joined.unwrap_or(told));
}

/// A role as what somebody is: "an editor".
#[must_use]
pub fn role_words(role: Role) -> &'static str {
    match role {
        Role::Reader => "a reader",
        Role::Editor => "an editor",
        Role::Owner => "an owner",
    }
}

/// From where to where something was moved: "from place 4 to place 1".
fn way_words(from: &Spot, to: &Spot) -> String {
    match (&from.section, &to.section) {
        (old, new) if old == new && from.number == to.number => "and put it back".into(),
        (old, new) if old == new => format!("from place {} to place {}", from.number, to.number),
        (None, Some(new)) => format!("from place {} into “{new}”, place {}", from.number, to.number),
        (Some(old), None) => format!("out of “{old}” to place {}", to.number),
        (_, Some(new)) => format!("to place {} of “{new}”", to.number),
        (None, None) => String::new(),
    }
}

/// What an event leaves besides the change itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaves {
    /// A line of the activity, and a toast for the others. The book was changed.
    Deed,
    /// A toast for the others.
    Notice,
    /// Nothing: it is seen where it stands.
    Nothing,
}

impl EventKind {
    /// What it leaves: decided here, for what the server keeps and for what pages show.
    #[must_use]
    pub fn leaves(&self) -> Leaves {
        match self {
            Self::BookRenamed { .. }
            | Self::BookDeleted
            | Self::BookBroughtBack
            | Self::BookArchived
            | Self::BookUnarchived
            | Self::VisibilitySet { .. }
            | Self::MetadataSet { .. }
            | Self::PublishingSet { .. }
            | Self::MemberSet { .. }
            | Self::MemberRemoved { .. }
            | Self::PartAdded { .. }
            | Self::PartRenamed { .. }
            | Self::PartMoved { .. }
            | Self::PartRemoved { .. }
            | Self::PartsBroughtBack { .. }
            | Self::StatusSet { .. }
            | Self::GoalSet { .. }
            | Self::ChapterClosed { .. }
            | Self::ChapterOpened { .. }
            | Self::ChapterSaved { .. }
            | Self::VersionNamed { .. } => Leaves::Deed,
            // Nothing has changed yet: whoever is invited has to accept.
            Self::Invited { .. } | Self::InvitationEnded { .. } => Leaves::Notice,
            Self::WordsCounted { .. }
            | Self::ExportSet { .. }
            | Self::ExportProgressed { .. }
            | Self::ExportRemoved { .. }
            | Self::Chatted { .. } => Leaves::Nothing,
        }
    }

    /// What happened, in words that follow the person's name: "renamed 'Seas' to 'Oceans'".
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::BookRenamed { title } => format!("renamed the book to “{title}”"),
            Self::BookDeleted => "deleted the book".into(),
            Self::BookBroughtBack => "brought the book back".into(),
            Self::BookArchived => "put the book into the archive".into(),
            Self::BookUnarchived => "brought the book back from the archive".into(),
            Self::VisibilitySet { sees: Some(Sees::Text), .. } => "let readers see the text only".into(),
            Self::VisibilitySet { sees: Some(Sees::Everything), .. } => {
                "let readers see people, activity and chat too".into()
            }
            Self::VisibilitySet { visibility: Visibility::Public, .. } => "made the book public".into(),
            Self::VisibilitySet { visibility: Visibility::Private, .. } => "made the book private".into(),
            Self::MetadataSet { .. } => "changed what the book says about itself".into(),
            Self::PublishingSet { .. } => "changed how the book goes out".into(),
            Self::Invited { invitation } => {
                format!("invited {} as {}", invitation.person.name, role_words(invitation.role))
            }
            Self::InvitationEnded { how: Ended::Declined, .. } => "declined the invitation".into(),
            Self::InvitationEnded { person, how: Ended::Withdrawn } => {
                format!("withdrew the invitation of {}", person.name)
            }
            Self::MemberSet { member, .. } => format!("made {} {}", member.person.name, role_words(member.role)),
            Self::MemberRemoved { person } => format!("took {} out of the book", person.name),
            Self::PartAdded { part, moved: true, .. } => format!("moved “{}” here from another book", part.title),
            Self::PartAdded { part, .. } => format!("added “{}”", part.title),
            Self::PartRenamed { old, title, .. } => format!("renamed “{old}” to “{title}”"),
            Self::PartMoved { title, from: Some(from), to: Some(to), .. } => {
                format!("moved “{title}” {}", way_words(from, to))
            }
            Self::PartMoved { title, .. } => format!("moved “{title}”"),
            Self::PartRemoved { title, moved: true, .. } => format!("moved “{title}” to another book"),
            Self::PartRemoved { title, joined: Some(to), .. } => format!("joined “{title}” to “{}”", to.title),
            Self::PartRemoved { title, .. } => format!("deleted “{title}”"),
            Self::PartsBroughtBack { parts, .. } => {
                format!("brought back “{}”", parts.first().map(|part| part.title.as_str()).unwrap_or_default())
            }
            Self::StatusSet { title, status, .. } => {
                format!("marked “{title}” as {}", status.words().to_lowercase())
            }
            Self::GoalSet { title, goal: Some(goal), .. } => {
                format!("set a goal for “{title}”: {}", count(*goal, "word"))
            }
            Self::GoalSet { title, goal: None, .. } => format!("took the goal of “{title}” away"),
            Self::ChapterClosed { title, closed, .. } => {
                let what = match closed.how {
                    Closing::Locked => format!("locked “{title}”"),
                    Closing::Final => format!("marked “{title}” as final"),
                };
                if closed.why.is_empty() { what } else { format!("{what}: {}", closed.why) }
            }
            Self::ChapterOpened { title, .. } => format!("opened “{title}” to writing again"),
            Self::ChapterSaved { title, comment, with, .. } if comment.is_empty() => {
                let with: Vec<&str> = with.iter().map(|person| person.name.as_str()).collect();
                match &with[..] {
                    [] => format!("wrote in “{title}”"),
                    with => format!("wrote in “{title}” with {}", listed(with)),
                }
            }
            Self::ChapterSaved { title, comment, .. } => format!("saved “{title}”: {comment}"),
            Self::WordsCounted { words, .. } => format!("wrote: {}", count(*words, "word")),
            Self::VersionNamed { name, .. } => format!("named this version of the book “{name}”"),
            Self::ExportSet { .. } => "asked for the book as a file".into(),
            Self::ExportProgressed { percent, .. } => format!("waits for a file: {percent} %"),
            Self::ExportRemoved { .. } => "threw a file of the book away".into(),
            Self::Chatted { line } => format!("said: {}", line.text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(by: &str, part: &str, from: usize, to: usize) -> BookEvent {
        let spot = |number| Some(Spot { section: None, number });
        let what = EventKind::PartMoved {
            part: part.parse().expect("an id"),
            title: "Tides".parse().expect("a title"),
            place: Place { parent: None, before: None },
            from: spot(from),
            to: spot(to),
        };
        BookEvent { by: Person { id: by.parse().expect("an id"), name: by.into() }, at: 0, what }
    }

    fn told(events: &[BookEvent]) -> Vec<String> {
        let mut activity = Vec::new();
        events.iter().for_each(|event| add_to_activity(&mut activity, event.clone()));
        activity.iter().map(BookEvent::words).collect()
    }

    #[test]
    fn a_part_moved_step_by_step_is_told_once_from_its_first_place_to_its_last() {
        let steps = [moved("ann", "a", 4, 3), moved("ann", "a", 3, 2), moved("ann", "a", 2, 1)];
        assert_eq!(told(&steps), ["moved “Tides” from place 4 to place 1"]);
        let there_and_back = [moved("ann", "a", 2, 1), moved("ann", "a", 1, 2)];
        assert_eq!(told(&there_and_back), ["moved “Tides” and put it back"]);
    }

    #[test]
    fn moves_of_another_person_or_part_or_with_something_between_are_told_by_themselves() {
        let renamed = BookEvent {
            what: EventKind::BookRenamed { title: "Seas".parse().expect("a title") },
            ..moved("ann", "a", 1, 1)
        };
        let between = [moved("ann", "a", 4, 3), renamed, moved("ann", "a", 3, 2)];
        assert_eq!(told(&between).len(), 3);
        assert_eq!(told(&[moved("ann", "a", 4, 3), moved("ben", "a", 3, 2)]).len(), 2);
        assert_eq!(told(&[moved("ann", "a", 4, 3), moved("ann", "b", 4, 3)]).len(), 2);
    }

    #[test]
    fn those_who_wrote_are_named_as_one_names_them_and_what_was_joined_is_not_deleted() {
        let person = |name: &str| Person { id: name.parse().expect("an id"), name: name.into() };
        let (part, title) = ("a".parse().expect("an id"), "Tides".parse().expect("a title"));
        let (revision, words, comment) = (1, 2, String::new());
        let with = vec![person("ben"), person("cleo")];
        let saved = EventKind::ChapterSaved { part, title, revision, words, comment, with };
        assert_eq!(saved.words(), "wrote in “Tides” with ben and cleo");
        let told = r#"{"part_removed":{"part":"a","title":"Tides","joined":{"title":"Winds","revision":3}}}"#;
        let what: EventKind = serde_json::from_str(told).expect("a chapter that was joined");
        assert_eq!(what.words(), "joined “Tides” to “Winds”");
        let before = r#"{"part_removed":{"part":"a","title":"Tides"}}"#;
        let what: EventKind = serde_json::from_str(before).expect("a chapter that was deleted");
        assert_eq!(what.words(), "deleted “Tides”");
    }

    #[test]
    fn a_move_noted_before_places_were_told_is_understood() {
        let told = r#"{"part_moved":{"part":"a","title":"Tides","place":{"parent":null,"before":null}}}"#;
        let what: EventKind = serde_json::from_str(told).expect("a move");
        assert_eq!(what.words(), "moved “Tides”");
    }
}
