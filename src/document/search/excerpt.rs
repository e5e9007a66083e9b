//! A place with the words around it: text, and where in it something is marked. Never HTML.

use std::ops::Range;

/// How much stands before a place and after it, in characters.
const BEFORE: usize = 50;
const AFTER: usize = 110;
/// How long what is marked may be, in characters.
const MARKED: usize = 200;

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// The text, on one line, with an ellipsis where it was cut.
    pub text: String,
    /// What is marked of it, from and to, in characters.
    pub marks: Vec<(u32, u32)>,
}

/// What stands around a place of a text, with all that is to be marked there. Places are in bytes, in their order.
#[must_use]
pub fn excerpt(text: &str, place: &Range<usize>, all: &[Range<usize>]) -> Excerpt {
    let before = text[..place.start].char_indices().rev().nth(BEFORE).map_or(0, |(at, _)| at);
    let begin = if before == 0 { 0 } else { next_word(text, before, place.start) };
    let longest = text[place.start..].char_indices().nth(MARKED).map_or(text.len(), |(at, _)| place.start + at);
    let shown_end = place.end.min(longest);
    let after = text[shown_end..].char_indices().nth(AFTER).map_or(text.len(), |(at, _)| shown_end + at);
    let end = if after == text.len() { after } else { last_word(text, shown_end, after) };
    let mut shown = String::new();
    if begin > 0 {
        shown.push('…');
    }
    let mut count = u32::from(begin > 0);
    let mut marks = Vec::new();
    let mut places = all.iter().filter(|other| other.end > begin && other.start < end).peekable();
    let mut open: Option<(u32, usize)> = None;
    for (at, letter) in text[begin..end].char_indices().map(|(at, letter)| (begin + at, letter)) {
        if let Some((from, until)) = open
            && at >= until
        {
            marks.push((from, count));
            open = None;
        }
        if open.is_none()
            && let Some(next) = places.next_if(|next| next.start <= at)
        {
            open = Some((count, next.end));
        }
        shown.push(if letter.is_whitespace() || letter.is_control() { ' ' } else { letter });
        count += 1;
    }
    if let Some((from, _)) = open {
        marks.push((from, count));
    }
    if end < text.len() {
        shown.push('…');
    }
    Excerpt { text: shown, marks }
}

/// Where the first word begins that begins between the two; the first of the two where none does.
fn next_word(text: &str, from: usize, to: usize) -> usize {
    let blank = text[from..to].char_indices().find(|(_, letter)| letter.is_whitespace());
    blank.map_or(from, |(at, letter)| from + at + letter.len_utf8())
}

/// Where the last word ends that ends between the two; the second where none does.
fn last_word(text: &str, from: usize, to: usize) -> usize {
    text[from..to].rfind(char::is_whitespace).map_or(to, |at| from + at)
}
