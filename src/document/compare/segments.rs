//! Pieces of a text that change as a whole: words, and in a writing without blanks between them letters, as a reader
//! counts them. A letter with its accents and an emoji of several parts are one.

use std::iter;
use unicode_segmentation::UnicodeSegmentation;

/// The pieces of a text: words, runs of blanks, signs and letters that stand for themselves. Together they are the text.
/// <https://www.unicode.org/reports/tr29/>
pub fn segments(text: &str) -> impl Iterator<Item = &str> {
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
