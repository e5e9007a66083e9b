//! Bytes as text.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// How much of a file is looked at for the name of its encoding.
const HEAD: usize = 1_024;

/// A file of HTML or XML as text: in the encoding that it says, otherwise in UTF-8, or, where it is none, as the web was
/// written before.
pub(in crate::document) fn utf8(bytes: &[u8]) -> String {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding.decode(bytes).0.into_owned();
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let encoding = said(bytes).filter(|said| *said != UTF_8).unwrap_or(WINDOWS_1252);
    encoding.decode(bytes).0.into_owned()
}

/// The encoding that a file says it is in.
fn said(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(HEAD)]).to_ascii_lowercase();
    let after = ["charset=", "encoding="].iter().find_map(|sign| head.split_once(sign).map(|(_, after)| after))?;
    let name = after.trim_start_matches(['"', '\'']).split(['"', '\'', ' ', ';', '>', '/', '?']).next()?;
    Encoding::for_label(name.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_in_the_encoding_it_is_in() {
        assert_eq!(utf8("Grüße".as_bytes()), "Grüße");
        assert_eq!(utf8(b"\xef\xbb\xbfa"), "a");
        assert_eq!(utf8(b"\xff\xfea\0b\0"), "ab");
        assert_eq!(utf8(b"<meta charset=\"iso-8859-2\">\xb1"), "<meta charset=\"iso-8859-2\">ą");
        assert_eq!(
            utf8(b"<?xml version='1.0' encoding='Shift_JIS'?>\x8c\x8e"),
            "<?xml version='1.0' encoding='Shift_JIS'?>月"
        );
        assert_eq!(utf8(b"Gr\xfc\xdfe \x96"), "Grüße –");
    }
}
