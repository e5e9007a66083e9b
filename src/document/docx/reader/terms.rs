//! The terms of an index. A document has no more than a point at which one stands, by a field that shows nothing: which
//! words are meant, what stands around it tells.

use super::{
    super::{
        super::{
            html_reader::index_entry,
            publication::index::{BELOW, on_one_line},
            tree::Mark,
        },
        TERM,
    },
    paragraph::{Inline, Paragraph},
};
use std::ops::Range;

/// A term of the index, at a point of a paragraph.
#[derive(Debug)]
pub(super) struct Term {
    /// After how many bytes of the paragraph's text, and where it begins, if that is known.
    at: usize,
    from: Option<usize>,
    /// What the index says, the term itself and what stands below it.
    said: Vec<String>,
}

/// What the index says by the instruction of such a field; nothing, where it is another field.
fn said(does: &str) -> Option<Vec<String>> {
    let (name, rest) = does.trim_start().split_once(char::is_whitespace)?;
    if !name.eq_ignore_ascii_case("xe") {
        return None;
    }
    let (at, quote) = rest.char_indices().find(|(_, letter)| ['"', '\u{201c}'].contains(letter))?;
    let (quoted, end) = (&rest[at + quote.len_utf8()..], if quote == '"' { '"' } else { '\u{201d}' });
    let mut said = vec![String::new()];
    let mut letters = quoted.chars();
    while let Some(letter) = letters.next() {
        let last = said.last_mut()?;
        match letter {
            '\\' => last.extend(letters.next()),
            ':' => said.push(String::new()),
            letter if letter == end => break,
            other => last.push(other),
        }
    }
    let said = said.iter().map(|part| on_one_line(part));
    Some(said.filter(|part| !part.is_empty()).collect())
}

impl Paragraph {
    /// A field that shows nothing has ended: it may say that a term stands here.
    pub(super) fn hidden_field(&mut self, does: &str) {
        if let Some(said) = said(does).filter(|said| !said.is_empty()) {
            self.terms.push(Term { at: self.bytes, from: self.term.take(), said });
        }
    }

    /// A bookmark begins: as a document of ours has it around a term.
    pub(super) fn begin_term(&mut self, name: &str) {
        if name.starts_with(TERM) {
            self.term = Some(self.bytes);
        }
    }

    /// Marks the words that its terms mean, now that all of it is there.
    pub(super) fn mark_terms(&mut self) {
        if self.terms.is_empty() {
            return;
        }
        let text = self.words();
        let mut marked: Vec<(Range<usize>, String)> = Vec::new();
        for Term { at, from, said } in std::mem::take(&mut self.terms) {
            let exactly = from.and_then(|from| Some((from..at, solid(text.get(from..at)?) == solid(&said.concat()))));
            let Some((range, is_said)) = exactly.or_else(|| meant(&text, at, &said)) else { continue };
            if marked.last().is_some_and(|(last, _)| last.end > range.start) {
                continue;
            }
            let entry = if is_said { String::new() } else { said.join(&format!(" {BELOW} ")) };
            marked.push((range, entry));
        }
        self.mark(&marked);
    }

    /// Marks ranges of its text, which follow each other.
    fn mark(&mut self, ranges: &[(Range<usize>, String)]) {
        let (mut at, mut next) = (0, ranges.iter().peekable());
        let mut line = Vec::with_capacity(self.line.len() + 2 * ranges.len());
        for item in std::mem::take(&mut self.line) {
            let Inline::Text(text, marks) = item else {
                line.push(item);
                continue;
            };
            let end = at + text.len();
            let mut from = at;
            while from < end {
                let (until, entry) = match next.peek() {
                    Some((range, entry)) if range.start <= from => (range.end.min(end), Some(entry)),
                    Some((range, _)) => (range.start.min(end), None),
                    None => (end, None),
                };
                let mut marks = marks.clone();
                if let Some(entry) = entry {
                    let term = Mark::new("index_term", &[("entry", index_entry(entry))]);
                    let place = marks.iter().position(|mark| mark.kind.rank > term.kind.rank).unwrap_or(marks.len());
                    marks.insert(place, term);
                }
                line.push(Inline::Text(text[from - at..until - at].to_owned(), marks));
                if next.peek().is_some_and(|(range, _)| range.end <= until) {
                    next.next();
                }
                from = until;
            }
            at = end;
        }
        self.line = line;
    }
}

/// Words without what is blank: the end of a line is no text here.
fn solid(text: &str) -> String {
    text.split_whitespace().collect()
}

/// Which words a term at this place means, and whether they are what the index says: those before it, or after it, that
/// say the same; or else the word before it, or after it.
fn meant(text: &str, at: usize, said: &[String]) -> Option<(Range<usize>, bool)> {
    let (before, after) = text.split_at_checked(at)?;
    if let [entry] = said {
        let trimmed = before.trim_end();
        let start = trimmed.len().checked_sub(entry.len());
        let same = |words: Option<&str>| words.is_some_and(|words| words.to_lowercase() == entry.to_lowercase());
        let joins = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
        if let Some(start) =
            start.filter(|start| same(trimmed.get(*start..)) && !joins(text[..*start].chars().next_back()))
        {
            return Some((start..trimmed.len(), true));
        }
        let start = text.len() - after.trim_start().len();
        let end = start + entry.len();
        if same(text.get(start..end)) && !joins(text[end..].chars().next()) {
            return Some((start..end, true));
        }
    }
    let is_letter = |letter: char| letter.is_alphanumeric() || matches!(letter, '\'' | '\u{2019}' | '-' | '\u{ad}');
    let end = before.trim_end_matches(|letter| !is_letter(letter)).len();
    let start = before[..end].trim_end_matches(is_letter).len();
    if start < end {
        return Some((start..end, false));
    }
    let start = text.len() - after.trim_start_matches(|letter| !is_letter(letter)).len();
    let end = text.len() - text[start..].trim_start_matches(is_letter).len();
    (start < end).then_some((start..end, false))
}
