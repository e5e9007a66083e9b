//! Why a value is refused, in words for whoever wrote it, through whatever reads it.
//!
//! A decoder puts its own words around those of a type: "… at line 1 column 9", `Custom("…")`. People are to read the
//! type's words and nothing else. So a type that people fill in gives its words between two marks, and they are found by
//! these in whatever comes out of the decoder.

use serde::{Deserialize, Deserializer, de::Error};
use std::fmt;

/// Between these stand the words. Printable, for some decoders escape what is not; and no one writes so.
const MARKS: (char, char) = ('⟦', '⟧');

/// Reads what is written as text, and refuses it in the words of its own type: what a `Deserialize` of a type for which
/// people give the text is made of.
///
/// # Errors
/// When it is no text, or the type refuses it.
///
/// ```
/// use serde::{Deserialize, Deserializer};
/// use sputnik::protocol::refusal::read_text;
///
/// #[derive(Debug)]
/// struct Colour(String);
///
/// impl TryFrom<String> for Colour {
///     type Error = &'static str;
///
///     fn try_from(text: String) -> Result<Self, &'static str> {
///         if text.is_empty() { Err("Which colour?") } else { Ok(Self(text)) }
///     }
/// }
///
/// impl<'de> Deserialize<'de> for Colour {
///     fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
///         read_text(from)
///     }
/// }
/// ```
pub fn read_text<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<String, Error: fmt::Display>,
{
    let (begin, end) = MARKS;
    T::try_from(String::deserialize(from)?).map_err(|why| D::Error::custom(format_args!("{begin}{why}{end}")))
}

/// The words of a type in what a decoder says, if there are any.
pub(super) fn words_in(said: &str) -> Option<&str> {
    let (_, words) = said.split_once(MARKS.0)?;
    words.split_once(MARKS.1).map(|(words, _)| words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_whatever_a_decoder_puts_around_them() {
        assert_eq!(words_in("⟦Which colour?⟧ at line 1 column 9"), Some("Which colour?"));
        assert_eq!(words_in(r#"Deserialization error: Custom("⟦Which colour?⟧")"#), Some("Which colour?"));
        assert_eq!(words_in("missing field `title` at line 1 column 2"), None);
        assert_eq!(words_in("⟦cut short"), None);
    }
}
