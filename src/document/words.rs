//! How many words a text has.

/// How many words a text has: what stands between blanks and holds a letter or a digit, and each character of Chinese and
/// Japanese. The editor counts the same (`editor/src/word-count.ts`).
#[must_use]
pub fn count_words(text: &str) -> u32 {
    let (mut words, mut within) = (0, false);
    for letter in text.chars() {
        if stands_alone(letter) {
            words += u32::from(letter.is_alphanumeric());
            within = false;
        } else if letter.is_whitespace() {
            within = false;
        } else if !within && letter.is_alphanumeric() {
            words += 1;
            within = true;
        }
    }
    words
}

/// Whether it is a character of Chinese or Japanese, which stand in no words between blanks.
fn stands_alone(letter: char) -> bool {
    matches!(letter,
        '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{3029}' | '\u{3040}'..='\u{30ff}'
        | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_between_blanks_or_alone() {
        for (text, words) in [
            ("", 0),
            ("It's three words.", 3),
            ("and/or e-mail \u{2014} 3.14 *", 3),
            ("\u{6211}\u{8aad}\u{3080}\u{30fb}abc\u{3002}", 4),
        ] {
            assert_eq!(count_words(text), words, "{text}");
        }
    }
}
