//! The index of a book: what its writers marked as terms, in the order of its language, each with the places where it stands.

use super::Publication;
use crate::document::tree::{Mark, Node, Run};
use icu_collator::{Collator, CollatorBorrowed, options::CollatorOptions, options::Strength};
use icu_locale_core::Locale;
use std::{cmp::Ordering, collections::HashMap};

/// How many places an index has at most, and how many letters of what it says of each.
const MOST: usize = 20_000;
const LETTERS: usize = 200;

/// What parts a term from one that stands below it.
pub const BELOW: char = '>';

/// A place in the text that the index leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// In which part of the book.
    pub part: usize,
    /// What it is called among all terms of that: letters and digits.
    pub name: String,
    /// What its writer wants the index to say; empty where that is what stands there.
    entry: String,
    /// What stands there.
    words: String,
}

/// A line of the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it says.
    pub words: String,
    /// Where that stands, in the order of the text: part of the book, and the name of the term in it.
    pub places: Vec<(usize, String)>,
    /// The lines that stand below it.
    pub below: Vec<Entry>,
    /// Whether it is the first that begins with its letter.
    pub begins: bool,
}

/// Tells the terms of a part from each other while its text is written. All formats count alike: those of the text in its
/// order, and apart from them those of its notes.
#[derive(Debug, Default)]
pub struct Terms {
    text: usize,
    notes: usize,
    open: Option<Mark>,
}

impl Terms {
    /// Another line begins. What is handed back goes on, once it is given to [`go_on`](Self::go_on).
    pub fn begin_line(&mut self) -> Option<Mark> {
        self.open.take()
    }

    /// A line goes on, behind another that stood within it.
    pub fn go_on(&mut self, open: Option<Mark>) {
        self.open = open;
    }

    /// The name of the term that begins with this text, if one does.
    pub fn at(&mut self, run: &Run, is_note: bool) -> Option<String> {
        let mark = run.marks.iter().find(|mark| mark.kind.name == "index_term");
        if self.open.as_ref() == mark {
            return None;
        }
        self.open = mark.cloned();
        mark?;
        let (count, letter) = if is_note { (&mut self.notes, 'n') } else { (&mut self.text, 't') };
        *count += 1;
        Some(format!("{letter}{count}"))
    }
}

impl Publication {
    /// Notes the terms of a part, which the index is made of.
    pub fn list_terms(&mut self, part: usize, nodes: &[Node]) {
        let mut terms = Terms::default();
        self.list_terms_within((part, false), nodes, &mut terms);
    }

    fn list_terms_within(&mut self, (part, is_note): (usize, bool), nodes: &[Node], terms: &mut Terms) {
        let before = terms.begin_line();
        let mut last = None;
        for node in nodes {
            match node {
                Node::Text(run) => {
                    if let Some(name) = terms.at(run, is_note) {
                        let entry = mark_of(run).map_or("", |mark| mark.text_value("entry")).trim().to_owned();
                        last = (self.terms.len() < MOST).then_some(self.terms.len());
                        if last.is_some() {
                            self.terms.push(Term { part, name, entry, words: String::new() });
                        }
                    }
                    if mark_of(run).is_some()
                        && let Some(term) = last.and_then(|at: usize| self.terms.get_mut(at))
                    {
                        term.words.push_str(&run.text);
                    }
                }
                Node::Element(element) => {
                    let is_note = is_note || element.kind.name == "footnote";
                    self.list_terms_within((part, is_note), &element.children, terms);
                }
            }
        }
        terms.go_on(before);
    }

    /// Whether it has an index.
    #[must_use]
    pub fn has_index(&self) -> bool {
        self.matter.index && !self.terms.is_empty()
    }

    /// Its index.
    #[must_use]
    pub fn index(&self) -> Vec<Entry> {
        let order = Order::of(self.language().unwrap_or_default());
        let mut entries = Entries::default();
        for term in &self.terms {
            let mut lines = said(&term.entry);
            if lines.is_empty() {
                lines.extend(Some(on_one_line(&term.words)).filter(|words| !words.is_empty()));
            }
            let mut lines = lines.into_iter();
            let Some(first) = lines.next() else { continue };
            let place = (term.part, term.name.clone());
            entries.add(first, lines.next(), place);
        }
        entries.sorted(&order)
    }
}

fn mark_of(run: &Run) -> Option<&Mark> {
    run.marks.iter().find(|mark| mark.kind.name == "index_term")
}

/// Words as the index has them: on one line, and no more of them than it has room for.
#[must_use]
pub fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LETTERS).collect()
}

/// What the index says by an entry: a term, and perhaps what stands below it. Nothing, where that is what is marked.
#[must_use]
pub fn said(entry: &str) -> Vec<String> {
    entry.splitn(2, BELOW).map(on_one_line).filter(|words| !words.is_empty()).collect()
}

/// Lines of the index, as far as they are gathered: what differs by capitals alone is one.
#[derive(Default)]
struct Entries {
    lines: Vec<(Entry, Self)>,
    by_words: HashMap<String, usize>,
}

impl Entries {
    fn line(&mut self, words: String) -> &mut (Entry, Self) {
        let at = *self.by_words.entry(words.to_lowercase()).or_insert(self.lines.len());
        if at == self.lines.len() {
            let entry = Entry { words: words.clone(), places: Vec::new(), below: Vec::new(), begins: false };
            self.lines.push((entry, Self::default()));
        }
        let line = &mut self.lines[at];
        // A capital that one of them goes without stood at the beginning of a sentence.
        if capitals(&words) < capitals(&line.0.words) {
            line.0.words = words;
        }
        line
    }

    fn add(&mut self, words: String, below: Option<String>, place: (usize, String)) {
        let (entry, lower) = self.line(words);
        match below {
            Some(words) => lower.line(words).0.places.push(place),
            None => entry.places.push(place),
        }
    }

    fn sorted(self, order: &Order) -> Vec<Entry> {
        let of = |(mut entry, lower): (Entry, Self)| {
            entry.below = lower.sorted(order);
            entry
        };
        let mut entries: Vec<Entry> = self.lines.into_iter().map(of).collect();
        entries.sort_by(|one, other| order.compare(&one.words, &other.words));
        let mut before: Option<String> = None;
        for entry in &mut entries {
            let letter = initial(&entry.words);
            entry.begins = before.as_ref().is_none_or(|before| !order.is_same_letter(before, &letter));
            before = Some(letter);
        }
        entries
    }
}

fn capitals(words: &str) -> usize {
    words.chars().filter(|letter| letter.is_uppercase()).count()
}

/// The letter that words begin with; nothing, where that is none.
fn initial(words: &str) -> String {
    words
        .chars()
        .find(|letter| letter.is_alphanumeric())
        .filter(|letter| letter.is_alphabetic())
        .map_or_else(String::new, String::from)
}

/// The order of a language.
struct Order {
    words: CollatorBorrowed<'static>,
    letters: CollatorBorrowed<'static>,
}

impl Order {
    /// Of this language, or of all where it is not known.
    fn of(language: &str) -> Self {
        let locale: Locale = language.parse().unwrap_or(Locale::UNKNOWN);
        let mut letters = CollatorOptions::default();
        letters.strength = Some(Strength::Primary);
        let made = |options| {
            Collator::try_new(locale.clone().into(), options)
                .or_else(|_| Collator::try_new(Locale::UNKNOWN.into(), options))
                .unwrap_or_else(|error| unreachable!("the order of all languages is built in: {error}"))
        };
        Self { words: made(CollatorOptions::default()), letters: made(letters) }
    }

    fn compare(&self, one: &str, other: &str) -> Ordering {
        self.words.compare(one, other).then_with(|| one.cmp(other))
    }

    fn is_same_letter(&self, one: &str, other: &str) -> bool {
        self.letters.compare(one, other) == Ordering::Equal
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::book, *};
    use crate::document::markdown;

    fn lines(entries: &[Entry]) -> String {
        let places =
            |entry: &Entry| entry.places.iter().map(|(part, name)| format!(" {part}{name}")).collect::<String>();
        let line = |entry: &Entry| {
            let begins = if entry.begins { "*" } else { "" };
            let below = if entry.below.is_empty() { String::new() } else { format!(" [{}]", lines(&entry.below)) };
            format!("{begins}{}{}{below}", entry.words, places(entry))
        };
        entries.iter().map(line).collect::<Vec<_>>().join("; ")
    }

    fn index_of(language: &str, chapters: &[&str]) -> String {
        let mut book = book();
        book.metadata.language = language.into();
        for (at, text) in chapters.iter().enumerate() {
            book.list_terms(at, &markdown::read(text));
        }
        lines(&book.index())
    }

    fn term(words: &str, entry: &str) -> String {
        format!("<span class=\"index-term\" data-entry=\"{entry}\">{words}</span>")
    }

    #[test]
    fn what_is_marked_is_found_in_the_order_of_the_text_and_of_its_notes_apart() {
        let text = format!(
            "{}, then {}[^1], {}.\n\n| {} |\n| --- |\n| {} |\n\n[^1]: Of {}.",
            term("Whales", ""),
            term("the white one", "whales > white"),
            term("whales", ""),
            term("rope", "ropes"),
            term("ropes", ""),
            term("oil", "whales>oil of"),
        );
        assert_eq!(index_of("en", &["", &text]), "*ropes 1t4 1t5; *whales 1t1 1t3 [*oil of 1n1; *white 1t2]");
    }

    #[test]
    fn a_term_is_one_however_else_it_is_marked_and_whatever_stands_in_it() {
        let text = format!("{} {}", term("a *white*[^1] whale", ""), term("a**b**", "c"));
        assert_eq!(index_of("en", &[&format!("{text}\n\n[^1]: Note.")]), "*a white whale 0t1; *c 0t2");
    }

    #[test]
    fn each_language_has_its_order() {
        let words =
            ["zebra", "äpple", "apple", "Öl", "ost", "42", "école", "eclair"].map(|word| term(word, "")).join(", ");
        assert_eq!(
            index_of("de", &[&words]),
            "*42 0t6; *apple 0t3; äpple 0t2; *eclair 0t8; école 0t7; *Öl 0t4; ost 0t5; *zebra 0t1"
        );
        assert_eq!(
            index_of("sv", &[&words]),
            "*42 0t6; *apple 0t3; *eclair 0t8; école 0t7; *ost 0t5; *zebra 0t1; *äpple 0t2; *Öl 0t4"
        );
        assert_eq!(index_of("", &[&words]), index_of("xx-nowhere", &[&words]));
    }

    #[test]
    fn a_term_without_words_is_none() {
        assert_eq!(index_of("en", &[&format!("{} {}", term(" ", ""), term("a", " > "))]), "*a 0t2");
    }
}
