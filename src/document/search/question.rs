//! What somebody looks for, taken apart: words, and phrases between quotation marks. All of them must stand in a passage.

use super::folding::{Folded, fold, fold_with_places, stands_alone};
use std::ops::Range;

/// Of how many words and phrases at most a question is taken; the further ones are passed over.
const TERMS: usize = 12;

/// What somebody looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    terms: Vec<Term>,
}

/// One thing that must stand there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Term {
    /// A word, or several in a row, in the form in which text is compared.
    Words {
        /// Without the blanks at its ends.
        core: String,
        /// Whether it was put between quotation marks: then it ends where a word ends.
        is_closed: bool,
    },
    /// Signs alone, as they stand.
    Signs(String),
}

/// How closely something is meant: the closest comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Closeness {
    /// Each word as it stands.
    Whole,
    /// Each as the beginning of a word.
    Beginning,
    /// Each somewhere in a word.
    Within,
}

impl Closeness {
    /// All of them, the closest first.
    pub const ALL: [Self; 3] = [Self::Whole, Self::Beginning, Self::Within];
}

impl Question {
    /// Takes a question apart.
    #[must_use]
    pub fn new(words: &str) -> Self {
        // What nobody writes, and no database keeps in a text.
        let words = &words.replace(char::is_control, " ");
        let mut terms: Vec<Term> = Vec::new();
        for (index, piece) in words.split(is_quote).enumerate() {
            // Whoever is still typing has not put the second mark yet.
            if index % 2 == 1 {
                let is_closed = words.matches(is_quote).count() > index;
                terms.extend(term(piece, is_closed));
            } else {
                terms.extend(piece.split_whitespace().filter_map(|word| term(word, false)));
            }
        }
        // Marks that stand for themselves.
        if terms.is_empty() {
            terms.extend(words.split_whitespace().map(|signs| Term::Signs(signs.to_owned())));
        }
        terms.truncate(TERMS);
        let mut distinct: Vec<Term> = Vec::with_capacity(terms.len());
        for term in terms {
            if !distinct.contains(&term) {
                distinct.push(term);
            }
        }
        Self { terms: distinct }
    }

    /// What holds these words among others, in whatever words they are parts of. Nothing, where they are signs alone: what
    /// holds those is not looked up.
    #[must_use]
    pub fn of_part(words: &str) -> Self {
        let terms = term(words, false).filter(|term| term.signs().is_none());
        Self { terms: terms.into_iter().collect() }
    }

    /// Whether nothing is looked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// What must stand there.
    #[must_use]
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// Whether it means something else, so closely, than more closely.
    #[must_use]
    pub fn has(&self, closeness: Closeness) -> bool {
        let pattern = |closeness| self.terms.iter().map(move |term| term.pattern(closeness));
        let closer = Closeness::ALL.into_iter().take_while(|closer| *closer < closeness).last();
        closer.is_none_or(|closer| !pattern(closer).eq(pattern(closeness)))
    }

    /// How closely all of it stands in a text, and where, in bytes, in the order of the text; nothing where some of it does
    /// not.
    #[must_use]
    pub fn places(&self, text: &str) -> Option<(Closeness, Vec<Range<usize>>)> {
        let folded = fold_with_places(text);
        let (mut worst, mut all) = (Closeness::Whole, Vec::new());
        for term in &self.terms {
            let (closeness, mut places) = term.places(text, &folded)?;
            worst = worst.max(closeness);
            all.append(&mut places);
        }
        all.sort_by_key(|place| (place.start, place.end));
        all.dedup_by(|next, last| {
            let overlaps = next.start < last.end;
            if overlaps {
                last.end = last.end.max(next.end);
            }
            overlaps
        });
        (!all.is_empty()).then_some((worst, all))
    }
}

impl Term {
    /// What a text in the form in which text is compared holds where this stands in it so closely; for signs, what it
    /// holds as it is written.
    #[must_use]
    pub fn pattern(&self, closeness: Closeness) -> String {
        let Self::Words { core, is_closed } = self else {
            return self.signs().unwrap_or_default().to_owned();
        };
        let blank = |needed: bool, beside: Option<char>| {
            if needed && !beside.is_some_and(stands_alone) { " " } else { "" }
        };
        let begin = blank(closeness <= Closeness::Beginning || *is_closed, core.chars().next());
        let end = blank(closeness == Closeness::Whole || *is_closed, core.chars().next_back());
        format!("{begin}{core}{end}")
    }

    /// The signs, where it is those.
    #[must_use]
    pub fn signs(&self) -> Option<&str> {
        match self {
            Self::Signs(signs) => Some(signs),
            Self::Words { .. } => None,
        }
    }

    /// Where it stands, as closely as it stands there at all.
    fn places(&self, text: &str, folded: &Folded) -> Option<(Closeness, Vec<Range<usize>>)> {
        if let Self::Signs(signs) = self {
            let places: Vec<_> = text.match_indices(signs).map(|(at, _)| at..at + signs.len()).collect();
            return (!places.is_empty()).then_some((Closeness::Whole, places));
        }
        Closeness::ALL.into_iter().find_map(|closeness| {
            let places = folded.places(&self.pattern(closeness));
            (!places.is_empty()).then_some((closeness, places))
        })
    }
}

fn term(words: &str, is_closed: bool) -> Option<Term> {
    let folded = fold(words);
    let core = folded.trim_matches(' ');
    if !core.is_empty() {
        return Some(Term::Words { core: core.to_owned(), is_closed });
    }
    let signs = words.trim();
    (!signs.is_empty()).then(|| Term::Signs(signs.to_owned()))
}

fn is_quote(letter: char) -> bool {
    matches!(letter, '"' | '“' | '”' | '„' | '‟' | '«' | '»')
}
