//! Pieces of a text that change as a whole: words, and in a writing without blanks between them letters, as a reader
//! counts them. A letter with its accents and an emoji of several parts are one.

use std::iter;
use unicode_segmentation::UnicodeSegmentation;

/// The pieces of a text: words, runs of blanks, signs and letters that stand for themselves. Together they are the text.
/// <https://www.unicode.org/reports/tr29/>
pub fn segments(text: &str) -> impl Iterator<Item = &str> {
    let plain = text.is_ascii().then(|| plain_segments(text));
    let any = (!text.is_ascii()).then(|| any_segments(text));
    plain.into_iter().flatten().chain(any.into_iter().flatten())
}

/// Those of a text of ASCII letters alone, as most code and much prose is: the same rules, without looking anything up.
fn plain_segments(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    iter::from_fn(move || {
        let bytes = rest.as_bytes();
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let mut end = 1;
        match bytes.first()? {
            b' ' => end = bytes.iter().take_while(|byte| **byte == b' ').count(),
            b'\r' if bytes.get(1) == Some(&b'\n') => end = 2,
            first if is_word(*first) => {
                while let Some(byte) = bytes.get(end) {
                    let (before, after) = (bytes[end - 1], bytes.get(end + 1).copied().unwrap_or(b' '));
                    let joins = match byte {
                        b'.' | b'\'' => {
                            before.is_ascii_alphabetic() && after.is_ascii_alphabetic()
                                || before.is_ascii_digit() && after.is_ascii_digit()
                        }
                        b',' | b';' => before.is_ascii_digit() && after.is_ascii_digit(),
                        byte => is_word(*byte),
                    };
                    if !joins {
                        break;
                    }
                    end += 1;
                }
            }
            _ => {}
        }
        let (segment, after) = rest.split_at(end);
        rest = after;
        Some(segment)
    })
}

fn any_segments(text: &str) -> impl Iterator<Item = &str> {
    let mut words = text.split_word_bound_indices().map(|(at, word)| at + word.len()).peekable();
    let mut letters = text.grapheme_indices(true).map(|(at, letter)| at + letter.len());
    let mut begin = 0;
    iter::from_fn(move || {
        // A few letters are of two words by the rules of words: they are not parted.
        for end in letters.by_ref() {
            while words.next_if(|word| *word < end).is_some() {}
            if words.next_if_eq(&end).is_some() {
                let segment = &text[begin..end];
                begin = end;
                return Some(segment);
            }
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    fn parted(text: &str) -> Vec<&str> {
        segments(text).collect()
    }

    #[test]
    fn a_text_falls_into_words_blanks_and_letters() {
        assert_eq!(parted("It\u{2019}s  3.14, naïve."), ["It\u{2019}s", "  ", "3.14", ",", " ", "naïve", "."]);
        assert_eq!(parted("月は海を引く"), ["月", "は", "海", "を", "引", "く"]);
        assert_eq!(parted("コンピューター"), ["コンピューター"]);
        assert_eq!(parted(""), [""; 0]);
    }

    #[test]
    fn a_text_of_ascii_alone_falls_apart_as_any_does() {
        for text in ["It's 3.14, a.b. 1,000;2 x_1 e.g. 'a' '' a1.b 1.a \r\n\t  (x)-y/z a..b 1''2 _.a", "", "a", " "] {
            assert_eq!(plain_segments(text).collect::<Vec<_>>(), any_segments(text).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_letter_of_several_parts_is_one() {
        for letter in [
            "👩\u{200d}👩\u{200d}👧",
            "🇩🇪",
            "👍🏽",
            "e\u{301}",
            "1\u{fe0f}\u{20e3}",
            "❤\u{fe0f}",
            "กำ",
            "क्षि",
            "🏴\u{e0067}\u{e0062}\u{e007f}",
        ] {
            for text in [format!("{letter} {letter}"), format!("月{letter}月"), format!(".{letter}.{letter}")] {
                let parted = parted(&text);
                assert_eq!(parted.concat(), text);
                let whole: usize = parted.iter().map(|segment| segment.matches(letter).count()).sum();
                assert_eq!(whole, text.matches(letter).count(), "{parted:?}");
            }
        }
        assert_eq!(parted("🇩🇪🇫🇷"), ["🇩🇪", "🇫🇷"]);
    }

    #[test]
    fn whatever_a_text_is_it_falls_apart_in_a_moment() {
        for letters in ["a", "🇩", "\u{301}", "👩\u{200d}", "क्", "月", "\u{600}", " ", "'", "1."] {
            let text = letters.repeat(300_000);
            let begun = Instant::now();
            assert_eq!(segments(&text).map(str::len).sum::<usize>(), text.len());
            assert!(begun.elapsed() < Duration::from_secs(10), "{letters}: {:?}", begun.elapsed());
        }
    }
}
