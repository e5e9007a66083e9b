//! The form in which text is compared: words in small letters without signs set on them, one blank between two and one at
//! either end. So a blank before what is looked for says that a word begins there.

use std::ops::Range;
use unicode_normalization::UnicodeNormalization;

/// A text in that form, which knows where each letter of it stands in the text as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded {
    /// The form.
    pub text: String,
    /// For each of its letters: where it begins there, and what it was made of, in bytes of either.
    letters: Vec<(usize, Range<usize>)>,
}

/// A text in the form in which it is compared.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len() + 2);
    fold_into(text, |letter, _| folded.extend(letter));
    folded
}

/// The same, with the way back.
#[must_use]
pub fn fold_with_places(text: &str) -> Folded {
    let (mut folded, mut letters) = (String::with_capacity(text.len() + 2), Vec::with_capacity(text.len() + 2));
    fold_into(text, |letter, from| match (letter, letters.last_mut()) {
        (Some(letter), _) => {
            letters.push((folded.len(), from));
            folded.push(letter);
        }
        // What is set on a letter goes with it.
        (None, Some((_, last))) if last.end == from.start => last.end = from.end,
        (None, _) => {}
    });
    Folded { text: folded, letters }
}

impl Folded {
    /// Where something is in the text as written, none within another. What is looked for has this form too; a blank at
    /// its ends is no part of what is found.
    #[must_use]
    pub fn places(&self, sought: &str) -> Vec<Range<usize>> {
        let core = sought.trim_matches(' ');
        if core.is_empty() {
            return Vec::new();
        }
        let before = sought.len() - sought.trim_start_matches(' ').len();
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(at) = self.text.get(from..).and_then(|rest| rest.find(sought)) {
            let begin = from + at + before;
            found.extend(self.written(begin..begin + core.len()));
            // The blank at the end may be the one at which the next begins.
            from = begin + core.len();
        }
        found.dedup_by(|next, last| next.start < last.end);
        found
    }

    /// What stands there in the text as written.
    fn written(&self, folded: Range<usize>) -> Option<Range<usize>> {
        let index = |at: usize| self.letters.partition_point(|(begins, _)| *begins < at);
        let letters = self.letters.get(index(folded.start)..index(folded.end))?;
        Some(letters.first()?.1.start..letters.last()?.1.end)
    }
}

/// Whether a letter stands in no words between blanks, so that anything may begin or end beside it.
#[must_use]
pub fn stands_alone(letter: char) -> bool {
    matches!(letter,
        '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{2e80}'..='\u{2fdf}'
        | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{3029}' | '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Tells each letter of the form and what it was made of; no letter for what is set on the one before.
fn fold_into(text: &str, mut push: impl FnMut(Option<char>, Range<usize>)) {
    let mut is_blank = true;
    push(Some(' '), 0..0);
    for (at, letter) in text.char_indices() {
        let from = at..at + letter.len_utf8();
        if is_unseen(letter) {
            continue;
        }
        let mut is_word = false;
        each_plain(letter, |plain| {
            is_word = true;
            is_blank = false;
            push(Some(plain), from.clone());
        });
        if is_word {
            continue;
        }
        if is_set_on(letter) {
            push(None, from);
        } else if !is_blank {
            push(Some(' '), from);
            is_blank = true;
        }
    }
    if !is_blank {
        push(Some(' '), text.len()..text.len());
    }
}

/// The letters that one is compared as; none for what is none.
fn each_plain(letter: char, mut push: impl FnMut(char)) {
    if letter.is_ascii() {
        if letter.is_ascii_alphanumeric() {
            push(letter.to_ascii_lowercase());
        }
        return;
    }
    if is_whole(letter) {
        std::iter::once(letter).nfkc().filter(|plain| is_of_a_word(*plain)).for_each(push);
        return;
    }
    for plain in std::iter::once(letter).nfkd().filter(|part| !is_set_on(*part) && is_of_a_word(*part)) {
        match plain {
            'ß' | 'ẞ' => "ss".chars().for_each(&mut push),
            'æ' | 'Æ' => "ae".chars().for_each(&mut push),
            'œ' | 'Œ' => "oe".chars().for_each(&mut push),
            'ø' | 'Ø' => push('o'),
            'đ' | 'Đ' => push('d'),
            'ł' | 'Ł' => push('l'),
            // Turkish keeps four letters i apart, for which whoever searches seldom has the keys.
            'ı' => push('i'),
            'ς' => push('σ'),
            plain => plain.to_lowercase().filter(|plain| !is_set_on(*plain)).for_each(&mut push),
        }
    }
}

/// Whether what is set on a letter is a part of it, as the sign that makes the Japanese `か` a `が`, or makes a syllable of
/// Korean letters.
fn is_whole(letter: char) -> bool {
    matches!(letter, '\u{1100}'..='\u{11ff}' | '\u{3040}'..='\u{30ff}' | '\u{ac00}'..='\u{d7ff}' | '\u{ff65}'..='\u{ff9f}')
}

fn is_of_a_word(letter: char) -> bool {
    letter.is_alphanumeric() || unicode_normalization::char::is_combining_mark(letter)
}

/// What is set on letters and may be left away: accents, the vowels of Arabic and Hebrew. Not the vowels of India, without
/// which nothing is left of a word.
fn is_set_on(letter: char) -> bool {
    matches!(letter,
        '\u{0300}'..='\u{036f}' | '\u{0483}'..='\u{0489}' | '\u{0591}'..='\u{05bd}' | '\u{05bf}'..='\u{05c7}'
        | '\u{0610}'..='\u{061a}' | '\u{0640}' | '\u{064b}'..='\u{065f}' | '\u{0670}' | '\u{06d6}'..='\u{06ed}'
        | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// What nobody sees: it parts no word.
fn is_unseen(letter: char) -> bool {
    matches!(letter,
        '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}
