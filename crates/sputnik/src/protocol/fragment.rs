//! A long frame travels over a socket in parts. Whether the other end still lives is seen by what comes from it, and
//! over a slow line a long frame takes longer to come whole than either end waits for a sign of life.
//!
//! A message that begins with `+` is a part of a frame that goes on with the next; one that begins with `=` is the last
//! part of it. JSON begins with neither.

use std::borrow::Cow;

/// The longest frame that travels in one message, in bytes. At 80 kbit/s one takes less than seven seconds.
pub const PART: usize = 64 * 1024;

const MORE: char = '+';
const LAST: char = '=';

/// The messages a frame is sent as.
pub fn split(frame: &str) -> impl Iterator<Item = Cow<'_, str>> {
    let is_whole = frame.len() <= PART;
    let mut rest = Some(frame);
    std::iter::from_fn(move || {
        let text = rest.take()?;
        if is_whole {
            return Some(Cow::Borrowed(text));
        }
        if text.len() <= PART {
            return Some(Cow::Owned(format!("{LAST}{text}")));
        }
        let end = (0..=PART).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
        let (part, others) = text.split_at(end);
        rest = Some(others);
        Some(Cow::Owned(format!("{MORE}{part}")))
    })
}

/// The parts of a frame that came so far.
#[derive(Debug, Default)]
pub struct Gathered(String);

impl Gathered {
    /// How many bytes there are of a frame that goes on.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is nothing of any.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A frame is longer than whoever gathers it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong;

impl Gathered {
    /// Takes a message: the frame it is, or is the last part of; `None` if more is to come.
    ///
    /// # Errors
    /// When the parts are longer than `bound` bytes in all.
    pub fn take<'a>(&mut self, message: &'a str, bound: usize) -> Result<Option<Cow<'a, str>>, TooLong> {
        let (part, is_last) = match (message.strip_prefix(MORE), message.strip_prefix(LAST)) {
            (Some(part), _) => (part, false),
            (None, Some(part)) => (part, true),
            (None, None) => return Ok(Some(Cow::Borrowed(message))),
        };
        if self.0.len() + part.len() > bound {
            return Err(TooLong);
        }
        self.0.push_str(part);
        Ok(is_last.then(|| Cow::Owned(std::mem::take(&mut self.0))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn gathered(messages: impl IntoIterator<Item = String>) -> Vec<String> {
        let mut gathered = Gathered::default();
        let take = |message: String| gathered.take(&message, usize::MAX).expect("no bound").map(Cow::into_owned);
        messages.into_iter().filter_map(take).collect()
    }

    proptest! {
        #[test]
        fn what_was_split_comes_whole(letters in 0usize..100_000, letter in prop::char::any(), start in "[a-z]{0,3}") {
            let frame = format!("\"{start}{}\"", String::from(letter).repeat(letters));
            let messages: Vec<String> = split(&frame).map(Cow::into_owned).collect();
            prop_assert!(messages.iter().all(|message| message.len() <= PART + 1));
            prop_assert_eq!(messages.len() == 1, frame.len() <= PART);
            prop_assert_eq!(gathered(messages), [frame]);
        }
    }

    #[test]
    fn a_whole_frame_may_come_between_parts() {
        let messages = ["+[1,", "\"ping\"", "+2,", "=3]", "[4]"].map(str::to_owned);
        assert_eq!(gathered(messages), ["\"ping\"", "[1,2,3]", "[4]"]);
    }

    #[test]
    fn parts_without_end_are_too_long() {
        let mut gathered = Gathered::default();
        assert_eq!(gathered.take("+abc", 5), Ok(None));
        assert_eq!(gathered.take("+abc", 5), Err(TooLong));
    }
}
