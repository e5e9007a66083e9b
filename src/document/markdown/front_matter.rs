//! What a text says about itself at its head: YAML between lines of `---`, as many programs write it, or TOML between lines
//! of `+++`. It is no part of the text.

use super::super::{
    left_out::{LeftOut, What},
    tree::{Node, plain},
};
use crate::metadata::{Contributor, ContributorRole, Metadata};
use saphyr_parser::{Event, Parser};
use std::slice;
use toml::Value as Toml;

/// How many bytes may stand before the text. What is longer is text.
const LONGEST: usize = 64 << 10;
/// How deep what is said may lie in itself.
const DEEPEST: usize = 16;
/// How many people and how many letters are taken of what is said.
const PEOPLE: usize = 50;
const LETTERS: usize = 4_000;

/// What a text says about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// Its title.
    pub title: Option<String>,
    /// All else that has a place in a book.
    pub metadata: Metadata,
    /// Where the picture on its cover lies beside it.
    pub cover: Option<String>,
}

/// What may be said: text, several things, or things with names.
#[derive(Debug, PartialEq)]
pub(super) enum Said {
    Text(String),
    Several(Vec<Said>),
    Named(Vec<(String, Said)>),
}

/// Takes what a text says about itself off its head. What has no place in a book is noted with its name.
pub(super) fn take<'a>(markdown: &'a str, left_out: &mut LeftOut) -> (About, &'a str) {
    let mut about = About::default();
    let Some((fields, rest)) = fields(markdown) else { return (about, markdown) };
    for (name, said) in fields {
        about.take(&name, said, left_out);
    }
    (about, rest)
}

impl About {
    /// Whether a heading says what the text itself says it is called, if it does.
    pub(super) fn is_of(&self, heading: &Node) -> bool {
        self.title.as_ref().is_none_or(|title| plain(slice::from_ref(heading)).trim() == title)
    }

    /// Takes what is said under a name. What was said before under another stays.
    pub(super) fn take(&mut self, name: &str, said: Said, left_out: &mut LeftOut) {
        let Self { title, metadata, cover } = self;
        let lower = name.trim().to_lowercase().replace('_', "-");
        let role = match lower.as_str() {
            "author" | "authors" | "creator" | "by" => Some(ContributorRole::Author),
            "editor" | "editors" => Some(ContributorRole::Editor),
            "translator" | "translators" => Some(ContributorRole::Translator),
            "illustrator" | "illustrators" => Some(ContributorRole::Illustrator),
            "contributor" | "contributors" => Some(ContributorRole::Contributor),
            _ => None,
        };
        if let Some(role) = role {
            return people(said, role, &mut metadata.people, left_out);
        }
        let place = match lower.as_str() {
            "title" if title.is_none() => return *title = said.first(name, left_out),
            "cover-image" => cover.get_or_insert_default(),
            "subtitle" => &mut metadata.subtitle,
            "lang" | "language" => &mut metadata.language,
            "description" | "summary" | "abstract" if metadata.description.is_empty() => {
                let text = said.first_text().unwrap_or_default();
                let parts = text.split("\n\n").filter_map(|part| short(part, name, left_out));
                return metadata.description = parts.collect::<Vec<_>>().join("\n\n");
            }
            "dedication" if metadata.dedication.is_empty() => {
                let text = said.first_text().unwrap_or_default();
                let lines = text.lines().map(|line| short(line, name, left_out).unwrap_or_default());
                return metadata.dedication = lines.collect::<Vec<_>>().join("\n");
            }
            "isbn" => &mut metadata.isbn,
            "publisher" => &mut metadata.publisher,
            "license" | "licence" | "rights" => &mut metadata.licence,
            "series" | "belongs-to-collection" => &mut metadata.series,
            "series-number" | "group-position" => &mut metadata.series_number,
            "date" | "published" => &mut metadata.published,
            "subject" | "subjects" | "keywords" | "tags" => return said.texts(name, &mut metadata.subjects, left_out),
            _ => return said.leave_out(name, left_out),
        };
        if !place.is_empty() {
            return said.leave_out(name, left_out);
        }
        place.extend(said.first(name, left_out));
    }
}

fn fields(markdown: &str) -> Option<(Vec<(String, Said)>, &str)> {
    let text = markdown.strip_prefix('\u{feff}').unwrap_or(markdown);
    let (first, after) = text.split_once('\n')?;
    let ends: &[&str] = match first.trim_end() {
        "---" => &["---", "..."],
        "+++" => &["+++"],
        _ => return None,
    };
    let mut at = 0;
    for line in after.split_inclusive('\n') {
        if ends.contains(&line.trim_end()) {
            let (said, rest) = (&after[..at], &after[at + line.len()..]);
            let fields = if ends.len() == 1 { toml(said) } else { yaml(said) };
            return Some((fields?, rest));
        }
        at += line.len();
        if at > LONGEST {
            return None;
        }
    }
    None
}

/// What YAML says, if it names anything. Where it is not quite YAML, such as a title with a colon in it, its lines.
fn yaml(text: &str) -> Option<Vec<(String, Said)>> {
    match parsed(text) {
        Some(Said::Named(fields)) if !fields.is_empty() => Some(fields),
        Some(_) => None,
        None => lines(text, ':'),
    }
}

fn toml(text: &str) -> Option<Vec<(String, Said)>> {
    match text.parse::<toml::Table>() {
        Ok(table) => Some(table.into_iter().map(|(name, value)| (name, Said::from(value))).collect()),
        Err(_) => lines(text, '='),
    }
}

/// Lines that each name something; nothing, where one does not.
fn lines(text: &str, sign: char) -> Option<Vec<(String, Said)>> {
    let mut fields: Vec<(String, Said)> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        match (line.split_once(sign), fields.last_mut()) {
            // What goes on belongs to what was named last.
            (_, Some((_, Said::Text(text)))) if line.starts_with([' ', '\t', '-']) => {
                text.push(' ');
                text.push_str(line.trim());
            }
            (Some((name, value)), _) if !name.trim().is_empty() && !name.contains(char::is_whitespace) => {
                let value = value.trim().trim_matches(['"', '\'']);
                fields.push((name.to_owned(), Said::Text(value.to_owned())));
            }
            _ => return None,
        }
    }
    (!fields.is_empty()).then_some(fields)
}

/// YAML, as far as it is some; nothing where it is not, or lies too deep in itself.
fn parsed(text: &str) -> Option<Said> {
    let mut open: Vec<(Said, Option<String>)> = Vec::new();
    for event in Parser::new_from_str(text) {
        let whole = match event.ok()?.0 {
            Event::Scalar(text, ..) => Said::Text(text.into_owned()),
            Event::Alias(_) => Said::Text("*".to_owned()),
            Event::SequenceStart(..) | Event::MappingStart(..) if open.len() >= DEEPEST => return None,
            Event::SequenceStart(..) => {
                open.push((Said::Several(Vec::new()), None));
                continue;
            }
            Event::MappingStart(..) => {
                open.push((Said::Named(Vec::new()), None));
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => open.pop()?.0,
            _ => continue,
        };
        match open.last_mut() {
            None => return Some(whole),
            Some((Said::Several(of), _)) => of.push(whole),
            Some((Said::Named(of), name)) => match name.take() {
                Some(name) => of.push((name, whole)),
                None => *name = Some(whole.first_text().unwrap_or_default()),
            },
            Some((Said::Text(_), _)) => return None,
        }
    }
    None
}

impl From<Toml> for Said {
    fn from(value: Toml) -> Self {
        match value {
            Toml::String(text) => Self::Text(text),
            Toml::Array(values) => Self::Several(values.into_iter().map(Self::from).collect()),
            Toml::Table(table) => Self::Named(table.into_iter().map(|(name, value)| (name, value.into())).collect()),
            other => Self::Text(other.to_string()),
        }
    }
}

impl Said {
    /// The first text in it.
    fn first_text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            Self::Several(of) => of.iter().find_map(Self::first_text),
            Self::Named(of) => {
                let text = of.iter().find(|(name, _)| matches!(name.as_str(), "text" | "name"));
                text.map_or_else(|| of.iter().find_map(|(_, said)| said.first_text()), |(_, said)| said.first_text())
            }
        }
    }

    /// The first text in it, or what it says its text is. All else is noted under this name.
    fn first(self, name: &str, left_out: &mut LeftOut) -> Option<String> {
        match self {
            Self::Text(text) => short(&text, name, left_out),
            Self::Several(of) => of.into_iter().fold(None, |first, said| match first {
                None => said.first(name, left_out),
                first => {
                    said.leave_out(name, left_out);
                    first
                }
            }),
            Self::Named(of) => {
                let is_text = |(name, _): &(String, Self)| matches!(name.as_str(), "text" | "name");
                let says = |(_, said): &(String, Self)| said.first_text().is_some();
                let chosen = of.iter().position(is_text).or_else(|| of.iter().position(says));
                let mut first = None;
                for (at, (own, said)) in of.into_iter().enumerate() {
                    if Some(at) == chosen {
                        first = said.first(name, left_out);
                    } else {
                        said.leave_out(&format!("{name}.{own}"), left_out);
                    }
                }
                first
            }
        }
    }

    /// All texts in it. One alone may be several with signs between.
    fn texts(&self, name: &str, texts: &mut Vec<String>, left_out: &mut LeftOut) {
        let mut whole = |said: &Self| texts.extend(said.first_text().and_then(|text| short(&text, name, left_out)));
        match self {
            Self::Several(of) => of.iter().for_each(whole),
            Self::Named(of) => of.iter().for_each(|(_, said)| whole(said)),
            Self::Text(text) => texts.extend(text.split([',', ';']).filter_map(|text| short(text, name, left_out))),
        }
    }

    /// Notes all texts in it, each under its name.
    fn leave_out(&self, name: &str, left_out: &mut LeftOut) {
        match self {
            Self::Text(text) => left_out.add(What::Field, &format!("{name}: {}", text.trim())),
            Self::Several(of) => of.iter().for_each(|said| said.leave_out(name, left_out)),
            Self::Named(of) => of.iter().for_each(|(own, said)| said.leave_out(&format!("{name}.{own}"), left_out)),
        }
    }
}

/// What somebody did, by a relator's letters or in a word.
fn role_named(text: String) -> Option<ContributorRole> {
    let word = match text.trim().to_lowercase().as_str() {
        "author" => "aut",
        "editor" => "edt",
        "translator" => "trl",
        "illustrator" => "ill",
        "photographer" => "pht",
        "designer" => "bkd",
        "contributor" => "ctb",
        _ => text.trim(),
    };
    ContributorRole::ALL.into_iter().find(|role| role.relator().eq_ignore_ascii_case(word))
}

/// Who is named. What else is said of them has no place.
fn people(said: Said, role: ContributorRole, people: &mut Vec<Contributor>, left_out: &mut LeftOut) {
    match said {
        Said::Text(text) => {
            let names =
                text.split([';', '\n']).flat_map(|names| names.split(" and ")).flat_map(|names| names.split(" & "));
            for name in names {
                let Some(name) = short(name, "author", left_out) else { continue };
                if people.len() < PEOPLE {
                    people.push(Contributor { name, role });
                } else {
                    left_out.add(What::Field, &format!("author: {name}"));
                }
            }
        }
        Said::Several(of) => of.into_iter().for_each(|said| self::people(said, role, people, left_out)),
        Said::Named(of) => {
            // The whole name, or its two parts.
            let is_whole = |own: &str| matches!(own, "name" | "literal" | "text");
            let has_whole = of.iter().any(|(own, _)| is_whole(own));
            let (mut parts, mut named) = ([None, None], None);
            for (own, said) in of {
                let part = match own.as_str() {
                    own if is_whole(own) => Some(0),
                    "given" | "first" if !has_whole => Some(0),
                    "family" | "last" if !has_whole => Some(1),
                    _ => None,
                };
                let role = (own == "role" && named.is_none()).then(|| said.first_text().and_then(role_named)).flatten();
                let name = format!("author.{own}");
                match part {
                    Some(part) if parts[part].is_none() => parts[part] = said.first(&name, left_out),
                    _ if role.is_some() => named = role,
                    _ => said.leave_out(&name, left_out),
                }
            }
            let name = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
            match named {
                // Of one who is named by itself nothing parts one name from another.
                Some(role) if !name.is_empty() && people.len() < PEOPLE => people.push(Contributor { name, role }),
                _ => self::people(Said::Text(name), role, people, left_out),
            }
        }
    }
}

/// A text on one line, and not too long: what is more of it is noted. Nothing, where it says nothing.
fn short(text: &str, name: &str, left_out: &mut LeftOut) -> Option<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let end = text.char_indices().nth(LETTERS).map_or(text.len(), |(at, _)| at);
    let (text, more) = text.split_at(end);
    if !more.is_empty() {
        left_out.add(What::Field, &format!("{name}: …{more}"));
    }
    (!text.is_empty()).then(|| text.to_owned())
}

/// What a file of settings of a book says: its fields by name.
pub(super) fn fields_of_toml(text: &str) -> Vec<(String, Said)> {
    toml(text).unwrap_or_default()
}

impl Said {
    /// The fields in it.
    pub(super) fn into_fields(self) -> Vec<(String, Self)> {
        match self {
            Self::Named(fields) => fields,
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(text: &str) -> (About, String, Vec<String>) {
        let mut left_out = LeftOut::default();
        let (about, rest) = take(text, &mut left_out);
        let left_out = left_out.iter().map(|(what, name, times)| {
            assert_eq!((what, times), (What::Field, 1));
            name.to_owned()
        });
        (about, rest.to_owned(), left_out.collect())
    }

    fn about(title: &str, people: &[&str], language: &str) -> About {
        let person = |name: &&str| Contributor { name: (*name).to_owned(), role: ContributorRole::Author };
        let people = people.iter().map(person).collect();
        let metadata = Metadata { people, language: language.into(), ..Metadata::default() };
        About { title: Some(title.into()), metadata, cover: None }
    }

    #[test]
    fn what_a_text_says_about_itself_is_taken_off_it() {
        let winds = about("Winds", &["Ann Lee", "Ben"], "en-GB");
        for (text, left_out) in [
            ("---\ntitle: Winds\nauthor: Ann Lee and Ben\nlang: en-GB\n---\n# One", &[][..]),
            ("--- \r\ntitle: \"Winds\"\r\nauthors:\r\n  - Ann Lee\r\n  - Ben\r\nlang: en-GB\r\n...\r\n# One", &[]),
            (
                "---\nTitle: Winds\nauthor:\n- name: Ann Lee\n  mail: a@b.c\n- {given: Ben}\nlanguage: en-GB\ndraft: true\n\
                 menu: [sea, air]\n---\n# One",
                &["author.mail: a@b.c", "draft: true", "menu: sea", "menu: air"],
            ),
            (
                "+++\ntitle = \"Winds\"\nauthors = [\"Ann Lee\", \"Ben\"]\nlanguage = \"en-GB\"\ndraft = true\n[extra]\na = 1\n+++\n\
                 # One",
                &["draft: true", "extra.a: 1"],
            ),
        ] {
            let (about, rest, left) = taken(text);
            assert_eq!((&about, &*rest), (&winds, "# One"), "{text}");
            assert_eq!(left, left_out, "{text}");
        }
    }

    #[test]
    fn what_is_said_beside_a_title_a_language_or_a_name_is_named() {
        let (about, _, left) = taken(
            "---\ntitle: {main: Winds, sub: Of the north}\nlang: [en, de]\nauthor:\n- {name: [Ann, Lee], role: cook}\n- {mail: a@b.c}\n---\n",
        );
        assert_eq!((about.title.as_deref(), &*about.metadata.language), (Some("Winds"), "en"));
        assert_eq!(about.metadata.people.iter().map(|person| &*person.name).collect::<Vec<_>>(), ["Ann"]);
        let expected =
            ["title.sub: Of the north", "lang: de", "author.name: Lee", "author.role: cook", "author.mail: a@b.c"];
        assert_eq!(left, expected);
        let (about, _, left) = taken(&format!(
            "---\ntitle: {} the end\nauthor: {} the last\n---\n",
            "x".repeat(LETTERS),
            "y".repeat(LETTERS)
        ));
        assert_eq!(
            (about.title.map(|title| title.len()), about.metadata.people[0].name.len()),
            (Some(LETTERS), LETTERS)
        );
        assert_eq!(left, ["title: … the end", "author: … the last"]);
    }

    #[test]
    fn all_that_a_book_says_of_itself_has_its_place() {
        let text = "---\ntitle: Winds\nsubtitle: Of change\nauthor: Ann\ntranslator: [Ben, Cleo]\nlang: de\nabstract: |\n  Of\n\n  \
                    winds.\nkeywords: [sea, air]\nisbn: 978-3-16-148410-0\npublisher: Sea\nrights: CC-BY-4.0\nseries: Air\n\
                    series_number: 2\ndate: 2020-01\n\
                    dedication: |\n  For Cleo\n\n  and Ben\n---\na";
        let (about, _, left_out) = taken(text);
        let person = |name: &str, role| Contributor { name: name.into(), role };
        let expected = Metadata {
            subtitle: "Of change".into(),
            people: vec![
                person("Ann", ContributorRole::Author),
                person("Ben", ContributorRole::Translator),
                person("Cleo", ContributorRole::Translator),
            ],
            language: "de".into(),
            description: "Of\n\nwinds.".into(),
            subjects: vec!["sea".into(), "air".into()],
            isbn: "978-3-16-148410-0".into(),
            publisher: "Sea".into(),
            licence: "CC-BY-4.0".into(),
            series: "Air".into(),
            series_number: "2".into(),
            dedication: "For Cleo\n\nand Ben".into(),
            published: "2020-01".into(),
        };
        assert_eq!((about.metadata, left_out), (expected, Vec::new()));
    }

    #[test]
    fn what_is_not_quite_yaml_is_read_line_by_line() {
        let (about, rest, _) = taken("---\ntitle: Winds: a book\nauthor: Ann\n---\ntext");
        assert_eq!((about.title.as_deref(), &*rest), (Some("Winds: a book"), "text"));
        assert_eq!(about.metadata.people.iter().map(|person| &*person.name).collect::<Vec<_>>(), ["Ann"]);
    }

    #[test]
    fn a_rule_at_the_head_of_a_text_stays_one() {
        for text in [
            "---\n\ntext\n\n---\n",
            "---\nJust words.\n---\n",
            "---",
            "---\ntitle: never ends",
            "+++\nwords\n+++\n",
            " ---\na: b\n---",
        ] {
            assert_eq!(taken(text), (About::default(), text.to_owned(), Vec::new()), "{text}");
        }
        let long = format!("---\na: {}\n---\ntext", "b".repeat(LONGEST));
        assert_eq!(taken(&long).1, long);
        let deep = format!("---\na: {}\n---\ntext", "[".repeat(10_000));
        taken(&deep);
    }
}
