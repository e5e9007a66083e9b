//! What a book says about itself besides its title: the same on both sides, in the database, and in every format it comes
//! in and goes out as. Empty text means that nothing is said.
//!
//! | file | what it has |
//! | --- | --- |
//! | [`check`] | how much may be said, and in which form |
//! | `isbn` | the number that a book has in shops |
//! | [`matter`] | what stands before and around the text when it goes out |
//! | `merged` | two change it at once |
//! | [`problem`] | what a writer would want to know of a book before it goes out |
//! | [`mod@reference`] | links that say what a chapter is called |
//! | [`theme`] | in which look a book goes out |

pub mod check;
mod isbn;
pub mod matter;
mod merged;
pub mod problem;
pub mod reference;
pub mod theme;

use serde::{Deserialize, Serialize};

/// What a book says about itself besides its title.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Metadata {
    /// What stands below the title.
    pub subtitle: String,
    /// Who made it, in the order in which they are named.
    pub people: Vec<Contributor>,
    /// Its language, as [BCP 47](https://www.rfc-editor.org/info/bcp47) names it: `en`, `pt-BR`.
    pub language: String,
    /// What it is about, for those who look for a book.
    pub description: String,
    /// What it belongs to: codes of Thema or BISAC, or words.
    pub subjects: Vec<String>,
    /// Its ISBN, thirteen digits.
    pub isbn: String,
    /// Who publishes it.
    pub publisher: String,
    /// Under which licence it may be used: an [SPDX](https://spdx.org/licenses/) identifier, or words.
    pub licence: String,
    /// The series it belongs to.
    pub series: String,
    /// Which one of the series it is.
    pub series_number: String,
    /// Whom it is for, on a page of its own: some lines.
    pub dedication: String,
    /// When it is or was published: a year, a month or a day, as `2026`, `2026-11` or `2026-11-30`.
    pub published: String,
}

/// Somebody who made a book, and what they did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contributor {
    /// Their name, as it stands on the title page.
    pub name: String,
    /// What they did.
    pub role: ContributorRole,
}

/// What somebody did for a book, by the [relators of MARC](https://www.loc.gov/marc/relators/).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContributorRole {
    /// Wrote it.
    #[default]
    Author,
    /// Edited it.
    Editor,
    /// Translated it.
    Translator,
    /// Drew or painted its pictures.
    Illustrator,
    /// Took its photographs.
    Photographer,
    /// Wrote what stands before it.
    ForewordAuthor,
    /// Designed it.
    Designer,
    /// Did something else for it.
    Contributor,
}

impl ContributorRole {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 8] = [
        Self::Author,
        Self::Editor,
        Self::Translator,
        Self::Illustrator,
        Self::Photographer,
        Self::ForewordAuthor,
        Self::Designer,
        Self::Contributor,
    ];

    /// What people call whoever did it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Author => "Author",
            Self::Editor => "Editor",
            Self::Translator => "Translator",
            Self::Illustrator => "Illustrator",
            Self::Photographer => "Photographer",
            Self::ForewordAuthor => "Author of the foreword",
            Self::Designer => "Designer",
            Self::Contributor => "Contributor",
        }
    }

    /// The three letters that stand for it.
    #[must_use]
    pub fn relator(self) -> &'static str {
        match self {
            Self::Author => "aut",
            Self::Editor => "edt",
            Self::Translator => "trl",
            Self::Illustrator => "ill",
            Self::Photographer => "pht",
            Self::ForewordAuthor => "aui",
            Self::Designer => "bkd",
            Self::Contributor => "ctb",
        }
    }

    /// What these letters stand for. Of the relators that are not here, each is a contributor.
    #[must_use]
    pub fn of_relator(letters: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|role| role.relator().eq_ignore_ascii_case(letters.trim()))
            .unwrap_or(Self::Contributor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_did_is_known_by_three_letters() {
        for role in ContributorRole::ALL {
            assert_eq!(ContributorRole::of_relator(role.relator()), role);
        }
        assert_eq!(ContributorRole::of_relator(" TRL"), ContributorRole::Translator);
        assert_eq!(ContributorRole::of_relator("zzz"), ContributorRole::Contributor);
    }
}
