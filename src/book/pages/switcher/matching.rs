//! Whether a few letters mean something: each word of what is typed must be found, in any order, best as the beginning of
//! a word, else within one, else its letters one after the other.

/// How well something is meant by what is typed; nothing where it is not. Both without capitals and accents.
pub fn score(typed: &str, title: &str) -> Option<u32> {
    let mut sum = 0;
    for word in typed.split_whitespace() {
        sum += one(word, title)?;
    }
    Some(sum + u32::from(title.starts_with(typed)))
}

fn one(word: &str, title: &str) -> Option<u32> {
    let begins = title.split(|letter: char| !letter.is_alphanumeric()).any(|other| other.starts_with(word));
    if begins {
        return Some(9);
    }
    if title.contains(word) {
        return Some(5);
    }
    let mut letters = title.chars();
    // One or two letters are found in this way in nearly everything.
    let is_within = word.chars().count() > 2 && word.chars().all(|letter| letters.any(|other| other == letter));
    is_within.then_some(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_found_in_any_order_and_beginnings_first() {
        assert!(score("wh", "the whale") > score("ha", "the whale"));
        assert!(score("hale", "the whale") > score("twl", "the whale"));
        assert!(score("whale the", "the whale").is_some());
        assert_eq!(score("whale squid", "the whale"), None);
        assert_eq!(score("xq", "the whale"), None);
        assert_eq!(score("te", "the whale"), None, "two letters are no pattern");
        assert!(score("the", "the whale") > score("whale", "the whale"), "the very beginning");
        assert_eq!(score("", "anything"), Some(1));
        assert!(score("鲸", "白鲸记").is_some());
    }
}
