//! Which way a text runs: a word processor wants to be told of paragraphs, and of each run of text.

/// Whether letters of this kind run from right to left; nothing for what runs as its neighbours do.
fn of_letter(letter: char) -> Option<bool> {
    match letter {
        '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}' => Some(true),
        '\u{200f}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}' => Some(true),
        letter if letter.is_alphabetic() => Some(false),
        _ => None,
    }
}

/// Whether a text runs from right to left, as its first letter says; nothing for one without letters.
pub(super) fn of(text: &str) -> Option<bool> {
    text.chars().find_map(of_letter)
}

/// A text in pieces of one direction each, which are told to run from right to left or not.
pub(super) fn pieces(text: &str) -> Vec<(bool, &str)> {
    let (mut pieces, mut start) = (Vec::new(), 0);
    let mut now = of(text).unwrap_or(false);
    for (at, letter) in text.char_indices() {
        if let Some(other) = of_letter(letter).filter(|other| *other != now) {
            if at > start {
                pieces.push((now, &text[start..at]));
            }
            (now, start) = (other, at);
        }
    }
    pieces.push((now, &text[start..]));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_parted_where_it_turns() {
        assert_eq!(pieces("ab 1 \u{5d0}\u{5d1} c"), [(false, "ab 1 "), (true, "\u{5d0}\u{5d1} "), (false, "c")]);
        assert_eq!(pieces("1 \u{5d0}"), [(true, "1 \u{5d0}")]);
        assert_eq!((of("1."), of("(\u{627}"), of("a\u{627}")), (None, Some(true), Some(false)));
    }
}
