//! Letters that Markdown would read as signs, written so that they are letters.

use super::{super::NOTHING, line::Room};
use std::fmt::Write;

/// Where a text stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// In what line.
    pub room: Room,
    /// Whether a note stands right before it, of which it could be the definition or the address.
    pub after_note: bool,
    /// Whether something else may follow right after it.
    pub ends: bool,
}

/// A text within a line.
pub(super) fn text(text: &str, place: Place) -> String {
    let mut written = String::with_capacity(text.len() + text.len() / 8);
    for (at, letter) in text.char_indices() {
        let (before, after) = (&text[..at], &text[at + letter.len_utf8()..]);
        let next = after.chars().next();
        let is_sign = match letter {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '~' => true,
            '|' => place.room == Room::Cell,
            // Braces at its end would be read as what the heading is called.
            '#' | '{' => place.room == Room::Heading,
            '&' => next.map_or(place.ends, |next| next == '#' || next.is_ascii_alphanumeric()),
            '!' => next.is_none() && place.ends,
            ':' => after.starts_with("//") || place.after_note && at == 0,
            '(' => place.after_note && at == 0,
            // Beside the bracket of a link some read a note.
            '^' => at == 0 || next.is_none() && place.ends,
            '.' => before.ends_with("www"),
            _ => false,
        };
        match letter {
            _ if is_sign => written.extend(['\\', letter]),
            // No sign keeps an address from being one.
            '@' if is_in_address(before, after) => written.extend([NOTHING, "@"]),
            // What a text begins with may be a sign of how it is encoded.
            '\n' | '\r' | '\t' | '\u{feff}' => entity(letter, &mut written),
            _ => written.push(letter),
        }
    }
    written
}

/// Whether an @ between these is read as that of an address.
fn is_in_address(before: &str, after: &str) -> bool {
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || ".+-_".contains(letter);
    let host = after.split(|letter: char| !letter.is_ascii_alphanumeric() && !".-_".contains(letter)).next();
    before.ends_with(is_name) && host.is_some_and(|host| host.contains('.'))
}

fn entity(letter: char, to: &mut String) {
    // Writing to a string cannot fail.
    let _ = write!(to, "&#{};", u32::from(letter));
}

/// A whole line. What it begins with is no sign of a block, and blanks at its ends stay.
pub(super) fn line(line: &str, room: Room) -> String {
    let mut written = String::with_capacity(line.len() + 8);
    let body = match line.chars().next() {
        Some(first) if first.is_whitespace() => {
            entity(first, &mut written);
            &line[first.len_utf8()..]
        }
        Some('#' | '+' | '-' | '=' | '>' | ':' | '|') if room != Room::Cell => {
            written.push('\\');
            line
        }
        Some(first) if first.is_ascii_digit() && room != Room::Cell => {
            let digits = line.len() - line.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
            let (number, rest) = line.split_at(digits);
            written.push_str(number);
            if rest.starts_with(['.', ')']) {
                written.push('\\');
            }
            rest
        }
        _ => line,
    };
    match body.chars().last() {
        Some(last) if last.is_whitespace() => {
            written.push_str(&body[..body.len() - last.len_utf8()]);
            entity(last, &mut written);
        }
        _ => written.push_str(body),
    }
    written
}

/// Whether a text that an item begins with is read as the box of a task.
pub(super) fn looks_like_a_box(text: &str) -> bool {
    let mut letters = text.trim_start().chars();
    letters.next() == Some('[') && matches!(letters.next(), Some(' ' | 'x' | 'X')) && letters.next() == Some(']')
}

/// An address where a link or a picture has it.
pub(super) fn address(address: &str, room: Room) -> String {
    let is_odd = |letter: char| letter.is_whitespace() || letter.is_control() || "()<>\\&|*_`[]~".contains(letter);
    if !address.is_empty() && !address.contains(is_odd) {
        return address.to_owned();
    }
    let mut written = String::with_capacity(address.len() + 2);
    written.push('<');
    for letter in address.chars() {
        match letter {
            '<' | '>' | '\\' => written.extend(['\\', letter]),
            '&' => written.push_str("&amp;"),
            '|' if room == Room::Cell => written.push_str("\\|"),
            _ if letter.is_whitespace() || letter.is_control() => entity(letter, &mut written),
            _ => written.push(letter),
        }
    }
    written.push('>');
    written
}

/// Whether an address can stand for itself in angle brackets.
pub(super) fn is_automatic(address: &str, room: Room) -> bool {
    let scheme = ["http://", "https://", "mailto:"].iter().any(|scheme| address.starts_with(scheme));
    let is_odd = |letter: char| !letter.is_ascii_graphic() || "<>\\&".contains(letter);
    scheme && !address.contains(is_odd) && !(room == Room::Cell && address.contains('|'))
}

/// The title of a picture, between quotes.
pub(super) fn title(title: &str, room: Room) -> String {
    let mut written = String::with_capacity(title.len());
    for letter in title.chars() {
        match letter {
            '"' | '\\' => written.extend(['\\', letter]),
            '&' => written.push_str("&amp;"),
            '|' if room == Room::Cell => written.push_str("\\|"),
            '\n' | '\r' | '\t' => entity(letter, &mut written),
            _ => written.push(letter),
        }
    }
    written
}
