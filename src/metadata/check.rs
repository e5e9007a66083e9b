//! What may be said about a book: how much of it, and in which form.

use super::{Contributor, Metadata, isbn};
use sputnik::Fault;

/// How many people are named at most, and how many subjects.
pub const PEOPLE: usize = 50;
/// How many subjects a book has at most.
pub const SUBJECTS: usize = 50;
/// How long a line is at most, in characters: a subtitle, a name, a publisher, a series, a subject.
pub const LINE: usize = 300;
/// How long a description and a licence are at most, in characters.
pub const TEXT: usize = 4_000;
/// How long the number in a series is at most, in characters.
const NUMBER: usize = 20;

/// Whether a language is written as BCP 47 writes them: `en`, `pt-BR`, `zh-Hant-TW`.
#[must_use]
pub fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    let rest: Vec<_> = parts.collect();
    (2..=8).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        && rest.len() <= 4
        && rest
            .iter()
            .all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

impl Metadata {
    /// The same, tidied: without blanks at the ends, without people and subjects that are empty, with the ISBN as its
    /// thirteen digits.
    ///
    /// # Errors
    /// `bad_request` when something in it is too long, too much, or not in its form: all of it at once, each under the
    /// name of its field. A person is the field `person-0` and so on, of those that are not empty.
    pub fn checked(self) -> Result<Self, Fault> {
        let (tidy, faults) = self.tidied();
        Fault::all(faults.into_iter().map(Some))?;
        Ok(tidy)
    }

    /// The same, tidied, for what a file says about the book in it: whatever is refused is left out, or cut to its
    /// length, and told.
    #[must_use]
    pub fn mended(mut self) -> (Self, Vec<Fault>) {
        self.people.iter_mut().for_each(|person| mend(&mut person.name, LINE));
        self.subjects.iter_mut().for_each(|subject| mend(subject, LINE));
        let lines = [&mut self.subtitle, &mut self.language, &mut self.isbn, &mut self.publisher, &mut self.series];
        lines.into_iter().for_each(|line| mend(line, LINE));
        mend(&mut self.series_number, NUMBER);
        for text in [&mut self.description, &mut self.licence, &mut self.dedication] {
            text.retain(|c| !c.is_control() || c == '\n' || c == '\t');
            cut(text, TEXT);
        }
        self.tidied()
    }

    /// Tidied, without what is refused, and why it is.
    fn tidied(self) -> (Self, Vec<Fault>) {
        let mut faults = Faults::default();
        let Self {
            subtitle,
            mut people,
            language,
            description,
            mut subjects,
            isbn,
            publisher,
            licence,
            series,
            series_number,
            dedication,
            published,
        } = self;
        people.retain(|person| !person.name.trim().is_empty());
        subjects.retain(|subject| !subject.trim().is_empty());
        if people.len() > PEOPLE {
            faults.add("people", format!("A book names at most {PEOPLE} people. Please name the others in its text."));
            people.truncate(PEOPLE);
        }
        if subjects.len() > SUBJECTS {
            faults.add("subjects", format!("A book has at most {SUBJECTS} subjects."));
            subjects.truncate(SUBJECTS);
        }
        let people = people.into_iter().enumerate().filter_map(|(at, Contributor { name, role })| {
            let name = faults.line(&format!("person-{at}"), "A name", &name, LINE);
            (!name.is_empty()).then_some(Contributor { name, role })
        });
        let people = people.collect();
        let mut listed: Vec<String> = Vec::with_capacity(subjects.len());
        for subject in &subjects {
            let subject = faults.line("subjects", "A subject", subject, LINE);
            if !subject.is_empty() && !listed.contains(&subject) {
                listed.push(subject);
            }
        }
        let tidy = Self {
            subtitle: faults.line("subtitle", "A subtitle", &subtitle, LINE),
            people,
            language: faults.form("language", &language, |text| {
                let words = "A language is written like en, pt-BR or zh-Hant.";
                is_language(text).then(|| text.to_owned()).ok_or(words)
            }),
            description: faults.text("description", "A description", &description),
            subjects: listed,
            isbn: faults.form("isbn", &isbn, isbn::thirteen),
            publisher: faults.line("publisher", "A publisher", &publisher, LINE),
            licence: faults.text("licence", "A licence", &licence),
            series: faults.line("series", "A series", &series, LINE),
            series_number: faults.line("series-number", "The number in a series", &series_number, NUMBER),
            dedication: faults.text("dedication", "A dedication", &dedication),
            published: faults.form("published", &published, |text| {
                let words = "A date is a year, a month or a day, written like 2026, 2026-11 or 2026-11-30.";
                is_date(text).then(|| text.to_owned()).ok_or(words)
            }),
        };
        (tidy, faults.0)
    }
}

/// Why something is refused, each under the name of its field.
#[derive(Default)]
struct Faults(Vec<Fault>);

impl Faults {
    fn add(&mut self, field: &str, words: String) {
        self.0.push(Fault::bad_request(words).in_field(field));
    }

    /// A line of at most so many characters; empty, where it is refused.
    fn line(&mut self, field: &str, what: &str, text: &str, most: usize) -> String {
        let text = text.trim();
        if text.contains(char::is_control) {
            self.add(field, format!("{what} is one line of text."));
        } else if text.chars().count() > most {
            self.add(field, format!("{what} has at most {most} characters."));
        } else {
            return text.to_owned();
        }
        String::new()
    }

    /// A text of some lines.
    fn text(&mut self, field: &str, what: &str, text: &str) -> String {
        let text = text.replace("\r\n", "\n").trim().to_owned();
        if text.contains(|c: char| c.is_control() && c != '\n' && c != '\t') {
            self.add(field, format!("{what} is plain text."));
        } else if text.chars().count() > TEXT {
            self.add(field, format!("{what} has at most {TEXT} characters."));
        } else {
            return text;
        }
        String::new()
    }

    /// What is of a form of its own, or empty.
    fn form(&mut self, field: &str, text: &str, read: impl Fn(&str) -> Result<String, &'static str>) -> String {
        match text.trim() {
            "" => String::new(),
            text => read(text).unwrap_or_else(|words| {
                self.add(field, words.to_owned());
                String::new()
            }),
        }
    }
}

/// Makes a line of what was several, and cuts it.
fn mend(line: &mut String, most: usize) {
    if line.contains(char::is_control) {
        *line = line.replace(char::is_control, " ").split_whitespace().collect::<Vec<_>>().join(" ");
    }
    cut(line, most);
}

/// Cuts a text to so many characters.
fn cut(text: &mut String, most: usize) {
    if let Some((end, _)) = text.char_indices().nth(most) {
        text.truncate(end);
    }
}

/// A year, a month of it, or a day of that.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let number = |at: usize, digits: usize| {
        let part: &&str = parts.get(at)?;
        (part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit())).then(|| part.parse::<u32>().ok())?
    };
    let days = |year: u32, month: u32| match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    match (parts.len(), number(0, 4), number(1, 2), number(2, 2)) {
        (1, Some(_), ..) => true,
        (2, Some(_), Some(month), _) => (1..=12).contains(&month),
        (3, Some(year), Some(month), Some(day)) => (1..=12).contains(&month) && (1..=days(year, month)).contains(&day),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::ContributorRole;

    fn person(name: &str) -> Contributor {
        Contributor { name: name.into(), role: ContributorRole::Author }
    }

    /// Fills every text there is with these words.
    fn full_of(words: &str) -> Metadata {
        let words = || words.to_owned();
        Metadata {
            subtitle: words(),
            people: vec![person(&words())],
            language: words(),
            description: words(),
            subjects: vec![words()],
            isbn: words(),
            publisher: words(),
            licence: words(),
            series: words(),
            series_number: words(),
            dedication: words(),
            published: words(),
        }
    }

    #[test]
    fn whatever_is_wrong_is_told_at_once_and_beside_its_field() {
        let fault = full_of(&"\u{1}x".repeat(4_001)).checked().unwrap_err();
        let fields: Vec<&str> = fault.fields.keys().map(String::as_str).collect();
        let all = [
            "dedication",
            "description",
            "isbn",
            "language",
            "licence",
            "person-0",
            "published",
            "publisher",
            "series",
            "series-number",
            "subjects",
            "subtitle",
        ];
        assert_eq!(fields, all);
    }

    #[test]
    fn what_is_too_long_is_refused_in_every_field() {
        let fault = full_of(&"x".repeat(4_001)).checked().unwrap_err();
        assert_eq!(fault.fields.len(), 12, "{fault:?}");
        let many = Metadata {
            people: vec![person("Ann"); PEOPLE + 1],
            subjects: (0..=SUBJECTS).map(|n| n.to_string()).collect(),
            ..Metadata::default()
        };
        assert_eq!(many.checked().unwrap_err().fields.keys().collect::<Vec<_>>(), ["people", "subjects"]);
    }

    #[test]
    fn a_file_that_says_too_much_leaves_what_can_be_kept() {
        let (mended, faults) = full_of(&"a\n\u{1}".repeat(5_000)).mended();
        assert_eq!(faults.len(), 3, "a language, an ISBN and a date cannot be cut: {faults:?}");
        assert!(mended.subtitle.starts_with("a a a"));
        assert_eq!((mended.isbn.as_str(), mended.language.as_str(), mended.published.as_str()), ("", "", ""));
        assert_eq!(mended.clone().checked(), Ok(mended));
    }

    #[test]
    fn what_is_said_is_kept_without_blanks_around_it_and_without_what_is_empty() {
        let said = Metadata {
            people: vec![person("  "), person(" Ann ")],
            subjects: vec!["Sea".into(), " ".into(), "Sea ".into()],
            isbn: "3-16-148410-X".into(),
            description: " One.\r\n\r\nTwo. ".into(),
            ..Metadata::default()
        };
        let kept = said.checked().unwrap();
        assert_eq!((kept.people, kept.subjects), (vec![person("Ann")], vec!["Sea".to_owned()]));
        assert_eq!((kept.isbn.as_str(), kept.description.as_str()), ("9783161484100", "One.\n\nTwo."));
    }

    #[test]
    fn a_date_is_one_of_the_calendar() {
        for good in ["2026", "0099", "2026-11", "2026-11-30", "2024-02-29", "2000-02-29"] {
            assert!(is_date(good), "{good}");
        }
        for bad in
            ["26", "2026-13", "2026-00", "2026-02-29", "1900-02-29", "2026-11-31", "30.11.2026", "2026-1-1", "2026-"]
        {
            assert!(!is_date(bad), "{bad}");
        }
    }
}
