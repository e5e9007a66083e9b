//! What the shelf shows: books, without what is in them.

use super::{
    model::{BookId, Role, Title, Visibility},
    quota::Usage,
};
use crate::{account::person::Person, ui::number::count};
use serde::{Deserialize, Serialize};

/// The books somebody can see.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Shelf {
    /// They own these.
    pub mine: Vec<BookCard>,
    /// They are editor or reader of these.
    pub shared: Vec<BookCard>,
    /// Everyone may read these; without those above. At most 200.
    pub public: Vec<BookCard>,
    /// They belong to these, and they are in the archive.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub archived: Vec<BookCard>,
    /// They owned these and they are in the bin, those that were deleted last first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bin: Vec<DeletedBook>,
    /// How much of their room they take up, where somebody is signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<Usage>,
    /// To what they are invited, the newest first.
    #[serde(default)]
    pub invitations: Vec<ReceivedInvitation>,
}

/// A book in the bin, as its owners see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletedBook {
    /// Which.
    pub id: BookId,
    /// What it is called.
    pub title: Title,
    /// Who put it there.
    pub by: Person,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// When it goes for good.
    pub until: i64,
}

/// That somebody is asked to belong to a book, as they see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceivedInvitation {
    /// To which.
    pub book: BookId,
    /// What it is called.
    pub title: Title,
    /// What they will be able to do there.
    pub role: Role,
    /// Who asks.
    pub by: Person,
    /// When, in milliseconds since 1970.
    pub at: i64,
}

/// What one person is told, wherever they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonEvent {
    /// They are asked to belong to a book.
    Invited {
        /// To which, by whom.
        asked: ReceivedInvitation,
    },
    /// An invitation waits for them no longer: they answered it, or it was withdrawn.
    InvitationEnded {
        /// To which book.
        book: BookId,
        /// Whether they belong to it now.
        accepted: bool,
    },
}

impl PersonEvent {
    /// Folds it into what somebody is asked.
    pub fn fold_into(&self, asked: &mut Vec<ReceivedInvitation>) {
        match self {
            Self::Invited { asked: new } => {
                asked.retain(|other| other.book != new.book);
                asked.insert(0, new.clone());
            }
            Self::InvitationEnded { book, .. } => asked.retain(|other| other.book != *book),
        }
    }
}

/// A book on the shelf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookCard {
    /// Which.
    pub id: BookId,
    /// Its title.
    pub title: Title,
    /// Who owns it; [somebody](Person::somebody) where its owners show readers the text only.
    pub owner: Person,
    /// Who else writes it, in the order they came, at most two; nobody where names are not for whoever looks.
    #[serde(default)]
    pub with: Vec<String>,
    /// How many write it, owners among them; 0 where that is not told.
    #[serde(default)]
    pub writers: u32,
    /// What the one who looks may do; `None` for a public book they do not belong to.
    pub role: Option<Role>,
    /// Who may read it.
    pub visibility: Visibility,
    /// How many chapters it has.
    pub chapters: u32,
    /// How many words.
    pub words: u32,
    /// When something in it last changed, in milliseconds since 1970.
    pub changed: i64,
    /// Whether it is in the archive.
    #[serde(default)]
    pub archived: bool,
}

impl BookCard {
    /// Who writes it, as a cover says it: "ann, ben and 3 others". Nothing where names are not for whoever looks.
    #[must_use]
    pub fn people(&self) -> Option<String> {
        if self.owner.is_somebody() {
            return None;
        }
        let mut names = vec![self.owner.name.clone()];
        names.extend(self.with.iter().cloned());
        let others = self.writers.saturating_sub(u32::try_from(names.len()).unwrap_or(u32::MAX));
        if others > 0 {
            names.push(count(others, "other"));
        }
        let last = names.pop()?;
        Some(if names.is_empty() { last } else { format!("{} and {last}", names.join(", ")) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cover_names_three_who_write_and_counts_the_others() {
        let card = |with: &[&str], writers| BookCard {
            id: "b".parse().expect("an id"),
            title: "Seas".parse().expect("a title"),
            owner: Person { id: "a".parse().expect("an id"), name: "ann".into() },
            with: with.iter().map(|name| (*name).to_owned()).collect(),
            writers,
            role: None,
            visibility: Visibility::Public,
            chapters: 1,
            words: 1,
            changed: 0,
            archived: false,
        };
        for (with, writers, words) in [
            (&[][..], 1, "ann"),
            (&["ben"], 2, "ann and ben"),
            (&["ben", "cleo"], 3, "ann, ben and cleo"),
            (&["ben", "cleo"], 4, "ann, ben, cleo and 1 other"),
            (&["ben", "cleo"], 9, "ann, ben, cleo and 6 others"),
            // From a server that does not tell.
            (&[], 0, "ann"),
        ] {
            assert_eq!(card(with, writers).people().as_deref(), Some(words));
        }
        assert_eq!(BookCard { owner: Person::somebody(), ..card(&[], 3) }.people(), None);
    }
}
