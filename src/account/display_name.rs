//! What people are called: a name of their own choice, which is not the one they sign in with, and no other's.

use crate::database::{Connection, Failed};
use sputnik::{Fault, UserId};
use unicode_normalization::UnicodeNormalization;

/// The longest that somebody is called, in characters.
pub const CALLED_MAX: usize = 64;

/// What somebody may be called, in the one way it is written: composed, and one blank between words.
///
/// # Errors
/// When it is none: in words for whoever chose it.
pub fn good(shown: &str) -> Result<String, Fault> {
    // Bounded before anything is made of it.
    if shown.len() > CALLED_MAX * 16 || shown.chars().count() > CALLED_MAX * 2 {
        return Err(Fault::bad_request("This name is too long: at most 64 characters."));
    }
    let shown: String = shown.nfc().collect();
    let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    if shown.is_empty() {
        return Err(Fault::bad_request("What should others call you? The name is empty."));
    }
    if shown.chars().count() > CALLED_MAX {
        return Err(Fault::bad_request("This name is too long: at most 64 characters."));
    }
    if shown.chars().any(is_unseen) {
        return Err(Fault::bad_request("This name has characters in it that cannot be seen. Please type it anew."));
    }
    if !shown.chars().any(char::is_alphanumeric) {
        return Err(Fault::bad_request("A name needs a letter or a digit."));
    }
    // By what its letters are compared as, too: a letter for formulas is one of an alphabet.
    if shown.split(' ').any(mixes_alphabets) || comparable(&shown).split(' ').any(mixes_alphabets) {
        return Err(Fault::bad_request(
            "This name mixes letters of several alphabets in one word. Please type it anew.",
        ));
    }
    Ok(shown)
}

/// Characters that nobody sees, and that make a name look like another, or turn around what stands beside it.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(u32::from(c),
            // Soft hyphen, grapheme joiner, fillers, and what changes the direction or the look of what follows.
            0xAD | 0x34F | 0x61C | 0x115F | 0x1160 | 0x17B4 | 0x17B5 | 0x180B..=0x180F | 0x200B..=0x200F
            | 0x2028..=0x202E | 0x2060..=0x206F | 0x2800 | 0x3164 | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFF
            // Private use, tags, variation selectors.
            | 0xE000..=0xF8FF | 0xE0000..=0xE0FFF | 0xF0000..=0x0010_FFFF)
}

/// Whether a word has letters that look alike in different alphabets.
fn mixes_alphabets(word: &str) -> bool {
    let has = |range: std::ops::RangeInclusive<u32>| word.chars().any(|c| range.contains(&u32::from(c)));
    let latin = word.chars().any(|c| c.is_ascii_alphabetic()) || has(0xC0..=0x24F);
    [latin, has(0x370..=0x3FF), has(0x400..=0x52F), has(0x530..=0x58F), has(0x13A0..=0x13FF)]
        .into_iter()
        .filter(|has| *has)
        .count()
        > 1
}

/// A name as it is compared with others: what looks the same is the same.
#[must_use]
pub fn comparable(name: &str) -> String {
    let folded: String = name.nfkc().flat_map(char::to_lowercase).collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether anybody but this person is called so, or signs in with it.
///
/// # Errors
/// When the database is out of reach.
pub(super) async fn is_called(sql: &mut Connection, name: &str, but: Option<&UserId>) -> Result<bool, Fault> {
    let key = comparable(name);
    let other: Option<String> =
        sqlx::query_scalar("SELECT id FROM people WHERE (name_key = $1 OR called_key = $1) AND id <> $2 LIMIT 1")
            .bind(key)
            .bind(but.map_or("", UserId::as_str))
            .fetch_optional(sql)
            .await
            .map_err(Failed)?;
    Ok(other.is_some())
}

pub(super) fn by_another(shown: &str) -> Fault {
    Fault::conflict(format_args!("Somebody else here is called “{shown}”. Please add something to it."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_written_in_one_way() {
        for (typed, name) in [
            ("  Ann   Lee ", "Ann Lee"),
            ("Zoe\u{308}", "Zoë"),
            ("O'Brien-Smith, Jr.", "O'Brien-Smith, Jr."),
            ("李小龙", "李小龙"),
            ("ملاك", "ملاك"),
            ("Ольга 2", "Ольга 2"),
            ("Ann\u{a0}Lee", "Ann Lee"),
            (&"x".repeat(64), &"x".repeat(64)),
        ] {
            assert_eq!(good(typed).as_deref(), Ok(name), "{typed:?}");
        }
    }

    #[test]
    fn nobody_takes_the_look_of_another() {
        for bad in [
            "",
            "   ",
            "Ann\u{202e}eeL",
            "Ann\u{200b}",
            "A\u{ad}nn",
            "Ann\0",
            "Ann\u{7}",
            "...",
            "\u{2800}",
            "\u{3164}",
            "Аnn",
            "Αnn",
            &"x".repeat(65),
            &"\u{301}".repeat(1_000_000),
        ] {
            assert!(good(bad).is_err(), "{:?}", bad.chars().take(10).collect::<String>());
        }
        for (one, other) in [("Ann Lee", "ANN LEE"), ("Ａｎｎ", "ann"), ("ﬁnn", "Finn"), ("ann\u{a0} lee", "Ann Lee")]
        {
            assert_eq!(comparable(one), comparable(other));
        }
    }
}
