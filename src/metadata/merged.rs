//! What a book says about itself when two change it at once: whoever changed a field has it.

use super::Metadata;

impl Metadata {
    /// What is said when somebody made `mine` of `base`, of which others made `theirs` meanwhile: each field as whoever
    /// changed it has it. Where both did, and not to the same, it is mine. Those fields are told too, by the names they
    /// have in the form.
    #[must_use]
    pub fn merged(base: &Self, mine: Self, theirs: &Self) -> (Self, Vec<&'static str>) {
        let mut both = Both::default();
        let Self {
            subtitle,
            people,
            language,
            description,
            subjects,
            isbn,
            publisher,
            licence,
            series,
            series_number,
            dedication,
            published,
        } = mine;
        let merged = Self {
            subtitle: both.merge("subtitle", &base.subtitle, subtitle, &theirs.subtitle),
            people: both.merge("people", &base.people, people, &theirs.people),
            language: both.merge("language", &base.language, language, &theirs.language),
            description: both.merge("description", &base.description, description, &theirs.description),
            subjects: both.merge("subjects", &base.subjects, subjects, &theirs.subjects),
            isbn: both.merge("isbn", &base.isbn, isbn, &theirs.isbn),
            publisher: both.merge("publisher", &base.publisher, publisher, &theirs.publisher),
            licence: both.merge("licence", &base.licence, licence, &theirs.licence),
            series: both.merge("series", &base.series, series, &theirs.series),
            series_number: both.merge("series-number", &base.series_number, series_number, &theirs.series_number),
            dedication: both.merge("dedication", &base.dedication, dedication, &theirs.dedication),
            published: both.merge("published", &base.published, published, &theirs.published),
        };
        (merged, both.0)
    }
}

/// The fields that both changed.
#[derive(Default)]
struct Both(Vec<&'static str>);

impl Both {
    fn merge<T: Clone + PartialEq>(&mut self, field: &'static str, base: &T, mine: T, theirs: &T) -> T {
        if mine == *base {
            return theirs.clone();
        }
        if theirs != base && mine != *theirs {
            self.0.push(field);
        }
        mine
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::{Contributor, ContributorRole};

    fn said(subtitle: &str, publisher: &str, people: &[&str]) -> Metadata {
        let person = |name: &&str| Contributor { name: (*name).into(), role: ContributorRole::Author };
        let people = people.iter().map(person).collect();
        Metadata { subtitle: subtitle.into(), publisher: publisher.into(), people, ..Metadata::default() }
    }

    #[test]
    fn whoever_changed_a_field_has_it() {
        let base = said("Old", "Harbour", &["Ann"]);
        let merged = Metadata::merged(&base, said("New", "Harbour", &["Ann"]), &said("Old", "Quay", &["Ann", "Ben"]));
        assert_eq!(merged, (said("New", "Quay", &["Ann", "Ben"]), vec![]));
        let emptied = Metadata::merged(&base, said("", "Harbour", &[]), &said("Old", "Quay", &["Ann"]));
        assert_eq!(emptied, (said("", "Quay", &[]), vec![]), "to empty a field is to change it");
    }

    #[test]
    fn what_both_changed_is_mine_and_told_unless_they_agree() {
        let base = said("Old", "Harbour", &["Ann"]);
        let mine = said("Mine", "Quay", &["Ann"]);
        let theirs = said("Theirs", "Quay", &["Ben"]);
        assert_eq!(Metadata::merged(&base, mine, &theirs), (said("Mine", "Quay", &["Ben"]), vec!["subtitle"]));
    }
}
