//! The International Standard Book Number.

/// How many digits the newer ones have, and the older ones.
const NEW: usize = 13;
const OLD: usize = 10;

/// The number as thirteen digits, whatever stood between them. One of ten digits is the same book's as the one of thirteen
/// that it is answered with.
///
/// # Errors
/// In words, when it is none.
pub(super) fn thirteen(text: &str) -> Result<String, &'static str> {
    let is_between = |letter: char| letter.is_whitespace() || matches!(letter, '-' | '\u{2010}'..='\u{2015}');
    let given: String = text.chars().filter(|letter| !is_between(*letter)).collect();
    let given = given.strip_prefix("ISBN").map_or(given.as_str(), |rest| rest.trim_start_matches(':')).to_uppercase();
    match digits(&given).as_deref() {
        Some(new) if new.len() == NEW && given.ends_with(|last: char| last.is_ascii_digit()) => {
            if !["978", "979"].iter().any(|begin| given.starts_with(begin)) {
                return Err("An ISBN of thirteen digits begins with 978 or 979.");
            }
            if sum_of_thirteen(new).is_multiple_of(10) { Ok(given) } else { Err(MISTYPED) }
        }
        Some(old) if old.len() == OLD => {
            let weights = (1..=10_u32).rev();
            let sum: u32 = old.iter().zip(weights).map(|(digit, weight)| digit * weight).sum();
            if sum.is_multiple_of(11) { Ok(newer(&given)) } else { Err(MISTYPED) }
        }
        _ => Err("An ISBN has thirteen digits, or ten in older books."),
    }
}

const MISTYPED: &str = "This is no ISBN: its last digit does not fit the others. Please look whether one is mistyped.";

/// Its digits, where it has no other letters but an X at its end, which stands for ten.
fn digits(given: &str) -> Option<Vec<u32>> {
    let last = given.chars().count().checked_sub(1)?;
    given.chars().enumerate().map(|(at, c)| c.to_digit(10).or((c == 'X' && at == last).then_some(10))).collect()
}

fn sum_of_thirteen(digits: &[u32]) -> u32 {
    digits.iter().zip([1, 3].iter().cycle()).map(|(digit, weight)| digit * weight).sum()
}

/// Of ten digits, the thirteen.
fn newer(old: &str) -> String {
    let mut new = format!("978{}", old.get(..OLD - 1).unwrap_or_default());
    let sum = digits(&new).map_or(0, |digits| sum_of_thirteen(&digits));
    new.push_str(&((10 - sum % 10) % 10).to_string());
    new
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_known_however_it_is_written() {
        for given in ["9783161484100", "978-3-16-148410-0", "ISBN: 978 3 16 148410 0", "3-16-148410-X", "316148410x"] {
            assert_eq!(thirteen(given), Ok("9783161484100".to_owned()), "{given}");
        }
        assert_eq!(thirteen("0-306-40615-2"), Ok("9780306406157".to_owned()));
    }

    #[test]
    fn each_digit_that_is_mistyped_and_each_two_that_changed_places_in_ten_are_found() {
        for right in ["9783161484100", "0306406152"] {
            for at in 0..right.len() {
                let wrong: String = right
                    .char_indices()
                    .map(|(place, c)| if place == at { char::from(b'0' + (c as u8 - b'0' + 1) % 10) } else { c })
                    .collect();
                assert!(thirteen(&wrong).is_err(), "{wrong}");
            }
        }
        assert_eq!(thirteen("0306406125"), Err(MISTYPED));
    }

    #[test]
    fn what_is_no_number_of_a_book_is_refused() {
        for bad in
            ["", "X", "12", "97831614841000", "5901234123457", "978316148410X", "X306406152", "978316148410\u{b2}"]
        {
            assert!(thirteen(bad).is_err(), "{bad}");
        }
    }
}
