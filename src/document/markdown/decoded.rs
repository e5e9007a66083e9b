//! The bytes of a file as text, if they are some.

use super::split::with_ends;
use crate::document::{archive::Archive, left_out::What, unreadable::Unreadable, web_pages::utf8};

/// How much of a text is looked at for what stands in none.
const BEGIN: usize = 1_024;

/// A file as text: in the encoding that a mark at its beginning says, otherwise in UTF-8, or as text was written before.
/// Nothing, where it is none in any of these.
pub(in crate::document) fn text_of(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        let is_text = !text.chars().take(BEGIN).any(|letter| letter == '\0');
        return is_text.then(|| text.to_owned());
    }
    let text = utf8(bytes);
    // What is no letter in the encoding that is taken for it is in another, or no text at all.
    let is_odd = |letter: char| letter == '\u{fffd}' || letter.is_control() && !letter.is_whitespace();
    if text.contains(is_odd) { None } else { Some(text) }
}

/// A file of text in an archive; nothing, where none is there, it cannot be unpacked, or it is no text.
pub(super) fn text_at(archive: &mut Archive, path: &str) -> Result<Option<String>, Unreadable> {
    match archive.read_text(path) {
        Ok(bytes) => Ok(bytes.and_then(|bytes| text_of(&bytes)).map(|text| with_ends(&text).into_owned())),
        // One that is damaged is as one that is not there.
        Err(Unreadable::Broken) => Ok(None),
        Err(other) => Err(other),
    }
}

/// As what a file is named that gave no text.
pub(super) fn missed(archive: &Archive, path: &str) -> What {
    if archive.has(path) { What::Unread } else { What::File }
}

#[cfg(test)]
mod tests {
    use super::text_of;

    #[test]
    fn bytes_are_text_in_the_encoding_they_are_in_or_none() {
        let of = |bytes: &[u8]| text_of(bytes);
        assert_eq!(of("Grüße".as_bytes()).as_deref(), Some("Grüße"));
        assert_eq!(of(b"\xef\xbb\xbfa").as_deref(), Some("a"));
        assert_eq!(of(b"Gr\xfc\xdfe \x96").as_deref(), Some("Grüße –"));
        assert_eq!(of(b"\xfe\xff\0#\0 \0\xc4").as_deref(), Some("# Ä"));
        assert_eq!(of(b"\xff\xfe#\0 \0\xc4\0").as_deref(), Some("# Ä"));
        for none in [&b"#\0 \0a\0"[..], b"\x89PNG\r\n\x1a\n\0\0", b"Gr\xfc\x81e", b"\xff\xfe\x00\xd8a\0"] {
            assert_eq!(of(none), None, "{none:?}");
        }
    }
}
